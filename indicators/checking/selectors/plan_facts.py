"""A plan and its results as the plain facts that the data check reads."""

from collections import defaultdict
from decimal import Decimal

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
from indicators.models import Figure, Indicator, Publication, Result
from plans.models import Area, Budget, Goal, Plan, Target, Task


def plan_facts(plan: Plan) -> PlanFacts:
    """Read all of *plan* that the data check asks about. At most thirteen queries, whatever there is."""
    tasks = list(_tasks(plan))
    subjects = {task.pk: _task_subject(task) for task in tasks}
    results = _results(plan)
    indicators = Indicator.objects.of_plan(plan).select_related("area").prefetch_related("milestones", "tasks")
    return PlanFacts(
        years=tuple(plan.years),
        nodes=tuple(_nodes(plan)),
        tasks=tuple(_task_facts(task) for task in tasks),
        indicators=tuple(_indicator_facts(i, subjects, results[i.pk]) for i in indicators),
    )


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


def _results(plan: Plan) -> dict[int, dict[int, ResultFacts]]:
    """By indicator and year: the newest published figure, or an approved result where nothing is published."""
    found: dict[int, dict[int, ResultFacts]] = defaultdict(dict)
    approved = Result.objects.approved().filter(round__plan=plan).select_related("round").prefetch_related("breakdowns")
    for result in approved:
        groups = [part.group for part in result.breakdowns.all()]
        found[result.indicator_id][result.round.year] = ResultFacts(
            result.reading, dimensions=_dimensions(groups), is_demo=result.round.is_demo
        )
    rounds = {p.pk: p.round for p in Publication.objects.of_plan(plan).latest_editions().select_related("round")}
    fields = (
        "publication_id",
        "indicator_id",
        "actual_value",
        "actual_text",
        "actual_missing",
        "status",
        "inputs__breakdowns",
    )
    for row in Figure.objects.filter(publication__in=list(rounds)).values(*fields):
        reporting_round = rounds[row["publication_id"]]
        found[row["indicator_id"]][reporting_round.year] = ResultFacts(
            Value(row["actual_value"], row["actual_text"], row["actual_missing"]),
            status=row["status"],
            dimensions=_dimensions(group for group, _value in row["inputs__breakdowns"] or []),
            is_demo=reporting_round.is_demo,
        )
    return found
