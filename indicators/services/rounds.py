"""Planning, opening, extending and closing a round."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.services import record_activity

from ..choices import RoundState
from ..models import ReportingRound, RoundExtension
from ..permissions import require_keeper
from .base import NotAllowedNow, lock_round


@transaction.atomic
def plan_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Store a new, validated round in the state `planned`."""
    require_keeper(actor)
    reporting_round.state = RoundState.PLANNED
    reporting_round.save()
    record_activity(actor=actor, action=Action.ROUND_PLANNED, subject=reporting_round, now=now)
    return reporting_round


@transaction.atomic
def open_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Open a planned or closed round: departments may write from now on."""
    require_keeper(actor)
    locked = lock_round(reporting_round)
    if locked.state not in (RoundState.PLANNED, RoundState.CLOSED):
        raise NotAllowedNow(_("계획되었거나 마감된 회차만 시작할 수 있습니다."))
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
    if locked.state != RoundState.OPEN:
        raise NotAllowedNow(_("입력 중인 회차만 마감할 수 있습니다."))
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
    if locked.state not in (RoundState.OPEN, RoundState.CLOSED):
        raise NotAllowedNow(_("입력 중이거나 마감된 회차만 기한을 연장할 수 있습니다."))
    extension, _created = RoundExtension.objects.update_or_create(
        round=locked, department=department, defaults={"until": until}
    )
    record_activity(
        actor=actor,
        action=Action.ROUND_EXTENDED,
        subject=locked,
        now=now,
        changes=[(str(department), locked.due_on, until)],
    )
    return extension
