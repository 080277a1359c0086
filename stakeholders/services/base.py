"""What the acts share: the lock on the forum, refusals of stale forms, and old and new in words."""

import hashlib
import json

from commons.acts import require_clean
from stakeholders.models import Deliberation, Question


class StaleForm(Exception):
    """Somebody saved in between. `current` is what is stored now."""

    def __init__(self, current):
        super().__init__("it was saved by somebody else in between")
        self.current = current


def lock_deliberation(deliberation: Deliberation) -> Deliberation:
    """Read the forum anew and hold its row until the transaction ends: all acts on it go one after the other."""
    return Deliberation.objects.select_for_update(of=["self"]).select_related("plan").get(pk=deliberation.pk)


def lock_question(question: Question) -> Question:
    """Hold the forum of a question and read the question anew, with drafts and consolidation."""
    lock_deliberation(question.deliberation)
    return (
        Question.objects.select_related("deliberation__plan", "consolidation")
        .prefetch_related("drafts__department")
        .get(pk=question.pk)
    )


def require_version(current, version: int) -> None:
    """Raise StaleForm unless *current* still is the save that the actor had before them."""
    if current.version != version:
        raise StaleForm(current)


def token_of(record, *more) -> str:
    """What a stored record says, as a short fingerprint for forms; '' for one that is not stored yet."""
    if record.pk is None:
        return ""
    values = [str(field.value_from_object(record)) for field in record._meta.concrete_fields]
    return hashlib.sha256(json.dumps([values, *map(str, more)]).encode()).hexdigest()[:32]


def require_token(current, seen: str, *more) -> None:
    """Raise StaleForm unless *current* still says what the actor had before them."""
    if token_of(current, *more) != seen:
        raise StaleForm(current)


def in_words(record, names) -> list[tuple[str, str]]:
    """Label and value of fields as people read them."""
    said = []
    for name in names:
        field = record._meta.get_field(name)
        shown = getattr(record, f"get_{name}_display", None)
        value = shown() if shown else getattr(record, name)
        said.append((str(field.verbose_name), "" if value is None else str(value)))
    return said


def set_fields(record, new: dict) -> list[tuple[str, str, str]]:
    """Put *new* onto *record* without storing it; return what changed as (label, old, new) in words.

    Raises NotTaken where the model does not take a value of *new*.
    """
    before = in_words(record, new)
    for name, value in new.items():
        setattr(record, name, value)
    require_clean(record, new)
    return [
        (label, old, after)
        for (label, old), (_label, after) in zip(before, in_words(record, new), strict=True)
        if old != after
    ]
