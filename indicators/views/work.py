"""Pages of the department officer: what is due, and the entry of one result."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import ActivityEntry
from plans.models import Plan
from sdgplan.lib.values import Value

from ..choices import ResultState, RoundState
from ..forms.results import ResultForm, ReviewForm
from ..models import Milestone
from ..permissions import (
    can_run_rounds,
    get_result_for,
    owns_indicator,
    require_result_writer,
    result_lock,
    round_lock,
    sees_value,
)
from ..selectors.figures import FigureBoard, series_of
from ..selectors.work import work_items
from ..services import NotAllowedNow, StaleResult, save_result, submit_result
from ..wording import value_in_words


@login_required
@require_safe
def my_work(request, slug):
    """내 업무: what is returned, to be entered, and handed in, for the officer's own department."""
    plan = get_object_or_404(Plan, slug=slug)
    if not request.user.is_officer:
        raise Http404
    rounds = list(plan.rounds.exclude(state__in=[RoundState.PLANNED, RoundState.PUBLISHED]).order_by("due_on"))
    department = request.user.department
    locks = {r.pk: round_lock(r, department) for r in rounds}
    items = work_items(department, plan, rounds)
    context = {
        "plan": plan,
        "rounds": [(r, locks[r.pk]) for r in rounds],
        "planned": plan.rounds.filter(state=RoundState.PLANNED),
        "returned": [item for item in items if item.state == ResultState.RETURNED],
        "due": [item for item in items if item.state in (None, ResultState.DRAFT)],
        "handed_in": [item for item in items if item.state in ResultState.handed_in()],
    }
    return render(request, "indicators/my_work.html", context)


def result_context(request, plan, result, form):
    """What the entry page and the review of it show beside the form."""
    indicator = result.indicator
    board = FigureBoard(plan)
    series = series_of([indicator], board.publications)[indicator.pk]
    target = next((row.target for row in series.rows if row.year == result.round.year), "")
    visible = sees_value(request.user, result)
    return {
        "plan": plan,
        "result": result,
        "state": ResultState(result.state) if result.version else None,
        "round": result.round,
        "indicator": indicator,
        "area": indicator.area,
        "board": board,
        "series": series,
        "target": target,
        "visible": visible,
        "actual": value_in_words(result.reading, indicator),
        "form": form,
        "history": ActivityEntry.objects.about(result) if visible and result.pk else [],
    }


def planned_target(result) -> Value:
    milestone = Milestone.objects.filter(indicator=result.indicator, year=result.round.year).first()
    return milestone.reading if milestone else Value()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def result(request, slug, year, area_number, code):
    """Enter one result: save it as a draft or submit it. Those who may only read see it without a form."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    target = planned_target(result)
    if request.method == "POST":
        return _write(request, plan, result, target)
    writer = owns_indicator(request.user, result.indicator)
    lock = result_lock(request.user, result) if writer else None
    form = ResultForm(result=result, target=target) if writer and not lock else None
    context = result_context(request, plan, result, form) | {"lock": lock}
    if can_run_rounds(request.user) and result.state in ResultState.handed_in():
        context["review_form"] = ReviewForm(initial={"version": result.version})
    return render(request, "indicators/result.html", context)


def _write(request, plan, result, target):
    require_result_writer(request.user, result)
    submitting = request.POST.get("action") == "submit"
    form = ResultForm(request.POST, result=result, target=target, must_be_given=submitting)
    if not form.is_valid():
        return render(request, "indicators/result.html", result_context(request, plan, result, form), status=422)
    opened_on = form.cleaned_data["version"]
    stored_version, result.version = result.version, opened_on
    act = submit_result if submitting else save_result
    try:
        act(actor=request.user, result=result, new=form.new_values)
    except StaleResult as stale:
        form.rebase(stale.current.version)
        context = result_context(request, plan, stale.current, form) | {"stale": stale.current}
        return render(request, "indicators/result.html", context, status=409)
    except NotAllowedNow as refusal:
        result.version = stored_version
        context = result_context(request, plan, result, form) | {"refusal": str(refusal)}
        return render(request, "indicators/result.html", context, status=409)
    if submitting:
        messages.success(request, _("‘%(title)s’ 실적을 제출했습니다. 총괄 담당자가 검토합니다.") % _titled(result))
        return redirect("indicators:work", plan.slug)
    messages.success(request, _("‘%(title)s’ 실적을 저장했습니다. 아직 제출하지 않았습니다.") % _titled(result))
    return redirect(result)


def _titled(result):
    return {"title": result.indicator.title}
