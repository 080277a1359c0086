"""Writing the workbook that goes out to a department, or with all departments to the coordinator."""

from decimal import Decimal
from io import BytesIO

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from accounts.models import Department
from commons.sheets.columns import ESCAPE_LIKE, Column
from commons.text import writable
from commons.values import DECIMAL_PLACES, Value, plain_number
from indicators.choices import MissingReason, ResultState, ValueKind
from indicators.exchange.selectors.workbooks import WorkbookRow
from indicators.exchange.workbooks import layout
from indicators.models import ReportingRound

FONT = "맑은 고딕"
TEXT_FORMAT = "@"
LARGEST = Decimal(10) ** 15
_LINE = Side(style="thin", color="D8D8D8")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="E6E8EA")
_HEAD_INPUT = PatternFill("solid", fgColor="0B50D0")
_INPUT = PatternFill("solid", fgColor="FFFFFF")
_CLOSED = PatternFill("solid", fgColor="EDEDED")
_INFO = PatternFill("solid", fgColor="F8F8F8")
_QUIET = "6D7882"


def write_workbook(reporting_round: ReportingRound, department: Department | None, rows: list[WorkbookRow]) -> bytes:
    """The workbook of *rows*, which are those of *department* or, when it is None, of all departments."""
    past_years = sorted({year for row in rows for year in row.past})
    shown = layout.columns(reporting_round.year, past_years, with_department=department is None)
    if department is None:
        rows = sorted(rows, key=lambda row: [d.name for d in row.departments])
    book = Workbook()
    sheet = book.active
    sheet.title = layout.INPUT_SHEET
    _write_head(sheet, shown)
    for number, row in enumerate(rows, start=2):
        _write_row(sheet, number, shown, row, reporting_round)
    _add_lists(sheet, shown, rows)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(shown))}{len(rows) + 1}"
    _protect(sheet)
    _write_guide(book.create_sheet(layout.GUIDE_SHEET), reporting_round, department)
    _write_stamp(book.create_sheet(layout.STAMP_SHEET), reporting_round, department, rows)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def put_text(cell: Cell, text: str) -> None:
    """Write *text* as text, whatever it begins with: never a formula, also when the cell is edited later."""
    text = writable(text)
    if not text:
        return
    # A spreadsheet reads _x0041_ as an escaped A, so an underscore that begins such a thing is itself escaped.
    cell.value = ESCAPE_LIKE.sub("_x005F_", text)
    cell.data_type = "s"
    cell.quotePrefix = True


def put_number(cell: Cell, number: Decimal | None) -> None:
    """Write *number* digit by digit; openpyxl itself would go through a float and may add a seventeenth digit."""
    if number is None:
        return
    cell.value = plain_number(number)
    cell.data_type = "n"


def number_format(decimals: int, number: Decimal | None = None) -> str:
    """Grouped thousands with *decimals* places, and never fewer than *number* really has."""
    own = len(plain_number(number).partition(".")[2])
    places = max(own, decimals)
    return "#,##0" + (("." + "0" * places + "#" * (DECIMAL_PLACES - places)) if places else "")


def head_cell(cell: Cell, *, is_input: bool) -> None:
    """Dress a heading: blue where one may write below it."""
    cell.fill = _HEAD_INPUT if is_input else _HEAD
    cell.font = Font(name=FONT, size=10, bold=True, color="FFFFFF" if is_input else "1E2124")
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    cell.border = _BORDER


def _write_head(sheet: Worksheet, shown: list[Column]) -> None:
    for position, column in enumerate(shown, start=1):
        head_cell(sheet.cell(1, position, column.title), is_input=column.is_input)
        sheet.column_dimensions[get_column_letter(position)].width = column.width
    sheet.row_dimensions[1].height = 34
    named = next(position for position, column in enumerate(shown, start=1) if column.name == layout.TITLE)
    sheet.freeze_panes = sheet.cell(2, named + 1)
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _write_row(sheet, number: int, shown: list[Column], row: WorkbookRow, reporting_round: ReportingRound) -> None:
    for position, column in enumerate(shown, start=1):
        cell = sheet.cell(number, position)
        cell.border = _BORDER
        cell.font = Font(name=FONT, size=10, color=_QUIET if column.name in (layout.KEY, layout.VERSION) else "1E2124")
        if column.is_input:
            _write_input(cell, column, row)
        else:
            cell.fill = _CLOSED if row.lock else _INFO
            cell.alignment = Alignment(wrap_text=column.name not in (layout.KEY, "code"), vertical="top")
            _write_info(cell, column.name, row, reporting_round)


def _write_input(cell: Cell, column: Column, row: WorkbookRow) -> None:
    is_open = row.lock is None and (column.name in layout.WORDS or column.name in row.inputs)
    cell.protection = Protection(locked=not is_open)
    cell.fill = _INPUT if is_open else _CLOSED
    if column.name == "value":
        cell.alignment = Alignment(vertical="top", horizontal="right")
        put_number(cell, row.result.value)
        cell.number_format = number_format(row.indicator.decimals, row.result.value)
        return
    put_text(cell, layout.stored_text(row.result, column.name))
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.number_format = TEXT_FORMAT


def _write_info(cell: Cell, name: str, row: WorkbookRow, reporting_round: ReportingRound) -> None:
    indicator, result = row.indicator, row.result
    if name == "target":
        _write_value(cell, row.target, indicator.decimals)
    elif name.startswith("past_"):
        _write_value(cell, row.past.get(int(name.removeprefix("past_")), Value()), indicator.decimals)
    elif name == "area":
        put_number(cell, Decimal(indicator.area.number))
    elif name == layout.VERSION:
        put_number(cell, Decimal(result.version))
    elif name == "department":
        put_text(cell, ", ".join(department.name for department in row.departments))
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
        put_text(cell, words[name])
        cell.number_format = TEXT_FORMAT


def _write_value(cell: Cell, value: Value, decimals: int) -> None:
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="right")
    if value.number is not None:
        put_number(cell, value.number)
        cell.number_format = number_format(decimals, value.number)
        return
    put_text(cell, value.text or (str(MissingReason(value.missing).label) if value.missing else ""))
    cell.number_format = TEXT_FORMAT


def _add_lists(sheet: Worksheet, shown: list[Column], rows: list[WorkbookRow]) -> None:
    """Let the spreadsheet itself offer the reasons and verdicts and refuse words where a number belongs."""
    letters = {column.name: get_column_letter(position) for position, column in enumerate(shown, start=1)}
    choices = {
        "missing_reason": (layout.reasons(), "목록에 있는 사유를 골라 주십시오. 값이 있으면 비워 둡니다."),
        "verdict": (layout.verdicts(), "목록에 있는 판정을 골라 주십시오."),
    }
    for name, (words, message) in choices.items():
        offered = DataValidation("list", formula1='"' + ",".join(words) + '"', allow_blank=True)
        _explain(offered, message)
        for number, row in enumerate(rows, start=2):
            if row.lock is None and name in row.inputs:
                offered.add(f"{letters[name]}{number}")
        if offered.sqref:
            sheet.add_data_validation(offered)
    numbers: dict[tuple, DataValidation] = {}
    for number, row in enumerate(rows, start=2):
        if row.lock is None and "value" in row.inputs:
            is_grade = row.indicator.value_kind == ValueKind.GRADE
            least = Decimal(1) if is_grade else row.indicator.minimum
            least = -LARGEST if least is None else least
            rule = numbers.setdefault((is_grade, least), _number_rule(least, is_grade=is_grade))
            rule.add(f"{letters['value']}{number}")
    for rule in numbers.values():
        sheet.add_data_validation(rule)
    if rows:
        # Shows every digit that is typed, so that what is seen, and saved as CSV, is what was meant.
        first = f"{letters['value']}2"
        more_digits = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode="#,##0.####"))
        fraction = Rule("expression", dxf=more_digits, formula=[f"AND(ISNUMBER({first}),{first}<>ROUND({first},0))"])
        sheet.conditional_formatting.add(f"{first}:{letters['value']}{len(rows) + 1}", fraction)


def _number_rule(least: Decimal, *, is_grade: bool) -> DataValidation:
    rule = DataValidation(
        "whole" if is_grade else "decimal",
        operator="between",
        formula1=plain_number(least),
        formula2=plain_number(LARGEST),
        allow_blank=True,
    )
    _explain(rule, "등급은 1 이상의 자연수로 적어 주십시오." if is_grade else _number_message(least))
    return rule


def _number_message(least: Decimal) -> str:
    if least == -LARGEST:
        return "숫자로 적어 주십시오. 값이 없으면 비우고 사유를 골라 주십시오."
    return f"{plain_number(least)} 이상의 숫자로 적어 주십시오. 값이 없으면 비우고 사유를 골라 주십시오."


def _explain(rule: DataValidation, message: str) -> None:
    rule.showErrorMessage = True
    rule.errorTitle = "입력할 수 없는 값"
    rule.error = message


def _protect(sheet: Worksheet) -> None:
    """Lock all but the input cells; columns can be widened and rows filtered.

    There is no password: the lock keeps from mistakes, and the upload checks everything anyway.
    """
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.autoFilter = False


def _write_stamp(sheet, reporting_round, department, rows: list[WorkbookRow]) -> None:
    """What the file was written from: with it an upload tells own changes from those of colleagues."""
    sheet.sheet_state = "hidden"
    facts = [
        ("형식", str(layout.FORMAT_VERSION)),
        ("계획", reporting_round.plan.slug),
        ("연도", str(reporting_round.year)),
        ("부서", department.slug if department else layout.ALL_DEPARTMENTS),
        ("내려받은 때", timezone.localtime().strftime("%Y-%m-%d %H:%M")),
    ]
    for number, pair in enumerate(facts, start=1):
        for position, text in enumerate(pair, start=1):
            put_text(sheet.cell(number, position), text)
    head = len(facts) + 1
    for position, name in enumerate([layout.KEY, layout.VERSION, *layout.INPUTS], start=1):
        put_text(sheet.cell(head, position), name)
    for number, row in enumerate(rows, start=head + 1):
        result = row.result
        texts = [str(layout.key_of(reporting_round, row.indicator)), str(result.version)]
        texts += [layout.stored_text(result, name) for name in layout.INPUTS]
        for position, text in enumerate(texts, start=1):
            put_text(sheet.cell(number, position), text)
    _protect(sheet)


def _write_guide(sheet, reporting_round: ReportingRound, department: Department | None) -> None:
    due_on = reporting_round.due_for(department and department.pk)
    lines = [
        ("head", f"{reporting_round} 실적 입력 파일"),
        ("text", f"부서: {department.name if department else '모든 부서'}"),
        ("text", f"내려받은 때: {timezone.localtime():%Y-%m-%d %H:%M}"),
        ("text", f"제출 기한: {due_on:%Y-%m-%d}"),
        *[("part" if line.startswith("■") else "text", line) for line in layout.GUIDE],
    ]
    sheet.column_dimensions["A"].width = 100
    for number, (kind, line) in enumerate(lines, start=1):
        cell = sheet.cell(number, 1)
        put_text(cell, line)
        cell.font = Font(name=FONT, size=14 if kind == "head" else 10, bold=kind != "text")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    _protect(sheet)
