"""The trace of what people did."""

from django.utils import timezone

from ..choices import Action
from ..models import ActivityEntry


def record_activity(*, actor, action: Action, subject, changes=(), comment: str = "", now=None) -> ActivityEntry:
    """Write one append-only entry about *subject*.

    *changes* is a list of (label, old, new) in words a person reads. *actor* is None for acts of the system itself;
    *now* is the moment of the act, for acts entered later.
    """
    return ActivityEntry.objects.create(
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
