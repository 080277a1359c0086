"""Who is in charge of indicators, and handing that over when an officer leaves."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import ActivityEntry, Department, User
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow
from indicators.models import Assignment, Indicator
from indicators.people.selectors.handover import Desk, active_officers, desks_of, handover_of
from plans.models import Plan


class StaleDesks(Exception):
    """Somebody changed who is in charge in between. `desks` are the rows concerned, as they are stored now."""

    def __init__(self, desks: list[Desk]):
        super().__init__("who is in charge was changed by somebody else in between")
        self.desks = desks


def _lock(department: Department) -> Department:
    """Hold the department until the transaction ends: all acts on its desks go one after the other."""
    return Department.objects.select_for_update().get(pk=department.pk)


def _names(users) -> str:
    return ", ".join(str(user) for user in users)


@transaction.atomic
def assign_indicators(
    *, actor, department: Department, plan: Plan, wanted: dict[int, tuple[str, User | None]], now=None
) -> int:
    """Put indicators of *department* on the desks of its officers; return how many changed hands.

    *wanted* maps an indicator's id to who was in charge when the actor looked (`Desk.token`) and who shall be now.
    When one of these changed in between nothing is stored and StaleDesks tells all that did.
    """
    require_keeper(actor)
    _lock(department)
    desks = {desk.indicator.pk: desk for desk in desks_of(department, plan)}
    officers = set(active_officers(department))
    if not wanted.keys() <= desks.keys() or any(user not in officers for _was, user in wanted.values() if user):
        raise NotAllowedNow(
            _("그 사이 부서의 지표나 담당자가 바뀌었습니다. 지금 내용을 확인하고 다시 저장해 주십시오.")
        )
    stale = [desks[pk] for pk, (was, _user) in wanted.items() if desks[pk].token != was]
    if stale:
        raise StaleDesks(stale)
    changed = 0
    for pk, (_was, user) in wanted.items():
        desk = desks[pk]
        after = [user] if user else []
        if desk.users == after:
            continue
        _put(desk.indicator, desk.users, after, now)
        record_activity(
            actor=actor,
            action=Action.CHANGED,
            subject=desk.indicator,
            now=now,
            changes=[(_("담당자"), _names(desk.users), _names(after))],
        )
        changed += 1
    return changed


def _put(indicator: Indicator, before: list[User], after: list[User], now) -> None:
    Assignment.objects.filter(indicator=indicator, user__in=[user for user in before if user not in after]).delete()
    for user in after:
        Assignment.objects.get_or_create(indicator=indicator, user=user, defaults={"since": timezone.localdate(now)})


def successor_problem(leaver: User, successor: User) -> str:
    """Why *successor* cannot take over from *leaver*, in a sentence; empty when nothing stands against it."""
    if successor == leaver:
        return _("인계하는 사람과 다른 사람을 골라 주십시오.")
    if successor.department_id != leaver.department_id:
        return _("다른 부서 사람입니다. 같은 부서의 담당자를 골라 주십시오.")
    if not successor.is_officer:
        return _("부서 담당자가 아닙니다. 실적을 입력하는 담당자를 골라 주십시오.")
    if not successor.is_active:
        return _("사용이 중지된 계정입니다. 사용 중인 담당자를 골라 주십시오.")
    return ""


@transaction.atomic
def hand_over(
    *,
    actor,
    leaver: User,
    successor: User,
    plan: Plan,
    seen: str,
    with_unassigned: bool = False,
    switch_off: bool = False,
    now=None,
) -> ActivityEntry:
    """Move what *leaver* is in charge of to *successor*; return the entry that the successor's sheet is made from.

    *seen* is the fingerprint of what the actor was shown (`Handover.fingerprint`). What was written stays under the
    name of who wrote it. Raises NotAllowedNow when something changed meanwhile or nothing would move.
    """
    require_keeper(actor)
    now = now or timezone.now()
    _lock(leaver.department)
    people = User.objects.select_for_update(of=["self"]).select_related("department").order_by("pk")
    people = people.in_bulk([leaver.pk, successor.pk])
    leaver, successor = people[leaver.pk], people[successor.pk]
    problem = successor_problem(leaver, successor)
    if problem:
        raise NotAllowedNow(problem)
    moving = handover_of(leaver, plan)
    if moving.fingerprint != seen:
        raise NotAllowedNow(_("그 사이 담당이 바뀌었습니다. 지금 내용을 확인하고 다시 인계해 주십시오."))
    indicators = moving.in_charge + (moving.unassigned if with_unassigned else [])
    if not indicators:
        raise NotAllowedNow(
            _("인계할 지표가 없습니다. 담당자가 정해지지 않은 지표를 함께 인계하거나 담당을 먼저 정해 주십시오.")
        )
    changes = [(_("담당자"), leaver, successor)]
    for indicator in indicators:
        before = [leaver] if indicator in moving.in_charge else []
        _put(indicator, before, [successor], now)
        label = f"{indicator.area.number}/{indicator.code} {indicator.title}"
        changes.append((label, _names(before), successor))
        record_activity(
            actor=actor,
            action=Action.HANDED_OVER,
            subject=indicator,
            now=now,
            changes=[(_("담당자"), _names(before), successor)],
        )
    if switch_off and leaver.is_active:
        leaver.is_active = False
        leaver.save(update_fields=["is_active"])
        used, stopped = _("사용 중"), _("사용 중지")
        record_activity(
            actor=actor,
            action=Action.PERMISSIONS_CHANGED,
            subject=leaver,
            now=now,
            changes=[(_("계정"), used, stopped)],
        )
        changes.append((_("%(name)s 계정") % {"name": leaver}, used, stopped))
    return record_activity(actor=actor, action=Action.HANDED_OVER, subject=successor, now=now, changes=changes)
