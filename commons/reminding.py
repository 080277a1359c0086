"""On which days something due is reminded of."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

DAYS_BEFORE = {7, 1}

OVERDUE_EVERY = 7  # days


class ReminderKind(models.TextChoices):
    BEFORE = "before", _("기한 전")
    ON_DUE = "on_due", _("기한 날")
    OVERDUE = "overdue", _("기한 지남")
    BY_HAND = "by_hand", _("직접 보냄")


def kind_due(due_on: date, day: date) -> ReminderKind | None:
    """Which automatic reminder a department with this due day gets on *day*, if any."""
    days_left = (due_on - day).days
    if days_left in DAYS_BEFORE:
        return ReminderKind.BEFORE
    if days_left == 0:
        return ReminderKind.ON_DUE
    if days_left < 0 and days_left % OVERDUE_EVERY == 0:
        return ReminderKind.OVERDUE
    return None
