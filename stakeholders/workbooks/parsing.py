"""From the text of cells to what is stored: dates, people, references. Every fault is said at its cell."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commons.dates import NotADay, read_day, read_time
from commons.personal import MASK, mask_names
from commons.sheets.cells import CellText
from commons.validators import validate_public_text
from stakeholders.models import Opinion
from stakeholders.selectors.references import Meant, PlanIndex
from stakeholders.validators import validate_participants
from stakeholders.workbooks import layout

CITED_LENGTH = Opinion._meta.get_field("cited_code").max_length


class CannotParse(Exception):
    """A cell that cannot be taken; the message says what to do."""


@dataclass
class Parsed:
    """Values of model fields, with the faults and notices of the cells they came from, by name of the column."""

    values: dict = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def parse_unit(unit: tuple[str, ...], cells: dict[str, CellText], index: PlanIndex) -> Parsed:
    """Read the cells of fields that are decided together."""
    parsed = Parsed()
    for name in unit:
        if cells[name].problem and not (name in MOMENTS and cells[name].moment is not None):
            parsed.faults[name] = cells[name].problem
    if not parsed.faults:
        if "reference" in unit:
            _parse_reference(cells, index, parsed)
        for name in unit:
            if name in PARSERS:
                _parse(name, PARSERS[name], cells[name], parsed)
    return parsed


def tidy_people(text: str) -> str:
    """A list of people, one a line and each name masked, however they were set apart."""
    parts = re.split(r"([()])", text)
    for place in range(0, len(parts), 2):
        if parts[place + 1 : place + 2] != [")"]:  # what stands in brackets behind a name is no further name
            parts[place] = re.sub(r"[,;，、]", "\n", parts[place])
    return mask_names("".join(parts))


def typed_text(name: str, cell: CellText) -> str:
    """The text of a cell; a date or time reads as it would be stored, however it is written."""
    if name not in MOMENTS or not (cell.text or cell.moment):
        return cell.text
    try:
        value = PARSERS[name](cell)
    except CannotParse:
        return cell.text
    return value.strftime("%H:%M") if name == "held_at" else value.isoformat()


def _parse(name: str, parser: Callable, cell: CellText, parsed: Parsed) -> None:
    try:
        parsed.values[name] = parser(cell)
    except CannotParse as fault:
        parsed.faults[name] = str(fault)
    except ValidationError as error:
        parsed.faults[name] = " ".join(error.messages)


def _date(cell: CellText) -> date | None:
    if isinstance(cell.moment, datetime):
        return cell.moment.date()
    if isinstance(cell.moment, date):
        return cell.moment
    return _read(read_day, cell)


def _held_on(cell: CellText) -> date:
    return _date(cell) or _fail(_("모임 날짜를 적어 주십시오."))


def _time(cell: CellText) -> time | None:
    if isinstance(cell.moment, time):
        return cell.moment.replace(second=0, microsecond=0)
    return _read(read_time, cell)


def _read(reader: Callable, cell: CellText):
    try:
        return reader(cell.text, from_spreadsheet=True)
    except NotADay as error:
        return _fail(str(error))


def _public_text(cell: CellText) -> str:
    text = cell.text.strip()
    if len(text) > layout.MAX_TEXT:
        _fail(_("%(limit)s자를 넘습니다. 간추려 적어 주십시오.") % {"limit": f"{layout.MAX_TEXT:,}"})
    validate_public_text(text)
    return text


def _summary(cell: CellText) -> str:
    return _public_text(cell) or _fail(_("의견의 요지를 적어 주십시오."))


def _people(cell: CellText) -> str:
    text = tidy_people(_public_text(cell))
    for line in text.splitlines():
        words = line.partition("(")[0].split()
        # A masked name beside a bare one on the same line is left alone by the masking, so it is refused here.
        if any(MASK in word for word in words) and any(MASK not in word for word in words):
            _fail(_("한 줄에 한 사람씩, 김○수(홍제동)처럼 적어 주십시오."))
    validate_participants(text)
    return text


def _kind(cell: CellText) -> str:
    wanted = "".join(cell.text.split())
    code = next((code for label, code in layout.kinds().items() if "".join(label.split()) == wanted), None)
    return code or _fail(_("다음에서 골라 주십시오: %(choices)s") % {"choices": ", ".join(layout.kinds())})


def _cited(text: str) -> str:
    if len(text) > CITED_LENGTH:
        _fail(_("%(limit)s자 안으로 번호만 적어 주십시오.") % {"limit": CITED_LENGTH})
    validate_public_text(text)
    return text


def _parse_reference(cells: dict[str, CellText], index: PlanIndex, parsed: Parsed) -> None:
    """Area and code against the plan; a code that is not there stays as what was printed."""
    typed_area, code, cited = (cells[name].text.strip() for name in ("area", "reference", "cited_code"))
    area = index.area(typed_area)
    if typed_area and area is None:
        parsed.faults["area"] = _("이 계획에 없는 분야입니다. 다음 번호에서 골라 주십시오: %(areas)s") % {
            "areas": ", ".join(map(str, index.areas))
        }
        return
    meant = index.meant_by(area, code) if code else Meant(area)
    if meant is None:
        if area is None:
            parsed.notices.append(
                _("분야가 없어 번호 ‘%(code)s’이(가) 무엇인지 찾지 못해 ‘가리키는 것’을 비웁니다.") % {"code": code}
            )
        else:
            parsed.notices.append(
                _("%(area)s분야에 없는 번호 ‘%(code)s’이어서 분야만 가리킵니다.") % {"area": area.number, "code": code}
            )
        place = "cited_code" if cited else "reference"
        cited, meant = cited or code, Meant(area)
    else:
        place = "cited_code"
    parsed.values |= {"area": meant.area, "goal": meant.goal, "target": meant.target, "task": meant.task}
    _parse("cited_code", lambda cell: _cited(cell.text), CellText(cited), parsed)
    if place == "reference" and "cited_code" in parsed.faults:
        parsed.faults["reference"] = parsed.faults.pop("cited_code")


def _fail(message: str):
    raise CannotParse(message)


MOMENTS = {"dated", "held_on", "held_at"}
PARSERS = {
    "dated": _date,
    "overall": _public_text,
    "participants": _people,
    "held_on": _held_on,
    "held_at": _time,
    "kind": _kind,
    "summary": _summary,
}
