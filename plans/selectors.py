"""Reads across the plan's tables."""

from collections import Counter
from dataclasses import dataclass, field

from .models import Area, Goal, Plan, Target, Task

# --- open data: one tidy table each, with the columns of docs/open-data.md

AREA_COLUMNS = ["area_no", "title"]
GOAL_COLUMNS = ["area_no", "goal_no", "title"]
TARGET_COLUMNS = ["area_no", "goal_no", "target_code", "title"]
TASK_COLUMNS = ["area_no", "target_code", "task_code", "title", "department", "team"]


def area_table(plan: Plan):
    return Area.objects.filter(plan=plan).values_list("number", "title")


def goal_table(plan: Plan):
    return Goal.objects.filter(area__plan=plan).values_list("area__number", "number", "title")


def target_table(plan: Plan):
    return Target.objects.filter(goal__area__plan=plan).values_list(
        "goal__area__number", "goal__number", "code", "title"
    )


def task_table(plan: Plan):
    return Task.objects.of_plan(plan).values_list(
        "target__goal__area__number", "target__code", "code", "title", "department__name", "team__name"
    )


# --- pages


@dataclass
class AreaSummary:
    """An area with what it holds."""

    area: Area
    goals: int
    tasks: int
    indicator_ids: list[int] = field(default_factory=list)


def area_summaries(plan: Plan) -> list[AreaSummary]:
    """The areas of *plan* in order, with counts. Four queries."""
    goals = Counter(Goal.objects.filter(area__plan=plan).values_list("area_id", flat=True))
    tasks = Counter(Task.objects.of_plan(plan).values_list("target__goal__area_id", flat=True))
    summaries = {
        area.pk: AreaSummary(area, goals[area.pk], tasks[area.pk])
        for area in Area.objects.filter(plan=plan).select_related("plan")
    }
    for area_id, indicator_id in Area.objects.filter(plan=plan).values_list("pk", "indicators"):
        if indicator_id is not None:
            summaries[area_id].indicator_ids.append(indicator_id)
    return list(summaries.values())
