"""Mail: one message for each addressee, all over one connection."""

import logging
from dataclasses import dataclass, field
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from commons.text import clean_line, writable

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    subject: str
    template: str
    context: dict
    to: list[str]
    headers: dict[str, str] = field(default_factory=dict)

    def message(self, connection) -> EmailMessage:
        subject = " ".join(clean_line(self.subject).split())  # a header is one line, whatever a title holds
        body = writable(render_to_string(self.template, self.context))
        to = [clean_line(address) for address in self.to]
        return EmailMessage(subject, body, to=to, headers=self.headers, connection=connection)


def address_on_site(path: str) -> str:
    """The full address of a page, for mail: there is no request to take the host from."""
    return f"{settings.SITE_URL}{path}"


def send_mails(mails: list[Mail]) -> list[bool]:
    """Send all over one connection, so that a dead server is waited for once; which ones the server took."""
    if not mails:
        return []
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError):
        logger.exception("no mail server: %d mails not sent", len(mails))
        return [False] * len(mails)
    taken = []
    for mail in mails:
        try:
            taken.append(bool(mail.message(connection).send()))
        except (SMTPException, OSError):
            logger.exception("mail not sent: %s", mail.template)
            taken.append(False)
    connection.close()
    return taken
