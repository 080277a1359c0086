"""Departments' replies in work, and the answer that the coordinator makes of them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from stakeholders import notifications
from stakeholders.choices import DraftState, Stance
from stakeholders.models import AnswerModel, Consolidation, Question, ReplyDraft
from stakeholders.permissions import consolidation_lock, draft_lock, require_draft_writer
from stakeholders.services.base import lock_question, require_version, set_fields


def answer_problem(answer: AnswerModel) -> str:
    """Why an answer cannot leave its desk, in a sentence; '' when nothing is missing."""
    if not answer.stance or not answer.summary.strip():
        return _("검토 결과와 답변을 적어 주십시오.")
    if answer.needs_reason and not answer.reason.strip():
        return _("‘%(stance)s’에는 사유가 필요합니다.") % {"stance": Stance(answer.stance).label}
    return ""


def _current(draft: ReplyDraft) -> ReplyDraft:
    """The stored draft with its question, in the locked forum."""
    question = lock_question(draft.question)
    current = next(each for each in question.drafts.all() if each.pk == draft.pk)
    current.question = question
    return current


def _store(draft: ReplyDraft, actor, now) -> None:
    draft.version += 1
    draft.updated_by, draft.updated_at = actor, now or timezone.now()
    draft.save()


def _write(actor, draft: ReplyDraft, new: dict, now) -> ReplyDraft:
    require_draft_writer(actor, draft)
    current = _current(draft)
    require_unlocked(draft_lock(current))
    require_version(current, draft.version)
    changes = set_fields(current, new)
    if current.state == DraftState.ASKED:
        current.state = DraftState.DRAFT
    if changes:
        _store(current, actor, now)
        record_activity(actor=actor, action=Action.REPLY_SAVED, subject=current, now=now, changes=changes)
    return current


@transaction.atomic
def save_reply(*, actor, draft: ReplyDraft, new: dict, now=None) -> ReplyDraft:
    """Save a department's reply without handing it in. *draft* carries the version it was opened with.

    Raises StaleForm when somebody saved in between, NotAllowedNow when it is locked.
    """
    return _write(actor, draft, new, now)


@transaction.atomic
def submit_reply(*, actor, draft: ReplyDraft, new: dict, now=None) -> ReplyDraft:
    """Save and hand in to the coordinator. Raises as save_reply; also NotAllowedNow when something is missing."""
    current = _write(actor, draft, new, now)
    if problem := answer_problem(current):
        raise NotAllowedNow(problem)
    current.state, current.submitted_at = DraftState.SUBMITTED, now or timezone.now()
    _store(current, actor, now)
    record_activity(actor=actor, action=Action.REPLY_SUBMITTED, subject=current, now=now)
    return current


@transaction.atomic
def return_reply(*, actor, draft: ReplyDraft, comment: str, now=None) -> ReplyDraft:
    """Send a reply that does not answer back to its department, with what is missing. An answer that was ready for
    publication is taken back with it."""
    require_keeper(actor)
    if not comment.strip():
        raise NotAllowedNow(_("무엇을 보완해야 하는지 적어 주십시오."))
    current = _current(draft)
    if not current.is_handed_in:
        raise NotAllowedNow(_("제출된 답변만 보완을 요청할 수 있습니다."))
    require_version(current, draft.version)
    _take_back(actor, current.question, now)
    current.state, current.review_comment = DraftState.RETURNED, comment.strip()
    _store(current, actor, now)
    record_activity(actor=actor, action=Action.REPLY_RETURNED, subject=current, now=now, comment=comment.strip())
    transaction.on_commit(lambda: notifications.tell_returned_reply(current, by=str(actor)))
    return current


def _take_back(actor, question: Question, now) -> None:
    made = getattr(question, "consolidation", None)
    if made and made.is_ready:
        made.is_ready = False
        made.version += 1
        made.save(update_fields=["is_ready", "version"])
        changes = [(_("공개 준비"), _("예"), _("아니요"))]
        record_activity(actor=actor, action=Action.REPLY_CONSOLIDATED, subject=made, now=now, changes=changes)


@transaction.atomic
def consolidate_replies(
    *, actor, question: Question, new: dict, version: int, is_ready: bool, now=None
) -> Consolidation:
    """Store the one answer to a question; *is_ready* lets the next edition take it up. *version* is that of the answer
    that was shown, 0 when there was none.

    Raises StaleForm when somebody saved in between, NotAllowedNow when the leading department has not answered yet.
    """
    require_keeper(actor)
    current = lock_question(question)
    require_unlocked(consolidation_lock(current))
    made = getattr(current, "consolidation", None) or Consolidation(question=current, version=0)
    require_version(made, version)
    changes = set_fields(made, new | {"is_ready": is_ready})
    if is_ready and (problem := answer_problem(made)):
        raise NotAllowedNow(problem)
    if changes or made.pk is None:
        made.version += 1
        made.published_in = None
        made.updated_by, made.updated_at = actor, now or timezone.now()
        made.save()
        record_activity(actor=actor, action=Action.REPLY_CONSOLIDATED, subject=made, now=now, changes=changes)
    return made
