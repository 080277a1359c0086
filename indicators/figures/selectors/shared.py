"""Reads that many public pages share, kept for each state of what is public. Nobody may change what these return."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from commons.read_model import kept
from indicators.figures.selectors.evidence import public_evidence_of
from indicators.figures.selectors.figures import Correction, FigureBoard, Headline, Series, corrections, series_of
from indicators.figures.selectors.readings import FigureYear, Outline, Place, published_years, structure_of
from indicators.models import Evidence, Indicator, Publication, Result
from plans.models import Plan, Task


def board_of(plan: Plan) -> FigureBoard:
    """All that is published of *plan*. Two queries, when it is not there yet."""
    return kept(("board", plan.pk), lambda: FigureBoard(plan))


def publication_at(slug: str, year: int, edition: int) -> Publication:
    """The edition at this address. Http404 without one; one query, when it is not there yet."""
    publications = Publication.objects.select_related("round__plan")
    where = {"round__plan__slug": slug, "round__year": year, "edition": edition}
    return kept(("publication", slug, year, edition), lambda: get_object_or_404(publications, **where))


def indicators_of(plan: Plan) -> dict[int, Indicator]:
    """Every indicator by its id, in the plan's order, with area, milestones and tasks. Three queries."""

    def build():
        tasks = Task.objects.select_related("department", "team", "target__goal__area__plan")
        indicators = Indicator.objects.of_plan(plan).select_related("area__plan")
        indicators = indicators.prefetch_related("milestones", Prefetch("tasks", tasks))
        return {indicator.pk: indicator for indicator in indicators}

    return kept(("indicators", plan.pk), build)


def indicator_at(plan: Plan, area_number: int, code: str) -> Indicator | None:
    """The indicator that is known by this area and code, with all that `indicators_of` knows of it."""
    indicators = indicators_of(plan)
    places = kept(("places", plan.pk), lambda: {(i.area.number, i.code): pk for pk, i in indicators.items()})
    return indicators.get(places.get((area_number, code)))


def with_shared_indicators(plan: Plan, results: Iterable[Result]) -> list[Result]:
    """*results* of rounds of *plan*, each with its indicator as `indicators_of` knows it.

    One whose indicator is younger than what is known is left to the next request.
    """
    indicators = indicators_of(plan)
    found = [result for result in results if result.indicator_id in indicators]
    for result in found:
        result.indicator = indicators[result.indicator_id]
    return found


def series_of_indicator(plan: Plan, indicator: Indicator) -> Series:
    """Targets and published results of one of `indicators_of`. One query, when they are not there yet."""
    publications = board_of(plan).publications
    return kept(("series", indicator.pk), lambda: series_of([indicator], publications)[indicator.pk])


def tasks_by_indicator(plan: Plan) -> dict[int, frozenset[int]]:
    """The ids of every indicator's tasks, by its id, in the plan's order. Three queries."""
    indicators = indicators_of(plan)
    return kept(
        ("tasks by indicator", plan.pk),
        lambda: {pk: frozenset(task.pk for task in i.tasks.all()) for pk, i in indicators.items()},
    )


def corrections_of(plan: Plan) -> list[Correction]:
    """What later editions changed, newest first. At most two queries."""
    return kept(("corrections", plan.pk), lambda: corrections(plan))


def readings_of(plan: Plan) -> tuple[list[Place], Outline, list[FigureYear]]:
    """What the public dashboard of *plan* is made from. Three queries."""
    return kept(("readings", plan.pk), lambda: (*structure_of(plan), published_years(plan)))


@dataclass(frozen=True)
class ListedIndicator:
    """An indicator as lists show it: with its headline, and the names of the departments that report it."""

    indicator: Indicator
    headline: Headline | None

    @cached_property
    def departments(self) -> list[str]:
        return list(dict.fromkeys(task.department.name for task in self.indicator.tasks.all()))


def listed_indicators(plan: Plan) -> dict[int, ListedIndicator]:
    """Every indicator by its id, as lists show it. Five queries."""

    def build():
        board = board_of(plan)
        return {pk: ListedIndicator(indicator, board.indicator(pk)) for pk, indicator in indicators_of(plan).items()}

    return kept(("listed indicators", plan.pk), build)


def evidence_by_year(plan: Plan, indicator: Indicator) -> dict[int, list[Evidence]]:
    """The files of an indicator that everybody may see, by the year the result is about. One query for the plan."""

    def build():
        found: dict[int, dict[int, list[Evidence]]] = {}
        editions = Publication.objects.of_plan(plan).latest_editions()
        for evidence in public_evidence_of(editions).select_related("result__round").order_by("pk"):
            of_indicator = found.setdefault(evidence.result.indicator_id, {})
            of_indicator.setdefault(evidence.result.round.year, []).append(evidence)
        return found

    return kept(("evidence", plan.pk), build).get(indicator.pk, {})
