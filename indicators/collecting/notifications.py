"""Mail to officers about what happened to their results. Called after the transaction has ended.

A mail that cannot be sent never undoes or hides the act it tells of: it is logged, and the caller learns of it.
"""

import logging
from collections import defaultdict

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.notifications import addresses_of
from commons.mail import Mail, address_on_site, send_mails
from indicators.models import Result
from indicators.wording import value_in_words
from plans.models import Plan

logger = logging.getLogger(__name__)


def work_address(plan: Plan) -> str:
    return address_on_site(reverse("indicators:work", args=[plan.slug]))


def _departments_of(result: Result) -> list[Department]:
    return list(dict.fromkeys(task.department for task in result.indicator.tasks.select_related("department")))


def tell_returned(result: Result, *, by: str) -> None:
    """Tell the officers of a result's departments that it came back, with the comment."""
    plan = result.round.plan
    addresses = addresses_of(_departments_of(result))
    context = {
        "plan": plan,
        "result": result,
        "indicator": result.indicator,
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
