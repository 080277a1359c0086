"""Reorganisation of departments as rounds see it: the act of plans.services, and what hangs on departments here.

Results belong to indicators and so need no move. Extensions of rounds that are not yet published go over to the new
departments, and so do comments of the committee that wait for an answer. An officer who goes to another part than the
indicator is no longer in charge of it.
"""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import Department
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow
from indicators.checking.selectors.committee import asked_departments
from indicators.choices import RoundState
from indicators.models import Assignment, CommitteeComment, ReportingRound, RoundExtension
from indicators.people.selectors.reorganisation import ending_desks, moving_extensions, preview_of
from plans.services import Part, Reorganisation, lock_departments


@transaction.atomic
def reorganise(
    *, actor, act, arguments: dict, old: list[Department], parts: list[Part], on: date, seen: str
) -> Reorganisation:
    """Carry out *act*, one of the three of plans.services, with all that rounds know of the departments.

    *old*, *parts* and *on* are what was shown before, and *seen* the fingerprint of that preview: when something moved
    in between, nothing is done. *arguments* are the act's own beside actor and day. Raises NotAllowedNow and
    CannotReorganise.
    """
    require_keeper(actor)
    # Rounds first, in the order in which every act on rounds locks them, so that no result is saved meanwhile.
    list(
        ReportingRound.objects.select_for_update(of=["self"])
        .exclude(state=RoundState.PUBLISHED)
        .order_by("pk")
        .values_list("pk")
    )
    lock_departments()
    if preview_of(old, parts, on).fingerprint != seen:
        raise NotAllowedNow(_("그 사이 부서의 내용이 바뀌었습니다. 지금 내용을 다시 확인한 뒤 확정해 주십시오."))
    ended = ending_desks(parts)
    extensions = list(moving_extensions(old))
    done = act(actor=actor, on=on, **arguments)
    _move_extensions(actor, extensions, done)
    _end_desks(actor, ended)
    _move_comments(actor, old, done)
    return done


def _move_extensions(actor, extensions: list[RoundExtension], done: Reorganisation) -> None:
    """Give the new departments the longest leave that any of the old ones had in a round."""
    latest: dict[ReportingRound, list[RoundExtension]] = defaultdict(list)
    for extension in extensions:
        latest[extension.round].append(extension)
    RoundExtension.objects.filter(pk__in=[extension.pk for extension in extensions]).delete()
    for reporting_round, given in latest.items():
        until = max(extension.until for extension in given)
        changes = []
        for department in done.new:
            RoundExtension.objects.create(round=reporting_round, department=department, until=until)
            before = ", ".join(f"{extension.department} {extension.until}" for extension in given)
            changes.append((_("기한 연장"), before, f"{department} {until}"))
        record_activity(actor=actor, action=Action.DEPARTMENT_CHANGED, subject=reporting_round, changes=changes)


def _end_desks(actor, ended: list[Assignment]) -> None:
    Assignment.objects.filter(pk__in=[assignment.pk for assignment in ended]).delete()
    for assignment in ended:
        record_activity(
            actor=actor,
            action=Action.DEPARTMENT_CHANGED,
            subject=assignment.indicator,
            changes=[(_("담당자"), assignment.user, "")],
        )


def _move_comments(actor, old: list[Department], done: Reorganisation) -> None:
    """What is not answered yet goes to a new department that now carries the tasks; answers keep the name of their
    time."""
    waiting = CommitteeComment.objects.unanswered().filter(department__in=old)
    for comment in waiting.select_related("area", "indicator", "department"):
        asked = asked_departments(area=comment.area, indicator=comment.indicator)
        heir = next((department for department in done.new if department in asked), done.new[0])
        changes = [(_("답할 부서"), comment.department, heir)]
        comment.department = heir
        comment.save(update_fields=["department"])
        record_activity(actor=actor, action=Action.DEPARTMENT_CHANGED, subject=comment, changes=changes)
