"""Signing in, in one step or two, and out."""

import time

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import load_backend, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_otp.plugins.otp_static.models import StaticDevice

from accounts.choices import Action
from accounts.forms import CodeForm, SignInForm
from accounts.selectors import failures_of, recovery_codes_left, second_factor_of
from accounts.services import record_activity
from accounts.services.second_factor import TooSoon, WrongCode, verify_second_factor
from accounts.services.sign_in import end_sessions, record_sign_in

HALF_WAY = "half_way"  # in the session: whose password was right, until the code is
HALF_WAY_FOR = 10 * 60  # seconds


class SignIn(LoginView):
    template_name = "accounts/login.html"
    authentication_form = SignInForm
    extra_context = {"reset_by_mail": settings.RESET_BY_MAIL}

    def form_valid(self, form):
        user = form.get_user()
        goes_to = self.get_success_url()  # on this site; anything else has been left out
        if second_factor_of(user) is None:
            failures = failures_of(user.username)
            login(self.request, user)
            record_sign_in(user=user, failures=failures)
            return redirect(goes_to)
        self.request.session.flush()  # a new key: whoever knew the old one does not come along
        self.request.session[HALF_WAY] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "backend": user.backend,
            "at": int(time.time()),
            "next": goes_to,
        }
        return redirect("accounts:second_factor")


def _half_way_user(request):
    """Whose password was right a moment ago; None when it is too long ago, changed since, or the account is closed."""
    half_way = request.session.get(HALF_WAY)
    if not half_way or time.time() - half_way["at"] > HALF_WAY_FOR:
        return None
    user = load_backend(half_way["backend"]).get_user(half_way["user"])
    if user is None or not constant_time_compare(half_way["hash"], user.get_session_auth_hash()):
        return None
    user.backend = half_way["backend"]
    return user


def refused_code(request, form, user, error) -> None:
    """Say at the field why a code was not taken, and count it as a wrong password is counted."""
    if isinstance(error, TooSoon):
        seconds = max(1, int((error.until - timezone.now()).total_seconds()) + 1)
        form.add_error("code", _("코드가 틀려 잠시 받지 않습니다. %(n)d초 뒤에 다시 입력해 주십시오.") % {"n": seconds})
        return
    user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
    form.add_error("code", _("코드가 맞지 않거나 이미 쓴 코드입니다. 앱에 새로 보이는 코드를 입력해 주십시오."))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request):
    """The second step. Only now is anybody signed in."""
    user = _half_way_user(request)
    if user is None:
        if request.method == "POST":
            messages.error(request, _("비밀번호를 입력한 지 오래되었습니다. 처음부터 다시 로그인해 주십시오."))
        return redirect("accounts:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and not AxesProxyHandler.is_allowed(request, {"username": user.username}):
        request.axes_locked_out, request.axes_credentials = True, {"username": user.username}
    elif form.is_valid():
        try:
            device = verify_second_factor(user=user, code=form.cleaned_data["code"])
        except (WrongCode, TooSoon) as error:
            refused_code(request, form, user, error)
        else:
            goes_to, failures = request.session[HALF_WAY]["next"], failures_of(user.username)
            del request.session[HALF_WAY]
            user.otp_device = device
            login(request, user)
            by_recovery = isinstance(device, StaticDevice)
            record_sign_in(user=user, failures=failures, second_factor=_("복구 코드") if by_recovery else _("인증 앱"))
            if by_recovery:
                left = {"n": recovery_codes_left(user)}
                messages.warning(request, _("복구 코드를 하나 썼습니다. 남은 복구 코드는 %(n)d개입니다.") % left)
            return redirect(goes_to)
    return render(request, "accounts/second_factor.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def sign_out(request):
    if request.user.is_authenticated:
        record_activity(actor=request.user, action=Action.SIGNED_OUT, subject=request.user)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


def admin_login(request):
    """The admin has no entrance of its own."""
    if request.user.is_authenticated and not request.user.is_staff:
        raise PermissionDenied
    query = request.META["QUERY_STRING"]
    return redirect(reverse("accounts:login") + (f"?{query}" if query else ""))


@require_POST
@login_required
def sign_out_elsewhere(request):
    """End all sessions of the own account but this one."""
    end_sessions(actor=request.user, user=request.user)
    update_session_auth_hash(request, request.user)
    messages.success(request, _("다른 기기에서 모두 로그아웃했습니다."))
    return redirect("accounts:account")
