"""Reminders of replies that are not handed in and of promises that are due: one mail per department and day."""

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department
from accounts.notifications import ReminderReport, addresses_of
from accounts.services import record_activity
from commons.mail import Mail, send_mails
from commons.reminding import DAYS_BEFORE, kind_due
from indicators.collecting.notifications import work_address
from plans.models import Plan
from stakeholders.models import Commitment, ReplyDraft, WorkReminder
from stakeholders.selectors.due import drafts_waiting, promises_waiting

logger = logging.getLogger(__name__)


@dataclass
class DueWork:
    """What one department has to do soon, or should have done: replies and promises, the earliest first."""

    drafts: list[ReplyDraft] = field(default_factory=list)
    promises: list[Commitment] = field(default_factory=list)

    def is_due(self, day: date) -> bool:
        """Whether the department is reminded on *day* of any of it; it is then told of all."""
        days = [draft.question.due_on for draft in self.drafts] + [promise.due_on for promise in self.promises]
        return any(kind_due(due_on, day) for due_on in days)


def work_due(plan: Plan, day: date) -> dict[Department, DueWork]:
    """What each department has to hand in or keep within the days in which reminders go, or is late with."""
    until = day + timedelta(days=max(DAYS_BEFORE))
    found: dict[Department, DueWork] = defaultdict(DueWork)
    for draft in drafts_waiting(plan).filter(question__due_on__lte=until):
        found[draft.department].drafts.append(draft)
    for promise in promises_waiting(plan).filter(due_on__lte=until):
        found[promise.department].promises.append(promise)
    return found


def _claim(plan: Plan, department: Department, day: date, count: int) -> bool:
    """Record the reminder of *day*; False when it was sent already. A row without recipients may be taken up again."""
    reminder, created = WorkReminder.objects.get_or_create(
        plan=plan, department=department, day=day, defaults={"recipients": count}
    )
    return created or bool(WorkReminder.objects.filter(pk=reminder.pk, recipients=0).update(recipients=count))


def send_work_reminders(*, plan: Plan, day: date) -> ReminderReport:
    """Remind the departments of *day*: 7 days and 1 day before a due day, on it, and every 7 days after it.

    The records are committed before the first mail goes (so this cannot be part of a larger transaction): two runs at
    once, or a crash in between, never send one twice. A mail the server refuses may be tried again the same day.
    """
    report, due = ReminderReport(), []
    with transaction.atomic(durable=True):
        wanted = {department: work for department, work in work_due(plan, day).items() if work.is_due(day)}
        addresses = addresses_of(wanted)
        for department, work in wanted.items():
            to = addresses.get(department.pk)
            if not to:
                report.without_address.append(department)
            elif _claim(plan, department, day, len(to)):
                due.append((department, _mail(plan, department, work, to, day)))
            else:
                report.already.append(department)
        if due:
            words = ", ".join(f"{department}({len(mail.to)})" for department, mail in due)
            comment = _("질의·약속: %(names)s") % {"names": words}
            record_activity(actor=None, action=Action.REMINDED, subject=plan, comment=comment)
    for (department, _sent), taken in zip(due, send_mails([mail for _to, mail in due]), strict=True):
        (report.sent if taken else report.failed).append(department)
    if report.failed:
        _mark_failed(plan, report.failed, day)
    return report


def _mail(plan: Plan, department: Department, work: DueWork, to: list[str], day: date) -> Mail:
    subject = _("[%(municipality)s] 답변할 질의 %(drafts)d건, 보고할 약속 %(promises)d건이 있습니다") % {
        "municipality": plan.municipality,
        "drafts": len(work.drafts),
        "promises": len(work.promises),
    }
    context = {
        "plan": plan,
        "department": department,
        "drafts": [(draft, _due_in_words(draft.question.due_on, day)) for draft in work.drafts],
        "promises": [(promise, _due_in_words(promise.due_on, day)) for promise in work.promises],
        "address": work_address(plan),
    }
    return Mail(subject, "mail/work_reminder.txt", context, to)


def _due_in_words(due_on: date, day: date) -> str:
    words = _("기한 %(due)s 지남") if due_on < day else _("기한 %(due)s")
    return words % {"due": date_format(due_on, "Y년 n월 j일")}


@transaction.atomic
def _mark_failed(plan: Plan, failed: list[Department], day: date) -> None:
    logger.error("%d reminders of questions and promises of %s were not sent", len(failed), plan.slug)
    WorkReminder.objects.filter(plan=plan, department__in=failed, day=day).update(recipients=0)
    comment = _("메일을 보내지 못한 부서: %(names)s") % {"names": ", ".join(map(str, failed))}
    record_activity(actor=None, action=Action.REMINDED, subject=plan, comment=comment)
