"""Files that take long to make: what is asked for, how far it is, and the file once it is there."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commons.fields import LineField
from indicators.choices import JobState, ReportKind
from indicators.models.publications import Publication

REPORT_FORM = "1"  # raise with any change of what reports hold or look like: they are then made anew
SILENT_AFTER = timedelta(minutes=15)  # without a sign of life; the longest step takes a minute or two
TRIES = 3  # workers that may die over one report before the coordinator has to ask for it


def report_path(job, name: str) -> str:
    """Where a report is kept: under a name nobody can guess, outside the web root."""
    return f"reports/{uuid.uuid4().hex}.{ReportKind(job.kind).suffix}"


class JobQuerySet(models.QuerySet):
    def of_present_form(self):
        return self.filter(form=REPORT_FORM)

    def waiting(self):
        return self.filter(state=JobState.WAITING)

    def ahead_of(self, job: "Job"):
        """Jobs that wait longer than *job*."""
        return self.waiting().filter(requested_at__lt=job.requested_at)


class Job(models.Model):
    """One report of a publication, made once for everybody.

    `scope` names the part it is about: nothing for a full report, else an area's number, a department's slug, or a
    task as `area/code`. `attempt` counts the workers that took it up: only the latest may finish it. `alive_at` is when
    it was last put into the queue or its worker last told how far it is. The queue itself forgets what is done.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="jobs", verbose_name=_("공표본"))
    kind = models.CharField(_("종류"), max_length=12, choices=ReportKind.choices)
    scope = LineField(_("범위"), max_length=60, blank=True)
    form = LineField(_("서식 판"), max_length=10, default=REPORT_FORM)
    state = models.CharField(_("상태"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    attempt = models.PositiveSmallIntegerField(_("시도"), default=0)
    step = models.PositiveSmallIntegerField(_("끝낸 단계"), default=0)
    steps = models.PositiveSmallIntegerField(_("모든 단계"), default=0)
    doing = LineField(_("하는 일"), max_length=100, blank=True)
    file = models.FileField(_("파일"), upload_to=report_path, max_length=200, blank=True)
    size = models.PositiveIntegerField(_("크기"), default=0)
    error = LineField(_("실패한 까닭"), max_length=500, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("요청한 사람"),
    )
    requested_at = models.DateTimeField(_("요청 일시"), default=timezone.now)
    alive_at = models.DateTimeField(_("마지막 진행 일시"), null=True, blank=True)
    finished_at = models.DateTimeField(_("끝난 일시"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("보고서 작성")
        verbose_name_plural = _("보고서 작성")
        ordering = ["requested_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "kind", "scope", "form"], name="job_once"),
        ]

    def __str__(self):
        return f"{self.publication} {self.get_kind_display()} {self.scope}".strip()

    def get_absolute_url(self):
        publication = self.publication
        place = [publication.round.plan.slug, publication.round.year, publication.edition, self.kind]
        return reverse("indicators:report", args=[*place, self.scope] if self.scope else place)

    @property
    def state_choice(self) -> JobState:
        return JobState(self.state)

    def is_silent(self, now: datetime) -> bool:
        """Whether it goes on no more by itself: its worker died, or the queue lost it.

        A sign of life far in the future is none: it is from a clock that ran ahead.
        """
        is_heard = self.alive_at is not None and abs(now - self.alive_at) <= SILENT_AFTER
        return self.state in JobState.unfinished() and not is_heard

    @property
    def has_file(self) -> bool:
        """Whether the file is really there, which a restored backup may have left out."""
        return self.state == JobState.DONE and bool(self.file) and self.file.storage.exists(self.file.name)
