"""Indicators, their planned values, and what any value looks like."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from commons.addresses import address
from commons.fields import CodeField, LineField, ProseField, SortCodeField
from commons.values import DECIMAL_PLACES, MAX_DIGITS, Value
from indicators.choices import Dimension, Direction, MissingReason, ValueKind
from indicators.validators.milestones import ONE_ONLY_MESSAGE, milestone_fault
from plans.models import Area, SourcedModel, Task

RATE_UNITS = {"%", "점", "등급"}  # shares, scores and grades: parts do not add up to a whole
# Things that are counted one by one.
COUNT_UNITS = {"명", "건", "개", "개소", "곳", "회", "가구", "세대", "호", "대", "면", "권", "그루"}


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
    title = LineField(_("이행지표"), max_length=300)
    tasks = models.ManyToManyField(Task, related_name="indicators", verbose_name=_("이행과제"))
    definition = ProseField(_("정의"), blank=True)
    unit = LineField(_("단위"), max_length=20, blank=True)
    unit_printed = models.BooleanField(
        _("보고서에 적힌 단위"), default=True, help_text=_("보고서에 없어 보충한 단위이면 끄십시오.")
    )
    direction = models.CharField(_("방향"), max_length=5, choices=Direction.choices)
    direction_reason = LineField(_("방향을 정한 까닭"), max_length=200, blank=True)
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
    formula = ProseField(_("산식"), blank=True)
    is_cumulative = models.BooleanField(
        _("누계"), default=False, help_text=_("해마다 그해까지 더한 값을 적는 지표이면 켜십시오.")
    )
    by_sex = models.BooleanField(_("성별 구분"), default=False)
    by_age = models.BooleanField(_("연령별 구분"), default=False)
    by_disability = models.BooleanField(_("장애 여부 구분"), default=False)
    by_migrant = models.BooleanField(_("이주 배경 구분"), default=False)
    remarks = ProseField(_("보고서 주석"), blank=True)
    data_source = LineField(_("자료 출처"), max_length=200, blank=True)
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
        return address("indicators:indicator", self.area.plan.slug, self.area.number, self.code)

    def why_url(self, year: int) -> str:
        """Address of the page that explains the figure of *year*."""
        return f"{self.get_absolute_url()}why/{year}/"

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

    @property
    def dimensions(self) -> list[Dimension]:
        """The breakdowns the report demands, as codes."""
        return [dimension for dimension in Dimension if getattr(self, f"by_{dimension.value}")]

    @property
    def is_additive(self) -> bool:
        """Whether the parts of a value add up to it, as heads and amounts do and rates do not."""
        return self.unit not in RATE_UNITS

    @property
    def counts_whole(self) -> bool:
        """Whether values are counted one by one, so that 365.75 is a slip: not where places are shown."""
        return self.unit in COUNT_UNITS and not self.decimals


class ValueModel(models.Model):
    """One figure: a number, a text, or a reason why there is none. At most one of the three."""

    value = models.DecimalField(_("값"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True)
    text = LineField(_("서술 값"), max_length=200, blank=True)
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
    printed = LineField(_("보고서 표기"), max_length=60, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("연차별 목표치")
        verbose_name_plural = _("연차별 목표치")
        ordering = ["indicator_id", "year"]  # the id: ordering by the indicator itself would join its area
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
        if self.indicator_id and self.reading.is_given:
            fault = milestone_fault(self.reading, kind=self.indicator.value_kind, minimum=self.indicator.minimum)
            if fault:
                raise ValidationError(dict([fault]))
