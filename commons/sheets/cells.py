"""The cells of an uploaded workbook or CSV, whatever it is about: the text meant, and what is wrong with it."""

import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from commons.sheets.columns import MAX_COLUMNS, MAX_LINE, Column, canonical
from commons.sheets.guarding import (
    BY_HAND,
    PIECE,
    Limits,
    WorkbookRefused,
    broken,
    too_large,
    too_long_row,
    too_many_columns,
    too_many_rows,
)
from commons.text import clean_line
from commons.values import plain_number

NARROW = "cp949"  # what a Korean spreadsheet writes when told no more than CSV
EXCEL_DIGITS = 15  # what a spreadsheet shows and keeps of a number
ESCAPED = re.compile("_x(005F|000D)_")
SHEET_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}


@dataclass(frozen=True)
class CellText:
    """One cell. `text` is what stands there; `problem` says why it cannot be taken, in a sentence.

    `moment` is set where the spreadsheet holds a date or time, which most columns cannot take.
    """

    text: str = ""
    problem: str = ""
    moment: date | time | None = None


@dataclass(frozen=True)
class SheetRow:
    """One row below the heading, by its number in the file; `cells` by the names of the columns."""

    number: int
    cells: dict[str, CellText]

    @property
    def is_blank(self) -> bool:
        return not any(cell.text or cell.problem for cell in self.cells.values())


def read_upload(file, limits: Limits = BY_HAND) -> bytes:
    """The content of an uploaded file, refused by its size before it is taken into memory."""
    if file.size > limits.bytes:
        raise WorkbookRefused(too_large(limits))
    return file.read()


class _Reader(ExcelReader):
    """openpyxl's reader, which takes every x005F_ out of the texts that a workbook's cells share."""

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _event, node in iterparse(source):
                if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                    self.shared_strings.append(Text.from_tree(node).content)
                    node.clear()


def load_book(data: bytes) -> Workbook:
    """The workbook in *data*, with texts as they stand in the file. Raises WorkbookRefused for one that is damaged."""
    try:
        reader = _Reader(BytesIO(data), keep_links=False)
        reader.read()
        return reader.wb
    except (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, OSError, EOFError) as error:
        raise WorkbookRefused(broken()) from error
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        # openpyxl lets the errors of its own parsing through when a part is missing or makes no sense.
        raise WorkbookRefused(broken()) from error


def worksheet(book: Workbook, name: str) -> Worksheet | None:
    sheet = book[name] if name in book.sheetnames else None
    return sheet if isinstance(sheet, Worksheet) else None


def grid_of(sheet: Worksheet) -> list[list[CellText]]:
    last = min(sheet.max_column, MAX_COLUMNS)
    return [[_cell_text(cell) for cell in row] for row in sheet.iter_rows(max_col=last)]


def refuse_merged(sheet: Worksheet) -> None:
    merged = sorted(str(area) for area in sheet.merged_cells.ranges)
    if merged:
        raise WorkbookRefused(
            _("병합된 칸이 있어 어느 줄의 값인지 알 수 없습니다: %(cells)s. 병합을 풀고 칸마다 적어 주십시오.")
            % {"cells": ", ".join(merged[:5]) + (" …" if len(merged) > 5 else "")}
        )


def _cell_text(cell) -> CellText:
    value = cell.value
    if value is None:
        return CellText()
    if cell.data_type == "f":
        formula = value if isinstance(value, str) else str(getattr(value, "text", "=")) or "="
        return CellText(formula, _("수식이 들어 있습니다. 값으로 붙여 넣어 주십시오."))
    if cell.data_type == "e":
        return CellText(str(value), sheet_error())
    if isinstance(value, bool):
        return CellText("TRUE" if value else "FALSE", _("참·거짓 값이 들어 있습니다. 숫자나 글로 적어 주십시오."))
    if isinstance(value, (datetime, date, time, timedelta)):
        return CellText(
            str(value),
            _("날짜나 시각으로 바뀐 칸입니다. 칸 서식을 ‘텍스트’나 ‘숫자’로 바꾸고 다시 적어 주십시오."),
            None if isinstance(value, timedelta) else value,
        )
    if isinstance(value, (int, float)):
        return _number_text(value, cell.number_format)
    return CellText(_unescape(str(value)))


def sheet_error() -> str:
    return _("계산 오류가 들어 있습니다. 값을 다시 적어 주십시오.")


def _number_text(value: int | float, number_format: str) -> CellText:
    # Fifteen digits are what the spreadsheet shows; what lies beyond is the noise of its binary arithmetic.
    number = Decimal(value) if isinstance(value, int) else Decimal(format(value, f".{EXCEL_DIGITS}g"))
    if "%" in number_format:
        shown = plain_number(number * 100)
        return CellText(
            f"{shown}%", _("백분율 서식의 칸입니다. 칸 서식을 ‘숫자’로 바꾸고 백분율 기호를 뺀 숫자로 적어 주십시오.")
        )
    return CellText(plain_number(number))


def _unescape(text: str) -> str:
    """*text* without the escapes that a spreadsheet's file has: an underscore, and the first half of a line end."""
    return canonical(ESCAPED.sub(lambda found: "_" if found[1] == "005F" else "", text))


def csv_grid(data: bytes) -> tuple[list[list[CellText]], bool]:
    """The cells of a CSV file, and whether it was saved in an encoding that cannot hold every character."""
    encoding, lines = csv_lines(data)
    return [[_csv_cell(text) for text in row] for _number, row in lines], encoding == NARROW


def csv_lines(data: bytes, limits: Limits = BY_HAND) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Encoding and rows of a CSV file with their numbers, one at a time."""
    encoding = _encoding_of(data)
    return encoding, _csv_lines(TextIOWrapper(BytesIO(data), encoding, newline=""), limits)


class _ShortRows:
    """The lines of a file for the csv module, which is never given more than MAX_LINE characters for one row."""

    def __init__(self, file: TextIOWrapper):
        self._file = file
        self.row_begins()

    def row_begins(self) -> None:
        self._left = MAX_LINE

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(self._left + 1):
            self._left -= len(line)
            if self._left < 0:
                raise WorkbookRefused(too_long_row())
            yield line


def _csv_lines(file: TextIOWrapper, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    lines = _ShortRows(file)
    try:
        for number, row in enumerate(csv.reader(lines, strict=True), start=1):
            lines.row_begins()
            if number > limits.rows:
                raise WorkbookRefused(too_many_rows(limits))
            if len(row) > limits.columns and any(row[limits.columns :]):
                raise WorkbookRefused(too_many_columns(limits))
            yield number, row[: limits.columns]
    except csv.Error as error:
        raise WorkbookRefused(
            _("CSV 파일의 따옴표나 쉼표가 맞지 않아 읽을 수 없습니다. 엑셀에서 다시 저장해 주십시오.")
        ) from error


def _csv_cell(text: str) -> CellText:
    return CellText(canonical(text), sheet_error() if text.strip() in SHEET_ERRORS else "")


def _encoding_of(data: bytes) -> str:
    for encoding in ("utf-8-sig", NARROW):
        reader = TextIOWrapper(BytesIO(data), encoding, newline="")
        try:
            while reader.read(PIECE):
                pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise WorkbookRefused(
        _("글자를 읽을 수 없는 파일입니다. ‘CSV UTF-8(쉼표로 분리)’이나 엑셀 파일(.xlsx)로 저장한 뒤 올려 주십시오.")
    )


def heading_of(text: str) -> str:
    """A heading as it is compared: composed form, without spaces and line breaks."""
    return "".join(clean_line(text).split())


def arrange(
    grid: list[list[CellText]], columns: list[Column], explain_missing: Callable[[list[str], list[str]], str]
) -> tuple[list[SheetRow], dict[str, str]]:
    """Put the cells under the names of *columns*, wherever these stand; return the rows and the column letters.

    Raises WorkbookRefused; what it says of missing columns comes from *explain_missing*, which is given their titles
    and the headings that are there, as compared.
    """
    headings = [heading_of(cell.text) for cell in grid[0]] if grid else []
    wanted = {heading_of(column.title): column for column in columns}
    doubled = [column.title for heading, column in wanted.items() if headings.count(heading) > 1]
    if doubled:
        raise WorkbookRefused(
            _("같은 이름의 열이 둘 이상 있습니다: %(columns)s. 하나만 남겨 주십시오.") % {"columns": ", ".join(doubled)}
        )
    missing = [column.title for heading, column in wanted.items() if heading not in headings]
    if missing:
        raise WorkbookRefused(explain_missing(missing, headings))
    places = {column.name: headings.index(heading) for heading, column in wanted.items()}
    rows = []
    for number, line in enumerate(grid[1:], start=2):
        cells = {name: line[place] if place < len(line) else CellText() for name, place in places.items()}
        row = SheetRow(number, cells)
        if not row.is_blank:
            rows.append(row)
    return rows, {name: get_column_letter(place + 1) for name, place in places.items()}


def missing_columns(missing: list[str], others: list[str] = ()) -> str:
    """Say which columns are not there, and which unknown ones may stand in their place."""
    message = _("필요한 열이 없습니다: %(columns)s. 첫 줄의 열 이름을 내려받은 그대로 두어 주십시오.") % {
        "columns": ", ".join(missing)
    }
    if others:
        message += " " + _("알 수 없는 열: %(columns)s.") % {"columns": ", ".join(text[:30] for text in others[:5])}
    return message


def narrowed(text: str) -> str:
    """*text* as the narrow encoding leaves it; a spreadsheet writes one or two question marks for a lost character."""
    return re.sub(r"\?+", "?", text.encode(NARROW, "replace").decode(NARROW))
