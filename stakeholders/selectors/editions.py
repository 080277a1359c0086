"""What one edition of a forum's replies says, and what it changed against the one before.

Everything is read from the frozen replies and their inputs. What is renamed or reworded later changes nothing.
"""

from dataclasses import dataclass

from stakeholders.models import Reply, ReplyPublication


@dataclass(frozen=True)
class EditionRow:
    """One reply of an edition. `change` is '' where the edition before said the same, else 'new' or 'changed'; then
    `before` is what it said."""

    reply: Reply
    departments: list[str]
    change: str
    before: Reply | None


def _words(reply: Reply) -> tuple:
    """What makes the replies of two editions differ: departments, stance, answer, reason."""
    return {each["slug"] for each in reply.inputs["departments"]}, reply.stance, reply.summary, reply.reason


def edition_rows(edition: ReplyPublication) -> list[EditionRow]:
    """The replies of an edition in the order of the questions, those that it changed first. Two queries."""
    before = Reply.objects.filter(
        publication__deliberation=edition.deliberation_id, publication__edition=edition.edition - 1
    )
    said = {(reply.question_id, reply.department_id): reply for reply in before}
    rows = []
    for reply in sorted(edition.replies.all(), key=lambda reply: (reply.inputs["question"]["number"], reply.pk)):
        old = said.get((reply.question_id, reply.department_id))
        same = edition.edition == 1 or (old is not None and _words(old) == _words(reply))
        change = "" if same else "new" if old is None else "changed"
        departments = [each["name"] for each in reply.inputs["departments"]]
        rows.append(EditionRow(reply, departments, change, old if change else None))
    return sorted(rows, key=lambda row: not row.change)
