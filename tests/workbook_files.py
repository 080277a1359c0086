"""Workbooks as people and their spreadsheets make them: downloaded, edited, saved anew, saved as CSV."""

import csv
from io import BytesIO, StringIO

from django.core.files.uploadedfile import SimpleUploadedFile

from commons.sheets.cells import load_book

INPUT = "실적 입력"
STAMP = "_정보"
KEY = "지표키"


def opened(data: bytes):
    return load_book(data)


def saved(book) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def column_of(sheet, title: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == title)


def row_of(sheet, area: int, code: str) -> int:
    """The row of an indicator, found by the end of its key."""
    column = column_of(sheet, KEY)
    return next(
        row for row in range(2, sheet.max_row + 1) if str(sheet.cell(row, column).value).endswith(f"/{area}/{code}")
    )


def cell_of(book, area: int, code: str, title: str):
    sheet = book[INPUT]
    return sheet.cell(row_of(sheet, area, code), column_of(sheet, title))


def edited(data: bytes, changes: dict) -> bytes:
    """The file with cells set: *changes* maps (area, code, column title) to what is typed.

    What begins with = is a formula, as when it is typed into a cell that is no text; as bytes it is text.
    """
    book = opened(data)
    for (area, code, title), value in changes.items():
        cell = cell_of(book, area, code, title)
        cell.value = value.decode() if isinstance(value, bytes) else value
        if isinstance(value, bytes):
            cell.data_type = "s"
    return saved(book)


def with_rows(data: bytes, act) -> bytes:
    """The file after *act* was done to its input sheet."""
    book = opened(data)
    act(book[INPUT])
    return saved(book)


def as_csv(data: bytes, encoding: str = "utf-8-sig", changes: dict | None = None) -> bytes:
    """What a spreadsheet writes for "save as CSV" of the input sheet."""
    book = opened(edited(data, changes or {}))
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    for row in book[INPUT].iter_rows():
        writer.writerow([_shown(cell) for cell in row])
    return text.getvalue().encode(encoding, "replace")


def _shown(cell) -> str:
    if isinstance(cell.value, (int, float)) and "#,##0" in cell.number_format:
        return f"{cell.value:,}"
    return "" if cell.value is None else str(cell.value).replace("_x005F_", "_")


def upload_of(data: bytes, name: str = "실적.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
