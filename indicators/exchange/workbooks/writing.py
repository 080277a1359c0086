"""Writing the workbook that goes out to a department, or with all departments to the coordinator."""

from collections import defaultdict
from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from xlsxwriter.utility import xl_rowcol_to_cell

from accounts.models import Department
from commons.sheets.columns import Column
from commons.spreadsheets import BORDER, INK, PLAIN, TEXT_FORMAT, TOP, Book, Look, Sheet, new_book
from commons.values import DECIMAL_PLACES, Value, plain_number
from indicators.choices import MissingReason, ResultState, ValueKind
from indicators.exchange.selectors.workbooks import WorkbookRow
from indicators.exchange.workbooks import layout
from indicators.models import ReportingRound

LARGEST = Decimal(10) ** 15
_TEXT: Look = {"num_format": TEXT_FORMAT}
_RIGHT: Look = {"valign": "top", "align": "right"}
_OPEN: Look = {"pattern": 1, "bg_color": "#FFFFFF", "locked": False}
_CLOSED: Look = {"pattern": 1, "bg_color": "#EDEDED"}
_INFO: Look = {"pattern": 1, "bg_color": "#F8F8F8"}
_QUIET: Look = {"font_color": "#6D7882"}


def write_workbook(reporting_round: ReportingRound, department: Department | None, rows: list[WorkbookRow]) -> bytes:
    """The workbook of *rows*, which are those of *department* or, when it is None, of all departments."""
    past_years = sorted({year for row in rows for year in row.past})
    shown = layout.columns(reporting_round.year, past_years, with_department=department is None)
    if department is None:
        rows = sorted(rows, key=lambda row: [d.name for d in row.departments])
    file = BytesIO()
    with new_book(file) as book:
        sheet = book.new_sheet(layout.INPUT_SHEET)
        _write_head(sheet, shown)
        for number, row in enumerate(rows, start=1):
            _write_row(sheet, number, shown, row, reporting_round)
        _add_lists(sheet, shown, rows)
        _show_fractions(book, sheet, shown, len(rows))
        sheet.autofilter(0, 0, len(rows), len(shown) - 1)
        _protect(sheet)
        _write_guide(book.new_sheet(layout.GUIDE_SHEET), reporting_round, department)
        _write_stamp(book.new_sheet(layout.STAMP_SHEET), reporting_round, department, rows)
    return file.getvalue()


def number_format(decimals: int, number: Decimal | None = None) -> str:
    """Grouped thousands with *decimals* places, and never fewer than *number* really has."""
    own = len(plain_number(number).partition(".")[2])
    places = max(own, decimals)
    return "#,##0" + (("." + "0" * places + "#" * (DECIMAL_PLACES - places)) if places else "")


def _write_head(sheet: Sheet, shown: list[Column]) -> None:
    for position, column in enumerate(shown):
        sheet.put_head(0, position, column.title, is_input=column.is_input)
    sheet.set_widths(column.width for column in shown)
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, _place(shown, layout.TITLE) + 1)
    sheet.print_landscape(head_rows=1)


def _place(shown: list[Column], name: str) -> int:
    return next(position for position, column in enumerate(shown) if column.name == name)


def _write_row(sheet: Sheet, number: int, shown: list[Column], row: WorkbookRow, reporting_round) -> None:
    for position, column in enumerate(shown):
        place = (number, position)
        if column.is_input:
            _write_input(sheet, place, column, row)
        else:
            ink = _QUIET if column.name in (layout.KEY, layout.VERSION) else INK
            look = PLAIN | BORDER | ink | (_CLOSED if row.lock else _INFO)
            _write_info(sheet, place, column.name, row, reporting_round, look)


def _write_input(sheet: Sheet, place: tuple[int, int], column: Column, row: WorkbookRow) -> None:
    is_open = row.lock is None and (column.name in layout.WORDS or column.name in row.inputs)
    look = PLAIN | BORDER | INK | (_OPEN if is_open else _CLOSED)
    if column.name == "value":
        shown_as = number_format(row.indicator.decimals, row.result.value)
        sheet.put_number(*place, row.result.value, look | _RIGHT | {"num_format": shown_as})
    else:
        sheet.put_text(*place, layout.stored_text(row.result, column.name), look | TOP | _TEXT)


def _write_info(sheet: Sheet, place: tuple[int, int], name: str, row: WorkbookRow, reporting_round, look: Look) -> None:
    indicator, result = row.indicator, row.result
    if name == "target":
        _write_value(sheet, place, row.target, indicator.decimals, look)
    elif name.startswith("past_"):
        _write_value(sheet, place, row.past.get(int(name.removeprefix("past_")), Value()), indicator.decimals, look)
    elif name == "area":
        sheet.put_number(*place, indicator.area.number, look | TOP)
    elif name == layout.VERSION:
        sheet.put_number(*place, result.version, look | TOP)
    elif name == "department":
        sheet.put_text(*place, ", ".join(department.name for department in row.departments), look | TOP)
    else:
        words = {
            "code": indicator.code,
            layout.TITLE: indicator.title,
            "unit": indicator.unit,
            "direction": str(indicator.get_direction_display()),
            "state": str(ResultState(result.state).label) if result.version else "시작 전",
            "lock": str(row.lock or ""),
            layout.KEY: str(layout.key_of(reporting_round, indicator)),
        }
        on_one_line = {"text_wrap": name not in (layout.KEY, "code")}
        sheet.put_text(*place, words[name], look | TOP | _TEXT | on_one_line)


def _write_value(sheet: Sheet, place: tuple[int, int], value: Value, decimals: int, look: Look) -> None:
    look = look | TOP | _RIGHT
    if value.number is not None:
        sheet.put_number(*place, value.number, look | {"num_format": number_format(decimals, value.number)})
        return
    text = value.text or (str(MissingReason(value.missing).label) if value.missing else "")
    sheet.put_text(*place, text, look | _TEXT)


def _add_lists(sheet: Sheet, shown: list[Column], rows: list[WorkbookRow]) -> None:
    """Let the spreadsheet itself offer the reasons and verdicts and refuse words where a number belongs."""
    choices = {
        "missing_reason": (layout.reasons(), "목록에 있는 사유를 골라 주십시오. 값이 있으면 비워 둡니다."),
        "verdict": (layout.verdicts(), "목록에 있는 판정을 골라 주십시오."),
    }
    for name, (words, message) in choices.items():
        offered = {"validate": "list", "source": list(words)}
        _add_rule(sheet, _place(shown, name), _open_lines(rows, name), offered, message)
    lines_by_rule = defaultdict(list)
    for number in _open_lines(rows, "value"):
        indicator = rows[number - 1].indicator
        is_grade = indicator.value_kind == ValueKind.GRADE
        least = Decimal(1) if is_grade else indicator.minimum
        lines_by_rule[is_grade, -LARGEST if least is None else least].append(number)
    for (is_grade, least), lines in lines_by_rule.items():
        message = "등급은 1 이상의 자연수로 적어 주십시오." if is_grade else _number_message(least)
        within = {"validate": "integer" if is_grade else "decimal", "criteria": "between"}
        within |= {"minimum": plain_number(least), "maximum": plain_number(LARGEST)}
        _add_rule(sheet, _place(shown, "value"), lines, within, message)


def _open_lines(rows: list[WorkbookRow], name: str) -> list[int]:
    """The lines of the sheet on which one may write *name*."""
    return [number for number, row in enumerate(rows, start=1) if row.lock is None and name in row.inputs]


def _add_rule(sheet: Sheet, column: int, lines: list[int], rule: dict, message: str) -> None:
    if lines:
        cells = " ".join(xl_rowcol_to_cell(line, column) for line in lines)
        told = {"error_title": "입력할 수 없는 값", "error_message": message, "multi_range": cells}
        sheet.data_validation(lines[0], column, lines[0], column, rule | told)


def _number_message(least: Decimal) -> str:
    if least == -LARGEST:
        return "숫자로 적어 주십시오. 값이 없으면 비우고 사유를 골라 주십시오."
    return f"{plain_number(least)} 이상의 숫자로 적어 주십시오. 값이 없으면 비우고 사유를 골라 주십시오."


def _show_fractions(book: Book, sheet: Sheet, shown: list[Column], count: int) -> None:
    """Show every digit that is typed, so that what is seen, and saved as CSV, is what was meant."""
    if count:
        column = _place(shown, "value")
        first, more_digits = xl_rowcol_to_cell(1, column), book.add_format({"num_format": "#,##0.####"})
        fraction = f"=AND(ISNUMBER({first}),{first}<>ROUND({first},0))"
        rule = {"type": "formula", "criteria": fraction, "format": more_digits}
        sheet.conditional_format(1, column, count, column, rule)


def _protect(sheet: Sheet) -> None:
    """Lock all but the input cells; columns can be widened and rows filtered.

    There is no password: the lock keeps from mistakes, and the upload checks everything anyway.
    """
    free = ("objects", "scenarios", "format_columns", "format_rows", "autofilter")
    sheet.protect(options=dict.fromkeys(free, True))


def _write_stamp(sheet: Sheet, reporting_round, department, rows: list[WorkbookRow]) -> None:
    """What the file was written from: with it an upload tells own changes from those of colleagues."""
    sheet.hide()
    lines = [
        ["형식", str(layout.FORMAT_VERSION)],
        ["계획", reporting_round.plan.slug],
        ["연도", str(reporting_round.year)],
        ["부서", department.slug if department else layout.ALL_DEPARTMENTS],
        ["내려받은 때", timezone.localtime().strftime("%Y-%m-%d %H:%M")],
        [layout.KEY, layout.VERSION, *layout.INPUTS],
    ]
    for row in rows:
        stored = [layout.stored_text(row.result, name) for name in layout.INPUTS]
        lines.append([str(layout.key_of(reporting_round, row.indicator)), str(row.result.version), *stored])
    sheet.put_lines(lines)
    _protect(sheet)


def _write_guide(sheet: Sheet, reporting_round: ReportingRound, department: Department | None) -> None:
    due_on = reporting_round.due_for(department and department.pk)
    sheet.put_guide(
        f"{reporting_round} 실적 입력 파일",
        [
            f"부서: {department.name if department else '모든 부서'}",
            f"내려받은 때: {timezone.localtime():%Y-%m-%d %H:%M}",
            f"제출 기한: {due_on:%Y-%m-%d}",
            *layout.GUIDE,
        ],
    )
    _protect(sheet)
