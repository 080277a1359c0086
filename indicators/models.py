"""How much: indicators with their milestones, the yearly rounds, what departments report, and what is published."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import AppendOnlyError, Department
from plans.models import Area, Plan, SourcedModel, Task
from sdgplan.lib.fields import CodeField, SortCodeField
from sdgplan.lib.values import DECIMAL_PLACES, MAX_DIGITS, Value

from .choices import Direction, MissingReason, ResultState, RoundState, Status, ValueKind


class IndicatorQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, area_number, code):
        return self.get(area__plan__slug=plan_slug, area__number=area_number, code=code)

    def of_plan(self, plan):
        return self.filter(area__plan=plan)

    def of_department(self, department):
        """Indicators that *department* reports: those of its tasks, each once."""
        through = Indicator.tasks.through.objects.filter(indicator=OuterRef("pk"), task__department=department)
        return self.filter(Exists(through))


class Indicator(SourcedModel):
    area = models.ForeignKey(Area, models.CASCADE, related_name="indicators", verbose_name=_("핵심전환분야"))
    code = CodeField(_("번호"))
    sort_code = SortCodeField()
    title = models.CharField(_("이행지표"), max_length=300)
    tasks = models.ManyToManyField(Task, related_name="indicators", verbose_name=_("이행과제"))
    definition = models.TextField(_("정의"), blank=True)
    unit = models.CharField(_("단위"), max_length=20, blank=True)
    unit_printed = models.BooleanField(
        _("보고서에 적힌 단위"), default=True, help_text=_("보고서에 없어 보충한 단위이면 끄십시오.")
    )
    direction = models.CharField(_("방향"), max_length=5, choices=Direction.choices)
    direction_reason = models.CharField(_("방향을 정한 까닭"), max_length=200, blank=True)
    value_kind = models.CharField(_("값의 종류"), max_length=10, choices=ValueKind.choices, default=ValueKind.NUMBER)
    decimals = models.PositiveSmallIntegerField(_("소수 자릿수"), default=0)
    minimum = models.DecimalField(
        _("최솟값"),
        max_digits=MAX_DIGITS,
        decimal_places=DECIMAL_PLACES,
        null=True,
        blank=True,
        default=0,
        help_text=_("이보다 작은 값은 입력할 수 없습니다. 음수가 있을 수 있으면 비우십시오."),
    )
    formula = models.TextField(_("산식"), blank=True)
    by_sex = models.BooleanField(_("성별 구분"), default=False)
    by_age = models.BooleanField(_("연령별 구분"), default=False)
    by_disability = models.BooleanField(_("장애 여부 구분"), default=False)
    by_migrant = models.BooleanField(_("이주 배경 구분"), default=False)
    remarks = models.TextField(_("보고서 주석"), blank=True)
    data_source = models.CharField(_("자료 출처"), max_length=200, blank=True)
    first_row_line = models.PositiveIntegerField(_("목표치 첫 줄 번호"), null=True, blank=True)
    last_row_line = models.PositiveIntegerField(_("목표치 끝 줄 번호"), null=True, blank=True)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("이행지표")
        verbose_name_plural = _("이행지표")
        ordering = ["area__number", "sort_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "code"],
                name="indicator_unique_in_area",
                violation_error_message=_("이 분야에 같은 번호의 지표가 있습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    def natural_key(self):
        return (*self.area.natural_key(), self.code)

    natural_key.dependencies = ["plans.task"]

    def get_absolute_url(self):
        return reverse("indicators:indicator", args=[self.area.plan.slug, self.area.number, self.code])

    @property
    def breakdowns(self) -> list[str]:
        """Names of the groups the report demands figures for."""
        demanded = [
            (self.by_sex, _("성별")),
            (self.by_age, _("연령")),
            (self.by_disability, _("장애")),
            (self.by_migrant, _("이주")),
        ]
        return [str(label) for wanted, label in demanded if wanted]


class ValueModel(models.Model):
    """One figure: a number, a text, or a reason why there is none. At most one of the three."""

    value = models.DecimalField(_("값"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True)
    text = models.CharField(_("서술 값"), max_length=200, blank=True)
    missing_reason = models.CharField(_("값이 없는 사유"), max_length=20, choices=MissingReason.choices, blank=True)

    class Meta:
        abstract = True

    @property
    def reading(self) -> Value:
        return Value(self.value, self.text, self.missing_reason)


NOTHING_GIVEN = Q(value__isnull=True, text="", missing_reason="")
EXACTLY_ONE_GIVEN = (
    Q(value__isnull=False, text="", missing_reason="")
    | (Q(value__isnull=True, missing_reason="") & ~Q(text=""))
    | (Q(value__isnull=True, text="") & ~Q(missing_reason=""))
)
ONE_ONLY_MESSAGE = _("값과 값이 없는 사유 가운데 하나만 입력해 주십시오.")


class MilestoneQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, area_number, code, year):
        return self.get(
            indicator__area__plan__slug=plan_slug,
            indicator__area__number=area_number,
            indicator__code=code,
            year=year,
        )


class Milestone(ValueModel):
    """The planned value of an indicator for a year (연차별 목표치)."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="milestones", verbose_name=_("이행지표"))
    year = models.PositiveSmallIntegerField(_("연도"))
    printed = models.CharField(_("보고서 표기"), max_length=60, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("연차별 목표치")
        verbose_name_plural = _("연차별 목표치")
        ordering = ["indicator", "year"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "year"], name="milestone_unique_year"),
            models.CheckConstraint(
                condition=EXACTLY_ONE_GIVEN, name="milestone_one_value", violation_error_message=ONE_ONLY_MESSAGE
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.year}"

    def natural_key(self):
        return (*self.indicator.natural_key(), self.year)

    natural_key.dependencies = ["indicators.indicator"]

    def clean(self):
        if self.indicator_id and self.year and self.year not in self.indicator.area.plan.years:
            raise ValidationError({"year": _("계획 기간에 있는 연도를 입력해 주십시오.")})


class ReportingRoundQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, year):
        return self.get(plan__slug=plan_slug, year=year)

    def open(self):
        return self.filter(state=RoundState.OPEN)


class ReportingRound(models.Model):
    """The yearly collection of results (이행점검). Departments write while it is open."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="rounds", verbose_name=_("이행계획"))
    year = models.PositiveSmallIntegerField(_("실적 연도"))
    state = models.CharField(_("상태"), max_length=10, choices=RoundState.choices, default=RoundState.PLANNED)
    opens_on = models.DateField(_("입력 시작일"))
    due_on = models.DateField(_("제출 기한"))
    instructions = models.TextField(_("안내 말씀"), blank=True)
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


class ResultQuerySet(models.QuerySet):
    def of_round(self, reporting_round):
        return self.filter(round=reporting_round)

    def handed_in(self):
        return self.filter(state__in=ResultState.handed_in())

    def approved(self):
        return self.filter(state=ResultState.APPROVED)


class Result(ValueModel):
    """What is reported for an indicator in a round. `version` counts saves, so that a stale form is noticed."""

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="results", verbose_name=_("회차"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="results", verbose_name=_("이행지표"))
    state = models.CharField(_("상태"), max_length=10, choices=ResultState.choices, default=ResultState.DRAFT)
    explanation = models.TextField(_("설명"), blank=True)
    verdict = models.CharField(
        _("담당자 판정"), max_length=10, choices=[(s.value, s.label) for s in Status.rated()], blank=True
    )
    version = models.PositiveIntegerField(_("판"), default=1)
    review_comment = models.TextField(_("검토 의견"), blank=True)
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
        return reverse("indicators:result", args=[area.plan.slug, self.round.year, area.number, self.indicator.code])

    @property
    def is_late(self) -> bool:
        """Whether it was submitted after the round's due day."""
        return self.submitted_at is not None and timezone.localdate(self.submitted_at) > self.round.due_on


class FrozenQuerySet(models.QuerySet):
    """Rows that are written once: a published record is corrected by a new edition, never changed."""

    def update(self, **fields):
        raise AppendOnlyError("published records are immutable")

    def delete(self):
        raise AppendOnlyError("published records are immutable")


class FrozenModel(models.Model):
    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise AppendOnlyError("published records are immutable")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError("published records are immutable")


class PublicationQuerySet(FrozenQuerySet):
    def of_plan(self, plan):
        return self.filter(round__plan=plan)

    def latest_editions(self):
        """The newest edition of each round: what the public sees."""
        later = Publication.objects.filter(round=OuterRef("round"), edition__gt=OuterRef("edition"))
        return self.filter(~Exists(later))


class Publication(FrozenModel):
    """A numbered edition (공표본) of a round's figures. `sha256` is over its canonical content."""

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="publications", verbose_name=_("회차"))
    edition = models.PositiveSmallIntegerField(_("판"))
    published_at = models.DateTimeField(_("공표 일시"), default=timezone.now)
    published_by_name = models.CharField(_("공표한 사람"), max_length=120)
    reason = models.TextField(_("정정 사유"), blank=True)
    method_version = models.CharField(_("판정 방법"), max_length=20)
    sha256 = models.CharField(_("내용 해시"), max_length=64)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("공표본")
        verbose_name_plural = _("공표본")
        ordering = ["round__year", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["round", "edition"], name="publication_unique_edition"),
            models.CheckConstraint(
                condition=Q(edition=1) | ~Q(reason=""),
                name="publication_correction_has_reason",
                violation_error_message=_("정정 공표에는 사유가 필요합니다."),
            ),
        ]

    def __str__(self):
        return f"{self.round.year}년 실적 {self.edition}판"


class FigureQuerySet(FrozenQuerySet):
    def current(self):
        """Figures of the newest edition of each round."""
        return self.filter(publication__in=Publication.objects.latest_editions())


class Figure(FrozenModel):
    """One indicator's published target, actual and status (공표 수치), with all that its status was made from.

    `inputs` keeps what the figure was computed and shown with: code, title, unit, direction, decimals, bands,
    departments as they were named then, and who approved.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="figures", verbose_name=_("공표본"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="figures", verbose_name=_("이행지표"))
    target_value = models.DecimalField(
        _("목표치"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    target_text = models.CharField(_("목표(서술)"), max_length=200, blank=True)
    target_missing = models.CharField(_("목표 없는 사유"), max_length=20, choices=MissingReason.choices, blank=True)
    actual_value = models.DecimalField(
        _("실적"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    actual_text = models.CharField(_("실적(서술)"), max_length=200, blank=True)
    actual_missing = models.CharField(_("실적 없는 사유"), max_length=20, choices=MissingReason.choices, blank=True)
    attainment = models.DecimalField(
        _("달성률"), max_digits=MAX_DIGITS + 6, decimal_places=6, null=True, blank=True, help_text=_("1이 100%입니다.")
    )
    status = models.CharField(_("판정"), max_length=10, choices=Status.choices)
    status_reason = models.CharField(_("판정 근거"), max_length=20)
    explanation = models.TextField(_("설명"), blank=True)
    inputs = models.JSONField(_("판정에 쓴 자료"), default=dict)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("공표 수치")
        verbose_name_plural = _("공표 수치")
        ordering = ["publication", "indicator__area__number", "indicator__sort_code"]
        constraints = [models.UniqueConstraint(fields=["publication", "indicator"], name="figure_unique_indicator")]

    def __str__(self):
        return f"{self.publication} {self.indicator}"

    @property
    def target(self) -> Value:
        return Value(self.target_value, self.target_text, self.target_missing)

    @property
    def actual(self) -> Value:
        return Value(self.actual_value, self.actual_text, self.actual_missing)
