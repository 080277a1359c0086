"""What the acts share: refusals, and the lock on the round."""

from ..models import ReportingRound, Result


class NotAllowedNow(Exception):
    """An act that the state of the round or result does not allow; the message says why, for people."""


class StaleResult(Exception):
    """Somebody saved in between. `current` is the stored result with the other person's values."""

    def __init__(self, current: Result):
        super().__init__("the result was saved by somebody else in between")
        self.current = current


def lock_round(reporting_round: ReportingRound) -> ReportingRound:
    """Read the round anew and hold its row until the transaction ends."""
    return ReportingRound.objects.select_for_update(of=["self"]).select_related("plan").get(pk=reporting_round.pk)
