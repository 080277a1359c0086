"""What is known of sign-ins: locks and second factors. django-axes counts in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User

COOL_OFF = timedelta(hours=1)  # as AXES_COOLOFF_TIME
KNOWN_FOR = timedelta(days=90)  # an address from which the person signed in is known that long


@dataclass(frozen=True)
class SignInLock:
    """Why sign-in is held off, and until when."""

    kind: str  # pair: this account from this address; account: from unknown addresses; address: for unknown accounts
    username: str | None
    address: str | None
    failures: int
    until: datetime


def _is_known(username, address, now) -> bool:
    since = now - KNOWN_FOR
    return AccessLog.objects.filter(username=username, ip_address=address, attempt_time__gte=since).exists()


def sign_in_lock(username, address, now=None) -> SignInLock | None:
    """The lock that keeps *username* out at *address*, if any. docs/security.md gives the reasons of the rules."""
    now = now or timezone.now()
    rules = [("pair", settings.AXES_FAILURE_LIMIT, {"username": username, "ip_address": address})]
    if not _is_known(username, address, now):
        rules.append(("account", settings.LOGIN_FAILURE_LIMIT_ACCOUNT, {"username": username}))
        rules.append(("address", settings.LOGIN_FAILURE_LIMIT_ADDRESS, {"ip_address": address}))
    for kind, limit, where in rules:
        rows = AccessAttempt.objects.filter(attempt_time__gt=now - COOL_OFF, **where).order_by("attempt_time")
        counted = list(rows.values_list("failures_since_start", "attempt_time"))
        total = left = sum(failures for failures, _at in counted)
        for failures, at in counted:
            if left < limit:
                break
            left -= failures
            if left < limit:
                return SignInLock(kind, username, address, total, at + COOL_OFF)
    return None


def failures_of(username) -> int:
    """Failed sign-ins of an account within the last hour, from wherever."""
    recent = AccessAttempt.objects.filter(username=username, attempt_time__gt=timezone.now() - COOL_OFF)
    return recent.aggregate(n=Sum("failures_since_start"))["n"] or 0


def all_locks(now=None) -> list[SignInLock]:
    """Accounts and addresses that are held off now, the latest first; names that are no account's are left out."""
    recent = AccessAttempt.objects.filter(attempt_time__gt=(now or timezone.now()) - COOL_OFF)
    locks = []
    for kind, limit, fields in (
        ("pair", settings.AXES_FAILURE_LIMIT, ["username", "ip_address"]),
        ("account", settings.LOGIN_FAILURE_LIMIT_ACCOUNT, ["username"]),
        ("address", settings.LOGIN_FAILURE_LIMIT_ADDRESS, ["ip_address"]),
    ):
        groups = recent.order_by().values(*fields).annotate(n=Sum("failures_since_start"), at=Max("attempt_time"))
        if kind != "address":  # what somebody typed as a name may be a password
            groups = groups.filter(username__in=User.objects.values("username"))
        locks += [
            SignInLock(kind, row.get("username"), row.get("ip_address"), row["n"], row["at"] + COOL_OFF)
            for row in groups.filter(n__gte=limit).order_by("-at")[:200]
        ]
    return sorted(locks, key=lambda lock: lock.until, reverse=True)


def second_factor_of(user) -> TOTPDevice | None:
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def recovery_codes_left(user) -> int:
    return StaticToken.objects.filter(device__user=user).count()
