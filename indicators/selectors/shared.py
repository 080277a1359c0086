"""Reads that many public pages share, kept for each state of what is public. Nobody may change what these return."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Prefetch

from plans.models import Plan, Task
from sdgplan.lib.read_model import kept

from ..models import Evidence, Indicator, Publication
from .evidence import public_evidence_of
from .figures import Correction, FigureBoard, Headline, corrections


def board_of(plan: Plan) -> FigureBoard:
    """All that is published of *plan*. Two queries, when it is not there yet."""
    return kept(("board", plan.pk), lambda: FigureBoard(plan))


def indicators_of(plan: Plan) -> dict[int, Indicator]:
    """Every indicator by its id, in the plan's order, with area, milestones and tasks. Three queries."""
    tasks = Task.objects.select_related("department", "team", "target__goal__area__plan")
    indicators = (
        Indicator.objects.of_plan(plan)
        .select_related("area__plan")
        .prefetch_related("milestones", Prefetch("tasks", tasks))
    )
    return kept(("indicators", plan.pk), lambda: {indicator.pk: indicator for indicator in indicators})


def corrections_of(plan: Plan) -> list[Correction]:
    """What later editions changed, newest first. At most two queries."""
    return kept(("corrections", plan.pk), lambda: corrections(plan))


@dataclass(frozen=True)
class ListedIndicator:
    """An indicator as lists show it: with its headline, and the names of the departments that report it."""

    indicator: Indicator
    headline: Headline | None

    @cached_property
    def departments(self) -> list[str]:
        return list(dict.fromkeys(task.department.name for task in self.indicator.tasks.all()))


def listed_indicators(plan: Plan) -> dict[int, ListedIndicator]:
    """Every indicator by its id, as lists show it. Five queries."""

    def build():
        board = board_of(plan)
        return {pk: ListedIndicator(indicator, board.indicator(pk)) for pk, indicator in indicators_of(plan).items()}

    return kept(("listed indicators", plan.pk), build)


def evidence_by_year(plan: Plan, indicator: Indicator) -> dict[int, list[Evidence]]:
    """The files of an indicator that everybody may see, by the year the result is about. One query for the plan."""

    def build():
        found: dict[int, dict[int, list[Evidence]]] = {}
        editions = Publication.objects.of_plan(plan).latest_editions()
        for evidence in public_evidence_of(editions).select_related("result__round").order_by("pk"):
            of_indicator = found.setdefault(evidence.result.indicator_id, {})
            of_indicator.setdefault(evidence.result.round.year, []).append(evidence)
        return found

    return kept(("evidence", plan.pk), build).get(indicator.pk, {})
