"""Opening a forum, and writing down the papers and points of its groups until they are published."""

from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from plans.models import Plan
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PositionPaper, StakeholderGroup
from stakeholders.permissions import papers_lock
from stakeholders.services.base import lock_deliberation, require_token, set_fields

TAKEN_ADDRESSES = {"points", "editions", "evidence"}  # pages of voices that stand where a group's page would


@dataclass(frozen=True)
class Meeting:
    """One meeting as it is typed; meetings are numbered in the order of their days."""

    held_on: date
    held_at: time | None


@transaction.atomic
def open_deliberation(*, actor, deliberation: Deliberation, now=None) -> Deliberation:
    """Store a new forum, which departments and the public do not see yet."""
    require_keeper(actor)
    deliberation.is_published, deliberation.published_on = False, None
    deliberation.save()
    record_activity(actor=actor, action=Action.FORUM_OPENED, subject=deliberation, now=now)
    return deliberation


def new_group(plan: Plan, name: str) -> StakeholderGroup:
    """Store a group at the end of the plan's list. Its address is made of the name where that has Latin letters, else
    of its place."""
    last = plan.groups.aggregate(last=Max("position"))["last"] or 0
    taken = TAKEN_ADDRESSES | set(plan.groups.values_list("slug", flat=True))
    made = [slugify(name)[:40], *(f"group-{place}" for place in range(last + 1, last + len(taken) + 2))]
    slug = next(slug for slug in made if slug and slug not in taken)
    return StakeholderGroup.objects.create(plan=plan, name=name, slug=slug, position=last + 1)


@transaction.atomic
def add_paper(
    *, actor, deliberation: Deliberation, group: StakeholderGroup | None, name: str, now=None
) -> PositionPaper:
    """Give a group its paper in a forum; *name* makes a new group when *group* is None."""
    require_keeper(actor)
    locked = lock_deliberation(deliberation)
    require_unlocked(papers_lock(locked))
    group = group or new_group(locked.plan, name)
    if locked.papers.filter(group=group).exists():
        raise NotAllowedNow(_("이 그룹의 입장문서가 이미 있습니다."))
    paper = PositionPaper.objects.create(deliberation=locked, group=group)
    record_activity(actor=actor, action=Action.CREATED, subject=paper, now=now)
    return paper


def meetings_in_words(paper: PositionPaper) -> str:
    return ", ".join(
        f"{meeting.held_on}{f' {meeting.held_at:%H:%M}' if meeting.held_at else ''}" for meeting in paper.meetings.all()
    )


@transaction.atomic
def save_paper(
    *, actor, paper: PositionPaper, new: dict, meetings: list[Meeting], seen: str, now=None
) -> PositionPaper:
    """Replace what a paper says and when its group met. *seen* is `token_of` the paper and its meetings as they were
    shown. Raises StaleForm when somebody saved in between."""
    require_keeper(actor)
    locked = lock_deliberation(paper.deliberation)
    require_unlocked(papers_lock(locked))
    current = PositionPaper.objects.select_related("group").get(pk=paper.pk)
    before = meetings_in_words(current)
    require_token(current, seen, before)
    changes = set_fields(current, new)
    current.save()
    wanted = sorted(meetings, key=lambda meeting: (meeting.held_on, meeting.held_at or time()))
    if [(m.held_on, m.held_at) for m in current.meetings.all()] != [(m.held_on, m.held_at) for m in wanted]:
        current.meetings.all().delete()
        for number, meeting in enumerate(wanted, start=1):
            ForumMeeting.objects.create(paper=current, number=number, held_on=meeting.held_on, held_at=meeting.held_at)
        current = PositionPaper.objects.select_related("group").get(pk=paper.pk)
        changes.append((_("모임"), before, meetings_in_words(current)))
    if changes:
        record_activity(actor=actor, action=Action.CHANGED, subject=current, now=now, changes=changes)
    return current


@transaction.atomic
def save_opinion(*, actor, opinion: Opinion, new: dict, seen: str, now=None) -> Opinion:
    """Store a point of a paper; a new one gets the next number. Raises StaleForm when somebody saved in between."""
    require_keeper(actor)
    locked = lock_deliberation(opinion.paper.deliberation)
    require_unlocked(papers_lock(locked))
    if opinion.pk is None:
        last = opinion.paper.opinions.aggregate(last=Max("number"))["last"] or 0
        current, action = Opinion(paper=opinion.paper, number=last + 1), Action.CREATED
    else:
        current, action = Opinion.objects.select_related("paper__group").get(pk=opinion.pk), Action.CHANGED
        require_token(current, seen)
    changes = set_fields(current, new)
    current.save()
    if changes:
        record_activity(actor=actor, action=action, subject=current, now=now, changes=changes)
    return current


@transaction.atomic
def remove_opinion(*, actor, opinion: Opinion, now=None) -> None:
    """Take out a point that was written down by mistake; not one that a question draws on."""
    require_keeper(actor)
    locked = lock_deliberation(opinion.paper.deliberation)
    require_unlocked(papers_lock(locked))
    if opinion.questions.exists():
        raise NotAllowedNow(_("이 의견으로 만든 질의가 있어 지울 수 없습니다. 질의에서 먼저 빼 주십시오."))
    record_activity(actor=actor, action=Action.DELETED, subject=opinion, now=now, comment=opinion.summary)
    opinion.delete()
