"""Which evidence files everybody may see."""

from collections import defaultdict

from plans.models import Plan

from ..choices import MissingReason, ResultState
from ..models import Evidence, Figure, Indicator, Publication


def public_evidence(plan: Plan, indicator: Indicator):
    """Files marked public whose result stands in a publication.

    A result approved after the newest edition was made is not public yet, and neither are its files.
    """
    with_figure = (
        Figure.objects.filter(publication__in=Publication.objects.of_plan(plan).latest_editions(), indicator=indicator)
        .exclude(actual_missing=MissingReason.NOT_SUBMITTED)
        .values("publication__round")
    )
    return Evidence.objects.filter(
        is_public=True,
        result__indicator=indicator,
        result__state=ResultState.APPROVED,
        result__round__in=with_figure,
    )


def public_evidence_by_year(plan: Plan, indicator: Indicator) -> dict[int, list[Evidence]]:
    """The same, by the year the result is about. One query."""
    by_year: dict[int, list[Evidence]] = defaultdict(list)
    for evidence in public_evidence(plan, indicator).select_related("result__round").order_by("pk"):
        by_year[evidence.result.round.year].append(evidence)
    return dict(by_year)
