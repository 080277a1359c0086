"""Freezing approved results into numbered editions."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.services import record_activity
from sdgplan.lib.values import Value, plain_number

from ..assessment import METHOD_VERSION, Bands
from ..choices import MissingReason, RoundState, Status
from ..models import Figure, Indicator, Publication, ReportingRound, Result
from ..permissions import publication_lock, require_keeper
from ..selectors.figures import figure_changes
from ..selectors.verdicts import bands_of, judge
from .base import NotAllowedNow, lock_round, require_unlocked


def _figure(indicator: Indicator, target: Value | None, result: Result | None, bands: Bands) -> Figure:
    """Build the unsaved figure of one indicator; a result that is not approved counts as not submitted."""
    found = judge(
        kind=indicator.value_kind,
        direction=indicator.direction,
        target=target,
        actual=result.reading if result else None,
        verdict=result.verdict if result else "",
        bands=bands,
    )
    return Figure(
        indicator=indicator,
        target_value=found.target.number,
        target_text=found.target.text,
        target_missing=found.target.missing,
        actual_value=found.actual.number,
        actual_text=found.actual.text,
        actual_missing=found.actual.missing,
        attainment=found.rate,
        status=found.status,
        status_reason=found.reason,
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
            "bands": {"met": str(bands.met), "near": str(bands.near), "short": str(bands.short)},
            "departments": sorted({task.department.name for task in indicator.tasks.all()}),
            "breakdowns": [[part.group, plain_number(part.value)] for part in result.breakdowns.all()]
            if result
            else [],
            "method_version": METHOD_VERSION,
        },
    )


def canonical_content(figures) -> str:
    """The figures of an edition as one text that depends on nothing but what is published."""
    rows = [
        {
            "target": [plain_number(f.target_value), f.target_text, f.target_missing],
            "actual": [plain_number(f.actual_value), f.actual_text, f.actual_missing],
            "attainment": plain_number(f.attainment),
            "status": [f.status, f.status_reason],
            "explanation": [f.explanation, f.shortfall, f.next_steps, f.basis],
            "inputs": f.inputs,
        }
        for f in sorted(figures, key=lambda f: (f.inputs["area"], f.inputs["code"]))
    ]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(figures) -> str:
    """SHA-256 over the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical_content(figures).encode()).hexdigest()


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
    first = Figure.objects.filter(publication__round=reporting_round, publication__edition=1)
    named = dict(first.values_list("indicator_id", "inputs__departments"))
    bands = bands_of(reporting_round.plan)
    figures = []
    for indicator in indicators:
        target = next((m.reading for m in indicator.milestones.all() if m.year == reporting_round.year), None)
        figure = _figure(indicator, target, approved.get(indicator.pk), bands)
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
