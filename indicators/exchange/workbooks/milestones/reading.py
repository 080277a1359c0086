"""Reading an uploaded table of yearly targets row by row: CSV as it comes, XLSX by calamine.

calamine reads ten times as fast as openpyxl and knows nothing of formulas, errors and percentages, nor of bombs. So it
is given a copy of what the guard walked, part by part, and the guard says which cells need a second look.
"""

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from io import BytesIO, TextIOWrapper

from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from python_calamine import CalamineError, CalamineWorkbook

from commons.sheets.cells import EXCEL_DIGITS, NARROW, SHEET_ERRORS, csv_lines, heading_of, missing_columns, sheet_error
from commons.sheets.guarding import Kind, WorkbookRefused, broken, check_archive, kind_by_content
from commons.sheets.walking import ERROR, FORMULA, PERCENT
from commons.values import plain_number
from indicators.exchange.workbooks.milestones.layout import AS_EXPORTED, LIMITS, MILESTONE_COLUMNS, SHEET

ROOT_PART = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class Line:
    """One row below the heading: its number in the file, the cells in the order of the open data's columns, the state
    it was written from, and what cannot be taken, by the place of the cell in `cells`."""

    number: int
    cells: list[str]
    as_exported: str
    problems: dict[int, str] | None


class MilestoneFile:
    """A file that can be read; iterate over its lines. `letters` has the column letter of each name.

    `has_origin` says whether the rows tell what they were written from, `is_narrow` whether the file was saved in an
    encoding that cannot hold every character. Raises WorkbookRefused where the file as a whole cannot be taken.
    """

    def __init__(self, data: bytes):
        self.is_narrow, self._data = False, data
        self._is_csv = kind_by_content(data, LIMITS) is Kind.CSV
        if self._is_csv:
            encoding, self._lines = csv_lines(data, LIMITS)
            self.is_narrow = encoding == NARROW
            self._noted, first_column = {}, 1
        else:
            self._lines, self._noted, first_column = _xlsx_lines(data)
        self._arrange(first_column)

    def _arrange(self, first_column: int) -> None:
        head = next((line for _number, line in self._lines), [])
        headings = [heading_of(str(cell)) for cell in head]
        wanted = [*MILESTONE_COLUMNS, AS_EXPORTED]
        doubled = [name for name in wanted if headings.count(name) > 1]
        if doubled:
            raise WorkbookRefused(
                _("같은 이름의 열이 둘 이상 있습니다: %(columns)s. 하나만 남겨 주십시오.")
                % {"columns": ", ".join(doubled)}
            )
        missing = [name for name in MILESTONE_COLUMNS if name not in headings]
        if missing:
            others = [heading for heading in headings if heading and heading not in [*wanted, "title", "unit"]]
            raise WorkbookRefused(missing_columns(missing, others))
        self.has_origin = AS_EXPORTED in headings
        self._places = [headings.index(name) for name in MILESTONE_COLUMNS]
        self._origin = headings.index(AS_EXPORTED) if self.has_origin else None
        self._columns = [place + first_column for place in self._places]
        self.letters = dict(zip(MILESTONE_COLUMNS, map(get_column_letter, self._columns), strict=True))

    def kept(self) -> bytes:
        """What `KeptLines` reads again without the cost of a workbook; a CSV is kept as it is. Reads to the end."""
        if self._is_csv:
            for _line in self._lines:
                pass  # what cannot be read is refused here
            return self._data
        file = BytesIO()
        text = TextIOWrapper(file, "utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow([json.dumps(self.letters), "1" if self.has_origin else ""])
        for line in self:
            problems = json.dumps(line.problems) if line.problems else ""
            writer.writerow([line.number, *line.cells, line.as_exported, problems])
        text.flush()
        return file.getvalue()

    def __iter__(self) -> Iterator[Line]:
        a, b, c, d, e, f = self._places
        longest, origin, noted, columns = max(self._places), self._origin, self._noted, self._columns
        is_text = self._is_csv
        for number, line in self._lines:
            if len(line) <= longest:
                line = [*line, *[""] * (longest + 1 - len(line))]
            cells = [line[a], line[b], line[c], line[d], line[e], line[f]]
            problems = None
            if is_text:
                cells = [cell.strip() for cell in cells]
            else:
                for place, cell in enumerate(cells):
                    if type(cell) is str:
                        cells[place] = cell.strip()
                        continue
                    cells[place], problem = _text_of(cell)
                    if problem:
                        problems = (problems or {}) | {place: problem}
            if not SHEET_ERRORS.isdisjoint(cells):
                wrong = {place: sheet_error() for place, cell in enumerate(cells) if cell in SHEET_ERRORS}
                problems = (problems or {}) | wrong
            if noted:
                for place, column in enumerate(columns):
                    if (what := noted.get((number, column))) and (what != PERCENT or cells[place]):
                        problems = (problems or {}) | {place: _second_look(what)}
            if problems or any(cells):
                state = line[origin] if origin is not None and origin < len(line) else ""
                yield Line(number, cells, state.strip() if type(state) is str else "", problems)


class KeptLines:
    """The lines of a workbook as `MilestoneFile.kept` left them."""

    is_narrow = False

    def __init__(self, data: bytes):
        self._rows = csv.reader(TextIOWrapper(BytesIO(data), "utf-8", newline=""))
        letters, has_origin = next(self._rows)
        self.letters, self.has_origin = json.loads(letters), bool(has_origin)

    def __iter__(self) -> Iterator[Line]:
        for number, *cells, as_exported, problems in self._rows:
            found = {int(place): text for place, text in json.loads(problems).items()} if problems else None
            yield Line(int(number), cells, as_exported, found)


def _text_of(cell) -> tuple[str, str]:
    """A cell of calamine that is no text, as text, and why it cannot be taken."""
    if cell is None:
        return "", ""
    if isinstance(cell, bool):
        return ("TRUE" if cell else "FALSE"), _("참·거짓 값이 들어 있습니다. 숫자나 글로 적어 주십시오.")
    if isinstance(cell, (int, float)):
        if cell == int(cell) and abs(cell) < 10**EXCEL_DIGITS:
            return str(int(cell)), ""
        return plain_number(Decimal(format(cell, f".{EXCEL_DIGITS}g"))), ""
    if isinstance(cell, (date, time, timedelta)):
        return str(cell), _("날짜나 시각으로 바뀐 칸입니다. 칸 서식을 ‘텍스트’나 ‘숫자’로 바꾸고 다시 적어 주십시오.")
    return str(cell), ""


def _second_look(what: str) -> str:
    return {
        FORMULA: _("수식이 들어 있습니다. 값으로 붙여 넣어 주십시오."),
        ERROR: sheet_error(),
        PERCENT: _("백분율 서식의 칸입니다. 칸 서식을 ‘숫자’로 바꾸고 백분율 기호를 뺀 숫자로 적어 주십시오."),
    }[what]


def _xlsx_lines(data: bytes) -> tuple[Iterator[tuple[int, list]], dict[tuple[int, int], str], int]:
    """Lines with their numbers, the cells to be looked at twice, and the number of the first column that is used."""
    copied = BytesIO()
    with zipfile.ZipFile(copied, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        walker = check_archive(data, LIMITS, copy)
    copied.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(copied)
        name = SHEET if SHEET in book.sheet_names else book.sheet_names[0]
        sheet = book.get_sheet_by_name(name)
        part = _part_of(copied, name)
    except (CalamineError, KeyError, IndexError, ValueError, StopIteration) as error:
        raise WorkbookRefused(broken()) from error
    merged = sheet.merged_cell_ranges
    if merged:
        raise WorkbookRefused(_("병합된 칸이 있어 어느 줄의 값인지 알 수 없습니다. 병합을 풀고 칸마다 적어 주십시오."))
    first_column = (sheet.start[1] if sheet.start else 0) + 1
    lines = enumerate(sheet.iter_rows(), start=1)
    return iter(lines), walker.noted.get(part, {}), first_column


def _part_of(file: BytesIO, sheet_name: str) -> str:
    """The part of the archive that holds a sheet."""
    with zipfile.ZipFile(file) as archive:
        book = fromstring(archive.read(ROOT_PART), forbid_dtd=True)
        links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    sheet = next(one for one in book.iter() if one.tag.endswith("}sheet") and one.get("name") == sheet_name)
    key = next(value for name, value in sheet.attrib.items() if name.endswith("}id"))
    target = next(one.get("Target") for one in links if one.get("Id") == key)
    return target.lstrip("/") if target.startswith("/") else re.sub(r"^(\./)?", "xl/", target)
