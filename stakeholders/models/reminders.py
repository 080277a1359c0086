"""Reminders of work on questions and promises."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from plans.models import Plan


class WorkReminder(models.Model):
    """A mail that reminded a department of replies and promises; the constraint lets only one a day be written.

    No recipients: the mail did not go, and may be tried again that day.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="work_reminders", verbose_name=_("이행계획"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="work_reminders", verbose_name=_("부서"))
    day = models.DateField(_("보낸 날"))
    recipients = models.PositiveSmallIntegerField(_("받은 사람 수"))

    class Meta:
        verbose_name = _("질의·약속 알림")
        verbose_name_plural = _("질의·약속 알림")
        ordering = ["-day", "department"]
        constraints = [models.UniqueConstraint(fields=["plan", "department", "day"], name="work_reminder_once")]

    def __str__(self):
        return f"{self.department} {self.day}"
