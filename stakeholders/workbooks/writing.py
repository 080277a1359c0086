"""Writing the workbook of papers: as it stands, or empty."""

from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from indicators.exchange.workbooks.writing import FONT, TEXT_FORMAT, head_cell, put_number, put_text
from stakeholders.models import Deliberation
from stakeholders.selectors.papers import forum_records
from stakeholders.workbooks import layout

GROUPS_AT = 2  # line of the guide on which the list of groups begins, below its heading
BLANK_ROWS = 500  # lines below the last that offer the lists too


def write_papers(deliberation: Deliberation, *, is_empty: bool = False) -> bytes:
    """The workbook of a forum's papers, meetings and points; with *is_empty* the columns alone."""
    book = Workbook()
    book.remove(book.active)
    names = [group.name for group in deliberation.plan.groups.all()]
    stored = [] if is_empty else forum_records(deliberation)
    stamped = []
    for sheet_layout in layout.SHEETS:
        sheet = book.create_sheet(sheet_layout.name)
        rows = [
            (group, number, layout.stored_texts(sheet_layout, record))
            for model, group, number, record in stored
            if model is sheet_layout.model
        ]
        _write_sheet(sheet, sheet_layout, rows, len(names))
        stamped += [(sheet_layout, *row) for row in rows]
    _write_guide(book.create_sheet(layout.GUIDE_SHEET), deliberation, names)
    _write_stamp(book.create_sheet(layout.STAMP_SHEET), deliberation, stamped)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write_sheet(sheet, sheet_layout: layout.SheetLayout, rows, group_count: int) -> None:
    for position, column in enumerate(sheet_layout.columns, start=1):
        head_cell(sheet.cell(1, position, column.title), is_input=True)
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = column.width
        # So that a spreadsheet does not take the code 1-1-2 for a date when it is typed into an empty cell.
        if column.name != layout.NUMBER:
            sheet.column_dimensions[letter].number_format = TEXT_FORMAT
    sheet.freeze_panes = "B2"
    for line, (group, number, texts) in enumerate(rows, start=2):
        texts = {layout.GROUP: group, **texts}
        for position, column in enumerate(sheet_layout.columns, start=1):
            cell = sheet.cell(line, position)
            if column.name == layout.NUMBER:
                put_number(cell, Decimal(number))
            else:
                put_text(cell, texts[column.name])
                cell.number_format = TEXT_FORMAT
            cell.font = Font(name=FONT, size=10)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    _offer_lists(sheet, sheet_layout, len(rows) + 1 + BLANK_ROWS, group_count)


def _offer_lists(sheet, sheet_layout: layout.SheetLayout, last: int, group_count: int) -> None:
    """Offer the names of groups, which others may follow, and the kinds of points, which are closed."""
    letters = {column.name: get_column_letter(place) for place, column in enumerate(sheet_layout.columns, start=1)}
    if group_count:
        place = f"'{layout.GUIDE_SHEET}'!$C${GROUPS_AT}:$C${GROUPS_AT + group_count - 1}"
        groups = DataValidation("list", formula1=place, allow_blank=True, showErrorMessage=False)
        groups.add(f"{letters[layout.GROUP]}2:{letters[layout.GROUP]}{last}")
        sheet.add_data_validation(groups)
    if "kind" in letters:
        kinds = DataValidation("list", formula1='"' + ",".join(layout.kinds()) + '"', allow_blank=True)
        kinds.showErrorMessage, kinds.errorTitle = True, "입력할 수 없는 값"
        kinds.error = "목록에 있는 종류를 골라 주십시오."
        kinds.add(f"{letters['kind']}2:{letters['kind']}{last}")
        sheet.add_data_validation(kinds)


def _write_guide(sheet, deliberation: Deliberation, names: list[str]) -> None:
    lines = [f"{deliberation} 입장문서", f"내려받은 때: {timezone.localtime():%Y-%m-%d %H:%M}", *layout.GUIDE]
    sheet.column_dimensions["A"].width, sheet.column_dimensions["C"].width = 100, 24
    for number, line in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        put_text(cell, line)
        cell.font = Font(name=FONT, size=14 if number == 1 else 10, bold=number == 1 or line.startswith("■"))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, name in enumerate(["그룹 이름", *names], start=GROUPS_AT - 1):
        put_text(sheet.cell(number, 3), name)
        sheet.cell(number, 3).font = Font(name=FONT, size=10, bold=number < GROUPS_AT)


def _write_stamp(sheet, deliberation: Deliberation, stamped) -> None:
    """What the file was written from: with it an upload tells own changes from those of others."""
    sheet.sheet_state = "hidden"
    lines = [
        ["종류", layout.STAMP_KIND],
        ["형식", str(layout.FORMAT_VERSION)],
        ["계획", deliberation.plan.slug],
        ["연도", str(deliberation.year)],
        [layout.STAMP_HEAD],
        *[[each.name, group, str(number or ""), *texts.values()] for each, group, number, texts in stamped],
    ]
    for number, line in enumerate(lines, start=1):
        for position, text in enumerate(line, start=1):
            put_text(sheet.cell(number, position), text)
