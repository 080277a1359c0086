"""The way out for the administrator: what is locked, and opening it."""

from ipaddress import ip_address

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.selectors import all_locks
from accounts.services.sign_in import unlock_account, unlock_address


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def locks(request):
    """Accounts and addresses whose sign-in is held off, for those who keep accounts."""
    if not request.user.is_staff:
        raise PermissionDenied
    if request.method == "POST":
        if request.POST.get("username"):
            name = request.POST["username"].replace("\x00", "")  # which PostgreSQL cannot look for
            user = get_object_or_404(User, username=name)
            unlock_account(actor=request.user, user=user)
            messages.success(request, _("%(user)s의 로그인 잠금을 풀었습니다.") % {"user": user})
        else:
            try:
                address = str(ip_address(request.POST.get("address", "")))
            except ValueError as error:
                raise Http404 from error
            unlock_address(actor=request.user, address=address)
            messages.success(request, _("접속 주소 %(address)s의 로그인 잠금을 풀었습니다.") % {"address": address})
        return redirect("accounts:locks")
    return render(request, "accounts/locks.html", {"locks": all_locks()})
