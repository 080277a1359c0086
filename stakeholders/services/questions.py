"""Joining points into a question, and sending it to the departments that are to answer."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_clean, require_unlocked
from stakeholders import notifications
from stakeholders.models import Opinion, Question, QuestionComment, ReplyDraft, StakeholderGroup
from stakeholders.permissions import question_lock, require_question_reader
from stakeholders.services.base import lock_deliberation, lock_question, require_token, set_fields

DAYS_TO_REPLY = 30


def due_day(sent_on: date) -> date:
    """The last day to answer what is sent on a day, unless another is agreed."""
    return sent_on + timedelta(days=DAYS_TO_REPLY)


def points_in_words(opinions) -> str:
    """Which points, for traces and fingerprints."""
    return ", ".join(f"{opinion.paper.group.name} {opinion.number}" for opinion in opinions)


def points_of(question: Question) -> list[Opinion]:
    """The points a question draws on, in the order of the papers."""
    if question.pk is None:
        return []
    found = question.opinions.select_related("paper__group", "paper__deliberation")
    return list(found.order_by("paper__group__position", "number"))


@transaction.atomic
def save_question(*, actor, question: Question, new: dict, opinions: list[Opinion], seen: str, now=None) -> Question:
    """Store a question that was not sent yet, drawn from *opinions*; a new one gets the next number.

    *seen* is `token_of` the question and its points as they were shown. Raises StaleForm when it changed in between.
    """
    require_keeper(actor)
    locked = lock_deliberation(question.deliberation)
    if any(opinion.paper.deliberation_id != locked.pk for opinion in opinions) or not opinions:
        raise NotAllowedNow(_("이 숙의공론장의 의견을 하나 이상 골라 주십시오."))
    if question.pk is None:
        last = locked.questions.aggregate(last=Max("number"))["last"] or 0
        current, action, before = Question(deliberation=locked, number=last + 1), Action.CREATED, ""
    else:
        current, action = lock_question(question), Action.CHANGED
        before = points_in_words(points_of(current))
        require_unlocked(question_lock(current))
        require_token(current, seen, before)
    changes = set_fields(current, new)
    current.save()
    current.opinions.set(opinions)
    current.groups.set(StakeholderGroup.objects.filter(papers__opinions__in=opinions).distinct())
    after = points_in_words(points_of(current))
    if after != before:
        changes.append((_("의견"), before, after))
    if changes:
        record_activity(actor=actor, action=action, subject=current, now=now, changes=changes)
    return current


@transaction.atomic
def remove_question(*, actor, question: Question, now=None) -> None:
    """Take out a question that was not sent yet; its points stay."""
    require_keeper(actor)
    current = lock_question(question)
    require_unlocked(question_lock(current))
    record_activity(actor=actor, action=Action.DELETED, subject=current, now=now, comment=current.summary)
    current.delete()


@transaction.atomic
def send_question(
    *, actor, question: Question, lead: Department, others: list[Department], due_on: date, now=None
) -> Question:
    """Send a question to the leading and further departments; their officers are told by mail."""
    require_keeper(actor)
    current = lock_question(question)
    require_unlocked(question_lock(current))
    current.sent_on, current.due_on = timezone.localdate(now), due_on
    if due_on < current.sent_on:
        raise NotAllowedNow(_("답변 기한은 보내는 날보다 빠를 수 없습니다."))
    current.save(update_fields=["sent_on", "due_on"])
    asked = [lead, *(other for other in others if other != lead)]
    for department in asked:
        ReplyDraft.objects.create(question=current, department=department, is_lead=department == lead)
    record_activity(
        actor=actor,
        action=Action.QUESTION_SENT,
        subject=current,
        now=now,
        changes=[
            (_("주관부서"), "", lead),
            (_("협조부서"), "", ", ".join(map(str, asked[1:]))),
            (_("답변 기한"), "", due_on),
        ],
    )
    transaction.on_commit(lambda: notifications.tell_asked(current, asked))
    return current


@transaction.atomic
def add_question_comment(*, actor, question: Question, text: str, now=None) -> QuestionComment:
    """Add a remark to the thread of a question. *actor* must be someone who sees the question."""
    require_question_reader(actor, question)
    comment = QuestionComment(
        question=question, author=actor, author_name=str(actor), at=now or timezone.now(), text=text
    )
    require_clean(comment, ["text"])
    comment.save()
    record_activity(actor=actor, action=Action.COMMENTED, subject=question, now=now, comment=text)
    return comment
