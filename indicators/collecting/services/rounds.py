"""Planning, opening, extending and closing a round."""

from django.db import transaction
from django.utils import timezone

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import require_unlocked
from indicators.acts import lock_round
from indicators.choices import RoundState
from indicators.models import ReportingRound, RoundExtension
from indicators.permissions import closing_lock, collection_lock, opening_lock, planning_lock


@transaction.atomic
def plan_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Store a new, validated round in the state `planned`."""
    require_keeper(actor)
    reporting_round.state = RoundState.PLANNED
    reporting_round.save()
    record_activity(actor=actor, action=Action.ROUND_PLANNED, subject=reporting_round, now=now)
    return reporting_round


@transaction.atomic
def change_round(*, actor, reporting_round: ReportingRound, new: dict, now=None) -> ReportingRound:
    """Change window, due day and instructions of a round that is planned or open. *new* maps field names to values."""
    require_keeper(actor)
    locked = lock_round(reporting_round)
    require_unlocked(planning_lock(locked))
    changes = []
    for name, value in new.items():
        old = getattr(locked, name)
        if old != value:
            changes.append((locked._meta.get_field(name).verbose_name, old, value))
            setattr(locked, name, value)
    if changes:
        locked.save(update_fields=list(new))
        record_activity(actor=actor, action=Action.CHANGED, subject=locked, now=now, changes=changes)
    return locked


@transaction.atomic
def open_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Open a planned or closed round: departments may write from now on."""
    require_keeper(actor)
    locked = lock_round(reporting_round)
    require_unlocked(opening_lock(locked))
    locked.state = RoundState.OPEN
    locked.closed_on = None
    locked.save(update_fields=["state", "closed_on"])
    record_activity(actor=actor, action=Action.ROUND_OPENED, subject=locked, now=now)
    return locked


@transaction.atomic
def close_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Close an open round: departments can no longer write, unless one has an extension."""
    require_keeper(actor)
    locked = lock_round(reporting_round)
    require_unlocked(closing_lock(locked))
    locked.state = RoundState.CLOSED
    locked.closed_on = timezone.localdate(now)
    locked.save(update_fields=["state", "closed_on"])
    record_activity(actor=actor, action=Action.ROUND_CLOSED, subject=locked, now=now)
    return locked


@transaction.atomic
def extend_round(*, actor, reporting_round: ReportingRound, department, until, now=None) -> RoundExtension:
    """Let one department write until the day *until*, also after the round is closed."""
    require_keeper(actor)
    locked = lock_round(reporting_round)
    require_unlocked(collection_lock(locked))
    before = locked.extensions.filter(department=department).first()
    extension, _created = RoundExtension.objects.update_or_create(
        round=locked, department=department, defaults={"until": until}
    )
    record_activity(
        actor=actor,
        action=Action.ROUND_EXTENDED,
        subject=locked,
        now=now,
        changes=[(str(department), before.until if before else locked.due_on, until)],
    )
    return extension
