"""Acts on forums, questions, replies and promises. Each is one transaction, guards first, and leaves an activity entry.

Who may act is checked here too (PermissionDenied), whatever door the act came through. Every act locks the forum's row
first, so that two never overlap. `now` stands for the moment of the act; it is only given when a past act is entered.
"""

from stakeholders.services.base import StaleForm, token_of
from stakeholders.services.commitments import (
    add_commitment,
    decide_report,
    remove_commitment,
    report_commitment,
    save_commitment,
)
from stakeholders.services.papers import (
    Meeting,
    add_paper,
    meetings_in_words,
    open_deliberation,
    remove_opinion,
    save_opinion,
    save_paper,
)
from stakeholders.services.publications import preview_replies, publish_papers, publish_replies
from stakeholders.services.questions import (
    add_question_comment,
    due_day,
    points_in_words,
    points_of,
    remove_question,
    save_question,
    send_question,
)
from stakeholders.services.replies import consolidate_replies, return_reply, save_reply, submit_reply

__all__ = [
    "Meeting",
    "StaleForm",
    "add_commitment",
    "add_paper",
    "add_question_comment",
    "consolidate_replies",
    "decide_report",
    "due_day",
    "meetings_in_words",
    "open_deliberation",
    "points_in_words",
    "points_of",
    "preview_replies",
    "publish_papers",
    "publish_replies",
    "remove_commitment",
    "remove_opinion",
    "remove_question",
    "report_commitment",
    "return_reply",
    "save_commitment",
    "save_opinion",
    "save_paper",
    "save_question",
    "save_reply",
    "send_question",
    "submit_reply",
    "token_of",
]
