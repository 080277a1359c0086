"""내 업무: all that waits for one officer or head, from results to questions and promises."""

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.checking.selectors.committee import comments_to
from indicators.choices import ResultState, RoundState
from indicators.collecting.selectors.review import waiting_for_head
from indicators.collecting.selectors.work import work_items
from indicators.people.selectors.handover import assigned_indicator_ids, handovers, unfinished_rounds
from indicators.permissions import round_lock
from plans.models import Plan
from plans.stamps import shared_reads
from stakeholders.selectors.work import commitments_to_report, replies_to_write


@login_required
@require_safe
@shared_reads
def my_work(request, slug):
    """내 업무: what was returned, what is to be entered, what was asked and promised, and what is handed in.

    The department's head reads the same and finds what waits for the head's confirmation on top.
    """
    plan = get_object_or_404(Plan, slug=slug)
    user = request.user
    if not (user.is_officer or user.is_head):
        raise Http404
    rounds = list(unfinished_rounds(plan).prefetch_related("extensions"))
    department = user.department
    locks = {r.pk: round_lock(r, department.pk) for r in rounds}
    assigned = assigned_indicator_ids(user)
    items = sorted(work_items(department, plan, rounds), key=lambda item: item.indicator.pk not in assigned)
    to_confirm = waiting_for_head(plan) if user.is_head else []
    context = {
        "plan": plan,
        "rounds": [(r, locks[r.pk], r.due_for(department.pk)) for r in rounds],
        "planned": plan.rounds.filter(state=RoundState.PLANNED),
        "assigned": assigned,
        "handover": handovers(user, plan).first(),
        "comments": comments_to(department, plan),
        "waiting": [item for item in items if item.state in to_confirm],
        "returned": [item for item in items if item.state == ResultState.RETURNED],
        "due": [
            item for item in items if item.state in (None, ResultState.DRAFT) and not locks[item.reporting_round.pk]
        ],
        "handed_in": [item for item in items if item.state in ResultState.handed_in() - set(to_confirm)],
        "asked": replies_to_write(department, plan),
        "promises": commitments_to_report(department, plan),
    }
    return render(request, "indicators/my_work.html", context)
