"""What is published: the only reads that public pages make of results."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext as _

from commons.bars import Part, bar_parts
from commons.charts import LineChart, line_chart
from commons.text import clean_text
from commons.values import Value, format_number
from indicators.assessment import Coverage
from indicators.choices import BreakdownGroup, Status, Track, ValueKind
from indicators.models import Figure, Indicator, Publication
from indicators.wording import format_value, parts_by_dimension, percent, status_reason_in_words, track_reason_in_words
from plans.models import Plan

# Verdicts with what they are stored as, and those that rate: asked of an enumeration once and not for every bar.
VERDICTS = {kind: [(verdict, verdict.value) for verdict in kind] for kind in (Status, Track)}
RATED = {kind: kind.rated() for kind in (Status, Track)}


@dataclass(frozen=True)
class Distribution:
    """How many figures have which verdict, always with its coverage: rated of total.

    The verdicts are those of `kind`: Status (a year's target) or Track (the way to the last target), never both.
    """

    counts: dict[Status, int] | dict[Track, int]
    total: int
    floor: Decimal
    kind: type[Status] | type[Track] = Status

    @classmethod
    def of(cls, verdicts: Iterable[str], floor: Decimal, kind: type[Status] | type[Track] = Status) -> "Distribution":
        counted = Counter(verdicts)
        counts = {verdict: counted[value] for verdict, value in VERDICTS[kind]}
        return cls(counts, sum(counts.values()), floor, kind)

    @cached_property
    def coverage(self) -> Coverage:
        return Coverage(sum([self.counts[verdict] for verdict in RATED[self.kind]]), self.total)

    @cached_property
    def met_share(self) -> str:
        """Share of the best verdict among rated figures, in words; '' below the coverage floor."""
        return percent(self.coverage.score(self.counts[RATED[self.kind][0]], self.floor), 0)

    @property
    def is_of_tracks(self) -> bool:
        return self.kind is Track

    @cached_property
    def parts(self) -> list[Part]:
        return bar_parts(self.counts.items())


@dataclass(frozen=True)
class Headline:
    """One indicator as lists show it: the newest published figure, and its course for a sparkline."""

    year: int
    status: Status
    track: Track | None  # None in editions that were made without
    actual: str
    unit: str
    rate: str
    course: list[Decimal | None]


class FigureBoard:
    """All that is published of a plan, read with two queries and asked many times.

    `headline` is the newest edition of the latest published year: what "now" means on every page.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self.publications = list(
            Publication.objects.of_plan(plan).latest_editions().select_related("round").order_by("round__year")
        )
        self.headline = self.publications[-1] if self.publications else None
        year_of = {p.pk: p.round.year for p in self.publications}
        self._figures: dict[int, dict[int, dict]] = defaultdict(dict)
        self._headlines: dict[int, Headline | None] = {}
        fields = (
            "publication_id",
            "indicator_id",
            "actual_value",
            "actual_text",
            "actual_missing",
            "attainment",
            "status",
            "track",
            "inputs__unit",
            "inputs__decimals",
        )
        for row in Figure.objects.filter(publication__in=list(year_of)).order_by().values(*fields):
            self._figures[row["indicator_id"]][year_of[row["publication_id"]]] = row

    @property
    def is_demo(self) -> bool:
        return any(p.round.is_demo for p in self.publications)

    def indicator(self, indicator_id: int) -> Headline | None:
        """The headline of one indicator; None while nothing is published."""
        if indicator_id not in self._headlines:
            self._headlines[indicator_id] = self._headline_of(indicator_id)
        return self._headlines[indicator_id]

    def _headline_of(self, indicator_id: int) -> Headline | None:
        rows = self._figures.get(indicator_id)
        if self.headline is None or not rows or self.headline.round.year not in rows:
            return None
        row = rows[self.headline.round.year]
        decimals = row["inputs__decimals"]
        value = Value(row["actual_value"], row["actual_text"], row["actual_missing"])
        return Headline(
            year=self.headline.round.year,
            track=Track(row["track"]) if row["track"] else None,
            status=Status(row["status"]),
            actual=format_value(value, "", decimals),
            unit=row["inputs__unit"] if value.number is not None else "",
            rate=percent(row["attainment"]),
            course=[rows[p.round.year]["actual_value"] if p.round.year in rows else None for p in self.publications],
        )

    def values_of(self, indicator_id: int) -> dict[int, Decimal | None]:
        """The published number of an indicator by year; None where a year's result is none."""
        return {year: row["actual_value"] for year, row in self._figures.get(indicator_id, {}).items()}

    def distribution(self, indicator_ids: Iterable[int]) -> Distribution | None:
        """Statuses of these indicators in the headline publication; None while nothing is published."""
        if self.headline is None:
            return None
        year = self.headline.round.year
        statuses = [self._figures[i][year]["status"] for i in set(indicator_ids) if year in self._figures.get(i, {})]
        return Distribution.of(statuses, self.plan.coverage_floor)

    def tracks(self, indicator_ids: Iterable[int]) -> Distribution | None:
        """Tracks of these indicators in the headline publication; None while it has none."""
        if self.headline is None:
            return None
        year = self.headline.round.year
        tracks = [self._figures[i][year]["track"] for i in set(indicator_ids) if year in self._figures.get(i, {})]
        return Distribution.of(tracks, self.plan.coverage_floor, Track) if any(tracks) else None

    def ranked(self) -> list[tuple[int, Decimal]]:
        """Indicators with a rate in the headline publication, best first."""
        if self.headline is None:
            return []
        year = self.headline.round.year
        rated = [
            (i, rows[year]["attainment"])
            for i, rows in self._figures.items()
            if year in rows and rows[year]["attainment"] is not None
        ]
        return sorted(rated, key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True)
class YearRow:
    """One year of one indicator as its page shows it."""

    year: int
    unit: str
    target: str
    actual: str
    status: Status | None
    rate: str
    why: str
    track: Track | None
    pace: str
    explanation: str
    shortfall: str
    next_steps: str
    basis: str
    breakdowns: list[tuple[str, list[tuple[str, str]]]]
    departments: list[str]  # as they were named at publication
    publication: Publication | None
    target_number: Decimal | None
    figure: Figure | None

    @property
    def has_text(self) -> bool:
        """Whether anything was said beside the figure itself."""
        return bool(self.explanation or self.shortfall or self.next_steps or self.basis)


@dataclass(frozen=True)
class Correction:
    """A figure that a later edition changed; `changes` are (what, old, new) in words."""

    indicator: Indicator
    publication: Publication
    changes: list[tuple[str, str, str]]


def _breakdowns_in_words(parts: list[list[str]]) -> str:
    """The groups kept with a figure, such as "남성 120, 여성 190"."""
    return ", ".join(f"{BreakdownGroup(group).label} {format_number(Decimal(value))}" for group, value in parts)


def _track_in_words(figure: Figure) -> str:
    return f"{Track(figure.track).label} {percent(figure.pace)}".strip()


def figure_changes(old: Figure, new: Figure) -> list[tuple[str, str, str]]:
    """What differs between two editions of a figure, as people read it: not by characters that nobody sees.

    The first track of a figure whose earlier edition was made without is no correction.
    """
    both_tracked = bool(old.track and new.track)

    def read(figure):
        unit, decimals = figure.inputs["unit"], figure.inputs["decimals"]
        return [
            (_("실적"), format_value(figure.actual, unit, decimals)),
            (_("목표"), format_value(figure.target, unit, decimals)),
            (_("판정"), str(Status(figure.status).label)),
            (_("궤도"), _track_in_words(figure) if both_tracked else ""),
            (_("설명"), figure.explanation),
            (_("부진 사유"), figure.shortfall),
            (_("향후 계획"), figure.next_steps),
            (_("산출근거"), figure.basis),
            (_("세분화"), _breakdowns_in_words(figure.inputs.get("breakdowns", []))),
        ]

    return [
        (label, before, after)
        for (label, before), (_l, after) in zip(read(old), read(new), strict=True)
        if clean_text(before) != clean_text(after)
    ]


@dataclass(frozen=True)
class Series:
    """Targets and published results of one indicator over the plan's years."""

    rows: list[YearRow]
    chart: LineChart | None
    final_year: int  # of the last planned target, or of the plan

    @property
    def latest(self) -> YearRow | None:
        return next((row for row in reversed(self.rows) if row.status is not None), None)


def series_of(indicators: list[Indicator], publications: list[Publication]) -> dict[int, Series]:
    """Targets and published results by year of each indicator (milestones prefetched), by its id. One query."""
    by_id = {p.pk: p for p in publications}
    figures: dict[int, list[Figure]] = defaultdict(list)
    for figure in Figure.objects.filter(indicator__in=indicators, publication__in=list(by_id)):
        figures[figure.indicator_id].append(figure)
    return {i.pk: _series(i, {by_id[f.publication_id]: f for f in figures[i.pk]}) for i in indicators}


def _series(indicator: Indicator, figures: dict[Publication, Figure]) -> Series:
    milestones = {m.year: m for m in indicator.milestones.all()}
    published = {publication.round.year: (publication, figure) for publication, figure in figures.items()}
    rows, targets, actuals = [], [], []
    for year in indicator.area.plan.years:
        milestone = milestones.get(year)
        publication, figure = published.get(year, (None, None))
        target = figure.target if figure else milestone.reading if milestone else Value()
        decimals = figure.inputs["decimals"] if figure else indicator.decimals
        targets.append(target.number)
        actuals.append(figure.actual_value if figure else None)
        rows.append(
            YearRow(
                year=year,
                unit=figure.inputs["unit"] if figure else indicator.unit,
                target=format_value(target, "", decimals),
                actual=format_value(figure.actual, "", decimals) if figure else "",
                status=Status(figure.status) if figure else None,
                rate=percent(figure.attainment) if figure else "",
                why=figure_reason(figure) if figure else "",
                track=Track(figure.track) if figure and figure.track else None,
                pace=percent(figure.pace) if figure else "",
                explanation=figure.explanation if figure else "",
                shortfall=figure.shortfall if figure else "",
                next_steps=figure.next_steps if figure else "",
                basis=figure.basis if figure else "",
                breakdowns=_published_parts(figure) if figure else [],
                departments=figure.inputs["departments"] if figure else [],
                publication=publication,
                target_number=target.number,
                figure=figure,
            )
        )
    chart = line_chart(
        [row.year for row in rows],
        targets,
        actuals,
        decimals=indicator.decimals,
        from_zero=indicator.is_additive,  # the axes of rates need not
        best_is_low=indicator.value_kind == ValueKind.GRADE,
        awaited=[row.year for row in rows if row.publication is None],
    )
    planned = [year for year, milestone in milestones.items() if milestone.reading.has_content]
    return Series(rows, chart, max(planned, default=indicator.area.plan.end_year))


def _published_parts(figure: Figure) -> list[tuple[str, list[tuple[str, str]]]]:
    parts = {group: Decimal(value) for group, value in figure.inputs.get("breakdowns", [])}
    return parts_by_dimension(parts, figure.inputs["decimals"])


def figure_reason(figure: Figure) -> str:
    """Why the figure has its status, in words and numbers."""
    return status_reason_in_words(
        status=figure.status,
        reason=figure.status_reason,
        rate=figure.attainment,
        target=figure.target,
        actual=figure.actual,
        inputs=figure.inputs,
    )


def track_reason(figure: Figure) -> str:
    """Why the figure has its track, in words and numbers; '' for one that was published without."""
    if not figure.track:
        return ""
    return track_reason_in_words(track=figure.track, reason=figure.track_reason, inputs=figure.inputs)


def corrections(plan: Plan) -> list[Correction]:
    """What later editions changed, newest first. At most two queries."""
    publications = list(
        Publication.objects.of_plan(plan)
        .filter(round__publications__edition__gt=1)
        .select_related("round")
        .order_by("round", "edition")
        .distinct()
    )
    if not publications:
        return []
    figures = Figure.objects.filter(publication__in=publications).select_related("indicator__area__plan")
    by_edition: dict[tuple[int, int], dict[int, Figure]] = defaultdict(dict)
    edition_of = {p.pk: p for p in publications}
    for figure in figures:
        publication = edition_of[figure.publication_id]
        by_edition[publication.round_id, publication.edition][figure.indicator_id] = figure
    found = []
    for publication in sorted(publications, key=lambda p: p.published_at, reverse=True):
        before = by_edition.get((publication.round_id, publication.edition - 1), {})
        after = by_edition[publication.round_id, publication.edition]
        for indicator_id, new in after.items():
            old = before.get(indicator_id)
            changes = figure_changes(old, new) if old else []
            if changes:
                found.append(Correction(new.indicator, publication, changes))
    return found
