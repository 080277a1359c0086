"""Who said what, what departments were asked and replied, and what became of their promises."""

from .commitments import Commitment, CommitmentEvidence, CommitmentReport
from .following import DAYS_TO_CONFIRM, Followed, Subscription
from .papers import Deliberation, ForumMeeting, Opinion, PositionPaper, Reference, StakeholderGroup
from .questions import AnswerModel, Consolidation, Question, QuestionComment, ReplyDraft
from .reminders import WorkReminder
from .replies import Reply, ReplyPublication
from .uploads import PaperUpload

__all__ = [
    "DAYS_TO_CONFIRM",
    "AnswerModel",
    "Commitment",
    "CommitmentEvidence",
    "CommitmentReport",
    "Consolidation",
    "Deliberation",
    "Followed",
    "ForumMeeting",
    "Opinion",
    "PaperUpload",
    "PositionPaper",
    "Question",
    "QuestionComment",
    "Reference",
    "Reply",
    "ReplyDraft",
    "ReplyPublication",
    "StakeholderGroup",
    "Subscription",
    "WorkReminder",
]
