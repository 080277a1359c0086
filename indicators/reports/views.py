"""Reports of publications: what there is, asking for one, seeing how far it is, and taking it home."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can_run_rounds
from commons.acts import NotAllowedNow
from commons.read_model import kept
from indicators.choices import JobState, ReportKind
from indicators.figures.selectors.shared import publication_at
from indicators.models import Job, Publication
from indicators.reports import services
from indicators.reports.pdf import pdf_lock
from indicators.reports.producing import queue_report
from indicators.reports.selectors.reports import jobs_of, scopes_of, title_of_report
from plans.models import Plan
from plans.selectors import plan_of
from plans.stamps import shared_reads


@require_safe
@never_cache
@shared_reads
def report_list(request, slug):
    """Every edition with its full reports, for everybody."""
    plan = plan_of(slug)
    of_plan = Publication.objects.of_plan(plan).select_related("round__plan").order_by("-round__year", "-edition")
    publications = kept(("publications", plan.pk), lambda: list(of_plan))
    jobs = jobs_of(publications)
    rows = [(p, [(kind, jobs.get((p.pk, kind, ""))) for kind in ReportKind.full()]) for p in publications]
    return render(request, "indicators/report_list.html", {"plan": plan, "rows": rows, "pdf_lock": pdf_lock()})


def _links(publication: Publication, kind: ReportKind) -> dict[str, str]:
    """Links to the reports of *kind* by their scopes. There are more than a hundred, so they are ready-made."""
    plan, year = publication.round.plan, publication.round.year
    root = reverse("indicators:publication", args=[plan.slug, year, publication.edition])
    return {
        scope: format_html('<a href="{}{}/{}/">{}</a>', root, kind.value, quote(scope), name)
        for scope, name in scopes_of(publication, kind).items()
    }


@require_safe
@never_cache
@shared_reads
def publication(request, slug, year, edition):
    """All that can be made of one edition: whole, by area, by department, by task."""
    publication = publication_at(slug, year, edition)
    jobs = jobs_of([publication])
    parts = [
        (kind, [(link, jobs.get((publication.pk, kind, scope))) for scope, link in found.items()])
        for kind in (ReportKind.AREA, ReportKind.DEPARTMENT, ReportKind.TASK)
        if (found := kept(("report links", publication.pk, kind), lambda kind=kind: _links(publication, kind)))
    ]
    context = {
        "plan": publication.round.plan,
        "publication": publication,
        "round": publication.round,
        "full": [(kind, jobs.get((publication.pk, kind, ""))) for kind in ReportKind.full()],
        "parts": parts,
        "pdf_lock": pdf_lock(),
    }
    return render(request, "indicators/report_publication.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request, slug, year, edition, kind, scope=""):
    """One report: how far it is, and by POST the wish to have it made. Anybody may ask; each is made once."""
    publication = publication_at(slug, year, edition)
    if kind not in ReportKind.values:
        raise Http404
    kind = ReportKind(kind)
    names = scopes_of(publication, kind)
    if scope not in names:
        raise Http404
    if request.method == "POST" and not (kind.is_pdf and pdf_lock()):
        actor = request.user if request.user.is_authenticated else None
        job, is_to_be_queued = services.request_job(actor=actor, publication=publication, kind=kind, scope=scope)
        if is_to_be_queued:
            queue_report(job)
        return redirect(job)
    job = jobs_of([publication]).get((publication.pk, kind, scope))
    return _report_page(request, publication, kind, names[scope], job, status=409 if request.method == "POST" else 200)


def _report_page(request, publication, kind, part, job, *, status=200, refusal=""):
    context = {
        "plan": publication.round.plan,
        "publication": publication,
        "round": publication.round,
        "title": title_of_report(publication, kind, part),
        "kind": kind,
        "job": job,
        "is_unfinished": job is not None and job.state in JobState.unfinished(),
        "is_silent": job is not None and job.is_silent(timezone.now()),
        "is_gone": job is not None and job.state == JobState.DONE and not job.has_file,
        "ahead": Job.objects.ahead_of(job).count() if job is not None else 0,
        "lock": pdf_lock() if kind.is_pdf else None,
        "refusal": refusal,
        "can_retry": can_run_rounds(request.user),
    }
    return render(request, "indicators/report.html", context, status=status)


def _job_for(slug, pk):
    jobs = Job.objects.select_related("publication__round__plan")
    return get_object_or_404(jobs, publication__round__plan=get_object_or_404(Plan, slug=slug), pk=pk)


def _name_of(job: Job) -> tuple[ReportKind, str]:
    """The kind of a job, and the name of the part it is about."""
    kind = ReportKind(job.kind)
    return kind, scopes_of(job.publication, kind).get(job.scope, job.scope)


@login_required
@require_POST
def retry(request, slug, pk):
    """Put a report that could not be made back into the queue."""
    job = _job_for(slug, pk)
    try:
        queue_report(services.retry_job(actor=request.user, job=job))
    except NotAllowedNow as refusal:
        return _report_page(request, job.publication, *_name_of(job), job, status=409, refusal=str(refusal))
    messages.success(request, _("다시 만들도록 하였습니다."))
    return redirect(job)


@require_safe
def report_file(request, slug, pk):
    """The file of a report that is made, for everybody: it holds what is published and nothing else."""
    job = _job_for(slug, pk)
    if not job.has_file:
        raise Http404
    kind, part = _name_of(job)
    plan = job.publication.round.plan
    name = f"{plan.title} {title_of_report(job.publication, kind, part)}".replace("/", "·")
    response = FileResponse(
        job.file.open("rb"), as_attachment=True, filename=f"{name}.{kind.suffix}", content_type=kind.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
