"""Environment of the test run, set before Django reads its settings (a pytest plugin, see pyproject.toml)."""

import os

os.environ["DEBUG"] = "true"
os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["CACHE_URL"] = "locmemcache://"
os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
# Playwright's event loop lives in the test's own thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
