"""Deciding on results: the coordinator's queue, the department head's, correction after publication, comments."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can_oversee, require_round_runner
from commons.acts import NotAllowedNow
from commons.forms import CommentForm
from indicators.acts import StaleResult
from indicators.choices import RoundState
from indicators.collecting import services
from indicators.collecting.forms.results import CorrectionForm
from indicators.collecting.forms.reviews import ApproveManyForm, ReviewForm
from indicators.collecting.selectors.history import result_history
from indicators.collecting.selectors.review import (
    next_in_queue,
    queue_of,
    queue_rows,
    waiting_for_coordinator,
    waiting_for_head,
)
from indicators.collecting.views.panels import address_of, decision_context, thread_context
from indicators.collecting.views.rounds import round_of
from indicators.collecting.views.work import entry_page, planned_target, result_context
from indicators.figures import services as figures_services
from indicators.models import Result
from indicators.permissions import correction_lock, get_result_for, require_head, require_result_reader, review_lock
from plans.models import Plan
from plans.stamps import shared_reads


def _queue_page(request, reporting_round, *, department=None, selected=None, status=200, **context):
    """Queue and selected result side by side; *department* is that of a head, None for the coordinator.

    Without a *selected* result the first of the queue is shown, where the screen is wide enough for both.
    """
    plan = reporting_round.plan
    decided_here = waiting_for_head(plan) if department else waiting_for_coordinator(plan)
    elsewhere = waiting_for_coordinator(plan) if department else waiting_for_head(plan)
    wanted = queue_of(reporting_round, [*decided_here, *elsewhere], department)
    if selected is not None:
        wanted = reporting_round.results.filter(Q(pk__in=wanted.values("pk")) | Q(pk=selected.pk))
        wanted = wanted.order_by("submitted_at", "pk")
    rows = queue_rows(reporting_round, wanted)
    queue = [row for row in rows if row.state in decided_here]
    shown = next((row for row in rows if selected is not None and row.result.pk == selected.pk), None)
    shown = shown or next(iter(queue), None)
    common = {
        "plan": plan,
        "round": reporting_round,
        "department": department,
        "queue": queue,
        "elsewhere": [row for row in rows if row.state in elsewhere],
        "row": shown,
        "is_chosen": selected is not None,
        "by_head": department is not None,
        "queue_address": "indicators:endorse_queue" if department else "indicators:review_queue",
        "result_address": "indicators:endorse" if department else "indicators:review",
        "lock": review_lock(reporting_round),
    }
    if shown:
        # The form of a refused decision comes in through *context* and stands before the blank one.
        common |= thread_context(request.user, shown.result)
        common |= decision_context(request.user, shown.result, context.pop("review_form", None))
        common["history"] = result_history(request.user, shown.result)
    return render(request, "indicators/round_review.html", common | context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@shared_reads
def review_queue(request, slug, year):
    """What waits for the coordinator; POST approves all that were ticked."""
    require_round_runner(request.user)
    reporting_round = round_of(slug, year)
    if request.method != "POST":
        return _queue_page(request, reporting_round)
    form = ApproveManyForm(request.POST)
    if not form.is_valid():
        return _queue_page(request, reporting_round, many_form=form, status=422)
    approved, left = services.approve_results(
        actor=request.user, reporting_round=reporting_round, versions=form.cleaned_data["chosen"]
    )
    if approved:
        messages.success(request, _("%(count)d건을 승인했습니다.") % {"count": len(approved)})
    if left:
        names = ", ".join(f"‘{result.indicator.title}’" for result in left)
        sentence = _("그 사이 바뀌었거나 아직 승인할 수 없어 그대로 둔 실적 %(count)d건: %(names)s")
        messages.error(request, sentence % {"count": len(left), "names": names})
    return redirect("indicators:review_queue", slug, year)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@shared_reads
def review_result(request, slug, year, area_number, code):
    """One result of the queue: approve it, or return it with a comment. The next one opens by itself."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_round_runner(request.user)
    return _decide(request, result)


@login_required
@require_safe
def endorse_home(request, slug):
    """Lead a department head to the newest round in which there is something to confirm."""
    plan = get_object_or_404(Plan, slug=slug)
    if not request.user.is_head:
        raise Http404
    rounds = plan.rounds.exclude(state=RoundState.PLANNED).order_by("-year")
    newest = rounds.exclude(state=RoundState.PUBLISHED).first() or rounds.first()
    if newest is None:
        return render(request, "indicators/round_review.html", {"plan": plan, "by_head": True})
    return redirect("indicators:endorse_queue", slug, newest.year)


@login_required
@require_safe
@shared_reads
def endorse_queue(request, slug, year):
    """What waits for the consent of the department head."""
    if not request.user.is_head:
        if can_oversee(request.user):
            raise PermissionDenied
        raise Http404
    return _queue_page(request, round_of(slug, year), department=request.user.department)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@shared_reads
def endorse_result(request, slug, year, area_number, code):
    """One result of the own department: confirm it, or return it with a comment."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_head(request.user, result)
    return _decide(request, result, department=request.user.department)


def _decide(request, result, department=None):
    """Show one result for decision, or carry out the decision and go on to the next one."""
    if result.pk is None:
        raise Http404
    page = {"department": department, "selected": result}
    if request.method != "POST":
        return _queue_page(request, result.round, **page)
    form = ReviewForm(request.POST, by_head=department is not None)
    if not form.is_valid():
        return _queue_page(request, result.round, review_form=form, status=422, **page)
    result.version = form.cleaned_data["version"]
    try:
        done = _carry_out(request.user, result, form)
    except StaleResult as stale:
        form.rebase(stale.current.version)
        refusal = _("그 사이 실적이 바뀌었습니다. 지금 내용을 확인하고 다시 결정해 주십시오.")
    except NotAllowedNow as error:
        refusal = str(error)
    else:
        return _go_on(request, result, department, done % {"title": result.indicator.title})
    return _queue_page(request, result.round, review_form=form, refusal=refusal, status=409, **page)


def _carry_out(user, result: Result, form: ReviewForm) -> str:
    """Do what was decided; return the sentence that says so, with a place for the title."""
    decision, comment = form.cleaned_data["decision"], form.cleaned_data["comment"]
    if decision == ReviewForm.RETURN:
        services.return_result(actor=user, result=result, comment=comment)
        return _("‘%(title)s’ 실적을 반려했습니다. 담당 부서의 내 업무에 의견이 보입니다.")
    if decision == ReviewForm.ENDORSE:
        services.endorse_result(actor=user, result=result, comment=comment)
        return _("‘%(title)s’ 실적을 확인했습니다. 총괄 담당자가 검토합니다.")
    services.approve_result(actor=user, result=result, comment=comment)
    return _("‘%(title)s’ 실적을 승인했습니다.")


def _go_on(request, result: Result, department, done: str):
    """To the next result of the queue, or to the empty queue, with a word on what was done."""
    plan = result.round.plan
    states = waiting_for_head(plan) if department else waiting_for_coordinator(plan)
    following = next_in_queue(queue_of(result.round, states, department), result)
    name = "endorse" if department else "review"
    if following is None:
        messages.success(request, f"{done} {_('기다리는 실적이 더 없습니다.')}")
        return redirect(f"indicators:{name}_queue", plan.slug, result.round.year)
    messages.success(request, f"{done} {_('다음 실적을 열었습니다.')}")
    return redirect(address_of(name, following))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct_result(request, slug, year, area_number, code):
    """Correct a result of a published round, after showing what the next edition would show otherwise."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_round_runner(request.user)
    lock = correction_lock(result.round)
    if lock:
        return entry_page(request, plan, result, refusal=str(lock), status=409)
    typed = request.POST if request.method == "POST" else None
    form = CorrectionForm(typed, result=result, target=planned_target(result), must_be_given=True)
    if request.method != "POST":
        return _correction_page(request, result, form)
    if not form.is_valid():
        return _correction_page(request, result, form, status=422)
    return _correct(request, result, form)


def _correction_page(request, result, form, status=200, **context):
    context = result_context(request, result.round.plan, result, form) | {"correcting": True} | context
    return render(request, "indicators/result.html", context, status=status)


def _correct(request, result, form):
    """Show what the correction would change in public; store it once just that was seen."""
    opened_on, new = form.cleaned_data["version"], form.new_values
    try:
        if opened_on != result.version:
            raise StaleResult(result)
        preview = figures_services.preview_correction(result, new)
        if request.POST.get("seen") != preview.sha256:
            return _correction_page(request, result, form, preview=preview)
        corrected = services.correct_result(
            actor=request.user, result=result, new=new, comment=form.cleaned_data["comment"]
        )
    except StaleResult as stale:
        form.rebase(stale.current.version)
        return _correction_page(request, stale.current, form, stale=stale.current, status=409)
    except NotAllowedNow as refusal:
        return _correction_page(request, result, form, refusal=str(refusal), status=409)
    if corrected.version == opened_on:
        messages.info(request, _("바뀐 내용이 없어 저장하지 않았습니다."))
    else:
        messages.success(request, _("정정할 값을 저장했습니다. 정정 공표하면 공개 화면이 바뀝니다."))
    return redirect(result.round)


@login_required
@require_POST
def comment_result(request, slug, year, area_number, code):
    """Add a remark to the thread of a result."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_result_reader(request.user, result)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return entry_page(request, plan, result, comment_form=form, status=422)
    try:
        services.add_comment(actor=request.user, result=result, text=form.cleaned_data["text"])
    except NotAllowedNow as refusal:
        return entry_page(request, plan, result, refusal=str(refusal), status=409)
    messages.success(request, _("의견을 남겼습니다."))
    return redirect(f"{result.get_absolute_url()}#comments")
