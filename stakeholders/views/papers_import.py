"""The workbook of a forum's papers: download, upload, preview of what would change, confirmation."""

import hashlib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from commons.acts import NotAllowedNow
from commons.files import StorageUnavailable
from commons.sheets.cells import read_upload
from commons.sheets.guarding import WorkbookRefused
from commons.sheets.uploads import XLSX, PreviewChanged, kept_data, waiting_upload
from plans.models import Plan
from stakeholders.forms.imports import PaperConfirmForm, PaperWorkbookForm
from stakeholders.models import Deliberation, PaperUpload
from stakeholders.permissions import get_deliberation_to_write, get_paper_upload_for, papers_lock
from stakeholders.services.paper_imports import confirm_papers, keep_paper_upload
from stakeholders.workbooks.comparing import Preview, preview_of
from stakeholders.workbooks.writing import write_papers


def _forum(request, slug, year) -> Deliberation:
    return get_deliberation_to_write(request.user, get_object_or_404(Plan, slug=slug), year)


@login_required
@require_safe
def import_papers(request, slug, year):
    """Where the workbook is downloaded and sent back."""
    return _import_page(request, _forum(request, slug, year), PaperWorkbookForm())


def _import_page(request, deliberation: Deliberation, form, status=200):
    lock = papers_lock(deliberation)
    context = {
        "plan": deliberation.plan,
        "deliberation": deliberation,
        "lock": lock,
        "form": form,
        "waiting": None if lock else waiting_upload(PaperUpload, request.user, deliberation=deliberation),
    }
    return render(request, "stakeholders/paper_import.html", context, status=status)


def _file(deliberation: Deliberation, name: str, *, is_empty: bool) -> HttpResponse:
    response = HttpResponse(write_papers(deliberation, is_empty=is_empty), content_type=XLSX)
    name = f"{deliberation.year}년 {name}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@login_required
@require_safe
@never_cache
def template(request, slug, year):
    """The columns alone, to be filled."""
    return _file(_forum(request, slug, year), _("입장문서 양식"), is_empty=True)


@login_required
@require_safe
@never_cache
def download(request, slug, year):
    """All that the forum holds now."""
    return _file(_forum(request, slug, year), _("입장문서"), is_empty=False)


@login_required
@require_POST
def upload(request, slug, year):
    """Take a file that can be read, and lead to what it would change."""
    deliberation = _forum(request, slug, year)
    if papers_lock(deliberation):
        return _import_page(request, deliberation, PaperWorkbookForm(), status=409)
    form = PaperWorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            data = read_upload(file)
            preview_of(data, deliberation)
            kept = keep_paper_upload(
                actor=request.user,
                deliberation=deliberation,
                data=data,
                name=file.name[:200],
                sha256=hashlib.sha256(data).hexdigest(),
            )
        except WorkbookRefused as refusal:
            form.add_error("file", str(refusal))
        except StorageUnavailable as fault:
            form.add_error("file", fault.strerror)
            return _import_page(request, deliberation, form, status=507)
        else:
            return redirect("stakeholders:paper_import_preview", slug, year, kept.pk)
    return _import_page(request, deliberation, form, status=422)


def _preview_page(request, kept: PaperUpload, *, status=200, **context):
    context |= {"plan": kept.deliberation.plan, "deliberation": kept.deliberation, "upload": kept}
    if preview := context.get("preview"):
        context["confirm_form"] = PaperConfirmForm(initial={"fingerprint": preview.fingerprint})
    return render(request, "stakeholders/paper_import_preview.html", context, status=status)


@login_required
@require_safe
def preview(request, slug, year, pk):
    """What an uploaded file would change."""
    kept = get_paper_upload_for(request.user, get_object_or_404(Plan, slug=slug), year, pk)
    if kept.confirmed_at:
        return _preview_page(request, kept)
    if lock := papers_lock(kept.deliberation):
        return _preview_page(request, kept, status=409, refusal=str(lock))
    data = kept_data(kept)
    if data is None:
        return _preview_page(request, kept, status=410, is_expired=True)
    try:
        shown = preview_of(data, kept.deliberation)
    except WorkbookRefused as refusal:
        return _preview_page(request, kept, status=409, refusal=str(refusal))
    return _preview_page(request, kept, preview=shown)


@login_required
@require_POST
def confirm(request, slug, year, pk):
    """Write what was previewed, all of it or nothing."""
    kept = get_paper_upload_for(request.user, get_object_or_404(Plan, slug=slug), year, pk)
    data = kept_data(kept)
    if data is None and kept.confirmed_at is None:
        return _preview_page(request, kept, status=410, is_expired=True)
    form = PaperConfirmForm(request.POST)
    seen = form.cleaned_data["fingerprint"] if form.is_valid() else ""

    def prepare(deliberation: Deliberation) -> Preview:
        now = preview_of(data, deliberation)
        if not now.can_confirm or now.fingerprint != seen:
            raise PreviewChanged(now)
        return now

    agreed = form.is_valid() and form.cleaned_data["add_groups"]
    try:
        done = confirm_papers(actor=request.user, upload=kept, prepare=prepare, may_add_groups=agreed)
    except PreviewChanged as changed:
        return _preview_page(request, kept, status=409, preview=changed.preview, refusal=_why_not(changed.preview))
    except (NotAllowedNow, WorkbookRefused) as refusal:
        return _refused(request, kept, data, str(refusal))
    messages.success(
        request,
        _("새로 %(added)s건을 등록하고 %(changed)s건을 고쳤습니다.") % {"added": done.added, "changed": done.changed},
    )
    return redirect(kept.deliberation.get_absolute_url())


def _refused(request, kept: PaperUpload, data: bytes | None, refusal: str):
    """Why nothing was written, with what the file would do where that can still be confirmed."""
    kept.refresh_from_db(fields=["confirmed_at"])
    lock = papers_lock(Deliberation.objects.get(pk=kept.deliberation_id))
    if kept.confirmed_at or lock or data is None:
        return _preview_page(request, kept, status=409, refusal=refusal)
    try:
        shown = preview_of(data, kept.deliberation)
    except WorkbookRefused:
        return _preview_page(request, kept, status=409, refusal=refusal)
    return _preview_page(request, kept, status=409, refusal=refusal, preview=shown)


def _why_not(preview: Preview) -> str:
    """Why a confirmation was refused, when it did not fit what would be written."""
    if preview.is_clean and not preview.writes:
        return _("바뀌는 내용이 없어 저장하지 않았습니다.")
    return _("미리 본 내용과 달라져 저장하지 않았습니다. 지금 내용을 확인하고 다시 결정해 주십시오.")
