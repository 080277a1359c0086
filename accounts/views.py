"""Pages of one's own account."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import PasswordChangeView
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plans.models import Plan


@login_required
@require_safe
def home(request):
    """Where signing in leads: to the work of one's role in the current plan."""
    plan = Plan.objects.filter(is_current=True).first()
    if plan is None:
        return redirect("admin:index" if request.user.is_staff else "home")
    if request.user.is_officer or request.user.is_head:
        return redirect("indicators:work", plan.slug)
    return redirect("indicators:work_dashboard" if request.user.is_committee else "indicators:rounds", plan.slug)


class ChangePassword(PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("accounts:home")

    def form_valid(self, form):
        messages.success(self.request, _("비밀번호를 바꾸었습니다."))
        return super().form_valid(form)
