"""django-axes as this site uses it: three limits instead of one, and a page that says until when."""

import secrets

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.shortcuts import render
from django.utils import timezone

from accounts.selectors import COOL_OFF, sign_in_lock
from accounts.services.sign_in import record_lock


class SignInGuard(AxesDatabaseHandler):
    """Counts as axes does; what is a lock says accounts.selectors.sign_in_lock."""

    def _lock(self, request, credentials):
        return sign_in_lock(get_client_username(request, credentials), request.axes_ip_address)

    def get_failures(self, request, credentials=None) -> int:
        lock = self._lock(request, credentials)
        return max(lock.failures, settings.AXES_FAILURE_LIMIT) if lock else 0

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        was_locked = request is not None and request.axes_locked_out
        if request is not None:
            # Axes has a row for each browser and adds to it as long as failures are less than an hour apart. With a row
            # for each failure, those of more than an hour ago do not count any more.
            request.axes_user_agent = secrets.token_hex(8)
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None and request.axes_locked_out and not was_locked:
            lock = self._lock(request, credentials)
            if lock:
                record_lock(lock)

    def reset_user_attempts(self, request, credentials=None) -> int:
        """A success clears this account at this address alone, never what others did there or from elsewhere."""
        username = get_client_username(request, credentials)
        return AccessAttempt.objects.filter(username=username, ip_address=request.axes_ip_address).delete()[0]


def locked_page(request, credentials=None):
    """429: sign-in is held off. The words do not tell whether there is such an account."""
    lock = sign_in_lock(get_client_username(request, credentials), request.axes_ip_address)
    until = lock.until if lock else timezone.now() + COOL_OFF
    by_address = bool(lock) and lock.kind == "address"
    # A new password by mail opens the account, but not an address from which many names were tried.
    context = {"until": until, "by_address": by_address, "reset_by_mail": settings.RESET_BY_MAIL and not by_address}
    response = render(request, "accounts/locked.html", context, status=429)
    response["Retry-After"] = str(max(1, int((until - timezone.now()).total_seconds()) + 1))
    return response
