"""The history of a question and of a promise, and a question's thread, as far as the reader could see them then."""

from collections import defaultdict

from django.db.models import Q

from accounts.choices import Action
from accounts.models import ActivityEntry
from accounts.permissions import can_oversee, can_run_rounds
from accounts.selectors import open_entries, said_in_the_open
from stakeholders.models import Commitment, Question, QuestionComment, ReplyDraft
from stakeholders.permissions import works_on_draft, works_on_promise

_QUESTION_TURNS = {Action.QUESTION_SENT: True}
_DRAFT_TURNS = {Action.REPLY_SAVED: False, Action.REPLY_RETURNED: False, Action.REPLY_SUBMITTED: True}


def _question_turn(entry: ActivityEntry) -> bool | None:
    return _QUESTION_TURNS.get(entry.action)


def _draft_turn(entry: ActivityEntry) -> bool | None:
    return _DRAFT_TURNS.get(entry.action)


def _promise_turn(entry: ActivityEntry) -> bool | None:
    """A report opens a promise. A decision with words asks for more, and only the department reads these."""
    if entry.action == Action.COMMITMENT_DECIDED:
        return not entry.comment
    return True if entry.action == Action.COMMITMENT_REPORTED else None


def _about(subjects) -> dict[tuple[str, str], list[ActivityEntry]]:
    """All entries about these objects, by kind and id. One query."""
    wanted = Q()
    for subject in subjects:
        wanted |= Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    found = defaultdict(list)
    for entry in ActivityEntry.objects.filter(wanted).select_related("actor"):
        found[entry.subject_type, entry.subject_id].append(entry)
    return found


def question_history(user, question: Question, drafts: list[ReplyDraft]) -> list[ActivityEntry]:
    """The traces of a question, of its departments' replies and, for those who make it, of the consolidated answer,
    newest first. Departments read it from the day on which it was sent, and replies of others once handed in. One
    query."""
    made = getattr(question, "consolidation", None) if can_run_rounds(user) else None
    found = _about([question, *drafts, *([made] if made else [])])

    def of(subject):
        return found[subject._meta.label_lower, str(subject.pk)]

    shown = of(question) if can_oversee(user) else open_entries(of(question), _question_turn)
    for draft in drafts:
        shown = shown + (of(draft) if works_on_draft(user, draft) else open_entries(of(draft), _draft_turn))
    if made:
        shown = shown + of(made)
    return sorted(shown, key=lambda entry: (entry.at, entry.pk), reverse=True)


def question_thread(user, question: Question) -> list[QuestionComment]:
    """The remarks on a question; departments do not see those made before it was sent. One query, or two for them."""
    comments = list(question.comments.select_related("author"))
    if can_oversee(user) or not comments:
        return comments
    return said_in_the_open(comments, ActivityEntry.objects.about(question), _question_turn)


def promise_history(user, commitment: Commitment) -> list[ActivityEntry]:
    """The traces of a promise, newest first: to others than its department and the coordinator, what was reported on
    it and published. One query."""
    entries = list(ActivityEntry.objects.about(commitment).select_related("actor"))
    return entries if works_on_promise(user, commitment) else open_entries(entries, _promise_turn)
