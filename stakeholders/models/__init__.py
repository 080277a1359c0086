"""Who said what, what departments were asked and replied, and what became of their promises."""

from .commitments import Commitment, CommitmentEvidence, CommitmentReport
from .papers import Deliberation, ForumMeeting, Opinion, PositionPaper, Reference, StakeholderGroup
from .questions import AnswerModel, Consolidation, Question, QuestionComment, ReplyDraft
from .replies import Reply, ReplyPublication
from .uploads import PaperUpload

__all__ = [
    "AnswerModel",
    "Commitment",
    "CommitmentEvidence",
    "CommitmentReport",
    "Consolidation",
    "Deliberation",
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
]
