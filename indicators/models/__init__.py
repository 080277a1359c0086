"""How much: indicators with their milestones, the yearly rounds, what departments report, and what is published."""

from .committee import CheckMark, CommitteeComment, Rating
from .indicators import ONE_ONLY_MESSAGE, Indicator, Milestone
from .jobs import REPORT_FORM, Job
from .publications import Figure, Publication, PublishedFile
from .results import (
    Assignment,
    BreakdownValue,
    CommentModel,
    Evidence,
    EvidenceModel,
    KeptUpload,
    MilestoneUpload,
    Result,
    ResultComment,
    WorkbookUpload,
)
from .rounds import Reminder, ReportingRound, RoundExtension

__all__ = [
    "ONE_ONLY_MESSAGE",
    "REPORT_FORM",
    "Assignment",
    "BreakdownValue",
    "CheckMark",
    "CommentModel",
    "CommitteeComment",
    "Evidence",
    "EvidenceModel",
    "Figure",
    "Indicator",
    "Job",
    "KeptUpload",
    "Milestone",
    "MilestoneUpload",
    "Publication",
    "PublishedFile",
    "Rating",
    "Reminder",
    "ReportingRound",
    "Result",
    "ResultComment",
    "RoundExtension",
    "WorkbookUpload",
]
