"""Pages of people: who is in charge of what, the hand-over to a successor, and the successor's sheet."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.choices import Role
from accounts.models import Department, User
from accounts.permissions import require_round_runner
from commons.acts import NotAllowedNow
from indicators.people.forms.handover import DesksForm, HandoverForm
from indicators.people.selectors.handover import (
    handed_over,
    handover_of,
    handovers,
    people_by_department,
    round_work,
    sheet_indicators,
)
from indicators.people.services.handover import StaleDesks, assign_indicators, hand_over
from plans.models import Plan

RECENT = 10


def _plan_for_runner(request, slug) -> Plan:
    plan = get_object_or_404(Plan, slug=slug)
    require_round_runner(request.user)
    return plan


@login_required
@require_safe
def people(request, slug):
    """Who works in which department, with what is in charge and what is still to be handed in."""
    plan = _plan_for_runner(request, slug)
    context = {
        "plan": plan,
        "departments": people_by_department(plan),
        "handovers": handovers(request.user, plan)[:RECENT],
    }
    return render(request, "indicators/handover_people.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def department_people(request, slug, department_slug):
    """Every indicator of a department with the officer in charge; all are saved at once."""
    plan = _plan_for_runner(request, slug)
    department = get_object_or_404(Department, slug=department_slug)
    form = DesksForm(request.POST or None, department=department, plan=plan)
    context, status = {"plan": plan, "department": department, "form": form}, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                changed = assign_indicators(actor=request.user, department=department, plan=plan, wanted=form.wanted)
            except StaleDesks as stale:
                form.rebase(stale.desks)
                status = 409
            except NotAllowedNow as refusal:
                context["refusal"], status = str(refusal), 409
            else:
                messages.success(request, _assigned(department, changed))
                return redirect("indicators:department_people", plan.slug, department.slug)
    return render(request, "indicators/handover_department.html", context, status=status)


def _assigned(department, changed: int) -> str:
    if not changed:
        return _("바뀐 담당자가 없습니다.")
    return _("%(department)s: 지표 %(count)d개의 담당자를 바꾸었습니다.") % {
        "department": department,
        "count": changed,
    }


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request, slug, username):
    """What would move from a leaving officer, and the form that moves it."""
    plan = _plan_for_runner(request, slug)
    leaver = get_object_or_404(
        User.objects.select_related("department"), username=username, role__in=Role.of_department()
    )
    moving = handover_of(leaver, plan)
    form = HandoverForm(request.POST or None, leaver=leaver, moving=moving)
    context, status = {"plan": plan}, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                entry = hand_over(actor=request.user, leaver=leaver, plan=plan, **form.choices)
            except NotAllowedNow as refusal:
                context["refusal"], status = str(refusal), 409
                moving = handover_of(leaver, plan)
                form.rebase(moving)
            else:
                done = _(
                    "%(leaver)s의 업무를 %(successor)s에게 인계했습니다. 아래 인계서를 후임자와 함께 확인해 주십시오."
                )
                messages.success(request, done % {"leaver": leaver, "successor": form.choices["successor"]})
                return redirect("indicators:handover_sheet", plan.slug, entry.pk)
    context |= {
        "leaver": leaver,
        "department": leaver.department,
        "form": form,
        "moving": moving,
        "work": round_work(plan, moving.in_charge + moving.unassigned),
        "round": plan.rounds.filter(is_demo=True).first(),
    }
    return render(request, "indicators/handover.html", context, status=status)


@login_required
@require_safe
def handover_list(request, slug):
    """Hand-overs that one may read."""
    plan = get_object_or_404(Plan, slug=slug)
    if request.user.is_committee:
        raise Http404
    context = {"plan": plan, "handovers": handovers(request.user, plan)}
    return render(request, "indicators/handover_list.html", context)


@login_required
@require_safe
def handover_sheet(request, slug, pk):
    """The sheet for the successor. Others than keepers see the indicators of their own department alone."""
    plan = get_object_or_404(Plan, slug=slug)
    entry = get_object_or_404(handovers(request.user, plan), pk=pk)
    indicators = handed_over(entry, plan)
    if not request.user.keeps_plan:
        indicators = indicators.of_department(request.user.department)
    indicators = list(indicators)
    if not indicators:
        raise Http404
    _label, leaver_name, successor_name = entry.changes[0]
    work = round_work(plan, indicators)
    context = {
        "plan": plan,
        "entry": entry,
        "leaver_name": leaver_name,
        "successor_name": successor_name,
        "successor": User.objects.select_related("department").filter(pk=entry.subject_id).first(),
        "round": plan.rounds.filter(is_demo=True).first(),
        "work": [item for item in work if item.is_open],
        "waiting": [item for item in work if not item.is_open],
        "sheet": sheet_indicators(indicators, plan),
    }
    return render(request, "indicators/handover_sheet.html", context)
