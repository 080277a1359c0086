"""Pages of the coordinator: rounds, review, publication and correction. The committee reads them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.models import Plan

from .. import services
from ..choices import ResultState, RoundState
from ..forms.results import CorrectionForm, ReviewForm
from ..forms.rounds import ExtensionForm, PublishForm, RoundForm
from ..models import Indicator, ReportingRound
from ..permissions import can_oversee, can_run_rounds, get_result_for, require_round_runner
from ..selectors.work import round_progress, rounds_of
from ..services import NotAllowedNow, StaleResult
from ..wording import value_in_words
from .work import planned_target, result_context


def _plan_for_overseer(request, slug) -> Plan:
    """The plan, for those who see all departments; everybody else learns nothing."""
    plan = get_object_or_404(Plan, slug=slug)
    if not can_oversee(request.user):
        raise Http404
    return plan


def _round_for_runner(request, slug, year) -> ReportingRound:
    require_round_runner(request.user)
    return get_object_or_404(ReportingRound.objects.select_related("plan"), plan__slug=slug, year=year)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def round_list(request, slug):
    """All rounds of the plan, and the form that plans a new one."""
    plan = _plan_for_overseer(request, slug)
    form = RoundForm(plan=plan) if can_run_rounds(request.user) else None
    status = 200
    if request.method == "POST":
        require_round_runner(request.user)
        form = RoundForm(request.POST, plan=plan)
        if form.is_valid():
            planned = services.plan_round(actor=request.user, reporting_round=form.instance)
            messages.success(
                request, _("%(round)s을 계획했습니다. 시작하면 부서가 입력할 수 있습니다.") % {"round": planned}
            )
            return redirect(planned)
        status = 422
    context = {"plan": plan, "rounds": rounds_of(plan), "form": form}
    return render(request, "indicators/round_list.html", context, status=status)


def _board(request, reporting_round, *, status=200, **forms):
    plan = reporting_round.plan
    results = reporting_round.results.select_related("indicator__area__plan", "round", "updated_by").prefetch_related(
        "indicator__tasks__department"
    )
    progress = round_progress(reporting_round)
    runs = can_run_rounds(request.user)
    is_correction = reporting_round.state == RoundState.PUBLISHED
    context = {
        "plan": plan,
        "round": reporting_round,
        "state": RoundState(reporting_round.state),
        "runs": runs,
        "progress": progress,
        "queue": [_queued(r) for r in results if r.state == ResultState.SUBMITTED],
        "approved": [_queued(r) for r in results if r.state == ResultState.APPROVED],
        "extensions": reporting_round.extensions.select_related("department"),
        "publications": reporting_round.publications.order_by("-edition"),
        "is_correction": is_correction,
        "can_correct": is_correction and runs,
        "total_indicators": Indicator.objects.of_plan(plan).count(),
        "extension_form": ExtensionForm(reporting_round=reporting_round),
        "publish_form": PublishForm(is_correction=is_correction),
    }
    return render(request, "indicators/round_board.html", context | forms, status=status)


def _queued(result):
    departments = dict.fromkeys(task.department.name for task in result.indicator.tasks.all())
    return result, value_in_words(result.reading, result.indicator), list(departments)


@login_required
@require_safe
def round_board(request, slug, year):
    """How far each department is, what waits for review, and what can be done with the round."""
    plan = _plan_for_overseer(request, slug)
    return _board(request, get_object_or_404(ReportingRound.objects.select_related("plan"), plan=plan, year=year))


def _act(request, reporting_round, act, done, **arguments):
    """Carry out *act* on a round, say how it went, and return to its board."""
    try:
        act(actor=request.user, reporting_round=reporting_round, **arguments)
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(reporting_round)


@login_required
@require_POST
def open_round(request, slug, year):
    reporting_round = _round_for_runner(request, slug, year)
    done = _("%(round)s을 시작했습니다. 이제 부서가 입력할 수 있습니다.") % {"round": reporting_round}
    return _act(request, reporting_round, services.open_round, done)


@login_required
@require_POST
def close_round(request, slug, year):
    reporting_round = _round_for_runner(request, slug, year)
    done = _("%(round)s을 마감했습니다. 승인한 실적을 공표할 수 있습니다.") % {"round": reporting_round}
    return _act(request, reporting_round, services.close_round, done)


@login_required
@require_POST
def extend_round(request, slug, year):
    reporting_round = _round_for_runner(request, slug, year)
    form = ExtensionForm(request.POST, reporting_round=reporting_round)
    if not form.is_valid():
        return _board(request, reporting_round, extension_form=form, status=422)
    done = _("%(department)s의 기한을 연장했습니다.") % {"department": form.cleaned_data["department"]}
    return _act(request, reporting_round, services.extend_round, done, **form.cleaned_data)


@login_required
@require_POST
def publish_round(request, slug, year):
    reporting_round = _round_for_runner(request, slug, year)
    is_correction = reporting_round.state == RoundState.PUBLISHED
    form = PublishForm(request.POST, is_correction=is_correction)
    if not form.is_valid():
        return _board(request, reporting_round, publish_form=form, status=422)
    done = _("%(round)s 실적을 공표했습니다. 이제 누구나 볼 수 있습니다.") % {"round": reporting_round}
    return _act(request, reporting_round, services.publish_round, done, **form.cleaned_data)


@login_required
@require_POST
def review_result(request, slug, year, area_number, code):
    """Approve a submitted result or return it with a comment."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_round_runner(request.user)
    form = ReviewForm(request.POST)
    refusal = ""
    if form.is_valid():
        result.version = form.cleaned_data["version"]
        try:
            if form.cleaned_data["decision"] == ReviewForm.APPROVE:
                services.approve_result(actor=request.user, result=result)
                done = _("‘%(title)s’ 실적을 승인했습니다.")
            else:
                services.return_result(actor=request.user, result=result, comment=form.cleaned_data["comment"])
                done = _("‘%(title)s’ 실적을 반려했습니다. 담당 부서의 내 업무에 의견이 보입니다.")
            messages.success(request, done % {"title": result.indicator.title})
            return redirect(result.round)
        except StaleResult as stale:
            result = stale.current
            form.rebase(result.version)
            refusal = _("그 사이 실적이 바뀌었습니다. 지금 내용을 확인하고 다시 결정해 주십시오.")
        except NotAllowedNow as error:
            result = get_result_for(request.user, plan, year, area_number, code)
            refusal = str(error)
    context = result_context(request, plan, result, None) | {"review_form": form, "refusal": refusal}
    return render(request, "indicators/result.html", context, status=409 if refusal else 422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct_result(request, slug, year, area_number, code):
    """Correct a result of a published round; the public sees it with the next edition."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_round_runner(request.user)
    form = CorrectionForm(request.POST or None, result=result, target=planned_target(result), must_be_given=True)
    context, status = {}, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            result.version = form.cleaned_data["version"]
            try:
                services.correct_result(
                    actor=request.user, result=result, new=form.new_values, comment=form.cleaned_data["comment"]
                )
            except StaleResult as stale:
                result, status = stale.current, 409
                form.rebase(result.version)
                context["stale"] = result
            except NotAllowedNow as error:
                context["refusal"], status = str(error), 409
            else:
                messages.success(request, _("정정할 값을 저장했습니다. 정정 공표하면 공개 화면이 바뀝니다."))
                return redirect(result.round)
    context = result_context(request, plan, result, form) | {"correcting": True} | context
    return render(request, "indicators/result.html", context, status=status)
