"""Making the reports that were asked for: each told step by step, none in a transaction."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django_tasks import task

from commons.files import StorageUnavailable
from commons.tasks import enqueue_on_commit
from indicators.choices import ReportKind
from indicators.models import Job
from indicators.reports.hwpx import write_hwpx
from indicators.reports.layout import document_of
from indicators.reports.pdf import PdfUnavailable, write_pdf
from indicators.reports.selectors.reports import report_of
from indicators.reports.services.jobs import begin_job, fail_job, finish_job, tell_progress
from indicators.reports.xlsx import write_xlsx

_STEPS = {"pdf": 4, "hwpx": 3, "xlsx": 2}  # reading, then what the writer tells


def queue_report(job: Job) -> None:
    """Have the report of a job made that waits anew."""
    enqueue_on_commit(make_report, job.pk)


def produce(job: Job, tell: Callable[[str], None]) -> bytes:
    """The content of the file that *job* asks for."""
    kind = ReportKind(job.kind)
    tell(_("공표된 수치를 모으고 있습니다."))
    report = report_of(job.publication)
    if kind == ReportKind.XLSX:
        return write_xlsx(report, tell=tell)
    write = write_pdf if kind.is_pdf else write_hwpx
    return write(document_of(report, kind, job.scope), author=report.municipality, tell=tell)


@task()
def make_report(job_id: int) -> None:
    """Make the file of a job and keep it, or say in plain words why there is none.

    Whatever goes wrong is raised again after it was said, for the queue to keep and the log to tell in particular.
    """
    job = begin_job(pk=job_id)
    if job is None:
        return
    steps, done = _STEPS[ReportKind(job.kind).suffix], 0

    def tell(doing: str) -> None:
        nonlocal done
        tell_progress(job=job, step=min(done, steps - 1), steps=steps, doing=doing)
        done += 1

    try:
        finish_job(job=job, data=produce(job, tell))
    except Exception as fault:
        fail_job(job=job, error=_in_words(fault))
        raise


def _in_words(fault: Exception) -> str:
    if isinstance(fault, PdfUnavailable):
        return str(fault)
    if isinstance(fault, StorageUnavailable):
        return fault.strerror
    return _("보고서를 만드는 가운데 오류가 났습니다. 자세한 내용은 서버 기록에 남겼습니다.")
