"""Freezing approved results into numbered editions."""

import hashlib
import json
from collections import Counter, defaultdict
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.models import ActivityEntry
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from commons.fields import tidied
from commons.values import Value, plain_number
from indicators.acts import lock_round
from indicators.assessment import METHOD_VERSION, Bands, assess_trajectory
from indicators.choices import BreakdownGroup, MissingReason, RoundState, Status
from indicators.figures.selectors.editions import build_files
from indicators.figures.selectors.figures import figure_changes
from indicators.figures.selectors.verdicts import bands_of, judge, stored_rate
from indicators.models import Figure, Indicator, Milestone, Publication, PublishedFile, ReportingRound, Result
from indicators.permissions import publication_lock


@dataclass(frozen=True)
class Past:
    """What a figure needs besides its target and result: earlier published numbers, last target, who approved."""

    points: list[tuple[int, Decimal]]
    final: Milestone | None
    approved: dict | None


def _target_in(indicator: Indicator, year: int) -> Value | None:
    """The planned value of *year* (milestones prefetched)."""
    return next((m.reading for m in indicator.milestones.all() if m.year == year), None)


def _parts_of(result: Result) -> dict[str, Decimal]:
    return {part.group: part.value for part in result.breakdowns.all()} if result.pk else {}


def _figure(
    indicator: Indicator, year: int, result: Result | None, parts: dict[str, Decimal], bands: Bands, past: Past
) -> Figure:
    """Build the unsaved figure of one indicator; a result that is not approved counts as not submitted.

    *parts* are the breakdowns of *result*, by group.
    """
    found = judge(
        kind=indicator.value_kind,
        direction=indicator.direction,
        target=_target_in(indicator, year),
        actual=result.reading if result else None,
        verdict=result.verdict if result else "",
        bands=bands,
    )
    target, actual = found.target, found.actual
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
    figure = Figure(
        indicator=indicator,
        target_value=target.number,
        target_text=target.text,
        target_missing=target.missing,
        actual_value=actual.number,
        actual_text=actual.text,
        actual_missing=actual.missing,
        attainment=found.rate,
        status=found.status,
        status_reason=found.reason,
        pace=stored_rate(course.pace),
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
            "breakdowns": [[group, plain_number(parts[group])] for group in BreakdownGroup.values if group in parts],
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
    return tidied(figure)


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


def _past_of(indicator: Indicator, published: dict, approval: dict | None) -> Past:
    """Earlier numbers in the indicator's present unit, and its last milestone (prefetched)."""
    milestones = sorted(indicator.milestones.all(), key=lambda milestone: milestone.year, reverse=True)
    return Past(
        points=[(year, number) for year, number, unit in published.get(indicator.pk, []) if unit == indicator.unit],
        final=next((m for m in milestones if m.reading.has_content), None),
        approved=approval,
    )


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
        result = approved.get(indicator.pk)
        parts = _parts_of(result) if result else {}
        approval = approvals.get(result.pk) if result else None
        past = _past_of(indicator, published, approval)
        figure = _figure(indicator, reporting_round.year, result, parts, bands, past)
        figure.inputs["departments"] = named.get(indicator.pk, figure.inputs["departments"])
        figures.append(figure)
    return figures


@dataclass(frozen=True)
class CorrectionPreview:
    """What the next edition would show otherwise than the newest one: what, old and new in words."""

    changes: list[tuple[str, str, str]]
    sha256: str
    status: Status
    keeps_status: bool


def preview_correction(result: Result, new: dict) -> CorrectionPreview:
    """What correcting *result* of a published round to *new* would change in public, without storing anything."""
    corrected = copy(result)
    for name, value in new.items():
        if name != "breakdowns":
            setattr(corrected, name, value)
    indicator, reporting_round = result.indicator, result.round
    published = Figure.objects.current().get(publication__round=reporting_round, indicator=indicator)
    parts = new.get("breakdowns", _parts_of(result))
    past = _past_of(indicator, _published_points(reporting_round), None)
    figure = _figure(indicator, reporting_round.year, corrected, parts, bands_of(reporting_round.plan), past)
    return CorrectionPreview(
        changes=figure_changes(published, figure),
        sha256=digest_of([figure]),
        status=Status(figure.status),
        keeps_status=figure.status == published.status,
    )


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
    PublishedFile.objects.bulk_create(build_files(publication))
    locked.state = RoundState.PUBLISHED
    locked.save(update_fields=["state"])
    record_activity(actor=actor, action=Action.PUBLISHED, subject=publication, now=now, comment=publication.reason)
    return publication


def keep_files(publication: Publication) -> list[PublishedFile]:
    """The files of an edition without their content, made and kept if that was not done when it was published.

    Two who ask at once make the same bytes, and the first ones stay.
    """
    kept = publication.files.defer("content")
    if not kept.exists():
        PublishedFile.objects.bulk_create(build_files(publication), ignore_conflicts=True)
    return list(kept.all())
