"""Reads of what was said and what became of it. Public pages see published forums alone."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch

from indicators.models import Indicator
from plans.models import Plan
from sdgplan.lib.bars import Part, bar_parts

from .choices import Stance
from .models import Opinion, PositionPaper, Question, Reply, StakeholderGroup


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


def opinions_with_chain(plan: Plan):
    """Published points with all that follows from them: questions, replies, and what in the plan they mean."""
    questions = Question.objects.select_related(
        "area__plan", "goal__area__plan", "target__goal__area__plan", "task__target__goal__area__plan"
    ).prefetch_related(Prefetch("replies", Reply.objects.select_related("department")))
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
    """Each group of the plan with what became of its points."""
    by_group = defaultdict(list)
    for opinion in opinions_with_chain(plan):
        by_group[opinion.paper.group_id].append(opinion)
    return [(group, outcome_of(by_group[group.pk])) for group in plan.groups.select_related("plan")]


def opinions_on(plan: Plan, **what) -> list[tuple[Opinion, list[Reply]]]:
    """Published points on something, each with its replies: ``task=…`` or ``task__indicators=…``."""
    return [(opinion, replies_to(opinion)) for opinion in opinions_with_chain(plan).filter(**what).distinct()]


def outcome_in_short(plan: Plan) -> dict[str, int]:
    """How many groups spoke, how many points they made, how many were answered and taken up. One query."""
    replies = Reply.objects.filter(question__opinions=OuterRef("pk")).exclude(summary="")
    counted = Opinion.objects.published(plan).aggregate(
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


# --- open data


GROUP_COLUMNS = ["group", "paper_date", "meetings", "participants"]
OPINION_COLUMNS = ["group", "number", "area_no", "ref_level", "ref_code", "cited_code", "kind", "summary"]
REPLY_COLUMNS = [
    "question_no",
    "groups",
    "area_no",
    "ref_level",
    "ref_code",
    "cited_code",
    "department",
    "stance",
    "question_summary",
    "reply_summary",
]


def group_table(plan: Plan):
    """Groups with the date of their paper, and how many meetings and participants it had."""
    papers = PositionPaper.objects.filter(deliberation__plan=plan, deliberation__is_published=True)
    for paper in papers.select_related("group").annotate(meeting_count=Count("meetings")):
        yield paper.group.name, paper.dated or "", paper.meeting_count, len(paper.participants.splitlines())


def _reference(record) -> tuple:
    level = record.reference_level
    area = record.area.number if record.area_id else ""
    return area, level.value, record.reference_code, record.cited_code


def opinion_table(plan: Plan):
    opinions = (
        Opinion.objects.published(plan)
        .select_related("paper__group", "area", "goal", "target", "task")
        .order_by("paper__group__position", "number")
    )
    for opinion in opinions:
        yield opinion.paper.group.name, opinion.number, *_reference(opinion), opinion.kind, opinion.summary


def reply_table(plan: Plan):
    """One row per question and replying department; a question without any reply keeps its row."""
    questions = (
        Question.objects.filter(deliberation__plan=plan, deliberation__is_published=True)
        .select_related("area", "goal", "target", "task")
        .prefetch_related("groups", Prefetch("replies", Reply.objects.select_related("department")))
    )
    for question in questions:
        groups = ";".join(group.name for group in question.groups.all())
        replies = [
            (r.department.name, str(Stance(r.stance).label) if r.stance else "", r.summary)
            for r in question.replies.all()
        ]
        for department, stance, summary in replies or [("", "", "")]:
            yield question.number, groups, *_reference(question), department, stance, question.summary, summary
