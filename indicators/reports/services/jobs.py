"""Asking for a report, beginning the work, and ending it. Each step is short, so that making a file locks nothing.

Who is told that a job has to be queued puts it there (`reports/producing.py`).
"""

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import require_unlocked
from commons.files import atomic_with_files
from indicators.choices import JobState, ReportKind
from indicators.models import REPORT_FORM, Job, Publication
from indicators.models.jobs import TRIES
from indicators.permissions import retry_lock


def request_job(*, actor, publication: Publication, kind: ReportKind, scope: str, now=None) -> tuple[Job, bool]:
    """The job of a report, and whether it has to be queued. *actor* is None for a citizen.

    There is one job for each report, whoever asks and however often: the database sees to it. It has to be queued when
    it is new, and when nothing was heard of it for too long. The caller has made sure that there is such a scope.
    """
    now = now or timezone.now()
    key = {"publication": publication, "kind": kind, "scope": scope, "form": REPORT_FORM}
    job = Job.objects.filter(**key).first()
    if job is not None:
        return job, job.is_silent(now) and _revive(job, now)
    try:
        with transaction.atomic():
            job = Job.objects.create(**key, requested_by=actor, requested_at=now, alive_at=now)
            if actor is not None:
                record_activity(actor=actor, action=Action.CREATED, subject=job, now=now)
    except IntegrityError:  # somebody else asked at the same moment
        return Job.objects.get(**key), False
    return job, True


def _revive(job: Job, now) -> bool:
    """Let a silent job wait anew; whether it was this call that did. It keeps its place among those that wait.

    What killed several workers in a row is given up instead, until a coordinator asks for it.
    """
    seen = Job.objects.filter(pk=job.pk, state=job.state, attempt=job.attempt, alive_at=job.alive_at)
    if job.state == JobState.RUNNING and job.attempt >= TRIES:
        error = _("보고서를 만들던 작업이 도중에 멈추었습니다.")
        change = {"state": JobState.FAILED, "error": error, "finished_at": now}
    else:
        change = {"state": JobState.WAITING, "step": 0, "doing": "", "alive_at": now}
    is_first = seen.update(**change) == 1
    job.refresh_from_db()
    return is_first and job.state == JobState.WAITING


@transaction.atomic
def retry_job(*, actor, job: Job, now=None) -> Job:
    """Let a report that could not be made, or whose file is gone, wait anew. It has to be queued."""
    require_keeper(actor)
    locked = Job.objects.select_for_update(of=["self"]).select_related("publication__round__plan").get(pk=job.pk)
    require_unlocked(retry_lock(locked))
    old = locked.get_state_display()
    locked.state, locked.error, locked.step, locked.doing = JobState.WAITING, "", 0, ""
    locked.requested_at = locked.alive_at = now or timezone.now()
    locked.save(update_fields=["state", "error", "step", "doing", "requested_at", "alive_at"])
    changes = [(_("상태"), old, locked.get_state_display())]
    record_activity(actor=actor, action=Action.CHANGED, subject=locked, changes=changes, now=now)
    return locked


def begin_job(*, pk: int, now=None) -> Job | None:
    """The job, for the worker to which the queue handed it; None when it does not wait, or another worker has it.

    A queue may hand out a job twice. The one conditional update is carried out for one worker alone by every database.
    """
    begun = {"state": JobState.RUNNING, "attempt": F("attempt") + 1, "alive_at": now or timezone.now()}
    if not Job.objects.waiting().filter(pk=pk).update(**begun, step=0, steps=0, doing=""):
        return None
    return Job.objects.select_related("publication__round__plan").get(pk=pk)


def _held(job: Job):
    """The row of *job* as long as the worker that began it still holds it."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempt=job.attempt)


def tell_progress(*, job: Job, step: int, steps: int, doing: str, now=None) -> None:
    """Say how far a job is: *step* of *steps* are done, and what comes next."""
    _held(job).update(step=step, steps=steps, doing=doing, alive_at=now or timezone.now())


def finish_job(*, job: Job, data: bytes, now=None) -> bool:
    """Keep the file of a job. False, and nothing is kept, when the job was given up in the meantime.

    Files of an earlier form of the same report are taken away.
    """
    with atomic_with_files():
        job.file.save("report", ContentFile(data), save=False)
        held = _held(job).update(
            state=JobState.DONE, file=job.file.name, size=len(data), doing="", finished_at=now or timezone.now()
        )
        outdated = Job.objects.filter(publication=job.publication, kind=job.kind, scope=job.scope)
        outdated = list(outdated.exclude(form=job.form)) if held else []
        Job.objects.filter(pk__in=[old.pk for old in outdated]).delete()
    for file in [old.file for old in outdated if old.file] if held else [job.file]:
        file.delete(save=False)
    return bool(held)


def fail_job(*, job: Job, error: str, now=None) -> None:
    """End a job that could not be done; *error* says why, in words for people."""
    _held(job).update(state=JobState.FAILED, error=error[:500], finished_at=now or timezone.now())
