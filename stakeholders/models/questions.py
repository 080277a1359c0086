"""What departments are asked, and how they work on their answers before anything is published."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.fields import ProseField
from commons.models import CommentModel
from commons.validators import validate_public_text
from stakeholders.choices import DraftState, Stance
from stakeholders.models.papers import Deliberation, Opinion, Reference, StakeholderGroup


class QuestionQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, year, number):
        return self.get(deliberation__plan__slug=plan_slug, deliberation__year=year, number=number)


class Question(Reference):
    """A question to departments, drawn from one or more points. It is private until it is sent."""

    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, related_name="questions", verbose_name=_("숙의공론장")
    )
    number = models.PositiveSmallIntegerField(_("번호"))
    groups = models.ManyToManyField(StakeholderGroup, related_name="questions", verbose_name=_("이해관계자 그룹"))
    opinions = models.ManyToManyField(Opinion, related_name="questions", blank=True, verbose_name=_("의견"))
    summary = ProseField(_("질의 요지"), validators=[validate_public_text])
    sent_on = models.DateField(_("보낸 날"), null=True, blank=True)
    due_on = models.DateField(_("답변 기한"), null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta(Reference.Meta):
        verbose_name = _("질의")
        verbose_name_plural = _("질의")
        ordering = ["deliberation", "number"]
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(fields=["deliberation", "number"], name="question_unique_number"),
            models.CheckConstraint(
                condition=Q(sent_on__isnull=True) | Q(due_on__isnull=False, due_on__gte=F("sent_on")),
                name="question_due_after_sent",
                violation_error_message=_("답변 기한은 보내는 날보다 빠를 수 없습니다."),
            ),
        ]

    def __str__(self):
        return f"질의 {self.number}. {self.summary[:60]}"

    def natural_key(self):
        return (*self.deliberation.natural_key(), self.number)

    natural_key.dependencies = ["stakeholders.stakeholdergroup", "stakeholders.opinion"]

    def get_absolute_url(self):
        """Its work page; the public sees it on the pages of its points."""
        return reverse("stakeholders:question", args=[self.deliberation.plan.slug, self.deliberation.year, self.number])


class AnswerModel(models.Model):
    """A stance with its words. 불수용 and 일부수용 need a reason beside them."""

    stance = models.CharField(_("검토 결과"), max_length=12, choices=Stance.choices, blank=True)
    summary = ProseField(_("답변 요지"), blank=True, validators=[validate_public_text])
    reason = ProseField(_("사유"), blank=True, validators=[validate_public_text])

    class Meta:
        abstract = True

    @property
    def needs_reason(self) -> bool:
        return self.stance in Stance.needing_reason()


class ReplyDraft(AnswerModel):
    """What one department that was asked works on. Private to it and the coordinator until it is handed in.

    `version` counts saves, so that a stale form is noticed.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="drafts", verbose_name=_("질의"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="reply_drafts", verbose_name=_("부서"))
    is_lead = models.BooleanField(_("주관부서"), default=False)
    state = models.CharField(_("상태"), max_length=10, choices=DraftState.choices, default=DraftState.ASKED)
    version = models.PositiveIntegerField(_("판"), default=1)
    review_comment = ProseField(_("보완 요청"), blank=True)
    updated_at = models.DateTimeField(_("저장 일시"), default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("저장한 사람")
    )
    submitted_at = models.DateTimeField(_("제출 일시"), null=True, blank=True)

    class Meta:
        verbose_name = _("부서 답변안")
        verbose_name_plural = _("부서 답변안")
        ordering = ["question", "-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "department"], name="draft_unique_department"),
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(is_lead=True),
                name="draft_one_lead",
                violation_error_message=_("주관부서는 하나만 둘 수 있습니다."),
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | (~Q(stance="") & ~Q(summary="")),
                name="draft_submitted_is_given",
                violation_error_message=_("검토 결과와 답변을 적어야 제출할 수 있습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.question} – {self.department}"

    @property
    def is_handed_in(self) -> bool:
        return self.state == DraftState.SUBMITTED

    @property
    def is_late(self) -> bool:
        """Whether it was handed in after the due day, or still is not although that day is over."""
        handed_in = self.submitted_at if self.is_handed_in else None
        return self.question.due_on is not None and timezone.localdate(handed_in) > self.question.due_on


class Consolidation(AnswerModel):
    """The answer that the coordinator makes of the departments' drafts; when ready, the next edition takes it up."""

    question = models.OneToOneField(Question, models.PROTECT, related_name="consolidation", verbose_name=_("질의"))
    is_ready = models.BooleanField(_("공개 준비"), default=False)
    published_in = models.ForeignKey(
        "stakeholders.ReplyPublication",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consolidations",
        verbose_name=_("공개한 판"),
    )
    version = models.PositiveIntegerField(_("판"), default=1)
    updated_at = models.DateTimeField(_("저장 일시"), default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("저장한 사람")
    )

    class Meta:
        verbose_name = _("종합 답변")
        verbose_name_plural = _("종합 답변")
        ordering = ["question"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_ready=False) | (~Q(stance="") & ~Q(summary="")),
                name="consolidation_ready_is_given",
                violation_error_message=_("검토 결과와 답변을 적어야 공개를 준비할 수 있습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.question} 종합 답변"


class QuestionComment(CommentModel):
    """One remark in the thread of a question, between departments asked, coordinator and committee."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="comments", verbose_name=_("질의"))

    class Meta:
        verbose_name = _("의견")
        verbose_name_plural = _("의견")
        ordering = ["question", "at", "pk"]
