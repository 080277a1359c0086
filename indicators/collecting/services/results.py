"""Writing, handing in, commenting and correcting results."""

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, NotTaken, require_clean, require_unlocked
from commons.evidence import MAX_FILES
from commons.files import atomic_with_files
from commons.values import Value, format_number
from indicators.acts import StaleResult, current_result, lock_round, store_result
from indicators.choices import BreakdownGroup, ResultState
from indicators.collecting.selectors.entry import past_actuals, targets_of
from indicators.models import Evidence, Indicator, ReportingRound, Result, ResultComment
from indicators.permissions import correction_lock, require_result_reader, require_result_writer, result_lock
from indicators.validators.results import (
    NARRATIVES,
    doubts_about,
    draft_faults,
    open_doubts,
    reason_fault,
    submission_faults,
)
from indicators.wording import doubts_in_words, value_in_words


def _changes(before: Result, after: Result) -> list[tuple[str, str, str]]:
    """Old and new of what a person sees, for the trace."""
    pairs = [
        (_("값"), value_in_words(before.reading, before.indicator), value_in_words(after.reading, after.indicator)),
        (_("설명"), before.explanation, after.explanation),
        (_("부진 사유"), before.shortfall, after.shortfall),
        (_("향후 계획"), before.next_steps, after.next_steps),
        (_("산출근거"), before.basis, after.basis),
        (_("담당자 판정"), before.get_verdict_display(), after.get_verdict_display()),
        (_("확인할 점"), doubts_in_words(before.doubts), doubts_in_words(after.doubts)),
        (_("확인 답변"), before.doubt_answer, after.doubt_answer),
        (str(Result._meta.get_field("state").verbose_name), before.get_state_display(), after.get_state_display()),
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _number(value: Decimal | None) -> str:
    return "" if value is None else format_number(value)


def _changed_parts(result: Result, parts: dict[str, Decimal]) -> list[tuple[BreakdownGroup, Decimal, Decimal]]:
    """Group, old and new value of every part that *parts* (group to value; groups left out have none) changes."""
    stored = {part.group: part.value for part in result.breakdowns.all()} if result.pk else {}
    pairs = [(group, stored.get(group.value), parts.get(group.value)) for group in BreakdownGroup]
    return [(group, old, new) for group, old, new in pairs if _number(old) != _number(new)]


def _store_part(result: Result, group: BreakdownGroup, value: Decimal | None) -> None:
    if value is None:
        result.breakdowns.filter(group=group.value).delete()
    else:
        result.breakdowns.update_or_create(
            group=group.value, defaults={"value": value, "dimension": group.dimension.value}
        )


@dataclass(frozen=True)
class Yardsticks:
    """What a year's values are held against, by indicator id: the planned values, and those of the year before."""

    targets: dict[int, Value]
    last: dict[int, Value]

    @classmethod
    def of(cls, reporting_round: ReportingRound, indicators: Collection[Indicator]) -> "Yardsticks":
        """Read them for some indicators with three queries."""
        past = past_actuals(reporting_round, indicators)
        last = {pk: years[reporting_round.year - 1] for pk, years in past.items() if reporting_round.year - 1 in years}
        return cls(targets_of(reporting_round, indicators), last)


def _takeable(current: Result, new: dict, yardsticks: Yardsticks, *, submitting: bool) -> dict:
    """*new* with the doubts that its answer settles; raises NotTaken where it may not be stored or handed in.

    Whatever *new* leaves out stays as it is stored. Doubts without an answer are not kept: they are asked again.
    """
    indicator, names = current.indicator, ("value", "text", "missing_reason", "verdict", "doubt_answer", *NARRATIVES)
    stored = {name: getattr(current, name) for name in names}
    parts = {part.group: part.value for part in current.breakdowns.all()} if current.pk else {}
    said = stored | {"breakdowns": parts} | new
    target, last = (found.get(indicator.pk, Value()) for found in (yardsticks.targets, yardsticks.last))
    if faults := draft_faults(indicator, target, said):
        raise NotTaken(faults)
    doubts = doubts_about(indicator, target, last, said["value"])
    still_open = open_doubts(doubts, said, current)
    if submitting and (faults := submission_faults(indicator, target, said, still_open)):
        raise NotTaken(faults)
    answered = [code for code in doubts if code not in still_open]
    return new | {"doubts": answered, "doubt_answer": said["doubt_answer"] if answered else ""}


def write_draft(
    actor, result: Result, new: dict, now=None, *, submitting: bool = False, yardsticks: Yardsticks | None = None
) -> Result:
    """Store *new* inside another act's transaction, by an actor whom that act has already checked.

    *yardsticks* spares the look-up where many rows are written at once. Raises as `save_result` and `submit_result`.
    """
    current = current_result(lock_round(result.round), result.indicator)
    require_unlocked(result_lock(actor, current))
    if current.version != result.version:
        raise StaleResult(current)
    yardsticks = yardsticks or Yardsticks.of(current.round, [current.indicator])
    new = _takeable(current, new, yardsticks, submitting=submitting)
    if not submitting:
        return _replace(actor, current, new, Action.RESULT_SAVED, now)
    handed_in = {"state": ResultState.SUBMITTED, "submitted_at": now or timezone.now()}
    return _replace(actor, current, new | handed_in, Action.RESULT_SUBMITTED, now)


def _replace(actor, current: Result, new: dict, action: Action, now, comment: str = "") -> Result:
    """Store *new* on a result that is free to be written, in one write with one trace of what changed."""
    before = copy(current)
    fields = {name: value for name, value in new.items() if name != "breakdowns"}
    for name, value in fields.items():
        setattr(current, name, value)
    changes = _changes(before, current)
    parts = _changed_parts(current, new["breakdowns"]) if "breakdowns" in new else []
    if not (changes or parts) and before.pk is not None:
        return current
    store_result(current, actor, now)
    for group, _old, value in parts:
        _store_part(current, group, value)
    changes += [(str(group.label), _number(old), _number(value)) for group, old, value in parts]
    record_activity(actor=actor, action=action, subject=current, now=now, changes=changes, comment=comment)
    return current


@transaction.atomic
def save_result(*, actor, result: Result, new: dict, now=None) -> Result:
    """Save a draft. *result* carries the version its values were read with; *new* maps field names to values.

    *new* may hold "breakdowns", a dict of group codes to Decimals that replaces all that are stored.

    Raises NotTaken with the faults by field where a value breaks a rule, StaleResult when somebody saved in between,
    NotAllowedNow when round or state are locked.
    """
    require_result_writer(actor, result)
    return write_draft(actor, result, new, now)


@transaction.atomic
def submit_result(*, actor, result: Result, new: dict, now=None) -> Result:
    """Save and hand in to the coordinator, in one write. Raises as save_result; NotTaken also when nothing is given,
    a verdict is missing, or a doubt about the value has no answer."""
    require_result_writer(actor, result)
    return write_draft(actor, result, new, now, submitting=True)


@transaction.atomic
def correct_result(*, actor, result: Result, new: dict, comment: str, now=None) -> Result:
    """Change a result of a published round. The public sees it with the next edition, which shows old and new."""
    require_keeper(actor)
    current = current_result(lock_round(result.round), result.indicator)
    require_unlocked(correction_lock(current.round))
    if current.version != result.version:
        raise StaleResult(current)
    if fault := reason_fault(comment):
        raise NotTaken({"comment": [fault]})
    new = _takeable(current, new, Yardsticks.of(current.round, [current.indicator]), submitting=True)
    new |= {"state": ResultState.APPROVED}
    return _replace(actor, current, new, Action.RESULT_CORRECTED, now, comment)


@transaction.atomic
def add_comment(*, actor, result: Result, text: str, now=None) -> ResultComment:
    """Add a remark to the thread of a stored result. *actor* must be someone who sees the result."""
    require_result_reader(actor, result)
    if result.pk is None:
        raise NotAllowedNow(_("실적이 저장된 뒤에 의견을 남길 수 있습니다."))
    comment = ResultComment(result=result, author=actor, author_name=str(actor), at=now or timezone.now(), text=text)
    require_clean(comment, ["text"])
    comment.save()
    record_activity(actor=actor, action=Action.COMMENTED, subject=result, now=now, comment=text)
    return comment


@atomic_with_files()
def add_evidence(
    *, actor, result: Result, file, name: str, content_type: str, sha256: str, is_public: bool
) -> Evidence:
    """Attach a checked file to a stored result that is free to be written."""
    require_result_writer(actor, result)
    current = current_result(lock_round(result.round), result.indicator)
    require_unlocked(result_lock(actor, current))
    if current.pk is None:
        raise NotAllowedNow(_("실적을 한 번 저장한 뒤에 증빙을 올릴 수 있습니다."))
    if current.evidence.count() >= MAX_FILES:
        raise NotAllowedNow(
            _("증빙은 지표마다 %(limit)d개까지입니다. 필요 없는 파일을 지우고 올려 주십시오.") % {"limit": MAX_FILES}
        )
    evidence = Evidence(
        result=current,
        name=name,
        size=file.size,
        content_type=content_type,
        sha256=sha256,
        is_public=is_public,
        uploaded_by=actor,
    )
    evidence.file.save(name, file, save=False)
    evidence.save()
    record_activity(actor=actor, action=Action.EVIDENCE_ADDED, subject=current, comment=name)
    return evidence


@transaction.atomic
def remove_evidence(*, actor, evidence: Evidence) -> None:
    """Take an evidence file off a result that is free to be written; the file goes once that is certain."""
    require_result_writer(actor, evidence.result)
    current = current_result(lock_round(evidence.result.round), evidence.result.indicator)
    require_unlocked(result_lock(actor, current))
    record_activity(actor=actor, action=Action.EVIDENCE_REMOVED, subject=current, comment=evidence.name)
    file = evidence.file
    evidence.delete()
    transaction.on_commit(lambda: file.delete(save=False))
