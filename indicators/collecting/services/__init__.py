"""Acts on rounds and results: each is one transaction, guards first, and leaves an activity entry."""

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

__all__ = [
    "add_comment",
    "add_evidence",
    "approve_result",
    "approve_results",
    "change_round",
    "close_round",
    "correct_result",
    "endorse_result",
    "extend_round",
    "open_round",
    "plan_round",
    "remove_evidence",
    "return_result",
    "save_result",
    "send_due_reminders",
    "send_reminders",
    "submit_result",
]
