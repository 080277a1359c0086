"""Reads of the work pages: what a department has to do, and how far a round is."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Department
from plans.models import Plan

from ..choices import ResultState
from ..models import Indicator, ReportingRound, Result


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
