"""Following by mail, for people without an account: asking, confirming, leaving. A GET never writes."""

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, SignatureExpired
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commons.visitors import visitor_of
from plans.models import Plan
from stakeholders.forms.following import FollowForm
from stakeholders.models import DAYS_TO_CONFIRM, Subscription
from stakeholders.services.following import (
    CannotCount,
    TooManyRequests,
    confirm_following,
    leave_following,
    request_following,
)
from stakeholders.views.feeds import followed_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request, slug, **where):
    if not settings.FOLLOW_BY_MAIL:
        raise Http404
    plan = get_object_or_404(Plan, slug=slug)
    followed = followed_or_404(plan, **where)
    form = FollowForm(request.POST if request.method == "POST" else None, followed=followed)
    status = 200
    if form.is_valid():
        try:
            if request_following(followed=followed, address=form.cleaned_data["email"], visitor=visitor_of(request)):
                messages.success(
                    request,
                    _("적으신 주소로 메일을 보냈습니다. %(days)d일 안에 메일에 적힌 주소를 열어 확인해 주십시오.")
                    % {"days": DAYS_TO_CONFIRM},
                )
                return redirect(followed.page_path)
            form.add_error("email", _("메일을 보내지 못했습니다. 잠시 뒤에 다시 해 주십시오."))
            status = 503
        except CannotCount:
            form.add_error("email", _("지금은 신청을 받을 수 없습니다. 잠시 뒤에 다시 해 주십시오."))
            status = 503
        except TooManyRequests:
            form.add_error("email", _("짧은 동안 너무 여러 번 신청되었습니다. 한 시간 뒤에 다시 해 주십시오."))
            status = 429
    elif form.is_bound:
        status = 422
    return render(request, "stakeholders/follow.html", {"plan": plan, "follow": form}, status=status)


def _subscription(plan: Plan, purpose: str, token: str) -> Subscription | None:
    """The subscription of a link in a mail; None when it is over or was not confirmed in time.

    Raises SignatureExpired for a link that is too old.
    """
    try:
        return plan.subscriptions.alive().of_token(purpose, token).with_followed().first()
    except SignatureExpired:
        raise
    except BadSignature as error:
        raise Http404 from error


def _gone(request, plan: Plan, purpose: str):
    return render(request, "stakeholders/follow_gone.html", {"plan": plan, "purpose": purpose}, status=410)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, slug, token):
    plan = get_object_or_404(Plan, slug=slug)
    try:
        subscription = _subscription(plan, "confirm", token)
    except SignatureExpired:
        subscription = None
    if subscription is None:
        return _gone(request, plan, "confirm")
    if request.method == "POST":
        confirm_following(subscription=subscription)
        return redirect(request.path)  # the same link, which grows no younger by it
    return render(request, "stakeholders/follow_confirm.html", {"plan": plan, "subscription": subscription})


@csrf_exempt  # mail programs send this request by themselves (RFC 8058); the signed token says whose it is
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, slug, token):
    """The page for a click, and the end of the subscription by its button or by a mail program. Never a redirect."""
    plan = get_object_or_404(Plan, slug=slug)
    try:
        subscription = _subscription(plan, "leave", token)
    except SignatureExpired:
        return _gone(request, plan, "leave")
    is_over = subscription is None or request.method == "POST"
    if subscription and is_over:
        leave_following(subscription=subscription)
    context = {"plan": plan, "subscription": subscription, "is_over": is_over}
    return render(request, "stakeholders/follow_leave.html", context)
