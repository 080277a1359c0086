"""Work on promises: making and changing them with a reply, reporting on them, and deciding on the reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can_run_rounds, require_round_runner
from commons.acts import NotAllowedNow
from commons.files import StorageUnavailable
from plans.models import Plan
from stakeholders import services
from stakeholders.choices import CommitmentState
from stakeholders.forms.commitments import CommitmentForm, ReportForm
from stakeholders.forms.replies import ReturnForm
from stakeholders.models import Commitment, CommitmentEvidence, CommitmentReport
from stakeholders.permissions import (
    get_commitment_for,
    promise_lock,
    report_lock,
    require_commitment_writer,
    sees_report,
)
from stakeholders.selectors.history import promise_history
from stakeholders.selectors.work import commitments_in_work
from stakeholders.services import StaleForm
from stakeholders.views.panels import own_draft, plan_for_overseer, question_for, question_page
from stakeholders.views.public import hand_over


@login_required
@require_POST
def commitment_add(request, slug, year, number):
    """Add a promise to the own department's reply."""
    question = question_for(request, slug, year, number)
    draft = own_draft(request.user, question)
    if draft is None:
        raise PermissionDenied
    promise = Commitment(question=question, department=draft.department)
    require_commitment_writer(request.user, promise)
    form = CommitmentForm(request.POST, commitment=promise)
    if not form.is_valid():
        return question_page(request, question, status=422, promise_form=form)
    for name, value in form.new_values.items():
        setattr(promise, name, value)
    try:
        services.add_commitment(actor=request.user, commitment=promise)
    except NotAllowedNow as refusal:
        return question_page(request, question, status=409, refusal=str(refusal))
    messages.success(request, _("약속을 더했습니다. 답변이 공개될 때 함께 공개됩니다."))
    return redirect(f"{question.get_absolute_url()}#commitments")


@login_required
@require_safe
def commitment_list(request, slug):
    """All public promises, for those who oversee: the overdue ones and those with a report waiting come first."""
    plan = plan_for_overseer(request, slug)
    chosen = request.GET.get("state", "")
    promises = [promise for promise in commitments_in_work(plan) if not chosen or promise.state == chosen]
    promises.sort(key=lambda promise: (not promise.unpublished_reports, not promise.is_overdue))
    context = {"plan": plan, "promises": promises, "states": CommitmentState, "chosen": chosen}
    return render(request, "stakeholders/commitment_list.html", context)


def _commitment(request, slug, pk) -> Commitment:
    return get_commitment_for(request.user, get_object_or_404(Plan, slug=slug), pk)


def _page(request, promise: Commitment, *, status=200, **context):
    user = request.user
    writes = user.is_officer and user.department_id == promise.department_id
    reports = promise.reports.select_related("reported_by").prefetch_related("evidence").order_by("-reported_at", "-pk")
    for report in reports:
        report.commitment = promise
    page = {
        "plan": promise.question.deliberation.plan,
        "promise": promise,
        "question": promise.question,
        "runs": can_run_rounds(user),
        "writes": writes,
        "reports": [report for report in reports if sees_report(user, report)],
        "return_form": ReturnForm(initial={"version": 0}),
        "history": promise_history(user, promise),
    }
    if writes:
        lock = report_lock(promise) if promise.promised_in_id else promise_lock(promise)
        page["lock"] = lock
        if not lock and promise.promised_in_id:
            page["report_form"] = ReportForm()
        elif not lock:
            page["promise_form"] = CommitmentForm(commitment=promise)
    return render(request, "stakeholders/commitment.html", page | context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def commitment(request, slug, pk):
    """One promise: changed by its department before it is public, reported on by it afterwards."""
    promise = _commitment(request, slug, pk)
    if request.method != "POST":
        return _page(request, promise)
    require_commitment_writer(request.user, promise)
    return _report(request, promise) if promise.promised_in_id else _change(request, promise)


def _change(request, promise):
    form = CommitmentForm(request.POST, commitment=promise)
    if not form.is_valid():
        return _page(request, promise, status=422, promise_form=form)
    promise.version = form.cleaned_data["version"]
    try:
        services.save_commitment(actor=request.user, commitment=promise, new=form.new_values)
    except StaleForm as stale:
        form.rebase(stale.current.version)
        return _page(request, stale.current, status=409, promise_form=form, stale=stale.current)
    except NotAllowedNow as refusal:
        return _page(request, promise, status=409, refusal=str(refusal))
    messages.success(request, _("약속을 고쳤습니다."))
    return redirect(promise.question)


def _report(request, promise):
    form = ReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, promise, status=422, report_form=form)
    try:
        services.report_commitment(
            actor=request.user,
            commitment=promise,
            state=form.cleaned_data["state"],
            text=form.cleaned_data["text"],
            evidence=form.uploads,
        )
    except StorageUnavailable as fault:
        form.add_error("files", fault.strerror)
        return _page(request, promise, status=507, report_form=form)
    except NotAllowedNow as refusal:
        return _page(request, promise, status=409, refusal=str(refusal))
    messages.success(request, _("이행 상황을 보고했습니다. 총괄 담당자가 확인한 뒤 공개합니다."))
    return redirect(promise)


@login_required
@require_POST
def commitment_remove(request, slug, pk):
    """Take out a promise that is not public yet."""
    promise = _commitment(request, slug, pk)
    require_commitment_writer(request.user, promise)
    try:
        services.remove_commitment(actor=request.user, commitment=promise)
    except NotAllowedNow as refusal:
        return _page(request, promise, status=409, refusal=str(refusal))
    messages.success(request, _("약속을 지웠습니다."))
    return redirect(promise.question)


@login_required
@require_POST
def report_decide(request, slug, pk, report_pk):
    """Publish a report on a promise, or ask the department to complete it."""
    require_round_runner(request.user)
    promise = _commitment(request, slug, pk)
    report = get_object_or_404(CommitmentReport, commitment=promise, pk=report_pk)
    report.commitment = promise
    publishing = request.POST.get("decision") == "publish"
    form = ReturnForm(request.POST)
    if not publishing and not form.is_valid():
        return _page(request, promise, status=422, return_form=form)
    comment = "" if publishing else form.cleaned_data["comment"]
    try:
        services.decide_report(actor=request.user, report=report, publish=publishing, comment=comment)
    except NotAllowedNow as refusal:
        return _page(request, promise, status=409, refusal=str(refusal))
    done = _("이행 보고를 공개했습니다.") if publishing else _("보완을 요청했습니다.")
    messages.success(request, done)
    return redirect(promise)


@login_required
@never_cache
@require_safe
def evidence(request, slug, pk):
    """A file that proves a report, as a download, for those who see the report."""
    plan = get_object_or_404(Plan, slug=slug)
    proof = get_object_or_404(
        CommitmentEvidence.objects.select_related("report__commitment"),
        pk=pk,
        report__commitment__question__deliberation__plan=plan,
    )
    get_commitment_for(request.user, plan, proof.report.commitment_id)
    if not sees_report(request.user, proof.report):
        raise Http404
    return hand_over(request, plan, proof)
