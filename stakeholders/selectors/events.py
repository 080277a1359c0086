"""What became public of some points, and when: for feeds and for mail to those who follow them.

Only what has a day is an event. Replies of the printed report have none, so they are left out; a paper of a forum
whose day of publication is not known stands at the date that is printed on it, or is left out too.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from commons.text import clean_text
from plans.models import Plan
from stakeholders.models import Commitment, Deliberation, Opinion, Question, Reply
from stakeholders.selectors.chain import public_commitments, public_questions

TITLE_LENGTH = 60  # characters of what an event is about, in its title
TAG_YEAR = 2026  # a tag URI names a day on which the host was ours


@dataclass(frozen=True)
class Event:
    """One thing that became public. *points* are those it is told of, in the order of their papers.

    Where only the day is known, *at* is its beginning, and *is_day* says so.
    """

    key: str
    at: datetime
    is_day: bool
    title: str
    words: str
    points: tuple[Opinion, ...]

    @property
    def tag(self) -> str:
        """A name of the event that stays the same wherever and whenever it is told (RFC 4151)."""
        return f"tag:{urlsplit(settings.SITE_URL).hostname},{TAG_YEAR}:{self.key}"

    @property
    def text(self) -> str:
        if self.words:
            return self.words
        return self.points[0].summary if len(self.points) == 1 else _("의견 %(count)d건") % {"count": len(self.points)}

    @property
    def path(self) -> str:
        """The page on which it stands: that of the point, or of the group for a paper with several."""
        point = self.points[0]
        return point.get_absolute_url() if self.words or len(self.points) == 1 else point.paper.group.get_absolute_url()

    @property
    def settled_at(self) -> datetime:
        """From when on nothing more of this moment can appear: what has only a day may appear until the day is over."""
        return self.at + timedelta(days=1) if self.is_day else self.at

    def told_of(self, holds: Callable[[Opinion], bool]) -> "Event | None":
        """The event for somebody who follows only some of its points; None when it is about none of these."""
        points = tuple(point for point in self.points if holds(point))
        return replace(self, points=points) if points else None


def events_of(plan: Plan) -> list[Event]:
    """All events of the published points of a plan, newest first. Queries constant with rows."""
    replies = (
        Reply.objects.exclude(summary="")
        .select_related("publication", "department")
        .prefetch_related("together_with")
        .order_by("publication__edition", "pk")
    )
    questions = public_questions().prefetch_related(
        Prefetch("replies", replies), Prefetch("commitments", public_commitments())
    )
    points = (
        Opinion.objects.published(plan)
        .select_related("paper__group__plan", "paper__deliberation")
        .prefetch_related(Prefetch("questions", questions))
        .order_by("paper__deliberation", "paper__group__position", "number")
    )
    by_paper, by_question, asked = defaultdict(list), defaultdict(list), {}
    for point in points:
        by_paper[point.paper].append(point)
        for question in point.questions.all():
            asked[question.pk] = question
            by_question[question.pk].append(point)
    events = [event for paper, its in by_paper.items() for event in _of_paper(plan, paper, tuple(its))]
    for pk, question in asked.items():
        its = tuple(by_question[pk])
        events += _of_question(plan, its[0].paper.deliberation, question, its)
    return sorted(events, key=lambda event: (event.at, event.key), reverse=True)


def _of_paper(plan, paper, points) -> Iterable[Event]:
    day = paper.deliberation.published_on or paper.dated
    if day:
        key = f"{_key(plan, paper.deliberation)}/1-paper/{paper.group.slug}"
        title = _title(paper.deliberation, _("입장문서"), f"{paper.group.name} ({paper.deliberation.year})")
        yield Event(key, _midnight(day), True, title, "", points)


def _of_question(plan, forum, question: Question, points) -> Iterable[Event]:
    key = f"{_key(plan, forum)}/2-question/{question.number}"
    if question.sent_on:
        day = max(question.sent_on, forum.published_on or question.sent_on)  # nobody saw it before the forum
        title = _title(forum, _("부서에 보낸 질의"), question.summary)
        yield Event(key, _midnight(day), True, title, question.summary, points)
    yield from _of_replies(forum, key, question, points)
    for promise in question.commitments.all():
        yield from _of_promise(forum, f"{key}/4-promise/{promise.pk}", promise, points)


def _of_replies(forum, key, question: Question, points) -> Iterable[Event]:
    """An event for each edition in which the answer to the question is new or differs from the edition before.

    Only the answer that holds is told in words: what a later edition replaced is not spread any further.
    """
    editions = defaultdict(list)
    for reply in question.replies.all():
        editions[reply.publication].append(reply)
    changes, before = [], None
    for publication, replies in editions.items():
        content = [_content(reply) for reply in replies]
        if content != before:
            changes.append((publication, replies, before is None))
        before = content
    for place, (publication, replies, is_first) in enumerate(changes, start=1):
        if publication.published_at is None:
            continue
        title = _title(forum, _("부서의 답변") if is_first else _("바뀐 답변"), question.summary)
        if place < len(changes):
            words = _("이 답변은 나중에 바뀌었습니다. 지금의 답변은 화면에서 볼 수 있습니다.")
        else:
            words = "\n".join(_reply_words(reply) for reply in replies)
            if publication.reason and not is_first:
                words += "\n" + _("바뀐 까닭: %(reason)s") % {"reason": publication.reason}
        yield Event(f"{key}/3-reply/{publication.edition}", publication.published_at, False, title, words, points)


def _of_promise(forum, key, promise: Commitment, points) -> Iterable[Event]:
    if promise.promised_in.published_at:
        words = _("%(department)s: %(text)s (기한 %(day)s)") % {
            "department": promise.department,
            "text": promise.text,
            "day": promise.due_on.isoformat(),
        }
        title = _title(forum, _("이행 약속"), promise.text)
        yield Event(key, promise.promised_in.published_at, False, title, words, points)
    for report in promise.reports.all():
        if report.decided_at:
            kind = _("이행 보고(%(state)s)") % {"state": report.get_state_display()}
            title, words = _title(forum, kind, promise.text), f"{promise.department}: {report.text}"
            yield Event(f"{key}/report/{report.pk}", report.decided_at, False, title, words, points)


def _content(reply: Reply) -> tuple:
    others = sorted(department.pk for department in reply.together_with.all())
    return reply.department_id, others, reply.stance, clean_text(reply.summary), clean_text(reply.reason)


def _reply_words(reply: Reply) -> str:
    departments = ", ".join(str(department) for department in (reply.department, *reply.together_with.all()))
    words = f"{departments} – {reply.get_stance_display()}: {reply.summary}" if reply.stance else ""
    words = words or f"{departments}: {reply.summary}"
    return words + (" " + _("사유: %(reason)s") % {"reason": reply.reason} if reply.reason else "")


def _key(plan: Plan, forum: Deliberation) -> str:
    """Beginning of the keys of a forum. The numbers in them put what happened at one moment into its order."""
    return f"{plan.slug}/{forum.year}"


def _title(forum: Deliberation, kind: str, what: str) -> str:
    mark = _("(시범)") + " " if forum.is_demo else ""
    return f"{mark}{kind}: {Truncator(' '.join(what.split())).chars(TITLE_LENGTH)}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
