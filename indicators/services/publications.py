"""Freezing approved results into numbered editions."""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import ActivityEntry
from accounts.services import record_activity
from sdgplan.lib.values import SIGNIFICANT_DIGITS, Value, plain_number

from ..assessment import METHOD_VERSION, Bands, assess, assess_trajectory
from ..choices import MissingReason, RoundState, Status
from ..models import Figure, Indicator, Milestone, Publication, ReportingRound, Result
from ..permissions import publication_lock, require_keeper
from ..selectors.figures import bands_of, figure_changes
from .base import NotAllowedNow, lock_round, require_unlocked

RATE_STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Past:
    """What a figure needs besides its target and result: earlier published numbers, last target, who approved."""

    points: list[tuple[int, Decimal]]
    final: Milestone | None
    approved: dict | None


def _stored(rate: Decimal | None) -> Decimal | None:
    """A rate as figures keep it: rounded down, so that 99.99999 % never reads as 100 %, and to no more digits than
    every database gives back unchanged, so that the hash holds."""
    if rate is None:
        return None
    return Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_FLOOR).plus(rate.quantize(RATE_STEP, rounding=ROUND_FLOOR))


def _figure(indicator: Indicator, year: int, target: Value, result: Result | None, bands: Bands, past: Past) -> Figure:
    """Build the unsaved figure of one indicator; a result that is not approved counts as not submitted."""
    actual = result.reading if result else Value(missing=MissingReason.NOT_SUBMITTED)
    verdict = assess(
        kind=indicator.value_kind,
        direction=indicator.direction,
        target=target.number,
        target_text=target.text,
        actual=actual.number,
        actual_text=actual.text,
        verdict=result.verdict if result else "",
        bands=bands,
    )
    final = past.final
    course = assess_trajectory(
        kind=indicator.value_kind,
        direction=indicator.direction,
        points=[*past.points, (year, actual.number)],
        actual_text=actual.text,
        final=(final.year, final.value) if final else None,
        final_text=final.text if final else "",
    )
    points = [*past.points, (year, actual.number)] if actual.number is not None else past.points
    return Figure(
        indicator=indicator,
        target_value=target.number,
        target_text=target.text,
        target_missing=target.missing,
        actual_value=actual.number,
        actual_text=actual.text,
        actual_missing=actual.missing,
        attainment=_stored(verdict.rate),
        status=verdict.status,
        status_reason=verdict.reason,
        pace=_stored(course.pace),
        track=course.track,
        track_reason=course.reason,
        explanation=result.explanation if result else "",
        shortfall=result.shortfall if result else "",
        next_steps=result.next_steps if result else "",
        basis=result.basis if result else "",
        inputs={
            "area": indicator.area.number,
            "code": indicator.code,
            "title": indicator.title,
            "unit": indicator.unit,
            "kind": indicator.value_kind,
            "direction": indicator.direction,
            "decimals": indicator.decimals,
            "is_cumulative": indicator.is_cumulative,
            "bands": {"met": str(bands.met), "near": str(bands.near), "short": str(bands.short)},
            "departments": sorted({task.department.name for task in indicator.tasks.all()}),
            "breakdowns": [[part.group, plain_number(part.value)] for part in result.breakdowns.all()]
            if result
            else [],
            "trajectory": {
                "points": [[point_year, plain_number(number)] for point_year, number in points],
                "final": {"year": final.year, "value": plain_number(final.value), "text": final.text}
                if final
                else None,
            },
            "approved": past.approved,
            "method_version": METHOD_VERSION,
        },
    )


def _canonical_row(figure: Figure) -> dict:
    """All of a figure. One of method version 1 has no track and keeps the row it was hashed with."""
    row = {
        "target": [plain_number(figure.target_value), figure.target_text, figure.target_missing],
        "actual": [plain_number(figure.actual_value), figure.actual_text, figure.actual_missing],
        "attainment": plain_number(figure.attainment),
        "status": [figure.status, figure.status_reason],
        "explanation": [figure.explanation, figure.shortfall, figure.next_steps, figure.basis],
        "inputs": figure.inputs,
    }
    if figure.track:
        row["trajectory"] = [plain_number(figure.pace), figure.track, figure.track_reason]
    return row


def canonical_content(figures) -> str:
    """The figures of an edition as one text that depends on nothing but what is published."""
    rows = [_canonical_row(f) for f in sorted(figures, key=lambda f: (f.inputs["area"], f.inputs["code"]))]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(figures) -> str:
    """SHA-256 over the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical_content(figures).encode()).hexdigest()


def _published_points(reporting_round: ReportingRound) -> dict[int, list[tuple[int, Decimal, str]]]:
    """Numbers that earlier years published for each indicator, with their unit, in the order of years. One query.

    A demo round looks at demo rounds alone, a real one at real ones.
    """
    earlier = Publication.objects.latest_editions().filter(
        round__plan=reporting_round.plan, round__year__lt=reporting_round.year, round__is_demo=reporting_round.is_demo
    )
    figures = Figure.objects.filter(publication__in=earlier, actual_value__isnull=False)
    points: dict[int, list] = defaultdict(list)
    for indicator_id, *point in figures.order_by("publication__round__year").values_list(
        "indicator_id", "publication__round__year", "actual_value", "inputs__unit"
    ):
        points[indicator_id].append(tuple(point))
    return points


def _approvals(results: list[Result]) -> dict[int, dict]:
    """Who approved or corrected each result last, and on which day. One query."""
    entries = (
        ActivityEntry.objects.filter(
            subject_type=Result._meta.label_lower,
            subject_id__in=[str(result.pk) for result in results],
            action__in=[Action.RESULT_APPROVED, Action.RESULT_CORRECTED],
        )
        .order_by("at", "pk")
        .values_list("subject_id", "actor_name", "actor__role", "at")
    )
    return {
        int(subject): {"name": name, "role": role or "", "on": timezone.localdate(at).isoformat()}
        for subject, name, role, at in entries
    }


def build_figures(reporting_round: ReportingRound) -> list[Figure]:
    """The unsaved figures of an edition made now, one for every indicator of the plan. Queries constant with rows.

    A later edition corrects figures, not history: departments keep the names they had in the first one.
    """
    indicators = (
        Indicator.objects.of_plan(reporting_round.plan)
        .select_related("area")
        .prefetch_related("tasks__department", "milestones")
    )
    results = reporting_round.results.approved().prefetch_related("breakdowns")
    approved = {result.indicator_id: result for result in results}
    approvals = _approvals(list(approved.values()))
    published = _published_points(reporting_round)
    first = Figure.objects.filter(publication__round=reporting_round, publication__edition=1)
    named = dict(first.values_list("indicator_id", "inputs__departments"))
    bands = bands_of(reporting_round.plan)
    figures = []
    for indicator in indicators:
        milestones = sorted(indicator.milestones.all(), key=lambda milestone: milestone.year)
        target = next((m.reading for m in milestones if m.year == reporting_round.year), None)
        target = target or Value(missing=MissingReason.NONE_PLANNED)
        result = approved.get(indicator.pk)
        past = Past(
            points=[(year, n) for year, n, unit in published.get(indicator.pk, []) if unit == indicator.unit],
            final=next((m for m in reversed(milestones) if m.reading.has_content), None),
            approved=approvals.get(result.pk) if result else None,
        )
        figure = _figure(indicator, reporting_round.year, target, result, bands, past)
        figure.inputs["departments"] = named.get(indicator.pk, figure.inputs["departments"])
        figures.append(figure)
    return figures


@dataclass(frozen=True)
class PublicationPreview:
    """What publishing a round now would show. `changes` are the figures that differ from the edition before."""

    previous: Publication | None
    figures: list[Figure]
    sha256: str
    changes: list[tuple[Figure, list[tuple[str, str, str]]]]

    @property
    def edition(self) -> int:
        return self.previous.edition + 1 if self.previous else 1

    @property
    def statuses(self) -> list[tuple[Status, int]]:
        """How many figures would have which status, in the legend's order."""
        counted = Counter(figure.status for figure in self.figures)
        return [(status, counted[status]) for status in Status]

    @property
    def not_submitted(self) -> int:
        return sum(figure.actual_missing == MissingReason.NOT_SUBMITTED for figure in self.figures)

    @property
    def with_result(self) -> int:
        return len(self.figures) - self.not_submitted

    @property
    def says_nothing_new(self) -> bool:
        return self.previous is not None and self.previous.sha256 == self.sha256


def preview_publication(reporting_round: ReportingRound) -> PublicationPreview:
    """Build the next edition without storing anything, with the same code that publishes."""
    figures = build_figures(reporting_round)
    previous = reporting_round.publications.order_by("-edition").first()
    changes = []
    if previous:
        before = {figure.indicator_id: figure for figure in previous.figures.all()}
        for figure in figures:
            old = before.get(figure.indicator_id)
            differing = figure_changes(old, figure) if old else []
            if differing:
                changes.append((figure, differing))
    return PublicationPreview(previous, figures, digest_of(figures), changes)


@transaction.atomic
def publish_round(
    *, actor, reporting_round: ReportingRound, reason: str = "", seen_sha256: str = "", now=None
) -> Publication:
    """Freeze all approved results of a closed or published round as the figures of a new edition.

    Indicators without an approved result get a figure that says so, so that every edition covers the whole plan.
    The first edition needs a closed round; every later one a reason and at least one figure that differs.
    *seen_sha256* is the fingerprint of the preview that *actor* decided on: when the content differs by now,
    nothing is published.
    """
    require_keeper(actor)
    locked = lock_round(reporting_round)
    previous = locked.publications.order_by("-edition").first()
    require_unlocked(publication_lock(locked))
    if previous and not reason.strip():
        raise NotAllowedNow(_("정정 사유를 적어 주십시오. 공개 화면에 함께 보입니다."))

    figures = build_figures(locked)
    digest = digest_of(figures)
    if previous and previous.sha256 == digest:
        raise NotAllowedNow(_("앞선 공표본과 달라진 수치가 없어 새로 공표하지 않았습니다."))
    if seen_sha256 and seen_sha256 != digest:
        raise NotAllowedNow(
            _("그 사이 공표할 내용이 바뀌어 공표하지 않았습니다. 바뀐 내용을 확인한 뒤 다시 눌러 주십시오.")
        )

    publication = Publication.objects.create(
        round=locked,
        edition=previous.edition + 1 if previous else 1,
        published_at=now or timezone.now(),
        published_by_name=str(actor),
        reason=reason.strip() if previous else "",
        method_version=METHOD_VERSION,
        sha256=digest,
    )
    for figure in figures:
        figure.publication = publication
    Figure.objects.bulk_create(figures)
    locked.state = RoundState.PUBLISHED
    locked.save(update_fields=["state"])
    record_activity(actor=actor, action=Action.PUBLISHED, subject=publication, now=now, comment=publication.reason)
    return publication
