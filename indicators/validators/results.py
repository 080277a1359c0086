"""What may be stored as a year's result, and what may be handed in: one rule for every door.

The acts ask it and refuse (`commons.acts.NotTaken`); forms ask the same and show each fault at its field. *said* is a
whole result in words of the model: value, text, missing_reason, verdict, the four narratives, doubt_answer, and
breakdowns (group code to Decimal). Faults are lists of sentences by field; the parts of a breakdown are `part_<group>`.
"""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commons.validators import validate_public_text
from commons.values import Value, digits_fault, format_number
from indicators.choices import BreakdownGroup, Dimension, MissingReason, Status, ValueKind
from indicators.doubts import find_doubts, unanswered
from indicators.validators.breakdowns import SUM_DIFFERS, parts_fault
from indicators.validators.milestones import MAX_TEXT, ONE_ONLY_MESSAGE, number_fault

MAX_WORDS = 2000
MAX_ANSWER = 1000
NARRATIVES = ["explanation", "shortfall", "next_steps", "basis"]
STATEMENTS = ["value", "text", "missing_reason"]  # exactly one of them is given

Faults = dict[str, list[str]]


def part_name(group: BreakdownGroup) -> str:
    """The name of the field of one part of a breakdown."""
    return f"part_{group.value}"


def takes_words(indicator, target: Value) -> bool:
    """Whether a year's value may be said in words, which a person then judges."""
    return indicator.value_kind == ValueKind.TEXT or bool(target.text)


def given(said: Mapping) -> list[str]:
    """Which of the three statements are made."""
    return [name for name in STATEMENTS if said.get(name) not in (None, "")]


def draft_faults(indicator, target: Value, said: Mapping) -> Faults:
    """Why *said* cannot be stored for *indicator*, whose planned value of the year is *target*; empty when it can."""
    faults: Faults = defaultdict(list)
    for name, message in _statement_faults(indicator, target, said):
        faults[name].append(str(message))
    for name, limit in {"text": MAX_TEXT, **dict.fromkeys(NARRATIVES, MAX_WORDS)}.items():
        faults[name] += _words_faults(said.get(name) or "", limit, is_public=True)
    faults["doubt_answer"] += _words_faults(said.get("doubt_answer") or "", MAX_ANSWER, is_public=False)
    for name, message in _parts_faults(indicator, said):
        faults[name].append(str(message))
    return {name: messages for name, messages in faults.items() if messages}


def _statement_faults(indicator, target: Value, said: Mapping):
    number, in_words = said.get("value"), takes_words(indicator, target)
    if number is not None and indicator.value_kind == ValueKind.TEXT:
        yield "value", _("서술로 적는 지표입니다. 실적을 서술로 적어 주십시오.")
    elif number is not None:
        fault = digits_fault(number) or number_fault(number, kind=indicator.value_kind, minimum=indicator.minimum)
        if fault:
            yield "value", fault
    if said.get("text") and not in_words:
        yield "text", _("숫자로 적는 지표입니다. 실적을 숫자로 입력해 주십시오.")
    if said.get("missing_reason") and said["missing_reason"] not in MissingReason.for_results():
        yield "missing_reason", _("고를 수 있는 사유가 아닙니다. 목록에서 골라 주십시오.")
    if said.get("verdict") and (not in_words or said["verdict"] not in Status.rated()):
        yield "verdict", _("고를 수 있는 판정이 아닙니다.")
    statements = given(said)
    if len(statements) > 1:
        yield from ((name, ONE_ONLY_MESSAGE) for name in statements)


def _words_faults(text: str, limit: int, *, is_public: bool) -> list[str]:
    if len(text) > limit:
        return [_("%(limit)s자까지 적을 수 있습니다.") % {"limit": limit}]
    if not is_public:
        return []
    try:
        validate_public_text(text)
    except ValidationError as error:
        return error.messages
    return []


def reason_fault(text: str) -> str:
    """What is wrong with the reason of a correction, which everybody reads; empty when it can be taken."""
    if not text.strip():
        return _("사유를 적어 주십시오.")
    return " ".join(_words_faults(text, MAX_ANSWER, is_public=True))


def _parts_faults(indicator, said: Mapping):
    parts = said.get("breakdowns") or {}
    demanded = {group for dimension in indicator.dimensions for group in dimension.groups}
    for code, part in parts.items():
        if code not in BreakdownGroup.values:
            yield "value", _("없는 세분화 구분입니다.")
        elif indicator.minimum is not None and part < 0 and BreakdownGroup(code) in demanded:
            yield part_name(BreakdownGroup(code)), _("0보다 작은 값은 입력할 수 없습니다.")
        elif fault := digits_fault(part):
            yield part_name(BreakdownGroup(code)), fault
    for dimension in indicator.dimensions:
        own = [parts.get(group.value) for group in dimension.groups]
        if any(part is not None and part < 0 for part in own) and indicator.minimum is not None:
            continue
        first = part_name(dimension.groups[0])
        if said.get("missing_reason") and any(part is not None for part in own):
            yield first, _("값이 없는 사유를 고르면 세분화 값은 비워 주십시오.")
        elif said.get("value") is not None and (message := parts_message(indicator, dimension, said["value"], own)):
            yield first, message


def parts_message(indicator, dimension: Dimension, total: Decimal, parts: list[Decimal | None]) -> str:
    """What is wrong with the parts of one dimension, in a sentence; '' when they fit or are not all given."""
    fault = parts_fault(total, parts, is_additive=indicator.is_additive)
    if not fault:
        return ""
    words = {
        "dimension": dimension.label,
        "total": format_number(total, indicator.decimals),
        "sum": format_number(sum(parts), indicator.decimals),
        "least": format_number(min(parts), indicator.decimals),
        "most": format_number(max(parts), indicator.decimals),
    }
    if fault == SUM_DIFFERS:
        return _("%(dimension)s 값의 합은 %(sum)s인데 실적은 %(total)s입니다. 둘이 같아야 합니다.") % words
    return _("%(dimension)s 값이 %(least)s~%(most)s이므로 실적은 그 사이여야 하는데 %(total)s입니다.") % words


def doubts_about(indicator, target: Value, last: Value, number: Decimal | None) -> list[str]:
    """Codes of what is questionable about *number*, held against last year's value and the year's *target*."""
    return find_doubts(
        kind=indicator.value_kind,
        unit=indicator.unit,
        direction=indicator.direction,
        value=number,
        last=last.number,
        target=target.number,
        is_cumulative=indicator.is_cumulative,
        counts_whole=indicator.counts_whole,
    )


def open_doubts(doubts: list[str], said: Mapping, stored) -> list[str]:
    """Which of *doubts* the answer in *said* leaves open, beside the *stored* result with the answer it had."""
    answer = said.get("doubt_answer") or ""
    return unanswered(doubts, answer=answer, kept=stored.doubts, kept_answer=stored.doubt_answer)


def submission_faults(indicator, target: Value, said: Mapping, still_open: list[str]) -> Faults:
    """What is missing before *said* can be handed in; *still_open* are the doubts that nobody has answered."""
    faults: Faults = {}
    statements = given(said)
    if not statements:
        first = "text" if indicator.value_kind == ValueKind.TEXT else "value"
        faults[first] = [_("값을 입력하거나 값이 없는 사유를 골라 주십시오.")]
    elif takes_words(indicator, target) and statements != ["missing_reason"] and not said.get("verdict"):
        faults["verdict"] = [_("판정을 골라 주십시오.")]
    if still_open and said.get("doubt_answer"):
        faults["doubt_answer"] = [_("새로 확인할 점이 있습니다. 답변을 고쳐 주십시오.")]
    elif still_open:
        faults["doubt_answer"] = [_("위 물음에 답변을 적어 주십시오. 값이 틀렸으면 고쳐 주십시오.")]
    return faults
