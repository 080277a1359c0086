"""Publications and their figures: written once, corrected only by a new edition."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commons.fields import LineField, ProseField
from commons.models import FrozenModel, FrozenQuerySet
from commons.values import DECIMAL_PLACES, MAX_DIGITS, Value
from indicators.choices import MissingReason, Status, Track
from indicators.models.indicators import Indicator
from indicators.models.results import NarrativeModel
from indicators.models.rounds import ReportingRound


class PublicationQuerySet(FrozenQuerySet):
    def of_plan(self, plan):
        return self.filter(round__plan=plan)

    def latest_editions(self):
        """The newest edition of each round: what the public sees."""
        later = Publication.objects.filter(round=OuterRef("round"), edition__gt=OuterRef("edition"))
        return self.filter(~Exists(later))


class Publication(FrozenModel):
    """A numbered edition (공표본) of a round's figures. `sha256` is over its canonical content."""

    round = models.ForeignKey(ReportingRound, models.PROTECT, related_name="publications", verbose_name=_("회차"))
    edition = models.PositiveSmallIntegerField(_("판"))
    published_at = models.DateTimeField(_("공표 일시"), default=timezone.now)
    published_by_name = LineField(_("공표한 사람"), max_length=120)
    reason = ProseField(_("정정 사유"), blank=True)
    method_version = LineField(_("판정 방법"), max_length=20)
    sha256 = LineField(_("내용 해시"), max_length=64)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("공표본")
        verbose_name_plural = _("공표본")
        ordering = ["round__year", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["round", "edition"], name="publication_unique_edition"),
            models.CheckConstraint(
                condition=Q(edition=1) | ~Q(reason=""),
                name="publication_correction_has_reason",
                violation_error_message=_("정정 공표에는 사유가 필요합니다."),
            ),
        ]

    def __str__(self):
        return f"{self.round.year}년 실적 {self.edition}판"


class FigureQuerySet(FrozenQuerySet):
    def current(self):
        """Figures of the newest edition of each round."""
        return self.filter(publication__in=Publication.objects.latest_editions())


class Figure(NarrativeModel, FrozenModel):
    """One indicator's published target, actual and status (공표 수치), with all that its status was made from.

    `inputs` keeps what the figure was computed and shown with: code, title, unit, direction, decimals, bands,
    departments as they were named then, who approved ({"name", "role", "on"}; the name is not for the public), and
    of the trajectory its points ([[year, number], …]) and the last target ({"year", "value", "text"}).
    `track` and `inputs["trajectory"]` are empty in editions of method version 1, which had no trajectory.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="figures", verbose_name=_("공표본"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="figures", verbose_name=_("이행지표"))
    target_value = models.DecimalField(
        _("목표치"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    target_text = LineField(_("목표(서술)"), max_length=200, blank=True)
    target_missing = models.CharField(_("목표 없는 사유"), max_length=20, choices=MissingReason.choices, blank=True)
    actual_value = models.DecimalField(
        _("실적"), max_digits=MAX_DIGITS, decimal_places=DECIMAL_PLACES, null=True, blank=True
    )
    actual_text = LineField(_("실적(서술)"), max_length=200, blank=True)
    actual_missing = models.CharField(_("실적 없는 사유"), max_length=20, choices=MissingReason.choices, blank=True)
    attainment = models.DecimalField(
        _("달성률"), max_digits=MAX_DIGITS + 6, decimal_places=6, null=True, blank=True, help_text=_("1이 100%입니다.")
    )
    status = models.CharField(_("판정"), max_length=10, choices=Status.choices)
    status_reason = LineField(_("판정 근거"), max_length=20)
    pace = models.DecimalField(
        _("추진 속도"),
        max_digits=MAX_DIGITS + 8,
        decimal_places=6,
        null=True,
        blank=True,
        help_text=_("마지막 목표에 필요한 속도를 1로 본 값입니다."),
    )
    track = models.CharField(_("궤도"), max_length=10, choices=Track.choices, blank=True)
    track_reason = LineField(_("궤도 근거"), max_length=20, blank=True)
    inputs = models.JSONField(_("판정에 쓴 자료"), default=dict)

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("공표 수치")
        verbose_name_plural = _("공표 수치")
        ordering = ["publication", "indicator__area__number", "indicator__sort_code"]
        constraints = [models.UniqueConstraint(fields=["publication", "indicator"], name="figure_unique_indicator")]

    def __str__(self):
        return f"{self.publication} {self.indicator}"

    @property
    def target(self) -> Value:
        return Value(self.target_value, self.target_text, self.target_missing)

    @property
    def actual(self) -> Value:
        return Value(self.actual_value, self.actual_text, self.actual_missing)


class PublishedFile(FrozenModel):
    """A file of an edition, kept as it was made so that not one byte of it ever changes. `size` is in bytes."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="files", verbose_name=_("공표본"))
    name = LineField(_("파일 이름"), max_length=60)
    content_type = LineField(_("파일 종류"), max_length=100)
    size = models.PositiveIntegerField(_("크기"))
    sha256 = LineField(_("내용 해시"), max_length=64)
    content = models.BinaryField(_("내용"))

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("공표본 파일")
        verbose_name_plural = _("공표본 파일")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["publication", "name"], name="published_file_unique_name")]

    def __str__(self):
        return f"{self.publication} {self.name}"
