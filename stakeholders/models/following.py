"""Who is told by mail what becomes of a group's points, of what is said on a task, or of one point.

An address is personal data: it is kept for these mails alone, shown to nobody, and goes with the subscription.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core.signing import TimestampSigner
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from commons.fields import MailField
from plans.models import Plan, Task
from stakeholders.models.papers import Opinion, StakeholderGroup

DAYS_TO_CONFIRM = 3
DAYS_TO_LEAVE = 400  # every mail has a link of its own, and mails are kept
AGES = {"confirm": timedelta(days=DAYS_TO_CONFIRM), "leave": timedelta(days=DAYS_TO_LEAVE)}


@dataclass(frozen=True)
class Followed:
    """Something that can be followed: a group, a task or a point. Its feed and its form stand under its page."""

    subject: StakeholderGroup | Task | Opinion

    @property
    def name(self) -> str:
        if isinstance(self.subject, StakeholderGroup):
            return _now("%(group)s 그룹의 의견") % {"group": self.subject.name}
        if isinstance(self.subject, Task):
            return _now("이행과제 ‘%(title)s’에 대한 의견") % {"title": self.subject.title}
        return _now("%(group)s 그룹 의견 %(number)d") % {
            "group": self.subject.paper.group.name,
            "number": self.subject.number,
        }

    @property
    def plan(self) -> Plan:
        if isinstance(self.subject, Task):
            return self.subject.target.goal.area.plan
        return self.subject.plan if isinstance(self.subject, StakeholderGroup) else self.subject.paper.group.plan

    @property
    def page_path(self) -> str:
        return self.subject.get_absolute_url()

    @property
    def feed_path(self) -> str:
        return f"{self.page_path}feed/"

    @property
    def follow_path(self) -> str:
        return f"{self.page_path}follow/"

    @property
    def field(self) -> str:
        """Name of the field of a subscription that holds it."""
        return {StakeholderGroup: "group", Task: "task", Opinion: "opinion"}[type(self.subject)]

    def holds(self, point: Opinion) -> bool:
        """Whether a point belongs to it."""
        of_point = {"group": point.paper.group_id, "task": point.task_id, "opinion": point.pk}
        return of_point[self.field] == self.subject.pk


def _signer(purpose: str) -> TimestampSigner:
    """Signs the links in mails, with the time; a link for one purpose is none for another."""
    return TimestampSigner(salt=f"subscription-{purpose}", sep=".")


def _confirmable_since(now=None):
    return (now or timezone.now()) - timedelta(days=DAYS_TO_CONFIRM)


class SubscriptionQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def alive(self, now=None):
        """All but those that were not confirmed in time."""
        return self.filter(Q(confirmed_at__isnull=False) | Q(created_at__gte=_confirmable_since(now)))

    def expired(self, now=None):
        return self.filter(confirmed_at__isnull=True, created_at__lt=_confirmable_since(now))

    def with_followed(self):
        return self.select_related(
            "plan",
            "group__plan",
            "task__target__goal__area__plan",
            "opinion__paper__group__plan",
            "opinion__paper__deliberation",
        )

    def of_token(self, purpose: str, token: str):
        """The subscriptions (one or none) that a link in a mail means.

        Raises BadSignature for a forged one, and SignatureExpired, which is one of these, for one that is too old.
        """
        return self.filter(pk=_signer(purpose).unsign(token, max_age=AGES[purpose]))


class Subscription(models.Model):
    """One address that follows one thing. Events settled up to `told_until` have been told, or were there before."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="subscriptions", verbose_name=_("이행계획"))
    group = models.ForeignKey(
        StakeholderGroup, models.CASCADE, null=True, related_name="subscriptions", verbose_name=_("이해관계자 그룹")
    )
    task = models.ForeignKey(Task, models.CASCADE, null=True, related_name="subscriptions", verbose_name=_("이행과제"))
    opinion = models.ForeignKey(
        Opinion, models.CASCADE, null=True, related_name="subscriptions", verbose_name=_("의견")
    )
    address = MailField(_("전자우편 주소"))
    created_at = models.DateTimeField(_("신청 일시"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("확인 일시"), null=True)
    told_until = models.DateTimeField(_("알린 때"), null=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("소식 받기")
        verbose_name_plural = _("소식 받기")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["address", "group"], name="subscription_once_per_group"),
            models.UniqueConstraint(fields=["address", "task"], name="subscription_once_per_task"),
            models.UniqueConstraint(fields=["address", "opinion"], name="subscription_once_per_point"),
            models.CheckConstraint(
                condition=Q(group__isnull=False, task__isnull=True, opinion__isnull=True)
                | Q(group__isnull=True, task__isnull=False, opinion__isnull=True)
                | Q(group__isnull=True, task__isnull=True, opinion__isnull=False),
                name="subscription_follows_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(told_until__isnull=False),
                name="subscription_confirmed_knows_what_was_told",
            ),
        ]

    def __str__(self):
        return f"{self.followed.name} ({self.pk})"

    @property
    def followed(self) -> Followed:
        return Followed(self.group or self.task or self.opinion)

    @property
    def confirm_path(self) -> str:
        return self._path("confirm")

    @property
    def leave_path(self) -> str:
        return self._path("leave")

    def _path(self, purpose: str) -> str:
        return reverse(f"stakeholders:follow_{purpose}", args=[self.plan.slug, _signer(purpose).sign(self.pk)])
