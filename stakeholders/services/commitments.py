"""Promises that replies make, and the reports on them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_clean, require_unlocked
from commons.files import atomic_with_files
from stakeholders import notifications
from stakeholders.choices import ReportState
from stakeholders.models import Commitment, CommitmentEvidence, CommitmentReport
from stakeholders.permissions import draft_lock, promise_lock, report_lock, require_commitment_writer
from stakeholders.services.base import lock_deliberation, lock_question, require_version, set_fields


def _current(commitment: Commitment) -> Commitment:
    """The stored promise in its locked forum."""
    lock_deliberation(commitment.question.deliberation)
    return Commitment.objects.select_related("question__deliberation__plan", "department", "task", "indicator").get(
        pk=commitment.pk
    )


@transaction.atomic
def add_commitment(*, actor, commitment: Commitment, now=None) -> Commitment:
    """Add a promise of the actor's department to its reply in work."""
    require_commitment_writer(actor, commitment)
    question = lock_question(commitment.question)
    draft = next((each for each in question.drafts.all() if each.department_id == commitment.department_id), None)
    if draft is None:
        raise NotAllowedNow(_("이 부서에 보낸 질의가 아닙니다."))
    draft.question = question
    require_unlocked(draft_lock(draft))
    require_clean(commitment, ["text", "due_on"])
    commitment.save()
    record_activity(
        actor=actor,
        action=Action.CREATED,
        subject=commitment,
        now=now,
        changes=[(_("약속 내용"), "", commitment.text), (_("이행 기한"), "", commitment.due_on)],
    )
    return commitment


@transaction.atomic
def save_commitment(*, actor, commitment: Commitment, new: dict, now=None) -> Commitment:
    """Change a promise that is not public yet. *commitment* carries the version it was opened with."""
    require_commitment_writer(actor, commitment)
    current = _current(commitment)
    require_unlocked(promise_lock(current))
    require_version(current, commitment.version)
    changes = set_fields(current, new)
    if changes:
        current.version += 1
        current.save()
        record_activity(actor=actor, action=Action.CHANGED, subject=current, now=now, changes=changes)
    return current


@transaction.atomic
def remove_commitment(*, actor, commitment: Commitment, now=None) -> None:
    """Take out a promise that is not public yet."""
    require_commitment_writer(actor, commitment)
    current = _current(commitment)
    require_unlocked(promise_lock(current))
    record_activity(actor=actor, action=Action.DELETED, subject=current, now=now, comment=current.text)
    current.delete()


@atomic_with_files()
def report_commitment(
    *, actor, commitment: Commitment, state: str, text: str, evidence: list[dict] = (), now=None
) -> CommitmentReport:
    """Report on a published promise: how far it is, and why. *evidence* are checked files, as `EvidenceForm.uploads`
    gives them. The public sees it once the coordinator has published it."""
    require_commitment_writer(actor, commitment)
    current = _current(commitment)
    require_unlocked(report_lock(current))
    report = CommitmentReport(
        commitment=current, state=state, text=text, reported_by=actor, reported_at=now or timezone.now()
    )
    require_clean(report, ["state", "text"])
    report.save()
    for upload in evidence:
        stored = {name: upload[name] for name in ("name", "content_type", "sha256", "is_public")}
        proof = CommitmentEvidence(report=report, size=upload["file"].size, uploaded_by=actor, **stored)
        proof.file.save(upload["name"], upload["file"], save=False)
        proof.save()
    record_activity(
        actor=actor,
        action=Action.COMMITMENT_REPORTED,
        subject=current,
        now=now,
        comment=text,
        changes=[(_("이행 상태"), current.get_state_display(), report.get_state_display())],
    )
    return report


@transaction.atomic
def decide_report(*, actor, report: CommitmentReport, publish: bool, comment: str = "", now=None) -> CommitmentReport:
    """Publish a report on a promise, which then has the reported state, or return it with what is missing."""
    require_keeper(actor)
    if not publish and not comment.strip():
        raise NotAllowedNow(_("무엇을 보완해야 하는지 적어 주십시오."))
    commitment = _current(report.commitment)
    current = commitment.reports.get(pk=report.pk)
    if current.review != ReportState.SUBMITTED:
        raise NotAllowedNow(_("이미 처리한 보고입니다. 지금 상태를 확인해 주십시오."))
    current.review = ReportState.PUBLISHED if publish else ReportState.RETURNED
    current.review_comment = "" if publish else comment.strip()
    current.decided_at = now or timezone.now()
    current.save(update_fields=["review", "review_comment", "decided_at"])
    changes = [(_("보고"), str(ReportState.SUBMITTED.label), current.get_review_display())]
    if publish:
        changes += set_fields(commitment, {"state": current.state})
        commitment.version += 1
        commitment.save(update_fields=["state", "version"])
    record_activity(
        actor=actor,
        action=Action.COMMITMENT_DECIDED,
        subject=commitment,
        now=now,
        changes=changes,
        comment=comment.strip(),
    )
    if not publish:
        transaction.on_commit(lambda: notifications.tell_returned_report(current, commitment, by=str(actor)))
    return current
