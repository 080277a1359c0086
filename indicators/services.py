"""Acts on rounds and results. Each is one transaction, guards first, and leaves an activity entry.

Who may act is checked here too (PermissionDenied), whatever door the act came through.

Every act on a round locks the round's row first, so that saving, submitting, closing and publishing never overlap.
`now` (an aware datetime) stands for the moment of the act; it is only given when a past act is entered.
"""

import hashlib
import json
from decimal import ROUND_FLOOR, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.services import record_activity
from plans.models import Plan
from sdgplan.lib.values import Value, plain_number

from .assessment import METHOD_VERSION, Bands, assess
from .choices import MissingReason, ResultState, RoundState
from .models import Figure, Indicator, Publication, ReportingRound, Result, RoundExtension
from .permissions import require_keeper, require_result_writer, result_lock
from .wording import value_in_words

RATE_STEP = Decimal("0.000001")


class NotAllowedNow(Exception):
    """An act that the state of the round or result does not allow; the message says why, for people."""


class StaleResult(Exception):
    """Somebody saved in between. `current` is the stored result with the other person's values."""

    def __init__(self, current: Result):
        super().__init__("the result was saved by somebody else in between")
        self.current = current


def _lock_round(reporting_round: ReportingRound) -> ReportingRound:
    return ReportingRound.objects.select_for_update().select_related("plan").get(pk=reporting_round.pk)


# --- rounds


@transaction.atomic
def plan_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Store a new, validated round in the state `planned`."""
    require_keeper(actor)
    reporting_round.state = RoundState.PLANNED
    reporting_round.save()
    record_activity(actor=actor, action=Action.ROUND_PLANNED, subject=reporting_round, now=now)
    return reporting_round


@transaction.atomic
def open_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Open a planned or closed round: departments may write from now on."""
    require_keeper(actor)
    locked = _lock_round(reporting_round)
    if locked.state not in (RoundState.PLANNED, RoundState.CLOSED):
        raise NotAllowedNow(_("계획되었거나 마감된 회차만 시작할 수 있습니다."))
    locked.state = RoundState.OPEN
    locked.closed_on = None
    locked.save(update_fields=["state", "closed_on"])
    record_activity(actor=actor, action=Action.ROUND_OPENED, subject=locked, now=now)
    return locked


@transaction.atomic
def close_round(*, actor, reporting_round: ReportingRound, now=None) -> ReportingRound:
    """Close an open round: departments can no longer write, unless one has an extension."""
    require_keeper(actor)
    locked = _lock_round(reporting_round)
    if locked.state != RoundState.OPEN:
        raise NotAllowedNow(_("입력 중인 회차만 마감할 수 있습니다."))
    locked.state = RoundState.CLOSED
    locked.closed_on = timezone.localdate(now)
    locked.save(update_fields=["state", "closed_on"])
    record_activity(actor=actor, action=Action.ROUND_CLOSED, subject=locked, now=now)
    return locked


@transaction.atomic
def extend_round(*, actor, reporting_round: ReportingRound, department, until, now=None) -> RoundExtension:
    """Let one department write until the day *until*, also after the round is closed."""
    require_keeper(actor)
    locked = _lock_round(reporting_round)
    if locked.state not in (RoundState.OPEN, RoundState.CLOSED):
        raise NotAllowedNow(_("입력 중이거나 마감된 회차만 기한을 연장할 수 있습니다."))
    extension, _created = RoundExtension.objects.update_or_create(
        round=locked, department=department, defaults={"until": until}
    )
    record_activity(
        actor=actor,
        action=Action.ROUND_EXTENDED,
        subject=locked,
        now=now,
        changes=[(str(department), locked.due_on, until)],
    )
    return extension


# --- results


def _changes(before: Result, after: Result) -> list[tuple[str, str, str]]:
    """Old and new of what a person sees, for the trace."""
    pairs = [
        (_("값"), value_in_words(before.reading, before.indicator), value_in_words(after.reading, after.indicator)),
        (_("설명"), before.explanation, after.explanation),
        (_("담당자 판정"), before.get_verdict_display(), after.get_verdict_display()),
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _current_result(reporting_round: ReportingRound, indicator: Indicator) -> Result:
    current = Result.objects.select_related("updated_by").filter(round=reporting_round, indicator=indicator).first()
    current = current or Result(round=reporting_round, indicator=indicator, version=0)
    current.round, current.indicator = reporting_round, indicator
    return current


def _store(result: Result, actor, now) -> None:
    result.version += 1
    result.updated_by = actor
    result.updated_at = now or timezone.now()
    result.save()


def _write(actor, result: Result, new: dict, now) -> Result:
    """Replace the values of the stored result by *new*, guarding actor, round, state and version."""
    require_result_writer(actor, result)
    current = _current_result(_lock_round(result.round), result.indicator)
    lock = result_lock(actor, current)
    if lock:
        raise NotAllowedNow(str(lock))
    if current.version != result.version:
        raise StaleResult(current)
    before = _current_result(current.round, current.indicator)
    for name, value in new.items():
        setattr(current, name, value)
    changes = _changes(before, current)
    if changes or current.pk is None:
        _store(current, actor, now)
        record_activity(actor=actor, action=Action.RESULT_SAVED, subject=current, now=now, changes=changes)
    return current


@transaction.atomic
def save_result(*, actor, result: Result, new: dict, now=None) -> Result:
    """Save a draft. *result* carries the version its values were read with; *new* maps field names to values.

    Raises StaleResult when somebody saved in between, NotAllowedNow when round or state are locked.
    """
    return _write(actor, result, new, now)


@transaction.atomic
def submit_result(*, actor, result: Result, new: dict, now=None) -> Result:
    """Save and hand in to the coordinator. Raises as save_result; also NotAllowedNow when nothing is given."""
    current = _write(actor, result, new, now)
    if not current.reading.is_given:
        raise NotAllowedNow(_("값이나 값이 없는 사유를 입력해야 제출할 수 있습니다."))
    current.state = ResultState.SUBMITTED
    current.submitted_at = now or timezone.now()
    _store(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_SUBMITTED, subject=current, now=now)
    return current


def _reviewable(result: Result, states: set[ResultState]) -> Result:
    locked_round = _lock_round(result.round)
    current = _current_result(locked_round, result.indicator)
    if locked_round.state == RoundState.PUBLISHED:
        raise NotAllowedNow(_("공표된 회차입니다. 잘못된 값은 정정 공표로 바로잡아 주십시오."))
    if current.state not in states or current.pk is None:
        raise NotAllowedNow(_("그 사이 상태가 바뀌어 처리하지 않았습니다. 지금 상태를 확인해 주십시오."))
    if current.version != result.version:
        raise StaleResult(current)
    return current


@transaction.atomic
def return_result(*, actor, result: Result, comment: str, now=None) -> Result:
    """Send a submitted or approved result back to its department with a comment."""
    require_keeper(actor)
    if not comment.strip():
        raise NotAllowedNow(_("반려하는 까닭을 적어 주십시오."))
    current = _reviewable(result, ResultState.handed_in())
    current.state = ResultState.RETURNED
    current.review_comment = comment
    _store(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_RETURNED, subject=current, now=now, comment=comment)
    return current


@transaction.atomic
def approve_result(*, actor, result: Result, now=None) -> Result:
    """Approve a submitted result, so that the next publication takes it up."""
    require_keeper(actor)
    current = _reviewable(result, {ResultState.SUBMITTED})
    current.state = ResultState.APPROVED
    current.review_comment = ""
    _store(current, actor, now)
    record_activity(actor=actor, action=Action.RESULT_APPROVED, subject=current, now=now)
    return current


@transaction.atomic
def correct_result(*, actor, result: Result, new: dict, comment: str, now=None) -> Result:
    """Change a result of a published round. The public sees it with the next edition, which shows old and new."""
    require_keeper(actor)
    locked_round = _lock_round(result.round)
    current = _current_result(locked_round, result.indicator)
    if locked_round.state != RoundState.PUBLISHED:
        raise NotAllowedNow(_("공표된 회차에서만 정정할 수 있습니다."))
    if current.version != result.version:
        raise StaleResult(current)
    before = _current_result(locked_round, result.indicator)
    for name, value in new.items():
        setattr(current, name, value)
    if not current.reading.is_given:
        raise NotAllowedNow(_("값이나 값이 없는 사유를 입력해야 정정할 수 있습니다."))
    current.state = ResultState.APPROVED
    _store(current, actor, now)
    record_activity(
        actor=actor,
        action=Action.RESULT_CORRECTED,
        subject=current,
        now=now,
        changes=_changes(before, current),
        comment=comment,
    )
    return current


# --- publication


def bands_of(plan: Plan) -> Bands:
    return Bands(met=plan.band_met, near=plan.band_near, short=plan.band_short)


def _figure(indicator: Indicator, target: Value, result: Result | None, bands: Bands) -> Figure:
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
    return Figure(
        indicator=indicator,
        target_value=target.number,
        target_text=target.text,
        target_missing=target.missing,
        actual_value=actual.number,
        actual_text=actual.text,
        actual_missing=actual.missing,
        attainment=None if verdict.rate is None else verdict.rate.quantize(RATE_STEP, rounding=ROUND_FLOOR),
        status=verdict.status,
        status_reason=verdict.reason,
        explanation=result.explanation if result else "",
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
            "explanation": f.explanation,
            "inputs": f.inputs,
        }
        for f in sorted(figures, key=lambda f: (f.inputs["area"], f.inputs["code"]))
    ]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(figures) -> str:
    """SHA-256 over the canonical content, in hexadecimal."""
    return hashlib.sha256(canonical_content(figures).encode()).hexdigest()


@transaction.atomic
def publish_round(*, actor, reporting_round: ReportingRound, reason: str = "", now=None) -> Publication:
    """Freeze all approved results of a closed or published round as the figures of a new edition.

    Indicators without an approved result get a figure that says so, so that every edition covers the whole plan.
    The first edition needs a closed round; every later one a reason and at least one figure that differs.
    """
    require_keeper(actor)
    locked = _lock_round(reporting_round)
    previous = locked.publications.order_by("-edition").first()
    if locked.state not in (RoundState.CLOSED, RoundState.PUBLISHED):
        raise NotAllowedNow(_("회차를 마감한 뒤에 공표할 수 있습니다."))
    if previous and not reason.strip():
        raise NotAllowedNow(_("정정 사유를 적어 주십시오. 공개 화면에 함께 보입니다."))

    indicators = (
        Indicator.objects.of_plan(locked.plan)
        .select_related("area")
        .prefetch_related("tasks__department", "milestones")
    )
    approved = {result.indicator_id: result for result in locked.results.approved()}
    bands = bands_of(locked.plan)
    figures = []
    for indicator in indicators:
        target = next((m.reading for m in indicator.milestones.all() if m.year == locked.year), None)
        target = target or Value(missing=MissingReason.NONE_PLANNED)
        figures.append(_figure(indicator, target, approved.get(indicator.pk), bands))
    digest = digest_of(figures)
    if previous and previous.sha256 == digest:
        raise NotAllowedNow(_("앞선 공표본과 달라진 수치가 없어 새로 공표하지 않았습니다."))

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
