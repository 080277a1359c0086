"""Mail to people about their own account."""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.models import Department, User
from commons.text import clean_line, writable

logger = logging.getLogger(__name__)


def _send(mails: list[EmailMessage], *, is_wanted: bool) -> None:
    """Put mails together, and hand them to the mail server where they are for somebody."""
    for mail in mails:
        mail.message()
    if not is_wanted:
        return
    try:
        get_connection().send_messages(mails)
    except (SMTPException, OSError):
        logger.exception("no mail server: %d mails for new passwords not sent", len(mails))


def _reset_mail(user: User) -> EmailMessage:
    where = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    address = f"{settings.SITE_URL}{reverse('accounts:reset_confirm', args=where)}"
    body = writable(render_to_string("mail/password_reset.txt", {"user": user, "address": address}))
    return EmailMessage(_("새 비밀번호를 정하는 주소입니다"), body, to=[clean_line(user.email)])


def mail_reset_links(email: str) -> None:
    """Send everybody who may sign in and has this address a link to a new password.

    The time an answer takes does not tell whether there is such an account: the mail goes from a thread of its own, and
    where nobody has the address all but the sending is done for somebody who does not exist.
    """
    found = [user for user in User.objects.filter(email__iexact=email, is_active=True) if user.has_usable_password()]
    mails = [_reset_mail(user) for user in found or [User(pk=0, username=email, name=email, email=email)]]
    sending = {"is_wanted": bool(found)}
    threading.Thread(target=_send, args=[mails], kwargs=sending, name="reset-mail").start()


def addresses_of(departments: Iterable[Department]) -> dict[int, list[str]]:
    """Mail addresses of the active officers of each department, by its id. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    officers = User.objects.filter(role=Role.OFFICER, is_active=True, department__in=departments).exclude(email="")
    for department_id, email in officers.order_by("pk").values_list("department_id", "email"):
        found[department_id].append(email)
    return found


@dataclass(frozen=True)
class ReminderReport:
    """What became of the departments that were to be reminded."""

    sent: list[Department] = field(default_factory=list)
    failed: list[Department] = field(default_factory=list)
    already: list[Department] = field(default_factory=list)
    without_address: list[Department] = field(default_factory=list)
    nothing_due: list[Department] = field(default_factory=list)

    def __add__(self, other: "ReminderReport") -> "ReminderReport":
        return ReminderReport(
            self.sent + other.sent,
            self.failed + other.failed,
            self.already + other.already,
            self.without_address + other.without_address,
            self.nothing_due + other.nothing_due,
        )
