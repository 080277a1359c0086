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
    """Raise NotTaken unless the fields *names* of an unsaved or changed *record* hold what their model takes.

    Rows that it refers to are not looked up again: whoever gives one has it.
    """
    left_out = {field.name for field in record._meta.fields if field.is_relation or field.name not in names}
    try:
        record.clean_fields(exclude=left_out)
    except ValidationError as error:
        raise NotTaken(error.message_dict) from error
    checked = [field for field in record._meta.fields if field.name not in left_out and not field.blank]
    empty = [field for field in checked if str(getattr(record, field.attname)).isspace()]
    if empty:
        raise NotTaken({field.name: [str(field.error_messages["blank"])] for field in empty})


def require_unlocked(lock: Lock | None) -> None:
    """Raise NotAllowedNow with the words of *lock*, if there is one."""
    if lock:
        raise NotAllowedNow(str(lock))
