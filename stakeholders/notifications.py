"""Mail to officers about questions put to their department. Called after the transaction has ended."""

from django.utils.translation import gettext as _

from accounts.models import Department
from accounts.notifications import addresses_of
from commons.mail import Mail, address_on_site, send_mails
from stakeholders.models import Commitment, CommitmentReport, Question, ReplyDraft


def _write_to(departments: list[Department], plan, subject: str, template: str, context: dict) -> None:
    subject = f"[{plan.municipality}] {subject}"
    context = context | {"plan": plan}
    addresses = addresses_of(departments)
    send_mails([Mail(subject, template, context, to) for to in addresses.values()])


def tell_asked(question: Question, departments: list[Department]) -> None:
    """Tell the officers of the departments that a question was sent to them."""
    _write_to(
        departments,
        question.deliberation.plan,
        _("답변을 요청합니다: 질의 %(number)d") % {"number": question.number},
        "mail/asked.txt",
        {"question": question, "address": address_on_site(question.get_absolute_url())},
    )


def tell_returned_reply(draft: ReplyDraft, *, by: str) -> None:
    """Tell the officers of the department what is missing in their reply."""
    question = draft.question
    _write_to(
        [draft.department],
        question.deliberation.plan,
        _("답변을 보완해 주십시오: 질의 %(number)d") % {"number": question.number},
        "mail/reply_returned.txt",
        {"draft": draft, "by": by, "address": address_on_site(question.get_absolute_url())},
    )


def tell_returned_report(report: CommitmentReport, commitment: Commitment, *, by: str) -> None:
    """Tell the officers of the department what is missing in their report on a promise."""
    _write_to(
        [commitment.department],
        commitment.question.deliberation.plan,
        _("이행 보고를 보완해 주십시오"),
        "mail/report_returned.txt",
        {
            "report": report,
            "commitment": commitment,
            "by": by,
            "address": address_on_site(commitment.get_absolute_url()),
        },
    )
