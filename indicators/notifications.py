"""Mail to officers about what happened to their results. Called after the transaction has ended.

A mail that cannot be sent never undoes or hides the act it tells of: it is logged, and the caller learns of it.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.choices import Role
from accounts.models import Department, User
from plans.models import Plan

from .models import Result
from .wording import value_in_words

logger = logging.getLogger(__name__)


def address_on_site(path: str) -> str:
    """The full address of a page, for mail: there is no request to take the host from."""
    return f"{settings.SITE_URL}{path}"


def work_address(plan: Plan) -> str:
    return address_on_site(reverse("indicators:work", args=[plan.slug]))


def addresses_of(departments: Iterable[Department]) -> dict[int, list[str]]:
    """Mail addresses of the active officers of each department, by its id. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    officers = User.objects.filter(role=Role.OFFICER, is_active=True, department__in=departments).exclude(email="")
    for department_id, email in officers.order_by("pk").values_list("department_id", "email"):
        found[department_id].append(email)
    return found


@dataclass(frozen=True)
class Mail:
    subject: str
    template: str
    context: dict
    to: list[str]
    headers: dict[str, str] = field(default_factory=dict)

    def message(self, connection) -> EmailMessage:
        subject = " ".join(self.subject.split())  # a header is one line, whatever a title holds
        body = render_to_string(self.template, self.context)
        return EmailMessage(subject, body, to=self.to, headers=self.headers, connection=connection)


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


def _departments_of(result: Result) -> list[Department]:
    return list(dict.fromkeys(task.department for task in result.indicator.tasks.select_related("department")))


def tell_returned(result: Result, *, by: str) -> None:
    """Tell the officers of a result's departments that it came back, with the comment."""
    plan = result.round.plan
    addresses = addresses_of(_departments_of(result))
    context = {
        "plan": plan,
        "result": result,
        "actual": value_in_words(result.reading, result.indicator),
        "by": by,
        "address": address_on_site(result.get_absolute_url()),
    }
    subject = _("[%(municipality)s] 실적이 반려되었습니다: %(title)s") % {
        "municipality": plan.municipality,
        "title": result.indicator.title,
    }
    send_mails([Mail(subject, "mail/returned.txt", context, to) for to in addresses.values()])


def tell_approved(results: list[Result], *, comment: str = "") -> None:
    """Tell the officers which of their results were approved: one mail for each department, however many results."""
    by_department: dict[Department, list[Result]] = defaultdict(list)
    for result in results:
        for department in _departments_of(result):
            by_department[department].append(result)
    addresses = addresses_of(by_department)
    mails = []
    for department, approved in by_department.items():
        if not addresses.get(department.pk):
            continue
        reporting_round = approved[0].round
        context = {
            "plan": reporting_round.plan,
            "round": reporting_round,
            "department": department,
            "rows": [(result, value_in_words(result.reading, result.indicator)) for result in approved],
            "comment": comment,
            "address": work_address(reporting_round.plan),
        }
        subject = _("[%(municipality)s] 실적 %(count)d건이 승인되었습니다") % {
            "municipality": reporting_round.plan.municipality,
            "count": len(approved),
        }
        mails.append(Mail(subject, "mail/approved.txt", context, addresses[department.pk]))
    send_mails(mails)
