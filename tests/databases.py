"""States of the test database: each is made once in a run, and a copy of it is put under a test in a moment.

A state is a whole database. "plan", where every test begins, is what `manage.py bootstrap` makes of an empty database;
a test that commits leaves the next one a fresh copy of it. Other states begin with the plan and are made when a test
first asks for them. The workers of a run (pytest -n) share the states and work on a database of their own each.
"""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from uuid import uuid4

from django.core.files import locks
from django.core.management import call_command
from django.db import connection, connections

FOLDER = Path(os.environ["TEST_RUN_FOLDER"])  # set in tests/environment.py; the workers of a run share it


class SqliteServer:
    """Databases as files in the folder of the run."""

    def name_of(self, what: str) -> str:
        return str(FOLDER / f"{what}.sqlite3")

    def address_of(self, name: str) -> str:
        """What DATABASE_URL says in a process that works on this database."""
        return f"sqlite:///{name}"

    def create(self, name: str) -> None:
        """Have an empty database of this name."""
        self.drop(name)  # SQLite makes the file with the first connection

    def copy(self, source: str, target: str) -> None:
        """Make *target* what *source* is, also while a thread of the live server still has it open."""
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            new.execute("PRAGMA synchronous=OFF")
            old.backup(new)

    def drop(self, name: str) -> None:
        for path in (name, f"{name}-wal", f"{name}-shm"):
            Path(path).unlink(missing_ok=True)


class PostgresServer:
    """Databases on the server that DATABASE_URL names, beside the one it names."""

    def __init__(self):
        self.base = f"test_{connection.settings_dict['NAME']}"

    def name_of(self, what: str) -> str:
        return f"{self.base}_{what}"

    def address_of(self, name: str) -> str:
        """What DATABASE_URL says in a process that works on this database."""
        host = connection.settings_dict
        who = f"{host['USER']}:{host['PASSWORD']}" if host["PASSWORD"] else host["USER"]
        return f"postgres://{who}@{host['HOST']}:{host['PORT'] or 5432}/{name}"

    def create(self, name: str) -> None:
        """Have an empty database of this name."""
        self.drop(name)
        self._execute(f'CREATE DATABASE "{name}"')

    def copy(self, source: str, target: str) -> None:
        """Make *target* what *source* is. Nobody may be connected to *source*; who is to *target* is thrown out."""
        self.drop(target)
        self._execute(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        import psycopg2

        with closing(psycopg2.connect(**connection.get_connection_params() | {"dbname": "postgres"})) as server:
            server.autocommit = True
            server.cursor().execute(statement)


def server() -> SqliteServer | PostgresServer:
    return PostgresServer() if connection.vendor == "postgresql" else SqliteServer()


class TestDatabases:
    """The states of a run, and the database of this worker, on which its tests work."""

    __test__ = False  # nothing for pytest to collect

    def __init__(self):
        self.server = server()
        self.before = connection.settings_dict["NAME"]
        self.own = self.server.name_of(os.environ.get("PYTEST_XDIST_WORKER", "main"))

    def put(self, state: str, make: Callable[[], None] | None = None) -> None:
        """Make the worker's database a copy of *state*; where nobody made that yet, *make* makes it of the plan."""
        connections.close_all()
        with self._locked():
            marker = FOLDER / f"{state}.made"
            if not marker.exists():
                self._make_plan() if state == "plan" else self._make(state, make)
                marker.touch()
        self.server.copy(self.server.name_of(state), self.own)
        self._use(self.own)

    @property
    def address(self) -> str:
        """The DATABASE_URL of the worker's database."""
        return self.server.address_of(self.own)

    @contextmanager
    def another(self, *, filled: bool):
        """Have one more database, with the plan or empty, for processes beside the test; gives its DATABASE_URL."""
        name = self.server.name_of(f"beside_{uuid4().hex[:12]}")
        if filled:
            self.server.copy(self.server.name_of("plan"), name)
        else:
            self.server.create(name)
        try:
            yield self.server.address_of(name)
        finally:
            self.server.drop(name)

    def end(self) -> None:
        """Leave the database that the settings name in use, as it was before."""
        self._use(self.before)
        self.server.drop(self.own)

    @contextmanager
    def _locked(self):
        with (FOLDER / "databases.lock").open("w") as file:
            locks.lock(file, locks.LOCK_EX)
            yield

    def _make_plan(self) -> None:
        name = self.server.name_of("plan")
        self.server.create(name)
        self._use(name)
        call_command("bootstrap", stdout=StringIO())
        connections.close_all()

    def _make(self, state: str, make: Callable[[], None]) -> None:
        self.server.copy(self.server.name_of("plan"), self.own)
        self._use(self.own)
        make()
        connections.close_all()
        self.server.copy(self.own, self.server.name_of(state))

    def _use(self, name: str) -> None:
        """Let every connection opened from now on, in whatever thread, go to the database *name*."""
        connections.close_all()
        connection.settings_dict["NAME"] = name


def drop_states() -> None:
    """Drop the states of a run that is over."""
    for marker in FOLDER.glob("*.made"):
        server().drop(server().name_of(marker.stem))
