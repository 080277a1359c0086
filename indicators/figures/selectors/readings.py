"""A plan's indicators and their verdicts by year, read as plain values: what dashboards are made from.

Where the figures come from is the caller's choice: `published_years` alone for the public, and `collected_years` beside
it for those who oversee the rounds.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from commons.codes import sort_code
from commons.values import Value
from indicators.choices import ResultState, RoundState, Status
from indicators.figures.selectors.verdicts import bands_of, judge
from indicators.models import Figure, Indicator, Milestone, Publication, ReportingRound, Result
from plans.models import Plan


class Place(NamedTuple):
    """One indicator and where it stands. `goals` are (area, goal) numbers, `targets` (area, code), as its tasks say."""

    pk: int
    area: int
    code: str
    title: str
    unit: str
    decimals: int
    kind: str
    direction: str
    goals: set[tuple[int, int]]
    targets: set[tuple[int, str]]
    departments: dict[str, str]  # names by slug


@dataclass(frozen=True)
class Outline:
    """Titles of the parts that hold indicators: areas by number, goals by (area, goal), targets by (area, code)."""

    areas: dict[int, str]
    goals: dict[tuple[int, int], str]
    targets: dict[tuple[int, str], str]
    goal_of: dict[tuple[int, str], tuple[int, int]]  # the goal of each target


def structure_of(plan: Plan) -> tuple[list[Place], Outline]:
    """The indicators of *plan* in order, and the parts they stand in. One query, a row for each task of each."""
    rows = (
        Indicator.objects.of_plan(plan)
        .order_by("area__number", "sort_code", "tasks__department__name")
        .values_list(
            "area__number",
            "area__title",
            "tasks__target__goal__number",
            "tasks__target__goal__title",
            "tasks__target__code",
            "tasks__target__title",
            "tasks__department__slug",
            "tasks__department__name",
            "pk",
            "code",
            "title",
            "unit",
            "decimals",
            "value_kind",
            "direction",
        )
    )
    places: dict[int, Place] = {}
    areas, goals, targets, goal_of = {}, {}, {}, {}
    for area, area_title, goal, goal_title, target, target_title, slug, department, pk, *facts in rows:
        areas[area] = area_title
        place = places.get(pk)
        if place is None:
            place = places[pk] = Place(pk, area, *facts, set(), set(), {})
        if slug is not None:  # an indicator that is not yet tied to a task stands in its area alone
            place.goals.add((area, goal))
            place.targets.add((area, target))
            place.departments[slug] = department
            goals[area, goal] = goal_title
            targets[area, target] = target_title
            goal_of[area, target] = (area, goal)
    by_code = sorted(targets, key=lambda key: (key[0], sort_code(key[1])))
    outline = Outline(areas, dict(sorted(goals.items())), {key: targets[key] for key in by_code}, goal_of)
    return list(places.values()), outline


class Reading(NamedTuple):
    """An indicator's verdict of a year. `gap` is the code of why there is none; '' where there is one."""

    status: str
    rate: Decimal | None
    gap: str


def _reading(status: str, rate: Decimal | None, reason: str, missing: str) -> Reading:
    """A missing result is told by the reason it was given, anything else by the reason of the verdict."""
    gap = (missing or reason) if status == Status.UNRATED else ""
    return Reading(status, rate, gap)


class Given(NamedTuple):
    """What a reading was made from; all empty where there is none."""

    target: Value = Value()
    actual: Value = Value()
    unit: str = ""
    decimals: int = 0


@dataclass(frozen=True)
class FigureYear:
    """The verdicts of one year by indicator: of its newest publication, or else of what was handed in so far."""

    round: ReportingRound
    publication: Publication | None
    readings: dict[int, Reading]
    given: dict[int, Given] = field(default_factory=dict)
    states: dict[int, ResultState] = field(default_factory=dict)  # of an unpublished year

    @property
    def year(self) -> int:
        return self.round.year

    @property
    def is_published(self) -> bool:
        return self.publication is not None

    @property
    def name(self) -> str:
        return str(self.publication or self.round)

    @property
    def published_on(self) -> date | None:
        return self.publication.published_at if self.publication else None


def published_years(plan: Plan) -> list[FigureYear]:
    """The years of which figures were published, in order. Two queries."""
    publications = list(
        Publication.objects.of_plan(plan).latest_editions().select_related("round").order_by("round__year")
    )
    years = {publication.pk: FigureYear(publication.round, publication, {}) for publication in publications}
    rows = (
        Figure.objects.filter(publication__in=list(years))
        .order_by()
        .values_list(
            "publication_id",
            "indicator_id",
            *("status", "attainment", "status_reason"),
            *("target_value", "target_text", "target_missing"),
            *("actual_value", "actual_text", "actual_missing"),
            *("inputs__unit", "inputs__decimals"),
        )
    )
    for publication_id, pk, status, rate, reason, *values, unit, decimals in rows:
        target, actual = Value(*values[:3]), Value(*values[3:])
        year = years[publication_id]
        year.readings[pk] = _reading(status, rate, reason, actual.missing)
        year.given[pk] = Given(target, actual, unit, decimals)
    return list(years.values())


def collected_years(plan: Plan, places: list[Place]) -> list[FigureYear]:
    """The years that are being collected, judged as publishing now all that was handed in would. Three queries.

    What no department has handed in, or was returned, counts as not submitted.
    """
    rounds = list(plan.rounds.filter(state__in=RoundState.collecting()).order_by("year"))
    years = [reporting_round.year for reporting_round in rounds]
    milestones = {
        (year, indicator_id): Value(*value)
        for year, indicator_id, *value in Milestone.objects.filter(indicator__area__plan=plan, year__in=years)
        .order_by()
        .values_list("year", "indicator_id", "value", "text", "missing_reason")
    }
    results: dict[int, dict[int, tuple]] = defaultdict(dict)
    handed_in = (
        Result.objects.filter(round__in=rounds)
        .handed_in()
        .order_by()
        .values_list("round_id", "indicator_id", "value", "text", "missing_reason", "verdict", "state")
    )
    for round_id, indicator_id, value, text, missing, verdict, state in handed_in:
        results[round_id][indicator_id] = (Value(value, text, missing), verdict, ResultState(state))
    bands = bands_of(plan)
    collected = []
    for reporting_round in rounds:
        found = FigureYear(reporting_round, None, {})
        for place in places:
            actual, verdict, state = results[reporting_round.pk].get(place.pk, (None, "", None))
            judged = judge(
                kind=place.kind,
                direction=place.direction,
                target=milestones.get((reporting_round.year, place.pk)),
                actual=actual,
                verdict=verdict,
                bands=bands,
            )
            found.readings[place.pk] = _reading(judged.status, judged.rate, judged.reason, judged.actual.missing)
            found.given[place.pk] = Given(judged.target, judged.actual, place.unit, place.decimals)
            if state:
                found.states[place.pk] = state
        collected.append(found)
    return collected
