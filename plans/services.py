"""Reorganisation: departments are renamed, merged and split with dates, and the old ones keep their names.

Nothing is overwritten: the old department ends on the day before, the new one begins on the day itself and names it as
predecessor, and tasks, teams and people move over. The acts refuse with CannotReorganise, whose problems also a form
can ask for beforehand. What reporting rounds know about departments is moved by
indicators.people.services.reorganisation, which is the door that pages use.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department, Team, User
from accounts.services import record_activity
from plans.models import Task
from plans.permissions import require_plan_keeper


@dataclass(frozen=True)
class Part:
    """A department to be, and what it takes over from the old ones."""

    name: str
    slug: str
    tasks: list[Task] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)
    people: list[User] = field(default_factory=list)


@dataclass(frozen=True)
class Reorganisation:
    """What was done: departments that ended, and those that came into being in the order of the parts."""

    old: list[Department]
    new: list[Department]


class CannotReorganise(Exception):
    """A reorganisation that must not be; `problems` are pairs of where and a sentence for people.

    Where is `departments`, `on`, or `name_1`, `slug_1`, `name_2` … of the parts; `parts` when something is left over.
    """

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__("; ".join(message for _where, message in problems))
        self.problems = problems


def problems_of(old: list[Department], parts: list[Part], on: date) -> list[tuple[str, str]]:
    """Why *old* cannot become *parts* on the day *on*, as pairs of where and a sentence. Three queries."""
    problems = []
    gone = set(
        Department.objects.filter(pk__in=[d.pk for d in old], successors__isnull=False).values_list("pk", flat=True)
    )
    if on > timezone.localdate():
        problems.append(("on", _("오늘이나 지난 날짜를 입력해 주십시오. 앞으로의 개편은 시행일에 입력합니다.")))
    for department in old:
        named = {"department": department.name}
        if department.pk in gone or (department.valid_to and department.valid_to < on):
            problems.append(("departments", _("%(department)s: 이미 개편되었거나 폐지된 부서입니다.") % named))
        elif department.valid_from and department.valid_from >= on:
            named["day"] = date_format(department.valid_from)
            problems.append(("on", _("%(department)s: 설치일(%(day)s)보다 뒤의 날짜를 입력해 주십시오.") % named))
    slugs = set(Department.objects.values_list("slug", flat=True))
    lasting = Department.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).exclude(
        pk__in=[d.pk for d in old]
    )
    names = set(lasting.values_list("name", flat=True))
    for number, part in enumerate(parts, start=1):
        if not part.name:
            problems.append((f"name_{number}", _("부서명을 입력해 주십시오.")))
        elif part.name in names:
            problems.append((f"name_{number}", _("같은 이름의 부서가 이미 있습니다.")))
        elif len(old) == 1 and len(parts) == 1 and part.name == old[0].name:
            problems.append((f"name_{number}", _("지금 이름과 다른 이름을 입력해 주십시오.")))
        if part.slug in slugs:
            problems.append(
                (f"slug_{number}", _("이미 쓰고 있는 주소용 이름입니다. 앞선 부서의 주소는 그대로 남습니다."))
            )
        elif not _is_slug(part.slug):
            problems.append((f"slug_{number}", _("영문 소문자와 숫자, 붙임표(-)로 입력해 주십시오.")))
        names.add(part.name)
        slugs.add(part.slug)
    return problems


def _is_slug(text: str) -> bool:
    try:
        validate_slug(text)
    except ValidationError:
        return False
    return True


def _left_over(old: list[Department], parts: list[Part]) -> bool:
    """Whether the parts do not take over exactly the tasks, teams and people that the old departments have."""
    held = [
        (Task.objects.filter(department__in=old), [task for part in parts for task in part.tasks]),
        (current_teams(old), [team for part in parts for team in part.teams]),
        (User.objects.filter(department__in=old), [person for part in parts for person in part.people]),
    ]
    return any(
        sorted(rows.values_list("pk", flat=True)) != sorted(row.pk for row in taken_over) for rows, taken_over in held
    )


def current_teams(departments):
    """Teams of *departments* that have not ended."""
    return Team.objects.filter(department__in=departments, valid_to__isnull=True)


def lock_departments() -> None:
    """Hold all departments until the transaction ends, so that two reorganisations never overlap."""
    list(Department.objects.select_for_update().order_by("pk").values_list("pk"))


@transaction.atomic
def rename_department(*, actor, department: Department, new_name: str, new_slug: str, on: date) -> Reorganisation:
    """Let *department* go on under a new name from the day *on*."""
    old = [department]
    return _carry_over(actor, old, [everything_of(old, new_name, new_slug)], on, _("이름 변경"))


@transaction.atomic
def merge_departments(
    *, actor, departments: list[Department], new_name: str, new_slug: str, on: date
) -> Reorganisation:
    """Let two or more departments go on as one; teams of the same name become one team."""
    if len({department.pk for department in departments}) < 2:
        raise CannotReorganise([("departments", _("합칠 부서를 두 곳 이상 골라 주십시오."))])
    return _carry_over(actor, departments, [everything_of(departments, new_name, new_slug)], on, _("통합"))


@transaction.atomic
def split_department(*, actor, department: Department, parts: list[Part], on: date) -> Reorganisation:
    """Let *department* go on as several. The parts take over each task, team and person once.

    A task keeps its team when both go to the same part; otherwise it goes on without a team.
    """
    if len(parts) < 2:
        raise CannotReorganise([("parts", _("두 곳 이상으로 나누어 주십시오."))])
    return _carry_over(actor, [department], parts, on, _("분리"))


def everything_of(departments: list[Department], name: str, slug: str) -> Part:
    """The part that takes over all that *departments* have. Three queries."""
    return Part(
        name,
        slug,
        tasks=list(
            Task.objects.filter(department__in=departments).select_related("department", "team", "target__goal__area")
        ),
        teams=list(current_teams(departments).select_related("department")),
        people=list(User.objects.filter(department__in=departments).select_related("department")),
    )


def _carry_over(actor, old: list[Department], parts: list[Part], on: date, kind: str) -> Reorganisation:
    """End the old departments, found the new ones, and move all over, with its traces."""
    require_plan_keeper(actor)
    lock_departments()
    old = list(Department.objects.filter(pk__in=[department.pk for department in old]))
    problems = problems_of(old, parts, on)
    if not problems and _left_over(old, parts):
        problems = [("parts", _("그 사이 부서의 과제나 팀, 사람이 바뀌었습니다. 다시 확인해 주십시오."))]
    if problems:
        raise CannotReorganise(problems)
    last_day = on - timedelta(days=1)
    Team.objects.filter(department__in=old, valid_to__isnull=True).update(valid_to=last_day)
    new, moves = [], []
    for part in parts:
        department = Department.objects.create(name=part.name, slug=part.slug, valid_from=on)
        department.predecessors.set(old)
        moves += _take_over(department, part, on)
        new.append(department)
    for department in old:
        department.valid_to = last_day
        department.save(update_fields=["valid_to"])
    _record(actor, old, new, moves, on, kind)
    return Reorganisation(old, new)


def _take_over(department: Department, part: Part, on: date) -> list[tuple[int, str, str]]:
    """Move a part's tasks, teams and people to their new department; return who moved as (from, what, to)."""
    names = dict.fromkeys(team.name for team in part.teams)
    founded = {name: Team.objects.create(department=department, name=name, valid_from=on) for name in names}
    heirs = {team.pk: founded[team.name] for team in part.teams}
    moves = [(team.department_id, _("팀 %(name)s") % {"name": team.name}, department.name) for team in part.teams]
    for task in part.tasks:
        label = f"{task.target.goal.area.number}/{task.code} {task.title}"
        moves.append((task.department_id, label, department.name))
        task.department, task.team = department, heirs.get(task.team_id)
    Task.objects.bulk_update(part.tasks, ["department", "team"])
    for person in part.people:
        moves.append((person.department_id, str(person), department.name))
        person.department = department
    User.objects.bulk_update(part.people, ["department"])
    return moves


def _record(actor, old, new, moves, on: date, kind: str) -> None:
    """Leave one entry for each department that ended and for each that came into being."""
    olds, news = ", ".join(d.name for d in old), ", ".join(d.name for d in new)
    comment = _("%(kind)s: %(old)s → %(new)s (%(day)s 시행)") % {
        "kind": kind,
        "old": olds,
        "new": news,
        "day": on.isoformat(),
    }
    for department in old:
        changes = [(_("부서"), department.name, news), (_("폐지일"), "", department.valid_to)]
        changes += [(label, department.name, name) for source, label, name in moves if source == department.pk]
        record_activity(
            actor=actor, action=Action.DEPARTMENT_CHANGED, subject=department, changes=changes, comment=comment
        )
    for department in new:
        changes = [(_("부서"), olds, department.name), (_("설치일"), "", on)]
        record_activity(
            actor=actor, action=Action.DEPARTMENT_CHANGED, subject=department, changes=changes, comment=comment
        )
