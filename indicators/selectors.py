"""Reads across indicators, rounds and publications. Public pages see publications and nothing else."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from accounts.models import Department
from plans.models import Plan
from sdgplan.lib.charts import LineChart, line_chart
from sdgplan.lib.values import Value, plain_number

from .assessment import Coverage
from .choices import ResultState, Status, ValueKind
from .models import Figure, Indicator, Milestone, Publication, ReportingRound, Result
from .wording import format_value, percent, status_reason_in_words

RATE_UNITS = {"%", "점", "등급"}  # axes of these need not start at zero


def headline_publication(plan: Plan) -> Publication | None:
    """The newest edition of the latest published year: what "now" means on every page."""
    return Publication.objects.of_plan(plan).latest_editions().select_related("round").order_by("-round__year").first()


@dataclass(frozen=True)
class Part:
    """One part of a distribution; x and width are percent of the bar."""

    status: Status
    count: int
    x: str
    width: str

    @property
    def is_wide(self) -> bool:
        return float(self.width) >= 4


@dataclass(frozen=True)
class Distribution:
    """How many figures have which status, always with its coverage: rated of total."""

    counts: dict[Status, int]
    total: int
    floor: Decimal

    @classmethod
    def of(cls, statuses: Iterable[str], floor: Decimal) -> "Distribution":
        counted = Counter(statuses)
        counts = {status: counted.get(status.value, 0) for status in Status}
        return cls(counts, sum(counts.values()), floor)

    @property
    def coverage(self) -> Coverage:
        return Coverage(sum(self.counts[s] for s in Status.rated()), self.total)

    @property
    def met_share(self) -> str:
        """Share of met among rated figures, in words; '' below the coverage floor."""
        if not self.coverage.reaches(self.floor):
            return ""
        return percent(Decimal(self.counts[Status.MET]) / self.coverage.rated, 0)

    @property
    def parts(self) -> list[Part]:
        x, parts = Decimal(0), []
        for status in Status:
            width = Decimal(100) * self.counts[status] / self.total if self.total else Decimal(0)
            parts.append(Part(status, self.counts[status], f"{x:.3f}", f"{width:.3f}"))
            x += width
        return parts


@dataclass(frozen=True)
class Headline:
    """One indicator as lists show it: the newest published figure, and its course for a sparkline."""

    status: Status
    actual: str
    unit: str
    rate: str
    course: list[Decimal | None]


class FigureBoard:
    """All that is published of a plan, read with a fixed number of queries and asked many times."""

    def __init__(self, plan: Plan):
        self.plan = plan
        self.publications = list(
            Publication.objects.of_plan(plan).latest_editions().select_related("round").order_by("round__year")
        )
        self.headline = self.publications[-1] if self.publications else None
        year_of = {p.pk: p.round.year for p in self.publications}
        self._figures: dict[int, dict[int, dict]] = defaultdict(dict)
        fields = (
            "publication_id",
            "indicator_id",
            "actual_value",
            "actual_text",
            "actual_missing",
            "attainment",
            "status",
            "inputs__unit",
            "inputs__decimals",
        )
        for row in Figure.objects.filter(publication__in=list(year_of)).values(*fields):
            self._figures[row["indicator_id"]][year_of[row["publication_id"]]] = row

    @property
    def is_demo(self) -> bool:
        return any(p.round.is_demo for p in self.publications)

    def indicator(self, indicator_id: int) -> Headline | None:
        """The headline of one indicator; None while nothing is published."""
        rows = self._figures.get(indicator_id)
        if self.headline is None or not rows or self.headline.round.year not in rows:
            return None
        row = rows[self.headline.round.year]
        decimals = row["inputs__decimals"]
        value = Value(row["actual_value"], row["actual_text"], row["actual_missing"])
        return Headline(
            status=Status(row["status"]),
            actual=format_value(value, "", decimals),
            unit=row["inputs__unit"] if value.number is not None else "",
            rate=percent(row["attainment"]),
            course=[rows[p.round.year]["actual_value"] if p.round.year in rows else None for p in self.publications],
        )

    def distribution(self, indicator_ids: Iterable[int]) -> Distribution | None:
        """Statuses of these indicators in the headline publication; None while nothing is published."""
        if self.headline is None:
            return None
        year = self.headline.round.year
        statuses = [self._figures[i][year]["status"] for i in set(indicator_ids) if year in self._figures.get(i, {})]
        return Distribution.of(statuses, self.plan.coverage_floor)

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
    target: str
    printed: str
    actual: str
    status: Status | None
    rate: str
    why: str
    explanation: str
    publication: Publication | None


@dataclass(frozen=True)
class Correction:
    """A figure that a later edition changed."""

    indicator: Indicator
    publication: Publication
    old: str
    new: str


@dataclass(frozen=True)
class Series:
    """Targets and published results of one indicator over the plan's years."""

    rows: list[YearRow]
    chart: LineChart | None

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
                target=format_value(target, "", decimals),
                printed=milestone.printed if milestone else "",
                actual=format_value(figure.actual, "", decimals) if figure else "",
                status=Status(figure.status) if figure else None,
                rate=percent(figure.attainment) if figure else "",
                why=figure_reason(figure) if figure else "",
                explanation=figure.explanation if figure else "",
                publication=publication,
            )
        )
    chart = line_chart(
        [row.year for row in rows],
        targets,
        actuals,
        decimals=indicator.decimals,
        from_zero=indicator.unit not in RATE_UNITS,
        best_is_low=indicator.value_kind == ValueKind.GRADE,
        awaited=[row.year for row in rows if row.publication is None],
    )
    return Series(rows, chart)


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


def corrections(plan: Plan, indicator: Indicator | None = None, limit: int | None = None) -> list[Correction]:
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
    if indicator is not None:
        figures = figures.filter(indicator=indicator)
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
            if old and old.actual != new.actual:
                unit, decimals = new.inputs["unit"], new.inputs["decimals"]
                found.append(
                    Correction(
                        new.indicator,
                        publication,
                        format_value(old.actual, unit, decimals),
                        format_value(new.actual, unit, decimals),
                    )
                )
    return found[:limit]


# --- work pages


@dataclass(frozen=True)
class WorkItem:
    """One indicator of a department in a round, with what is to be done."""

    indicator: Indicator
    reporting_round: ReportingRound
    state: ResultState | None
    comment: str

    @property
    def state_label(self) -> str:
        return self.state.label if self.state else "시작 전"


def work_items(department: Department, plan: Plan, rounds: list[ReportingRound]) -> list[WorkItem]:
    """The department's indicators in each of *rounds*, by due day and code. Two queries."""
    indicators = list(Indicator.objects.of_plan(plan).of_department(department).select_related("area__plan"))
    results = {
        (r.round_id, r.indicator_id): r for r in Result.objects.filter(round__in=rounds, indicator__in=indicators)
    }
    items = []
    for reporting_round in sorted(rounds, key=lambda r: (r.due_on, r.year)):
        for indicator in indicators:
            result = results.get((reporting_round.pk, indicator.pk))
            items.append(
                WorkItem(
                    indicator,
                    reporting_round,
                    ResultState(result.state) if result else None,
                    result.review_comment if result else "",
                )
            )
    return items


@dataclass(frozen=True)
class DepartmentProgress:
    department: Department
    total: int
    not_started: int
    draft: int
    returned: int
    submitted: int
    approved: int

    @property
    def is_done(self) -> bool:
        return self.approved == self.total


def round_progress(reporting_round: ReportingRound) -> list[DepartmentProgress]:
    """How far each department is in a round; a shared indicator counts for each of its departments. Three queries."""
    states = dict(reporting_round.results.values_list("indicator_id", "state"))
    owned: dict[int, set[int]] = defaultdict(set)
    pairs = Indicator.objects.of_plan(reporting_round.plan).values_list("tasks__department_id", "pk")
    for department_id, indicator_id in pairs:
        if department_id is not None:
            owned[department_id].add(indicator_id)
    rows = []
    for department in Department.objects.filter(pk__in=list(owned)):
        counted = Counter(states.get(i) for i in owned[department.pk])
        rows.append(
            DepartmentProgress(
                department,
                total=len(owned[department.pk]),
                not_started=counted[None],
                draft=counted[ResultState.DRAFT],
                returned=counted[ResultState.RETURNED],
                submitted=counted[ResultState.SUBMITTED],
                approved=counted[ResultState.APPROVED],
            )
        )
    return rows


def rounds_of(plan: Plan):
    """Rounds of a plan with how many results are handed in and approved."""
    return plan.rounds.annotate(
        submitted_count=Count("results", filter=Q(results__state=ResultState.SUBMITTED)),
        approved_count=Count("results", filter=Q(results__state=ResultState.APPROVED)),
    ).prefetch_related("publications")


# --- open data: one tidy table each, with the columns of docs/open-data.md

INDICATOR_COLUMNS = [
    "area_no",
    "indicator_code",
    "title",
    "unit",
    "direction",
    "value_kind",
    "task_codes",
    "departments",
]
MILESTONE_COLUMNS = ["area_no", "indicator_code", "year", "value", "text", "missing_reason"]
FIGURE_COLUMNS = [
    "area_no",
    "indicator_code",
    "year",
    "edition",
    "target",
    "actual",
    "text",
    "missing_reason",
    "attainment",
    "status",
]


def indicator_table(plan: Plan):
    indicators = Indicator.objects.of_plan(plan).select_related("area").prefetch_related("tasks__department")
    for i in indicators:
        tasks = list(i.tasks.all())
        departments = dict.fromkeys(task.department.name for task in tasks)
        yield (
            i.area.number,
            i.code,
            i.title,
            i.unit,
            i.direction,
            i.value_kind,
            ";".join(task.code for task in tasks),
            ";".join(departments),
        )


def milestone_table(plan: Plan):
    """One row per indicator and year of the plan; a year without a stored milestone has its reason."""
    stored = {(m.indicator_id, m.year): m for m in Milestone.objects.filter(indicator__area__plan=plan)}
    for i in Indicator.objects.of_plan(plan).select_related("area"):
        for year in plan.years:
            milestone = stored.get((i.pk, year))
            value = milestone.reading if milestone else Value(missing="none_planned")
            yield i.area.number, i.code, year, plain_number(value.number), value.text, value.missing


def figure_table(plan: Plan):
    """Every figure of every edition; demo rounds are left out."""
    figures = Figure.objects.filter(publication__round__plan=plan, publication__round__is_demo=False).select_related(
        "publication__round"
    )
    for f in figures.order_by("publication__round__year", "publication__edition", "indicator__area__number", "pk"):
        yield (
            f.inputs["area"],
            f.inputs["code"],
            f.publication.round.year,
            f.publication.edition,
            plain_number(f.target_value) or f.target_text,
            plain_number(f.actual_value),
            f.actual_text,
            f.actual_missing,
            plain_number(f.attainment),
            f.status,
        )
