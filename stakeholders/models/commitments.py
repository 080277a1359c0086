"""What replies promise (이행 약속), and what the departments report on it until it is kept or dropped."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.fields import ProseField
from commons.models import EvidenceModel
from commons.validators import validate_public_text
from indicators.models import Indicator
from plans.models import Task
from stakeholders.choices import CommitmentState, ReportState
from stakeholders.models.questions import Question
from stakeholders.models.replies import ReplyPublication


class CommitmentQuerySet(models.QuerySet):
    def promised(self):
        """Published promises; the others still belong to a reply in work."""
        return self.filter(promised_in__isnull=False)

    def open(self):
        """Published promises that are neither kept nor dropped."""
        return self.promised().filter(state__in=CommitmentState.going_on())


class Commitment(models.Model):
    """One promise of a department. Once published it stays as it was promised, and `state` follows its reports.

    `promised_in` is the edition that published it first; None while the reply is in work.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="commitments", verbose_name=_("질의"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="commitments", verbose_name=_("부서"))
    text = ProseField(_("약속 내용"), validators=[validate_public_text])
    due_on = models.DateField(_("이행 기한"))
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("이행과제")
    )
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name=_("이행지표")
    )
    promised_in = models.ForeignKey(
        ReplyPublication,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name=_("공개한 판"),
    )
    state = models.CharField(
        _("이행 상태"), max_length=10, choices=CommitmentState.choices, default=CommitmentState.UNDER_WAY
    )
    version = models.PositiveIntegerField(_("판"), default=1)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("이행 약속")
        verbose_name_plural = _("이행 약속")
        ordering = ["due_on", "pk"]

    def __str__(self):
        return f"{self.department} {self.text[:60]}"

    def get_absolute_url(self):
        """Its work page; the public sees it on the pages of its points."""
        return reverse("stakeholders:commitment", args=[self.question.deliberation.plan.slug, self.pk])

    @property
    def is_overdue(self) -> bool:
        return self.state in CommitmentState.going_on() and self.due_on < timezone.localdate()


class CommitmentReport(models.Model):
    """What a department reports on a promise. The public sees it once the coordinator has published it."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="reports", verbose_name=_("이행 약속"))
    state = models.CharField(_("이행 상태"), max_length=10, choices=CommitmentState.choices)
    text = ProseField(_("추진 내용과 사유"), validators=[validate_public_text])
    review = models.CharField(_("검토"), max_length=10, choices=ReportState.choices, default=ReportState.SUBMITTED)
    review_comment = ProseField(_("보완 요청"), blank=True)
    reported_at = models.DateTimeField(_("보고 일시"), default=timezone.now)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("보고한 사람")
    )
    decided_at = models.DateTimeField(_("공개 일시"), null=True, blank=True)

    class Meta:
        verbose_name = _("이행 보고")
        verbose_name_plural = _("이행 보고")
        ordering = ["commitment", "reported_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"],
                condition=Q(review="submitted"),
                name="report_one_waiting",
                violation_error_message=_("검토를 기다리는 보고가 이미 있습니다."),
            )
        ]

    def __str__(self):
        return f"{self.get_state_display()} {self.text[:60]}"


def commitment_evidence_path(evidence, name: str) -> str:
    """Where a file is kept: under a name nobody can guess, outside the web root."""
    return f"evidence/commitments/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class CommitmentEvidence(EvidenceModel):
    """A file that proves a report. Public only when marked so, and only once the report is published."""

    report = models.ForeignKey(CommitmentReport, models.PROTECT, related_name="evidence", verbose_name=_("이행 보고"))
    file = models.FileField(_("파일"), upload_to=commitment_evidence_path, max_length=200)

    class Meta:
        verbose_name = _("증빙")
        verbose_name_plural = _("증빙")
        ordering = ["report", "pk"]
