"""Reading an uploaded workbook or CSV: every cell as the text that was meant, with what is wrong about it."""

import csv
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sdgplan.lib.values import plain_number

from ..models import ReportingRound
from . import layout
from .guarding import Kind, WorkbookRefused, broken, kind_of, too_large, too_many_columns, too_many_rows

NARROW = "cp949"  # what a Korean spreadsheet writes when told no more than CSV
EXCEL_DIGITS = 15  # what a spreadsheet shows and keeps of a number
ESCAPED = re.compile("_x(005F|000D)_")
SHEET_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}


@dataclass(frozen=True)
class CellText:
    """One cell. `text` is what stands there; `problem` says why it cannot be taken, in a sentence."""

    text: str = ""
    problem: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row below the heading, by its number in the file; `cells` by the names of the columns."""

    number: int
    cells: dict[str, CellText]

    @property
    def is_blank(self) -> bool:
        return not any(cell.text or cell.problem for cell in self.cells.values())


@dataclass(frozen=True)
class Stamp:
    """What the hidden sheet says: from what the file was written. `rows` has version and texts of each key."""

    format_version: str
    plan: str
    year: str
    department: str
    rows: dict[str, tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Sheet:
    """A file that was read. `letters` has the column letter of each name; `stamp` is None for CSV.

    `is_narrow` says that it was saved in an encoding in which some characters had to become question marks.
    """

    rows: list[SheetRow]
    letters: dict[str, str]
    stamp: Stamp | None
    is_narrow: bool = False


def read_upload(file) -> bytes:
    """The content of an uploaded file, refused by its size before it is taken into memory."""
    if file.size > layout.MAX_BYTES:
        raise WorkbookRefused(too_large())
    return file.read()


def read_sheet(data: bytes, reporting_round: ReportingRound) -> Sheet:
    """Read a file uploaded to *reporting_round*. Raises WorkbookRefused when it cannot be read as a whole."""
    if kind_of(data) is Kind.CSV:
        return _read_csv(data, reporting_round.year)
    return _read_xlsx(data, reporting_round)


def _read_xlsx(data: bytes, reporting_round: ReportingRound) -> Sheet:
    book = _load(data)
    stamp_sheet = _worksheet(book, layout.STAMP_SHEET)
    stamp = _read_stamp(stamp_sheet) if stamp_sheet else None
    if stamp is None:
        raise WorkbookRefused(
            _("이 누리집에서 내려받은 파일이 아니거나 숨은 시트 ‘%(sheet)s’가 없습니다. 새로 내려받아 적어 주십시오.")
            % {"sheet": layout.STAMP_SHEET}
        )
    if stamp.format_version != str(layout.FORMAT_VERSION):
        raise WorkbookRefused(old_format())
    if stamp.plan != reporting_round.plan.slug:
        raise WorkbookRefused(other_plan())
    if stamp.year != str(reporting_round.year):
        raise WorkbookRefused(other_year(stamp.year, reporting_round.year))
    sheet = _worksheet(book, layout.INPUT_SHEET)
    if sheet is None:
        raise WorkbookRefused(
            _("‘%(sheet)s’ 시트가 없습니다. 시트 이름을 되돌리거나 새로 내려받은 파일에 적어 주십시오.")
            % {"sheet": layout.INPUT_SHEET}
        )
    _refuse_merged(sheet)
    return _arrange(_grid(sheet), reporting_round.year, stamp)


def _load(data: bytes) -> Workbook:
    try:
        return load_workbook(BytesIO(data), keep_links=False)
    except (zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, OSError, EOFError) as error:
        raise WorkbookRefused(broken()) from error
    except (KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        # openpyxl lets the errors of its own parsing through when a part is missing or makes no sense.
        raise WorkbookRefused(broken()) from error


def _worksheet(book: Workbook, name: str) -> Worksheet | None:
    sheet = book[name] if name in book.sheetnames else None
    return sheet if isinstance(sheet, Worksheet) else None


def _grid(sheet: Worksheet) -> list[list[CellText]]:
    last = min(sheet.max_column, layout.MAX_COLUMNS)
    return [[_cell_text(cell) for cell in row] for row in sheet.iter_rows(max_col=last)]


def old_format() -> str:
    return _("예전 형식의 파일입니다. 새로 내려받은 파일에 적어 올려 주십시오.")


def other_plan() -> str:
    return _("다른 이행계획의 파일입니다. 이 계획의 파일을 내려받아 적어 주십시오.")


def other_year(found: str | int, year: int) -> str:
    return _("%(found)s년 이행점검의 파일입니다. %(year)s년 파일을 내려받아 적어 주십시오.") % {
        "found": found,
        "year": year,
    }


def _refuse_merged(sheet: Worksheet) -> None:
    merged = sorted(str(area) for area in sheet.merged_cells.ranges)
    if merged:
        raise WorkbookRefused(
            _("병합된 칸이 있어 어느 지표의 값인지 알 수 없습니다: %(cells)s. 병합을 풀고 칸마다 적어 주십시오.")
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
            str(value), _("날짜나 시각으로 바뀐 칸입니다. 칸 서식을 ‘텍스트’나 ‘숫자’로 바꾸고 다시 적어 주십시오.")
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
    return layout.canonical(ESCAPED.sub(lambda found: "_" if found[1] == "005F" else "", text))


def _read_stamp(sheet: Worksheet) -> Stamp | None:
    lines = [[cell.text for cell in row] for row in _grid(sheet)]
    head = next((place for place, line in enumerate(lines) if line and line[0] == layout.KEY), None)
    if head is None:
        return None
    facts = {line[0]: line[1] for line in lines[:head] if len(line) > 1}
    names = lines[head][2:]
    rows = {
        line[0]: (line[1], dict(zip(names, line[2:], strict=True)))
        for line in lines[head + 1 :]
        if len(line) > 1 and line[0]
    }
    return Stamp(facts.get("형식", ""), facts.get("계획", ""), facts.get("연도", ""), facts.get("부서", ""), rows)


def _read_csv(data: bytes, year: int) -> Sheet:
    grid = []
    text, encoding = _decode(data)
    try:
        for row in csv.reader(StringIO(text, newline=""), strict=True):
            if len(grid) >= layout.MAX_ROWS:
                raise WorkbookRefused(too_many_rows())
            if len(row) > layout.MAX_COLUMNS and any(row[layout.MAX_COLUMNS :]):
                raise WorkbookRefused(too_many_columns())
            grid.append([_csv_cell(text) for text in row])
    except csv.Error as error:
        raise WorkbookRefused(
            _("CSV 파일의 따옴표나 쉼표가 맞지 않아 읽을 수 없습니다. 엑셀에서 다시 저장해 주십시오.")
        ) from error
    return replace(_arrange(grid, year, None), is_narrow=encoding == NARROW)


def _csv_cell(text: str) -> CellText:
    return CellText(layout.canonical(text), sheet_error() if text.strip() in SHEET_ERRORS else "")


def _decode(data: bytes) -> tuple[str, str]:
    for encoding in ("utf-8-sig", NARROW):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise WorkbookRefused(
        _("글자를 읽을 수 없는 파일입니다. ‘CSV UTF-8(쉼표로 분리)’이나 엑셀 파일(.xlsx)로 저장한 뒤 올려 주십시오.")
    )


def _heading(text: str) -> str:
    """A heading as it is compared: composed form, without spaces and line breaks."""
    return "".join(unicodedata.normalize("NFC", text).split())


def _arrange(grid: list[list[CellText]], year: int, stamp: Stamp | None) -> Sheet:
    """Put the cells under the names of their columns, wherever these stand."""
    headings = [_heading(cell.text) for cell in grid[0]] if grid else []
    wanted = {_heading(column.title): column for column in layout.required_columns(year)}
    doubled = [column.title for heading, column in wanted.items() if headings.count(heading) > 1]
    if doubled:
        raise WorkbookRefused(
            _("같은 이름의 열이 둘 이상 있습니다: %(columns)s. 하나만 남겨 주십시오.") % {"columns": ", ".join(doubled)}
        )
    missing = [column.title for heading, column in wanted.items() if heading not in headings]
    if missing:
        raise WorkbookRefused(_missing_columns(missing, headings, grid, year))
    places = {column.name: headings.index(heading) for heading, column in wanted.items()}
    rows = []
    for number, line in enumerate(grid[1:], start=2):
        cells = {name: line[place] if place < len(line) else CellText() for name, place in places.items()}
        row = SheetRow(number, cells)
        if not row.is_blank:
            rows.append(row)
    return Sheet(rows, {name: get_column_letter(place + 1) for name, place in places.items()}, stamp)


def _missing_columns(missing: list[str], headings: list[str], grid, year: int) -> str:
    """Say which columns are not there; a file of another year has other headings and is told so."""
    years = {name[:4] for name in headings if name.endswith("년실적") and name[:4].isdigit()}
    if f"{year}년 실적" in missing and len(years) == 1 and layout.KEY_TITLE in headings:
        return other_year(years.pop(), year)
    known = {_heading(column.title) for column in layout.columns(year, [], with_department=True)}
    others = [
        cell.text
        for cell, heading in zip(grid[0] if grid else [], headings, strict=True)
        if heading and heading not in known and not heading.endswith("년실적(공표)")
    ]
    message = _("필요한 열이 없습니다: %(columns)s. 첫 줄의 열 이름을 내려받은 그대로 두어 주십시오.") % {
        "columns": ", ".join(missing)
    }
    if others and len(missing) < len(layout.required_columns(year)):
        message += " " + _("알 수 없는 열: %(columns)s.") % {"columns": ", ".join(text[:30] for text in others[:5])}
    return message
