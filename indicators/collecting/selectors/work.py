"""Reads of the work pages: what a department has to do, and how far a round is."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Q
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Department
from indicators.choices import ResultState, RoundState
from indicators.models import Indicator, ReportingRound, Result
from plans.models import Plan


@dataclass(frozen=True)
class WorkItem:
    """One indicator of a department in a round, with what is to be done."""

    indicator: Indicator
    reporting_round: ReportingRound
    state: ResultState | None
    comment: str
    due_on: date


def work_items(department: Department, plan: Plan, rounds: list[ReportingRound]) -> list[WorkItem]:
    """The department's indicators in each of *rounds* (extensions prefetched), by due day and code. Two queries."""
    indicators = list(Indicator.objects.of_plan(plan).of_department(department).select_related("area__plan"))
    results = {
        (r.round_id, r.indicator_id): r for r in Result.objects.filter(round__in=rounds, indicator__in=indicators)
    }
    items = []
    for reporting_round in sorted(rounds, key=lambda r: (r.due_for(department.pk), r.year)):
        for indicator in indicators:
            result = results.get((reporting_round.pk, indicator.pk))
            items.append(
                WorkItem(
                    indicator,
                    reporting_round,
                    ResultState(result.state) if result else None,
                    result.review_comment if result else "",
                    reporting_round.due_for(department.pk),
                )
            )
    return items


@dataclass(frozen=True)
class DepartmentProgress:
    """How far a department is in a round. `due_on` is its own last day; `unfinished` what it still has to hand in."""

    department: Department
    total: int
    not_started: int
    draft: int
    returned: int
    submitted: int
    endorsed: int
    approved: int
    due_on: date
    may_write: bool
    is_late: bool
    officers: int
    addresses: int
    reminded_on: date | None
    unfinished: list[int] = field(repr=False)

    @property
    def is_done(self) -> bool:
        return self.approved == self.total

    @property
    def left(self) -> int:
        """How many indicators the department still has to hand in."""
        return len(self.unfinished)


def round_progress(reporting_round: ReportingRound, day: date | None = None) -> list[DepartmentProgress]:
    """How far each department is on *day* (today), the late ones first. Five queries.

    A shared indicator counts for each of its departments.
    """
    day = day or timezone.localdate()
    states = dict(reporting_round.results.values_list("indicator_id", "state"))
    reminded = dict(
        reporting_round.reminders.filter(recipients__gt=0).order_by().values_list("department_id").annotate(Max("day"))
    )
    owned: dict[int, set[int]] = defaultdict(set)
    pairs = Indicator.objects.of_plan(reporting_round.plan).values_list("tasks__department_id", "pk")
    for department_id, indicator_id in pairs:
        if department_id is not None:
            owned[department_id].add(indicator_id)
    is_officer = Q(users__role=Role.OFFICER, users__is_active=True)
    departments = Department.objects.filter(pk__in=list(owned)).annotate(
        officer_count=Count("users", filter=is_officer),
        address_count=Count("users", filter=is_officer & ~Q(users__email="")),
    )
    rows = []
    for department in departments:
        indicators = owned[department.pk]
        counted = Counter(states.get(i) for i in indicators)
        unfinished = sorted(i for i in indicators if states.get(i, "") in {"", *ResultState.with_department()})
        due_on = reporting_round.due_for(department.pk)
        collecting = reporting_round.state in (RoundState.OPEN, RoundState.CLOSED)
        rows.append(
            DepartmentProgress(
                department,
                total=len(indicators),
                not_started=counted[None],
                draft=counted[ResultState.DRAFT],
                returned=counted[ResultState.RETURNED],
                submitted=counted[ResultState.SUBMITTED],
                endorsed=counted[ResultState.ENDORSED],
                approved=counted[ResultState.APPROVED],
                due_on=due_on,
                may_write=reporting_round.takes_from(department.pk, day=day),
                is_late=collecting and bool(unfinished) and due_on < day,
                officers=department.officer_count,
                addresses=department.address_count,
                reminded_on=reminded.get(department.pk),
                unfinished=unfinished,
            )
        )
    return sorted(rows, key=lambda row: (not row.is_late, row.is_done, row.department.name))


def state_counts(reporting_round: ReportingRound) -> list[tuple[ResultState | None, int]]:
    """How many indicators of the plan stand where in a round, each counted once; None is not started. Two queries."""
    counted = Counter(reporting_round.results.values_list("state", flat=True))
    total = Indicator.objects.of_plan(reporting_round.plan).count()
    states = [ResultState.RETURNED, ResultState.DRAFT, ResultState.SUBMITTED, ResultState.ENDORSED]
    rows = [(state, counted[state]) for state in [*states, ResultState.APPROVED]]
    return [(None, total - sum(counted.values())), *rows]


@dataclass(frozen=True)
class DepartmentResult:
    """One indicator of a department in a round, for those who oversee it."""

    indicator: Indicator
    result: Result | None
    state: ResultState | None


def department_results(reporting_round: ReportingRound, department: Department) -> list[DepartmentResult]:
    """The department's indicators in a round, each with its result if there is one. Three queries."""
    indicators = (
        Indicator.objects.of_plan(reporting_round.plan)
        .of_department(department)
        .select_related("area__plan")
        .prefetch_related("tasks")
    )
    stored = reporting_round.results.filter(indicator__in=indicators).select_related("updated_by")
    results = {result.indicator_id: result for result in stored}
    rows = []
    for indicator in indicators:
        result = results.get(indicator.pk)
        if result:
            result.round, result.indicator = reporting_round, indicator
        rows.append(DepartmentResult(indicator, result, ResultState(result.state) if result else None))
    return rows


def rounds_of(plan: Plan):
    """Rounds of a plan with how many results are handed in and approved."""
    return plan.rounds.annotate(
        submitted_count=Count("results", filter=Q(results__state__in=[ResultState.SUBMITTED, ResultState.ENDORSED])),
        approved_count=Count("results", filter=Q(results__state=ResultState.APPROVED)),
    ).prefetch_related("publications")
