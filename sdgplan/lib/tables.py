"""Tables for other programs: CSV that a Korean spreadsheet opens without garbling. Pure."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import TextIO

from .values import NotANumber, parse_number

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value) -> str:
    """Write one cell; text that a spreadsheet would take for a formula is set off by an apostrophe."""
    text = "" if value is None else str(value)
    if text.startswith(_DANGEROUS) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        return parse_number(text) is not None
    except NotANumber:
        return False


def _write_rows(file: TextIO, columns: list[str], rows: Iterable[Iterable]) -> int:
    count = 0
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
        count += 1
    return count


def write_csv(path: Path, columns: list[str], rows: Iterable[Iterable]) -> int:
    """Write *rows* under *columns* as UTF-8 with BOM; return how many rows were written."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        return _write_rows(file, columns, rows)


def csv_bytes(columns: list[str], rows: Iterable[Iterable]) -> bytes:
    """The same as the bytes of a file."""
    file = StringIO(newline="")
    _write_rows(file, columns, rows)
    return file.getvalue().encode("utf-8-sig")
