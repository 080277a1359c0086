"""Pages of the department officer: the entry of one result."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from commons.acts import NotAllowedNow, NotTaken
from commons.evidence_forms import EvidenceForm
from commons.values import Value
from indicators.acts import StaleResult
from indicators.choices import ResultState
from indicators.collecting.forms.results import ResultForm
from indicators.collecting.selectors.entry import targets_of
from indicators.collecting.selectors.history import result_history
from indicators.collecting.services.results import save_result, submit_result
from indicators.collecting.views.panels import decision_context, thread_context
from indicators.figures.selectors.shared import board_of, series_of_indicator
from indicators.permissions import (
    get_result_for,
    owns_indicator,
    require_result_writer,
    result_lock,
    sees_value,
)
from indicators.wording import doubts_in_words, parts_by_dimension, value_in_words
from plans.models import Plan
from plans.stamps import shared_reads


def result_context(request, plan, result, form):
    """What the entry page and the review of it show beside the form."""
    indicator = result.indicator
    board, series = board_of(plan), series_of_indicator(plan, indicator)
    target = next((row.target for row in series.rows if row.year == result.round.year), "")
    visible = sees_value(request.user, result)
    stored = visible and result.pk
    parts = {part.group: part.value for part in result.breakdowns.all()} if stored else {}
    return {
        "plan": plan,
        "result": result,
        "state": ResultState(result.state) if result.version else None,
        "round": result.round,
        "due_on": result.round.due_for(request.user.department_id),
        "indicator": indicator,
        "area": indicator.area,
        "board": board,
        "series": series,
        "target": target,
        "visible": visible,
        "actual": value_in_words(result.reading, indicator),
        "parts": parts_by_dimension(parts, indicator.decimals),
        "doubts": doubts_in_words(result.doubts),
        "form": form,
        # A form that was opened on an older save stands beside the newer one.
        "comparison": form.compare_with(result) if form and form.result is not result else [],
        "evidence": result.evidence.select_related("uploaded_by") if stored else [],
        "history": result_history(request.user, result) if stored else [],
    }


def planned_target(result) -> Value:
    return targets_of(result.round, [result.indicator]).get(result.indicator.pk, Value())


def entry_page(request, plan, result, *, form=None, status=200, **context):
    """The page of one result for whoever may see it: with the form and the upload only while it can be written."""
    writer = owns_indicator(request.user, result.indicator)
    lock = result_lock(request.user, result) if writer else None
    if writer and not lock:
        form = form or ResultForm(result=result, target=planned_target(result))
        context.setdefault("evidence_form", EvidenceForm())
    context = result_context(request, plan, result, form) | {"lock": lock, "can_write": writer and not lock} | context
    context = decision_context(request.user, result) | thread_context(request.user, result) | context
    return render(request, "indicators/result.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@shared_reads
def result(request, slug, year, area_number, code):
    """Enter one result: save it as a draft or submit it. Those who may only read see it without a form."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    if request.method == "POST":
        return _write(request, plan, result)
    return entry_page(request, plan, result)


def _write(request, plan, result):
    require_result_writer(request.user, result)
    submitting = request.POST.get("action") == "submit"
    form = ResultForm(request.POST, result=result, target=planned_target(result), must_be_given=submitting)
    if not form.is_valid():
        return entry_page(request, plan, result, form=form, status=422)
    opened_on = form.cleaned_data["version"]
    stored_version, result.version = result.version, opened_on
    act = submit_result if submitting else save_result
    try:
        act(actor=request.user, result=result, new=form.new_values)
    except StaleResult as stale:
        form.rebase(stale.current.version)
        return entry_page(request, plan, stale.current, form=form, status=409, stale=stale.current)
    except NotTaken as refusal:
        form.show_faults(refusal.faults)
        result.version = stored_version
        return entry_page(request, plan, result, form=form, status=422)
    except NotAllowedNow as refusal:
        result.version = stored_version
        return entry_page(request, plan, result, form=form, status=409, refusal=str(refusal), lock=None)
    if form.understood:
        messages.info(request, form.understood)
    if submitting:
        messages.success(request, _("‘%(title)s’ 실적을 제출했습니다. 총괄 담당자가 검토합니다.") % _titled(result))
        return redirect("indicators:work", plan.slug)
    messages.success(request, _("‘%(title)s’ 실적을 저장했습니다. 아직 제출하지 않았습니다.") % _titled(result))
    return redirect(result)


def _titled(result):
    return {"title": result.indicator.title}
