"""Mail to people about their own account."""

import logging
import threading
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from .models import User

logger = logging.getLogger(__name__)


def _send(mails: list[EmailMessage]) -> None:
    try:
        get_connection().send_messages(mails)
    except (SMTPException, OSError):
        logger.exception("no mail server: %d mails for new passwords not sent", len(mails))


def mail_reset_links(email: str) -> None:
    """Send everybody who may sign in and has this address a link to a new password.

    The mail goes from a thread of its own: the time an answer takes does not tell whether there is such an account.
    """
    mails = []
    for user in User.objects.filter(email__iexact=email, is_active=True):
        if not user.has_usable_password():
            continue
        where = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
        address = f"{settings.SITE_URL}{reverse('accounts:reset_confirm', args=where)}"
        body = render_to_string("mail/password_reset.txt", {"user": user, "address": address})
        mails.append(EmailMessage(_("새 비밀번호를 정하는 주소입니다"), body, to=[user.email]))
    if mails:
        threading.Thread(target=_send, args=[mails], name="reset-mail").start()
