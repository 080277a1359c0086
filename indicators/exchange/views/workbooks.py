"""The workbook of a round: download, upload, preview of what would change, confirmation."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import can_run_rounds
from commons.acts import NotAllowedNow
from commons.files import StorageUnavailable
from commons.sheets.cells import read_upload
from commons.sheets.forms import ConfirmForm, WorkbookForm
from commons.sheets.guarding import WorkbookRefused
from commons.sheets.uploads import XLSX, PreviewChanged, kept_data, waiting_upload
from indicators.exchange import services
from indicators.exchange.forms.workbooks import DepartmentChoiceForm
from indicators.exchange.selectors.workbooks import workbook_rows
from indicators.exchange.workbooks.comparing import Preview, preview_of
from indicators.exchange.workbooks.writing import write_workbook
from indicators.models import ReportingRound, WorkbookUpload
from indicators.permissions import get_upload_for, require_workbook_user, round_lock
from plans.models import Plan


def _round_for_desk(request, slug, year) -> ReportingRound:
    """The round, for officers and those who run rounds."""
    plan = get_object_or_404(Plan, slug=slug)
    require_workbook_user(request.user)
    return get_object_or_404(ReportingRound.objects.select_related("plan"), plan=plan, year=year)


def _own_department(user):
    return user.department if user.is_officer else None


@login_required
@require_safe
def workbook(request, slug, year):
    """Where the workbook is downloaded and sent back."""
    return _workbook_page(request, _round_for_desk(request, slug, year), WorkbookForm())


def _workbook_page(request, reporting_round, form, status=200):
    own = _own_department(request.user)
    context = {
        "plan": reporting_round.plan,
        "round": reporting_round,
        "department": own,
        "lock": round_lock(reporting_round, *([own.pk] if own else reporting_round.extended_until)),
        "form": form,
        "waiting": waiting_upload(WorkbookUpload, request.user, round=reporting_round),
    }
    if can_run_rounds(request.user):
        context["department_form"] = DepartmentChoiceForm(reporting_round=reporting_round)
    return render(request, "indicators/workbook.html", context, status=status)


@login_required
@require_safe
@never_cache
def download(request, slug, year):
    """The workbook of the own department; for those who run rounds of all departments or of the one named."""
    reporting_round = _round_for_desk(request, slug, year)
    department = _wanted_department(request, reporting_round)
    rows = workbook_rows(request.user, reporting_round, department, with_past=True)
    if not rows:
        raise Http404
    response = HttpResponse(write_workbook(reporting_round, department, rows), content_type=XLSX)
    name = f"{reporting_round.year}년 실적 {department or '모든 부서'}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


def _wanted_department(request, reporting_round):
    own, named = _own_department(request.user), request.GET.get("department", "")
    if own is not None:
        if named not in ("", own.slug):
            raise Http404
        return own
    form = DepartmentChoiceForm({"department": named}, reporting_round=reporting_round)
    if not form.is_valid():
        raise Http404
    return form.cleaned_data["department"]


def _preview(user, reporting_round, department, data: bytes) -> Preview:
    rows = workbook_rows(user, reporting_round, department)
    return preview_of(data, reporting_round=reporting_round, department=department, rows=rows)


@login_required
@require_POST
def upload(request, slug, year):
    """Take a file that can be read, and lead to what it would change."""
    reporting_round = _round_for_desk(request, slug, year)
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            data = read_upload(file)
            _preview(request.user, reporting_round, _own_department(request.user), data)
            kept = services.keep_upload(
                actor=request.user,
                reporting_round=reporting_round,
                data=data,
                name=file.name[:200],
                sha256=hashlib.sha256(data).hexdigest(),
            )
        except WorkbookRefused as refusal:
            form.add_error("file", str(refusal))
        except StorageUnavailable as fault:
            form.add_error("file", fault.strerror)
            return _workbook_page(request, reporting_round, form, status=507)
        else:
            return redirect("indicators:workbook_preview", slug, year, kept.pk)
    return _workbook_page(request, reporting_round, form, status=422)


def _preview_page(request, upload, *, status=200, **context):
    context |= {
        "plan": upload.round.plan,
        "round": upload.round,
        "upload": upload,
        "department": upload.department,
    }
    if preview := context.get("preview"):
        context["confirm_form"] = ConfirmForm(initial={"fingerprint": preview.fingerprint})
    return render(request, "indicators/workbook_preview.html", context, status=status)


@login_required
@require_safe
def preview(request, slug, year, pk):
    """What an uploaded file would change."""
    kept = get_upload_for(request.user, get_object_or_404(Plan, slug=slug), year, pk)
    if kept.confirmed_at:
        return _preview_page(request, kept)
    data = kept_data(kept)
    if data is None:
        return _preview_page(request, kept, status=410, is_expired=True)
    try:
        shown = _preview(request.user, kept.round, kept.department, data)
    except WorkbookRefused as refusal:
        return _preview_page(request, kept, status=409, refusal=str(refusal))
    return _preview_page(request, kept, preview=shown)


@login_required
@require_POST
def confirm(request, slug, year, pk):
    """Write what was previewed, all of it or nothing."""
    kept = get_upload_for(request.user, get_object_or_404(Plan, slug=slug), year, pk)
    data = kept_data(kept)
    if data is None:
        return _preview_page(request, kept, status=410, is_expired=True)
    form = ConfirmForm(request.POST)
    seen = form.cleaned_data["fingerprint"] if form.is_valid() else ""

    def prepare(locked_round):
        now = _preview(request.user, locked_round, kept.department, data)
        if not now.can_confirm or now.fingerprint != seen:
            raise PreviewChanged(now)
        return now.writes

    try:
        done = services.confirm_workbook(actor=request.user, upload=kept, prepare=prepare)
    except PreviewChanged as changed:
        refusal = _why_not(changed.preview)
        return _preview_page(request, kept, status=409, preview=changed.preview, refusal=refusal)
    except (NotAllowedNow, WorkbookRefused) as refusal:
        kept.refresh_from_db(fields=["confirmed_at"])
        return _preview_page(request, kept, status=409, refusal=str(refusal))
    messages.success(
        request,
        _("지표 %(rows)s개의 %(cells)s칸을 저장했습니다. 제출은 아직 하지 않았습니다.")
        % {"rows": done.rows, "cells": done.cells},
    )
    return redirect(kept.round) if can_run_rounds(request.user) else redirect("indicators:work", slug)


def _why_not(preview: Preview) -> str:
    """Why a confirmation was refused, when it did not fit what would be written."""
    if preview.is_clean and not preview.writes:
        return _("바뀌는 내용이 없어 저장하지 않았습니다.")
    return _("미리 본 내용과 달라져 저장하지 않았습니다. 지금 내용을 확인하고 다시 결정해 주십시오.")
