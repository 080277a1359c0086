"""How results compare with what was planned: pure arithmetic over Decimal, nothing of Django.

**Attainment** (연도 목표 달성률) holds a year's result `a` against that year's target `t`; 1 means 100 %:

    up    a / t
    down  2 - a / t
    keep  1 - |a - t| / |t|

With `t = 0` there is no rate: the target is met if the result is on the right side of zero. With a negative `t` the
distance is measured on `|t|`, so that the rate still grows with the result. Grades (등급) are met or so many steps
short. Words, two figures in one (`1,500/510`) and ranges (`80~90`) need a person's verdict: no rule reads them.
A running total (누계) is held against the running total of the plan, like any other number.
Missing is never zero: it has no rate, the status `unrated`, and a reason.

**Trajectory** (궤도) holds the pace so far against the pace that the last target needs, on a straight line:

    R = ((a_i - a_0) / (t_T - a_0)) / ((y_i - y_0) / (y_T - y_0))

cut at 0.95, 0.60 and 0. After the year y_T the share of time stays 1: nobody can need more than the whole way.
There is no way to measure, and so no pace, where the start already stands at the last target or beyond it, be it that
the start was good or that the plan's target lies against the direction. Then the target is either held (`held`), missed
by at most 5 % of its size (`slipped`, which is slow), or given up (`lost`, which is a regress): that can be told, so it
is never shown as no data. For the same reason a standstill is a pace of 0, not a missing one.
"Keep" has no far side: the way is the distance to the last target, and a result within 5 % of the target's size has
reached it, because an exact hit is not to be expected of a level. The 5 % are those of the cut at 0.95.
Grades are ranks, of which no pace can be made, yet order can be told: reached, worse than the start, or no better.

Both results are exact for any finite numbers, do not depend on the unit's scale, and never raise. Every figure that
is published stores METHOD_VERSION beside its inputs; raise it with any change of these rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, Context, Decimal, localcontext

METHOD_VERSION = "2"

UP, DOWN, KEEP = "up", "down", "keep"
MET, NEAR, SHORT, POOR, UNRATED = "met", "near", "short", "poor", "unrated"
ON_TRACK, SLOW, LAGGING, REGRESS, UNDEFINED = "on_track", "slow", "lagging", "regress", "undefined"

ON_TRACK_FROM, SLOW_FROM, LAGGING_FROM = Decimal("0.95"), Decimal("0.6"), Decimal(0)

Point = tuple[int, Decimal | None]  # a year and its value; None is missing

# Wide enough for any number that can be stored, and without traps, so that no finite number raises.
_WIDE = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_RETURNED = Context(prec=28, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])


@dataclass(frozen=True)
class Bands:
    """Least rate of each status; 1 is 100 %. Below `short` a result is poor."""

    met: Decimal = Decimal("1")
    near: Decimal = Decimal("0.9")
    short: Decimal = Decimal("0.7")

    def status(self, rate: Decimal) -> str:
        if rate >= self.met:
            return MET
        if rate >= self.near:
            return NEAR
        if rate >= self.short:
            return SHORT
        return POOR


DEFAULT_BANDS = Bands()


@dataclass(frozen=True)
class Attainment:
    """`rate` (Decimal, 1 = 100 %) or None; `status`; `reason`, a code that says how the status came about."""

    rate: Decimal | None
    status: str
    reason: str
    steps: int | None = None


def _rate(direction: str, target: Decimal, actual: Decimal) -> Decimal:
    """The attainment of a target other than zero, in the context of the caller."""
    gain = (actual - target) / abs(target)
    return 1 + {UP: gain, DOWN: -gain, KEEP: -abs(gain)}[direction]


def attainment(
    direction: str, target: Decimal | None, actual: Decimal | None, bands: Bands = DEFAULT_BANDS
) -> Attainment:
    """Compare a number with its target. Never raises for any pair of finite numbers; None is missing.

    Reasons: ``rate``, ``zero_target``, ``no_target``, ``no_actual``.
    """
    if actual is None:
        return Attainment(None, UNRATED, "no_actual")
    if target is None:
        return Attainment(None, UNRATED, "no_target")
    if target == 0:
        met = {UP: actual >= 0, DOWN: actual <= 0, KEEP: actual == 0}[direction]
        return Attainment(None, MET if met else POOR, "zero_target")
    with localcontext(_WIDE):
        rate = _rate(direction, Decimal(target), Decimal(actual))
    return Attainment(_RETURNED.plus(rate), bands.status(rate), "rate")


def grade_attainment(target: Decimal | None, actual: Decimal | None) -> Attainment:
    """Compare grades, 1 being the best: met, one step short is `short`, more is `poor`. No rate is made of grades."""
    if actual is None:
        return Attainment(None, UNRATED, "no_actual")
    if target is None:
        return Attainment(None, UNRATED, "no_target")
    with localcontext(_WIDE):
        gap = min(max(actual - target, Decimal(0)), Decimal(99))
        steps = int(gap.to_integral_value(rounding=ROUND_CEILING))
    return Attainment(None, MET if steps == 0 else SHORT if steps == 1 else POOR, "grade", steps)


def verdict_attainment(verdict: str) -> Attainment:
    """Take over a person's verdict on words; without one the figure is unrated."""
    if not verdict:
        return Attainment(None, UNRATED, "no_verdict")
    return Attainment(None, verdict, "verdict")


def assess(
    *,
    kind: str,
    direction: str,
    target: Decimal | None,
    target_text: str,
    actual: Decimal | None,
    actual_text: str,
    verdict: str,
    bands: Bands = DEFAULT_BANDS,
) -> Attainment:
    """Choose the rule that fits what stands on both sides: two numbers, two grades, or words that need a verdict."""
    if actual is None and not actual_text:
        return Attainment(None, UNRATED, "no_actual")
    if target is None and not target_text:
        return Attainment(None, UNRATED, "no_target")
    if actual is not None and target is not None:
        return grade_attainment(target, actual) if kind == "grade" else attainment(direction, target, actual, bands)
    return verdict_attainment(verdict)


@dataclass(frozen=True)
class Trajectory:
    """`pace` R (Decimal, 1 = exactly the pace that is needed) or None; `track`, the named course; `reason`, its code.

    Reasons with a track: ``pace``, ``reached`` (keep), ``held``, ``slipped``, ``lost``, ``grade``.
    Without one: ``no_actual``,
    ``no_final``, ``words``, ``final_in_words``, ``one_point``, ``same_year``, ``no_time``, ``grade``.
    """

    pace: Decimal | None
    track: str
    reason: str


def track_of(pace: Decimal) -> str:
    """The named course of a pace."""
    if pace >= ON_TRACK_FROM:
        return ON_TRACK
    if pace >= SLOW_FROM:
        return SLOW
    return LAGGING if pace >= LAGGING_FROM else REGRESS


def _is_close(target: Decimal, value: Decimal) -> bool:
    """Whether *value* lies within 5 % of the target's size."""
    with localcontext(_WIDE):
        return abs(value - target) <= abs(target) * (1 - ON_TRACK_FROM)


def _has_reached(direction: str, target: Decimal, value: Decimal) -> bool:
    """Whether *value* is at the last target or beyond it; for keep, close to it."""
    if direction == KEEP:
        return _is_close(target, value)
    return value >= target if direction == UP else value <= target


def _held(direction: str, target: Decimal, value: Decimal) -> Trajectory:
    """The trajectory of an indicator that stood at its last target from the start."""
    if _has_reached(direction, target, value):
        return Trajectory(None, ON_TRACK, "held")
    if _is_close(target, value):
        return Trajectory(None, SLOW, "slipped")
    return Trajectory(None, REGRESS, "lost")


def _ends(points: Sequence[Point]) -> tuple[Point, Point] | None:
    """The first point with a value and the last point, in the order of years; None when the last has no value."""
    ordered = sorted(points, key=lambda point: point[0])
    if not ordered or ordered[-1][1] is None:
        return None
    return next(point for point in ordered if point[1] is not None), ordered[-1]


def _no_span(start: Point, now: Point, final_year: int, count: int) -> str:
    """Why no pace can be made of these years, as a code; '' when one can."""
    if start[0] == now[0]:
        return "one_point" if count == 1 else "same_year"
    return "no_time" if final_year <= start[0] else ""


def trajectory(direction: str, points: Sequence[Point], final: Point | None) -> Trajectory:
    """Compare the pace from the first of *points* to the last with the pace that *final* needs.

    *points* are (year, value), the first being the first result or the baseline, the last the year in question; a
    value of None is missing. *final* is (year, value) of the last target. Never raises for finite numbers.
    """
    ends = _ends(points)
    if ends is None:
        return Trajectory(None, UNDEFINED, "no_actual")
    if final is None or final[1] is None:
        return Trajectory(None, UNDEFINED, "no_final")
    (y_0, a_0), (y_i, a_i) = ends
    y_t, target = final
    a_0, a_i, target = Decimal(a_0), Decimal(a_i), Decimal(target)
    if _has_reached(direction, target, a_0):
        return _held(direction, target, a_i)
    reason = _no_span(*ends, y_t, sum(value is not None for _year, value in points))
    if reason:
        return Trajectory(None, UNDEFINED, reason)
    with localcontext(_WIDE):
        if direction == KEEP:
            whole = abs(target - a_0)
            done = whole - abs(target - a_i)
        else:
            whole, done = target - a_0, a_i - a_0
        pace = (done * (y_t - y_0)) / (whole * min(y_i - y_0, y_t - y_0))
    if direction == KEEP and _has_reached(direction, target, a_i):
        return Trajectory(_RETURNED.plus(pace), ON_TRACK, "reached")
    return Trajectory(_RETURNED.plus(pace), track_of(pace), "pace")


def grade_trajectory(points: Sequence[Point], final: Point | None) -> Trajectory:
    """Order grades, 1 being the best: reached, worse than the start, no better; only "better" has no named course."""
    compared = trajectory(DOWN, points, final)
    if compared.reason != "pace":
        return compared
    (_y, first), (_z, last) = _ends(points)
    if last <= final[1]:
        return Trajectory(None, ON_TRACK, "grade")
    if last > first:
        return Trajectory(None, REGRESS, "grade")
    return Trajectory(None, LAGGING if last == first else UNDEFINED, "grade")


def assess_trajectory(
    *,
    kind: str,
    direction: str,
    points: Sequence[Point],
    actual_text: str,
    final: Point | None,
    final_text: str,
) -> Trajectory:
    """Choose the rule that fits: numbers, grades, or words, of which no course can be made."""
    if actual_text:
        return Trajectory(None, UNDEFINED, "words")
    if final_text and _ends(points):
        return Trajectory(None, UNDEFINED, "final_in_words")
    return grade_trajectory(points, final) if kind == "grade" else trajectory(direction, points, final)


@dataclass(frozen=True)
class CompoundGrowth:
    """What Open SDG's published method says of the same numbers, for comparison only; nothing here is stored.

    `ratio` R = d * observed / |required|, of the yearly compound growth rates; `category` is one of ``achieved``,
    ``on_track``, ``acceleration``, ``limited``, ``deterioration``, or '' with the `reason` why there is none:
    ``no_actual``, ``no_final``, ``one_point``, ``same_year``, ``no_time``, ``not_positive``, ``level_target``,
    ``keep``.
    """

    ratio: Decimal | None
    category: str
    reason: str
    observed: Decimal | None = None
    required: Decimal | None = None


def compound_growth(direction: str, points: Sequence[Point], final: Point | None) -> CompoundGrowth:
    """Judge the numbers by compound growth, as the progress methodology of Open SDG (Statistics Canada) describes it.

    A growth rate needs numbers above zero, and the method knows no direction "keep".
    """
    ends = _ends(points)
    if ends is None or final is None or final[1] is None:
        return CompoundGrowth(None, "", "no_actual" if ends is None else "no_final")
    if direction == KEEP:
        return CompoundGrowth(None, "", "keep")
    (y_0, a_0), (y_i, a_i) = ends
    y_t, target = final
    a_0, a_i, target = Decimal(a_0), Decimal(a_i), Decimal(target)
    if _has_reached(direction, target, a_i):
        return CompoundGrowth(None, "achieved", "achieved")
    reason = _no_span(*ends, y_t, sum(value is not None for _year, value in points))
    if reason:
        return CompoundGrowth(None, "", reason)
    if min(a_0, a_i, target) <= 0:
        return CompoundGrowth(None, "", "not_positive")
    with localcontext(_WIDE):
        observed = (a_i / a_0) ** (Decimal(1) / (y_i - y_0)) - 1
        required = (target / a_0) ** (Decimal(1) / (y_t - y_0)) - 1
        if not required:
            return CompoundGrowth(None, "", "level_target", observed, required)
        ratio = (observed if direction == UP else -observed) / abs(required)
    track = track_of(ratio)
    category = {ON_TRACK: ON_TRACK, SLOW: "acceleration", LAGGING: "limited", REGRESS: "deterioration"}[track]
    ratio, observed, required = (_RETURNED.plus(number) for number in (ratio, observed, required))
    return CompoundGrowth(ratio, category, "ratio", observed, required)


@dataclass(frozen=True)
class Coverage:
    """How many of how many figures could be rated."""

    rated: int
    total: int

    def reaches(self, floor: Decimal) -> bool:
        """Whether the rated share is at least *floor* (1 is all)."""
        return self.total > 0 and Decimal(self.rated) / self.total >= floor

    def score(self, best: int, floor: Decimal) -> Decimal | None:
        """The one score of an aggregate: the share of the *best* among what is rated; None below the floor.

        The same for target, goal, area, department and plan. Rates are never averaged: a mean of shares of heads,
        money and grades measures nothing.
        """
        if not self.rated or not self.reaches(floor):
            return None
        return Decimal(best) / self.rated
