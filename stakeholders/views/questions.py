"""Work pages of questions: making one of points, sending it, and the thread beside it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from commons.acts import NotAllowedNow
from stakeholders import services
from stakeholders.forms.questions import QuestionCommentForm, QuestionForm, SendForm
from stakeholders.models import Question
from stakeholders.permissions import question_lock
from stakeholders.selectors.work import points_to_ask_about, question_in_context
from stakeholders.services import StaleForm, points_in_words, points_of, token_of
from stakeholders.views.panels import forum_for_keeper, question_for, question_for_keeper, question_page


@login_required
@require_safe
def question(request, slug, year, number):
    """One question with its points, the departments' replies and what is to be done next."""
    return question_page(request, question_for(request, slug, year, number))


def _seen(question: Question) -> str:
    return token_of(question, points_in_words(points_of(question)))


def _form_page(request, question, *, form=None, status=200, **context):
    forum = question.deliberation
    chosen = points_of(question)
    form = form or QuestionForm(question=question, chosen=chosen, initial={"seen": _seen(question)})
    only_open = "all" not in request.GET
    points = [
        point
        for point in points_to_ask_about(forum)
        if not only_open or not point.questions.all() or str(point.pk) in form.ticked
    ]
    context |= {
        "plan": forum.plan,
        "deliberation": forum,
        "question": question,
        "form": form,
        "points": points,
        "only_open": only_open,
    }
    return render(request, "stakeholders/question_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_add(request, slug, year):
    """Join points into a new question."""
    forum = forum_for_keeper(request, slug, year)
    return _write(request, Question(deliberation=forum))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_edit(request, slug, year, number):
    """Change a question that was not sent yet."""
    question = question_for_keeper(request, slug, year, number)
    if lock := question_lock(question):
        messages.error(request, str(lock))
        return redirect(question)
    return _write(request, question)


def _write(request, question):
    if request.method != "POST":
        return _form_page(request, question)
    form = QuestionForm(request.POST, question=question)
    if not form.is_valid():
        return _form_page(request, question, form=form, status=422)
    chosen = form.cleaned_data
    try:
        saved = services.save_question(
            actor=request.user,
            question=question,
            new=form.new_values,
            opinions=list(chosen["opinions"]),
            seen=chosen["seen"],
        )
    except StaleForm as stale:
        form.rebase(_seen(stale.current))
        return _form_page(request, question, form=form, status=409, stale=stale.current)
    except NotAllowedNow as refusal:
        return _form_page(request, question, form=form, status=409, refusal=str(refusal))
    messages.success(
        request, _("질의 %(number)d번을 저장했습니다. 아직 부서에 보내지 않았습니다.") % {"number": saved.number}
    )
    return redirect(saved)


@login_required
@require_POST
def question_remove(request, slug, year, number):
    """Take out a question that was not sent yet."""
    question = question_for_keeper(request, slug, year, number)
    try:
        services.remove_question(actor=request.user, question=question)
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return redirect(question)
    messages.success(request, _("질의 %(number)d번을 지웠습니다. 의견은 그대로 있습니다.") % {"number": number})
    return redirect(question.deliberation)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_send(request, slug, year, number):
    """Send a question to its departments, after showing what will happen."""
    question = question_for_keeper(request, slug, year, number)
    if lock := question_lock(question):
        messages.error(request, str(lock))
        return redirect(question)
    form = SendForm(request.POST if request.method == "POST" else None, question=question)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            services.send_question(
                actor=request.user,
                question=question,
                lead=chosen["lead"],
                others=list(chosen["others"]),
                due_on=chosen["due_on"],
            )
        except NotAllowedNow as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("질의 %(number)d번을 부서에 보냈습니다.") % {"number": number})
        return redirect(question)
    context = {
        "plan": question.deliberation.plan,
        "deliberation": question.deliberation,
        "question": question,
        "form": form,
        **question_in_context(question),
    }
    return render(request, "stakeholders/question_send.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def question_comment(request, slug, year, number):
    """Add a remark to the thread of a question."""
    question = question_for(request, slug, year, number)
    form = QuestionCommentForm(request.POST)
    if not form.is_valid():
        return question_page(request, question, status=422, comment_form=form)
    services.add_question_comment(actor=request.user, question=question, text=form.cleaned_data["text"])
    messages.success(request, _("의견을 남겼습니다."))
    return redirect(f"{question.get_absolute_url()}#comments")
