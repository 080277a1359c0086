"""How a year's result compares with that year's target: pure arithmetic over Decimal, nothing of Django.

Attainment (연도 목표 달성률) of a result `a` against a target `t`, 1 meaning 100 %:

    up    a / t
    down  2 - a / t
    keep  1 - |a - t| / |t|

With `t = 0` there is no rate: the target is met if the result is on the right side of zero. With a negative `t` the
distance is measured on `|t|`, so that the rate still grows with the result. Grades (등급) are met or so many steps
short. Texts need a person's verdict. Missing is never zero: it has no rate, the status `unrated`, and a reason.

Every figure that is published stores METHOD_VERSION beside its inputs; raise it with any change of these rules.
"""

from dataclasses import dataclass
from decimal import Decimal

METHOD_VERSION = "1"

UP, DOWN, KEEP = "up", "down", "keep"
MET, NEAR, SHORT, POOR, UNRATED = "met", "near", "short", "poor", "unrated"


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
    gain = (actual - target) / abs(target)
    change = {UP: gain, DOWN: -gain, KEEP: -abs(gain)}[direction]
    rate = 1 + change
    return Attainment(rate, bands.status(rate), "rate")


def grade_attainment(target: Decimal | None, actual: Decimal | None) -> Attainment:
    """Compare grades, 1 being the best: met, one step short is `short`, more is `poor`. No rate is made of grades."""
    if actual is None:
        return Attainment(None, UNRATED, "no_actual")
    if target is None:
        return Attainment(None, UNRATED, "no_target")
    steps = max(0, int(actual - target))
    return Attainment(None, MET if steps == 0 else SHORT if steps == 1 else POOR, "grade", steps)


def verdict_attainment(verdict: str) -> Attainment:
    """Take over a person's verdict on a text; without one the figure is unrated."""
    if not verdict:
        return Attainment(None, UNRATED, "no_verdict")
    return Attainment(None, verdict, "verdict")


@dataclass(frozen=True)
class Coverage:
    """How many of how many figures could be rated."""

    rated: int
    total: int

    def reaches(self, floor: Decimal) -> bool:
        """Whether the rated share is at least *floor* (1 is all)."""
        return self.total > 0 and Decimal(self.rated) / self.total >= floor


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
