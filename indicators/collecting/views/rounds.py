"""Pages of a reporting round: its board and each of its steps. The committee reads the board.

Every step has a page that shows what it will do (GET) and does it (POST).
"""

from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import ActivityEntry, Department
from accounts.permissions import can_oversee, can_run_rounds, require_overseer, require_round_runner
from commons.acts import NotAllowedNow
from commons.reminding import ReminderKind
from indicators.choices import ResultState, RoundState
from indicators.collecting import services
from indicators.collecting.forms.rounds import (
    ExtensionForm,
    PublishForm,
    RemindForm,
    RoundForm,
    RoundWindowForm,
    departments_of,
)
from indicators.collecting.selectors.review import waiting_for_coordinator, waiting_for_head
from indicators.collecting.selectors.work import department_results, round_progress, rounds_of, state_counts
from indicators.figures import services as figures_services
from indicators.figures.selectors.shared import listed_indicators, with_shared_indicators
from indicators.models import Indicator, ReportingRound
from indicators.permissions import (
    closing_lock,
    collection_lock,
    opening_lock,
    planning_lock,
    publication_lock,
    sees_value,
)
from indicators.wording import value_in_words
from plans.models import Plan
from plans.stamps import shared_reads


def _plan_for_overseer(request, slug) -> Plan:
    """The plan, for those who see all departments."""
    plan = get_object_or_404(Plan, slug=slug)
    require_overseer(request.user)
    return plan


def round_of(slug, year) -> ReportingRound:
    return get_object_or_404(ReportingRound.objects.select_related("plan"), plan__slug=slug, year=year)


def _round_for_runner(request, slug, year) -> ReportingRound:
    require_round_runner(request.user)
    return round_of(slug, year)


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
    context = {
        "plan": plan,
        "rounds": rounds_of(plan),
        "form": form,
        "total_indicators": Indicator.objects.of_plan(plan).count(),
    }
    return render(request, "indicators/round_list.html", context, status=status)


def _board(request, reporting_round, *, status=200, remind_form=None):
    plan = reporting_round.plan
    results = {r.indicator_id: r for r in with_shared_indicators(plan, reporting_round.results.order_by())}
    by_state = defaultdict(list)
    for pk, listed in listed_indicators(plan).items():  # in the plan's order
        if pk in results:
            by_state[results[pk].state].append(_listed(results[pk], listed.departments))
    waiting = [row for state in waiting_for_coordinator(plan) for row in by_state[state]]
    progress = round_progress(reporting_round)
    context = {
        "plan": plan,
        "round": reporting_round,
        "state": RoundState(reporting_round.state),
        "runs": can_run_rounds(request.user),
        "progress": progress,
        "late": [row for row in progress if row.is_late],
        "counts": state_counts(reporting_round),
        "queue": waiting,
        "with_heads": [row for state in waiting_for_head(plan) for row in by_state[state]],
        "approved": by_state[ResultState.APPROVED],
        "extensions": reporting_round.extensions.select_related("department"),
        "publications": reporting_round.publications.order_by("-edition"),
        "can_correct": reporting_round.state == RoundState.PUBLISHED and can_run_rounds(request.user),
        "collecting": collection_lock(reporting_round) is None,
        "changeable": planning_lock(reporting_round) is None,
        "history": ActivityEntry.objects.about(reporting_round).select_related("actor"),
        "remind_form": remind_form,
    }
    return render(request, "indicators/round_board.html", context, status=status)


def _listed(result, departments):
    return result, value_in_words(result.reading, result.indicator), departments


@login_required
@require_safe
@shared_reads
def round_board(request, slug, year):
    """How far each department is, what waits for review, and what can be done with the round."""
    plan = _plan_for_overseer(request, slug)
    return _board(request, get_object_or_404(ReportingRound.objects.select_related("plan"), plan=plan, year=year))


@login_required
@require_safe
def round_department(request, slug, year, department_slug):
    """The results of one department in a round, for those who oversee it and for its head."""
    reporting_round = round_of(slug, year)
    department = get_object_or_404(departments_of(reporting_round), slug=department_slug)
    if not (can_oversee(request.user) or (request.user.is_head and request.user.department_id == department.pk)):
        raise Http404
    rows = [
        (row, value_in_words(row.result.reading, row.indicator) if row.result else "", _shown(request, row))
        for row in department_results(reporting_round, department)
    ]
    context = {
        "plan": reporting_round.plan,
        "round": reporting_round,
        "department": department,
        "progress": next(r for r in round_progress(reporting_round) if r.department == department),
        "rows": rows,
        "runs": can_run_rounds(request.user),
    }
    return render(request, "indicators/round_department.html", context)


def _shown(request, row) -> bool:
    return row.result is not None and sees_value(request.user, row.result)


def _act(request, reporting_round, act, done, **arguments):
    """Carry out *act* on a round, say how it went, and return to its board."""
    try:
        act(actor=request.user, reporting_round=reporting_round, **arguments)
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(reporting_round)


def _refuse(request, reporting_round, lock):
    """Back to the board with the reason why a step cannot be taken now."""
    messages.error(request, str(lock))
    return redirect(reporting_round)


def _step(request, step, reporting_round, *, status=200, **context):
    """The page that shows what a step will do."""
    common = {"plan": reporting_round.plan, "round": reporting_round, "state": RoundState(reporting_round.state)}
    return render(request, f"indicators/round_{step}.html", common | context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_round(request, slug, year):
    """Change window, due day and instructions of a planned or open round."""
    reporting_round = _round_for_runner(request, slug, year)
    lock = planning_lock(reporting_round)
    if lock:
        return _refuse(request, reporting_round, lock)
    typed = request.POST if request.method == "POST" else None
    form = RoundWindowForm(typed, instance=round_of(slug, year))
    if request.method == "POST" and form.is_valid():
        done = _("%(round)s의 기간과 안내를 고쳤습니다.") % {"round": reporting_round}
        return _act(request, reporting_round, services.change_round, done, new=form.cleaned_data)
    extensions = reporting_round.extensions.select_related("department")
    status = 422 if request.method == "POST" else 200
    progress = round_progress(reporting_round)
    return _step(request, "change", reporting_round, form=form, progress=progress, extensions=extensions, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def open_round(request, slug, year):
    """Open a round, after showing how many are asked and who has nobody to enter."""
    reporting_round = _round_for_runner(request, slug, year)
    lock = opening_lock(reporting_round)
    if lock:
        return _refuse(request, reporting_round, lock)
    if request.method == "POST":
        done = _("%(round)s을 시작했습니다. 이제 부서가 입력할 수 있습니다.") % {"round": reporting_round}
        return _act(request, reporting_round, services.open_round, done)
    progress = round_progress(reporting_round)
    return _step(
        request,
        "open",
        reporting_round,
        progress=progress,
        counts=state_counts(reporting_round),
        without_officer=[row for row in progress if not row.officers],
        without_address=[row for row in progress if row.officers and not row.addresses],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_round(request, slug, year):
    """Close a round, after showing what is left and with whom."""
    reporting_round = _round_for_runner(request, slug, year)
    lock = closing_lock(reporting_round)
    if lock:
        return _refuse(request, reporting_round, lock)
    if request.method == "POST":
        done = _("%(round)s을 마감했습니다. 승인한 실적을 공표할 수 있습니다.") % {"round": reporting_round}
        return _act(request, reporting_round, services.close_round, done)
    today = timezone.localdate()
    progress = round_progress(reporting_round)
    longer = {department: until for department, until in reporting_round.extended_until.items() if until >= today}
    return _step(
        request,
        "close",
        reporting_round,
        counts=state_counts(reporting_round),
        today=today,
        unfinished=[(row, longer.get(row.department.pk)) for row in progress if row.left],
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def extend_round(request, slug, year):
    """Give one department more time, also in a closed round."""
    reporting_round = _round_for_runner(request, slug, year)
    lock = collection_lock(reporting_round)
    if lock:
        return _refuse(request, reporting_round, lock)
    progress = round_progress(reporting_round)
    chosen = next((r.department for r in progress if r.department.slug == request.GET.get("department")), None)
    typed = request.POST if request.method == "POST" else None
    form = ExtensionForm(typed, reporting_round=reporting_round, progress=progress, initial={"department": chosen})
    if request.method == "POST" and form.is_valid():
        words = {"department": form.cleaned_data["department"], "day": form.cleaned_data["until"]}
        done = _("%(department)s의 기한을 %(day)s까지 연장했습니다.") % words
        return _act(request, reporting_round, services.extend_round, done, **form.cleaned_data)
    extensions = reporting_round.extensions.select_related("department")
    status = 422 if request.method == "POST" else 200
    return _step(request, "extend", reporting_round, form=form, extensions=extensions, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish_round(request, slug, year):
    """Publish a round or a correction, after showing the figures as they will be."""
    reporting_round = _round_for_runner(request, slug, year)
    lock = publication_lock(reporting_round)
    if lock:
        return _refuse(request, reporting_round, lock)
    is_correction = reporting_round.state == RoundState.PUBLISHED
    if request.method == "POST":
        form = PublishForm(request.POST, is_correction=is_correction, seen="")
        if form.is_valid():
            return _publish(request, reporting_round, form.cleaned_data)
    preview = figures_services.preview_publication(reporting_round)
    if request.method != "POST":
        form = PublishForm(is_correction=is_correction, seen=preview.sha256)
    status = 422 if request.method == "POST" else 200
    return _step(
        request,
        "publish",
        reporting_round,
        preview=preview,
        unapproved=[row for row in state_counts(reporting_round) if row[1] and row[0] != ResultState.APPROVED],
        unfinished=[row for row in round_progress(reporting_round) if not row.is_done],
        form=form,
        is_correction=is_correction,
        status=status,
    )


def _publish(request, reporting_round, data):
    try:
        figures_services.publish_round(
            actor=request.user,
            reporting_round=reporting_round,
            reason=data.get("reason", ""),
            seen_sha256=data["seen"],
        )
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return redirect("indicators:round_publish", reporting_round.plan.slug, reporting_round.year)
    messages.success(
        request, _("%(round)s 실적을 공표했습니다. 이제 누구나 볼 수 있습니다.") % {"round": reporting_round}
    )
    return redirect(reporting_round)


@login_required
@require_POST
def remind(request, slug, year):
    """Write reminders to the ticked departments, or to all that are late."""
    reporting_round = _round_for_runner(request, slug, year)
    form = RemindForm(request.POST, reporting_round=reporting_round)
    if not form.is_valid():
        return _board(request, reporting_round, remind_form=form, status=422)
    if form.cleaned_data["whom"] == RemindForm.LATE:
        departments = [row.department for row in round_progress(reporting_round) if row.is_late]
    else:
        departments = list(form.cleaned_data["department"])
    try:
        report = services.send_reminders(
            reporting_round=reporting_round,
            departments=departments,
            kind=ReminderKind.BY_HAND,
            actor=request.user,
            day=timezone.localdate(),
        )
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        _tell_reminded(request, report)
    return redirect(reporting_round)


def _tell_reminded(request, report) -> None:
    """Say whom the reminders reached, and name everybody they did not reach with the reason."""

    def names(departments: list[Department]) -> dict:
        return {"count": len(departments), "names": ", ".join(map(str, departments))}

    if report.sent:
        messages.success(request, _("%(count)d개 부서에 독촉을 보냈습니다: %(names)s") % names(report.sent))
    for departments, sentence in (
        (report.failed, _("메일을 보내지 못했습니다. 메일 서버를 확인한 뒤 다시 보내 주십시오: %(names)s")),
        (
            report.without_address,
            _("메일 주소가 있는 담당자가 없어 보내지 않았습니다. 기준정보 관리에서 주소를 넣어 주십시오: %(names)s"),
        ),
        (report.already, _("오늘 이미 보내어 다시 보내지 않았습니다: %(names)s")),
        (report.nothing_due, _("지금 제출할 것이 없어 보내지 않았습니다: %(names)s")),
    ):
        if departments:
            messages.error(request, sentence % names(departments))
    if not (report.sent or report.failed or report.without_address or report.already or report.nothing_due):
        messages.error(request, _("기한이 지난 부서가 없어 보내지 않았습니다."))
