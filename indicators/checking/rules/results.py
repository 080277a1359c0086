"""Doubts about what was reported: published figures, and approved results that wait for publication."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from commons.values import Value, format_number
from indicators.assessment import POOR
from indicators.checking.rules.facts import Finding, IndicatorFacts, PlanFacts, ResultFacts
from indicators.doubts import (
    ABOVE_HUNDRED,
    TEN_TIMES_LAST,
    TEN_TIMES_TARGET,
    TENTH_OF_LAST,
    TENTH_OF_TARGET,
    find_doubts,
)

WITHOUT_BASELINE, BREAKDOWNS_NOT_REPORTED = "without_baseline", "breakdowns_not_reported"
FAR_TWO_YEARS, RESULT_OUT_OF_SCALE = "far_two_years", "result_out_of_scale"
CODES = [WITHOUT_BASELINE, BREAKDOWNS_NOT_REPORTED, FAR_TWO_YEARS, RESULT_OUT_OF_SCALE]

ASKED_HERE = {TEN_TIMES_LAST, TENTH_OF_LAST, TEN_TIMES_TARGET, TENTH_OF_TARGET, ABOVE_HUNDRED}


def find(plan: PlanFacts) -> Iterator[Finding]:
    for indicator in plan.indicators:
        yield from _baseline(indicator, plan.years[0])
        yield from _breakdowns(indicator)
        yield from _far(indicator)
        yield from _out_of_scale(indicator)


def _any_demo(results: Iterable[ResultFacts]) -> bool:
    return any(result.is_demo for result in results)


def _baseline(indicator: IndicatorFacts, first: int) -> Iterator[Finding]:
    """A course is measured from the first year's number; without it there is nothing to start from. Words have none."""
    start = indicator.results.get(first)
    if indicator.kind == "text" or (start and start.status and start.value.number is not None):
        return
    missing = start.value.missing if start and start.status else ""
    values = {"year": first, "missing_reason": missing}
    yield Finding(WITHOUT_BASELINE, indicator.subject, values, rests_on_demo=bool(start and start.is_demo))


def _breakdowns(indicator: IndicatorFacts) -> Iterator[Finding]:
    """Demanded breakdowns that none of the results with a number has; before the first result there is no telling."""
    reported = {year: r for year, r in indicator.results.items() if r.value.number is not None}
    if not reported:
        return
    given = frozenset().union(*(result.dimensions for result in reported.values()))
    lacking = [dimension for dimension in indicator.dimensions if dimension not in given]
    if lacking:
        values = {"dimensions": lacking, "years": sorted(reported)}
        yield Finding(BREAKDOWNS_NOT_REPORTED, indicator.subject, values, rests_on_demo=_any_demo(reported.values()))


def _far(indicator: IndicatorFacts) -> Iterator[Finding]:
    poor = [year for year, result in sorted(indicator.results.items()) if result.status == POOR]
    running = sorted({year for pair in pairwise(poor) if pair[1] == pair[0] + 1 for year in pair})
    if running:
        results = [indicator.results[year] for year in running]
        values = {"found": [[year, _number(r.value)] for year, r in zip(running, results, strict=True)]}
        yield Finding(FAR_TWO_YEARS, indicator.subject, values, rests_on_demo=_any_demo(results))


def _out_of_scale(indicator: IndicatorFacts) -> Iterator[Finding]:
    found, used = [], []
    for year, result in sorted(indicator.results.items()):
        last = indicator.results.get(year - 1)
        doubts = find_doubts(
            kind=indicator.kind,
            unit=indicator.unit,
            direction=indicator.direction,
            value=result.value.number,
            last=last.value.number if last else None,
            target=indicator.milestones.get(year, Value()).number,
        )
        asked = [doubt for doubt in doubts if doubt in ASKED_HERE]
        if asked:
            found.append([year, _number(result.value), asked])
            used += [result, *([last] if last else [])]
    if found:
        yield Finding(RESULT_OUT_OF_SCALE, indicator.subject, {"found": found}, rests_on_demo=_any_demo(used))


def _number(value: Value) -> str:
    return format_number(value.number) if value.number is not None else value.text
