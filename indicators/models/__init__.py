"""How much: indicators with their milestones, the yearly rounds, what departments report, and what is published."""

from commons.models import CommentModel, EvidenceModel, KeptUpload
from indicators.models.committee import CheckMark, CommitteeComment, Rating
from indicators.models.indicators import Indicator, Milestone
from indicators.models.jobs import REPORT_FORM, Job
from indicators.models.publications import Figure, Publication, PublishedFile
from indicators.models.results import (
    Assignment,
    BreakdownValue,
    Evidence,
    MilestoneUpload,
    Result,
    ResultComment,
    WorkbookUpload,
)
from indicators.models.rounds import Reminder, ReportingRound, RoundExtension

__all__ = [
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
