"""Deciding on what was handed in: the department head's consent, approval, return. The officers are told by mail."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import can_run_rounds, require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from indicators.acts import StaleResult, current_result, lock_round, store_result
from indicators.choices import ResultState
from indicators.collecting import notifications
from indicators.models import ReportingRound, Result
from indicators.permissions import require_head, review_lock


def _reviewable(result: Result, states: set[ResultState]) -> Result:
    """The stored result in its locked round, when it is in one of *states* and the version *result* carries."""
    locked_round = lock_round(result.round)
    current = current_result(locked_round, result.indicator)
    require_unlocked(review_lock(locked_round))
    if current.state not in states or current.pk is None:
        raise NotAllowedNow(_("그 사이 상태가 바뀌어 처리하지 않았습니다. 지금 상태를 확인해 주십시오."))
    if current.version != result.version:
        raise StaleResult(current)
    return current


def _require_second_level(result: Result) -> None:
    if not result.round.plan.needs_endorsement:
        raise NotAllowedNow(_("이 계획에서는 부서장 확인을 쓰지 않습니다. 총괄 담당자가 바로 검토합니다."))


@transaction.atomic
def endorse_result(*, actor, result: Result, comment: str = "", now=None) -> Result:
    """The department head's consent to a submitted result, which the coordinator then approves."""
    require_head(actor, result)
    _require_second_level(result)
    current = _reviewable(result, {ResultState.SUBMITTED})
    current.state = ResultState.ENDORSED
    store_result(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_ENDORSED, subject=current, now=now, comment=comment)
    return current


@transaction.atomic
def return_result(*, actor, result: Result, comment: str, now=None) -> Result:
    """Send a result back to its department with a comment: the coordinator any that is handed in, the head a
    submitted one of the own department, where the plan asks for the head's consent."""
    if not can_run_rounds(actor):
        require_head(actor, result)
        _require_second_level(result)
    if not comment.strip():
        raise NotAllowedNow(_("반려하는 까닭을 적어 주십시오."))
    current = _reviewable(result, ResultState.handed_in() if can_run_rounds(actor) else {ResultState.SUBMITTED})
    current.state = ResultState.RETURNED
    current.review_comment = comment
    store_result(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_RETURNED, subject=current, now=now, comment=comment)
    transaction.on_commit(lambda: notifications.tell_returned(current, by=str(actor)))
    return current


def _approve(actor, result: Result, comment: str, now) -> Result:
    current = _reviewable(result, {ResultState.SUBMITTED, ResultState.ENDORSED})
    if current.round.plan.needs_endorsement and current.state != ResultState.ENDORSED:
        raise NotAllowedNow(_("부서장이 아직 확인하지 않았습니다. 부서장이 확인한 뒤에 승인할 수 있습니다."))
    current.state = ResultState.APPROVED
    current.review_comment = ""
    store_result(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_APPROVED, subject=current, now=now, comment=comment)
    return current


@transaction.atomic
def approve_result(*, actor, result: Result, comment: str = "", now=None) -> Result:
    """Approve a result, so that the next publication takes it up. A *comment* reaches the officers and the trace.

    Where the plan asks for the department head's consent, only an endorsed result can be approved.
    """
    require_keeper(actor)
    current = _approve(actor, result, comment, now)
    transaction.on_commit(lambda: notifications.tell_approved([current], comment=comment))
    return current


@transaction.atomic
def approve_results(
    *, actor, reporting_round: ReportingRound, versions: dict[int, int], now=None
) -> tuple[list[Result], list[Result]]:
    """Approve the results of a round that still are as *versions* (id to version) says; return approved and left.

    One that was changed, returned or decided meanwhile is left as it is. Each department gets one mail.
    """
    require_keeper(actor)
    lock_round(reporting_round)
    chosen = reporting_round.results.filter(pk__in=versions).select_related("indicator__area__plan", "round__plan")
    approved, left = [], []
    for result in chosen:
        result.version = versions[result.pk]
        try:
            approved.append(_approve(actor, result, "", now))
        except (StaleResult, NotAllowedNow):
            left.append(result)
    if approved:
        transaction.on_commit(lambda: notifications.tell_approved(approved))
    return approved, left
