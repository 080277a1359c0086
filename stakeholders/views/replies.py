"""Work on replies: a department's own, what the coordinator asks for or makes of them, and their publication."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from commons.acts import NotAllowedNow
from stakeholders import services
from stakeholders.forms.replies import AnswerForm, PublishRepliesForm, ReturnForm
from stakeholders.permissions import consolidation_lock, replies_publication_lock, require_draft_writer
from stakeholders.services import StaleForm
from stakeholders.views.panels import (
    forum_for_keeper,
    own_draft,
    proposed_answer,
    question_for,
    question_for_keeper,
    question_page,
)


@login_required
@require_POST
def reply(request, slug, year, number):
    """Save the own department's reply, or hand it in."""
    question = question_for(request, slug, year, number)
    draft = own_draft(request.user, question)
    if draft is None:
        raise PermissionDenied
    require_draft_writer(request.user, draft)
    submitting = request.POST.get("action") == "submit"
    form = AnswerForm(request.POST, answer=draft, version=draft.version, is_final=submitting)
    if not form.is_valid():
        return question_page(request, question, status=422, reply_form=form)
    draft.version = form.cleaned_data["version"]
    act = services.submit_reply if submitting else services.save_reply
    try:
        act(actor=request.user, draft=draft, new=form.new_values)
    except StaleForm as stale:
        form.rebase(stale.current.version)
        return _stale(request, slug, year, number, stale.current, reply_form=form)
    except NotAllowedNow as refusal:
        question = question_for(request, slug, year, number)
        return question_page(request, question, status=409, refusal=str(refusal), refused_form=form)
    if submitting:
        messages.success(request, _("답변을 제출했습니다. 총괄 담당자가 검토합니다."))
        return redirect("indicators:work", slug)
    messages.success(request, _("답변을 저장했습니다. 아직 제출하지 않았습니다."))
    return redirect(question)


def _stale(request, slug, year, number, current, **forms):
    """The page with both contents: what a colleague saved, and what was typed."""
    (form,) = forms.values()
    question = question_for(request, slug, year, number)
    return question_page(request, question, status=409, stale=current, comparison=form.compare_with(current), **forms)


@login_required
@require_POST
def reply_return(request, slug, year, number, department_slug):
    """Ask a department to complete a reply that does not answer."""
    question = question_for_keeper(request, slug, year, number)
    draft = next((each for each in question.drafts.all() if each.department.slug == department_slug), None)
    if draft is None:
        raise Http404
    draft.question = question
    form = ReturnForm(request.POST, auto_id=f"id_return_{draft.pk}_%s")
    if not form.is_valid():
        return question_page(request, question, status=422, invalid_return=(draft.pk, form))
    draft.version = form.cleaned_data["version"]
    try:
        services.return_reply(actor=request.user, draft=draft, comment=form.cleaned_data["comment"])
    except StaleForm:
        refusal = _("그 사이 부서가 답변을 고쳤습니다. 지금 내용을 확인하고 다시 결정해 주십시오.")
        question = question_for(request, slug, year, number)
        return question_page(request, question, status=409, refusal=refusal)
    except NotAllowedNow as refusal:
        return question_page(request, question, status=409, refusal=str(refusal))
    messages.success(request, _("%(department)s에 보완을 요청했습니다.") % {"department": draft.department})
    return redirect(question)


@login_required
@require_POST
def consolidate(request, slug, year, number):
    """Store the one answer made of the departments' replies, ready for publication or not yet."""
    question = question_for_keeper(request, slug, year, number)
    if lock := consolidation_lock(question):
        return question_page(request, question, status=409, refusal=str(lock))
    is_ready = request.POST.get("action") == "ready"
    answer = proposed_answer(question, list(question.drafts.all()))
    form = AnswerForm(request.POST, answer=answer, version=answer.version, is_final=is_ready, prefix="answer")
    if not form.is_valid():
        return question_page(request, question, status=422, answer_form=form)
    try:
        services.consolidate_replies(
            actor=request.user,
            question=question,
            new=form.new_values,
            version=form.cleaned_data["version"],
            is_ready=is_ready,
        )
    except StaleForm as stale:
        form.rebase(stale.current.version)
        return _stale(request, slug, year, number, stale.current, answer_form=form)
    except NotAllowedNow as refusal:
        return question_page(request, question, status=409, refusal=str(refusal), answer_form=form)
    if is_ready:
        messages.success(request, _("종합 답변을 공개 준비로 저장했습니다. ‘답변 공개’에서 공개합니다."))
    else:
        messages.success(request, _("종합 답변을 저장했습니다. 아직 공개 준비가 아닙니다."))
    return redirect(question)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def replies_publish(request, slug, year):
    """Publish the ready answers of a forum as a new edition, after showing what everybody will see."""
    forum = forum_for_keeper(request, slug, year)
    if lock := replies_publication_lock(forum):
        messages.error(request, str(lock))
        return redirect(forum)
    preview = services.preview_replies(forum)
    typed = request.POST if request.method == "POST" else None
    form = PublishRepliesForm(typed, is_later=preview.previous is not None, seen=preview.sha256)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            edition = services.publish_replies(
                actor=request.user,
                deliberation=forum,
                reason=form.cleaned_data.get("reason", ""),
                seen_sha256=form.cleaned_data["seen"],
            )
        except NotAllowedNow as refusal:
            messages.error(request, str(refusal))
            return redirect("stakeholders:replies_publish", slug, year)
        messages.success(request, _("%(edition)s을 공개했습니다. 이제 누구나 볼 수 있습니다.") % {"edition": edition})
        return redirect(forum)
    if request.method == "POST":
        status = 422
    context = {"plan": forum.plan, "deliberation": forum, "preview": preview, "form": form}
    return render(request, "stakeholders/replies_publish.html", context, status=status)
