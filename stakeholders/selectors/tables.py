"""Rows of the open-data tables of voices. Demo forums are left out."""

from django.db.models import Count, Prefetch

from plans.models import Plan

from ..choices import Stance
from ..models import Opinion, PositionPaper
from .chain import public_questions, published_replies

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
    papers = PositionPaper.objects.filter(deliberation__in=plan.deliberations.counted())
    for paper in papers.select_related("group").annotate(meeting_count=Count("meetings")):
        yield paper.group.name, paper.dated or "", paper.meeting_count, len(paper.participants.splitlines())


def _reference(record) -> tuple:
    level = record.reference_level
    area = record.area.number if record.area_id else ""
    return area, level.value, record.reference_code, record.cited_code


def opinion_table(plan: Plan):
    return opinion_rows(Opinion.objects.counted(plan).order_by("paper__group__position", "number"))


def opinion_rows(opinions):
    """The points of a query, in its order, as rows under OPINION_COLUMNS."""
    for opinion in opinions.select_related("paper__group", "area", "goal", "target", "task"):
        yield opinion.paper.group.name, opinion.number, *_reference(opinion), opinion.kind, opinion.summary


def reply_table(plan: Plan):
    """One row per question and replying department; a question without any reply keeps its row."""
    replies = published_replies().select_related("department").prefetch_related("together_with")
    questions = (
        public_questions()
        .filter(deliberation__in=plan.deliberations.counted())
        .select_related("area", "goal", "target", "task")
        .prefetch_related("groups", Prefetch("replies", replies))
    )
    for question in questions:
        groups = ";".join(group.name for group in question.groups.all())
        rows = [
            (department.name, str(Stance(reply.stance).label) if reply.stance else "", reply.summary)
            for reply in question.replies.all()
            for department in (reply.department, *reply.together_with.all())
        ]
        for department, stance, summary in rows or [("", "", "")]:
            yield question.number, groups, *_reference(question), department, stance, question.summary, summary
