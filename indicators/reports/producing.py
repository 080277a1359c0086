"""Making the reports that wait: one after the other, each told step by step, none in a transaction."""

import logging
from collections.abc import Callable
from threading import Lock, Thread

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from commons.files import StorageUnavailable
from indicators.choices import ReportKind
from indicators.models import Job
from indicators.reports.hwpx import write_hwpx
from indicators.reports.layout import document_of
from indicators.reports.pdf import PdfUnavailable, write_pdf
from indicators.reports.selectors.reports import report_of
from indicators.reports.services.jobs import claim_job, fail_job, finish_job, tell_progress
from indicators.reports.xlsx import write_xlsx

logger = logging.getLogger(__name__)
_STEPS = {"pdf": 4, "hwpx": 3, "xlsx": 2}  # reading, then what the writer tells
_one_at_a_time = Lock()


def produce(job: Job, tell: Callable[[str], None]) -> bytes:
    """The content of the file that *job* asks for."""
    kind = ReportKind(job.kind)
    tell(_("공표된 수치를 모으고 있습니다."))
    report = report_of(job.publication)
    if kind == ReportKind.XLSX:
        return write_xlsx(report, tell=tell)
    write = write_pdf if kind.is_pdf else write_hwpx
    return write(document_of(report, kind, job.scope), author=report.municipality, tell=tell)


def carry_out(job: Job) -> bool:
    """Make the file of a claimed job and keep it, or say in plain words why there is none."""
    steps, done = _STEPS[ReportKind(job.kind).suffix], 0

    def tell(doing: str) -> None:
        nonlocal done
        tell_progress(job=job, step=min(done, steps - 1), steps=steps, doing=doing)
        done += 1

    try:
        return finish_job(job=job, data=produce(job, tell))
    except PdfUnavailable as missing:
        fail_job(job=job, error=str(missing))
    except StorageUnavailable as fault:
        fail_job(job=job, error=fault.strerror)
    except Exception:
        # Whatever went wrong ends this job and no other; the log has the particulars.
        logger.exception("report %s could not be made", job.pk)
        fail_job(job=job, error=_("보고서를 만드는 가운데 오류가 났습니다. 자세한 내용은 서버 기록에 남겼습니다."))
    return False


def work_off() -> list[tuple[Job, bool]]:
    """Carry out all jobs that wait; return each with whether its file was made."""
    done = []
    while job := claim_job():
        done.append((job, carry_out(job)))
    return done


def _work_in_background() -> None:
    with _one_at_a_time:
        try:
            work_off()
        finally:
            connections.close_all()


def start_at_once(*, is_new: bool) -> None:
    """Where no worker runs beside the site (RUN_JOBS_AT_ONCE), let a thread of the site make what waits.

    The page that asked does not wait for it. Threads of one process take turns; what is not new starts one only when
    none is at work, as after a restart of the site, so that asking again and again piles nothing up.
    """
    if settings.RUN_JOBS_AT_ONCE and (is_new or not _one_at_a_time.locked()):
        Thread(target=_work_in_background, name="reports", daemon=True).start()
