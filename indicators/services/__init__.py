"""Acts on rounds and results. Each is one transaction, guards first, and leaves an activity entry.

Who may act is checked here too (PermissionDenied), whatever door the act came through. Every act on a round locks the
round's row first, so that saving, submitting, closing and publishing never overlap. `now` (an aware datetime) stands
for the moment of the act; it is only given when a past act is entered.
"""

from .base import NotAllowedNow, StaleResult
from .publications import digest_of, publish_round
from .results import (
    add_comment,
    add_evidence,
    approve_result,
    correct_result,
    endorse_result,
    remove_evidence,
    return_result,
    save_result,
    submit_result,
)
from .rounds import close_round, extend_round, open_round, plan_round

__all__ = [
    "NotAllowedNow",
    "StaleResult",
    "add_comment",
    "add_evidence",
    "approve_result",
    "close_round",
    "correct_result",
    "digest_of",
    "endorse_result",
    "extend_round",
    "open_round",
    "plan_round",
    "publish_round",
    "remove_evidence",
    "return_result",
    "save_result",
    "submit_result",
]
