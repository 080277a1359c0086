"""The yearly targets of a plan as one table: download, upload, preview of what would change, confirmation."""

import hashlib
from tempfile import SpooledTemporaryFile

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.choices import Action
from accounts.models import ActivityEntry
from accounts.permissions import require_round_runner
from commons.acts import NotAgreed, NotAllowedNow
from commons.files import StorageUnavailable
from commons.sheets.cells import read_upload
from commons.sheets.guarding import WorkbookRefused
from commons.sheets.uploads import PreviewChanged, kept_data, waiting_upload
from commons.tables import FORMATS, write_table
from indicators.choices import MissingReason
from indicators.exchange import services
from indicators.exchange.forms.milestones import MilestoneConfirmForm, MilestoneFileForm
from indicators.exchange.selectors.milestones import MilestoneIndex, state_in_words
from indicators.exchange.workbooks.milestones.comparing import Preview, compare
from indicators.exchange.workbooks.milestones.layout import COLUMNS, LIMITS, SHEET
from indicators.exchange.workbooks.milestones.reading import KeptLines, MilestoneFile
from indicators.models import MilestoneUpload
from indicators.permissions import get_milestone_upload_for
from plans.models import Plan

PER_PAGE = 100
IN_MEMORY = 4 * 1024 * 1024  # bytes of a download that are not put on disk
SHOWN_IMPORTS = 10


def _plan_to_keep(request, slug) -> Plan:
    require_round_runner(request.user)
    return get_object_or_404(Plan, slug=slug)


@login_required
@require_safe
def milestones(request, slug):
    """Where the table is downloaded and sent back, with what came in before."""
    return _desk(request, _plan_to_keep(request, slug), MilestoneFileForm())


def _desk(request, plan, form, status=200):
    imports = ActivityEntry.objects.about(plan).filter(action=Action.MILESTONES_IMPORTED)
    context = {
        "plan": plan,
        "form": form,
        "waiting": waiting_upload(MilestoneUpload, request.user, plan=plan),
        "imports": imports[:SHOWN_IMPORTS],
        "reasons": MissingReason.for_milestones(),
    }
    return render(request, "indicators/milestones.html", context, status=status)


@login_required
@require_safe
@never_cache
def download(request, slug, suffix):
    """All targets of the plan, with the state that an upload is compared with."""
    plan = _plan_to_keep(request, slug)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (the response closes it)
    write_table(file, suffix, COLUMNS, MilestoneIndex(plan).rows(), sheet=SHEET)
    file.seek(0)
    name = _("%(plan)s 연차별 목표치") % {"plan": plan.title}
    return FileResponse(
        file, as_attachment=True, filename=f"{name}.{suffix}", content_type=FORMATS[suffix].content_type
    )


@login_required
@require_POST
def upload(request, slug):
    """Take a file that can be read, and lead to what it would change."""
    plan = _plan_to_keep(request, slug)
    form = MilestoneFileForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sent = read_upload(file, LIMITS)
            data = MilestoneFile(sent).kept()
            kept = services.keep_milestone_upload(
                actor=request.user,
                plan=plan,
                data=data,
                name=file.name[:200],
                sha256=hashlib.sha256(data).hexdigest(),
                sent_sha256=hashlib.sha256(sent).hexdigest(),
            )
        except WorkbookRefused as refusal:
            form.add_error("file", str(refusal))
        except StorageUnavailable as fault:
            form.add_error("file", fault.strerror)
            return _desk(request, plan, form, status=507)
        else:
            return redirect("indicators:milestones_preview", slug, kept.pk)
    return _desk(request, plan, form, status=422)


def _preview_page(request, upload, *, status=200, index=None, preview: Preview | None = None, form=None, **context):
    context |= {"plan": upload.plan, "upload": upload, "preview": preview}
    if preview:
        letters = context.pop("letters")
        context["errors"] = _page(request, "errors", preview.errors)
        context["conflicts"] = _page(request, "conflicts", preview.conflicts)
        context["changes"] = _page(request, "page", preview.changes)
        context["error_rows"] = [
            (error.row, *reversed(letters[error.place]), error.key and index.place_of(error.key), *error.said)
            for error in context["errors"]
        ]
        context["conflict_rows"] = [
            (row, index.place_of(key), *map(_in_words, states)) for row, key, *states in context["conflicts"]
        ]
        context["change_rows"] = [
            (
                row,
                index.by_pk[key // 10000],
                key % 10000,
                state_in_words(old),
                state_in_words(new),
                preview.understood.get(row, ""),
            )
            for row, key, old, new in context["changes"]
        ]
        context["published_years"] = sorted(index.published)
        context["confirm_form"] = form or MilestoneConfirmForm(initial={"fingerprint": preview.fingerprint})
    return render(request, "indicators/milestones_preview.html", context, status=status)


def _in_words(state: str) -> str:
    """A state in words; what a person put into the column of states is shown as it is."""
    try:
        return state_in_words(state)
    except (ValueError, ArithmeticError):
        return state


def _page(request, name: str, items: list):
    return Paginator(items, PER_PAGE).get_page(request.GET.get(name))


def _compared(upload: MilestoneUpload, data: bytes, index: MilestoneIndex) -> tuple[Preview, list]:
    file = KeptLines(data) if upload.is_read else MilestoneFile(data)
    return compare(file, index), list(file.letters.items())


@login_required
@require_safe
@never_cache
def preview(request, slug, pk):
    """What an uploaded file would change, a page at a time."""
    kept = get_milestone_upload_for(request.user, get_object_or_404(Plan, slug=slug), pk)
    if kept.confirmed_at:
        return _preview_page(request, kept)
    data = kept_data(kept)
    if data is None:
        return _preview_page(request, kept, status=410, is_expired=True)
    index = MilestoneIndex(kept.plan)
    try:
        shown, letters = _compared(kept, data, index)
    except WorkbookRefused as refusal:
        return _preview_page(request, kept, status=409, refusal=str(refusal))
    return _preview_page(request, kept, index=index, preview=shown, letters=letters)


@login_required
@require_POST
def confirm(request, slug, pk):
    """Write what was previewed, all of it or nothing."""
    kept = get_milestone_upload_for(request.user, get_object_or_404(Plan, slug=slug), pk)
    data = kept_data(kept)
    if data is None:
        return _preview_page(request, kept, status=410, is_expired=True)
    form = MilestoneConfirmForm(request.POST)
    agreed = form.cleaned_data if form.is_valid() else {}
    seen = agreed.get("fingerprint", "")
    latest = {}

    def prepare(index: MilestoneIndex) -> Preview:
        now, letters = _compared(kept, data, index)
        latest.update(index=index, preview=now, letters=letters)
        if not now.can_confirm or now.fingerprint != seen:
            raise PreviewChanged(now)
        return now

    try:
        done = services.confirm_milestones(
            actor=request.user,
            upload=kept,
            prepare=prepare,
            agreed_published=bool(agreed.get("published")),
            agreed_overwrite=bool(agreed.get("overwrite")),
        )
    except PreviewChanged as changed:
        return _preview_page(request, kept, status=409, refusal=_why_not(changed.preview), **latest)
    except NotAgreed as refusal:
        for name, message in refusal.missing.items():
            form.add_error(name, message)
        return _preview_page(request, kept, status=409, refusal=str(refusal), form=form, **latest)
    except (NotAllowedNow, WorkbookRefused) as refusal:
        kept.refresh_from_db(fields=["confirmed_at"])
        shown = {} if kept.confirmed_at else latest
        return _preview_page(request, kept, status=409, refusal=str(refusal), **shown)
    messages.success(
        request,
        _("지표 %(indicators)s개의 연차별 목표치 %(milestones)s개를 저장했습니다.")
        % {"indicators": f"{done.indicators:,}", "milestones": f"{done.milestones:,}"},
    )
    return redirect("indicators:milestones", slug)


def _why_not(preview: Preview) -> str:
    """Why a confirmation was refused, when it did not fit what would be written."""
    if preview.is_clean and not preview.changes:
        return _("바뀌는 내용이 없어 저장하지 않았습니다.")
    return _("미리 본 내용과 달라져 저장하지 않았습니다. 지금 내용을 확인하고 다시 결정해 주십시오.")
