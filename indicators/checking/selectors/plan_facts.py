"""A plan and its results as the plain facts that the data check reads."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Prefetch

from commons.values import Value
from indicators.checking.rules.facts import (
    AREA,
    GOAL,
    INDICATOR,
    TARGET,
    TASK,
    BudgetFacts,
    IndicatorFacts,
    NodeFacts,
    PlanFacts,
    ResultFacts,
    Subject,
    TaskFacts,
)
from indicators.choices import BreakdownGroup
from indicators.figures.selectors.shared import board_of, indicators_of
from indicators.models import BreakdownValue, Figure, Indicator, Result
from plans.models import Area, Budget, Goal, Plan, Target, Task


def public_facts(plan: Plan) -> PlanFacts:
    """What the data check asks about *plan* and its published results. At most twelve queries, whatever there is."""
    tasks = list(_tasks(plan))
    subjects = {task.pk: _task_subject(task) for task in tasks}
    results = _published_results(plan)
    return PlanFacts(
        years=tuple(plan.years),
        nodes=tuple(_nodes(plan)),
        tasks=tuple(_task_facts(task) for task in tasks),
        indicators=tuple(_indicator_facts(i, subjects, results[pk]) for pk, i in indicators_of(plan).items()),
    )


def indicators_with_approved(plan: Plan, facts: PlanFacts) -> tuple[IndicatorFacts, ...]:
    """Those of the public *facts* that have approved results where nothing is published, with them. Two queries."""
    public = {indicator.subject: indicator for indicator in facts.indicators}
    found: dict[Subject, dict[int, ResultFacts]] = defaultdict(dict)
    rows = _approved_rows(plan)
    waiting = [row for row in rows if row.subject in public and row.year not in public[row.subject].results]
    dimensions = _dimensions_of_results(row.pk for row in waiting)
    for row in waiting:
        found[row.subject][row.year] = ResultFacts(row.value, dimensions=dimensions[row.pk], is_demo=row.is_demo)
    return tuple(replace(public[subject], results=public[subject].results | new) for subject, new in found.items())


def _nodes(plan: Plan):
    for area in Area.objects.filter(plan=plan):
        yield NodeFacts(Subject(AREA, area.number), area.title, area.note)
    for goal in Goal.objects.filter(area__plan=plan).select_related("area"):
        yield NodeFacts(Subject(GOAL, goal.area.number, str(goal.number)), goal.title, goal.note)
    for target in Target.objects.filter(goal__area__plan=plan).select_related("goal__area"):
        yield NodeFacts(Subject(TARGET, target.goal.area.number, target.code), target.title, target.note)


def _tasks(plan: Plan):
    budgets = Prefetch("budgets", Budget.objects.prefetch_related("shares"))
    return Task.objects.of_plan(plan).select_related("target__goal__area").prefetch_related(budgets)


def _task_subject(task: Task) -> Subject:
    return Subject(TASK, task.target.goal.area.number, task.code)


def _task_facts(task: Task) -> TaskFacts:
    return TaskFacts(
        subject=_task_subject(task),
        title=task.title,
        target=Subject(TARGET, task.target.goal.area.number, task.target.code),
        note=task.note,
        budgets=tuple(_budget_facts(budget) for budget in task.budgets.all()),
    )


def _budget_facts(budget: Budget) -> BudgetFacts:
    return BudgetFacts(
        label=budget.label,
        year=budget.year,
        amount=budget.amount,
        unit=budget.get_unit_display(),
        won=Decimal(budget.unit),
        printed=budget.printed,
        note=budget.note,
        shares=tuple((share.source, share.percent, share.amount) for share in budget.shares.all()),
    )


def _indicator_facts(indicator: Indicator, subjects: dict[int, Subject], results: dict) -> IndicatorFacts:
    return IndicatorFacts(
        subject=Subject(INDICATOR, indicator.area.number, indicator.code),
        title=indicator.title,
        unit=indicator.unit,
        unit_printed=indicator.unit_printed,
        direction=indicator.direction,
        direction_reason=indicator.direction_reason,
        kind=indicator.value_kind,
        formula=indicator.formula,
        note=indicator.note,
        dimensions=tuple(dimension.value for dimension in indicator.dimensions),
        tasks=tuple(subjects[task.pk] for task in indicator.tasks.all()),
        milestones={milestone.year: milestone.reading for milestone in indicator.milestones.all()},
        results=results,
    )


def _dimensions(groups) -> frozenset[str]:
    return frozenset(BreakdownGroup(group).dimension.value for group in groups)


def _published_results(plan: Plan) -> dict[int, dict[int, ResultFacts]]:
    """The newest published figures by indicator and year."""
    found: dict[int, dict[int, ResultFacts]] = defaultdict(dict)
    rounds = {publication.pk: publication.round for publication in board_of(plan).publications}
    fields = ("publication_id", "indicator_id", "status", "inputs__breakdowns")
    values = ("actual_value", "actual_text", "actual_missing")
    rows = Figure.objects.filter(publication__in=list(rounds)).order_by().values_list(*fields, *values)
    for publication_id, indicator_id, status, breakdowns, *value in rows:
        reporting_round = rounds[publication_id]
        found[indicator_id][reporting_round.year] = ResultFacts(
            Value(*value),
            status=status,
            dimensions=_dimensions(group for group, _value in breakdowns or []),
            is_demo=reporting_round.is_demo,
        )
    return found


class _Approved(NamedTuple):
    """An approved result of any round."""

    pk: int
    subject: Subject
    year: int
    is_demo: bool
    value: Value


def _approved_rows(plan: Plan) -> list[_Approved]:
    approved = Result.objects.approved().filter(round__plan=plan).order_by()
    place = ("indicator__area__number", "indicator__code", "round__year", "round__is_demo")
    return [
        _Approved(pk, Subject(INDICATOR, area, code), year, is_demo, Value(*value))
        for pk, area, code, year, is_demo, *value in approved.values_list(
            "pk", *place, "value", "text", "missing_reason"
        )
    ]


def _dimensions_of_results(results: Iterable[int]) -> dict[int, frozenset[str]]:
    groups: dict[int, list[str]] = defaultdict(list)
    parts = BreakdownValue.objects.filter(result__in=list(results)).order_by()
    for result_id, group in parts.values_list("result_id", "group"):
        groups[result_id].append(group)
    return defaultdict(frozenset, {pk: _dimensions(found) for pk, found in groups.items()})
