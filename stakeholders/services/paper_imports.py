"""Papers that come in by workbook, all of a file or nothing, and points split from the text of a paper."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.choices import Action
from accounts.permissions import require_keeper
from accounts.services import record_activity
from commons.acts import NotAllowedNow, require_unlocked
from commons.files import atomic_with_files
from commons.sheets.uploads import store_upload, upload_to_confirm
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PaperUpload, PositionPaper, StakeholderGroup
from stakeholders.permissions import papers_lock
from stakeholders.selectors.papers import last_number, plain_name
from stakeholders.services.base import lock_deliberation
from stakeholders.services.papers import new_group


class RecordToWrite(Protocol):
    """One row of a workbook: what it is about, the stored `record` or None, and new `values` of its fields."""

    model: type
    group: str
    number: int | None
    record: object
    values: dict


class ToConfirm(Protocol):
    """What was compared: rows to write, names of groups that would be new, (label, old, new) of what is overwritten."""

    writes: Iterable[RecordToWrite]
    new_groups: list[str]
    overwritten: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Imported:
    """What a confirmed workbook wrote."""

    added: int
    changed: int
    groups: int


@atomic_with_files()
def keep_paper_upload(
    *, actor, deliberation: Deliberation, data: bytes, name: str, sha256: str, now=None
) -> PaperUpload:
    """Keep the content of a file that was read, for its preview and confirmation; clear expired ones away."""
    require_keeper(actor)
    require_unlocked(papers_lock(deliberation))
    return store_upload(PaperUpload(owner=actor, deliberation=deliberation, name=name, sha256=sha256), data, now)


@transaction.atomic
def confirm_papers(
    *, actor, upload: PaperUpload, prepare: Callable[[Deliberation], ToConfirm], may_add_groups: bool, now=None
) -> Imported:
    """Write all rows of an uploaded workbook of papers.

    *prepare* is called with the locked forum and compares; what it raises ends the act with nothing written. The file
    is not kept after that: people may stand in it whose names are masked in what is stored.
    Raises NotAllowedNow when papers are published, the upload is used up, or new groups were not agreed to.
    """
    require_keeper(actor)
    locked = lock_deliberation(upload.deliberation)
    require_unlocked(papers_lock(locked))
    current = upload_to_confirm(actor, upload, now)
    prepared = prepare(locked)
    if prepared.new_groups and not may_add_groups:
        raise NotAllowedNow(
            _("새 그룹을 만들지 확인하지 않아 저장하지 않았습니다. 이름이 맞으면 확인란을 골라 주십시오.")
        )
    groups = _with_new_groups(locked, prepared.new_groups)
    papers = {paper.group_id: paper for paper in locked.papers.all()}
    writes = list(prepared.writes)
    for write in writes:
        _write(locked, groups[write.group], papers, write)
    added = Counter(write.model for write in writes if write.record is None)
    current.confirmed_at = now or timezone.now()
    current.save(update_fields=["confirmed_at"])
    transaction.on_commit(lambda: current.file.delete(save=False))
    labels = {PositionPaper: _("새 입장문서"), ForumMeeting: _("새 모임"), Opinion: _("새 의견")}
    changes = [(label, "", added[model]) for model, label in labels.items() if added[model]]
    changes += [(_("새 그룹"), "", name) for name in prepared.new_groups]
    record_activity(
        actor=actor,
        action=Action.WORKBOOK_CONFIRMED,
        subject=locked,
        now=now,
        changes=[*changes, *prepared.overwritten],
        comment=f"{current.name} (SHA-256 {current.sha256})",
    )
    return Imported(added.total(), len(writes) - added.total(), len(prepared.new_groups))


def _with_new_groups(deliberation: Deliberation, names: list[str]) -> dict[str, StakeholderGroup]:
    """All groups of the plan by name as a file spells it, the new ones made at the end of the list."""
    plan = deliberation.plan
    groups = [*plan.groups.all(), *(new_group(plan, name) for name in names)]
    return {plain_name(group.name): group for group in groups}


def _write(deliberation: Deliberation, group: StakeholderGroup, papers: dict[int, PositionPaper], write) -> None:
    """Store one row; a paper that is not there yet is made with its first row."""
    record = write.record
    if record is None:
        paper = papers.get(group.pk) or PositionPaper(deliberation=deliberation, group=group)
        if write.model is PositionPaper:
            record = paper
        else:
            if paper.pk is None:
                paper.save()
            record = write.model(paper=paper, number=write.number)
        papers[group.pk] = paper
    for name, value in write.values.items():
        setattr(record, name, value)
    record.save(update_fields=list(write.values) if write.record else None)


@transaction.atomic
def add_points(*, actor, paper: PositionPaper, points: list[dict], after: int, now=None) -> list[Opinion]:
    """Store *points* (fields of Opinion) as the next numbered points of a paper.

    *after* is the last number that the actor saw; when another was added since, nothing is stored.
    """
    require_keeper(actor)
    locked = lock_deliberation(paper.deliberation)
    require_unlocked(papers_lock(locked))
    last = last_number(paper)
    if last != after:
        raise NotAllowedNow(
            _(
                "그 사이 이 입장문서의 의견이 바뀌어 저장하지 않았습니다. 새 번호는 %(next)s번부터입니다. "
                "겹치는 의견이 없는지 확인하고 다시 저장해 주십시오."
            )
            % {"next": last + 1}
        )
    opinions = [Opinion(paper=paper, number=number, **point) for number, point in enumerate(points, start=last + 1)]
    Opinion.objects.bulk_create(opinions)
    record_activity(
        actor=actor,
        action=Action.CREATED,
        subject=paper,
        now=now,
        changes=[(_("새 의견"), "", len(opinions)), (_("번호"), "", f"{last + 1}–{last + len(opinions)}")],
    )
    return opinions
