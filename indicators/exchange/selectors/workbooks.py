"""What a workbook of a round is made from, and compared with when it comes back."""

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import Department
from commons.acts import Lock
from commons.values import Value
from indicators.choices import ValueKind
from indicators.collecting.selectors.entry import targets_of
from indicators.models import Figure, Indicator, Publication, ReportingRound, Result
from indicators.permissions import result_lock


@dataclass(frozen=True)
class WorkbookRow:
    """One indicator with what is stored of it. `result` is unsaved, with version 0, where nothing was entered yet."""

    indicator: Indicator
    result: Result
    target: Value
    past: dict[int, Value]
    lock: Lock | None

    @property
    def departments(self) -> list[Department]:
        """The departments that report the indicator, each once."""
        return list(dict.fromkeys(task.department for task in self.indicator.tasks.all()))

    @property
    def inputs(self) -> set[str]:
        """Names of the fields in which this indicator's value is given; the same as on its entry form."""
        if self.indicator.value_kind == ValueKind.TEXT:
            return {"text", "verdict", "missing_reason"}
        if self.target.text:
            return {"value", "text", "verdict", "missing_reason"}
        return {"value", "missing_reason"}


def workbook_rows(
    user, reporting_round: ReportingRound, department: Department | None = None, *, with_past: bool = False
) -> list[WorkbookRow]:
    """The indicators of *department*, or of all, in the round; the same number of queries however many there are.

    *user* is asked for the locks. Without *with_past* the published results of earlier years stay unread.
    """
    indicators = Indicator.objects.of_plan(reporting_round.plan)
    if department is not None:
        indicators = indicators.of_department(department)
    indicators = list(indicators.select_related("area__plan").prefetch_related("tasks__department"))
    targets = targets_of(reporting_round, indicators)
    stored = Result.objects.of_round(reporting_round).select_related("updated_by").prefetch_related("breakdowns")
    results = {result.indicator_id: result for result in stored}
    past = _past(reporting_round) if with_past else {}
    rows = []
    for indicator in indicators:
        result = results.get(indicator.pk) or Result(version=0)
        result.round, result.indicator = reporting_round, indicator
        target, published = targets.get(indicator.pk, Value()), past.get(indicator.pk, {})
        rows.append(WorkbookRow(indicator, result, target, published, result_lock(user, result)))
    return rows


def _past(reporting_round: ReportingRound) -> dict[int, dict[int, Value]]:
    """Published results of the years before the round, by indicator and year."""
    newest = Publication.objects.of_plan(reporting_round.plan).latest_editions()
    years = dict(newest.filter(round__year__lt=reporting_round.year).values_list("pk", "round__year"))
    past: dict[int, dict[int, Value]] = defaultdict(dict)
    fields = ("publication_id", "indicator_id", "actual_value", "actual_text", "actual_missing")
    for publication, indicator, *value in Figure.objects.filter(publication__in=list(years)).values_list(*fields):
        past[indicator][years[publication]] = Value(*value)
    return past
