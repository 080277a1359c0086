"""Acts on rounds and results. Each is one transaction, guards first, and leaves an activity entry.

Who may act is checked here too (PermissionDenied), whatever door the act came through. Every act on a round locks the
round's row first, so that saving, submitting, closing and publishing never overlap. `now` (an aware datetime) stands
for the moment of the act; it is only given when a past act is entered.
"""

from commons.acts import NotAgreed, NotAllowedNow
from indicators.acts import StaleResult
from indicators.collecting.services.reminders import send_due_reminders, send_reminders
from indicators.collecting.services.results import (
    add_comment,
    add_evidence,
    correct_result,
    remove_evidence,
    save_result,
    submit_result,
)
from indicators.collecting.services.reviews import approve_result, approve_results, endorse_result, return_result
from indicators.collecting.services.rounds import change_round, close_round, extend_round, open_round, plan_round
from indicators.exchange.services.milestones import confirm_milestones, keep_milestone_upload
from indicators.exchange.services.workbooks import confirm_workbook, keep_upload
from indicators.figures.services.publications import (
    digest_of,
    keep_files,
    preview_correction,
    preview_publication,
    publish_round,
)
from indicators.reports.services.jobs import begin_job, fail_job, finish_job, request_job, retry_job, tell_progress

__all__ = [
    "NotAgreed",
    "NotAllowedNow",
    "StaleResult",
    "add_comment",
    "add_evidence",
    "approve_result",
    "approve_results",
    "begin_job",
    "change_round",
    "close_round",
    "confirm_milestones",
    "confirm_workbook",
    "correct_result",
    "digest_of",
    "endorse_result",
    "extend_round",
    "fail_job",
    "finish_job",
    "keep_files",
    "keep_milestone_upload",
    "keep_upload",
    "open_round",
    "plan_round",
    "preview_correction",
    "preview_publication",
    "publish_round",
    "remove_evidence",
    "request_job",
    "retry_job",
    "return_result",
    "save_result",
    "send_due_reminders",
    "send_reminders",
    "submit_result",
    "tell_progress",
]
