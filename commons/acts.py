"""What acts share: the lock that says why something cannot be written now, and the refusals."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError


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


class NotTaken(NotAllowedNow):
    """Content that may not be stored; `faults` has the sentences by the name of the field, for the door it came by."""

    def __init__(self, faults: dict[str, list[str]]):
        super().__init__(" ".join(message for messages in faults.values() for message in messages))
        self.faults = faults


def require_clean(record, names) -> None:
    """Raise NotTaken unless the fields *names* of an unsaved or changed *record* hold what their model takes."""
    left_out = {field.name for field in record._meta.fields} - set(names)
    try:
        record.clean_fields(exclude=left_out)
    except ValidationError as error:
        raise NotTaken(error.message_dict) from error


def require_unlocked(lock: Lock | None) -> None:
    """Raise NotAllowedNow with the words of *lock*, if there is one."""
    if lock:
        raise NotAllowedNow(str(lock))
