"""Who said what: forums with their groups, meetings, papers and points."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from commons.addresses import address
from commons.fields import LineField, ProseField
from commons.validators import validate_public_text
from indicators.choices import BreakdownGroup
from plans.models import Area, Goal, Plan, SourcedModel, Target, Task
from stakeholders.choices import OpinionKind, ReferenceLevel
from stakeholders.validators import validate_participants


class DeliberationQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, year):
        return self.get(plan__slug=plan_slug, year=year)

    def published(self):
        return self.filter(is_published=True)

    def counted(self):
        """Published forums whose points count in the numbers of the plan: all but demo ones."""
        return self.published().filter(is_demo=False)


class Deliberation(SourcedModel):
    """One forum (숙의공론장) of a plan. The public sees its papers and points once it is published.

    From then on papers and points stay as they are. Replies are published by editions of their own.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="deliberations", verbose_name=_("이행계획"))
    year = models.PositiveSmallIntegerField(_("연도"))
    title = LineField(_("이름"), max_length=200)
    is_published = models.BooleanField(_("공개"), default=False)
    published_on = models.DateField(_("공개일"), null=True, blank=True)
    is_demo = models.BooleanField(_("시범 자료"), default=False, editable=False)

    objects = DeliberationQuerySet.as_manager()

    class Meta:
        verbose_name = _("숙의공론장")
        verbose_name_plural = _("숙의공론장")
        ordering = ["plan", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "year"],
                name="deliberation_unique_year",
                violation_error_message=_("이 연도의 숙의공론장이 이미 있습니다."),
            )
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.plan.slug, self.year)

    natural_key.dependencies = ["plans.plan"]

    def get_absolute_url(self):
        return reverse("stakeholders:deliberation", args=[self.plan.slug, self.year])


class StakeholderGroupQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, slug):
        return self.get(plan__slug=plan_slug, slug=slug)


class StakeholderGroup(models.Model):
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="groups", verbose_name=_("이행계획"))
    name = LineField(_("이해관계자 그룹"), max_length=60)
    slug = models.SlugField(_("주소용 이름"))
    position = models.PositiveSmallIntegerField(_("순서"), default=0)
    concerns = models.CharField(
        _("세분화 집단"),
        max_length=16,
        choices=BreakdownGroup.choices,
        blank=True,
        help_text=_("실적의 세분화 값 가운데 이 그룹의 사람들에 해당하는 집단입니다."),
    )

    objects = StakeholderGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("이해관계자 그룹")
        verbose_name_plural = _("이해관계자 그룹")
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "slug"], name="group_unique_slug")]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.plan.slug, self.slug)

    natural_key.dependencies = ["plans.plan"]

    def get_absolute_url(self):
        return address("stakeholders:group", self.plan.slug, self.slug)


class PositionPaperQuerySet(models.QuerySet):
    def get_by_natural_key(self, plan_slug, year, group_slug):
        return self.get(deliberation__plan__slug=plan_slug, deliberation__year=year, group__slug=group_slug)


class PositionPaper(SourcedModel):
    """What a group brought to a forum. Participants are stored masked, as `김○수(홍제동)`."""

    deliberation = models.ForeignKey(Deliberation, models.PROTECT, related_name="papers", verbose_name=_("숙의공론장"))
    group = models.ForeignKey(
        StakeholderGroup, models.PROTECT, related_name="papers", verbose_name=_("이해관계자 그룹")
    )
    dated = models.DateField(_("작성일"), null=True, blank=True)
    overall = ProseField(_("종합의견"), blank=True, validators=[validate_public_text])
    participants = ProseField(
        _("참여자"),
        blank=True,
        validators=[validate_participants],
        help_text=_("이름을 가린 채 한 줄에 한 사람씩 적습니다."),
    )

    objects = PositionPaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("입장문서")
        verbose_name_plural = _("입장문서")
        ordering = ["deliberation", "group__position"]
        constraints = [
            models.UniqueConstraint(
                fields=["deliberation", "group"],
                name="paper_unique_group",
                violation_error_message=_("이 그룹의 입장문서가 이미 있습니다."),
            )
        ]

    def __str__(self):
        return f"{self.group} 입장문서 ({self.deliberation.year})"

    def natural_key(self):
        return (*self.deliberation.natural_key(), self.group.slug)

    natural_key.dependencies = ["stakeholders.deliberation", "stakeholders.stakeholdergroup"]


class ForumMeetingQuerySet(models.QuerySet):
    def get_by_natural_key(self, *key):
        return self.get(paper=PositionPaper.objects.get_by_natural_key(*key[:-1]), number=key[-1])


class ForumMeeting(models.Model):
    """One meeting round (회차) in which a group worked on its paper."""

    paper = models.ForeignKey(PositionPaper, models.CASCADE, related_name="meetings", verbose_name=_("입장문서"))
    number = models.PositiveSmallIntegerField(_("회차"))
    held_on = models.DateField(_("날짜"))
    held_at = models.TimeField(_("시각"), null=True, blank=True)

    objects = ForumMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("숙의공론장 회차")
        verbose_name_plural = _("숙의공론장 회차")
        ordering = ["paper", "number"]
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="meeting_unique_number")]

    def __str__(self):
        return f"{self.paper.group} {self.number}차 {self.held_on}"

    def natural_key(self):
        return (*self.paper.natural_key(), self.number)

    natural_key.dependencies = ["stakeholders.positionpaper"]


class Reference(SourcedModel):
    """What in the plan a point or a question means; `cited_code` is the code as it was printed, right or wrong.

    At most one of goal, target and task is set; the area stands beside it, or alone, or not at all.
    """

    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("분야"))
    goal = models.ForeignKey(
        Goal, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("목표")
    )
    target = models.ForeignKey(
        Target, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("세부목표")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name=_("이행과제")
    )
    cited_code = LineField(_("적힌 번호"), max_length=40, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(goal__isnull=True, target__isnull=True)
                | Q(goal__isnull=True, task__isnull=True)
                | Q(target__isnull=True, task__isnull=True),
                name="%(class)s_one_reference",
                violation_error_message=_("목표, 세부목표, 이행과제 가운데 하나만 고르십시오."),
            )
        ]

    @property
    def reference_level(self) -> ReferenceLevel:
        if self.task_id:
            return ReferenceLevel.TASK
        if self.target_id:
            return ReferenceLevel.TARGET
        if self.goal_id:
            return ReferenceLevel.GOAL
        return ReferenceLevel.AREA if self.area_id else ReferenceLevel.NONE

    @property
    def reference_code(self) -> str:
        """Code of what is meant, inside its area; '' for an area or none."""
        if self.task_id:
            return self.task.code
        if self.target_id:
            return self.target.code
        return str(self.goal.number) if self.goal_id else ""


class OpinionQuerySet(models.QuerySet):
    def get_by_natural_key(self, *key):
        return self.get(paper=PositionPaper.objects.get_by_natural_key(*key[:-1]), number=key[-1])

    def published(self, plan):
        return self.filter(paper__deliberation__plan=plan, paper__deliberation__is_published=True)

    def counted(self, plan):
        """Published points that count in the numbers of the plan: all but those of demo forums."""
        return self.published(plan).filter(paper__deliberation__is_demo=False)


class Opinion(Reference):
    """One numbered point of a paper, summarised."""

    paper = models.ForeignKey(PositionPaper, models.PROTECT, related_name="opinions", verbose_name=_("입장문서"))
    number = models.PositiveSmallIntegerField(_("번호"))
    kind = models.CharField(_("종류"), max_length=10, choices=OpinionKind.choices)
    summary = ProseField(_("요지"), validators=[validate_public_text])

    objects = OpinionQuerySet.as_manager()

    class Meta(Reference.Meta):
        verbose_name = _("의견")
        verbose_name_plural = _("의견")
        ordering = ["paper", "number"]
        constraints = [
            *Reference.Meta.constraints,
            models.UniqueConstraint(fields=["paper", "number"], name="opinion_unique_number"),
        ]

    def __str__(self):
        return f"{self.paper.group} {self.number}. {self.summary[:60]}"

    def natural_key(self):
        return (*self.paper.natural_key(), self.number)

    natural_key.dependencies = [
        "stakeholders.positionpaper",
        "plans.area",
        "plans.goal",
        "plans.target",
        "plans.task",
    ]

    def get_absolute_url(self):
        group = self.paper.group
        return address("stakeholders:opinion", group.plan.slug, group.slug, self.paper.deliberation.year, self.number)
