"""The trace of what people did."""

from collections.abc import Iterable
from itertools import islice

from django.utils import timezone

from accounts.choices import Action
from accounts.models import ActivityEntry


def record_activity(*, actor, action: Action, subject, changes=(), comment: str = "", now=None) -> ActivityEntry:
    """Write one append-only entry about *subject*.

    *changes* is a list of (label, old, new) in words a person reads. *actor* is None for acts of the system itself;
    *now* is the moment of the act, for acts entered later.
    """
    entry = _entry(actor, action, subject, changes, comment, now)
    entry.save()
    return entry


def _entry(actor, action, subject, changes, comment, now) -> ActivityEntry:
    return ActivityEntry(
        at=now or timezone.now(),
        actor=actor,
        actor_name=str(actor) if actor is not None else "시스템",
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        changes=[[str(label), str(old), str(new)] for label, old, new in changes],
        comment=comment,
    )


def record_activities(*, actor, action: Action, acts: Iterable[tuple], now=None, batch: int = 500) -> int:
    """Write one entry for each (subject, changes, comment) of *acts*, as `record_activity` does, in batches.

    *acts* may be a generator; no more than a batch of it is held. Returns how many were written.
    """
    acts, count = iter(acts), 0
    while chunk := list(islice(acts, batch)):
        entries = [_entry(actor, action, subject, changes, comment, now) for subject, changes, comment in chunk]
        count += len(ActivityEntry.objects.bulk_create(entries))
    return count
