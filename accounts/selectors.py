"""What is known of sign-ins, locks and second factors (django-axes counts in the database), and which part of a history
somebody may read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Max, Sum
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import ActivityEntry, User

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


Turn = Callable[[ActivityEntry], bool | None]  # whether an act opens its subject to more readers, or closes it again


def _opened(entries: Iterable[ActivityEntry], turn: Turn) -> list[tuple[ActivityEntry, bool, bool]]:
    """Each entry in the order of time, with whether its subject was open before it and is after it."""
    steps, is_open = [], False
    for entry in sorted(entries, key=lambda entry: (entry.at, entry.pk)):
        was_open = is_open
        turned = turn(entry)
        is_open = was_open if turned is None else turned
        steps.append((entry, was_open, is_open))
    return steps


def open_entries(entries: Iterable[ActivityEntry], turn: Turn) -> list[ActivityEntry]:
    """What a reader who sees a subject only while it is open could see of its history, newest first.

    *entries* are all of one subject, which is closed at first. Left out is what happened while it was closed, and of
    the act that opened it what it said before.
    """
    shown = []
    for entry, was_open, is_open in _opened(entries, turn):
        if is_open:
            if not was_open:
                entry.changes = [[label, "", new] for label, _old, new in entry.changes]
            shown.append(entry)
    return shown[::-1]


def said_in_the_open(remarks: Iterable, entries: Iterable[ActivityEntry], turn: Turn) -> list:
    """Those of *remarks* (they have a moment, `at`) that were made while the subject of *entries* was open."""
    steps = _opened(entries, turn)
    return [
        remark
        for remark in remarks
        if next((is_open for entry, _was, is_open in reversed(steps) if entry.at <= remark.at), False)
    ]
