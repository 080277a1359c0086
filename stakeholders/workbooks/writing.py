"""Writing the workbook of papers: as it stands, or empty."""

from io import BytesIO

from django.utils import timezone

from commons.spreadsheets import BOLD, PLAIN, TEXT_FORMAT, TOP, Sheet, new_book
from stakeholders.models import Deliberation
from stakeholders.selectors.papers import forum_records
from stakeholders.workbooks import layout

GROUPS_AT = 2  # line of the guide on which the list of groups begins, below its heading
BLANK_ROWS = 500  # lines below the last that offer the lists too


def write_papers(deliberation: Deliberation, *, is_empty: bool = False) -> bytes:
    """The workbook of a forum's papers, meetings and points; with *is_empty* the columns alone."""
    names = [group.name for group in deliberation.plan.groups.all()]
    stored = [] if is_empty else forum_records(deliberation)
    stamped = []
    file = BytesIO()
    with new_book(file) as book:
        for sheet_layout in layout.SHEETS:
            rows = [
                (group, number, layout.stored_texts(sheet_layout, record))
                for model, group, number, record in stored
                if model is sheet_layout.model
            ]
            _write_sheet(book.new_sheet(sheet_layout.name), sheet_layout, rows, len(names))
            stamped += [(sheet_layout, *row) for row in rows]
        _write_guide(book.new_sheet(layout.GUIDE_SHEET), deliberation, names)
        _write_stamp(book.new_sheet(layout.STAMP_SHEET), deliberation, stamped)
    return file.getvalue()


def _write_sheet(sheet: Sheet, sheet_layout: layout.SheetLayout, rows, group_count: int) -> None:
    text = PLAIN | TOP | {"num_format": TEXT_FORMAT}
    for position, column in enumerate(sheet_layout.columns):
        sheet.put_head(0, position, column.title, is_input=True)
        # So that a spreadsheet does not take the code 1-1-2 for a date when it is typed into an empty cell.
        typed = None if column.name == layout.NUMBER else sheet.book.style({"num_format": TEXT_FORMAT})
        sheet.set_column(position, position, column.width, typed)
    sheet.freeze_panes(1, 1)
    for line, (group, number, texts) in enumerate(rows, start=1):
        texts = {layout.GROUP: group, **texts}
        for position, column in enumerate(sheet_layout.columns):
            if column.name == layout.NUMBER:
                sheet.put_number(line, position, number, PLAIN | TOP)
            else:
                sheet.put_text(line, position, texts[column.name], text)
    _offer_lists(sheet, sheet_layout, len(rows) + BLANK_ROWS, group_count)


def _offer_lists(sheet: Sheet, sheet_layout: layout.SheetLayout, last: int, group_count: int) -> None:
    """Offer the names of groups, which others may follow, and the kinds of points, which are closed."""
    places = {column.name: place for place, column in enumerate(sheet_layout.columns)}
    if group_count:
        names = f"='{layout.GUIDE_SHEET}'!$C${GROUPS_AT}:$C${GROUPS_AT + group_count - 1}"
        groups = {"validate": "list", "source": names, "show_error": False}
        sheet.data_validation(1, places[layout.GROUP], last, places[layout.GROUP], groups)
    if "kind" in places:
        kinds = {
            "validate": "list",
            "source": list(layout.kinds()),
            "error_title": "입력할 수 없는 값",
            "error_message": "목록에 있는 종류를 골라 주십시오.",
        }
        sheet.data_validation(1, places["kind"], last, places["kind"], kinds)


def _write_guide(sheet: Sheet, deliberation: Deliberation, names: list[str]) -> None:
    sheet.put_guide(f"{deliberation} 입장문서", [f"내려받은 때: {timezone.localtime():%Y-%m-%d %H:%M}", *layout.GUIDE])
    sheet.set_column(2, 2, 24)
    for row, name in enumerate(["그룹 이름", *names], start=GROUPS_AT - 2):
        sheet.put_text(row, 2, name, BOLD if row < GROUPS_AT - 1 else PLAIN)


def _write_stamp(sheet: Sheet, deliberation: Deliberation, stamped) -> None:
    """What the file was written from: with it an upload tells own changes from those of others."""
    sheet.hide()
    sheet.put_lines(
        [
            ["종류", layout.STAMP_KIND],
            ["형식", str(layout.FORMAT_VERSION)],
            ["계획", deliberation.plan.slug],
            ["연도", str(deliberation.year)],
            [layout.STAMP_HEAD],
            *[[each.name, group, str(number or ""), *texts.values()] for each, group, number, texts in stamped],
        ]
    )
