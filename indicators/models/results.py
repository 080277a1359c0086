"""What departments report in a round, with its breakdowns, evidence and comments."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.addresses import address
from commons.fields import LineField, ProseField
from commons.models import CommentModel, EvidenceModel, KeptUpload
from commons.values import DECIMAL_PLACES, MAX_DIGITS
from indicators.choices import BreakdownGroup, Dimension, ResultState, Status
from indicators.models.indicators import EXACTLY_ONE_GIVEN, NOTHING_GIVEN, Indicator, ValueModel
from indicators.models.rounds import ReportingRound
from indicators.validators.milestones import ONE_ONLY_MESSAGE
from plans.models import Plan


class NarrativeModel(models.Model):
    """What is said with a figure."""

    explanation = ProseField(_("설명"), blank=True)
    shortfall = ProseField(_("부진 사유"), blank=True)
    next_steps = ProseField(_("향후 계획"), blank=True)
    basis = ProseField(_("산출근거"), blank=True)

    class Meta:
        abstract = True


class ResultQuerySet(models.QuerySet):
    def of_round(self, reporting_round):
        return self.filter(round=reporting_round)

    def handed_in(self):
        return self.filter(state__in=ResultState.handed_in())

    def approved(self):
        return self.filter(state=ResultState.APPROVED)


class Result(ValueModel, NarrativeModel):
    """What is reported for an indicator in a round. `version` counts saves, so that a stale form is noticed."""

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="results", verbose_name=_("회차"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="results", verbose_name=_("이행지표"))
    state = models.CharField(_("상태"), max_length=10, choices=ResultState.choices, default=ResultState.DRAFT)
    verdict = models.CharField(
        _("담당자 판정"), max_length=10, choices=[(s.value, s.label) for s in Status.rated()], blank=True
    )
    doubts = models.JSONField(_("확인한 의문"), default=list, blank=True)
    doubt_answer = ProseField(_("확인 답변"), blank=True)
    version = models.PositiveIntegerField(_("판"), default=1)
    review_comment = ProseField(_("검토 의견"), blank=True)
    updated_at = models.DateTimeField(_("저장 일시"), default=timezone.now)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("저장한 사람")
    )
    submitted_at = models.DateTimeField(_("제출 일시"), null=True, blank=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("실적")
        verbose_name_plural = _("실적")
        ordering = ["round", "indicator__area__number", "indicator__sort_code"]
        constraints = [
            models.UniqueConstraint(fields=["round", "indicator"], name="result_unique_in_round"),
            models.CheckConstraint(
                condition=NOTHING_GIVEN | EXACTLY_ONE_GIVEN,
                name="result_one_value",
                violation_error_message=ONE_ONLY_MESSAGE,
            ),
            models.CheckConstraint(
                condition=~NOTHING_GIVEN | Q(state__in=["draft", "returned"]),
                name="result_submitted_is_given",
                violation_error_message=_("값이나 값이 없는 사유를 입력해야 제출할 수 있습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.round.year}년 실적 {self.indicator}"

    def get_absolute_url(self):
        area = self.indicator.area
        return address("indicators:result", area.plan.slug, self.round.year, area.number, self.indicator.code)

    @property
    def is_late(self) -> bool:
        """Whether it was submitted after the last day that its departments had."""
        if self.submitted_at is None:
            return False
        day = timezone.localdate(self.submitted_at)
        if day <= self.round.due_on:  # nobody's last day is earlier
            return False
        return day > self.round.due_for(*(task.department_id for task in self.indicator.tasks.all()))


class BreakdownValue(models.Model):
    """A result's part for one group of people, in the indicator's unit."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="breakdowns", verbose_name=_("실적"))
    dimension = models.CharField(_("구분"), max_length=12, choices=Dimension.choices)
    group = models.CharField(_("집단"), max_length=16, choices=BreakdownGroup.choices)
    value = models.DecimalField(_("값"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES)

    class Meta:
        verbose_name = _("세분화 값")
        verbose_name_plural = _("세분화 값")
        ordering = ["result_id", "pk"]  # the id: ordering by the result itself would join round, plan and indicator
        constraints = [models.UniqueConstraint(fields=["result", "group"], name="breakdown_unique_group")]

    def __str__(self):
        return f"{self.get_group_display()} {self.value}"


def evidence_path(evidence, name: str) -> str:
    """Where an evidence file is kept: under a name nobody can guess, outside the web root."""
    return f"evidence/{evidence.result.round.year}/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class Evidence(EvidenceModel):
    """A file that proves a result. Public only when marked so, and only once the result is published."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="evidence", verbose_name=_("실적"))
    file = models.FileField(_("파일"), upload_to=evidence_path, max_length=200)

    class Meta:
        verbose_name = _("증빙")
        verbose_name_plural = _("증빙")
        ordering = ["result_id", "pk"]


class ResultComment(CommentModel):
    """One remark in the thread of a result, between department, coordinator and committee."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="comments", verbose_name=_("실적"))

    class Meta:
        verbose_name = _("의견")
        verbose_name_plural = _("의견")
        ordering = ["result_id", "at", "pk"]


class WorkbookUpload(KeptUpload):
    """A workbook of a round."""

    round = models.ForeignKey(ReportingRound, models.CASCADE, related_name="uploads", verbose_name=_("회차"))
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("부서")
    )


class MilestoneUpload(KeptUpload):
    """A file of a plan's yearly targets. A workbook is kept as the lines that were read of it; `sent_sha256` is of the
    file as it was sent."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="milestone_uploads", verbose_name=_("이행계획"))
    sent_sha256 = LineField(_("올린 파일의 내용 해시"), max_length=64)

    @property
    def is_read(self) -> bool:
        """Whether the lines of a workbook are kept instead of the file."""
        return self.sha256 != self.sent_sha256


class Assignment(models.Model):
    """An officer who is in charge of an indicator. Colleagues may still write; this says whose desk it is on."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="assignments", verbose_name=_("이행지표"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments", verbose_name=_("담당자")
    )
    since = models.DateField(_("맡은 날"), default=timezone.localdate)

    class Meta:
        verbose_name = _("지표 담당")
        verbose_name_plural = _("지표 담당")
        ordering = ["indicator", "user"]
        constraints = [models.UniqueConstraint(fields=["indicator", "user"], name="assignment_unique")]

    def __str__(self):
        return f"{self.indicator} – {self.user}"
