"""Tables for other programs: CSV that a Korean spreadsheet opens without garbling. Pure."""

import csv
from collections.abc import Iterable
from pathlib import Path

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


def write_csv(path: Path, columns: list[str], rows: Iterable[Iterable]) -> int:
    """Write *rows* under *columns* as UTF-8 with BOM; return how many rows were written."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([safe_cell(cell) for cell in row])
            count += 1
    return count
