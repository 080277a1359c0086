"""Reads of the work pages: how far a forum is, what a department was asked, and what it promised."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch
from django.utils import timezone

from accounts.models import Department
from plans.models import Plan
from stakeholders.choices import DraftState, QuestionStage, ReportState
from stakeholders.models import Commitment, CommitmentReport, Deliberation, Opinion, Question, Reply, ReplyDraft


@dataclass(frozen=True)
class QuestionRow:
    """A question with where it is. `is_late` says that its due day is over and a reply is still missing."""

    question: Question
    stage: QuestionStage
    drafts: list[ReplyDraft]
    is_late: bool

    @property
    def handed_in(self) -> int:
        return sum(draft.is_handed_in for draft in self.drafts)


def stage_of(question: Question) -> QuestionStage:
    """Where a question is; drafts, consolidation and published replies are read from it."""
    made = getattr(question, "consolidation", None)
    if made and made.is_ready and made.published_in_id is None:
        return QuestionStage.READY
    in_correction = made is not None and made.published_in_id is None
    if question.replies.all() and not in_correction:
        return QuestionStage.PUBLISHED
    if question.sent_on is None and not question.replies.all():
        return QuestionStage.UNSENT
    if all(draft.is_handed_in for draft in question.drafts.all()):
        return QuestionStage.TO_CONSOLIDATE
    return QuestionStage.AWAITING


def row_of(question: Question) -> QuestionRow:
    drafts, stage = list(question.drafts.all()), stage_of(question)
    over = question.due_on is not None and question.due_on < timezone.localdate()
    return QuestionRow(question, stage, drafts, over and stage == QuestionStage.AWAITING)


def question_rows(deliberation: Deliberation) -> list[QuestionRow]:
    """All questions of a forum, the late ones first, then as they wait on the way. Four queries."""
    questions = (
        deliberation.questions.select_related("consolidation", "deliberation__plan", "area", "goal", "target", "task")
        .prefetch_related(
            "drafts__department", "groups", Prefetch("replies", Reply.objects.current().select_related("department"))
        )
        .order_by("number")
    )
    rows = [row_of(question) for question in questions]
    order = {stage: place for place, stage in enumerate(QuestionStage)}
    return sorted(rows, key=lambda row: (not row.is_late, order[row.stage], row.question.number))


def stage_counts(rows: list[QuestionRow]) -> list[tuple[QuestionStage, int]]:
    counted = Counter(row.stage for row in rows)
    return [(stage, counted[stage]) for stage in QuestionStage]


def deliberations_with_counts(plan: Plan):
    """The forums of a plan, newest first, with how many papers, points and questions each has. One query."""
    return plan.deliberations.select_related("plan").annotate(
        paper_count=Count("papers", distinct=True),
        point_count=Count("papers__opinions", distinct=True),
        question_count=Count("questions", distinct=True),
    )


def papers_with_counts(deliberation: Deliberation):
    """The papers of a forum with how many meetings and points each has, and how many points no question draws on."""
    asked = Question.objects.filter(opinions=OuterRef("opinions"))
    return deliberation.papers.select_related("group").annotate(
        meeting_count=Count("meetings", distinct=True),
        point_count=Count("opinions", distinct=True),
        open_count=Count("opinions", filter=~Exists(asked), distinct=True),
    )


def points_to_ask_about(deliberation: Deliberation):
    """The points of a forum with the numbers of the questions that draw on them, in the order of the papers."""
    return (
        Opinion.objects.filter(paper__deliberation=deliberation)
        .select_related("paper__group", "paper__deliberation", "area", "goal", "target", "task")
        .prefetch_related("questions")
        .order_by("paper__group__position", "number")
    )


def drafts_of(department: Department, plan: Plan):
    """What a department was asked in the forums of a plan, by due day."""
    return (
        ReplyDraft.objects.filter(
            department=department, question__deliberation__plan=plan, question__sent_on__isnull=False
        )
        .select_related("question__deliberation__plan", "question__consolidation", "department")
        .prefetch_related("question__groups")
        .order_by("question__due_on", "question__number")
    )


def replies_to_write(department: Department, plan: Plan) -> list[ReplyDraft]:
    """The questions that a department still has to answer, by due day."""
    return list(drafts_of(department, plan).filter(state__in=DraftState.with_department()))


def commitments_in_work(plan: Plan):
    """Published promises with the newest report that waits or was returned, if any, by due day. Two queries."""
    reports = CommitmentReport.objects.exclude(review=ReportState.PUBLISHED).order_by("-reported_at", "-pk")
    return (
        Commitment.objects.promised()
        .filter(question__deliberation__plan=plan)
        .select_related("department", "question__deliberation__plan", "task__target__goal__area", "indicator__area")
        .prefetch_related(Prefetch("reports", reports, to_attr="unpublished_reports"))
        .order_by("due_on", "pk")
    )


def commitments_to_report(department: Department, plan: Plan) -> list[Commitment]:
    """Promises of a department that are still to be kept and have no report waiting for the coordinator."""
    found = commitments_in_work(plan).open().filter(department=department)
    return [
        promise for promise in found if not any(r.review == ReportState.SUBMITTED for r in promise.unpublished_reports)
    ]


def waiting_reports(plan: Plan):
    """Reports on promises that wait for the coordinator, the oldest first."""
    return (
        CommitmentReport.objects.filter(review=ReportState.SUBMITTED, commitment__question__deliberation__plan=plan)
        .select_related("commitment__department", "commitment__question__deliberation__plan", "reported_by")
        .order_by("reported_at", "pk")
    )


def question_in_context(question: Question) -> dict:
    """What the page of a question shows beside the replies: its points, and the indicators of the task it means."""
    indicators = question.task.indicators.select_related("area__plan") if question.task_id else []
    points = question.opinions.select_related("paper__group__plan", "paper__deliberation").order_by(
        "paper__group__position", "number"
    )
    return {"points": list(points), "indicators": list(indicators)}
