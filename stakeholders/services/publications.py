"""Publishing papers, and freezing the answers to questions into numbered editions."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from commons.fields import tidied
from stakeholders.models import (
    Commitment,
    Consolidation,
    Deliberation,
    Question,
    Reply,
    ReplyPublication,
    frozen_inputs,
)
from stakeholders.permissions import papers_publication_lock, replies_publication_lock
from stakeholders.services.base import lock_deliberation


@dataclass(frozen=True)
class BuiltReply:
    """One reply of an edition before it is stored. `is_new` says that it differs from the edition before; then
    `commitments` are all promises made on its question."""

    reply: Reply
    together_with: list[Department]
    commitments: list[Commitment]
    is_new: bool

    @property
    def question(self) -> Question:
        return self.reply.question


def _content(reply: Reply) -> dict:
    asked, departments = reply.inputs["question"], [each["slug"] for each in reply.inputs["departments"]]
    return {
        "question": [asked["number"], asked["summary"]],
        "departments": [departments[0], *sorted(departments[1:])],
        "stance": [reply.stance, reply.stance_is_ours],
        "words": [reply.summary, reply.reason],
        "commitments": sorted(
            [promise[name] for name in ("department", "text", "due_on", "task", "indicator")]
            for promise in reply.inputs["commitments"]
        ),
    }


def digest_of(replies: Iterable[Reply]) -> str:
    """SHA-256 over the replies as sorted JSON, in hexadecimal: it depends on nothing but what is published."""
    rows = [_content(reply) for reply in replies]
    rows.sort(key=lambda row: (row["question"][0], row["departments"]))
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _carried(reply: Reply) -> Reply:
    """A reply of the edition before, to be stored once more."""
    carried = Reply(
        question=reply.question,
        department=reply.department,
        stance=reply.stance,
        stance_is_ours=reply.stance_is_ours,
        summary=reply.summary,
        reason=reply.reason,
        source_line=reply.source_line,
        note=reply.note,
        inputs=reply.inputs,
    )
    return tidied(carried)


def _consolidated(question: Question, before: list[Reply], commitments) -> tuple[Reply, list[Department]]:
    """The one reply made of a ready consolidation: under the leading department, with all others that answered."""
    handed_in = [draft for draft in question.drafts.all() if draft.is_handed_in]
    answering = [draft.department for draft in handed_in] or [reply.department for reply in before]
    made = question.consolidation
    reply = Reply(
        question=question,
        department=answering[0],
        stance=made.stance,
        summary=made.summary,
        reason=made.reason,
        inputs=frozen_inputs(question, answering, commitments),
    )
    return tidied(reply), answering[1:]


def build_replies(deliberation: Deliberation) -> list[BuiltReply]:
    """The replies of an edition made now: ready consolidations, and for all other questions what the edition before
    said. Nothing is stored. Queries constant with rows."""
    previous = deliberation.reply_publications.order_by("-edition").first()
    published: dict[int, list[Reply]] = {}
    if previous:
        for reply in previous.replies.select_related("question", "department").prefetch_related("together_with"):
            published.setdefault(reply.question_id, []).append(reply)
    questions = deliberation.questions.select_related("consolidation").prefetch_related(
        "drafts__department", "commitments__department", "commitments__task", "commitments__indicator"
    )
    built = []
    for question in questions:
        before = published.get(question.pk, [])
        made = getattr(question, "consolidation", None)
        if made and made.is_ready and made.published_in_id is None:
            commitments = list(question.commitments.all())
            reply, others = _consolidated(question, before, commitments)
            is_new = [_content(each) for each in before] != [_content(reply)]
            if not is_new:
                reply = _carried(before[0])
            built.append(BuiltReply(reply, others, commitments, is_new))
        else:
            built += [BuiltReply(_carried(each), list(each.together_with.all()), [], False) for each in before]
    return built


@dataclass(frozen=True)
class RepliesPreview:
    """What publishing the replies of a forum now would show."""

    previous: ReplyPublication | None
    built: list[BuiltReply]
    sha256: str

    @property
    def edition(self) -> int:
        return self.previous.edition + 1 if self.previous else 1

    @property
    def new(self) -> list[BuiltReply]:
        return [each for each in self.built if each.is_new]


def preview_replies(deliberation: Deliberation) -> RepliesPreview:
    """Build the next edition without storing anything, with the same code that publishes."""
    built = build_replies(deliberation)
    return RepliesPreview(
        deliberation.reply_publications.order_by("-edition").first(), built, digest_of(each.reply for each in built)
    )


@transaction.atomic
def publish_papers(*, actor, deliberation: Deliberation, now=None) -> Deliberation:
    """Let everybody see the papers and points of a forum. From then on they stay as they are."""
    require_keeper(actor)
    locked = lock_deliberation(deliberation)
    require_unlocked(papers_publication_lock(locked))
    locked.is_published = True
    locked.published_on = timezone.localdate(now)
    locked.save(update_fields=["is_published", "published_on"])
    record_activity(actor=actor, action=Action.PAPERS_PUBLISHED, subject=locked, now=now)
    return locked


@transaction.atomic
def publish_replies(
    *, actor, deliberation: Deliberation, reason: str = "", seen_sha256: str = "", now=None
) -> ReplyPublication:
    """Freeze all ready answers of a published forum, with their promises, as a new edition.

    Later editions need a reason and at least one reply that differs. *seen_sha256* is the fingerprint of the preview
    that *actor* decided on: when the content differs by now, nothing is published.
    """
    require_keeper(actor)
    locked = lock_deliberation(deliberation)
    require_unlocked(replies_publication_lock(locked))
    preview = preview_replies(locked)
    if not preview.new:
        raise NotAllowedNow(_("새로 공개할 답변이 없습니다. 종합 답변을 ‘공개 준비’로 저장한 뒤에 공개해 주십시오."))
    if preview.previous and not reason.strip():
        raise NotAllowedNow(_("두 번째 판부터는 무엇이 왜 바뀌는지 적어 주십시오. 공개 화면에 함께 보입니다."))
    if seen_sha256 and seen_sha256 != preview.sha256:
        raise NotAllowedNow(
            _("그 사이 공개할 내용이 바뀌어 공개하지 않았습니다. 바뀐 내용을 확인한 뒤 다시 눌러 주십시오.")
        )
    publication = ReplyPublication.objects.create(
        deliberation=locked,
        edition=preview.edition,
        published_at=now or timezone.now(),
        published_by_name=str(actor),
        reason=reason.strip() if preview.previous else "",
        sha256=preview.sha256,
    )
    for each in preview.built:
        each.reply.publication = publication
        each.reply.save()
        each.reply.together_with.set(each.together_with)
    promised = [c.pk for each in preview.built for c in each.commitments if c.promised_in_id is None]
    Commitment.objects.filter(pk__in=promised).update(promised_in=publication)
    ready = Consolidation.objects.filter(question__deliberation=locked, is_ready=True, published_in=None)
    ready.update(published_in=publication)
    record_activity(
        actor=actor,
        action=Action.REPLIES_PUBLISHED,
        subject=publication,
        now=now,
        comment=publication.reason,
        changes=[(_("새로 공개하거나 바뀐 답변"), "", len(preview.new)), (_("이행 약속"), "", len(promised))],
    )
    return publication
