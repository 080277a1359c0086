"""Keeping an uploaded workbook until it is confirmed, and writing all of it or nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.services import record_activity
from commons.files import atomic_with_files
from commons.sheets.uploads import store_upload, upload_to_confirm
from indicators.acts import lock_round
from indicators.collecting.services.results import Yardsticks, write_draft
from indicators.models import ReportingRound, Result, WorkbookUpload
from indicators.permissions import require_workbook_user, require_workbook_writer


class RowToWrite(Protocol):
    """One row of a workbook: `result` with the version it was compared with, `new` values, and how many `cells`."""

    result: Result
    new: dict
    cells: int


@dataclass(frozen=True)
class Confirmed:
    """What a confirmed workbook wrote."""

    rows: int
    cells: int


@atomic_with_files()
def keep_upload(
    *, actor, reporting_round: ReportingRound, data: bytes, name: str, sha256: str, now=None
) -> WorkbookUpload:
    """Keep the content of a file that was read, for its preview and confirmation; clear expired ones away.

    An officer's file is kept for the own department, that of a person who runs rounds for all.
    """
    require_workbook_user(actor)
    upload = WorkbookUpload(
        owner=actor,
        round=reporting_round,
        department=actor.department if actor.is_officer else None,
        name=name,
        sha256=sha256,
    )
    return store_upload(upload, data, now)


@transaction.atomic
def confirm_workbook(
    *, actor, upload: WorkbookUpload, prepare: Callable[[ReportingRound], Iterable[RowToWrite]], now=None
) -> Confirmed:
    """Write all rows of an uploaded workbook as drafts.

    *prepare* is called with the locked round and returns the rows; as nobody else can write in the round until the
    act has ended, what it compares is what is written. Whatever it raises ends the act with nothing written.
    Raises NotAllowedNow, StaleResult and PermissionDenied as `save_result` does.
    """
    require_workbook_user(actor)
    locked = lock_round(upload.round)
    current = upload_to_confirm(actor, upload, now)
    rows = list(prepare(locked))
    yardsticks = Yardsticks.of(locked, [row.result.indicator for row in rows])
    for row in rows:
        require_workbook_writer(actor, row.result)
        write_draft(actor, row.result, row.new, now, yardsticks=yardsticks)
    done = Confirmed(len(rows), sum(row.cells for row in rows))
    current.confirmed_at = now or timezone.now()
    current.save(update_fields=["confirmed_at"])
    record_activity(
        actor=actor,
        action=Action.WORKBOOK_CONFIRMED,
        subject=locked,
        now=now,
        changes=[(_("바뀐 지표"), "", done.rows), (_("바뀐 칸"), "", done.cells)],
        comment=f"{current.department or _('모든 부서')} · {current.name} (SHA-256 {current.sha256})",
    )
    return done
