"""Signing in and out, locks, passwords and sessions: what leaves a trace."""

from datetime import timedelta

from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.choices import Action
from accounts.models import ActivityEntry, User
from accounts.selectors import SignInLock
from accounts.services.activity import record_activity

LOCKS_TOLD_AN_HOUR = 100  # a night of attempts from everywhere must not fill the table


def record_sign_in(*, user: User, failures: int, second_factor: str = "") -> None:
    """*failures* is how often it was tried in vain within the hour before; *second_factor* says with what, in words."""
    changes = [(_("앞선 실패"), "", _("%(n)d회") % {"n": failures})] if failures else []
    if second_factor:
        changes.append((_("2단계 인증"), "", second_factor))
    record_activity(actor=user, action=Action.SIGNED_IN, subject=user, changes=changes)


def record_lock(lock: SignInLock) -> ActivityEntry | None:
    """One entry when sign-in begins to be held off. A name that is no account's is not told: it may be a password."""
    since = timezone.now() - timedelta(hours=1)
    if ActivityEntry.objects.filter(action=Action.SIGN_IN_LOCKED, at__gt=since).count() >= LOCKS_TOLD_AN_HOUR:
        return None
    user = User.objects.filter(username=lock.username).first() if lock.kind != "address" else None
    return ActivityEntry.objects.create(
        actor_name="시스템",
        action=Action.SIGN_IN_LOCKED,
        subject_type="accounts.user" if user else "axes.accessattempt",
        subject_id=str(user.pk) if user else "",
        subject_label=str(user) if user else (lock.address or _("주소를 알 수 없음")),
        changes=[[str(_("실패")), "", str(_("%(n)d회") % {"n": lock.failures})]],
    )


@transaction.atomic
def unlock_account(*, actor, user: User) -> None:
    """Forget the failures of an account, of its passwords and codes. *actor* None is the system."""
    AccessAttempt.objects.filter(username=user.username).delete()
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=user).update(throttling_failure_count=0, throttling_failure_timestamp=None)
    record_activity(actor=actor, action=Action.SIGN_IN_UNLOCKED, subject=user)


@transaction.atomic
def unlock_address(*, actor, address: str) -> None:
    AccessAttempt.objects.filter(ip_address=address).delete()
    ActivityEntry.objects.create(
        actor=actor,
        actor_name=str(actor),
        action=Action.SIGN_IN_UNLOCKED,
        subject_type="axes.accessattempt",
        subject_id="",
        subject_label=address,
    )


@transaction.atomic
def end_sessions(*, actor, user: User) -> None:
    """End every session of *user*; the caller keeps the one in hand with update_session_auth_hash."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    record_activity(actor=actor, action=Action.SESSIONS_ENDED, subject=user)


@transaction.atomic
def change_own_password(*, user: User, password: str, comment: str = "") -> None:
    """Store a password that its owner chose. All other sessions end with it."""
    user.set_password(password)
    user.handed_out_at = None
    user.save(update_fields=["password", "handed_out_at"])
    record_activity(actor=user, action=Action.PASSWORD_CHANGED, subject=user, comment=comment)


@transaction.atomic
def hand_out_password(*, actor, user: User) -> None:
    """Note that *actor* has just set the password of *user*, who has to change it at the first sign-in."""
    user.handed_out_at = timezone.now()
    user.save(update_fields=["handed_out_at"])
    record_activity(actor=actor, action=Action.PASSWORD_SET, subject=user)
