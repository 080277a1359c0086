"""What an uploaded table of yearly targets would change: row by row, with every error and conflict, before anything is
written.

Three states meet in a row, as in the workbooks of a round: the one it was written from (`as_exported`), the one in the
file, and the one that is stored now. A row that only the file changed is a change, one that only somebody else changed
stays as stored, and one that both changed differently is a conflict.
"""

import hashlib
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from commons.numbers import NotANumber, read_number
from commons.sheets.cells import narrowed
from commons.text import clean_line
from commons.values import plain_number
from indicators.exchange.selectors.milestones import (
    MISSING,
    NONE_PLANNED,
    NUMBER,
    TEXT,
    MilestoneIndex,
    plain_words,
    value_of,
)
from indicators.exchange.workbooks.milestones.layout import reasons
from indicators.exchange.workbooks.milestones.reading import KeptLines, Line, MilestoneFile
from indicators.validators.milestones import milestone_fault

AREA, CODE, YEAR, VALUE, WORDS, REASON = range(6)
PLACES = {"value": VALUE, "text": WORDS, "missing_reason": REASON}
PLAIN = re.compile(r"0|-?[1-9][0-9]{0,10}(\.[0-9]{0,3}[1-9])?")  # a number as plain_number writes it
KEPT_ERRORS = 2000  # of errors and of conflicts; all are counted


@dataclass(frozen=True, slots=True)
class RowError:
    """A cell that must be mended in the file; `place` is its column, and `key` None where the row could not be told."""

    row: int
    place: int
    key: int | None
    found: str
    message: str

    @property
    def said(self) -> tuple[str, str]:
        return self.found, self.message


@dataclass(slots=True)
class Preview:
    """All that an upload would do. A change is (row, key of the index, old state, new state); a conflict is (row, key,
    state the file was written from, stored state, state in the file)."""

    errors: list[RowError] = field(default_factory=list)
    conflicts: list[tuple] = field(default_factory=list)
    changes: list[tuple] = field(default_factory=list)
    understood: dict[int, str] = field(default_factory=dict)  # by row, how a number was read that is not plain
    error_count: int = 0
    conflict_count: int = 0
    unchanged: int = 0
    left_alone: int = 0
    published: int = 0  # changes of years that are published
    has_origin: bool = True
    fingerprint: str = ""

    @property
    def is_clean(self) -> bool:
        return not self.error_count and not self.conflict_count

    @property
    def can_confirm(self) -> bool:
        return self.is_clean and bool(self.changes)


class _Fault(Exception):
    def __init__(self, place: int, message: str):
        super().__init__(message)
        self.place, self.message = place, message


def compare(file: MilestoneFile | KeptLines, index: MilestoneIndex) -> Preview:
    """Walk the lines of *file* once, each against what *index* holds. Raises WorkbookRefused as the file does."""
    return _Comparison(file, index).preview()


class _Comparison:
    def __init__(self, file: MilestoneFile | KeptLines, index: MilestoneIndex):
        self.file, self.index = file, index
        self.reasons = reasons()
        self.digest = hashlib.sha256()
        self.result = Preview(has_origin=file.has_origin)

    def preview(self) -> Preview:
        seen: dict[int, int] = {}
        for line in self.file:
            try:
                key = self._key(line)
                if key in seen:
                    message = _("같은 지표와 연도가 %(row)s번째 줄에도 있습니다. 한 줄만 남겨 주십시오.")
                    raise _Fault(CODE, message % {"row": seen[key]})
                seen[key] = line.number
                self._compare(line, key, self._state(line, self.index.by_pk[key // 10000].unit))
            except _Fault as fault:
                self._error(line, fault)
        shown = self.result
        counts = (shown.error_count, shown.conflict_count, shown.left_alone)
        self.digest.update(repr(counts).encode())
        shown.fingerprint = self.digest.hexdigest()
        return shown

    def _error(self, line: Line, fault: _Fault) -> None:
        self.result.error_count += 1
        self.digest.update(f"e{line.number} {fault.place} {fault.message}".encode())
        if len(self.result.errors) < KEPT_ERRORS:
            indicator = self.index.by_code.get((line.cells[AREA], line.cells[CODE]))
            year = self.index.years.get(line.cells[YEAR])
            key = indicator.pk * 10000 + year if indicator and year else None
            found = line.cells[fault.place][:200]
            self.result.errors.append(RowError(line.number, fault.place, key, found, fault.message))

    def _key(self, line: Line) -> int:
        area, code, year, *_value = line.cells
        if line.problems and (place := min(line.problems)) <= YEAR:
            raise _Fault(place, line.problems[place])
        indicator = self.index.by_code.get((area, code))
        if indicator is None:
            if not any(known == area for known, _code in self.index.by_code):
                raise _Fault(AREA, _("이 계획에 없는 분야 번호입니다."))
            raise _Fault(CODE, _("이 분야에 없는 지표 번호입니다. 줄을 새로 만들지 말고 내려받은 줄에 적어 주십시오."))
        if year not in self.index.years:
            plan = self.index.plan
            message = _("계획 기간(%(first)s–%(last)s년)에 있는 연도를 적어 주십시오.")
            raise _Fault(YEAR, message % {"first": plan.start_year, "last": plan.end_year})
        return indicator.pk * 10000 + self.index.years[year]

    def _state(self, line: Line, unit: str) -> str:
        """The state that the cells of a row say, well-formed but not yet held against the indicator."""
        if line.problems:
            place = min(line.problems)
            raise _Fault(place, line.problems[place])
        _area, _code, _year, number, text, reason = line.cells
        given = [place for place, cell in ((VALUE, number), (WORDS, text), (REASON, reason)) if cell]
        if len(given) > 1:
            raise _Fault(given[1], _("값, 서술 값, 값이 없는 사유 가운데 하나만 적어 주십시오."))
        if number:
            return NUMBER + self._digits(line, unit)
        if text:
            return TEXT + plain_words(clean_line(text))
        if reason:
            code = self.reasons.get(reason)
            if code is None:
                raise _Fault(REASON, _("모르는 사유입니다. 안내에 있는 사유의 코드나 이름을 적어 주십시오."))
            return MISSING + code
        raise _Fault(
            VALUE, _("값이 비어 있습니다. 계획한 값이 없으면 missing_reason 열에 none_planned를 적어 주십시오.")
        )

    def _digits(self, line: Line, unit: str) -> str:
        typed = line.cells[VALUE]
        if PLAIN.fullmatch(typed):
            return typed
        try:
            reading = read_number(typed, unit=unit)
        except NotANumber as error:
            raise _Fault(VALUE, str(error)) from error
        if reading.understood:
            self.result.understood[line.number] = reading.understood
        return plain_number(reading.number)

    def _compare(self, line: Line, key: int, new: str) -> None:
        shown = self.result
        stored = self.index.stored.get(key)
        now = stored[1] if stored else NONE_PLANNED
        if new == now or (self.file.is_narrow and new.startswith(TEXT) and narrowed(new) == narrowed(now)):
            shown.unchanged += 1
            return
        if self.file.has_origin:
            base = line.as_exported or NONE_PLANNED
            if base != now:
                if self.file.is_narrow and narrowed(base) == narrowed(now):
                    pass
                elif new == base:
                    shown.left_alone += 1
                    return
                else:
                    self._conflict((line.number, key, base, now, new))
                    return
        indicator = self.index.by_pk[key // 10000]
        fault = milestone_fault(value_of(new), kind=indicator.kind, minimum=indicator.minimum)
        if fault:
            raise _Fault(PLACES[fault[0]], fault[1])
        shown.changes.append((line.number, key, now, new))
        shown.published += key % 10000 in self.index.published
        self.digest.update(f"c{line.number} {key} {now}\0{new}\0".encode())

    def _conflict(self, conflict: tuple) -> None:
        self.result.conflict_count += 1
        self.digest.update(repr(conflict).encode())
        if len(self.result.conflicts) < KEPT_ERRORS:
            self.result.conflicts.append(conflict)
