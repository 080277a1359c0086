"""Who is in charge of what, what would move in a hand-over, and the sheet that the successor gets."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.choices import Action, Role
from accounts.models import ActivityEntry, Department, User
from commons.values import Value
from indicators.choices import ResultState, RoundState
from indicators.models import Assignment, Indicator, ReportingRound, Result
from indicators.wording import value_in_words
from plans.models import Plan, Task

UNFINISHED = [RoundState.OPEN, RoundState.CLOSED]


def assigned_indicator_ids(user) -> set[int]:
    """Ids of the indicators that *user* is in charge of."""
    return set(Assignment.objects.filter(user=user).values_list("indicator_id", flat=True))


def unfinished_rounds(plan: Plan) -> QuerySet[ReportingRound]:
    """Rounds that departments still work on or that wait for publication, by due day."""
    return plan.rounds.filter(state__in=UNFINISHED).order_by("due_on", "year")


# --- people


@dataclass(frozen=True)
class Person:
    """Somebody of a department with the number of indicators in charge, and of results still to be handed in.

    `elsewhere` counts indicators that the department does not report: left over from an earlier department.
    """

    user: User
    in_charge: int
    elsewhere: int
    open: int


@dataclass
class DepartmentPeople:
    """A department with its people; `unassigned` counts its indicators that nobody is in charge of."""

    department: Department
    indicators: int
    unassigned: int
    people: list[Person] = field(default_factory=list)

    @property
    def has_officer(self) -> bool:
        return any(person.user.is_active and person.user.is_officer for person in self.people)


def people_by_department(plan: Plan) -> list[DepartmentPeople]:
    """Departments that report indicators of *plan* or have people, by name. Six queries."""
    owned: dict[int, set[int]] = defaultdict(set)
    for department_id, indicator_id in Task.objects.of_plan(plan).values_list("department_id", "indicators"):
        if indicator_id is not None:
            owned[department_id].add(indicator_id)
    users = list(User.objects.filter(role__in=Role.of_department()).order_by("-is_active", "name", "username"))
    desks: dict[int, set[int]] = defaultdict(set)
    for user_id, indicator_id in Assignment.objects.filter(indicator__area__plan=plan).values_list(
        "user_id", "indicator_id"
    ):
        desks[user_id].add(indicator_id)
    open_work = _open_work(plan)
    groups = {}
    for department in Department.objects.filter(pk__in={*owned, *(user.department_id for user in users)}):
        mine = [user for user in users if user.department_id == department.pk]
        taken = set().union(*(desks[user.pk] for user in mine))
        reported = owned[department.pk]
        groups[department.pk] = DepartmentPeople(department, len(reported), len(reported - taken))
        for user in mine:
            in_charge = desks[user.pk] & reported
            groups[department.pk].people.append(
                Person(user, len(in_charge), len(desks[user.pk] - reported), sum(open_work[i] for i in in_charge))
            )
    return list(groups.values())


def _open_work(plan: Plan) -> Counter:
    """How many unfinished rounds still want each indicator from its department. Two queries."""
    rounds = list(unfinished_rounds(plan))
    indicators = Indicator.objects.of_plan(plan).values_list("pk", flat=True)
    handed_in = Counter(Result.objects.filter(round__in=rounds).handed_in().values_list("indicator_id", flat=True))
    return Counter({pk: len(rounds) - handed_in[pk] for pk in indicators})


# --- desks


@dataclass(frozen=True)
class Desk:
    """An indicator with those who are in charge of it for one department.

    Somebody who has left for a department that does not report the indicator counts too, so that it can be given on.
    """

    indicator: Indicator
    users: list[User]

    @property
    def token(self) -> str:
        """Who is in charge, as a form carries it."""
        return token_of(user.pk for user in self.users)


def token_of(user_ids) -> str:
    return ",".join(str(pk) for pk in sorted(user_ids))


def desks_of(department: Department, plan: Plan) -> list[Desk]:
    """The indicators of *department* with who is in charge. Four queries."""
    indicators = (
        Indicator.objects.of_plan(plan)
        .of_department(department)
        .select_related("area")
        .prefetch_related("tasks", "assignments__user")
    )
    desks = []
    for indicator in indicators:
        elsewhere = {task.department_id for task in indicator.tasks.all()} - {department.pk}
        users = [a.user for a in indicator.assignments.all() if a.user.department_id not in elsewhere]
        desks.append(Desk(indicator, sorted(users, key=lambda user: user.pk)))
    return desks


def active_officers(department: Department):
    """Who can be in charge of indicators of *department*."""
    return User.objects.filter(department=department, role=Role.OFFICER, is_active=True).order_by("name", "username")


# --- what would move


@dataclass(frozen=True)
class Handover:
    """What would go from the leaver to a successor."""

    in_charge: list[Indicator]
    unassigned: list[Indicator]

    @property
    def fingerprint(self) -> str:
        """The same as long as the same would move."""
        return f"{token_of(i.pk for i in self.in_charge)}/{token_of(i.pk for i in self.unassigned)}"


def handover_of(leaver: User, plan: Plan) -> Handover:
    """What *leaver* is in charge of in the own department, and what nobody there is in charge of. Four queries."""
    desks = desks_of(leaver.department, plan)
    return Handover(
        in_charge=[desk.indicator for desk in desks if leaver in desk.users],
        unassigned=[desk.indicator for desk in desks if not desk.users],
    )


@dataclass(frozen=True)
class RoundWork:
    """Where the result of an indicator stands in a round that is not finished."""

    reporting_round: ReportingRound
    indicator: Indicator
    state: ResultState | None
    comment: str

    @property
    def is_open(self) -> bool:
        """Whether the department still has to act."""
        return self.state is None or self.state in ResultState.with_department()

    @property
    def due_on(self) -> date:
        """The last day that the departments of the indicator (tasks prefetched) have."""
        return self.reporting_round.due_for(*(task.department_id for task in self.indicator.tasks.all()))


def round_work(plan: Plan, indicators: list[Indicator]) -> list[RoundWork]:
    """Where *indicators* stand in each unfinished round, by due day. Three queries."""
    rounds = list(unfinished_rounds(plan).prefetch_related("extensions"))
    results = {
        (r.round_id, r.indicator_id): r for r in Result.objects.filter(round__in=rounds, indicator__in=indicators)
    }
    work = []
    for reporting_round in rounds:
        for indicator in indicators:
            result = results.get((reporting_round.pk, indicator.pk))
            state = ResultState(result.state) if result else None
            comment = result.review_comment if result and state == ResultState.RETURNED else ""
            work.append(RoundWork(reporting_round, indicator, state, comment))
    return work


# --- the sheet


@dataclass(frozen=True)
class SheetYear:
    """One year of an indicator: its target, and what was reported, if anything was."""

    year: int
    target: str
    actual: str
    state: ResultState | None
    basis: str


@dataclass(frozen=True)
class SheetRemark:
    """What was said about a result: of which year, when, by whom, and what it was (return, correction, remark)."""

    year: int
    at: datetime
    who: str
    what: str
    text: str


@dataclass(frozen=True)
class SheetIndicator:
    """How one number is produced, and what was reported and said so far."""

    indicator: Indicator
    years: list[SheetYear]
    remarks: list[SheetRemark]
    evidence: list[tuple[int, str]]

    @property
    def bases(self) -> list[SheetYear]:
        return [row for row in self.years if row.basis]


def handovers(user: User, plan: Plan):
    """Hand-overs of *plan* that *user* may read, newest first: all, those in the head's department, or to oneself."""
    indicators = [str(pk) for pk in Indicator.objects.of_plan(plan).values_list("pk", flat=True)]
    moved = ActivityEntry.objects.filter(
        action=Action.HANDED_OVER,
        subject_type=Indicator._meta.label_lower,
        subject_id__in=indicators,
        at=OuterRef("at"),
        actor=OuterRef("actor"),
    )
    entries = ActivityEntry.objects.filter(
        Exists(moved), action=Action.HANDED_OVER, subject_type=User._meta.label_lower
    )
    if user.keeps_plan:
        return entries
    successors = [user.pk]
    if user.is_head:
        successors = User.objects.filter(department=user.department).values_list("pk", flat=True)
    elif not user.is_officer:
        return entries.none()
    return entries.filter(subject_id__in=[str(pk) for pk in successors])


def handed_over(entry: ActivityEntry, plan: Plan):
    """The indicators that moved in a hand-over: each has its own entry of the same moment and person."""
    entries = ActivityEntry.objects.filter(
        action=Action.HANDED_OVER, subject_type=Indicator._meta.label_lower, at=entry.at, actor=entry.actor_id
    )
    return (
        Indicator.objects.of_plan(plan)
        .filter(pk__in=[int(pk) for pk in entries.values_list("subject_id", flat=True)])
        .select_related("area__plan")
        .prefetch_related("milestones", "tasks__department")
    )


def sheet_indicators(indicators: list[Indicator], plan: Plan) -> list[SheetIndicator]:
    """All that a successor has to know of *indicators* (milestones prefetched). Four queries."""
    results = list(
        Result.objects.filter(indicator__in=indicators, round__plan=plan)
        .select_related("round")
        .prefetch_related("evidence", "comments")
        .order_by("round__year")
    )
    decided: dict[str, list[ActivityEntry]] = defaultdict(list)
    for entry in ActivityEntry.objects.filter(
        action__in=[Action.RESULT_RETURNED, Action.RESULT_CORRECTED],
        subject_type=Result._meta.label_lower,
        subject_id__in=[str(result.pk) for result in results],
    ):
        decided[entry.subject_id].append(entry)
    by_indicator: dict[int, list[Result]] = defaultdict(list)
    for result in results:
        by_indicator[result.indicator_id].append(result)
    return [
        SheetIndicator(
            indicator,
            _years(indicator, by_indicator[indicator.pk], plan),
            [remark for r in by_indicator[indicator.pk] for remark in _remarks(r, decided[str(r.pk)])],
            [(r.round.year, evidence.name) for r in by_indicator[indicator.pk] for evidence in r.evidence.all()],
        )
        for indicator in indicators
    ]


def _years(indicator: Indicator, results: list[Result], plan: Plan) -> list[SheetYear]:
    targets = {milestone.year: milestone.reading for milestone in indicator.milestones.all()}
    reported = {result.round.year: result for result in results}
    years = []
    for year in plan.years:
        result = reported.get(year)
        years.append(
            SheetYear(
                year,
                target=value_in_words(targets.get(year, Value()), indicator),
                actual=value_in_words(result.reading if result else Value(), indicator),
                state=ResultState(result.state) if result else None,
                basis=result.basis if result else "",
            )
        )
    return years


def _remarks(result: Result, decided: list[ActivityEntry]) -> list[SheetRemark]:
    """Returns, corrections and the thread of one result in the order of time."""
    year = result.round.year
    found = [SheetRemark(year, e.at, e.actor_name, e.get_action_display(), e.comment) for e in decided]
    found += [SheetRemark(year, c.at, c.author_name, _("의견"), c.text) for c in result.comments.all()]
    return sorted(found, key=lambda remark: remark.at)
