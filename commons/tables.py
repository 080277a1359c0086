"""Tables for other programs: the same values as CSV, XLSX and JSON, row by row, so that memory stays flat. Pure.

A cell is a str, an int, a Decimal, a date or None. Empty text is the same as None: "not given". A Decimal is written
digit by digit in every format (no grouping, no trailing zeros, no exponent), never through a float.
"""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from commons.numbers import NotANumber, read_number
from commons.spreadsheets import new_book
from commons.text import writable

Rows = Iterable[Sequence]

_DANGEROUS = frozenset("=+-@\t\r")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP file can name


def plain_decimal(number: Decimal) -> str:
    """The digits of *number*: no exponent, no trailing zeros, no sign at zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain_text(value) -> str:
    """A cell as text that every format can hold."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, date):
        return value.isoformat()
    return writable(str(value))


def safe_cell(value) -> str:
    """Write one cell; text that a spreadsheet would take for a formula is set off by an apostrophe."""
    text = plain_text(value)
    if text[:1] in _DANGEROUS and not isinstance(value, Decimal) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        return read_number(text).number is not None
    except NotANumber:
        return False


# --- CSV


def _csv_row(row: Sequence) -> list:
    """Most cells are ordinary text or whole numbers, which the csv module writes as they are."""
    return [
        value
        if (kind := type(value)) is int or (kind is str and value[:1] not in _DANGEROUS and value.isprintable())
        else safe_cell(value)
        for value in row
    ]


def _write_csv(file: BinaryIO, columns: Sequence[str], rows: Rows, sheet: str) -> None:
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(map(_csv_row, rows))
    text.detach()


# --- JSON


def _json_value(value) -> str:
    kind = type(value)
    if kind is int:
        return str(value)
    if kind is Decimal:
        return plain_decimal(value)
    text = plain_text(value)
    return json.dumps(text, ensure_ascii=False) if text else "null"


def _write_json(file: BinaryIO, columns: Sequence[str], rows: Rows, sheet: str) -> None:
    keys = [json.dumps(column, ensure_ascii=False) + ": " for column in columns]
    start = "[\n"
    for row in rows:
        cells = ", ".join([key + _json_value(value) for key, value in zip(keys, row, strict=True)])
        file.write(f"{start}{{{cells}}}".encode())
        start = ",\n"
    file.write(b"\n]\n" if start == ",\n" else b"[]\n")


# --- XLSX and other files of several parts


class SteadyZip(ZipFile):
    """A ZIP file that depends on nothing but what is put into it: neither on the clock nor on file times."""

    def __init__(self, file):
        super().__init__(file, "w", ZIP_DEFLATED)

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, _EPOCH)
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        return entry

    def writestr(self, name: str, data, *args, **kwargs) -> None:
        super().writestr(self._entry(name), data)

    def add(self, name: str, source: BinaryIO) -> None:
        """Put what *source* holds into the file, part by part."""
        with self.open(self._entry(name), "w", force_zip64=True) as target:
            copyfileobj(source, target, 1 << 16)

    def write(self, filename, arcname: str) -> None:
        with open(filename, "rb") as source:
            self.add(arcname, source)


def _write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Rows, sheet: str) -> None:
    with new_book(file, row_by_row=True) as book:
        page = book.new_sheet(sheet)
        page.freeze_panes(1, 0)
        for column, name in enumerate(columns):
            page.write_words(0, column, name)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                kind = type(value)
                if kind is int:
                    page.write_number(number, column, value)
                elif kind is Decimal:
                    page.write_digits(number, column, value)
                else:
                    page.write_words(number, column, writable(plain_text(value)))


# --- all of them


@dataclass(frozen=True)
class Format:
    """One way to write a table; `label` is how people call it."""

    suffix: str
    label: str
    content_type: str
    media_type: str
    write: Callable[[BinaryIO, Sequence[str], Rows, str], None]


FORMATS = {
    found.suffix: found
    for found in (
        Format("csv", "CSV", "text/csv; charset=utf-8", "text/csv", _write_csv),
        Format(
            "xlsx",
            "XLSX",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            _write_xlsx,
        ),
        Format("json", "JSON", "application/json", "application/json", _write_json),
    )
}


def write_table(file: BinaryIO, suffix: str, columns: Sequence[str], rows: Rows, *, sheet: str = "data") -> int:
    """Write *rows* under *columns* to the binary *file* as `csv`, `xlsx` or `json`; return how many rows were written.

    The same rows give the same bytes. *sheet* names the sheet of a workbook (at most 31 characters).
    """
    count = 0

    def counted():
        nonlocal count
        for row in rows:
            count += 1
            yield row

    FORMATS[suffix].write(file, columns, counted(), sheet)
    return count


def table_bytes(suffix: str, columns: Sequence[str], rows: Rows, *, sheet: str = "data") -> bytes:
    """The same as the bytes of a file."""
    file = BytesIO()
    write_table(file, suffix, columns, rows, sheet=sheet)
    return file.getvalue()


def write_csv(path: Path, columns: Sequence[str], rows: Rows) -> int:
    """Write *rows* under *columns* as UTF-8 with BOM; return how many rows were written."""
    with path.open("wb") as file:
        return write_table(file, "csv", columns, rows)


def csv_bytes(columns: Sequence[str], rows: Rows) -> bytes:
    """The same as the bytes of a file."""
    return table_bytes("csv", columns, rows)
