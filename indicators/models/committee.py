"""What the committee and the coordinator think of the plan itself: ratings, comments with answers, marked findings."""

from functools import lru_cache

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.fields import LineField, ProseField
from indicators.choices import CheckState, GoalLink, MilestoneRating
from indicators.models.indicators import Indicator
from plans.models import Area, Plan


class CheckMark(models.Model):
    """What was decided about a finding of the data check.

    A finding is named by its code and its subject's key, and both survive every run. `fingerprint` is that of the
    finding when it was marked: when the values behind it change, the mark no longer counts. `version` counts decisions.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="check_marks", verbose_name=_("이행계획"))
    code = LineField(_("점검 항목"), max_length=40)
    subject = LineField(_("대상"), max_length=60)
    subject_label = LineField(_("대상 이름"), max_length=300)
    state = models.CharField(
        _("처리"), max_length=10, choices=[(state.value, state.label) for state in CheckState.decisions()]
    )
    reason = ProseField(_("사유"), blank=True)
    fingerprint = LineField(_("값의 지문"), max_length=64)
    version = models.PositiveIntegerField(_("판"), default=1)
    marked_at = models.DateTimeField(_("처리 일시"), default=timezone.now)
    marked_by_name = LineField(_("처리한 사람"), max_length=120)

    class Meta:
        verbose_name = _("점검 결과 처리")
        verbose_name_plural = _("점검 결과 처리")
        ordering = ["plan", "code", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "code", "subject"], name="check_mark_unique_finding"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | ~Q(reason=""),
                name="check_mark_accepted_has_reason",
                violation_error_message=_("인정하려면 사유가 필요합니다."),
            ),
        ]

    def __str__(self):
        return self.subject_label


@lru_cache
def _verdict(milestones: str, goal_link: str, language: str) -> str:
    return f"{MilestoneRating(milestones).label} · {gettext('연계')} {GoalLink(goal_link).label}"


class Rating(models.Model):
    """One committee member's view of one indicator: its yearly targets, and how well it measures its goal."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="ratings", verbose_name=_("이행지표"))
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="ratings", verbose_name=_("위원"))
    milestones = models.CharField(_("목표치"), max_length=10, choices=MilestoneRating.choices)
    goal_link = models.CharField(_("목표와의 연계"), max_length=10, choices=GoalLink.choices)
    reason = ProseField(_("사유"), blank=True)
    version = models.PositiveIntegerField(_("판"), default=1)
    rated_at = models.DateTimeField(_("평가 일시"), default=timezone.now)

    class Meta:
        verbose_name = _("지표 평가")
        verbose_name_plural = _("지표 평가")
        ordering = ["indicator__area__number", "indicator__sort_code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "member"], name="rating_unique_member"),
            models.CheckConstraint(
                condition=Q(milestones="adequate", goal_link="close") | ~Q(reason=""),
                name="rating_doubt_has_reason",
                violation_error_message=_("적정·밀접이 아니면 사유가 필요합니다."),
            ),
        ]

    def __str__(self):
        return f"{self.indicator} – {self.member}"

    @property
    def in_words(self) -> str:
        """Both answers, such as "낮음 · 연계 밀접"."""
        return _verdict(self.milestones, self.goal_link, get_language())


class CommitteeCommentQuerySet(models.QuerySet):
    def of_plan(self, plan):
        return self.filter(area__plan=plan)

    def about_areas(self):
        """Comments on an area as a whole."""
        return self.filter(indicator__isnull=True)

    def unanswered(self):
        return self.filter(answer="")


class CommitteeComment(models.Model):
    """A comment on an indicator, or on an area as a whole, addressed to a department that answers it."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="committee_comments", verbose_name=_("핵심전환분야"))
    indicator = models.ForeignKey(
        Indicator, models.CASCADE, null=True, blank=True, related_name="committee_comments", verbose_name=_("이행지표")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="committee_comments", verbose_name=_("답할 부서")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("쓴 사람")
    )
    author_name = LineField(_("쓴 사람 이름"), max_length=120)
    at = models.DateTimeField(_("쓴 일시"), default=timezone.now)
    text = ProseField(_("의견"))
    answer = ProseField(_("답변"), blank=True)
    answered_by_name = LineField(_("답한 사람"), max_length=120, blank=True)
    answered_at = models.DateTimeField(_("답한 일시"), null=True, blank=True)
    version = models.PositiveIntegerField(_("판"), default=1)

    objects = CommitteeCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("위원회 의견")
        verbose_name_plural = _("위원회 의견")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="committee_comment_answer_dated",
            ),
        ]

    def __str__(self):
        return f"{self.indicator or self.area}: {self.text[:40]}"

    def get_absolute_url(self):
        return reverse("indicators:committee_comment", args=[self.area.plan.slug, self.pk])
