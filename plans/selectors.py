"""Reads across the plan's tables."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Prefetch, Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, Team, User
from commons.packages import Field, Shape, required
from commons.read_model import kept
from plans.models import Area, Goal, Plan, Target, Task

# --- open data: one tidy table each, with the columns of docs/open-data.md

AREA_NO = Field("area_no", "integer", "분야 번호", "핵심전환분야의 번호", constraints=required(minimum=1))
_TARGET_CODE = Field("target_code", "string", "세부목표 번호", "분야 안의 번호. 예: 2-1", constraints=required())

AREAS = Shape(
    "areas",
    "핵심전환분야",
    "계획의 핵심전환분야",
    (AREA_NO, Field("title", "string", "분야명", constraints=required())),
    primary_key=("area_no",),
)
GOALS = Shape(
    "goals",
    "목표",
    "분야마다 둔 목표",
    (
        AREA_NO,
        Field("goal_no", "integer", "목표 번호", "분야 안의 번호", constraints=required(minimum=1)),
        Field("title", "string", "목표명", constraints=required()),
    ),
    primary_key=("area_no", "goal_no"),
    foreign_keys=((("area_no",), "areas", ("area_no",)),),
)
TARGETS = Shape(
    "targets",
    "세부목표",
    "목표마다 둔 세부목표",
    (
        AREA_NO,
        Field("goal_no", "integer", "목표 번호", "세부목표가 딸린 목표", constraints=required(minimum=1)),
        _TARGET_CODE,
        Field("title", "string", "세부목표명", constraints=required()),
    ),
    primary_key=("area_no", "target_code"),
    foreign_keys=((("area_no", "goal_no"), "goals", ("area_no", "goal_no")),),
)
TASKS = Shape(
    "tasks",
    "이행과제",
    "세부목표를 이루려고 부서가 하기로 한 일",
    (
        AREA_NO,
        _TARGET_CODE,
        Field("task_code", "string", "과제 번호", "분야 안의 번호. 예: 2-1-3", constraints=required()),
        Field("title", "string", "과제명", constraints=required()),
        Field("department", "string", "담당부서", constraints=required()),
        Field("team", "string", "담당 팀", "정해지지 않았으면 비어 있음"),
    ),
    primary_key=("area_no", "task_code"),
    foreign_keys=((("area_no", "target_code"), "targets", ("area_no", "target_code")),),
)


def area_table(plan: Plan):
    return Area.objects.filter(plan=plan).values_list("number", "title")


def goal_table(plan: Plan):
    return Goal.objects.filter(area__plan=plan).values_list("area__number", "number", "title")


def target_table(plan: Plan):
    return Target.objects.filter(goal__area__plan=plan).values_list(
        "goal__area__number", "goal__number", "code", "title"
    )


def task_table(plan: Plan):
    return task_rows(Task.objects.of_plan(plan))


def task_rows(tasks):
    """The tasks of a query, in its order, as rows under the columns of TASKS."""
    return tasks.values_list(
        "target__goal__area__number", "target__code", "code", "title", "department__name", "team__name"
    )


# --- pages


def plan_of(slug: str) -> Plan:
    """The plan of a public page, kept for each state of what is public: nobody may change it. Http404 without one."""
    return kept(("plan", slug), lambda: get_object_or_404(Plan, slug=slug))


def by_area(rows: list, area_of: Callable) -> list[tuple[Area, list]]:
    """Rows in the plan's order as groups under their areas."""
    groups = {}
    for row in rows:
        area = area_of(row)
        groups.setdefault(area.pk, (area, []))[1].append(row)
    return list(groups.values())


def goals_of(area: Area) -> list[Goal]:
    """The goals of *area* with their targets, kept for each state of what is public. Two queries."""
    goals = area.goals.prefetch_related("targets")
    return kept(("goals", area.pk), lambda: list(goals))


@dataclass
class AreaSummary:
    """An area with what it holds."""

    area: Area
    goals: int
    tasks: int
    indicator_ids: list[int] = field(default_factory=list)


def area_summaries(plan: Plan) -> list[AreaSummary]:
    """The areas of *plan* in order, with counts. Four queries."""
    goals = Counter(Goal.objects.filter(area__plan=plan).values_list("area_id", flat=True))
    tasks = Counter(Task.objects.of_plan(plan).values_list("target__goal__area_id", flat=True))
    summaries = {
        area.pk: AreaSummary(area, goals[area.pk], tasks[area.pk])
        for area in Area.objects.filter(plan=plan).select_related("plan")
    }
    for area_id, indicator_id in Area.objects.filter(plan=plan).values_list("pk", "indicators"):
        if indicator_id is not None:
            summaries[area_id].indicator_ids.append(indicator_id)
    return list(summaries.values())


# --- departments and what became of them


def departments_of(plan: Plan):
    """Departments with tasks of *plan*, each with how many tasks and indicators it is in charge of."""
    return (
        Department.objects.filter(tasks__target__goal__area__plan=plan)
        .annotate(
            task_count=Count("tasks", filter=Q(tasks__target__goal__area__plan=plan), distinct=True),
            indicator_count=Count("tasks__indicators", filter=Q(tasks__target__goal__area__plan=plan), distinct=True),
        )
        .distinct()
    )


def departments_in_charge(plan: Plan) -> dict[str, Department]:
    """Every department with tasks of *plan* by its slug, with its counts and all teams it ever had, kept for each state
    of what is public. Two queries."""
    departments = departments_of(plan).prefetch_related("teams")
    return kept(("departments", plan.pk), lambda: {department.slug: department for department in departments})


def departments_today(plan: Plan) -> list[Department]:
    """Those that exist today, with the teams that do, kept for each state of what is public, which ends with the day.
    Two queries."""
    today = timezone.localdate()
    teams = Team.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    departments = departments_of(plan).valid_on(today).prefetch_related(Prefetch("teams", teams))
    return kept(("departments today", plan.pk), lambda: list(departments))


@dataclass(frozen=True)
class DepartmentChange:
    """One reorganisation: which departments became which, and from which day on."""

    old: list[Department]
    new: list[Department]

    @property
    def on(self) -> date | None:
        return self.new[0].valid_from

    @property
    def kind(self) -> str:
        if len(self.new) > 1:
            return _("분리")
        return _("통합") if len(self.old) > 1 else _("이름 변경")


class Lineage:
    """How departments became others, read with two queries and then asked in memory."""

    def __init__(self):
        self._departments = Department.objects.in_bulk()
        self._heirs: dict[int, set[int]] = defaultdict(set)
        self._forebears: dict[int, set[int]] = defaultdict(set)
        links = Department.predecessors.through.objects.values_list("from_department_id", "to_department_id")
        for new, old in links:
            self._heirs[old].add(new)
            self._forebears[new].add(old)

    def _sorted(self, ids) -> list[Department]:
        return sorted((self._departments[i] for i in ids), key=lambda d: d.name)

    def end_of(self, department: Department) -> DepartmentChange | None:
        """The reorganisation in which *department* ended."""
        new = self._heirs[department.pk]
        if not new:
            return None
        return DepartmentChange(self._sorted({old for i in new for old in self._forebears[i]}), self._sorted(new))

    def start_of(self, department: Department) -> DepartmentChange | None:
        """The reorganisation from which *department* came."""
        old = self._forebears[department.pk]
        return self.end_of(self._departments[min(old)]) if old else None

    def changes(self) -> list[DepartmentChange]:
        """All reorganisations, newest first."""
        ended = [self.end_of(self._departments[i]) for i in list(self._heirs) if self._heirs[i]]
        found = {tuple(d.pk for d in change.new): change for change in ended}
        return sorted(found.values(), key=lambda c: (c.on or date.min, c.new[0].name), reverse=True)

    def heirs_of(self, department: Department) -> set[int]:
        """Ids of all departments that came, at once or later, from *department*."""
        found, waiting = set(), [department.pk]
        while waiting:
            fresh = self._heirs[waiting.pop()] - found
            found |= fresh
            waiting += fresh
        return found


def lineage() -> Lineage:
    """How departments became others, kept for each state of what is public."""
    return kept("lineage", Lineage)


@dataclass(frozen=True)
class OrganisationRow:
    """A department of today with what it holds; tasks and indicators are those of one plan."""

    department: Department
    tasks: int
    indicators: int
    teams: int
    people: int


def organisation_rows(plan: Plan) -> list[OrganisationRow]:
    """All departments of today by name. Five queries."""
    today = timezone.localdate()
    tasks = Counter(Task.objects.of_plan(plan).values_list("department_id", flat=True))
    pairs = set(Task.objects.of_plan(plan).values_list("department_id", "indicators"))
    indicators = Counter(department_id for department_id, indicator_id in pairs if indicator_id is not None)
    teams = Counter(Team.objects.filter(valid_to__isnull=True).values_list("department_id", flat=True))
    people = Counter(User.objects.filter(is_active=True).values_list("department_id", flat=True))
    return [
        OrganisationRow(d, tasks[d.pk], indicators[d.pk], teams[d.pk], people[d.pk])
        for d in Department.objects.valid_on(today)
    ]
