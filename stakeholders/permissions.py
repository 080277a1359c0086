"""Who may see and do what with questions and replies, and why something is locked. The same words on every door."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.permissions import can_oversee, can_run_rounds, require_keeper
from commons.acts import Lock
from stakeholders.choices import CommitmentState, DraftState, ReportState
from stakeholders.models import Commitment, CommitmentReport, Deliberation, PaperUpload, Question, ReplyDraft


def is_asked(user, question: Question) -> bool:
    """Whether the question was sent to the department of *user*, an officer or head."""
    return (
        (user.is_officer or user.is_head)
        and question.sent_on is not None
        and any(draft.department_id == user.department_id for draft in question.drafts.all())
    )


def get_deliberation_for(user, plan, year: int) -> Deliberation:
    """Fetch a forum for those who run or oversee the work on it; Http404 for all others."""
    if not can_oversee(user):
        raise Http404
    return get_object_or_404(Deliberation.objects.select_related("plan"), plan=plan, year=year)


def get_deliberation_to_write(user, plan, year: int) -> Deliberation:
    """Fetch a forum for those who write its papers: PermissionDenied for the committee, Http404 for all others."""
    deliberation = get_deliberation_for(user, plan, year)
    require_keeper(user)
    return deliberation


def get_paper_upload_for(user, plan, year: int, pk: int) -> PaperUpload:
    """Fetch a workbook of papers that *user* sent; Http404 for anybody else's."""
    deliberation = get_deliberation_to_write(user, plan, year)
    upload = get_object_or_404(PaperUpload, deliberation=deliberation, owner=user, pk=pk)
    upload.deliberation = deliberation
    return upload


def get_question_for(user, plan, year: int, number: int) -> Question:
    """Fetch a question with its drafts, for those who oversee and the departments it was sent to.

    Raises Http404 for everybody else: that a department was asked is nobody else's business before it is public.
    """
    question = get_object_or_404(
        Question.objects.select_related("deliberation__plan", "consolidation").prefetch_related("drafts__department"),
        deliberation__plan=plan,
        deliberation__year=year,
        number=number,
    )
    if not (can_oversee(user) or is_asked(user, question)):
        raise Http404
    return question


def get_commitment_for(user, plan, pk: int) -> Commitment:
    """Fetch a promise for those who oversee and the department that made it; Http404 for everybody else."""
    commitment = get_object_or_404(
        Commitment.objects.select_related("question__deliberation__plan", "department", "task", "indicator"),
        pk=pk,
        question__deliberation__plan=plan,
    )
    if not (works_on_promise(user, commitment) or (can_oversee(user) and commitment.promised_in_id)):
        raise Http404
    return commitment


def works_on_promise(user, commitment: Commitment) -> bool:
    """Whether *user* follows a promise from its first word: people of the department that makes it, the coordinator."""
    belongs = (user.is_officer or user.is_head) and user.department_id == commitment.department_id
    return belongs or can_run_rounds(user)


def works_on_draft(user, draft: ReplyDraft) -> bool:
    """Whether *user* follows a draft from its first word: people of its department and the coordinator."""
    return can_run_rounds(user) or draft.department_id == user.department_id


def sees_draft(user, draft: ReplyDraft) -> bool:
    """Whether the words of a draft are shown: to all who see the question once it is handed in."""
    return works_on_draft(user, draft) or draft.state == DraftState.SUBMITTED


def writes_draft(user, draft: ReplyDraft) -> bool:
    """Whether *user* is an officer of the department that was asked."""
    return user.is_officer and draft.department_id == user.department_id and draft.question.sent_on is not None


def require_draft_writer(user, draft: ReplyDraft) -> None:
    """Raise PermissionDenied unless *user* is an officer of the department that was asked."""
    if not writes_draft(user, draft):
        raise PermissionDenied


def require_commitment_writer(user, commitment: Commitment) -> None:
    """Raise PermissionDenied unless *user* is an officer of the department that promised."""
    if not (user.is_officer and user.department_id == commitment.department_id):
        raise PermissionDenied


def require_question_reader(user, question: Question) -> None:
    """Raise PermissionDenied unless *user* sees the question: departments asked, coordinator, committee."""
    if not (can_oversee(user) or is_asked(user, question)):
        raise PermissionDenied


def papers_lock(deliberation: Deliberation) -> Lock | None:
    """Why papers and points of this forum cannot be written now."""
    if deliberation.is_published:
        return Lock(_("이미 공개된 입장문서와 의견이라 고칠 수 없습니다."))
    return None


def papers_publication_lock(deliberation: Deliberation) -> Lock | None:
    """Why the papers of this forum cannot be published now."""
    if deliberation.is_published:
        return Lock(_("이미 공개된 숙의공론장입니다."))
    if not deliberation.papers.filter(opinions__isnull=False).exists():
        return Lock(_("의견이 적힌 입장문서가 없습니다. 입장문서와 의견을 적은 뒤에 공개해 주십시오."))
    return None


def replies_publication_lock(deliberation: Deliberation) -> Lock | None:
    """Why replies of this forum cannot be published now."""
    if not deliberation.is_published:
        return Lock(_("입장문서를 먼저 공개해야 답변을 공개할 수 있습니다."))
    return None


def question_lock(question: Question) -> Lock | None:
    """Why the words, points and departments of this question cannot be changed now."""
    if question.sent_on is not None:
        return Lock(_("이미 부서에 보낸 질의라 고칠 수 없습니다. 더 물을 것이 있으면 새 질의를 만들어 주십시오."))
    if question.replies.exists():
        return Lock(_("이미 답변이 공개된 질의라 고칠 수 없습니다."))
    return None


def draft_lock(draft: ReplyDraft) -> Lock | None:
    """Why this department's reply cannot be written now. Says nothing about whose it is."""
    consolidation = getattr(draft.question, "consolidation", None)
    if consolidation and consolidation.is_ready:
        return Lock(_("답변이 종합되어 고칠 수 없습니다. 고쳐야 하면 총괄 담당자에게 보완 요청을 부탁해 주십시오."))
    if draft.state == DraftState.SUBMITTED:
        return Lock(_("제출되어 총괄 담당자의 검토를 기다리고 있습니다. 보완 요청이 오면 다시 고칠 수 있습니다."))
    return None


def consolidation_lock(question: Question) -> Lock | None:
    """Why no answer can be made of the drafts of this question now."""
    drafts = list(question.drafts.all())
    if not drafts:
        return None if question.replies.exists() else Lock(_("아직 부서에 보내지 않은 질의입니다."))
    if not any(draft.is_lead and draft.is_handed_in for draft in drafts):
        return Lock(_("주관부서가 아직 답변을 제출하지 않았습니다. 제출하면 종합할 수 있습니다."))
    return None


def promise_lock(commitment: Commitment) -> Lock | None:
    """Why the words of this promise cannot be changed now."""
    if commitment.promised_in_id is not None:
        return Lock(_("이미 공개된 약속이라 고칠 수 없습니다. 달라진 것은 이행 보고로 알려 주십시오."))
    draft = commitment.question.drafts.filter(department=commitment.department_id).first()
    return draft_lock(draft) if draft else None


def report_lock(commitment: Commitment) -> Lock | None:
    """Why nothing can be reported on this promise now."""
    if commitment.promised_in_id is None:
        return Lock(_("아직 공개되지 않은 약속입니다. 답변이 공개된 뒤에 이행 상황을 보고합니다."))
    if commitment.state not in CommitmentState.going_on():
        return Lock(_("이행이 끝났거나 중단된 약속이라 더 보고할 것이 없습니다."))
    if commitment.reports.filter(review=ReportState.SUBMITTED).exists():
        return Lock(_("제출한 보고가 총괄 담당자의 검토를 기다리고 있습니다."))
    return None


def sees_report(user, report: CommitmentReport) -> bool:
    """Whether a report is shown: all to the own department and the coordinator, published ones to everybody."""
    if can_run_rounds(user) or user.department_id == report.commitment.department_id:
        return True
    return report.review == ReportState.PUBLISHED or (can_oversee(user) and report.review == ReportState.SUBMITTED)
