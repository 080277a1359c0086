"""What the committee works on: indicators to be rated, comments with answers, and the list for the next revision."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Department, User
from commons.addresses import address
from indicators.checking.rules.facts import AREA, INDICATOR, Subject
from indicators.checking.selectors.checks import CheckRow, check_rows, place_url
from indicators.checking.wording import SUBJECT_LABELS
from indicators.choices import CheckState, GoalLink, MilestoneRating
from indicators.figures.selectors.shared import indicators_of
from indicators.models import CommitteeComment, Indicator, Rating
from plans.models import Area, Plan, Task

# --- ratings


@dataclass(frozen=True)
class Tally:
    """How many members rated an indicator how, with their reasons as (member, verdict, reason)."""

    milestones: list[tuple[MilestoneRating, int]]
    goal_link: list[tuple[GoalLink, int]]
    reasons: list[tuple[str, str, str]]

    @classmethod
    def of(cls, ratings: Iterable[Rating]) -> "Tally":
        ratings = list(ratings)
        milestones, links = Counter(r.milestones for r in ratings), Counter(r.goal_link for r in ratings)
        return cls(
            [(choice, milestones[choice.value]) for choice in MilestoneRating],
            [(choice, links[choice.value]) for choice in GoalLink],
            [(str(r.member), r.in_words, r.reason) for r in ratings if r.reason],
        )

    @property
    def total(self) -> int:
        return sum(count for _choice, count in self.milestones)


def ratings_of(plan: Plan) -> dict[int, list[Rating]]:
    """All ratings of a plan by indicator. Two queries."""
    found = defaultdict(list)
    for rating in Rating.objects.filter(indicator__area__plan=plan).prefetch_related("member").order_by("pk"):
        found[rating.indicator_id].append(rating)
    return found


@dataclass(frozen=True)
class RatingRow:
    """An indicator in the committee's list: `own` is the reader's rating, `tally` everybody's."""

    indicator: Indicator
    own: Rating | None
    tally: Tally
    comments: int
    unanswered: int


def rating_rows(plan: Plan, user: User) -> list[RatingRow]:
    """Every indicator of *plan* in its order. Three queries beside those of `indicators_of`."""
    ratings = ratings_of(plan)
    comments, unanswered = Counter(), Counter()
    for indicator_id, answer in CommitteeComment.objects.of_plan(plan).values_list("indicator_id", "answer"):
        comments[indicator_id] += 1
        unanswered[indicator_id] += not answer
    return [
        RatingRow(
            indicator,
            next((r for r in ratings[indicator.pk] if r.member_id == user.pk), None),
            Tally.of(ratings[indicator.pk]),
            comments[indicator.pk],
            unanswered[indicator.pk],
        )
        for indicator in indicators_of(plan).values()
    ]


@dataclass(frozen=True)
class RatedIndicator:
    """An indicator between its neighbours in the committee's list: `number` of `count`, with its ratings."""

    own: Rating | None
    tally: Tally
    number: int
    count: int
    previous: Indicator | None
    next: Indicator | None


def rated_indicator(plan: Plan, indicator: Indicator, user: User) -> RatedIndicator:
    """What the committee's page of *indicator* shows of its ratings. One query beside those of `indicators_of`."""
    ratings = list(indicator.ratings.select_related("member").order_by("pk"))
    indicators = list(indicators_of(plan).values())
    place = indicators.index(indicator)
    return RatedIndicator(
        own=next((rating for rating in ratings if rating.member_id == user.pk), None),
        tally=Tally.of(ratings),
        number=place + 1,
        count=len(indicators),
        previous=indicators[place - 1] if place else None,
        next=indicators[place + 1] if place + 1 < len(indicators) else None,
    )


# --- comments


def asked_departments(*, area: Area, indicator: Indicator | None):
    """Departments that a comment can be addressed to: those that carry the indicator's tasks, or any of the area."""
    tasks = Task.objects.filter(indicators=indicator) if indicator else Task.objects.filter(target__goal__area=area)
    return Department.objects.filter(pk__in=tasks.values("department"))


def comments_about(*, area: Area, indicator: Indicator | None):
    """The thread of an indicator, or of an area as a whole."""
    wanted = CommitteeComment.objects.filter(area=area, indicator=indicator)
    return wanted.select_related("author", "department", "area__plan")


def comments_to(department: Department, plan: Plan):
    """Comments that *department* has still to answer, the oldest first."""
    wanted = CommitteeComment.objects.of_plan(plan).filter(department=department).unanswered()
    return wanted.select_related("area__plan", "indicator__area")


# --- the list for the next revision


@dataclass
class RevisionEntry:
    """What was said about one part of the plan; `tally` is None for what is not rated. `url` is the page on which the
    committee looks at an indicator, and the public page of everything else.
    """

    subject: Subject
    title: str
    url: str
    departments: list[str] = field(default_factory=list)
    tally: Tally | None = None
    findings: list[CheckRow] = field(default_factory=list)
    comments: list[CommitteeComment] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return str(SUBJECT_LABELS[self.subject.kind])


def revision_entries(plan: Plan) -> list[RevisionEntry]:
    """Everything of *plan* that was rated, commented on or marked for revision, in order. At most twenty queries."""
    rows = check_rows(plan)
    areas = list(Area.objects.filter(plan=plan))
    indicators = indicators_of(plan).values()
    ratings = ratings_of(plan)
    entries: dict[Subject, RevisionEntry] = {}

    def entry_of(subject: Subject, title: str) -> RevisionEntry:
        if subject not in entries:
            entries[subject] = RevisionEntry(subject, title, _committee_url(plan, subject))
        return entries[subject]

    subjects = {i.pk: Subject(INDICATOR, i.area.number, i.code) for i in indicators}
    for indicator in indicators:
        if ratings[indicator.pk]:
            entry_of(subjects[indicator.pk], indicator.title).tally = Tally.of(ratings[indicator.pk])
    for row in rows:
        if row.state == CheckState.TO_REVISE:
            entry_of(row.finding.subject, row.title).findings.append(row)
    titles = {a.pk: (Subject(AREA, a.number), a.title) for a in areas}
    for comment in CommitteeComment.objects.of_plan(plan).select_related("author", "department", "indicator"):
        if comment.indicator:
            entry_of(subjects[comment.indicator_id], comment.indicator.title).comments.append(comment)
        else:
            entry_of(*titles[comment.area_id]).comments.append(comment)
    for indicator in indicators:
        if subjects[indicator.pk] in entries:
            names = dict.fromkeys(task.department.name for task in indicator.tasks.all())
            entries[subjects[indicator.pk]].departments = list(names)
    kinds = list(SUBJECT_LABELS)
    return sorted(entries.values(), key=lambda e: (e.subject.area, kinds.index(e.subject.kind), _order(e.subject)))


def _committee_url(plan: Plan, subject: Subject) -> str:
    """Where the committee reads about *subject*: its own page of an indicator, else the public one."""
    if subject.kind == INDICATOR:
        return address("indicators:committee_indicator", plan.slug, subject.area, subject.code)
    return place_url(plan, subject)


def _order(subject: Subject) -> list[int]:
    """Natural order of the subject's code."""
    return [int(part) for part in subject.code.split("-") if part]
