"""What an uploaded workbook of papers would change: cell by cell, before anything is written.

As in a round's workbook three states meet in a cell: what stood there when the file was written (its stamp), what
stands there now in the file, and what is stored now. A CSV file has no stamp: in it every difference is a change.
"""

import hashlib
import json
from collections import Counter
from copy import copy
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commons.sheets.cells import SheetRow, narrowed
from commons.validators import validate_public_text
from stakeholders.models import Deliberation, StakeholderGroup
from stakeholders.selectors.papers import forum_records, plain_name
from stakeholders.selectors.references import PlanIndex
from stakeholders.workbooks import layout
from stakeholders.workbooks.layout import PAPERS, SheetLayout
from stakeholders.workbooks.parsing import parse_unit, tidy_people, typed_text
from stakeholders.workbooks.reading import PaperFile, ReadSheet, RowKey, read_papers

GROUP_LENGTH = StakeholderGroup._meta.get_field("name").max_length


@dataclass(frozen=True)
class CellError:
    """Something that must be mended in the file."""

    sheet: str
    row: int
    letter: str
    column: str
    subject: str
    found: str
    message: str


@dataclass(frozen=True)
class Notice:
    """Something worth knowing about a row that is taken all the same."""

    sheet: str
    row: int
    subject: str
    message: str


@dataclass(frozen=True)
class Conflict:
    """A cell that the file and somebody else changed differently since the file was written."""

    sheet: str
    row: int
    letter: str
    column: str
    subject: str
    before: str
    stored: str
    typed: str


@dataclass(frozen=True)
class CellChange:
    """A cell of a stored record that would change."""

    sheet: str
    row: int
    subject: str
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Addition:
    """A record that would be new, with its filled cells as (column, text)."""

    sheet: str
    row: int
    subject: str
    cells: list[tuple[str, str]]


@dataclass(frozen=True)
class RecordWrite:
    """What is to be stored of one row. `record` is None where it is new; `group` is a name."""

    model: type
    group: str
    number: int | None
    record: object
    values: dict


@dataclass
class Preview:
    """All that an upload would do."""

    is_csv: bool = False
    errors: list[CellError] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    changes: list[CellChange] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    writes: list[RecordWrite] = field(default_factory=list)
    new_groups: list[str] = field(default_factory=list)
    new_papers: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    not_in_file: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing has to be mended first."""
        return not self.errors and not self.conflicts

    @property
    def overwritten(self) -> list[tuple[str, str, str]]:
        """What the changed cells held and would hold, for the trace."""
        return [(f"{change.subject} – {change.column}", change.old, change.new) for change in self.changes]

    @property
    def can_confirm(self) -> bool:
        return self.is_clean and bool(self.writes)

    @property
    def fingerprint(self) -> str:
        """The same for two previews that show and would write the same."""
        lists = (self.errors, self.notices, self.conflicts, self.changes, self.additions)
        shown = [[repr(each) for each in rows] for rows in lists]
        shown += [self.new_groups, self.new_papers, [w.record and w.record.pk for w in self.writes]]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def preview_of(data: bytes, deliberation: Deliberation) -> Preview:
    """Read the uploaded *data* and compare it with what is stored of the forum.

    Raises WorkbookRefused when the file as a whole cannot be taken.
    """
    return _Comparison(read_papers(data, deliberation), deliberation).preview()


class _Comparison:
    """Walks the rows of all sheets once, each against what is stored."""

    def __init__(self, file: PaperFile, deliberation: Deliberation):
        self.file = file
        self.index = PlanIndex(deliberation.plan)
        self.groups = Counter(plain_name(group.name) for group in deliberation.plan.groups.all())
        names = {sheet.model: sheet.name for sheet in layout.SHEETS}
        self.records = {
            (names[model], plain_name(group), str(number or "")): record
            for model, group, number, record in forum_records(deliberation)
        }
        self.stamp = file.stamp and {
            (name, plain_name(group), number): t for (name, group, number), t in file.stamp.items()
        }
        self.seen: dict[RowKey, int] = {}
        self.result = Preview(is_csv=file.stamp is None)

    def preview(self) -> Preview:
        for sheet in self.file.sheets:
            for row in sheet.rows:
                key = self._key(sheet, row)
                if key is not None:
                    self._compare(sheet, row, key)
        read = {sheet.layout.name for sheet in self.file.sheets}
        self.result.not_in_file = [subject_of(key) for key in self.records if key[0] in read and key not in self.seen]
        return self.result

    def _error(self, sheet: ReadSheet, row: SheetRow, name: str, subject: str, message: str) -> None:
        found = row.cells[name].text
        if name == "participants":
            found = tidy_people(found)
        place = (sheet.layout.name, row.number, sheet.letters[name], sheet.layout.titles[name])
        self.result.errors.append(CellError(*place, subject, found, message))

    def _key(self, sheet: ReadSheet, row: SheetRow) -> RowKey | None:
        cell = row.cells[layout.GROUP]
        name = self._group_name(cell.text)
        fault = cell.problem or (_fault_of_name(name) if name not in self.groups else "")
        if self.groups[name] > 1:
            fault = _(
                "이름이 같은 그룹이 둘 이상이라 어느 그룹인지 알 수 없습니다. ‘기준정보 관리’에서 이름을 고쳐 주십시오."
            )
        if fault:
            self._error(sheet, row, layout.GROUP, "", fault)
            return None
        number = ""
        if sheet.layout.has_number:
            cell = row.cells[layout.NUMBER]
            number = cell.text.strip()
            is_number = number.isascii() and number.isdecimal() and 0 < int(number[:9]) <= layout.MAX_NUMBER
            if cell.problem or not is_number:
                message = cell.problem or _("1부터 9,999까지의 자연수로 적어 주십시오.")
                self._error(sheet, row, layout.NUMBER, name, message)
                return None
            number = str(int(number))
        key = (sheet.layout.name, name, number)
        if key in self.seen:
            message = _("%(row)s번째 줄과 겹칩니다. 한 줄만 남기거나 번호를 고쳐 주십시오.") % {"row": self.seen[key]}
            self._error(sheet, row, layout.NUMBER if number else layout.GROUP, subject_of(key), message)
            return None
        self.seen[key] = row.number
        return key

    def _group_name(self, text: str) -> str:
        name = plain_name(text)
        if self.file.is_narrow and name not in self.groups:
            return next((group for group in self.groups if narrowed(group) == narrowed(name)), name)
        return name

    def _same(self, name: str, typed: str, stored: str) -> bool:
        if name == "participants":
            typed, stored = tidy_people(typed), tidy_people(stored)
        typed, stored = typed.strip(), stored.strip()
        return typed == stored or (self.file.is_narrow and narrowed(typed) == narrowed(stored))

    def _compare(self, sheet: ReadSheet, row: SheetRow, key: RowKey) -> None:
        record = self.records.get(key)
        nothing = dict.fromkeys(sheet.layout.fields, "")
        now = layout.stored_texts(sheet.layout, record) if record else nothing
        base = now if self.stamp is None else self.stamp.get(key, nothing)
        is_deleted = record is None and self.stamp is not None and key in self.stamp
        typed = {name: typed_text(name, row.cells[name]) for name in sheet.layout.fields}
        values, faults = {}, len(self.result.errors) + len(self.result.conflicts)
        kept = False
        for unit in sheet.layout.units:
            if all(self._same(name, typed[name], now[name]) for name in unit) and (record or is_deleted):
                continue
            if (record or is_deleted) and base is not now:
                if all(self._same(name, typed[name], base[name]) for name in unit):
                    kept = True
                    continue
                if any(not self._same(name, base[name], now[name]) for name in unit):
                    self._conflict(sheet, row, key, unit, base, now, typed)
                    continue
            values |= self._parsed(sheet, row, key, unit)
        if len(self.result.errors) + len(self.result.conflicts) == faults:
            self._prepare(sheet, row, key, record, now, values, kept=kept, is_deleted=is_deleted)

    def _conflict(self, sheet: ReadSheet, row: SheetRow, key: RowKey, unit, base: dict, now: dict, typed: dict) -> None:
        for name in unit:
            if not self._same(name, typed[name], now[name]):
                shown = tidy_people(typed[name]) if name == "participants" else typed[name]
                place = (sheet.layout.name, row.number, sheet.letters[name], sheet.layout.titles[name])
                self.result.conflicts.append(Conflict(*place, subject_of(key), base[name], now[name], shown))

    def _parsed(self, sheet: ReadSheet, row: SheetRow, key: RowKey, unit: tuple[str, ...]) -> dict:
        parsed = parse_unit(unit, row.cells, self.index)
        for name, message in parsed.faults.items():
            self._error(sheet, row, name, subject_of(key), message)
        for message in parsed.notices:
            self.result.notices.append(Notice(sheet.layout.name, row.number, subject_of(key), message))
        return parsed.values

    def _prepare(
        self, sheet, row, key: RowKey, record, now: dict, values: dict, *, kept: bool, is_deleted: bool
    ) -> None:
        """Note what would be written of a row without faults."""
        _name, group, number = key
        subject = subject_of(key)
        if record is None and is_deleted:
            self.result.left_alone.append(subject)
            return
        new = layout.stored_texts(sheet.layout, _changed(sheet.layout, record, values))
        written = [name for name in sheet.layout.fields if new[name] != now[name]]
        if record is not None and not written:
            (self.result.left_alone if kept else self.result.unchanged).append(subject)
            return
        self.result.writes.append(
            RecordWrite(sheet.layout.model, group, int(number) if number else None, record, values)
        )
        self._note_group(sheet.layout, group)
        place, titles = (sheet.layout.name, row.number), sheet.layout.titles
        if record is None:
            cells = [(titles[name], new[name]) for name in sheet.layout.fields if new[name]]
            self.result.additions.append(Addition(*place, subject, cells))
        else:
            for name in written:
                self.result.changes.append(CellChange(*place, subject, titles[name], now[name], new[name]))

    def _note_group(self, sheet: SheetLayout, group: str) -> None:
        """Note a group or paper that a row would make by the way."""
        if group not in self.groups and group not in self.result.new_groups:
            self.result.new_groups.append(group)
        has_paper = (PAPERS.name, group, "") in self.records or (PAPERS.name, group, "") in self.seen
        if sheet is not PAPERS and not has_paper and group not in self.result.new_papers:
            self.result.new_papers.append(group)


def _fault_of_name(name: str) -> str:
    """Why a name cannot be that of a new group; '' when it can."""
    if not name:
        return _("그룹 이름을 적어 주십시오.")
    if len(name) > GROUP_LENGTH:
        return _("그룹 이름은 %(limit)s자까지 적을 수 있습니다.") % {"limit": GROUP_LENGTH}
    try:
        validate_public_text(name)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _changed(sheet: SheetLayout, record, values: dict):
    """A record with *values*, to be shown and not to be saved."""
    changed = copy(record) if record else sheet.model()
    for name, value in values.items():
        setattr(changed, name, value)
    return changed


def subject_of(key: RowKey) -> str:
    """What a row is about, in words."""
    name, group, number = key
    if not number:
        return f"{group} {name}"
    return f"{group} {number}차 모임" if name == layout.MEETINGS.name else f"{group} {number}번 의견"
