"""Worked examples for the method page: real indicators and milestones of a plan with example results.

The results are made up by a rule, shown as examples, and stored nowhere. Which indicators serve is chosen by what they
are, so that every plan explains the method with its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from commons.values import Value, plain_number
from indicators.assessment import Attainment, Bands, Trajectory, assess, assess_trajectory, compound_growth
from indicators.choices import Direction, Status, Track, ValueKind
from indicators.models import Indicator, Milestone
from indicators.wording import (
    compound_growth_in_words,
    format_value,
    formula_in_words,
    percent,
    status_reason_in_words,
    track_reason_in_words,
)
from plans.models import Plan

# How far the example results lie from the target, in shares of it, so that no example is simply met.
OFF_BY = {Direction.UP: Decimal("0.95"), Direction.DOWN: Decimal("1.08"), Direction.KEEP: Decimal("1.05")}
# Example results of the held target, in shares of it on the good side of 1.
HOLDING = (Decimal("1.02"), Decimal("0.97"), Decimal("0.9"))
# How much of the way the example results have come at half time, in shares of the pace that is needed.
PACES = (Decimal("1.1"), Decimal("0.7"), Decimal("0.3"), Decimal(0), Decimal("-0.2"))


@dataclass(frozen=True)
class RateExample:
    """A year's target with an example result, its rate and verdict in words."""

    indicator: Indicator
    year: int
    target: str
    actual: str
    formula: str  # in words; '' where no rate is made
    rate: str
    status: Status
    why: str


@dataclass(frozen=True)
class TrackExample:
    """An example result on the way from the first value to the last target, with its track in words."""

    indicator: Indicator
    first: tuple[int, str]
    now: tuple[int, str]
    final: tuple[int, str]
    pace: str
    track: Track
    why: str
    compound: str  # what Open SDG's method gives for the same numbers


@dataclass(frozen=True)
class Examples:
    """Everything the method page tells by example; empty or None where the plan has no such indicator."""

    rates: list[RateExample]
    grade: RateExample | None
    zero: RateExample | None
    tracks: list[TrackExample]
    keep: TrackExample | None
    held: list[TrackExample]
    grade_track: TrackExample | None
    compared: list[TrackExample]  # exactly on the straight line, one falling, one rising
    words: list[Milestone]  # milestones that are no numbers
    at_least: Milestone | None  # printed as "at least"
    unplanned: list[Indicator]
    cumulative: list[Indicator]
    shared: Indicator | None


def _rounded(number: Decimal, decimals: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _inputs(indicator: Indicator, bands: Bands) -> dict:
    return {
        "unit": indicator.unit,
        "decimals": indicator.decimals,
        "direction": indicator.direction,
        "bands": {"met": str(bands.met), "near": str(bands.near), "short": str(bands.short)},
    }


def _numbers(indicator: Indicator) -> list[Milestone]:
    """Milestones with a number, in the order of years."""
    return sorted((m for m in indicator.milestones.all() if m.value is not None), key=lambda m: m.year)


def _rate_example(milestone: Milestone, actual: Decimal, bands: Bands) -> RateExample:
    indicator = milestone.indicator
    found: Attainment = assess(
        kind=indicator.value_kind,
        direction=indicator.direction,
        target=milestone.value,
        target_text="",
        actual=actual,
        actual_text="",
        verdict="",
        bands=bands,
    )
    value = Value(actual)
    return RateExample(
        indicator=indicator,
        year=milestone.year,
        target=format_value(milestone.reading, indicator.unit, indicator.decimals),
        actual=format_value(value, indicator.unit, indicator.decimals),
        formula=formula_in_words(indicator.direction, milestone.value) if found.rate is not None else "",
        rate=percent(found.rate),
        status=Status(found.status),
        why=status_reason_in_words(
            status=found.status,
            reason=found.reason,
            rate=found.rate,
            target=milestone.reading,
            actual=value,
            inputs=_inputs(indicator, bands),
        ),
    )


def _track_example(indicator: Indicator, now: tuple[int, Decimal], bands: Bands) -> TrackExample:
    """The first milestone stands for the first result."""
    numbers = _numbers(indicator)
    start, final = numbers[0], numbers[-1]
    points = [(start.year, start.value), now]
    found: Trajectory = assess_trajectory(
        kind=indicator.value_kind,
        direction=indicator.direction,
        points=points,
        actual_text="",
        final=(final.year, final.value),
        final_text="",
    )
    inputs = _inputs(indicator, bands) | {
        "trajectory": {
            "points": [[year, plain_number(number)] for year, number in points],
            "final": {"year": final.year, "value": plain_number(final.value), "text": ""},
        }
    }

    def words(number: Decimal) -> str:
        return format_value(Value(number), indicator.unit, indicator.decimals)

    return TrackExample(
        indicator=indicator,
        first=(start.year, words(start.value)),
        now=(now[0], words(now[1])),
        final=(final.year, words(final.value)),
        pace=percent(found.pace),
        track=Track(found.track),
        why=track_reason_in_words(track=found.track, reason=found.reason, inputs=inputs),
        compound=compound_growth_in_words(compound_growth(indicator.direction, points, (final.year, final.value))),
    )


def _between(indicator: Indicator, share: Decimal) -> tuple[int, Decimal]:
    """Half-time year of an indicator and the value that has come *share* of the pace the last target needs."""
    numbers = _numbers(indicator)
    start, final = numbers[0], numbers[-1]
    half = (start.year + final.year) // 2
    way = (final.value - start.value) * (half - start.year) / (final.year - start.year)
    return half, start.value + way * share


def _whole(indicator: Indicator, share: Decimal) -> tuple[int, Decimal]:
    year, number = _between(indicator, share)
    return year, _rounded(number, indicator.decimals)


def _growth(indicator: Indicator) -> Decimal:
    """How many times its first milestone the last one is."""
    numbers = _numbers(indicator)
    return numbers[-1].value / numbers[0].value


def method_examples(plan: Plan, bands: Bands) -> Examples:
    """Choose and work out the examples. Three queries, whatever the plan holds."""
    indicators = list(
        Indicator.objects.of_plan(plan).select_related("area__plan").prefetch_related("milestones", "tasks")
    )
    counted = [i for i in indicators if i.value_kind == ValueKind.NUMBER and len(_numbers(i)) > 2]

    def first(fits: Callable[[Indicator], bool], among: list[Indicator] = counted) -> Indicator | None:
        return next((indicator for indicator in among if fits(indicator)), None)

    def ends(indicator: Indicator) -> tuple[Decimal, Decimal]:
        numbers = _numbers(indicator)
        return numbers[0].value, numbers[-1].value

    rates = []
    for direction in Direction:
        shown = first(lambda i, d=direction: i.direction == d and ends(i)[0] >= 10)
        if shown:
            target = _numbers(shown)[0]
            rates.append(_rate_example(target, _rounded(target.value * OFF_BY[direction], shown.decimals), bands))
    grade = first(lambda i: i.value_kind == ValueKind.GRADE and bool(_numbers(i)), indicators)
    zero = first(lambda i: ends(i)[0] == 0)
    rises = [i for i in counted if i.direction == Direction.UP and ends(i)[1] - ends(i)[0] >= 40]
    rising = min(rises, key=lambda i: ends(i)[1], default=None)
    keep = first(lambda i: i.direction == Direction.KEEP and ends(i)[0] != ends(i)[1])
    level = first(lambda i: i.direction == Direction.UP and ends(i)[0] == ends(i)[1] and ends(i)[0] >= 100)
    graded = first(lambda i: i.value_kind == ValueKind.GRADE and len(set(ends(i))) == 2, indicators)
    straight = [i for i in counted if min(ends(i)) > 0 and ends(i)[0] != ends(i)[1] and i.direction != Direction.KEEP]
    falling = [i for i in straight if i.direction == Direction.DOWN and _growth(i) < 1]
    growing = [i for i in straight if i.direction == Direction.UP and _growth(i) > 1]
    compared = [*sorted(falling, key=_growth)[:1], *sorted(growing, key=_growth)[-1:]]
    milestones = [milestone for i in indicators for milestone in i.milestones.all()]
    return Examples(
        rates=rates,
        grade=_rate_example(_numbers(grade)[0], _numbers(grade)[0].value + 1, bands) if grade else None,
        zero=_rate_example(_numbers(zero)[0], Decimal(1), bands) if zero else None,
        tracks=[_track_example(rising, _whole(rising, pace), bands) for pace in PACES] if rising else [],
        keep=_track_example(keep, _whole(keep, Decimal(1)), bands) if keep else None,
        held=_held_examples(level, bands) if level else [],
        grade_track=_track_example(graded, (_numbers(graded)[1].year, _numbers(graded)[0].value), bands)
        if graded
        else None,
        compared=[_track_example(i, _between(i, Decimal(1)), bands) for i in compared],
        words=[m for m in milestones if m.text],
        at_least=next((m for m in milestones if m.value is not None and "이상" in m.printed), None),
        unplanned=[i for i in indicators if not any(m.reading.has_content for m in i.milestones.all())],
        cumulative=[i for i in indicators if i.is_cumulative],
        shared=next((i for i in indicators if len(i.tasks.all()) > 1), None),
    )


def _held_examples(indicator: Indicator, bands: Bands) -> list[TrackExample]:
    """Results of the second year on, above, closely below and well below a target that is the same every year."""
    milestone = _numbers(indicator)[1]
    return [
        _track_example(indicator, (milestone.year, _rounded(milestone.value * share, indicator.decimals)), bands)
        for share in HOLDING
    ]
