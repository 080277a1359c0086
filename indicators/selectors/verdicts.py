"""A year's target and result brought together: the one way to a verdict, for what is published and what is not yet."""

from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from plans.models import Plan
from sdgplan.lib.values import Value

from ..assessment import Bands, assess
from ..choices import MissingReason

RATE_STEP = Decimal("0.000001")


class Verdict(NamedTuple):
    """`rate` is rounded down to RATE_STEP (1 = 100 %) or None; `status` and `reason` are codes."""

    target: Value
    actual: Value
    rate: Decimal | None
    status: str
    reason: str


def bands_of(plan: Plan) -> Bands:
    return Bands(met=plan.band_met, near=plan.band_near, short=plan.band_short)


def judge(
    *, kind: str, direction: str, target: Value | None, actual: Value | None, verdict: str, bands: Bands
) -> Verdict:
    """Assess a result; without a milestone (None) nothing was planned, without a result (None) nothing was submitted.

    *verdict* is a person's, for results in words.
    """
    target = target or Value(missing=MissingReason.NONE_PLANNED)
    actual = actual or Value(missing=MissingReason.NOT_SUBMITTED)
    found = assess(
        kind=kind,
        direction=direction,
        target=target.number,
        target_text=target.text,
        actual=actual.number,
        actual_text=actual.text,
        verdict=verdict,
        bands=bands,
    )
    rate = None if found.rate is None else found.rate.quantize(RATE_STEP, rounding=ROUND_FLOOR)
    return Verdict(target, actual, rate, found.status, found.reason)
