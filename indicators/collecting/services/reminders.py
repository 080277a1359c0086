"""Reminders: one mail per department, recorded before it goes, so that the same one is never sent twice."""

import logging
from collections import defaultdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department
from accounts.notifications import ReminderReport
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import require_unlocked
from commons.reminding import ReminderKind, kind_due
from indicators.acts import lock_round
from indicators.choices import ResultState
from indicators.collecting import notifications
from indicators.collecting.selectors.work import DepartmentProgress, round_progress
from indicators.models import Indicator, Reminder, ReportingRound
from indicators.permissions import collection_lock

logger = logging.getLogger(__name__)


def _claim(reporting_round: ReportingRound, department: Department, kind: ReminderKind, day: date, count: int) -> bool:
    """Record a reminder of *day*; False when it was sent already.

    The unique constraint decides. A row with no recipients is one whose mail failed, and may be taken up again.
    On one day a department gets at most one automatic reminder, also when its due day was moved in between.
    """
    of_day = reporting_round.reminders.filter(department=department, day=day, recipients__gt=0)
    if kind != ReminderKind.BY_HAND and of_day.exclude(kind=ReminderKind.BY_HAND).exists():
        return False
    reminder, created = Reminder.objects.get_or_create(
        round=reporting_round, department=department, kind=kind, day=day, defaults={"recipients": count}
    )
    if created:
        return True
    return bool(Reminder.objects.filter(pk=reminder.pk, recipients=0).update(recipients=count))


def _names(rows) -> str:
    return ", ".join(str(department) for department in rows)


def send_reminders(
    *, reporting_round: ReportingRound, departments: list[Department], kind: ReminderKind, actor, day: date
) -> ReminderReport:
    """Write to the officers of each of *departments* that has something left to hand in. *actor* is None for cron.

    The records are committed before the first mail goes (so this cannot be part of a larger transaction): two runs at
    once, or a crash in between, never send one twice. A mail the server refuses is logged, its record is marked as
    reaching nobody, and the next call of the same day tries it again.
    """
    if actor is not None:
        require_keeper(actor)
    report, due = ReminderReport(), []
    with transaction.atomic(durable=True):
        locked = lock_round(reporting_round)
        require_unlocked(collection_lock(locked))
        progress = {row.department.pk: row for row in round_progress(locked, day)}
        addresses = notifications.addresses_of(departments)
        for department in departments:
            row, to = progress.get(department.pk), addresses.get(department.pk)
            if row is None or not row.may_write or not row.unfinished:
                report.nothing_due.append(department)
            elif not to:
                report.without_address.append(department)
            elif _claim(locked, department, kind, day, len(to)):
                due.append((row, to))
            else:
                report.already.append(department)
        if due:
            words = ", ".join(f"{row.department}({len(to)})" for row, to in due)
            comment = f"{kind.label}: {words}"
            record_activity(actor=actor, action=Action.REMINDED, subject=locked, comment=comment)
    if due:
        _send(locked, due, kind, report)
    if report.failed:
        _mark_failed(locked, report.failed, kind, actor, day)
    return report


def _send(reporting_round, due: list[tuple[DepartmentProgress, list[str]]], kind, report: ReminderReport) -> None:
    plan = reporting_round.plan
    wanted = {pk for row, _to in due for pk in row.unfinished}
    indicators = {i.pk: i for i in Indicator.objects.filter(pk__in=wanted).select_related("area")}
    states = dict(reporting_round.results.filter(indicator__in=wanted).values_list("indicator_id", "state"))
    order = {pk: place for place, pk in enumerate(indicators)}
    subject = _("[%(municipality)s] %(round)s 실적을 제출해 주십시오") % {
        "municipality": plan.municipality,
        "round": reporting_round,
    }
    mails = []
    for row, to in due:
        context = {
            "plan": plan,
            "round": reporting_round,
            "department": row.department,
            "kind": kind.value,
            "due_on": row.due_on,
            "is_late": row.is_late,
            "rows": [
                (indicators[pk], ResultState(states[pk]) if pk in states else None)
                for pk in sorted(row.unfinished, key=order.__getitem__)
            ],
            "address": notifications.work_address(plan),
        }
        mails.append(notifications.Mail(subject, "mail/reminder.txt", context, to))
    for (row, _to), taken in zip(due, notifications.send_mails(mails), strict=True):
        (report.sent if taken else report.failed).append(row.department)


@transaction.atomic
def _mark_failed(reporting_round, failed: list[Department], kind, actor, day) -> None:
    logger.error("%d reminders of %s were not sent", len(failed), reporting_round)
    reporting_round.reminders.filter(department__in=failed, kind=kind, day=day).update(recipients=0)
    comment = _("메일을 보내지 못한 부서: %(names)s") % {"names": _names(failed)}
    record_activity(actor=actor, action=Action.REMINDED, subject=reporting_round, comment=comment)


def send_due_reminders(*, reporting_round: ReportingRound, day: date) -> ReminderReport:
    """Send the automatic reminders of *day*: before the due day, on it, and weekly after it, each department by its
    own due day."""
    wanted: dict[ReminderKind, list[Department]] = defaultdict(list)
    for row in round_progress(reporting_round, day):
        kind = kind_due(row.due_on, day)
        if kind and row.may_write and row.unfinished:
            wanted[kind].append(row.department)
    report = ReminderReport()
    for kind, departments in wanted.items():
        report += send_reminders(
            reporting_round=reporting_round, departments=departments, kind=kind, actor=None, day=day
        )
    return report
