"""The own account: setting up and taking out the second factor."""

from base64 import b32encode

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_otp import login as remember_device
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from accounts.forms import ConfirmForm, SetUpForm
from accounts.permissions import needs_second_factor
from accounts.selectors import recovery_codes_left, second_factor_of
from accounts.services.second_factor import (
    TooSoon,
    WrongCode,
    remove_second_factor,
    renew_recovery_codes,
    set_second_factor,
    verify_second_factor,
)
from accounts.views.sign_in import refused_code


@login_required
@never_cache
@require_safe
def account(request):
    """What protects the own account."""
    context = {
        "device": second_factor_of(request.user),
        "codes_left": recovery_codes_left(request.user),
        "needs_second_factor": needs_second_factor(request.user),
    }
    return render(request, "accounts/account.html", context)


def _shown_codes(request, codes):
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request):
    """Give an app a secret, as a QR code and as text, and prove with its first code that it has it."""
    if second_factor_of(request.user):
        return redirect("accounts:account")
    key = SetUpForm.key_of(request.user, request.POST.get("secret", ""))
    form = SetUpForm(request.POST if request.method == "POST" and key else None, request=request)
    if request.method == "POST" and not key:
        messages.error(request, _("화면을 연 지 오래되어 새 QR 코드를 만들었습니다. 앱에 다시 등록해 주십시오."))
    if form.is_valid():
        try:
            device, codes = set_second_factor(actor=request.user, key=key, code=form.cleaned_data["code"])
        except WrongCode as error:
            refused_code(request, form, request.user, error)
        else:
            update_session_auth_hash(request, request.user)
            remember_device(request, device)
            return _shown_codes(request, codes)
    if not key:
        key = default_key()
        form.initial["secret"] = SetUpForm.sign(request.user, key)
    address = TOTPDevice(user=request.user, key=key).config_url
    text = b32encode(bytes.fromhex(key)).decode()
    context = {
        "form": form,
        "image": segno.make(address, error="m").svg_data_uri(scale=5, border=4),
        "text": " ".join(text[start : start + 4] for start in range(0, len(text), 4)),
        "is_needed": needs_second_factor(request.user),
    }
    return render(request, "accounts/second_factor_set.html", context, status=422 if form.errors else 200)


def _confirmed(request, form) -> bool:
    """Whether password and code of a form are right."""
    if not form.is_valid():
        return False
    try:
        verify_second_factor(user=request.user, code=form.cleaned_data["code"])
    except (WrongCode, TooSoon) as error:
        refused_code(request, form, request.user, error)
        return False
    return True


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request):
    if not second_factor_of(request.user):
        return redirect("accounts:account")
    form = ConfirmForm(request.POST or None, request=request)
    if _confirmed(request, form):
        remove_second_factor(actor=request.user)
        request.session.pop("otp_device_id", None)
        messages.success(request, _("2단계 인증을 해제했습니다."))
        return redirect("accounts:account")
    context = {"form": form, "is_needed": needs_second_factor(request.user), "removes": True}
    return render(request, "accounts/confirm.html", context, status=422 if form.errors else 200)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def renew_codes(request):
    if not second_factor_of(request.user):
        return redirect("accounts:account")
    form = ConfirmForm(request.POST or None, request=request)
    if _confirmed(request, form):
        return _shown_codes(request, renew_recovery_codes(actor=request.user))
    return render(request, "accounts/confirm.html", {"form": form}, status=422 if form.errors else 200)
