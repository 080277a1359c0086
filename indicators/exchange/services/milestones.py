"""Yearly targets that come in as a file, all of it or nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activities, record_activity
from commons.acts import NotAgreed, NotAllowedNow
from commons.files import atomic_with_files
from commons.sheets.uploads import store_upload, upload_to_confirm
from indicators.exchange.selectors.milestones import MilestoneIndex, parts_of, state_in_words
from indicators.exchange.services.bulk import insert_milestones, update_milestones
from indicators.models import Indicator, MilestoneUpload
from plans.models import Plan
from plans.stamps import renew_stamp


class MilestonesToWrite(Protocol):
    """What was compared: `changes` as (row, key of the index, old state, new state), `published` of them in years that
    are published, and whether the rows told what they were written from."""

    changes: Iterable[tuple]
    published: int
    has_origin: bool


@dataclass(frozen=True)
class MilestonesConfirmed:
    """What a confirmed file wrote."""

    milestones: int
    indicators: int


@atomic_with_files()
def keep_milestone_upload(
    *, actor, plan: Plan, data: bytes, name: str, sha256: str, sent_sha256: str, now=None
) -> MilestoneUpload:
    """Keep what was read of a file, for its preview and confirmation; clear expired ones away.

    *sha256* is of *data*, *sent_sha256* of the file as it was sent.
    """
    require_keeper(actor)
    upload = MilestoneUpload(owner=actor, plan=plan, name=name, sha256=sha256, sent_sha256=sent_sha256)
    return store_upload(upload, data, now)


@transaction.atomic
def confirm_milestones(
    *,
    actor,
    upload: MilestoneUpload,
    prepare: Callable[[MilestoneIndex], MilestonesToWrite],
    agreed_published: bool,
    agreed_overwrite: bool,
    now=None,
) -> MilestonesConfirmed:
    """Write all changes of an uploaded table of yearly targets.

    *prepare* is called with the plan's targets, read and locked, and compares; whatever it raises ends the act with
    nothing written. What is published stays as it is: its figures are frozen. Raises NotAllowedNow when the upload is
    used up and when somebody else added one of the targets in between, and NotAgreed when targets of published years
    would change or rows be overwritten that do not tell what they were written from, and that was not agreed to.
    """
    require_keeper(actor)
    plan = Plan.objects.select_for_update().get(pk=upload.plan_id)
    current = upload_to_confirm(actor, upload, now)
    index = MilestoneIndex(plan, for_update=True)
    prepared = prepare(index)
    missing = {}
    if prepared.published and not agreed_published:
        missing["published"] = _("공표된 연도의 목표치를 바꾸는 것을 확인하지 않아 저장하지 않았습니다.")
    if not prepared.has_origin and not agreed_overwrite:
        missing["overwrite"] = _("파일의 값으로 바꾸는 것을 확인하지 않아 저장하지 않았습니다.")
    if missing:
        raise NotAgreed(missing)
    stored = index.stored
    try:
        update_milestones(
            (stored[key][0], *parts_of(new)) for _row, key, _old, new in prepared.changes if key in stored
        )
        insert_milestones(
            (key // 10000, key % 10000, *parts_of(new))
            for _row, key, _old, new in prepared.changes
            if key not in stored
        )
    except IntegrityError as error:
        raise NotAllowedNow(_("그 사이 다른 사람이 목표치를 저장했습니다. 내용을 다시 확인해 주십시오.")) from error
    changed = _by_indicator(prepared.changes)
    record_activities(actor=actor, action=Action.MILESTONES_IMPORTED, now=now, acts=_acts(changed, index, current.name))
    done = MilestonesConfirmed(sum(map(len, changed.values())), len(changed))
    record_activity(
        actor=actor,
        action=Action.MILESTONES_IMPORTED,
        subject=plan,
        now=now,
        changes=[
            (_("바뀐 목표치"), "", done.milestones),
            (_("바뀐 지표"), "", done.indicators),
            (_("그중 공표된 연도의 목표치"), "", prepared.published),
        ],
        comment=f"{current.name} (SHA-256 {current.sent_sha256})",
    )
    current.confirmed_at = now or timezone.now()
    current.save(update_fields=["confirmed_at"])
    renew_stamp()
    return done


def _by_indicator(changes: Iterable[tuple]) -> dict[int, list[tuple]]:
    found = defaultdict(list)
    for change in changes:
        found[change[1] // 10000].append(change)
    return found


def _acts(changed: dict[int, list[tuple]], index: MilestoneIndex, name: str) -> Iterator[tuple]:
    """One act for each indicator: its years with old and new in words."""
    labels = {year: _("%(year)s년 목표치") % {"year": year} for year in index.plan.years}
    in_words = lru_cache(1000)(state_in_words)  # the same few reasons come again and again
    for pk, changes in changed.items():
        facts = index.by_pk[pk]
        words = [
            (labels[key % 10000], in_words(old), in_words(new))
            for _row, key, old, new in sorted(changes, key=lambda change: change[1])
        ]
        yield Indicator(pk=pk, code=facts.code, title=facts.title), words, name
