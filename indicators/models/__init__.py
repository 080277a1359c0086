"""How much: indicators with their milestones, the yearly rounds, what departments report, and what is published."""

from .indicators import ONE_ONLY_MESSAGE, Indicator, Milestone
from .jobs import REPORT_FORM, Job
from .publications import Figure, Publication
from .results import Assignment, BreakdownValue, Evidence, Result, ResultComment, WorkbookUpload
from .rounds import Reminder, ReportingRound, RoundExtension

__all__ = [
    "ONE_ONLY_MESSAGE",
    "REPORT_FORM",
    "Assignment",
    "BreakdownValue",
    "Evidence",
    "Figure",
    "Indicator",
    "Job",
    "Milestone",
    "Publication",
    "Reminder",
    "ReportingRound",
    "Result",
    "ResultComment",
    "RoundExtension",
    "WorkbookUpload",
]
