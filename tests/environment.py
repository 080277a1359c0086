"""Environment of the test run, set before Django reads its settings (a pytest plugin, see pyproject.toml)."""

import atexit
import os
import shutil
import tempfile

os.environ["DEBUG"] = "true"
os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["CACHE_URL"] = "locmemcache://"
# Tests change rows behind the site's back and roll them back: no page is kept but where a test asks for it.
os.environ["PAGE_CACHE_URL"] = "dummycache://"
os.environ["KEEP_READ_MODEL"] = "false"
# Nothing runs beside a test that it did not start.
os.environ["WORKER_IN_SITE"] = "false"
# What the processes of a run share (tests/databases.py). The workers inherit the variable; who sets it by hand keeps
# what is in the folder from run to run.
IS_OWN_FOLDER = "TEST_RUN_FOLDER" not in os.environ
if IS_OWN_FOLDER:
    os.environ["TEST_RUN_FOLDER"] = tempfile.mkdtemp(prefix="sdgplan-tests-")
    atexit.register(shutil.rmtree, os.environ["TEST_RUN_FOLDER"], ignore_errors=True)
os.makedirs(os.environ["TEST_RUN_FOLDER"], exist_ok=True)
if not os.environ.get("DATABASE_URL"):
    # In a file, also before the tests' own database is made: the live server asks that early whether it has to share
    # one connection among all its threads, as it must in memory, where one request ends the transaction of another.
    os.environ["DATABASE_URL"] = f"sqlite:///{os.environ['TEST_RUN_FOLDER']}/sdgplan.sqlite3"
# Playwright's event loop lives in the test's own thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
