"""The public pages of voices: groups, a group's paper, all points, one point with its chain, and a reply edition."""

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from commons.read_model import kept
from indicators.figures.selectors.shared import board_of
from plans.selectors import plan_of
from plans.stamps import public_page
from stakeholders.choices import ReportState
from stakeholders.filters import OpinionFilter
from stakeholders.forms.following import FollowForm
from stakeholders.models import CommitmentEvidence, Followed, Opinion, ReplyPublication
from stakeholders.selectors.chain import figures_for, group_outcomes, steps_of
from stakeholders.selectors.editions import edition_rows
from stakeholders.selectors.shared import chain_of, forums_of, groups_of, indicators_touched, ledger_of

PAGE_SIZE = 30


def _chosen(forums, typed: str):
    """The forum whose year was asked for, else the first one shown; Http404 for a year without one."""
    if not typed:
        return forums[0] if forums else None
    chosen = next((forum for forum in forums if str(forum.year) == typed), None)
    if chosen is None:
        raise Http404
    return chosen


@require_safe
@public_page
def voices(request, slug):
    """The groups of one forum, the newest unless another year is asked for, with what became of their points."""
    plan = plan_of(slug)
    forums = forums_of(plan)
    forum = _chosen(forums, request.GET.get("year", ""))
    rows = kept(("groups", forum.pk), lambda: group_outcomes(forum, ledger_of(plan))) if forum else []
    points = Opinion.objects.filter(paper__deliberation=forum).values_list("pk", flat=True)
    ids = kept(("points", forum.pk), lambda: list(points)) if forum else []
    context = {
        "plan": plan,
        "forums": forums,
        "forum": forum,
        "rows": rows,
        "outcome": ledger_of(plan).outcome(ids) if forum else None,
        "editions": forum.reply_publications.order_by("-edition") if forum else [],
    }
    return render(request, "stakeholders/voices.html", context)


@require_safe
@public_page
def group(request, slug, group_slug):
    """The plan seen through one group's eyes: what it said, what became of it, and the figures about its people."""
    plan = plan_of(slug)
    group = groups_of(plan).get(group_slug)
    if group is None:
        raise Http404
    papers, chain = group.papers.all(), chain_of(plan)
    said = {paper.pk: chain.of_paper(paper.pk) for paper in papers}
    opinions = [opinion for points in said.values() for opinion in points]
    # Points of a demo forum count only on the page of a group that spoke nowhere else.
    counted = [paper for paper in papers if not paper.deliberation.is_demo] or papers
    board = board_of(plan)
    context = {
        "plan": plan,
        "group": group,
        "follow": FollowForm(followed=Followed(group)),
        "papers": [(paper, [chain.rows[opinion.pk] for opinion in said[paper.pk]]) for paper in papers],
        "outcome": ledger_of(plan).outcome(opinion.pk for paper in counted for opinion in said[paper.pk]),
        "indicators": [(i, board.indicator(i.pk)) for i in indicators_touched(plan, opinions)],
        "own_figures": kept(("own figures", plan.pk, group.concerns), lambda: figures_for(plan, group)),
        "board": board,
    }
    return render(request, "stakeholders/group.html", context)


@require_safe
@public_page
def opinion_list(request, slug):
    """All points, narrowed by group, area, kind, reply, promise and words."""
    plan = plan_of(slug)
    filterset = SimpleLazyObject(lambda: OpinionFilter(request.GET, Opinion.objects.published(plan), plan=plan))

    def narrowed() -> list[int]:
        return list(filterset.qs.values_list("pk", flat=True))

    ids = narrowed() if request.GET else kept(("points unless narrowed", plan.pk), narrowed)
    page = Paginator(ids, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = chain_of(plan).rows
    context = {
        "plan": plan,
        "filterset": filterset,
        "page": page,
        "rows": [rows[pk] for pk in page.object_list],
        "outcome": ledger_of(plan).outcome(ids),
    }
    return render(request, "stakeholders/opinion_list.html", context)


@require_safe
@public_page
def opinion(request, slug, group_slug, year, number):
    """One point with all that followed, step by step, and what is awaited where a step is missing."""
    plan = plan_of(slug)
    opinion = chain_of(plan).at(group_slug, year, number)
    if opinion is None:
        raise Http404
    board = board_of(plan)
    numbers = [other.number for other in chain_of(plan).of_paper(opinion.paper_id)]
    place = numbers.index(opinion.number)
    context = {
        "plan": plan,
        "opinion": opinion,
        "follow": FollowForm(followed=Followed(opinion)),
        "paper": opinion.paper,
        "group": opinion.paper.group,
        "steps": kept(("steps", opinion.pk), lambda: steps_of(opinion)),
        "indicators": [(i, board.indicator(i.pk)) for i in indicators_touched(plan, [opinion])],
        "board": board,
        "previous": numbers[place - 1] if place else None,
        "next": numbers[place + 1] if place + 1 < len(numbers) else None,
    }
    return render(request, "stakeholders/opinion.html", context)


@require_safe
@public_page
def edition(request, slug, year, number):
    """One edition of a forum's replies as it was published, and what it changed."""
    plan = plan_of(slug)
    edition = get_object_or_404(
        ReplyPublication.objects.select_related("deliberation"),
        deliberation__plan=plan,
        deliberation__is_published=True,
        deliberation__year=year,
        edition=number,
    )
    editions = edition.deliberation.reply_publications.order_by("edition")
    context = {
        "plan": plan,
        "edition": edition,
        "forum": edition.deliberation,
        "editions": editions,
        "rows": kept(("edition", edition.pk), lambda: edition_rows(edition)),
    }
    return render(request, "stakeholders/edition.html", context)


@require_safe
def evidence(request, slug, pk):
    """A public file that proves a published report on a promise, as a download."""
    plan = plan_of(slug)
    proof = get_object_or_404(
        CommitmentEvidence,
        pk=pk,
        is_public=True,
        report__review=ReportState.PUBLISHED,
        report__commitment__question__deliberation__plan=plan,
        report__commitment__question__deliberation__is_published=True,
    )
    return hand_over(request, plan, proof)


def hand_over(request, plan, proof: CommitmentEvidence):
    """The file as a download of the kind it was found to be, never shown by the browser within the site."""
    try:
        file = proof.file.open("rb")
    except FileNotFoundError:
        return render(request, "indicators/evidence_gone.html", {"plan": plan, "evidence": proof}, status=404)
    response = FileResponse(file, as_attachment=True, filename=proof.name, content_type=proof.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
