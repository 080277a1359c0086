"""Who may see and do what with results, and why something is locked. The same words on every door."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.permissions import can_oversee, can_run_rounds, require_round_runner
from commons.acts import Lock
from indicators.choices import JobState, ResultState, RoundState
from indicators.models import CommitteeComment, Indicator, Job, MilestoneUpload, ReportingRound, Result, WorkbookUpload


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


def sees_approver(user) -> bool:
    """Whether *user* reads the name of who approved a figure; everybody else reads the office and the day."""
    return user.is_authenticated and (user.keeps_plan or user.is_officer or user.is_head)


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


def sees_drafts(user, indicator: Indicator) -> bool:
    """Whether results are shown before they are handed in: to the department and those who run rounds alone."""
    return can_run_rounds(user) or owns_indicator(user, indicator) or heads_indicator(user, indicator)


def sees_value(user, result: Result) -> bool:
    """Whether the value itself is shown: to all who oversee once it is handed in."""
    if sees_drafts(user, result.indicator):
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


def round_lock(reporting_round: ReportingRound, *department_ids: int | None) -> Lock | None:
    """Why none of these departments can write in this round now; None when one of them can."""
    if reporting_round.state == RoundState.PUBLISHED:
        return Lock(_("공표된 회차라 고칠 수 없습니다. 잘못된 값은 총괄 담당자가 정정 공표로 바로잡습니다."))
    if reporting_round.state == RoundState.PLANNED:
        return Lock(
            _("아직 입력 기간이 아닙니다. 총괄 담당자가 회차를 시작하면 입력할 수 있습니다. (시작 예정일 %(day)s)")
            % {"day": date_format(reporting_round.opens_on)}
        )
    if reporting_round.takes_from(*department_ids):
        return None
    return Lock(
        _("%(day)s에 마감되어 고칠 수 없습니다. 고쳐야 하면 총괄 담당자에게 기한 연장을 요청해 주십시오.")
        % {"day": date_format(reporting_round.closed_on or reporting_round.due_on)}
    )


def planning_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why the window of this round cannot be changed now."""
    if reporting_round.state in (RoundState.PLANNED, RoundState.OPEN):
        return None
    return Lock(_("시작 전이거나 입력 중인 회차만 고칠 수 있습니다."))


def opening_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why this round cannot be opened now."""
    if reporting_round.state in (RoundState.PLANNED, RoundState.CLOSED):
        return None
    return Lock(_("시작 전이거나 마감된 회차만 시작할 수 있습니다."))


def closing_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why this round cannot be closed now."""
    if reporting_round.state == RoundState.OPEN:
        return None
    return Lock(_("입력 중인 회차만 마감할 수 있습니다."))


def collection_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why nobody can be given more time or be reminded in this round now."""
    if reporting_round.state in (RoundState.OPEN, RoundState.CLOSED):
        return None
    return Lock(_("입력 중이거나 마감된 회차에서만 기한을 연장하거나 독촉할 수 있습니다."))


def review_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why nothing can be endorsed, approved or returned in this round now."""
    if reporting_round.state == RoundState.PUBLISHED:
        return Lock(_("공표된 회차입니다. 잘못된 값은 정정 공표로 바로잡아 주십시오."))
    if reporting_round.state == RoundState.PLANNED:
        return Lock(_("아직 시작하지 않은 회차라 검토할 수 없습니다."))
    return None


def correction_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why a result of this round cannot be corrected now."""
    if reporting_round.state == RoundState.PUBLISHED:
        return None
    return Lock(_("공표된 회차에서만 정정할 수 있습니다."))


def publication_lock(reporting_round: ReportingRound) -> Lock | None:
    """Why this round cannot be published, or published anew, now."""
    if reporting_round.state in (RoundState.CLOSED, RoundState.PUBLISHED):
        return None
    return Lock(_("회차를 마감한 뒤에 공표할 수 있습니다."))


def writes_for(user, indicator: Indicator) -> list[int]:
    """Ids of the departments whose result *user* writes: the own one, or on behalf of all that report *indicator*."""
    if user.department_id is not None:
        return [user.department_id]
    return [task.department_id for task in indicator.tasks.all()]


def retry_lock(job: Job) -> Lock | None:
    """Why this report cannot be made again now. Publications never change, so a file that is there stays."""
    if job.state == JobState.FAILED or (job.state == JobState.DONE and not job.has_file):
        return None
    return Lock(_("만들지 못한 보고서만 다시 만들 수 있습니다."))


def result_lock(user, result: Result) -> Lock | None:
    """Why *user* cannot write this result now; None when writing is open. Says nothing about whose result it is."""
    return round_lock(result.round, *writes_for(user, result.indicator)) or state_lock(result)


def state_lock(result: Result) -> Lock | None:
    """Why the result's own state keeps it from being written; None when only the round could."""
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


def require_workbook_user(user) -> None:
    """Raise PermissionDenied for those who may only read results in work, Http404 for everybody else without a desk.

    Workbooks are for officers, each for the own department, and for those who run rounds, for all departments.
    """
    if user.is_officer or can_run_rounds(user):
        return
    if user.is_head or can_oversee(user):
        raise PermissionDenied
    raise Http404


def require_workbook_writer(user, result: Result) -> None:
    """Raise PermissionDenied unless *user* may write *result* by confirming a workbook.

    Beside the officers of its department that is whoever runs rounds, on the department's behalf and by this door
    alone: forms and grid stay with the departments.
    """
    if not can_run_rounds(user):
        require_result_writer(user, result)


def get_upload_for(user, plan, year: int, pk: int) -> WorkbookUpload:
    """Fetch a workbook that *user* sent; Http404 for anybody else's and for one sent for a former department."""
    require_workbook_user(user)
    upload = get_object_or_404(
        WorkbookUpload.objects.select_related("round__plan", "department"),
        round__plan=plan,
        round__year=year,
        owner=user,
        pk=pk,
    )
    if user.is_officer and upload.department_id != user.department_id:
        raise Http404
    return upload


def get_milestone_upload_for(user, plan, pk: int) -> MilestoneUpload:
    """Fetch a file of yearly targets that *user* sent; Http404 for anybody else's, 403 for those who only read."""
    require_round_runner(user)
    return get_object_or_404(MilestoneUpload.objects.select_related("plan"), plan=plan, owner=user, pk=pk)


def require_commenter(user) -> None:
    """Raise PermissionDenied unless *user* may address a comment on the plan to a department."""
    if not can_oversee(user):
        raise PermissionDenied


def require_rater(user) -> None:
    """Raise PermissionDenied unless *user* rates indicators, which only committee members do."""
    if not (user.is_authenticated and user.is_committee):
        raise PermissionDenied


def get_committee_comment_for(user, plan, pk: int) -> CommitteeComment:
    """Fetch a comment for those who oversee and for officers and head of the department it is addressed to."""
    comment = get_object_or_404(
        CommitteeComment.objects.of_plan(plan).select_related("area__plan", "indicator__area__plan", "department"),
        pk=pk,
    )
    if can_oversee(user) or user.department_id == comment.department_id:
        return comment
    raise Http404


def answers_comment(user, comment: CommitteeComment) -> bool:
    """Whether *user* is an officer of the department that *comment* is addressed to."""
    return user.is_officer and user.department_id == comment.department_id


def require_answerer(user, comment: CommitteeComment) -> None:
    """Raise PermissionDenied unless *user* answers *comment*."""
    if not answers_comment(user, comment):
        raise PermissionDenied
