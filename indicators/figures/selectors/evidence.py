"""Which evidence files everybody may see."""

from django.db.models import Exists, OuterRef

from indicators.choices import MissingReason, ResultState
from indicators.models import Evidence, Figure, Indicator, Publication
from plans.models import Plan


def public_evidence(plan: Plan, indicator: Indicator):
    """Files of an indicator that everybody may see."""
    return public_evidence_of(Publication.objects.of_plan(plan).latest_editions()).filter(result__indicator=indicator)


def public_evidence_of(editions):
    """Files marked public whose result stands in one of *editions*, the newest of their rounds.

    A result approved after the newest edition was made is not public yet, and neither are its files.
    """
    shown = Figure.objects.filter(
        publication__in=editions, publication__round=OuterRef("result__round"), indicator=OuterRef("result__indicator")
    ).exclude(actual_missing=MissingReason.NOT_SUBMITTED)
    return Evidence.objects.filter(Exists(shown), is_public=True, result__state=ResultState.APPROVED)
