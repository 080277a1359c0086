"""Writing, handing in, commenting and correcting results."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from commons.evidence import MAX_FILES
from commons.files import atomic_with_files
from commons.values import Value, format_number
from indicators.acts import StaleResult, current_result, lock_round, store_result
from indicators.choices import BreakdownGroup, ResultState
from indicators.models import Evidence, Result, ResultComment
from indicators.permissions import correction_lock, require_result_reader, require_result_writer, result_lock
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
        (_("상태"), before.get_state_display(), after.get_state_display()),
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _replace_breakdowns(result: Result, parts: dict[str, Decimal]) -> list[tuple[str, str, str]]:
    """Make *parts* (group to value; groups left out have none) the breakdowns of a stored result; return changes."""
    stored = {part.group: part for part in result.breakdowns.all()} if result.pk else {}
    changes = []
    for group in BreakdownGroup:
        old, new = stored.get(group.value), parts.get(group.value)
        before = "" if old is None else format_number(old.value)
        after = "" if new is None else format_number(new)
        if before == after:
            continue
        changes.append((str(group.label), before, after))
        if new is None:
            old.delete()
        else:
            result.breakdowns.update_or_create(
                group=group.value, defaults={"value": new, "dimension": group.dimension.value}
            )
    return changes


def _write(actor, result: Result, new: dict, now) -> Result:
    """Replace the values of the stored result by *new*, guarding actor, round, state and version."""
    require_result_writer(actor, result)
    return write_draft(actor, result, new, now)


def write_draft(actor, result: Result, new: dict, now=None) -> Result:
    """The same inside another act's transaction, by an actor whom that act has already checked."""
    current = current_result(lock_round(result.round), result.indicator)
    lock = result_lock(actor, current)
    if lock:
        raise NotAllowedNow(str(lock))
    if current.version != result.version:
        raise StaleResult(current)
    return _replace(actor, current, new, Action.RESULT_SAVED, now)


def _replace(actor, current: Result, new: dict, action: Action, now, comment: str = "") -> Result:
    """Store *new* on a result that is free to be written, and the trace of what changed."""
    before = current_result(current.round, current.indicator)
    fields = {name: value for name, value in new.items() if name != "breakdowns"}
    for name, value in fields.items():
        setattr(current, name, value)
    if current.pk is None:
        current.save()
    changes = _changes(before, current)
    if "breakdowns" in new:
        changes += _replace_breakdowns(current, new["breakdowns"])
    if changes or before.pk is None:
        store_result(current, actor, now)
        record_activity(actor=actor, action=action, subject=current, now=now, changes=changes, comment=comment)
    return current


@transaction.atomic
def save_result(*, actor, result: Result, new: dict, now=None) -> Result:
    """Save a draft. *result* carries the version its values were read with; *new* maps field names to values.

    *new* may hold "breakdowns", a dict of group codes to Decimals that replaces all that are stored.

    Raises StaleResult when somebody saved in between, NotAllowedNow when round or state are locked.
    """
    return _write(actor, result, new, now)


@transaction.atomic
def submit_result(*, actor, result: Result, new: dict, now=None) -> Result:
    """Save and hand in to the coordinator. Raises as save_result; also NotAllowedNow when nothing is given."""
    current = _write(actor, result, new, now)
    if not current.reading.is_given:
        raise NotAllowedNow(_("값이나 값이 없는 사유를 입력해야 제출할 수 있습니다."))
    current.state = ResultState.SUBMITTED
    current.submitted_at = now or timezone.now()
    store_result(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_SUBMITTED, subject=current, now=now)
    return current


@transaction.atomic
def correct_result(*, actor, result: Result, new: dict, comment: str, now=None) -> Result:
    """Change a result of a published round. The public sees it with the next edition, which shows old and new."""
    require_keeper(actor)
    current = current_result(lock_round(result.round), result.indicator)
    require_unlocked(correction_lock(current.round))
    if current.version != result.version:
        raise StaleResult(current)
    kept = {"value": current.value, "text": current.text, "missing_reason": current.missing_reason} | new
    if not Value(kept["value"], kept["text"], kept["missing_reason"]).is_given:
        raise NotAllowedNow(_("값이나 값이 없는 사유를 입력해야 정정할 수 있습니다."))
    new = new | {"state": ResultState.APPROVED}
    return _replace(actor, current, new, Action.RESULT_CORRECTED, now, comment)


@transaction.atomic
def add_comment(*, actor, result: Result, text: str, now=None) -> ResultComment:
    """Add a remark to the thread of a stored result. *actor* must be someone who sees the result."""
    require_result_reader(actor, result)
    if result.pk is None:
        raise NotAllowedNow(_("실적이 저장된 뒤에 의견을 남길 수 있습니다."))
    comment = ResultComment.objects.create(
        result=result, author=actor, author_name=str(actor), at=now or timezone.now(), text=text
    )
    record_activity(actor=actor, action=Action.COMMENTED, subject=result, now=now, comment=text)
    return comment


@atomic_with_files()
def add_evidence(
    *, actor, result: Result, file, name: str, content_type: str, sha256: str, is_public: bool
) -> Evidence:
    """Attach a checked file to a stored result that is free to be written."""
    require_result_writer(actor, result)
    current = current_result(lock_round(result.round), result.indicator)
    lock = result_lock(actor, current)
    if lock:
        raise NotAllowedNow(str(lock))
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
    lock = result_lock(actor, current)
    if lock:
        raise NotAllowedNow(str(lock))
    record_activity(actor=actor, action=Action.EVIDENCE_REMOVED, subject=current, comment=evidence.name)
    file = evidence.file
    evidence.delete()
    transaction.on_commit(lambda: file.delete(save=False))
