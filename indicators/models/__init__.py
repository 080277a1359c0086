"""How much: indicators with their milestones, the yearly rounds, what departments report, and what is published."""

from .indicators import ONE_ONLY_MESSAGE, Indicator, Milestone
from .publications import Figure, Publication
from .results import (
    Assignment,
    BreakdownValue,
    CommentModel,
    Evidence,
    EvidenceModel,
    KeptUpload,
    Result,
    ResultComment,
    WorkbookUpload,
)
from .rounds import Reminder, ReportingRound, RoundExtension

__all__ = [
    "ONE_ONLY_MESSAGE",
    "Assignment",
    "BreakdownValue",
    "CommentModel",
    "Evidence",
    "EvidenceModel",
    "Figure",
    "Indicator",
    "KeptUpload",
    "Milestone",
    "Publication",
    "Reminder",
    "ReportingRound",
    "Result",
    "ResultComment",
    "RoundExtension",
    "WorkbookUpload",
]
