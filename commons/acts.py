"""What acts share: the lock that says why something cannot be written now, and the refusals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lock:
    """Why something cannot be written now, in one sentence that also says until when or what to do."""

    reason: str

    def __str__(self):
        return self.reason


class NotAllowedNow(Exception):
    """An act that the state of the round or result does not allow; the message says why, for people."""


class NotAgreed(NotAllowedNow):
    """An act that has to be agreed to and was not; `missing` names what, each with its message."""

    def __init__(self, missing: dict[str, str]):
        super().__init__(" ".join(missing.values()))
        self.missing = missing


def require_unlocked(lock: Lock | None) -> None:
    """Raise NotAllowedNow with the words of *lock*, if there is one."""
    if lock:
        raise NotAllowedNow(str(lock))
