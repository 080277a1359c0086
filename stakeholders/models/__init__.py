"""Who said what, what departments were asked and replied, and what became of their promises."""

from stakeholders.models.commitments import Commitment, CommitmentEvidence, CommitmentReport
from stakeholders.models.following import DAYS_TO_CONFIRM, Followed, Subscription
from stakeholders.models.papers import Deliberation, ForumMeeting, Opinion, PositionPaper, Reference, StakeholderGroup
from stakeholders.models.questions import AnswerModel, Consolidation, Question, QuestionComment, ReplyDraft
from stakeholders.models.reminders import WorkReminder
from stakeholders.models.replies import Reply, ReplyPublication, frozen_inputs
from stakeholders.models.uploads import PaperUpload

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
    "frozen_inputs",
]
