"""The open-data tables: which there are, with which columns, and where their rows come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from indicators.selectors import tables as indicators
from plans import selectors as plans
from plans.models import Plan
from stakeholders.selectors import tables as stakeholders


@dataclass(frozen=True)
class Table:
    """One tidy table; `rows` yields tuples in the order of `columns`."""

    name: str
    columns: list[str]
    rows: Callable[[Plan], Iterable[tuple]]


TABLES = [
    Table("areas", plans.AREA_COLUMNS, plans.area_table),
    Table("goals", plans.GOAL_COLUMNS, plans.goal_table),
    Table("targets", plans.TARGET_COLUMNS, plans.target_table),
    Table("tasks", plans.TASK_COLUMNS, plans.task_table),
    Table("indicators", indicators.INDICATOR_COLUMNS, indicators.indicator_table),
    Table("milestones", indicators.MILESTONE_COLUMNS, indicators.milestone_table),
    Table("figures", indicators.FIGURE_COLUMNS, indicators.figure_table),
    Table("groups", stakeholders.GROUP_COLUMNS, stakeholders.group_table),
    Table("opinions", stakeholders.OPINION_COLUMNS, stakeholders.opinion_table),
    Table("replies", stakeholders.REPLY_COLUMNS, stakeholders.reply_table),
]
