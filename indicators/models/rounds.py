"""Reporting rounds: when departments write, who has longer, and who was reminded."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.fields import ProseField
from commons.reminding import ReminderKind
from indicators.choices import RoundState
from plans.models import Plan


class ReportingRoundQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, year):
        return self.get(plan__slug=plan_slug, year=year)


class ReportingRound(models.Model):
    """The yearly collection of results (이행점검). Departments write while it is open."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds", verbose_name=_("이행계획"))
    year = models.PositiveSmallIntegerField(_("실적 연도"))
    state = models.CharField(_("상태"), max_length=10, choices=RoundState.choices, default=RoundState.PLANNED)
    opens_on = models.DateField(_("입력 시작일"))
    due_on = models.DateField(_("제출 기한"))
    instructions = ProseField(_("안내 말씀"), blank=True)
    closed_on = models.DateField(_("마감일"), null=True, blank=True)
    is_demo = models.BooleanField(_("시범 자료"), default=False, editable=False)

    objects = ReportingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("이행점검 회차")
        verbose_name_plural = _("이행점검 회차")
        ordering = ["plan", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "year"],
                name="round_unique_year",
                violation_error_message=_("이 연도의 이행점검 회차가 이미 있습니다."),
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("opens_on")),
                name="round_window_in_order",
                violation_error_message=_("제출 기한은 입력 시작일보다 빠를 수 없습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.year}년 이행점검"

    def natural_key(self):
        return (self.plan.slug, self.year)

    def clean(self):
        if self.plan_id and self.year and self.year not in self.plan.years:
            raise ValidationError(
                {
                    "year": _("%(first)s년부터 %(last)s년까지의 연도를 입력해 주십시오.")
                    % {"first": self.plan.start_year, "last": self.plan.end_year}
                }
            )

    def get_absolute_url(self):
        return reverse("indicators:round", args=[self.plan.slug, self.year])

    @cached_property
    def extended_until(self) -> dict[int, date]:
        """Until when which department (by id) was given more time. One query, none where extensions are prefetched."""
        return {extension.department_id: extension.until for extension in self.extensions.all()}

    def due_for(self, *department_ids: int | None) -> date:
        """The last day on which one of these departments hands in on time: the round's, or a later one it was given."""
        return max([self.due_on, *(self.extended_until[pk] for pk in department_ids if pk in self.extended_until)])

    def takes_from(self, *department_ids: int | None, day: date | None = None) -> bool:
        """Whether one of these departments may write on *day* (today): in an open round, longer with an extension."""
        if self.state != RoundState.CLOSED:
            return self.state == RoundState.OPEN
        day = day or timezone.localdate()
        return any(self.extended_until[pk] >= day for pk in department_ids if pk in self.extended_until)


class RoundExtension(models.Model):
    """Leave for one department to write until a later day, whatever the round's state before publication."""

    round = models.ForeignKey(ReportingRound, models.CASCADE, related_name="extensions", verbose_name=_("회차"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="extensions", verbose_name=_("부서"))
    until = models.DateField(_("연장 기한"))

    class Meta:
        verbose_name = _("기한 연장")
        verbose_name_plural = _("기한 연장")
        ordering = ["round", "department"]
        constraints = [models.UniqueConstraint(fields=["round", "department"], name="extension_unique_department")]

    def __str__(self):
        return f"{self.department} {self.until}"


class Reminder(models.Model):
    """A reminder that was written to a department; the constraint keeps the same one from being sent twice."""

    round = models.ForeignKey(ReportingRound, models.CASCADE, related_name="reminders", verbose_name=_("회차"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="reminders", verbose_name=_("부서"))
    kind = models.CharField(_("종류"), max_length=10, choices=ReminderKind.choices)
    day = models.DateField(_("보낸 날"))
    recipients = models.PositiveSmallIntegerField(_("받은 사람 수"))

    class Meta:
        verbose_name = _("독촉")
        verbose_name_plural = _("독촉")
        ordering = ["-day", "department"]
        constraints = [
            models.UniqueConstraint(fields=["round", "department", "kind", "day"], name="reminder_once"),
        ]

    def __str__(self):
        return f"{self.round} {self.department} {self.get_kind_display()}"
