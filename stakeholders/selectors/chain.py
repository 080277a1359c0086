"""Reads of what was said and what became of it. Public pages see published forums alone."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from indicators.models import Indicator
from plans.models import Plan
from sdgplan.lib.bars import Part, bar_parts

from ..choices import ReportState, Stance
from ..models import Commitment, CommitmentEvidence, CommitmentReport, Opinion, Question, Reply, StakeholderGroup


@dataclass(frozen=True)
class Outcome:
    """What became of a number of points: asked on, answered, taken up, and the stances of the replies."""

    points: int
    answered: int
    taken_up: int
    stances: dict[Stance, int]

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


def replies_to(opinion: Opinion) -> list[Reply]:
    """Replies with words to the questions drawn from a point (prefetched)."""
    return [reply for question in opinion.questions.all() for reply in question.replies.all() if reply.summary]


def outcome_of(opinions) -> Outcome:
    """Count what became of points that carry their chain. A reply to several points counts once."""
    replies = {reply.pk: reply for opinion in opinions for reply in replies_to(opinion)}
    counted = Counter(reply.stance for reply in replies.values())
    answers = [{reply.stance for reply in replies_to(opinion)} for opinion in opinions]
    return Outcome(
        points=len(answers),
        answered=sum(bool(stances) for stances in answers),
        taken_up=sum(bool(stances & Stance.taken_up()) for stances in answers),
        stances={stance: counted[stance] for stance in Stance},
    )


def group_outcomes(plan: Plan) -> list[tuple[StakeholderGroup, Outcome]]:
    """Each group of the plan with what became of its points; those of demo forums do not count."""
    by_group = defaultdict(list)
    for opinion in opinions_with_chain(plan).filter(paper__deliberation__is_demo=False):
        by_group[opinion.paper.group_id].append(opinion)
    return [(group, outcome_of(by_group[group.pk])) for group in plan.groups.select_related("plan")]


def opinions_on(plan: Plan, **what) -> list[tuple[Opinion, list[Reply]]]:
    """Published points on something, each with its replies: ``task=…`` or ``task__indicators=…``."""
    return [(opinion, replies_to(opinion)) for opinion in opinions_with_chain(plan).filter(**what).distinct()]


def outcome_in_short(plan: Plan) -> dict[str, int]:
    """How many groups spoke, how many points they made, how many were answered and taken up. One query."""
    replies = published_replies().filter(question__opinions=OuterRef("pk")).exclude(summary="")
    counted = Opinion.objects.counted(plan).aggregate(
        groups=Count("paper__group", distinct=True),
        points=Count("pk"),
        answered=Count("pk", filter=Exists(replies)),
        taken_up=Count("pk", filter=Exists(replies.filter(stance__in=Stance.taken_up()))),
    )
    return counted if counted["points"] else {}


def indicators_touched(opinions) -> list[Indicator]:
    """Indicators of the tasks that the points mean, in the plan's order."""
    tasks = {opinion.task_id for opinion in opinions if opinion.task_id}
    return list(Indicator.objects.filter(tasks__in=tasks).select_related("area__plan").distinct())
