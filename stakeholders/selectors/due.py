"""What waits for departments: replies that are not handed in, and promises that are to be kept."""

from django.db.models import Exists, OuterRef, Q

from plans.models import Plan
from stakeholders.choices import DraftState, ReportState
from stakeholders.models import Commitment, CommitmentReport, ReplyDraft


def drafts_waiting(plan: Plan):
    """Replies to sent questions that the asked department still works on, the earliest due first.

    Where the coordinator has made the answer already, nothing can be handed in any more.
    """
    return (
        ReplyDraft.objects.filter(
            Q(question__consolidation__isnull=True) | Q(question__consolidation__is_ready=False),
            question__deliberation__plan=plan,
            question__sent_on__isnull=False,
            state__in=DraftState.with_department(),
        )
        .select_related("question__deliberation", "department")
        .order_by("question__due_on", "question__number", "pk")
    )


def promises_waiting(plan: Plan):
    """Published promises that are neither kept nor dropped, and on which no report waits, the earliest due first."""
    waiting = CommitmentReport.objects.filter(commitment=OuterRef("pk"), review=ReportState.SUBMITTED)
    return (
        Commitment.objects.open()
        .filter(~Exists(waiting), question__deliberation__plan=plan)
        .select_related("question__deliberation", "department")
        .order_by("due_on", "pk")
    )
