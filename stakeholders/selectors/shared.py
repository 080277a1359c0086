"""Reads of voices that many public pages share, kept for each state of what is public. Nobody may change them."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Prefetch

from commons.read_model import kept
from indicators.figures.selectors.shared import indicators_of, tasks_by_indicator
from indicators.models import Indicator
from plans.models import Plan, Task
from stakeholders.models import Deliberation, Opinion, PositionPaper, ReplyDraft, StakeholderGroup
from stakeholders.selectors.chain import READING_ORDER, Ledger, opinions_with_chain, shown_forums, with_replies


class Chain:
    """Every published point of a plan with all that followed, in reading order, demo forums last."""

    def __init__(self, plan: Plan):
        asked = ReplyDraft.objects.select_related("department").only("question_id", "is_lead", "department__name")
        points = opinions_with_chain(plan).prefetch_related(Prefetch("questions__drafts", asked))
        self.points: dict[int, Opinion] = {point.pk: point for point in points.order_by(*READING_ORDER)}
        self.rows = {row[0].pk: row for row in with_replies(self.points.values())}  # of point, replies and promises
        self._places = {
            (point.paper.group.slug, point.paper.deliberation.year, point.number): point
            for point in self.points.values()
        }
        self._on_task: dict[int, set[int]] = defaultdict(set)
        self._to_indicator: dict[int, set[int]] = defaultdict(set)
        for point in self.points.values():
            self._on_task[point.task_id].add(point.pk)
            for question in point.questions.all():
                self._on_task[question.task_id].add(point.pk)
                for promise in question.commitments.all():
                    self._on_task[promise.task_id].add(point.pk)
                    self._to_indicator[promise.indicator_id].add(point.pk)

    def at(self, group_slug: str, year: int, number: int) -> Opinion | None:
        """The point at its address; None where there is none."""
        return self._places.get((group_slug, year, number))

    def of_paper(self, paper_id: int) -> list[Opinion]:
        return sorted((p for p in self.points.values() if p.paper_id == paper_id), key=lambda point: point.number)

    def on(self, tasks: Iterable[Task], indicator: Indicator | None = None):
        """Points on some tasks, with what followed: they mean one, or a question or promise that followed does.

        With *indicator* also those that led to a promise on it. Rows of point, replies and promises.
        """
        found = set().union(*(self._on_task.get(task.pk, ()) for task in tasks))
        if indicator is not None:
            found |= self._to_indicator.get(indicator.pk, set())
        return [row for pk, row in self.rows.items() if pk in found]


def chain_of(plan: Plan) -> Chain:
    """The points of *plan* with all that followed. Eight queries, when it is not there yet."""
    return kept(("chain", plan.pk), lambda: Chain(plan))


def forums_of(plan: Plan) -> list[Deliberation]:
    """The published forums, the newest first, demo ones last. One query."""
    return kept(("forums", plan.pk), lambda: shown_forums(plan))


def groups_of(plan: Plan) -> dict[str, StakeholderGroup]:
    """The groups of *plan* by their slugs, with their published papers, the newest first, demo ones last. Three
    queries."""

    def build():
        papers = PositionPaper.objects.filter(deliberation__is_published=True).select_related("deliberation")
        papers = papers.prefetch_related("meetings").order_by("deliberation__is_demo", "-deliberation__year")
        groups = plan.groups.select_related("plan").prefetch_related(Prefetch("papers", papers))
        return {group.slug: group for group in groups}

    return kept(("groups of the plan", plan.pk), build)


def ledger_of(plan: Plan) -> Ledger:
    """What became of all published points of *plan*. Three queries."""
    return kept(("ledger", plan.pk), lambda: Ledger(forums_of(plan)))


def indicators_touched(plan: Plan, points: Iterable[Opinion]) -> list[Indicator]:
    """Indicators of the tasks that the points mean, in the plan's order."""
    tasks, indicators = {point.task_id for point in points if point.task_id}, indicators_of(plan)
    return [indicators[pk] for pk, of_it in tasks_by_indicator(plan).items() if tasks & of_it]
