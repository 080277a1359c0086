"""What a dashboard says about some indicators in one year and beside the others: in memory, from readings.

Every aggregate is a Distribution, so that its coverage n/N is always at hand.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.utils.translation import gettext as _

from indicators.choices import ResultState, Status
from indicators.figures.selectors.figures import Distribution
from indicators.figures.selectors.readings import FigureYear, Given, Outline, Place, Reading
from indicators.wording import format_value, gap_in_words, percent
from plans.models import Plan

RANK = {status.value: rank for rank, status in enumerate(Status.rated())}  # 0 is the best
STATUS = {status.value: status for status in Status}
NOTHING = Given()


class Change(NamedTuple):
    """How an indicator's verdict moved since the year before; `steps` above zero are steps to the better."""

    place: Place
    before: Status
    now: Status
    rates: str  # the rates of both years, where there are two
    steps: int


@dataclass(frozen=True)
class Changes:
    """What became of the verdicts since the year before. `incomparable` had none in one of the two years."""

    since: int  # the year before
    better: list[Change]
    worse: list[Change]
    same: int
    incomparable: int


@dataclass(frozen=True)
class Gap:
    """Indicators without a verdict for one and the same reason."""

    label: str
    places: list[Place]


@dataclass(frozen=True)
class Part:
    """One part of the plan, a department or a year: how its indicators do. `key` is what chooses it."""

    key: tuple[int, int] | tuple[int, str] | int | str
    code: str
    title: str
    distribution: Distribution
    better: int = 0
    worse: int = 0
    marks: tuple[tuple[str, str], ...] = ()  # kind and word of what is to be known about it


class Line(NamedTuple):
    """An indicator as the lists write it, with its year's values."""

    place: Place
    year: int
    departments: str
    status: Status
    rate: str
    target: str
    target_unit: str  # units stand beside numbers alone
    actual: str
    actual_unit: str
    state: ResultState | None
    course: list[Decimal | None]


@dataclass(frozen=True)
class Dashboard:
    """The answers about *places* in *shown*, one of *years*; None while there are no figures at all."""

    plan: Plan
    outline: Outline
    places: list[Place]
    years: list[FigureYear]
    shown: FigureYear | None

    @property
    def is_demo(self) -> bool:
        return any(year.round.is_demo for year in self.years)

    def year(self, number: int) -> FigureYear | None:
        """The figures of a year, if there are any."""
        return next((year for year in self.years if year.year == number), None)

    @property
    def before(self) -> FigureYear | None:
        """The latest year before the shown one of which there are figures."""
        return next((year for year in reversed(self.years) if self.shown and year.year < self.shown.year), None)

    def distribution(self, places: Iterable[Place], year: FigureYear | None = None) -> Distribution:
        readings = (year or self.shown).readings
        statuses = [readings[place.pk].status for place in places if place.pk in readings]
        return Distribution.of(statuses, self.plan.coverage_floor)

    def changes(self) -> Changes | None:
        """Verdicts that moved since the year before, the largest moves first; None without such a year."""
        earlier = self.before
        if earlier is None:
            return None
        better, worse, same, incomparable = [], [], 0, 0
        for place in self.places:
            before, now = earlier.readings.get(place.pk), self.shown.readings.get(place.pk)
            if before is None or now is None or before.gap or now.gap:
                incomparable += 1
                continue
            steps = RANK[before.status] - RANK[now.status]
            if steps == 0:
                same += 1
                continue
            change = Change(place, STATUS[before.status], STATUS[now.status], _rates(before, now), steps)
            (better if steps > 0 else worse).append(change)
        better.sort(key=lambda change: -change.steps)
        worse.sort(key=lambda change: change.steps)
        return Changes(earlier.year, better, worse, same, incomparable)

    def gaps(self) -> list[Gap]:
        """Indicators without a verdict by reason, the most frequent reason first."""
        readings = [(place, self.shown.readings.get(place.pk)) for place in self.places]
        labels = {code: gap_in_words(code) for code in {reading.gap for _p, reading in readings if reading} if code}
        found: dict[str, list[Place]] = defaultdict(list)
        for place, reading in readings:
            if reading is not None and reading.gap:
                found[labels[reading.gap]].append(place)
        return sorted((Gap(label, places) for label, places in found.items()), key=lambda gap: -len(gap.places))

    def behind(self, limit: int) -> list[Place]:
        """Indicators that missed their targets, the furthest first: by verdict, then by rate where there is one."""
        found = []
        for place in self.places:
            reading = self.shown.readings.get(place.pk)
            if reading is not None and RANK.get(reading.status):
                found.append((-RANK[reading.status], reading.rate is None, reading.rate or Decimal(0), place))
        return [place for *_key, place in sorted(found, key=lambda row: row[:3])[:limit]]

    def parts(self, changes: Changes | None, *, area: int | None, goal: tuple[int, int] | None) -> list[Part]:
        """How the next lower parts do: the targets of *goal*, else the goals of *area*, else the areas.

        An indicator whose tasks stand in several of them counts in each.
        """
        if goal:
            titles = {key: title for key, title in self.outline.targets.items() if self.outline.goal_of[key] == goal}
            keys_of = _targets
        elif area:
            titles, keys_of = self.outline.goals, _goals
        else:
            titles, keys_of = self.outline.areas, _areas
        grouped = self._grouped(keys_of)
        moved = [_moves(keys_of, found) for found in ((changes.better, changes.worse) if changes else ((), ()))]
        return [
            Part(key, _code(key), title, self.distribution(grouped[key]), moved[0][key], moved[1][key])
            for key, title in titles.items()
            if key in grouped
        ]

    def departments(self) -> list[Part]:
        """How the departments do that are in charge now, by name. A shared indicator counts for each of them."""
        names = {slug: name for place in self.places for slug, name in place.departments.items()}
        grouped = self._grouped(lambda place: place.departments)
        return [Part(slug, "", names[slug], self.distribution(grouped[slug])) for slug in sorted(names, key=names.get)]

    def by_area(self) -> list[tuple[str, Distribution, list[Place]]]:
        """The places by area: its name, how it does, and what of it is among the places."""
        return [
            (f"{area}. {self.outline.areas[area]}", self.distribution(held), held)
            for area, held in self._grouped(_areas).items()
        ]

    def verdicts(self, place: Place) -> list[tuple[int, Status | None]]:
        """The verdicts of a place in every year of the plan; None in a year without a figure."""
        return [(year, STATUS[of[place.pk].status] if place.pk in of else None) for year, of in self._columns]

    @cached_property
    def _columns(self) -> list[tuple[int, dict[int, Reading]]]:
        readings = {year.year: year.readings for year in self.years}
        return [(year, readings.get(year, {})) for year in self.plan.years]

    def by_year(self) -> list[Part]:
        """How the places do in every year of which there are figures."""
        parts = []
        for year in self.years:
            marks = () if year.is_published else (("unpublished", _("미공표")),)
            marks += (("demo", _("시범")),) if year.round.is_demo else ()
            parts.append(Part(year.year, "", str(year.year), self.distribution(self.places, year), marks=marks))
        return parts

    def _grouped(self, keys_of) -> dict:
        grouped = defaultdict(list)
        for place in self.places:
            for key in keys_of(place):
                grouped[key].append(place)
        return grouped

    def lines(self, places: Iterable[Place], others: Iterable[Place] = ()) -> dict[int, Line]:
        """The places as the lists write them, by id."""
        wanted = {place.pk: place for place in [*places, *others] if place.pk in self.shown.readings}
        return {pk: self._line(place) for pk, place in wanted.items()}

    def _line(self, place: Place) -> Line:
        reading = self.shown.readings[place.pk]
        target, actual, unit, decimals = self.shown.given.get(place.pk, NOTHING)
        return Line(
            place=place,
            year=self.shown.year,
            departments=", ".join(place.departments.values()),
            status=STATUS[reading.status],
            rate=percent(reading.rate),
            target=format_value(target, "", decimals),
            target_unit=unit if target.number is not None else "",
            actual=format_value(actual, "", decimals),
            actual_unit=unit if actual.number is not None else "",
            state=self.shown.states.get(place.pk),
            course=[year.given.get(place.pk, NOTHING).actual.number for year in self.years],
        )


def _areas(place: Place):
    return (place.area,)


def _goals(place: Place):
    return place.goals


def _targets(place: Place):
    return place.targets


def _rates(before: Reading, now: Reading) -> str:
    if before.rate is None or now.rate is None:
        return ""
    return f"{percent(before.rate)} → {percent(now.rate)}"


def _moves(keys_of, changes: Iterable[Change]) -> dict:
    counted = defaultdict(int)
    for change in changes:
        for key in keys_of(change.place):
            counted[key] += 1
    return counted


def _code(key) -> str:
    """How a part is numbered: 3 for an area, 2 for goal 2 of an area, 2-1 for a target."""
    return str(key[-1] if isinstance(key, tuple) else key)


def weakest(parts: list[Part]) -> Part | None:
    """The part with the least share of met among those that reach the coverage floor, if there are two or more."""
    comparable = [part for part in parts if part.distribution.met_share]
    if len(comparable) < 2:
        return None
    return min(
        comparable, key=lambda part: Decimal(part.distribution.counts[Status.MET]) / part.distribution.coverage.rated
    )
