"""What one edition of a forum's replies says, and what it changed against the one before."""

from dataclasses import dataclass

from stakeholders.models import Reply, ReplyPublication
from stakeholders.selectors.chain import words_of


@dataclass(frozen=True)
class EditionRow:
    """One reply of an edition. `change` is '' where the edition before said the same, else 'new' or 'changed'; then
    `before` is what it said."""

    reply: Reply
    departments: list[str]
    change: str
    before: Reply | None


def edition_rows(edition: ReplyPublication) -> list[EditionRow]:
    """The replies of an edition in the order of the questions, those that it changed first. Four queries."""
    replies = edition.replies.select_related("question", "department").prefetch_related("together_with")
    before = Reply.objects.filter(
        publication__deliberation=edition.deliberation_id, publication__edition=edition.edition - 1
    ).prefetch_related("together_with")
    said = {(reply.question_id, reply.department_id): reply for reply in before.select_related("department")}
    rows = []
    for reply in replies.order_by("question__number", "pk"):
        old = said.get((reply.question_id, reply.department_id))
        same = edition.edition == 1 or (old is not None and words_of([old]) == words_of([reply]))
        change = "" if same else "new" if old is None else "changed"
        departments = [reply.department.name, *(other.name for other in reply.together_with.all())]
        rows.append(EditionRow(reply, departments, change, old if change else None))
    return sorted(rows, key=lambda row: not row.change)
