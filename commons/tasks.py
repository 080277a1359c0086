"""Work done beside the answer: put into the queue, and worked off within the site where no worker runs beside it.

The queue is django-tasks: rows of the database for `manage.py db_worker`, or Redis (QUEUE_URL). A task that its worker
began and did not end, killed or cut off, is run by neither a second time: whoever puts work into the queue keeps a row
that tells how far it is, and offers to ask again.
"""

import logging
from threading import Lock, Thread

from django.conf import settings
from django.db import connections
from django.db.transaction import on_commit
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, DEFAULT_TASK_QUEUE_NAME
from django_tasks.base import Task
from django_tasks_db.management.commands.db_worker import Worker

logger = logging.getLogger(__name__)
_at_work = Lock()
_about_to_look = Lock()  # held from the start of a thread until it looks into the queue


def enqueue_on_commit(task: Task, *arguments) -> None:
    """Have *task* carried out once what it is about is stored. *arguments* are what JSON can hold.

    A queue that cannot be reached is logged and breaks nothing off: what was stored stays, and can be asked for again.
    """

    def enqueue() -> None:
        task.enqueue(*arguments)
        work_within_site()

    on_commit(enqueue, robust=True)


def work_within_site() -> None:
    """Where no worker runs beside the site (WORKER_IN_SITE), let a thread of it work off what waits in the database.

    Nobody waits for it. Threads of one process take turns; no second one waits while one is still to look, since that
    one finds all that is there by then.
    """
    if settings.WORKER_IN_SITE and _about_to_look.acquire(blocking=False):
        Thread(target=_work_in_background, name="worker", daemon=True).start()


def _work_in_background() -> None:
    with _at_work:
        _about_to_look.release()
        try:
            work_off()
        except Exception:
            logger.exception("the worker within the site stopped")
        finally:
            connections.close_all()


def work_off() -> None:
    """Carry out all that waits in the database, one after the other, as `manage.py db_worker --batch` does."""
    Worker(
        queue_names=[DEFAULT_TASK_QUEUE_NAME],
        excluded_queue_names=[],
        backend_name=DEFAULT_TASK_BACKEND_ALIAS,
        interval=1,
        batch=True,
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
    ).run()
