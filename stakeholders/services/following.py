"""Following by mail: asking, confirming, leaving, sending the news. There is no actor: these people have no account.

An address is written to only after its owner confirmed it, and goes for good when the owner leaves.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commons.caching import CacheUnreachable
from commons.mail import Mail, address_on_site, send_mails
from commons.visitors import one_spelling, takes_turn
from plans.models import Plan
from stakeholders.models import DAYS_TO_CONFIRM, Followed, Subscription
from stakeholders.selectors.events import Event, events_of

logger = logging.getLogger(__name__)

PER_ADDRESS, PER_VISITOR = 3, 20  # mails an hour that can be asked for
SETTLING = timedelta(minutes=1)  # a transaction may show what it dated a moment ago only now


class CannotCount(Exception):
    """The cache in which mails are counted is gone. Without the count nobody's mailbox is protected, so none goes."""


class TooManyRequests(Exception):
    """One visitor asked for more mails than anybody needs."""


def _takes_turn(whose: str, limit: int) -> bool:
    try:
        return takes_turn(f"follow {whose}", limit)
    except CacheUnreachable as error:
        raise CannotCount from error


def request_following(*, followed: Followed, address: str, visitor: str | None, now=None) -> bool:
    """Send *address* a mail with a link to confirm, or, where it follows already, one that says so.

    Whether the mail was taken; the answer tells nothing of the address. *visitor* is what the request is counted under.
    Raises TooManyRequests and CannotCount. An address that was written to several times this hour is left in peace
    without a word.
    """
    if not _takes_turn(f"visitor {visitor}", PER_VISITOR):
        raise TooManyRequests
    if not _takes_turn(f"address {one_spelling(address)}", PER_ADDRESS):
        return True
    clear_unconfirmed(now=now)
    with transaction.atomic():
        subscription, created = Subscription.objects.get_or_create(
            address=address,
            **{followed.field: followed.subject},
            defaults={"plan": followed.plan, "created_at": now or timezone.now()},
        )
        if not created and subscription.confirmed_at is None:  # the days begin anew
            subscription.created_at = now or timezone.now()
            subscription.save(update_fields=["created_at"])
    return send_mails([_request_mail(subscription)])[0]


def _mail(subscription: Subscription, subject: str, template: str, **context) -> Mail:
    """A mail to one follower. Every one can be left with one click, by the program that shows it too (RFC 8058)."""
    leave = address_on_site(subscription.leave_path)
    context |= {
        "plan": subscription.plan,
        "followed": subscription.followed,
        "page": address_on_site(subscription.followed.page_path),
        "leave": leave,
    }
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    subject = f"[{subscription.plan.municipality}] {subject}"
    return Mail(subject, template, context, [subscription.address], headers)


def _request_mail(subscription: Subscription) -> Mail:
    name = subscription.followed.name
    if subscription.confirmed_at:
        subject = _("이미 소식을 받고 계십니다: %(name)s") % {"name": name}
        return _mail(subscription, subject, "mail/following.txt")
    subject = _("소식 받기를 확인해 주십시오: %(name)s") % {"name": name}
    confirm = address_on_site(subscription.confirm_path)
    return _mail(subscription, subject, "mail/follow.txt", confirm=confirm, days=DAYS_TO_CONFIRM)


def confirm_following(*, subscription: Subscription, now=None) -> None:
    """Begin to send news of what becomes public from now on. A second confirmation changes nothing."""
    now = now or timezone.now()
    Subscription.objects.filter(pk=subscription.pk, confirmed_at=None).update(confirmed_at=now, told_until=now)


def leave_following(*, subscription: Subscription) -> None:
    """End a subscription and delete the address it holds."""
    Subscription.objects.filter(pk=subscription.pk).delete()


def clear_unconfirmed(*, now=None) -> int:
    """Delete the addresses whose owners did not confirm in time; how many."""
    return Subscription.objects.expired(now).delete()[0]


@dataclass(frozen=True)
class NewsReport:
    """How many followers of a plan got news, and how many mails were not taken."""

    sent: int = 0
    failed: int = 0


def send_news(*, plan: Plan, now=None) -> NewsReport:
    """Write to each follower of a plan, in one mail, what became public since the last one.

    That it was told is committed before the mail goes (so this cannot be part of a larger transaction): two runs at
    once, or a crash in between, never tell it twice. A mail the server refuses is taken up by the next run.
    """
    now = now or timezone.now()
    until = now - SETTLING
    subscriptions = list(plan.subscriptions.confirmed().with_followed())
    for subscription in subscriptions:
        if subscription.told_until > now:  # by a clock that ran ahead; what comes from now on is news all the same
            subscription.told_until = until
            subscription.save(update_fields=["told_until"])
    events = events_of(plan) if subscriptions else []
    mails = []
    with transaction.atomic(durable=True):
        for subscription in subscriptions:
            news = list(_news_for(subscription, events, until))
            if news and _claim(subscription, until):
                mails.append((subscription, _news_mail(subscription, news)))
    taken = send_mails([mail for _subscription, mail in mails])
    failed = [subscription for (subscription, _mail), went in zip(mails, taken, strict=True) if not went]
    for subscription in failed:
        Subscription.objects.filter(pk=subscription.pk, told_until=until).update(told_until=subscription.told_until)
    if failed:
        logger.error("%d mails with news of %s were not sent", len(failed), plan.slug)
    return NewsReport(sent=len(mails) - len(failed), failed=len(failed))


def _news_for(subscription: Subscription, events: list[Event], until) -> Iterable[Event]:
    for event in events:
        if subscription.told_until < event.settled_at <= until:
            told = event.told_of(subscription.followed.holds)
            if told:
                yield told


def _claim(subscription: Subscription, until) -> bool:
    """Note that the news up to *until* are told; False when another run did so, or the follower left meanwhile."""
    unchanged = Subscription.objects.filter(pk=subscription.pk, told_until=subscription.told_until)
    return bool(unchanged.update(told_until=until))


def _news_mail(subscription: Subscription, news: list[Event]) -> Mail:
    subject = _("%(name)s: 새 소식 %(count)d건") % {"name": subscription.followed.name, "count": len(news)}
    rows = [(event, address_on_site(event.path)) for event in news]
    return _mail(subscription, subject, "mail/news.txt", rows=rows)
