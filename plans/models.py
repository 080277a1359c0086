"""What was promised: a plan with its areas, goals, targets and tasks, and the money named for them."""

import uuid
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Team
from commons.addresses import address
from commons.codes import parent_code
from commons.fields import CodeField, LineField, ProseField, SortCodeField
from plans.choices import FundingSource, MoneyUnit


class SourcedModel(models.Model):
    """A record carried over from a printed plan: where it stands there, and what is to be known about it."""

    source_line = models.PositiveIntegerField(
        _("보고서 줄 번호"), null=True, blank=True, help_text=_("계획 보고서 원문에서 이 내용이 있는 줄입니다.")
    )
    note = ProseField(_("유의사항"), blank=True, help_text=_("원문의 오기나 판단한 내용을 적습니다. 공개됩니다."))

    class Meta:
        abstract = True


class PlanQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)


class Plan(models.Model):
    """One cycle of a district's plan. Bands are rates of attainment: 1 is 100 %."""

    slug = models.SlugField(_("주소용 이름"), unique=True)
    municipality = LineField(_("자치단체"), max_length=60)
    area_code = LineField(
        _("행정구역 코드"), max_length=20, blank=True, help_text=_("통계에서 자치단체를 가리키는 표준 코드입니다.")
    )
    title = LineField(_("계획명"), max_length=200)
    summary = ProseField(_("소개"), blank=True)
    start_year = models.PositiveSmallIntegerField(_("시작 연도"))
    end_year = models.PositiveSmallIntegerField(_("종료 연도"))
    is_current = models.BooleanField(_("현재 계획"), default=False, help_text=_("첫 화면에 보일 계획 하나만 고릅니다."))
    source = LineField(_("출처"), max_length=300, blank=True)
    band_met = models.DecimalField(_("달성 기준"), max_digits=5, decimal_places=4, default=Decimal("1"))
    band_near = models.DecimalField(_("근접 기준"), max_digits=5, decimal_places=4, default=Decimal("0.9"))
    band_short = models.DecimalField(_("미흡 기준"), max_digits=5, decimal_places=4, default=Decimal("0.7"))
    coverage_floor = models.DecimalField(
        _("집계 최소 비율"),
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.6"),
        help_text=_("판정된 지표의 비율이 이보다 낮으면 집계 점수를 보이지 않습니다."),
    )

    needs_endorsement = models.BooleanField(
        _("부서장 확인 사용"),
        default=False,
        help_text=_("켜면 부서장이 확인한 실적만 총괄 담당자가 승인할 수 있습니다."),
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("이행계획")
        verbose_name_plural = _("이행계획")
        ordering = ["-start_year", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="plan_one_current",
                violation_error_message=_("현재 계획은 하나만 지정할 수 있습니다."),
            ),
            models.CheckConstraint(
                condition=Q(end_year__gte=F("start_year")),
                name="plan_years_in_order",
                violation_error_message=_("종료 연도는 시작 연도보다 빠를 수 없습니다."),
            ),
            models.CheckConstraint(
                condition=Q(band_met__gte=F("band_near"), band_near__gte=F("band_short"), band_short__gte=0),
                name="plan_bands_in_order",
                violation_error_message=_("판정 기준은 달성, 근접, 미흡 순으로 낮아져야 합니다."),
            ),
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return address("plans:home", self.slug)

    @property
    def years(self) -> range:
        return range(self.start_year, self.end_year + 1)


class AreaQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, number):
        return self.get(plan__slug=plan_slug, number=number)


class Area(SourcedModel):
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="areas", verbose_name=_("이행계획"))
    number = models.PositiveSmallIntegerField(_("번호"), validators=[MinValueValidator(1)])
    title = LineField(_("핵심전환분야"), max_length=200)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("핵심전환분야")
        verbose_name_plural = _("핵심전환분야")
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="area_unique_in_plan")]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def natural_key(self):
        return (self.plan.slug, self.number)

    natural_key.dependencies = ["plans.plan"]

    def get_absolute_url(self):
        return address("plans:area", self.plan.slug, self.number)


class GoalQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, area_number, number):
        return self.get(area__plan__slug=plan_slug, area__number=area_number, number=number)


class Goal(SourcedModel):
    area = models.ForeignKey(Area, models.CASCADE, related_name="goals", verbose_name=_("핵심전환분야"))
    number = models.PositiveSmallIntegerField(_("번호"), validators=[MinValueValidator(1)])
    title = LineField(_("목표"), max_length=300)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("목표")
        verbose_name_plural = _("목표")
        ordering = ["area__number", "number"]
        constraints = [models.UniqueConstraint(fields=["area", "number"], name="goal_unique_in_area")]

    def __str__(self):
        return f"목표 {self.number}. {self.title}"

    def natural_key(self):
        return (*self.area.natural_key(), self.number)

    natural_key.dependencies = ["plans.area"]


class TargetQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, area_number, code):
        return self.get(goal__area__plan__slug=plan_slug, goal__area__number=area_number, code=code)


class Target(SourcedModel):
    """A detailed goal (세부목표) in the SDG sense, never a yearly value."""

    goal = models.ForeignKey(Goal, models.CASCADE, related_name="targets", verbose_name=_("목표"))
    code = CodeField(_("번호"))
    sort_code = SortCodeField()
    title = LineField(_("세부목표"), max_length=400)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("세부목표")
        verbose_name_plural = _("세부목표")
        ordering = ["goal__area__number", "sort_code"]
        constraints = [models.UniqueConstraint(fields=["goal", "code"], name="target_unique_in_goal")]

    def __str__(self):
        return f"{self.code} {self.title}"

    def natural_key(self):
        return (*self.goal.area.natural_key(), self.code)

    natural_key.dependencies = ["plans.goal"]

    def clean(self):
        if self.goal_id and parent_code(self.code) != str(self.goal.number):
            raise ValidationError({"code": _("세부목표 번호는 목표 번호로 시작해야 합니다. 예: 목표 2의 2-1")})


class TaskQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, area_number, code):
        return self.get(target__goal__area__plan__slug=plan_slug, target__goal__area__number=area_number, code=code)

    def of_plan(self, plan):
        return self.filter(target__goal__area__plan=plan)


class Task(SourcedModel):
    """One promised piece of work, with its sheet (이행과제 카드)."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="tasks", verbose_name=_("세부목표"))
    code = CodeField(_("번호"))
    sort_code = SortCodeField()
    title = LineField(_("이행과제"), max_length=300)
    department = models.ForeignKey(Department, models.PROTECT, related_name="tasks", verbose_name=_("담당부서"))
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name=_("담당팀")
    )
    purpose = ProseField(_("추진목적"), blank=True)
    contents = ProseField(_("추진내용"), blank=True)
    future_plan = ProseField(_("향후 추진계획"), blank=True)
    overview_line = models.PositiveIntegerField(_("총괄표 줄 번호"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("이행과제")
        verbose_name_plural = _("이행과제")
        ordering = ["target__goal__area__number", "sort_code"]
        constraints = [models.UniqueConstraint(fields=["target", "code"], name="task_unique_in_target")]

    def __str__(self):
        return f"{self.code} {self.title}"

    def natural_key(self):
        return (*self.target.goal.area.natural_key(), self.code)

    natural_key.dependencies = ["plans.target", "accounts.department", "accounts.team"]

    def clean(self):
        errors = {}
        if self.target_id and parent_code(self.code) != self.target.code:
            errors["code"] = _("이행과제 번호는 세부목표 번호로 시작해야 합니다. 예: 세부목표 2-1의 2-1-3")
        if self.team_id and self.department_id and self.team.department_id != self.department_id:
            errors["team"] = _("담당팀은 담당부서에 속한 팀이어야 합니다.")
        if errors:
            raise ValidationError(errors)

    def get_absolute_url(self):
        area = self.target.goal.area
        return address("plans:task", area.plan.slug, area.number, self.code)


class BudgetQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, area_number, task_code, year, position):
        task = Task.objects.get_by_natural_key(plan_slug, area_number, task_code)
        return self.get(task=task, year=year, position=position)


class Budget(SourcedModel):
    """An amount a task's sheet names for a year. `amount` is in `unit`, as printed."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="budgets", verbose_name=_("이행과제"))
    year = models.PositiveSmallIntegerField(_("연도"))
    position = models.PositiveSmallIntegerField(_("순서"), default=1)
    label = LineField(_("내용"), max_length=200, blank=True)
    amount = models.DecimalField(_("금액"), max_digits=18, decimal_places=2, validators=[MinValueValidator(0)])
    unit = models.CharField(_("단위"), max_length=10, choices=MoneyUnit.choices, default=MoneyUnit.THOUSAND)
    printed = LineField(_("보고서 표기"), max_length=300, blank=True)

    objects = BudgetQuerySet.as_manager()

    class Meta:
        verbose_name = _("예산")
        verbose_name_plural = _("예산")
        ordering = ["task", "year", "position"]
        constraints = [models.UniqueConstraint(fields=["task", "year", "position"], name="budget_unique_position")]

    def __str__(self):
        return f"{self.task} {self.year} {self.label}".strip()

    def natural_key(self):
        return (*self.task.natural_key(), self.year, self.position)

    natural_key.dependencies = ["plans.task"]


class BudgetShareQuerySet(models.QuerySet):
    def get_by_natural_key(self, *key):
        return self.get(budget=Budget.objects.get_by_natural_key(*key[:-1]), source=key[-1])


class BudgetShare(models.Model):
    """Who pays a budget: `percent` (0–100) or `amount` (in the budget's unit) as printed, or the payer alone."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="shares", verbose_name=_("예산"))
    source = models.CharField(_("재원"), max_length=20, choices=FundingSource.choices)
    percent = models.DecimalField(_("비율(%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(_("금액"), max_digits=18, decimal_places=2, null=True, blank=True)

    objects = BudgetShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("재원")
        verbose_name_plural = _("재원")
        ordering = ["budget", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "source"], name="budget_share_unique_source"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gte=0, percent__lte=100),
                name="budget_share_percent_range",
                violation_error_message=_("비율은 0에서 100 사이여야 합니다."),
            ),
        ]

    def __str__(self):
        return self.get_source_display()

    def natural_key(self):
        return (*self.budget.natural_key(), self.source)

    natural_key.dependencies = ["plans.budget"]


class PublicChange(models.Model):
    """That something which the public sees was changed. The last few tokens make the stamp of all public pages."""

    token = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("공개 내용 변경")
        verbose_name_plural = _("공개 내용 변경")

    def __str__(self):
        return str(self.token)
