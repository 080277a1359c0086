"""Reading an uploaded workbook of papers, or its points as CSV."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from commons.sheets.cells import (
    SheetRow,
    arrange,
    csv_grid,
    grid_of,
    load_book,
    missing_columns,
    refuse_merged,
    worksheet,
)
from commons.sheets.guarding import Kind, WorkbookRefused, kind_of
from indicators.exchange.workbooks.reading import old_format, other_plan
from stakeholders.models import Deliberation
from stakeholders.workbooks import layout
from stakeholders.workbooks.layout import SheetLayout

# What a row is about: sheet, group, and number as typed ('' for a paper).
RowKey = tuple[str, str, str]


@dataclass(frozen=True)
class ReadSheet:
    """One sheet of a file. `letters` has the column letter of each name."""

    layout: SheetLayout
    rows: list[SheetRow]
    letters: dict[str, str]


@dataclass(frozen=True)
class PaperFile:
    """A file that was read. `stamp` has what every row said when the file was written; it is None for CSV.

    `is_narrow` says that it was saved in an encoding in which some characters had to become question marks.
    """

    sheets: list[ReadSheet]
    stamp: dict[RowKey, dict[str, str]] | None
    is_narrow: bool = False


def read_papers(data: bytes, deliberation: Deliberation) -> PaperFile:
    """Read a file uploaded to *deliberation*. Raises WorkbookRefused when it cannot be read as a whole."""
    if kind_of(data) is Kind.CSV:
        grid, is_narrow = csv_grid(data)
        return PaperFile([_read_sheet(layout.POINTS, grid)], None, is_narrow)
    book = load_book(data)
    stamp_sheet = worksheet(book, layout.STAMP_SHEET)
    stamp = _read_stamp(grid_of(stamp_sheet), deliberation) if stamp_sheet else None
    if stamp is None:
        raise WorkbookRefused(
            _("입장문서 양식이 아니거나 숨은 시트 ‘%(sheet)s’가 없습니다. 양식을 새로 내려받아 적어 주십시오.")
            % {"sheet": layout.STAMP_SHEET}
        )
    sheets = []
    for sheet_layout in layout.SHEETS:
        sheet = worksheet(book, sheet_layout.name)
        if sheet is None:
            raise WorkbookRefused(
                _("‘%(sheet)s’ 시트가 없습니다. 시트 이름을 되돌리거나 양식을 새로 내려받아 적어 주십시오.")
                % {"sheet": sheet_layout.name}
            )
        refuse_merged(sheet)
        sheets.append(_read_sheet(sheet_layout, grid_of(sheet)))
    return PaperFile(sheets, stamp)


def _read_sheet(sheet_layout: SheetLayout, grid) -> ReadSheet:
    def explain(missing: list[str], _headings: list[str]) -> str:
        return _("‘%(sheet)s’ 시트:") % {"sheet": sheet_layout.name} + " " + missing_columns(missing)

    return ReadSheet(sheet_layout, *arrange(grid, sheet_layout.columns, explain))


def _read_stamp(grid, deliberation: Deliberation) -> dict[RowKey, dict[str, str]] | None:
    lines = [[cell.text for cell in row] for row in grid]
    head = next((place for place, line in enumerate(lines) if line and line[0] == layout.STAMP_HEAD), None)
    if head is None:
        return None
    facts = {line[0]: line[1] for line in lines[:head] if len(line) > 1}
    if facts.get("종류") != layout.STAMP_KIND:
        return None
    if facts.get("형식") != str(layout.FORMAT_VERSION):
        raise WorkbookRefused(old_format())
    if facts.get("계획") != deliberation.plan.slug:
        raise WorkbookRefused(other_plan())
    if facts.get("연도") != str(deliberation.year):
        raise WorkbookRefused(
            _("%(found)s년 숙의공론장의 파일입니다. %(year)s년 파일을 내려받아 적어 주십시오.")
            % {"found": facts.get("연도", ""), "year": deliberation.year}
        )
    fields = {sheet_layout.name: sheet_layout.fields for sheet_layout in layout.SHEETS}
    rows = {}
    for name, group, number, *texts in (line for line in lines[head + 1 :] if len(line) > 2):
        if name in fields:
            rows[(name, group, number)] = {
                field: texts[place] if place < len(texts) else "" for place, field in enumerate(fields[name])
            }
    return rows
