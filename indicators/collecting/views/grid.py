"""The grid of a department: all its indicators of a round in one table, typed through by keyboard."""

from dataclasses import dataclass, field, replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Department
from accounts.permissions import can_run_rounds
from commons.acts import Lock, NotAllowedNow
from indicators.acts import StaleResult
from indicators.choices import ResultState
from indicators.collecting.forms.grid import GridRowForm
from indicators.collecting.selectors.entry import EntryRow, EntryTotals, entry_rows, years_before
from indicators.collecting.services.results import save_result, submit_result
from indicators.models import ReportingRound
from indicators.permissions import round_lock, state_lock
from indicators.wording import NOTHING, value_in_words
from plans.models import Plan
from plans.stamps import shared_reads

SAVED, SUBMITTED, UNSAVED = "saved", "submitted", "unsaved"
INVALID, STALE, REFUSED = "invalid", "stale", "refused"  # not saved
HELD, DOUBTED = "held", "doubted"  # saved, but not handed in
PROBLEMS = {INVALID, STALE, REFUSED, HELD, DOUBTED}


@dataclass
class GridRow:
    """One row of the page: what is stored, the form when it can be written, and what came of the last act."""

    entry: EntryRow
    form: GridRowForm | None = None
    lock: Lock | None = None
    outcome: str = ""
    message: str = ""
    understood: str = ""
    comparison: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def past(self) -> list[tuple[int, str]]:
        indicator, past = self.entry.indicator, self.entry.past
        years = years_before(self.entry.result.round)
        return [
            (year, value_in_words(past[year], indicator, with_unit=False) if year in past else NOTHING)
            for year in years
        ]

    @property
    def target(self) -> str:
        return value_in_words(self.entry.target, self.entry.indicator, with_unit=False)

    @property
    def actual(self) -> str:
        return value_in_words(self.entry.result.reading, self.entry.indicator, with_unit=False)

    @property
    def is_returned(self) -> bool:
        return self.form is not None and self.entry.state == ResultState.RETURNED

    @property
    def has_more(self) -> bool:
        """Whether something has to be said below the row."""
        told = self.lock or self.message or self.understood or self.comparison or self.outcome == STALE
        told = told or self.is_returned
        return bool(told or (self.form and (self.form.open_doubts or self.form.understood or self.form.reasons_meant)))

    @property
    def saved_today(self) -> bool:
        return timezone.localdate(self.entry.result.updated_at) == timezone.localdate()


def _department_for(request) -> Department:
    """The own department of an officer or head; any one that is named, for those who run rounds."""
    user, named = request.user, request.GET.get("department", "")
    if can_run_rounds(user):
        return get_object_or_404(Department, slug=named)
    if not (user.is_officer or user.is_head) or named not in ("", user.department.slug):
        raise Http404
    return user.department


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@shared_reads
def grid(request, slug, year):
    """Show the grid; save the rows that changed, or one of them, or hand in all that are filled in."""
    plan = get_object_or_404(Plan, slug=slug)
    department = _department_for(request)
    reporting_round = get_object_or_404(ReportingRound.objects.select_related("plan"), plan=plan, year=year)
    writes = request.user.is_officer
    if request.method == "POST" and not writes:
        raise PermissionDenied
    lock = round_lock(reporting_round, department.pk) if writes else None
    entries = entry_rows(reporting_round, department)
    page = {
        "plan": plan,
        "round": reporting_round,
        "department": department,
        "due_on": reporting_round.due_for(department.pk),
        "years": years_before(reporting_round),
        "writes": writes,
        "round_lock": lock,
    }
    if request.method == "POST":
        return _write(request, page, entries)
    rows = [_fresh(entry, lock, writes) for entry in entries]
    return _answer(request, page, rows)


def _answer(request, page, rows, status=200):
    page |= {
        "rows": rows,
        "totals": EntryTotals.of([row.entry for row in rows]),
        "problems": [row for row in rows if row.outcome in PROBLEMS],
        "counts": {name: sum(row.outcome == name for row in rows) for name in (SAVED, SUBMITTED, UNSAVED)},
        "can_write": any(row.form for row in rows),
    }
    return render(request, "indicators/grid.html", page, status=status)


def _fresh(entry: EntryRow, round_is_locked: Lock | None, writes: bool = True, **outcome) -> GridRow:
    """The row as it is stored, with an untouched form when it can be written."""
    lock = None if round_is_locked else state_lock(entry.result)
    can_write = writes and not round_is_locked and not lock
    return GridRow(entry, GridRowForm(row=entry) if can_write else None, lock if writes else None, **outcome)


def _write(request, page, entries):
    """Save row by row, each in its own transaction, so that a bad row does not lose the others."""
    only, submitting = request.POST.get("row", ""), request.POST.get("action") == "submit"
    rows = [
        _act_on(request, entry, page["round_lock"], wanted=only in ("", str(entry.indicator.pk)), submitting=submitting)
        for entry in entries
    ]
    outcomes = {row.outcome for row in rows}
    status = 409 if outcomes & {STALE, REFUSED} else 422 if outcomes & PROBLEMS else 200
    if "fragment" in request.POST:
        return _fragment(request, page, rows, only)
    if status == 200 and UNSAVED not in outcomes:
        _tell(request, rows)
        return redirect("indicators:grid", page["plan"].slug, page["round"].year)
    return _answer(request, page, rows, status)


def _fragment(request, page, rows, only):
    """One row and the totals, for the script that saves a row when it is left."""
    row = next((row for row in rows if str(row.entry.indicator.pk) == only), None)
    if row is None:
        raise Http404
    status = 409 if row.outcome in (STALE, REFUSED) else 422 if row.outcome == INVALID else 200
    page |= {"row": row, "totals": EntryTotals.of([each.entry for each in rows])}
    return render(request, "indicators/_grid_fragment.html", page, status=status)


def _tell(request, rows) -> None:
    for row in rows:
        if row.understood:
            messages.info(request, f"{row.entry.indicator}: {row.understood}")
    saved = sum(row.outcome == SAVED for row in rows)
    submitted = sum(row.outcome == SUBMITTED for row in rows)
    if submitted:
        messages.success(
            request, _("지표 %(count)d개를 제출했습니다. 총괄 담당자가 검토합니다.") % {"count": submitted}
        )
    elif saved:
        messages.success(request, _("지표 %(count)d개를 저장했습니다. 아직 제출하지 않았습니다.") % {"count": saved})
    else:
        messages.info(request, _("바뀐 내용이 없어 저장하지 않았습니다."))


def _act_on(request, entry: EntryRow, lock: Lock | None, *, wanted: bool, submitting: bool) -> GridRow:
    form = GridRowForm(request.POST, row=entry)
    fresh = _fresh(entry, lock)
    if not form.is_touched:
        return _submit(request.user, entry, lock) if wanted and submitting and form.is_sent and fresh.form else fresh
    if fresh.form is None:
        return _refused(fresh, form, str(lock or fresh.lock))
    if not wanted:
        return GridRow(entry, form, outcome=UNSAVED)
    if not form.is_valid():
        return GridRow(entry, form, outcome=INVALID)
    stored_version, entry.result.version = entry.result.version, form.cleaned_data["version"]
    try:
        entry.result = save_result(actor=request.user, result=entry.result, new=form.new_values)
    except StaleResult as stale:
        entry.result = stale.current
        form.rebase(stale.current.version)
        return GridRow(entry, form, outcome=STALE, comparison=form.compare_with(stale.current))
    except NotAllowedNow as refusal:
        entry.result.version = stored_version
        return _refused(fresh, form, str(refusal))
    if submitting:
        return replace(_submit(request.user, entry, lock), understood=form.understood)
    return _fresh(entry, lock, outcome=SAVED, understood=form.understood)


def _refused(row: GridRow, form: GridRowForm, message: str) -> GridRow:
    """A row that was locked in the meantime: it says why, and what was typed is not swallowed."""
    row.outcome, row.message, row.comparison = REFUSED, message, form.compare_with(row.entry.result)
    return row


def _submit(user, entry: EntryRow, lock: Lock | None) -> GridRow:
    """Hand in a stored row that says something, unless something about it has to be settled first."""
    row = _fresh(entry, lock)
    if not entry.result.reading.is_given:
        return row
    form = GridRowForm.of_stored(entry)
    if not form.is_valid():
        return GridRow(entry, form, outcome=HELD)
    if form.open_doubts:
        row.outcome = DOUBTED
        return row
    try:
        entry.result = submit_result(actor=user, result=entry.result, new={})
    except StaleResult as stale:
        entry.result = stale.current
        return _fresh(entry, lock, outcome=REFUSED, message=_("그 사이 다른 사람이 저장하여 제출하지 않았습니다."))
    except NotAllowedNow as refusal:
        row.outcome, row.message = REFUSED, str(refusal)
        return row
    return _fresh(entry, lock, outcome=SUBMITTED)
