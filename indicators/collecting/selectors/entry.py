"""What stands beside a value while it is entered: targets, the years before, and a department's rows of a round."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Department
from commons.values import Value
from indicators.choices import ResultState
from indicators.models import Figure, Indicator, Milestone, Publication, ReportingRound, Result

YEARS_BEFORE = 2


def years_before(reporting_round: ReportingRound) -> list[int]:
    """The years whose values are shown beside an entry, oldest first."""
    return list(range(reporting_round.year - YEARS_BEFORE, reporting_round.year))


def targets_of(reporting_round: ReportingRound, indicators: Collection[Indicator]) -> dict[int, Value]:
    """The planned value of the round's year by indicator id. One query."""
    planned = Milestone.objects.filter(indicator__in=indicators, year=reporting_round.year).order_by()
    return {pk: Value(*value) for pk, *value in planned.values_list("indicator_id", "value", "text", "missing_reason")}


def past_actuals(reporting_round: ReportingRound, indicators: Collection[Indicator]) -> dict[int, dict[int, Value]]:
    """Actual values of the years before, by indicator id and year. Two queries.

    A published value counts as it was published; a year that is not published yet counts with its approved result.
    """
    years = years_before(reporting_round)
    past: dict[int, dict[int, Value]] = defaultdict(dict)
    approved = Result.objects.approved().filter(
        round__plan=reporting_round.plan_id, round__year__in=years, indicator__in=indicators
    )
    fields = ("indicator_id", "round__year", "value", "text", "missing_reason")
    for pk, year, *value in approved.order_by().values_list(*fields):
        past[pk][year] = Value(*value)
    published = Figure.objects.filter(
        publication__in=Publication.objects.of_plan(reporting_round.plan_id)
        .filter(round__year__in=years)
        .latest_editions(),
        indicator__in=indicators,
    )
    fields = ("indicator_id", "publication__round__year", "actual_value", "actual_text", "actual_missing")
    for pk, year, *value in published.order_by().values_list(*fields):
        past[pk][year] = Value(*value)
    return past


@dataclass
class EntryRow:
    """One indicator of a department in a round, as the grid shows it. `result` is blank while nothing was saved."""

    indicator: Indicator
    result: Result
    target: Value
    past: dict[int, Value]

    @property
    def state(self) -> ResultState | None:
        return ResultState(self.result.state) if self.result.pk else None


def entry_rows(reporting_round: ReportingRound, department: Department) -> list[EntryRow]:
    """The department's indicators with all that their rows show. Seven queries, however many rows."""
    indicators = list(
        Indicator.objects.of_plan(reporting_round.plan)
        .of_department(department)
        .select_related("area__plan")
        .prefetch_related("tasks")
    )
    stored = Result.objects.of_round(reporting_round).filter(indicator__in=indicators)
    results = {
        result.indicator_id: result for result in stored.select_related("updated_by").prefetch_related("breakdowns")
    }
    targets, past = targets_of(reporting_round, indicators), past_actuals(reporting_round, indicators)
    rows = []
    for indicator in indicators:
        result = results.get(indicator.pk) or Result(version=0)
        result.round, result.indicator = reporting_round, indicator
        rows.append(EntryRow(indicator, result, targets.get(indicator.pk, Value()), past.get(indicator.pk, {})))
    return rows


@dataclass(frozen=True)
class EntryTotals:
    """How far a department's rows are: what is left to do, and what is out of its hands."""

    total: int
    empty: int
    filled: int
    returned: int
    handed_in: int

    @classmethod
    def of(cls, rows: list[EntryRow]) -> "EntryTotals":
        counted = Counter(cls._kind(row) for row in rows)
        return cls(len(rows), counted["empty"], counted["filled"], counted["returned"], counted["handed_in"])

    @staticmethod
    def _kind(row: EntryRow) -> str:
        if row.state in ResultState.handed_in():
            return "handed_in"
        if row.state == ResultState.RETURNED:
            return "returned"
        return "filled" if row.result.reading.is_given else "empty"
