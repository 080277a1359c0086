"""The history of a result and its thread, as far as the reader could see them at the time."""

from accounts.choices import Action
from accounts.models import ActivityEntry
from accounts.selectors import open_entries, said_in_the_open
from indicators.models import Result, ResultComment
from indicators.permissions import sees_drafts

_TURNS = {
    Action.RESULT_SAVED: False,
    Action.RESULT_RETURNED: False,
    Action.RESULT_SUBMITTED: True,
    Action.RESULT_ENDORSED: True,
    Action.RESULT_APPROVED: True,
    Action.RESULT_CORRECTED: True,
}


def _turn(entry: ActivityEntry) -> bool | None:
    return _TURNS.get(entry.action)


def result_history(user, result: Result) -> list[ActivityEntry]:
    """The traces of a stored result, newest first: to those who do not see drafts without what it was as one. One
    query."""
    entries = list(ActivityEntry.objects.about(result).select_related("actor"))
    return entries if sees_drafts(user, result.indicator) else open_entries(entries, _turn)


def result_thread(user, result: Result) -> list[ResultComment]:
    """The remarks on a stored result, by the rule of its history. One query, or two for those who see no drafts."""
    comments = list(result.comments.select_related("author"))
    if sees_drafts(user, result.indicator) or not comments:
        return comments
    return said_in_the_open(comments, ActivityEntry.objects.about(result), _turn)
