"""What the acts share: refusals, the lock on the round, and the stored result behind it."""

from django.utils import timezone

from indicators.models import Indicator, ReportingRound, Result


class StaleResult(Exception):
    """Somebody saved in between. `current` is the stored result with the other person's values."""

    def __init__(self, current: Result):
        super().__init__("the result was saved by somebody else in between")
        self.current = current


def lock_round(reporting_round: ReportingRound) -> ReportingRound:
    """Read the round anew and hold its row until the transaction ends."""
    return ReportingRound.objects.select_for_update(of=["self"]).select_related("plan").get(pk=reporting_round.pk)


def current_result(reporting_round: ReportingRound, indicator: Indicator) -> Result:
    """The stored result of an indicator in a locked round, or a blank unsaved one."""
    current = Result.objects.select_related("updated_by").filter(round=reporting_round, indicator=indicator).first()
    current = current or Result(round=reporting_round, indicator=indicator, version=0)
    current.round, current.indicator = reporting_round, indicator
    return current


def store_result(result: Result, actor, now) -> None:
    """Save a result as its next version."""
    result.version += 1
    result.updated_by = actor
    result.updated_at = now or timezone.now()
    result.save()
