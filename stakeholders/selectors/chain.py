"""Reads of what was said and what became of it. Public pages see published forums alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from commons.bars import Part, bar_parts
from commons.text import clean_text
from commons.values import Value
from indicators.choices import BreakdownGroup
from indicators.models import Figure, Indicator
from indicators.wording import format_value
from plans.models import Plan
from stakeholders.choices import CommitmentState, ReportState, Stance
from stakeholders.models import (
    Commitment,
    CommitmentEvidence,
    CommitmentReport,
    Deliberation,
    Opinion,
    Question,
    Reply,
    ReplyPublication,
    StakeholderGroup,
)

READING_ORDER = ("paper__deliberation__is_demo", "-paper__deliberation__year", "paper__group__position", "number")


@dataclass(frozen=True)
class Outcome:
    """What became of a number of points: asked on, answered, taken up; the stances of the replies; promises and how
    many of them are kept."""

    points: int
    answered: int
    taken_up: int
    stances: dict[Stance, int]
    promises: int
    kept: int

    @property
    def parts(self) -> list[Part]:
        return bar_parts(self.stances.items())

    @property
    def replies(self) -> int:
        return sum(self.stances.values())


def public_questions():
    """Questions that everybody may see: of a published forum, and sent or already answered."""
    answered = Reply.objects.current().filter(question=OuterRef("pk"))
    return Question.objects.filter(Q(sent_on__isnull=False) | Exists(answered), deliberation__is_published=True)


def published_replies():
    """Replies of the newest edition of each published forum."""
    return Reply.objects.current().filter(publication__deliberation__is_published=True)


def public_commitments():
    """Published promises with their published reports and public evidence."""
    evidence = Prefetch("evidence", CommitmentEvidence.objects.filter(is_public=True))
    reports = CommitmentReport.objects.filter(review=ReportState.PUBLISHED).prefetch_related(evidence)
    return (
        Commitment.objects.promised()
        .filter(question__deliberation__is_published=True)
        .select_related("department", "promised_in", "indicator__area__plan", "task__target__goal__area__plan")
        .prefetch_related(Prefetch("reports", reports))
    )


def opinions_with_chain(plan: Plan):
    """Published points with all that follows from them and is public: questions, replies, promises with their reports,
    and what in the plan they mean."""
    replies = published_replies().select_related("department", "publication").prefetch_related("together_with")
    questions = (
        public_questions()
        .select_related("area__plan", "goal__area__plan", "target__goal__area__plan", "task__target__goal__area__plan")
        .prefetch_related(Prefetch("replies", replies), Prefetch("commitments", public_commitments()))
    )
    return (
        Opinion.objects.published(plan)
        .select_related("paper__group__plan", "paper__deliberation", "area__plan", "goal__area__plan")
        .select_related("target__goal__area__plan", "task__target__goal__area__plan")
        .prefetch_related(Prefetch("questions", questions))
    )


@dataclass(frozen=True)
class Said:
    """What one edition said to a question, and the edition that then said something else (None: it is the newest)."""

    replies: list[Reply]
    changed_in: ReplyPublication | None

    @property
    def publication(self) -> ReplyPublication:
        return self.replies[0].publication


def words_of(replies: Iterable[Reply]) -> list[tuple]:
    """What makes the answers of two editions to a question differ: departments, stance, answer, reason."""
    return sorted(
        (
            reply.department_id,
            sorted(other.pk for other in reply.together_with.all()),
            reply.stance,
            clean_text(reply.summary),
            clean_text(reply.reason),
        )
        for reply in replies
    )


def earlier_answers(questions) -> dict[int, list[Said]]:
    """By question, what older editions said where the next one changed it, the newest first. Two queries."""
    replies = Reply.objects.filter(question__in=[question.pk for question in questions])
    editions: dict[int, dict[int, list[Reply]]] = defaultdict(lambda: defaultdict(list))
    for reply in (
        replies.select_related("publication", "department")
        .prefetch_related("together_with")
        .order_by("publication__edition", "pk")
    ):
        editions[reply.question_id][reply.publication_id].append(reply)
    return {
        question: [
            Said(before, after[0].publication)
            for before, after in pairwise(found.values())
            if words_of(before) != words_of(after)
        ][::-1]
        for question, found in editions.items()
    }


@dataclass(frozen=True)
class Step:
    """A public question with the departments that were asked, the leading one first, and what older editions said."""

    question: Question
    asked: list[str]
    earlier: list[Said]

    @property
    def is_answered(self) -> bool:
        return any(reply.summary for reply in self.question.replies.all())

    @property
    def is_overdue(self) -> bool:
        return self.question.due_on is not None and self.question.due_on < timezone.localdate()


def steps_of(opinion: Opinion) -> list[Step]:
    """What followed from a point that carries its chain and the drafts of its questions. Two queries."""
    questions = list(opinion.questions.all())
    earlier = earlier_answers(questions)
    return [
        Step(question, [draft.department.name for draft in question.drafts.all()], earlier.get(question.pk, []))
        for question in questions
    ]


def replies_to(opinion: Opinion) -> list[Reply]:
    """Replies with words to the questions drawn from a point (prefetched)."""
    return [reply for question in opinion.questions.all() for reply in question.replies.all() if reply.summary]


class Ledger:
    """What became of all published points of some forums, read with three queries and asked many times."""

    def __init__(self, forums):
        questions = public_questions().filter(deliberation__in=forums)
        self._questions: dict[int, set[int]] = defaultdict(set)
        links = Question.opinions.through.objects.filter(question__in=questions)
        for opinion_id, question_id in links.values_list("opinion_id", "question_id"):
            self._questions[opinion_id].add(question_id)
        self._replies: dict[int, list[tuple[int, str]]] = defaultdict(list)
        replies = published_replies().filter(publication__deliberation__in=forums).exclude(summary="")
        for question_id, pk, stance in replies.values_list("question_id", "pk", "stance"):
            self._replies[question_id].append((pk, stance))
        self._promises: dict[int, list[tuple[int, str]]] = defaultdict(list)
        promises = Commitment.objects.promised().filter(question__deliberation__in=forums)
        for question_id, pk, state in promises.values_list("question_id", "pk", "state"):
            self._promises[question_id].append((pk, state))

    def outcome(self, opinion_ids: Iterable[int]) -> Outcome:
        """Count what became of these points. A reply or promise to several of them counts once."""
        replies, promises, points, answered, taken_up = {}, {}, 0, 0, 0
        for opinion_id in opinion_ids:
            points += 1
            asked = self._questions.get(opinion_id, ())
            found = dict(pair for question in asked for pair in self._replies.get(question, ()))
            promises.update(pair for question in asked for pair in self._promises.get(question, ()))
            replies |= found
            answered += bool(found)
            taken_up += bool(Stance.taken_up() & set(found.values()))
        counted = Counter(replies.values())
        return Outcome(
            points=points,
            answered=answered,
            taken_up=taken_up,
            stances={stance: counted[stance] for stance in Stance},
            promises=len(promises),
            kept=Counter(promises.values())[CommitmentState.KEPT],
        )


def shown_forums(plan: Plan) -> list[Deliberation]:
    """The published forums of a plan, the newest first; demo ones stand behind all real ones."""
    return list(plan.deliberations.published().order_by("is_demo", "-year"))


def group_outcomes(forum: Deliberation, ledger: Ledger) -> list[tuple[StakeholderGroup, Outcome]]:
    """Each group that spoke in a published forum with what became of its points. Two queries."""
    points = defaultdict(list)
    for pk, group_id in Opinion.objects.filter(paper__deliberation=forum).values_list("pk", "paper__group_id"):
        points[group_id].append(pk)
    groups = StakeholderGroup.objects.filter(papers__deliberation=forum).select_related("plan")
    return [(group, ledger.outcome(points[group.pk])) for group in groups]


def promises_to(opinion: Opinion) -> list[Commitment]:
    """Published promises made on the questions drawn from a point (prefetched)."""
    return [promise for question in opinion.questions.all() for promise in question.commitments.all()]


def with_replies(opinions) -> list[tuple[Opinion, list[Reply], list[Commitment]]]:
    """Points with the replies and promises that followed."""
    return [(opinion, replies_to(opinion), promises_to(opinion)) for opinion in opinions]


def counted(rows) -> int:
    """How many of the points of a list count: demo forums are left out."""
    return sum(not opinion.paper.deliberation.is_demo for opinion, _replies, _promises in rows)


def outcome_in_short(plan: Plan) -> tuple[int, Outcome] | None:
    """How many groups spoke in the plan's forums but demo ones, and what became of all their points; None while there
    are none. Five queries."""
    points = dict(Opinion.objects.counted(plan).order_by().values_list("pk", "paper__group_id"))
    if not points:
        return None
    return len(set(points.values())), Ledger(list(plan.deliberations.counted())).outcome(points)


@dataclass(frozen=True)
class OwnFigure:
    """A published figure for one group of people beside the total of everybody; '' where none was reported."""

    indicator: Indicator
    year: int | None
    own: str
    total: str


def figures_for(plan: Plan, group: StakeholderGroup) -> list[OwnFigure]:
    """Indicators that must be reported for the people a group speaks for, with the newest published value of that
    breakdown. Two queries; none for a group without such a breakdown."""
    if not group.concerns:
        return []
    concerned = BreakdownGroup(group.concerns)
    indicators = [
        indicator
        for indicator in Indicator.objects.of_plan(plan).select_related("area__plan")
        if concerned.dimension in indicator.dimensions
    ]
    current = Figure.objects.current().filter(indicator__in=indicators, publication__round__plan=plan)
    newest: dict[int, Figure] = {}
    with_part: set[int] = set()  # once a value for these people was published, figures without one do not hide it
    for figure in current.select_related("publication__round").order_by("publication__round__year"):
        reported = concerned.value in dict(figure.inputs.get("breakdowns", []))
        if reported or (figure.actual_value is not None and figure.indicator_id not in with_part):
            newest[figure.indicator_id] = figure
        if reported:
            with_part.add(figure.indicator_id)
    rows = []
    for indicator in indicators:
        figure = newest.get(indicator.pk)
        parts = dict(figure.inputs.get("breakdowns", [])) if figure else {}
        own = parts.get(concerned.value)
        unit, decimals = (figure.inputs["unit"], figure.inputs["decimals"]) if figure else ("", 0)
        rows.append(
            OwnFigure(
                indicator,
                figure.publication.round.year if figure else None,
                format_value(Value(Decimal(own)), unit, decimals) if own is not None else "",
                format_value(figure.actual, unit, decimals) if figure else "",
            )
        )
    return rows
