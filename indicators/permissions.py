"""Who may see and do what with results, and why something is locked. The same words on every door."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .choices import ResultState, RoundState
from .models import Indicator, ReportingRound, Result


def belongs_to_indicator(user, indicator: Indicator) -> bool:
    """Whether *user* works in a department that reports *indicator*, as officer or head."""
    return user.department_id is not None and any(
        task.department_id == user.department_id for task in indicator.tasks.all()
    )


def owns_indicator(user, indicator: Indicator) -> bool:
    """Whether *user* is an officer of a department that reports *indicator*."""
    return user.is_officer and belongs_to_indicator(user, indicator)


def heads_indicator(user, indicator: Indicator) -> bool:
    """Whether *user* is the head of a department that reports *indicator*."""
    return user.is_head and belongs_to_indicator(user, indicator)


def can_run_rounds(user) -> bool:
    """Whether *user* opens, reviews, closes and publishes rounds."""
    return user.is_authenticated and user.keeps_plan


def can_oversee(user) -> bool:
    """Whether *user* sees the progress of all departments (the coordinator to act, the committee to read)."""
    return user.is_authenticated and (user.keeps_plan or user.is_committee)


def require_keeper(user) -> None:
    """Raise PermissionDenied unless *user* runs rounds: the guard of every act of the coordinator."""
    if not can_run_rounds(user):
        raise PermissionDenied


def require_round_runner(user) -> None:
    """Raise PermissionDenied for those who may read a round but not act on it, Http404 for all others."""
    if can_run_rounds(user):
        return
    if can_oversee(user):
        raise PermissionDenied
    raise Http404


def get_result_for(user, plan, year: int, area_number: int, code: str) -> Result:
    """Fetch the result of an indicator in a round, or a blank unsaved one, for someone who may see it.

    Raises Http404 when there is no such round or indicator, and when *user* belongs to another department: that
    a foreign draft exists is nobody else's business.
    """
    reporting_round = get_object_or_404(ReportingRound.objects.select_related("plan"), plan=plan, year=year)
    indicator = get_object_or_404(
        Indicator.objects.of_plan(plan).select_related("area__plan").prefetch_related("tasks__department"),
        area__number=area_number,
        code=code,
    )
    if not (owns_indicator(user, indicator) or heads_indicator(user, indicator) or can_oversee(user)):
        raise Http404
    result = Result.objects.filter(round=reporting_round, indicator=indicator).first()
    if result is None:
        result = Result(round=reporting_round, indicator=indicator, version=0)
    result.round, result.indicator = reporting_round, indicator
    return result


def sees_value(user, result: Result) -> bool:
    """Whether the value itself is shown: drafts belong to the department and the coordinator alone."""
    if can_run_rounds(user) or owns_indicator(user, result.indicator) or heads_indicator(user, result.indicator):
        return True
    return can_oversee(user) and result.state in ResultState.handed_in()


def require_result_reader(user, result: Result) -> None:
    """Raise PermissionDenied unless *user* sees the result's value."""
    if not sees_value(user, result):
        raise PermissionDenied


def require_head(user, result: Result) -> None:
    """Raise PermissionDenied unless *user* heads a department that reports the result."""
    if not heads_indicator(user, result.indicator):
        raise PermissionDenied


@dataclass(frozen=True)
class Lock:
    """Why something cannot be written now, in one sentence that also says until when or what to do."""

    reason: str

    def __str__(self):
        return self.reason


def round_lock(reporting_round: ReportingRound, department=None) -> Lock | None:
    """Why *department* cannot write in this round now; None when it can."""
    if reporting_round.state == RoundState.PUBLISHED:
        return Lock(_("공표된 회차라 고칠 수 없습니다. 잘못된 값은 총괄 담당자가 정정 공표로 바로잡습니다."))
    if reporting_round.state == RoundState.PLANNED:
        return Lock(
            _("아직 입력 기간이 아닙니다. 총괄 담당자가 회차를 시작하면 입력할 수 있습니다. (시작 예정일 %(day)s)")
            % {"day": date_format(reporting_round.opens_on)}
        )
    if reporting_round.state == RoundState.OPEN:
        return None
    extension = department and reporting_round.extensions.filter(department=department).first()
    if extension and extension.until >= timezone.localdate():
        return None
    return Lock(
        _("%(day)s에 마감되어 고칠 수 없습니다. 고쳐야 하면 총괄 담당자에게 기한 연장을 요청해 주십시오.")
        % {"day": date_format(reporting_round.closed_on or reporting_round.due_on)}
    )


def result_lock(user, result: Result) -> Lock | None:
    """Why *user* cannot write this result now; None when writing is open. Says nothing about whose result it is."""
    lock = round_lock(result.round, user.department)
    if lock:
        return lock
    if result.state == ResultState.SUBMITTED:
        return Lock(_("제출되어 검토를 기다리고 있습니다. 반려되면 다시 고칠 수 있습니다."))
    if result.state == ResultState.ENDORSED:
        return Lock(_("부서장이 확인하여 총괄 담당자의 검토를 기다리고 있습니다. 반려되면 다시 고칠 수 있습니다."))
    if result.state == ResultState.APPROVED:
        return Lock(_("승인되어 고칠 수 없습니다. 고쳐야 하면 총괄 담당자에게 반려를 요청해 주십시오."))
    return None


def require_result_writer(user, result: Result) -> None:
    """Raise PermissionDenied unless *user* is an officer of the result's department."""
    if not owns_indicator(user, result.indicator):
        raise PermissionDenied
