"""Views that belong to no room: the front door and the pages shown when something goes wrong."""

import errno
import sys
from decimal import Decimal

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http.request import RawPostDataException
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from commons.charts import line_chart
from commons.files import NO_SPACE, StorageUnavailable
from commons.form_fields import LineField, ProseField
from indicators.choices import ResultState, RoundState, Status, Track
from indicators.figures.selectors.figures import Distribution
from plans.models import Plan
from sdgplan.middleware import AddressTooLong

RETRY_AFTER = 30  # seconds after which it is worth asking again while the database is gone


@require_safe
def home(request):
    """Lead to the plan that is current."""
    return redirect(get_object_or_404(Plan, is_current=True))


@login_required
@require_safe
def start(request):
    """Where signing in leads: to the work of one's role in the current plan."""
    plan = Plan.objects.filter(is_current=True).first()
    if plan is None:
        return redirect("admin:index" if request.user.is_staff else "home")
    if request.user.is_officer or request.user.is_head:
        return redirect("indicators:work", plan.slug)
    return redirect("indicators:work_dashboard" if request.user.is_committee else "indicators:rounds", plan.slug)


@require_safe
def favicon(request):
    """Browsers ask for this address on pages that name no icon, such as the admin's."""
    return redirect(static("img/icon.svg"), permanent=True)


def csrf_failure(request, reason=""):
    """Shown when a form was open so long that its token no longer fits."""
    return render(request, "errors/csrf.html", status=403)


class ExampleForm(forms.Form):
    """Stands on the style guide: one field of each kind, and one error."""

    value = LineField(label=_("실적"), help_text=_("숫자로 입력합니다."))
    reason = forms.ChoiceField(label=_("값이 없는 사유"), choices=[("", _("값이 있음"))], required=False)
    explanation = ProseField(label=_("설명"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


@require_safe
def style_guide(request):
    """Every part of the pages on one page."""
    years = [2022, 2023, 2024, 2025, 2026]
    targets = [Decimal(n) for n in (1000, 1100, 1200, 1250, 1300)]
    actuals = [Decimal(980), None, Decimal(1234), None, None]
    context = {
        "statuses": Status,
        "tracks": Track,
        "states": [*RoundState, *ResultState],
        "distribution": Distribution.of(
            ["met"] * 9 + ["near"] * 4 + ["short"] * 2 + ["poor"] * 2 + ["unrated"] * 3, Decimal("0.6")
        ),
        "chart": line_chart(years, targets, actuals, awaited=[2025, 2026]),
        "form": ExampleForm({"value": "", "reason": "", "explanation": ""}),
    }
    return render(request, "style_guide.html", context)


TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request, exception=None):
    """Shown for an address or a form that cannot be read; what was too much to be read is told apart."""
    status = 413 if isinstance(exception, TOO_MUCH) else 414 if isinstance(exception, AddressTooLong) else 400
    return render(request, "errors/400.html", {"status": status}, status=status)


def forbidden(request, exception=None):
    return render(request, "errors/403.html", status=403)


def not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def server_error(request):
    """The page of last resort: it asks nothing of the database or of the session.

    Where the database is out of reach or busy, it says so and when to come back (503); where nothing more can be
    stored, that (507). Either way it was all rolled back, and what was typed stands in the page to be sent again.
    """
    error = sys.exc_info()[1]
    if is_storage_full(error):
        status = 507
    elif isinstance(error, OperationalError | InterfaceError):
        status = 503
    else:
        return render(None, "errors/500.html", status=500)
    response = render(None, f"errors/{status}.html", sent_form(request), status=status)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_storage_full(error: BaseException | None) -> bool:
    """Whether nothing more can be stored: by the disk's word, or by the database's."""
    if isinstance(error, OSError):
        return isinstance(error, StorageUnavailable) or error.errno in {*NO_SPACE, errno.EROFS}
    words = ("disk is full", "readonly database", "No space left on device", "read-only transaction")
    return isinstance(error, DatabaseError) and any(word in str(error) for word in words)


def sent_form(request) -> dict:
    """What the form that failed held, for a page from which it can be sent again; nothing where that is not safe.

    Only what passed the check of its origin comes back, or a foreign page could have its own words sent. Forms of
    sign-in and passwords never do.
    """
    if request is None or request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return {}
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    except (OSError, RawPostDataException):
        return {}
    if "accounts" in request.resolver_match.app_names or any("password" in name for name, _value in sent):
        return {}
    fields = [(name, value) for name, value in sent if name != "csrfmiddlewaretoken"]
    return {"sent": fields, "action": request.get_full_path(), "csrf_token": get_token(request)} if fields else {}
