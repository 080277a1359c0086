"""What the acts share: the lock on the forum, and the refusal of a stale form."""

from ..models import Deliberation


class StaleForm(Exception):
    """Somebody saved in between. `current` is what is stored now."""

    def __init__(self, current):
        super().__init__("it was saved by somebody else in between")
        self.current = current


def lock_deliberation(deliberation: Deliberation) -> Deliberation:
    """Read the forum anew and hold its row until the transaction ends: all acts on it go one after the other."""
    return Deliberation.objects.select_for_update(of=["self"]).select_related("plan").get(pk=deliberation.pk)


def require_version(current, version: int) -> None:
    """Raise StaleForm unless *current* still is the save that the actor had before them."""
    if current.version != version:
        raise StaleForm(current)
