"""A new password: by oneself, or by a link in a mail."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import NewPasswordForm, OwnPasswordForm, ResetForm
from accounts.notifications import mail_reset_links
from accounts.services.sign_in import change_own_password, unlock_account
from commons.caching import CacheUnreachable
from commons.visitors import one_spelling, takes_turn, visitor_of

PER_VISITOR, PER_ADDRESS = 20, 3  # asked for in an hour


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request):
    form = OwnPasswordForm(request.user, request.POST or None, request=request)
    if form.is_valid():
        change_own_password(user=request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, request.user)
        messages.success(request, _("비밀번호를 바꾸었습니다. 다른 기기에서는 로그아웃되었습니다."))
        return redirect("start")
    return render(request, "accounts/password.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_reset(request):
    """Ask for a link. The answer is the same whether there is such an account or not."""
    if not settings.RESET_BY_MAIL:
        raise Http404
    form = ResetForm(request.POST or None)
    status = 422 if form.errors else 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        try:
            is_turn = takes_turn(f"reset visitor {visitor_of(request)}", PER_VISITOR)
        except CacheUnreachable:
            form.add_error("email", _("지금은 신청을 받을 수 없습니다. 잠시 뒤에 다시 해 주십시오."))
            return render(request, "accounts/reset.html", {"form": form}, status=503)
        if not is_turn:
            form.add_error("email", _("짧은 동안 너무 여러 번 신청되었습니다. 한 시간 뒤에 다시 해 주십시오."))
            status = 429
        else:
            if takes_turn(f"reset address {one_spelling(email)}", PER_ADDRESS):
                mail_reset_links(email)
            return redirect("accounts:reset_sent")
    return render(request, "accounts/reset.html", {"form": form}, status=status)


@require_safe
def reset_sent(request):
    return render(request, "accounts/reset_sent.html")


class SetNewPassword(PasswordResetConfirmView):
    """Opened by the link of a mail, which works once and for an hour."""

    template_name = "accounts/reset_confirm.html"
    form_class = NewPasswordForm

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def form_valid(self, form):
        user = form.user
        change_own_password(
            user=user, password=form.cleaned_data["new_password1"], comment=_("메일로 받은 주소에서 정함")
        )
        unlock_account(actor=None, user=user)
        self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, None)
        messages.success(self.request, _("새 비밀번호를 정했습니다. 새 비밀번호로 로그인해 주십시오."))
        return redirect("accounts:login")
