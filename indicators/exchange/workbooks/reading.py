"""Reading an uploaded workbook of a round, or one of its sheets as CSV."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from openpyxl.worksheet.worksheet import Worksheet

from commons.sheets.cells import (
    CellText,
    SheetRow,
    arrange,
    csv_grid,
    grid_of,
    heading_of,
    load_book,
    missing_columns,
    refuse_merged,
    worksheet,
)
from commons.sheets.guarding import Kind, WorkbookRefused, kind_of
from indicators.exchange.workbooks import layout
from indicators.models import ReportingRound


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


def read_sheet(data: bytes, reporting_round: ReportingRound) -> Sheet:
    """Read a file uploaded to *reporting_round*. Raises WorkbookRefused when it cannot be read as a whole."""
    if kind_of(data) is Kind.CSV:
        grid, is_narrow = csv_grid(data)
        return _arranged(grid, reporting_round.year, None, is_narrow=is_narrow)
    return _read_xlsx(data, reporting_round)


def _read_xlsx(data: bytes, reporting_round: ReportingRound) -> Sheet:
    book = load_book(data)
    stamp_sheet = worksheet(book, layout.STAMP_SHEET)
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
    sheet = worksheet(book, layout.INPUT_SHEET)
    if sheet is None:
        raise WorkbookRefused(
            _("‘%(sheet)s’ 시트가 없습니다. 시트 이름을 되돌리거나 새로 내려받은 파일에 적어 주십시오.")
            % {"sheet": layout.INPUT_SHEET}
        )
    refuse_merged(sheet)
    return _arranged(grid_of(sheet), reporting_round.year, stamp)


def old_format() -> str:
    return _("예전 형식의 파일입니다. 새로 내려받은 파일에 적어 올려 주십시오.")


def other_plan() -> str:
    return _("다른 이행계획의 파일입니다. 이 계획의 파일을 내려받아 적어 주십시오.")


def other_year(found: str | int, year: int) -> str:
    return _("%(found)s년 이행점검의 파일입니다. %(year)s년 파일을 내려받아 적어 주십시오.") % {
        "found": found,
        "year": year,
    }


def _read_stamp(sheet: Worksheet) -> Stamp | None:
    lines = [[cell.text for cell in row] for row in grid_of(sheet)]
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


def _arranged(grid: list[list[CellText]], year: int, stamp: Stamp | None, *, is_narrow: bool = False) -> Sheet:
    def explain(missing: list[str], headings: list[str]) -> str:
        return _missing_columns(missing, headings, grid, year)

    rows, letters = arrange(grid, layout.required_columns(year), explain)
    return Sheet(rows, letters, stamp, is_narrow)


def _missing_columns(missing: list[str], headings: list[str], grid, year: int) -> str:
    """Say which columns are not there; a file of another year has other headings and is told so."""
    years = {name[:4] for name in headings if name.endswith("년실적") and name[:4].isdigit()}
    if f"{year}년 실적" in missing and len(years) == 1 and layout.KEY_TITLE in headings:
        return other_year(years.pop(), year)
    known = {heading_of(column.title) for column in layout.columns(year, [], with_department=True)}
    others = [
        cell.text
        for cell, heading in zip(grid[0] if grid else [], headings, strict=True)
        if heading and heading not in known and not heading.endswith("년실적(공표)")
    ]
    return missing_columns(missing, others if len(missing) < len(layout.required_columns(year)) else [])
