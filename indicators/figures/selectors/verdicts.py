"""A year's target and result brought together: the one way to a verdict, for what is published and what is not yet."""

from decimal import ROUND_FLOOR, Context, Decimal
from typing import NamedTuple

from commons.values import SIGNIFICANT_DIGITS, Value
from indicators.assessment import Bands, assess
from indicators.choices import MissingReason
from plans.models import Plan

RATE_STEP = Decimal("0.000001")


class Verdict(NamedTuple):
    """`rate` is as figures keep it (1 = 100 %) or None; `status` and `reason` are codes."""

    target: Value
    actual: Value
    rate: Decimal | None
    status: str
    reason: str


def stored_rate(rate: Decimal | None) -> Decimal | None:
    """A rate as figures keep it: rounded down, so that 99.99999 % never reads as 100 %, and to no more digits than
    every database gives back unchanged, so that the hash holds."""
    if rate is None:
        return None
    return Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_FLOOR).plus(rate.quantize(RATE_STEP, rounding=ROUND_FLOOR))


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
    return Verdict(target, actual, stored_rate(found.rate), found.status, found.reason)
