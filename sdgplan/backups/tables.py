"""The tables of the system, and their values as a backup holds them."""

import base64
import datetime
import uuid
from decimal import Decimal

from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

# People sign in anew; what was queued belongs to the system it was queued in, and can be asked for again.
LEFT_OUT = {"sessions.session", "django_tasks_database.dbtaskresult"}
OWN_ROOMS = {"accounts", "plans", "indicators", "stakeholders"}


def stored_models() -> list[type[models.Model]]:
    """Every model that has a table, those of many-to-many relations included."""
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m._meta.managed and not m._meta.proxy and m._meta.label_lower not in LEFT_OUT]


def fields_of(model) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def applied_migrations() -> list[str]:
    return sorted(".".join(key) for key in MigrationLoader(connection).applied_migrations)


def known_migrations() -> tuple[set[str], set[str]]:
    """Names of all migrations that come with the program, and of those that a new database gets."""
    loader = MigrationLoader(None)
    return {".".join(key) for key in loader.disk_migrations}, {".".join(key) for key in loader.graph.nodes}


def plain(value):
    """A value of a row as JSON holds it, with nothing lost."""
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value / datetime.timedelta(microseconds=1)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def stored(field: models.Field, value):
    """What the database is given for a value of a backup.

    Text goes past the fields, which would clean it: an edition keeps the characters that it was hashed with.
    """
    if isinstance(value, str) and isinstance(field, models.CharField | models.TextField):
        return value
    if value is not None and isinstance(field, models.JSONField):
        return connection.ops.adapt_json_value(value, field.encoder)
    if value is not None and isinstance(field, models.DurationField):
        value = datetime.timedelta(microseconds=value)
    elif value is not None:
        value = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
    return field.get_db_prep_save(value, connection)


def last_id(model) -> int | None:
    """The highest number that was ever given to a row, also to one that is gone; None where rows are not numbered.

    The trace names rows by number, so that a restored system must not give the number of a deleted row again.
    """
    key = model._meta.pk
    if not isinstance(key, models.AutoField):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{model._meta.db_table}"', key.column])
            cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]} WHERE is_called")
        found = cursor.fetchone()
    return found[0] if found else 0


def continue_after(model, last_id: int) -> None:
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last_id])
        else:
            place = [f'"{table}"', column, max(last_id, 1), last_id > 0]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", place)
