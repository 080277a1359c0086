"""What an uploaded workbook would change: cell by cell, with every error and conflict, before anything is written.

Three states meet in a cell: what stood there when the file was written (known from its stamp, or because nobody saved
since), what stands there now in the file, and what is stored now. A cell that only the file changed is a change, one
that only a colleague changed stays as stored, and one that both changed differently is a conflict.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Department
from commons.numbers import NotANumber, read_number
from commons.sheets.cells import CellText, SheetRow, narrowed
from commons.sheets.columns import canonical
from commons.sheets.guarding import WorkbookRefused
from commons.text import clean_line
from commons.values import format_number, plain_number, small_whole
from indicators.collecting.forms.results import ResultForm
from indicators.collecting.selectors.entry import past_actuals
from indicators.exchange.selectors.workbooks import WorkbookRow
from indicators.exchange.workbooks import layout
from indicators.exchange.workbooks.layout import Key
from indicators.exchange.workbooks.reading import Sheet, old_format, other_plan, other_year, read_sheet
from indicators.models import Indicator, ReportingRound, Result

UNITS = [layout.VALUE_FIELDS, *[[name] for name in layout.WORDS]]  # fields that are decided together


@dataclass(frozen=True)
class CellError:
    """Something that must be mended in the file; `indicator` is None where the row could not be told."""

    row: int
    letter: str
    column: str
    indicator: Indicator | None
    found: str
    message: str


@dataclass(frozen=True)
class Conflict:
    """A cell that the file and a colleague changed differently."""

    row: int
    letter: str
    column: str
    indicator: Indicator
    typed: str
    stored: str
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class CellChange:
    """A cell that would change, with old and new in words; `understood` tells how a number was read, if not plainly."""

    row: int
    column: str
    indicator: Indicator
    old: str
    new: str
    understood: str = ""


@dataclass(frozen=True)
class RowWrite:
    """What is to be stored of one row; `result` carries the version it was compared with."""

    result: Result
    new: dict
    cells: int


@dataclass
class Preview:
    """All that an upload would do."""

    errors: list[CellError] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    writes: list[RowWrite] = field(default_factory=list)
    unchanged: list[Indicator] = field(default_factory=list)
    left_alone: list[Indicator] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be mended first."""
        return not self.errors and not self.conflicts

    @property
    def can_confirm(self) -> bool:
        return self.is_clean and bool(self.writes)

    @property
    def fingerprint(self) -> str:
        """The same for two previews that show and would write the same."""
        shown = [
            [[c.row, c.column, c.indicator.pk, c.old, c.new] for c in self.changes],
            [[e.row, e.column, e.found, e.message] for e in self.errors],
            [[c.row, c.column, c.typed, c.stored] for c in self.conflicts],
            [[w.result.indicator_id, w.result.version] for w in self.writes],
        ]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def preview_of(
    data: bytes, *, reporting_round: ReportingRound, department: Department | None, rows: list[WorkbookRow]
) -> Preview:
    """Read the uploaded *data* and compare it with *rows*: those of *department*, or of all when it is None.

    Raises WorkbookRefused when the file as a whole cannot be taken.
    """
    sheet = read_sheet(data, reporting_round)
    if sheet.stamp and department and sheet.stamp.department != department.slug:
        raise WorkbookRefused(_other_department(sheet.stamp.department, department))
    return _Comparison(sheet, reporting_round, department, rows).preview()


def _other_department(slug: str, own: Department) -> str:
    if slug == layout.ALL_DEPARTMENTS:
        return _("모든 부서의 파일입니다. %(own)s 파일을 내려받아 적어 주십시오.") % {"own": own}
    other = Department.objects.filter(slug=slug).first()
    if other is None:
        return _("다른 부서의 파일입니다. %(own)s 파일을 내려받아 적어 주십시오.") % {"own": own}
    return _("다른 부서(%(other)s)의 파일입니다. %(own)s 파일을 내려받아 적어 주십시오.") % {"other": other, "own": own}


class _Comparison:
    """Walks the rows of a sheet once, each against what is stored."""

    def __init__(self, sheet: Sheet, reporting_round, department, rows: list[WorkbookRow]):
        self.sheet = sheet
        self.round = reporting_round
        self.department = department
        self.rows = {(row.indicator.area.number, row.indicator.code): row for row in rows}
        self.titles = {column.name: column.title for column in layout.required_columns(reporting_round.year)}
        self.past = past_actuals(reporting_round, [row.indicator for row in rows])
        self.understood: dict[int, str] = {}  # by row, how a value was read that is not plain
        self.result = Preview()

    def preview(self) -> Preview:
        keys = [(row, self._key(row)) for row in self.sheet.rows]
        self._refuse_foreign([key for _row, key in keys if key])
        first_rows: dict[Key, int] = {}
        for sheet_row, key in keys:
            stored = self._stored_row(sheet_row, key)
            if stored is None:
                continue
            if key in first_rows:
                message = _("같은 지표가 %(row)s번째 줄에도 있습니다. 한 줄만 남겨 주십시오.") % {
                    "row": first_rows[key]
                }
                self._error(sheet_row, layout.KEY, stored.indicator, message)
                continue
            first_rows[key] = sheet_row.number
            self._compare(sheet_row, key, stored)
        return self.result

    def _error(self, row: SheetRow, name: str, indicator: Indicator | None, message: str) -> None:
        self.result.errors.append(
            CellError(row.number, self.sheet.letters[name], self.titles[name], indicator, row.cells[name].text, message)
        )

    def _key(self, row: SheetRow) -> Key | None:
        key = Key.parse(row.cells[layout.KEY].text)
        if key is None:
            message = _("지표키가 없거나 고쳐졌습니다. 줄을 덧붙이지 말고 내려받은 파일의 줄에 적어 주십시오.")
            self._error(row, layout.KEY, None, message)
            return None
        if key.format_version != layout.FORMAT_VERSION:
            raise WorkbookRefused(old_format())
        if key.plan != self.round.plan.slug:
            raise WorkbookRefused(other_plan())
        if key.year != self.round.year:
            raise WorkbookRefused(other_year(key.year, self.round.year))
        return key

    def _refuse_foreign(self, keys: list[Key]) -> None:
        """Tell the indicators of other departments from those that do not exist; refuse a file that has no other."""
        strange = {(key.area, key.code) for key in keys} - set(self.rows)
        existing = Indicator.objects.of_plan(self.round.plan).values_list("area__number", "code") if strange else []
        self.foreign = strange & set(existing)
        if self.foreign and len(self.foreign) == len({(key.area, key.code) for key in keys}):
            raise WorkbookRefused(_other_department("", self.department))

    def _stored_row(self, row: SheetRow, key: Key | None) -> WorkbookRow | None:
        if key is None:
            return None
        stored = self.rows.get((key.area, key.code))
        if stored is None:
            if (key.area, key.code) in self.foreign:
                message = _("다른 부서의 지표입니다. 이 줄을 지워 주십시오.")
            else:
                message = _("이 계획에 없는 지표입니다. 이 줄을 지우거나 새로 내려받아 주십시오.")
            self._error(row, layout.KEY, None, message)
            return None
        title = row.cells[layout.TITLE]
        if not self._same_words(_plain_title(title.text), _plain_title(stored.indicator.title)):
            message = _(
                "지표키와 이행지표 이름이 다릅니다. 줄을 옮길 때는 줄 전체를 옮기고, 이름이 바뀐 지표이면 "
                "새로 내려받아 주십시오."
            )
            self._error(row, layout.TITLE, stored.indicator, message)
            return None
        return stored

    def _same_words(self, typed: str, stored: str) -> bool:
        typed, stored = typed.strip(), canonical(stored).strip()
        if typed == stored:
            return True
        return self.sheet.is_narrow and narrowed(typed) == narrowed(stored)

    def _same(self, name: str, typed: str, stored: str) -> bool:
        if name != "value":
            return self._same_words(typed, stored)
        try:
            return read_number(typed).number == read_number(stored).number
        except NotANumber:
            return False

    def _with_plain_number(self, row: SheetRow, unit: str) -> SheetRow:
        """*row* with its value as digits, where it can be read; what was made of it is kept for the preview."""
        cell = row.cells["value"]
        try:
            reading = read_number(cell.text, unit=unit)
        except NotANumber:
            return row
        if cell.problem or not reading.understood:
            return row
        self.understood[row.number] = reading.understood
        return replace(row, cells=row.cells | {"value": CellText(plain_number(reading.number))})

    def _compare(self, row: SheetRow, key: Key, stored: WorkbookRow) -> None:
        row = self._with_plain_number(row, stored.indicator.unit)
        version = row.cells[layout.VERSION]
        stamped = self.sheet.stamp.rows.get(str(key)) if self.sheet.stamp else None
        written_from = small_whole(version.text)
        if written_from is None or version.problem or (stamped and stamped[0] != version.text):
            message = _("판번호가 고쳐졌습니다. 새로 내려받은 파일에 적어 주십시오.")
            self._error(row, layout.VERSION, stored.indicator, message)
            return
        now = {name: layout.stored_text(stored.result, name) for name in layout.INPUTS}
        base = now if written_from == stored.result.version else stamped[1] if stamped else None
        changed = self._changed(row.cells, now, base)
        if not changed:
            colleague = base is not None and any(not self._same(n, base.get(n, ""), now[n]) for n in layout.INPUTS)
            (self.result.left_alone if colleague else self.result.unchanged).append(stored.indicator)
            return
        faults = len(self.result.errors) + len(self.result.conflicts)
        self._check_cells(row, stored, changed)
        if stored.lock is None:
            self._check_conflicts(row, stored, changed, now, base)
            if len(self.result.errors) + len(self.result.conflicts) == faults:
                self._prepare(row, stored, changed)

    def _changed(self, cells: dict[str, CellText], now: dict, base: dict | None) -> list[str]:
        """Fields that the file changes: differing from what is stored and, where that is known, from its beginning."""
        return [
            name
            for name in layout.INPUTS
            if not self._same(name, cells[name].text, now[name])
            and not (base and self._same(name, cells[name].text, base.get(name, "")))
        ]

    def _check_cells(self, row: SheetRow, stored: WorkbookRow, changed: list[str]) -> None:
        for name in changed:
            cell = row.cells[name]
            if stored.lock is not None:
                self._error(row, name, stored.indicator, str(stored.lock))
            elif cell.problem:
                self._error(row, name, stored.indicator, cell.problem)
            elif name in layout.VALUE_FIELDS and name not in stored.inputs and cell.text.strip():
                self._error(row, name, stored.indicator, _unused_field(name, stored))
            elif name in CHOICES and cell.text.strip() and _code(name, cell.text) is None:
                message = _("목록에 없는 말입니다. 다음에서 골라 주십시오: %(choices)s") % {
                    "choices": ", ".join(CHOICES[name]())
                }
                self._error(row, name, stored.indicator, message)

    def _check_conflicts(self, row: SheetRow, stored: WorkbookRow, changed: list[str], now: dict, base) -> None:
        if base is now:
            return
        result = stored.result
        for unit in UNITS:
            colleague = base is None or any(not self._same(name, base.get(name, ""), now[name]) for name in unit)
            if not colleague or not set(unit) & set(changed):
                continue
            for name in unit:
                if not self._same(name, row.cells[name].text, now[name]):
                    conflict = Conflict(
                        row.number,
                        self.sheet.letters[name],
                        self.titles[name],
                        stored.indicator,
                        row.cells[name].text,
                        self._shown(stored.indicator, name, getattr(result, name)),
                        str(result.updated_by or ""),
                        result.updated_at,
                    )
                    self.result.conflicts.append(conflict)

    def _prepare(self, row: SheetRow, stored: WorkbookRow, changed: list[str]) -> None:
        """Clean the changed cells by the rules of the entry form, and note what would be written."""
        result = stored.result
        arguments = {
            "result": result,
            "target": stored.target,
            "past": self.past.get(stored.indicator.pk, {}),
        }
        data = ResultForm(**arguments).initial
        for name in changed:
            text = row.cells[name].text
            data[name] = (_code(name, text) or "") if name in CHOICES else text
        form = ResultForm(data, **arguments)
        if not form.is_valid():
            for name, messages in form.errors.items():
                # What the form says about breakdowns, which the file does not have, is about the value.
                place = name if name in layout.INPUTS else next(n for n in layout.INPUTS if n in changed)
                self._error(row, place, stored.indicator, " ".join(messages))
            return
        new = form.new_values
        for unit in UNITS:
            if not set(unit) & set(changed):
                new |= {name: getattr(result, name) for name in unit}
        written = [name for name in layout.INPUTS if new[name] != getattr(result, name)]
        if not written:
            self.result.unchanged.append(stored.indicator)
            return
        self.result.writes.append(RowWrite(result, new, len(written)))
        for name in written:
            old, after = (self._shown(stored.indicator, name, value) for value in (getattr(result, name), new[name]))
            understood = self.understood.get(row.number, "") if name == "value" else ""
            change = CellChange(row.number, self.titles[name], stored.indicator, old, after, understood)
            self.result.changes.append(change)

    def _shown(self, indicator: Indicator, name: str, value) -> str:
        """A value for people: numbers grouped, with the indicator's decimals."""
        if name == "value" and value is not None:
            return format_number(value, indicator.decimals)
        return layout.cell_text(name, value)


CHOICES = {"missing_reason": layout.reasons, "verdict": layout.verdicts}


def _code(name: str, text: str) -> str | None:
    """The code of a choice by its word in the file, however it is spaced; None for another word."""
    wanted = "".join(text.split())
    return next((code for label, code in CHOICES[name]().items() if "".join(label.split()) == wanted), None)


def _unused_field(name: str, stored: WorkbookRow) -> str:
    if name == "value":
        return _("숫자로 적지 않는 지표입니다. ‘서술 실적’에 적어 주십시오.")
    if name == "text":
        return _("숫자로 적는 지표입니다. ‘%(year)s년 실적’에 적어 주십시오.") % {"year": stored.result.round.year}
    return _("판정은 서술 실적에만 적습니다. 이 칸을 비워 주십시오.")


def _plain_title(text: str) -> str:
    return " ".join(clean_line(text).split())
