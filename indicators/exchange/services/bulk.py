"""Writing many rows at once, the fastest way that each database has; the one place that knows how.

No model field sees what is written here, so its text is cleaned here.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import islice

from django.db import connection

from commons.text import clean_line
from indicators.models import Milestone

BATCH = 10_000
TABLE = Milestone._meta.db_table

Row = tuple  # (id of the milestone, value as digits or None, text, missing reason)
NewRow = tuple  # (id of the indicator, year, value as digits or None, text, missing reason)


def update_milestones(rows: Iterable[Row]) -> int:
    """Store value, text and missing reason of milestones that exist; return how many there were.

    No signals are sent. Runs inside an act.
    """
    if connection.vendor != "postgresql":
        sql = f"UPDATE {TABLE} SET value = %s, text = %s, missing_reason = %s WHERE id = %s"
        return _execute_many(sql, ((value, clean_line(text), missing, pk) for pk, value, text, missing in rows))
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE milestone_update"
            " (id bigint PRIMARY KEY, value numeric, text varchar, missing_reason varchar) ON COMMIT DROP"
        )
        cleaned = ((pk, value, clean_line(text), missing) for pk, value, text, missing in rows)
        _copy(cursor, "milestone_update", ["id", "value", "text", "missing_reason"], cleaned)
        cursor.execute(
            f"UPDATE {TABLE} m SET value = u.value, text = u.text, missing_reason = u.missing_reason"
            " FROM milestone_update u WHERE m.id = u.id"
        )
        count = cursor.rowcount
        cursor.execute("DROP TABLE milestone_update")
    return count


def insert_milestones(rows: Iterable[NewRow]) -> int:
    """Store new milestones; return how many. Raises IntegrityError when one of them is there already."""
    names = ["indicator_id", "year", "value", "text", "missing_reason"]
    rows = ((key, year, value, clean_line(text), missing) for key, year, value, text, missing in rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            return _copy(cursor, TABLE, [*names, "printed"], ((*row, "") for row in rows))
    sql = f"INSERT INTO {TABLE} ({', '.join(names)}, printed) VALUES (%s, %s, %s, %s, %s, '')"
    return _execute_many(sql, rows)


def _execute_many(sql: str, rows: Iterable[Sequence]) -> int:
    rows, count = iter(rows), 0
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(sql, batch)
            count += len(batch)
    return count


def _copy(cursor, table: str, names: list[str], rows: Iterable[Sequence]) -> int:
    """Send *rows* by COPY, a batch at a time. None is NULL; words are never, also when they are empty."""
    words = ", ".join(name for name in names if name in ("text", "missing_reason", "printed"))
    sql = f"COPY {table} ({', '.join(names)}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({words}))"
    rows, count = iter(rows), 0
    while batch := list(islice(rows, BATCH)):
        file = StringIO()
        csv.writer(file).writerows(batch)
        file.seek(0)
        cursor.copy_expert(sql, file)
        count += len(batch)
    return count
