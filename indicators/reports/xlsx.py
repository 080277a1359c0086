"""Reports as XLSX: one plain table on each sheet, numbers as numbers, written row by row."""

from collections.abc import Callable, Iterable
from io import BytesIO

from django.utils.translation import gettext as _

from commons.spreadsheets import BOLD, GREY, PLAIN, TEXT_FORMAT, TOP, Sheet, new_book
from indicators.choices import Status
from indicators.reports.documents import Cell, IndicatorPart, Report
from indicators.reports.layout import demo_mark, edition_of, spread_row

TITLE_ROWS = 2  # what the sheet is of, and the names of the columns
A4 = 9  # as the format numbers it
_TEXT = {"num_format": TEXT_FORMAT}


def write_xlsx(report: Report, *, tell: Callable[[str], None] = lambda doing: None) -> bytes:
    """The report as a workbook. *tell* hears what is done next."""
    tell(_("엑셀 문서를 쓰고 있습니다."))
    file = BytesIO()
    with new_book(file, row_by_row=True) as book:
        title = f"{report.plan_title} {edition_of(report)}{demo_mark(report)}"
        book.set_properties({"title": title, "author": report.municipality})
        for name, columns, rows in _sheets(report):
            _write_sheet(book.new_sheet(name + demo_mark(report)), _about(report, name), columns, rows)
    return file.getvalue()


def number_format(cell: Cell) -> str:
    """The format under which a spreadsheet shows the number of *cell* exactly as it is read everywhere else."""
    is_rate = cell.text.endswith("%")
    places = len(cell.text.rstrip("%").partition(".")[2])
    decimals = "." + "0" * places if places else ""
    return f"0{decimals}%" if is_rate else f"#,##0{decimals}"


def _write_sheet(sheet: Sheet, about: str, columns: list[tuple[str, int]], rows: Iterable) -> None:
    sheet.set_widths(width for _title, width in columns)
    sheet.freeze_panes(TITLE_ROWS, 0)
    sheet.print_landscape(head_rows=TITLE_ROWS)
    sheet.set_paper(A4)
    sheet.put_text(0, 0, about, PLAIN | _TEXT | {"valign": "top", "font_color": "#58616A"})
    for position, (title, _width) in enumerate(columns):
        sheet.put_text(1, position, title, BOLD | GREY | _TEXT | {"valign": "vcenter", "text_wrap": True})
    last = TITLE_ROWS - 1
    for last, row in enumerate(rows, start=TITLE_ROWS):
        for position, value in enumerate(row):
            _put(sheet, last, position, value)
    sheet.autofilter(TITLE_ROWS - 1, 0, last, len(columns) - 1)


def _about(report: Report, name: str) -> str:
    words = [f"{report.plan_title} {edition_of(report)}{demo_mark(report)}", name]
    if report.is_demo:
        words.append(_("시범 자료: 실적과 판정은 실제가 아닙니다."))
    return " · ".join(words)


def _put(sheet: Sheet, row: int, column: int, value) -> None:
    """One cell: a Cell with its number or words, a Status by its word, an int as a number, all else as text."""
    number = value.number if isinstance(value, Cell) else value if isinstance(value, int) else None
    if number is not None:
        shown_as = number_format(value) if isinstance(value, Cell) else "0"
        sheet.put_number(row, column, number, PLAIN | TOP | {"num_format": shown_as})
    else:
        text = str(value.label) if isinstance(value, Status) else str(value)
        sheet.put_text(row, column, text, PLAIN | TOP | _TEXT)


def _sheets(report: Report):
    """Name, columns with their widths, and rows of each sheet."""
    spread = [
        (_("지표"), 8),
        *[(str(s.label), 9) for s in Status],
        (_("판정한 지표"), 12),
        (_("판정한 지표 중 달성"), 14),
    ]
    yield _("개요"), [(_("항목"), 22), (_("내용"), 80)], _facts(report)
    yield _("분야별 판정"), [(_("핵심전환분야"), 36), *spread], _spread_rows(report.areas, report)
    yield _("부서별 판정"), [(_("담당부서"), 24), *spread], _spread_rows(report.departments)
    yield _("이행지표"), _figure_columns(), map(_figure_row, report.indicators)
    yield _("연도별 목표와 실적"), _year_columns(), (row for part in report.indicators for row in _year_rows(part))
    yield _("이행과제"), _task_columns(), map(_task_row, report.tasks)
    yield _("예산"), _budget_columns(), _budget_rows(report)
    if report.edition > 1:
        columns = [
            (_("분야"), 7),
            (_("번호"), 11),
            (_("이행지표"), 42),
            (_("항목"), 12),
            (_("이전"), 24),
            (_("정정"), 24),
        ]
        rows = (
            [c.indicator.area_number, c.indicator.code, c.indicator.title, c.what, c.old, c.new]
            for c in report.corrected
        )
        yield _("바로잡은 수치"), columns, rows


def _facts(report: Report):
    yield [_("계획"), f"{report.plan_title} {report.plan_years}"]
    yield [_("자치단체"), report.municipality]
    yield [_("공표본"), edition_of(report) + demo_mark(report)]
    yield [_("공표일"), report.published_on]
    if report.reason:
        yield [_("정정 사유"), report.reason]
    yield [_("판정 방법"), _("제%(version)s판") % {"version": report.method_version}]
    yield [_("수치의 지문(SHA-256)"), report.sha256]
    yield [_("계획의 출처"), report.source]


def _spread_rows(parts, report: Report | None = None):
    """Counts as numbers, coverage and share of met as they are read; with *report* its total at the end."""
    rows = [spread_row(part.name, part.distribution) for part in parts]
    if report:
        rows.append(spread_row(_("전체"), report.distribution))
    for name, *counts, coverage, share in rows:
        yield [name, *map(int, counts), coverage, share]


def _figure_columns() -> list[tuple[str, int]]:
    said = [_("판정 근거"), _("성과와 설명"), _("부진 사유"), _("향후 계획"), _("산출근거"), _("세분화")]
    return [
        (_("분야"), 7),
        (_("번호"), 11),
        (_("이행지표"), 42),
        (_("단위"), 8),
        (_("목표"), 16),
        (_("실적"), 16),
        (_("달성률"), 10),
        (_("판정"), 10),
        (_("담당부서"), 18),
        (_("방향"), 16),
        *[(title, 40) for title in said],
    ]


def _figure_row(part: IndicatorPart) -> list:
    return [
        part.area_number,
        part.code,
        part.title,
        part.unit,
        part.target,
        part.actual,
        part.rate,
        part.status,
        ", ".join(part.departments),
        part.direction,
        part.why,
        part.explanation,
        part.shortfall,
        part.next_steps,
        part.basis,
        part.breakdowns_in_words,
    ]


def _year_columns() -> list[tuple[str, int]]:
    return [
        *_figure_columns()[:4],
        (_("연도"), 8),
        (_("목표"), 16),
        (_("실적"), 16),
        (_("달성률"), 10),
        (_("판정"), 10),
    ]


def _year_rows(part: IndicatorPart):
    for cells in part.years:
        named = [part.area_number, part.code, part.title, part.unit]
        yield [*named, cells.year, cells.target, cells.actual, cells.rate, cells.status or ""]


def _task_columns() -> list[tuple[str, int]]:
    return [
        (_("분야"), 7),
        (_("번호"), 10),
        (_("이행과제"), 42),
        (_("목표"), 30),
        (_("세부목표"), 30),
        (_("담당부서"), 16),
        (_("담당팀"), 16),
        (_("추진목적"), 50),
        (_("추진내용"), 50),
        (_("향후 추진계획"), 50),
        (_("이행지표"), 24),
        (_("유의사항"), 40),
    ]


def _task_row(card) -> list:
    return [
        card.area_number,
        card.code,
        card.title,
        card.goal,
        card.target,
        card.department,
        card.team,
        card.purpose,
        card.contents,
        card.future_plan,
        ", ".join(part.code for part in card.indicators),
        card.note,
    ]


def _budget_columns() -> list[tuple[str, int]]:
    return [
        *_task_columns()[:3],
        (_("내용"), 36),
        (_("연도"), 8),
        (_("금액"), 16),
        (_("단위"), 8),
        (_("재원"), 30),
        (_("유의사항"), 40),
    ]


def _budget_rows(report: Report):
    for card in report.tasks:
        for line in card.budgets:
            named = [card.area_number, card.code, card.title]
            yield [*named, line.label, line.year, line.amount, line.unit, line.shares, line.note]
