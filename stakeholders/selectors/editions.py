"""What one edition of a forum's replies says, and what it changed against the one before."""

from dataclasses import dataclass

from ..models import Reply, ReplyPublication


@dataclass(frozen=True)
class EditionRow:
    """One reply of an edition. `change` is '' where the edition before said the same, else 'new' or 'changed'."""

    reply: Reply
    change: str


def _words(reply: Reply) -> tuple:
    return reply.stance, reply.summary, reply.reason


def edition_rows(edition: ReplyPublication) -> list[EditionRow]:
    """The replies of an edition in the order of the questions, those that it changed first. Three queries."""
    replies = edition.replies.select_related("question", "department").prefetch_related("together_with")
    before = Reply.objects.filter(
        publication__deliberation=edition.deliberation_id, publication__edition=edition.edition - 1
    )
    said = {(reply.question_id, reply.department_id): _words(reply) for reply in before}
    rows = []
    for reply in replies.order_by("question__number", "pk"):
        old = said.get((reply.question_id, reply.department_id))
        change = "" if edition.edition == 1 or old == _words(reply) else "new" if old is None else "changed"
        rows.append(EditionRow(reply, change))
    return sorted(rows, key=lambda row: not row.change)
