"""Evidence files: put in, taken out, and handed to those who may see them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from commons.acts import NotAllowedNow
from commons.evidence import MAX_FILES
from commons.evidence_forms import EvidenceForm
from commons.files import StorageUnavailable, atomic_with_files
from indicators.collecting.services.results import add_evidence, remove_evidence
from indicators.collecting.views.work import entry_page
from indicators.figures.selectors.evidence import public_evidence
from indicators.models import Evidence, Indicator
from indicators.permissions import get_result_for, require_result_writer, sees_value
from plans.models import Plan


@login_required
@require_POST
def add(request, slug, year, area_number, code):
    """Attach one or more files to a result; either all are taken in or none."""
    plan = get_object_or_404(Plan, slug=slug)
    result = get_result_for(request.user, plan, year, area_number, code)
    require_result_writer(request.user, result)
    room = MAX_FILES - (result.evidence.count() if result.pk else 0)
    form = EvidenceForm(request.POST, request.FILES, room=room)
    if not form.is_valid():
        return entry_page(request, plan, result, status=422, evidence_form=form)
    try:
        with atomic_with_files():
            added = [add_evidence(actor=request.user, result=result, **upload) for upload in form.uploads]
    except StorageUnavailable as fault:
        form.add_error("files", fault.strerror)
        return entry_page(request, plan, result, status=507, evidence_form=form)
    except NotAllowedNow as refusal:
        return entry_page(request, plan, result, status=409, refusal=str(refusal))
    messages.success(request, _("증빙 %(count)d개를 올렸습니다.") % {"count": len(added)})
    return redirect(f"{result.get_absolute_url()}#evidence")


def _evidence_for(user, plan, pk) -> Evidence:
    """The file, for someone who sees the result's value; nobody else learns that it exists."""
    evidence = get_object_or_404(
        Evidence.objects.select_related("result__round__plan", "result__indicator__area__plan"),
        pk=pk,
        result__round__plan=plan,
    )
    if not sees_value(user, evidence.result):
        raise Http404
    return evidence


@login_required
@require_POST
def remove(request, slug, pk):
    """Take a file off a result that is free to be written."""
    plan = get_object_or_404(Plan, slug=slug)
    evidence = _evidence_for(request.user, plan, pk)
    result, name = evidence.result, evidence.name
    require_result_writer(request.user, result)
    try:
        remove_evidence(actor=request.user, evidence=evidence)
    except NotAllowedNow as refusal:
        return entry_page(request, plan, result, status=409, refusal=str(refusal))
    messages.success(request, _("증빙 파일을 지웠습니다: %(name)s") % {"name": name})
    return redirect(f"{result.get_absolute_url()}#evidence")


def _hand_over(request, plan, evidence: Evidence):
    """The file as a download of the kind it was found to be, never shown by the browser within the site."""
    try:
        file = evidence.file.open("rb")
    except FileNotFoundError:
        return render(request, "indicators/evidence_gone.html", {"plan": plan, "evidence": evidence}, status=404)
    response = FileResponse(file, as_attachment=True, filename=evidence.name, content_type=evidence.content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@never_cache
@require_safe
def download(request, slug, pk):
    plan = get_object_or_404(Plan, slug=slug)
    return _hand_over(request, plan, _evidence_for(request.user, plan, pk))


@require_safe
def public_download(request, slug, area_number, code, pk):
    plan = get_object_or_404(Plan, slug=slug)
    indicator = get_object_or_404(Indicator.objects.of_plan(plan), area__number=area_number, code=code)
    return _hand_over(request, plan, get_object_or_404(public_evidence(plan, indicator), pk=pk))
