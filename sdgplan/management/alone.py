"""One command at a time on one database, whichever server it was started on."""

import fcntl
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

_LOCK = 0x5DC9_1A2E  # any number that nothing else in the database locks
_held: set[str] = set()


@contextmanager
def alone(alias: str = "default"):
    """Wait until no other command holds the database named *alias*, and hold it. May be nested.

    PostgreSQL holds the lock for the connection and lets it go when that ends, however the command ended; beside SQLite
    it is a file, which the system lets go.
    """
    if alias in _held:
        yield
        return
    _held.add(alias)
    try:
        with _locked(connections[alias]):
            yield
    finally:
        _held.discard(alias)


@contextmanager
def _locked(connection):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The other command may take long; the server's limit on waiting is meant for pages.
            cursor.execute("SET lock_timeout = 0")
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            cursor.execute("RESET lock_timeout")
        try:
            yield
        finally:
            # A connection that broke or was closed meanwhile has let go of it already.
            if connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    elif connection.vendor == "sqlite" and not connection.is_in_memory_db():
        path = Path(connection.settings_dict["NAME"])
        with path.with_name(path.name + ".lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
    else:
        yield
