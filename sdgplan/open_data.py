"""The open-data tables: which there are, with which columns, and where their rows come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from indicators.selectors import tables as indicators
from plans import selectors as plans
from plans.models import Plan


@dataclass(frozen=True)
class Table:
    """One tidy table; `rows` yields tuples in the order of `columns`."""

    name: str
    columns: list[str]
    rows: Callable[[Plan], Iterable[tuple]]


def _none_yet(plan: Plan) -> Iterable[tuple]:
    """Tables whose records are not kept yet are written with their columns alone."""
    return ()


GROUP_COLUMNS = ["group", "paper_date", "meetings", "participants"]
OPINION_COLUMNS = ["group", "number", "area_no", "ref_level", "ref_code", "cited_code", "kind", "summary"]
REPLY_COLUMNS = [
    "question_no",
    "groups",
    "area_no",
    "ref_level",
    "ref_code",
    "cited_code",
    "department",
    "stance",
    "question_summary",
    "reply_summary",
]

TABLES = [
    Table("areas", plans.AREA_COLUMNS, plans.area_table),
    Table("goals", plans.GOAL_COLUMNS, plans.goal_table),
    Table("targets", plans.TARGET_COLUMNS, plans.target_table),
    Table("tasks", plans.TASK_COLUMNS, plans.task_table),
    Table("indicators", indicators.INDICATOR_COLUMNS, indicators.indicator_table),
    Table("milestones", indicators.MILESTONE_COLUMNS, indicators.milestone_table),
    Table("figures", indicators.FIGURE_COLUMNS, indicators.figure_table),
    Table("groups", GROUP_COLUMNS, _none_yet),
    Table("opinions", OPINION_COLUMNS, _none_yet),
    Table("replies", REPLY_COLUMNS, _none_yet),
]
