"""What every request of a signed-in person is held to: time limits, a password of one's own, the second factor."""

import time
from contextlib import suppress

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import UpdateError
from django.dispatch import receiver
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.permissions import needs_second_factor
from accounts.selectors import second_factor_of

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # seconds since 1970, in the session
NOTED_EVERY = 60  # seconds; not every request writes the session
ALWAYS_OPEN = {"accounts:login", "accounts:logout"}
STEPS = {"accounts:password", "accounts:second_factor_set"}


@receiver(user_logged_in, dispatch_uid="accounts.note_times")
def note_times(request, **kwargs):
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = int(time.time())


def is_over(session, now: float) -> bool:
    """Whether a session is too old, or was left alone for too long. A time in the future is not."""
    age, idle = now - session.get(SIGNED_IN_AT, now), now - session.get(SEEN_AT, now)
    return age > settings.SESSION_COOKIE_AGE or idle > settings.SESSION_IDLE_TIME


def is_public(request) -> bool:
    """Whether something is read that everybody may read. No cookie goes out with it: caches on the way may keep it."""
    match = request.resolver_match
    is_work = "/work/" in f"/{match.route}" or match.route.startswith(("accounts/", "admin/"))
    return request.method in ("GET", "HEAD", "OPTIONS") and not is_work


def must_do_first(request) -> bool:
    """Whether somebody who gave a password has to choose one of their own, or to give a code, before being anybody."""
    lacks_code = needs_second_factor(request.user) and DEVICE_ID_SESSION_KEY not in request.session
    return bool(request.user.handed_out_at) or lacks_code


def note_seen(request, now: float) -> None:
    """Note in the session that somebody is there. Its cookie stays as it is, which lasts as long as a sign-in may."""
    session = request.session
    if SIGNED_IN_AT in session and abs(now - session.get(SEEN_AT, 0)) <= NOTED_EVERY:
        return
    was_modified = session.modified
    session.setdefault(SIGNED_IN_AT, int(now))
    session[SEEN_AT] = int(now)
    with suppress(UpdateError):  # ended on another device this moment; the next request finds nobody
        session.save(must_create=False)
    session.modified = was_modified


class SignedInMiddleware:
    """Stands after the middleware of sessions, accounts and messages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        # Without the cookie nobody is signed in, and the session is not looked at: public pages stay cacheable.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        now, here = time.time(), request.resolver_match.view_name
        if is_public(request):
            if is_over(request.session, now) or must_do_first(request):
                request.user = AnonymousUser()  # the session itself ends, or goes on, where something is done
            else:
                note_seen(request, now)
            return None
        if is_over(request.session, now):
            logout(request)
            messages.info(request, _("로그인 시간이 지나 로그아웃되었습니다. 다시 로그인해 주십시오."))
            return None
        note_seen(request, now)
        if here in ALWAYS_OPEN:
            return None
        if request.user.handed_out_at:
            return None if here == "accounts:password" else redirect("accounts:password")
        if needs_second_factor(request.user) and DEVICE_ID_SESSION_KEY not in request.session:
            if second_factor_of(request.user):  # this session never gave a code
                logout(request)
                return redirect("accounts:login")
            return None if here in STEPS else redirect("accounts:second_factor_set")
        return None
