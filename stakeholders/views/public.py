"""The public pages of voices: groups, a group's paper, all points, and one point with its chain."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.selectors.figures import FigureBoard
from plans.models import Plan

from ..choices import Stance
from ..filters import OpinionFilter
from ..forms.following import FollowForm
from ..models import Followed, PositionPaper, StakeholderGroup
from ..selectors.chain import group_outcomes, indicators_touched, opinions_with_chain, outcome_of, replies_to

PAGE_SIZE = 30


def with_replies(opinions):
    """Points beside the replies to them."""
    return [(opinion, replies_to(opinion)) for opinion in opinions]


@require_safe
def voices(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
    rows = group_outcomes(plan)
    counts = {stance: sum(outcome.stances[stance] for _group, outcome in rows) for stance in Stance}
    context = {
        "plan": plan,
        "rows": rows,
        "points": sum(outcome.points for _group, outcome in rows),
        "answered": sum(outcome.answered for _group, outcome in rows),
        "taken_up": sum(outcome.taken_up for _group, outcome in rows),
        "stances": counts,
        "deliberations": plan.deliberations.published(),
    }
    return render(request, "stakeholders/voices.html", context)


@require_safe
def group(request, slug, group_slug):
    plan = get_object_or_404(Plan, slug=slug)
    group = get_object_or_404(StakeholderGroup.objects.select_related("plan"), plan=plan, slug=group_slug)
    papers = (
        PositionPaper.objects.filter(group=group, deliberation__is_published=True)
        .select_related("deliberation")
        .prefetch_related("meetings")
    )
    opinions = list(opinions_with_chain(plan).filter(paper__group=group))
    board = FigureBoard(plan)
    context = {
        "plan": plan,
        "group": group,
        "follow": FollowForm(followed=Followed(group)),
        "papers": papers,
        "rows": with_replies(opinions),
        "outcome": outcome_of(opinions),
        "indicators": [(i, board.indicator(i.pk)) for i in indicators_touched(opinions)],
        "board": board,
        "groups": plan.groups.select_related("plan"),
    }
    return render(request, "stakeholders/group.html", context)


@require_safe
def opinion_list(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
    filterset = OpinionFilter(request.GET, opinions_with_chain(plan), plan=plan)
    opinions = list(filterset.qs)
    page = Paginator(opinions, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "filterset": filterset,
        "page": page,
        "rows": with_replies(page.object_list),
        "outcome": outcome_of(opinions),
    }
    return render(request, "stakeholders/opinion_list.html", context)


@require_safe
def opinion(request, slug, group_slug, year, number):
    plan = get_object_or_404(Plan, slug=slug)
    opinion = get_object_or_404(
        opinions_with_chain(plan), paper__group__slug=group_slug, paper__deliberation__year=year, number=number
    )
    board = FigureBoard(plan)
    numbers = list(opinion.paper.opinions.values_list("number", flat=True))
    place = numbers.index(opinion.number)
    context = {
        "plan": plan,
        "opinion": opinion,
        "follow": FollowForm(followed=Followed(opinion)),
        "paper": opinion.paper,
        "group": opinion.paper.group,
        "questions": opinion.questions.all(),
        "indicators": [(i, board.indicator(i.pk)) for i in indicators_touched([opinion])],
        "board": board,
        "previous": numbers[place - 1] if place else None,
        "next": numbers[place + 1] if place + 1 < len(numbers) else None,
    }
    return render(request, "stakeholders/opinion.html", context)
