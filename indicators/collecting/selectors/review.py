"""Reads of the review pages: what waits for whom, beside what it is to be judged by."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Action, Role
from accounts.models import ActivityEntry, Department, User
from commons.values import Value, format_number
from indicators.choices import ResultState
from indicators.collecting.selectors.entry import past_actuals, targets_of
from indicators.figures.selectors.shared import with_shared_indicators
from indicators.models import Indicator, ReportingRound, Result
from indicators.wording import doubt_label, join_unit, parts_by_dimension, percent, value_in_words
from plans.models import Plan


def waiting_for_coordinator(plan: Plan) -> list[ResultState]:
    """States in which a result waits for the coordinator's decision."""
    return [ResultState.ENDORSED] if plan.needs_endorsement else [ResultState.SUBMITTED, ResultState.ENDORSED]


def waiting_for_head(plan: Plan) -> list[ResultState]:
    """States in which a result waits for the head of its department; none where the plan does not ask for it."""
    return [ResultState.SUBMITTED] if plan.needs_endorsement else []


@dataclass(frozen=True)
class SinceReturn:
    """What a department changed after the last return: the comment it answers, and old and new in words."""

    entry: ActivityEntry
    changes: list[tuple[str, str, str]]


def since_return(results: list[Result]) -> dict[int, SinceReturn]:
    """What changed since the last return, by the result's id; those never returned are left out. One query."""
    entries = ActivityEntry.objects.filter(
        subject_type=Result._meta.label_lower,
        subject_id__in=[str(result.pk) for result in results],
        action__in=[Action.RESULT_RETURNED, Action.RESULT_SAVED, Action.RESULT_SUBMITTED],
    ).order_by("at", "pk")
    returned: dict[int, ActivityEntry] = {}
    state = str(Result._meta.get_field("state").verbose_name)
    changed: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for entry in entries:
        pk = int(entry.subject_id)
        if entry.action == Action.RESULT_RETURNED:
            returned[pk] = entry
            changed[pk] = {}
        elif pk in returned:
            for label, old, new in entry.changes:
                if label == state:  # that it was handed in again is no change of what it says
                    continue
                changed[pk].setdefault(label, [old, old])[1] = new
    return {
        pk: SinceReturn(entry, [(label, old, new) for label, (old, new) in changed[pk].items() if old != new])
        for pk, entry in returned.items()
    }


def change_in_words(last: Value, now: Value, indicator: Indicator) -> str:
    """How far a number moved from last year's, such as "+10명 (+3.3%)"; '' when one of the two is no number."""
    if last.number is None or now.number is None:
        return ""
    moved = now.number - last.number
    if moved == 0:
        return _("변화 없음")
    sign = "+" if moved > 0 else "−"
    words = sign + join_unit(format_number(abs(moved), indicator.decimals), indicator.unit)
    if last.number == 0 or indicator.unit in ("%", "등급"):
        return words
    return f"{words} ({sign}{percent(abs(Decimal(moved) / last.number))})"


@dataclass(frozen=True)
class QueueRow:
    """One result of a queue with what it is judged by, all in words."""

    result: Result
    departments: list[str]
    actual: str
    target: str
    last: str
    change: str
    doubts: list[str]
    since_return: SinceReturn | None
    heads: list[str] = field(default_factory=list)

    @property
    def state(self) -> ResultState:
        return ResultState(self.result.state)

    @cached_property
    def breakdowns(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The value's parts in words, by dimension. One query: a page shows them of one result alone."""
        parts = dict(self.result.breakdowns.values_list("group", "value"))
        return parts_by_dimension(parts, self.result.indicator.decimals)


def queue_of(reporting_round: ReportingRound, states, department: Department | None = None) -> QuerySet:
    """Results of a round in one of *states*, those handed in first at the front."""
    results = reporting_round.results.filter(state__in=states).order_by("submitted_at", "pk")
    if department is not None:
        results = results.filter(indicator__in=Indicator.objects.of_department(department))
    return results


def queue_rows(reporting_round: ReportingRound, results: QuerySet) -> list[QueueRow]:
    """The rows of a queue, with as many queries for one result as for a hundred."""
    stored = results.select_related("updated_by").prefetch_related("evidence")
    found = with_shared_indicators(reporting_round.plan, stored)
    indicators = [result.indicator for result in found]
    targets, past = targets_of(reporting_round, indicators), past_actuals(reporting_round, indicators)
    returned = since_return(found)
    owners = {task.department for result in found for task in result.indicator.tasks.all()}
    heads: dict[int, list[str]] = defaultdict(list)
    for head in User.objects.filter(role=Role.HEAD, is_active=True, department__in=owners):
        heads[head.department_id].append(str(head))
    rows = []
    for result in found:
        result.round = reporting_round
        indicator = result.indicator
        departments = list(dict.fromkeys(task.department for task in indicator.tasks.all()))
        last = past.get(indicator.pk, {}).get(reporting_round.year - 1, Value())
        rows.append(
            QueueRow(
                result,
                departments=[department.name for department in departments],
                actual=value_in_words(result.reading, indicator),
                target=value_in_words(targets.get(indicator.pk, Value()), indicator),
                last=value_in_words(last, indicator),
                change=change_in_words(last, result.reading, indicator),
                doubts=[doubt_label(code) for code in result.doubts],
                since_return=returned.get(result.pk),
                heads=[name for department in departments for name in heads[department.pk]],
            )
        )
    return rows


def next_in_queue(results: QuerySet, after: Result) -> Result | None:
    """The result to open after a decision on *after*: the next one of the queue, or its first. One query."""
    waiting = [row for row in results.select_related("indicator__area__plan", "round") if row.pk != after.pk]
    later = [row for row in waiting if (row.submitted_at, row.pk) > (after.submitted_at, after.pk)]
    return next(iter(later or waiting), None)
