"""Parts that several work pages share: the page of a question with its forms, and who may open it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render

from accounts.permissions import can_oversee, can_run_rounds, require_round_runner
from plans.models import Plan
from stakeholders.forms.commitments import CommitmentForm
from stakeholders.forms.questions import QuestionCommentForm
from stakeholders.forms.replies import AnswerForm, ReturnForm
from stakeholders.models import Commitment, Consolidation, Deliberation, Question, Reply, ReplyDraft
from stakeholders.permissions import (
    consolidation_lock,
    draft_lock,
    get_question_for,
    question_lock,
    sees_draft,
    writes_draft,
)
from stakeholders.selectors.history import question_history, question_thread
from stakeholders.selectors.work import question_in_context, row_of


def plan_for_overseer(request, slug) -> Plan:
    """The plan, for those who run or oversee the work on opinions."""
    plan = get_object_or_404(Plan, slug=slug)
    if not can_oversee(request.user):
        raise Http404
    return plan


def forum_for_keeper(request, slug, year) -> Deliberation:
    """The forum, for those who run it; the committee may read but not write."""
    require_round_runner(request.user)
    return get_object_or_404(Deliberation.objects.select_related("plan"), plan__slug=slug, year=year)


def question_for(request, slug, year, number) -> Question:
    """The question, for those who oversee and the departments that were asked."""
    return get_question_for(request.user, get_object_or_404(Plan, slug=slug), year, number)


def question_for_keeper(request, slug, year, number) -> Question:
    """The question, for those who run the forum; whoever may only read gets 403."""
    require_round_runner(request.user)
    return question_for(request, slug, year, number)


def own_draft(user, question: Question) -> ReplyDraft | None:
    """The reply of the user's own department, an officer's or head's."""
    mine = (d for d in question.drafts.all() if user.department_id and d.department_id == user.department_id)
    draft = next(mine, None)
    if draft:
        draft.question = question
    return draft


def proposed_answer(question: Question, drafts: list[ReplyDraft]) -> Consolidation:
    """The consolidated answer as it is stored, or one made of what there is to begin with: the published reply, or the
    leading department's words with those of the others below."""
    made = getattr(question, "consolidation", None)
    if made:
        return made
    published = Reply.objects.current().filter(question=question).first()
    if published and not drafts:
        return Consolidation(version=0, stance=published.stance, summary=published.summary, reason=published.reason)
    given = [draft for draft in drafts if draft.is_handed_in]
    if len(given) == 1:
        return Consolidation(version=0, stance=given[0].stance, summary=given[0].summary, reason=given[0].reason)
    return Consolidation(
        version=0,
        stance=given[0].stance if given else "",
        summary="\n".join(f"{draft.department.name}: {draft.summary}" for draft in given),
        reason="\n".join(draft.reason for draft in given if draft.reason),
    )


def question_page(request, question: Question, *, status=200, invalid_return=None, **context):
    """The page of one question for whoever may see it, each with the forms that are theirs to use now.

    *invalid_return* is the id of a draft with the request to complete it that could not be sent.
    """
    user = request.user
    runs = can_run_rounds(user)
    row, draft = row_of(question), own_draft(user, question)
    for each in row.drafts:
        each.question = question
    page = {
        "plan": question.deliberation.plan,
        "deliberation": question.deliberation,
        "question": question,
        "row": row,
        "runs": runs,
        "draft": draft,
        "others": [
            (each, sees_draft(user, each), _return_form(each, invalid_return) if runs else None)
            for each in row.drafts
            if each != draft
        ],
        "commitments": _commitments_for(user, question, row.drafts),
        "published": list(
            Reply.objects.current().filter(question=question).select_related("department", "publication")
        ),
        "comments": question_thread(user, question),
        "comment_form": QuestionCommentForm(),
        "history": question_history(user, question, row.drafts),
        **question_in_context(question),
    }
    if draft:
        page |= _writing_part(user, question, draft)
    if runs:
        page |= _keeping_part(question, row.drafts)
    return render(request, "stakeholders/question.html", page | context, status=status)


def _return_form(draft: ReplyDraft, invalid: tuple[int, ReturnForm] | None) -> ReturnForm | None:
    """The form by which the coordinator asks for more, for a reply that was handed in."""
    if not draft.is_handed_in:
        return None
    if invalid and invalid[0] == draft.pk:
        return invalid[1]
    return ReturnForm(initial={"version": draft.version}, auto_id=f"id_return_{draft.pk}_%s")


def _commitments_for(user, question: Question, drafts: list[ReplyDraft]) -> list[Commitment]:
    """Promises shown with the drafts that made them, and all that are public."""
    seen = {draft.department_id for draft in drafts if sees_draft(user, draft)}
    found = question.commitments.select_related("department", "task__target__goal__area", "indicator__area")
    return [promise for promise in found if promise.promised_in_id or promise.department_id in seen]


def _writing_part(user, question: Question, draft: ReplyDraft) -> dict:
    """What the own department's people see: the form while it can be written, else why not."""
    lock = draft_lock(draft)
    page = {"lock": lock}
    if writes_draft(user, draft) and not lock:
        page["reply_form"] = AnswerForm(answer=draft, version=draft.version)
        page["promise_form"] = CommitmentForm(
            commitment=Commitment(question=question, department=draft.department, task=question.task, version=0)
        )
    return page


def _keeping_part(question: Question, drafts: list[ReplyDraft]) -> dict:
    """What those who run the forum see: the answer to be made, and why it cannot be made yet."""
    lock = consolidation_lock(question)
    page = {"change_lock": question_lock(question), "consolidation_lock": lock}
    if not lock:
        answer = proposed_answer(question, drafts)
        page |= {
            "answer": answer,
            "answer_form": AnswerForm(answer=answer, version=answer.version, prefix="answer"),
            "missing": [draft.department for draft in drafts if not draft.is_handed_in],
        }
    return page
