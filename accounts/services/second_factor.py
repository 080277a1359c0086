"""The second factor: one TOTP device a person, and ten recovery codes.

Recovery codes are stored as keyed hashes, so that a copied database does not give them away.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.choices import Action
from accounts.models import User
from accounts.services.activity import record_activity
from accounts.services.sign_in import end_sessions

CODES = 10  # recovery codes a person gets
CODE_DIGITS = 10
SLOWEST = 10  # from so many wrong codes on the wait does not grow: 2 ** 9 seconds, less than nine minutes


class WrongCode(Exception):
    """The code does not fit."""


class TooSoon(Exception):
    """After a wrong code the next one is not looked at before `until`."""

    def __init__(self, until: datetime):
        super().__init__(until)
        self.until = until


def _kept(code: str) -> str:
    return salted_hmac("accounts.recovery_code", code, algorithm="sha256").hexdigest()[:16]


def _new_codes(user) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = [f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}" for _number in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


@transaction.atomic
def set_second_factor(*, actor: User, key: str, code: str) -> tuple[TOTPDevice, list[str]]:
    """Store the key (hex) that the app of *actor* was given, proved by *code*. Raises WrongCode.

    Returns the device and the recovery codes, which cannot be read again. Other sessions end.
    """
    User.objects.select_for_update().get(pk=actor.pk)
    device = TOTPDevice(user=actor, name="app", key=key, confirmed=True)
    totp = TOTP(device.bin_key)
    totp.time = timezone.now().timestamp()
    if not totp.verify(int(code), device.tolerance) or TOTPDevice.objects.filter(user=actor).exists():
        raise WrongCode
    device.last_t, device.drift = totp.t(), totp.drift
    device.save()
    codes = _new_codes(actor)
    record_activity(actor=actor, action=Action.SECOND_FACTOR_SET, subject=actor)
    end_sessions(actor=actor, user=actor)
    return device, codes


def verify_second_factor(*, user: User, code: str) -> TOTPDevice | StaticDevice:
    """The device that took *code* (digits): six of the app, or ten of a recovery code, which is used up.

    Raises WrongCode, which counts, and TooSoon. A code of the app is taken once.
    """
    model = StaticDevice if len(code) == CODE_DIGITS else TOTPDevice
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        if device is None:
            raise WrongCode
        allowed, why = device.verify_is_allowed()
        if not allowed:
            raise TooSoon(why["locked_until"])
        is_right = device.verify_token(_kept(code) if model is StaticDevice else code)
        if not is_right and device.throttling_failure_count > SLOWEST:
            device.throttling_failure_count = SLOWEST
            device.save(update_fields=["throttling_failure_count"])
    if not is_right:
        raise WrongCode
    return device


@transaction.atomic
def renew_recovery_codes(*, actor: User) -> list[str]:
    codes = _new_codes(actor)
    record_activity(actor=actor, action=Action.RECOVERY_CODES_RENEWED, subject=actor)
    return codes


def _remove(user) -> bool:
    StaticDevice.objects.filter(user=user).delete()
    return bool(TOTPDevice.objects.filter(user=user).delete()[0])


@transaction.atomic
def remove_second_factor(*, actor: User) -> None:
    """Take the own device out."""
    _remove(actor)
    record_activity(actor=actor, action=Action.SECOND_FACTOR_REMOVED, subject=actor)


@transaction.atomic
def reset_second_factor(*, actor: User | None, user: User) -> bool:
    """Take out the device of somebody who lost it, and end the sessions; False when there was none."""
    if not _remove(user):
        return False
    comment = "" if actor else _("서버에서 명령으로 실행")
    record_activity(actor=actor, action=Action.SECOND_FACTOR_RESET, subject=user, comment=comment)
    end_sessions(actor=actor, user=user)
    return True
