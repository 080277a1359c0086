"""Files in MEDIA_ROOT that no row names: what a process leaves that is killed between the file and its row."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import FileField

MIN_AGE = 60 * 60  # seconds; longer than any act takes between its file and its row


@dataclass(frozen=True)
class LeftFile:
    name: str  # within MEDIA_ROOT
    size: int  # bytes


def _named() -> set[str]:
    """The names of all files that rows speak of."""
    fields = [(m, f.attname) for m in apps.get_models() for f in m._meta.local_fields if isinstance(f, FileField)]
    return {name for model, field in fields for name in model._base_manager.values_list(field, flat=True) if name}


def left_files(now: float | None = None) -> list[LeftFile]:
    """Files older than MIN_AGE that no row names. Hidden ones and links are none of ours and left alone.

    The folder is read before the rows, so that what is added meanwhile counts as named.
    """
    before = (time.time() if now is None else now) - MIN_AGE
    found = list(_old_files(Path(settings.MEDIA_ROOT), before))
    named = _named() if found else set()
    return [left for left in found if left.name not in named]


def _old_files(root: Path, before: float) -> Iterator[LeftFile]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if any(part.startswith(".") for part in name.parts) or path.is_symlink():
            continue
        try:
            status = path.stat()
        except FileNotFoundError:  # removed this moment
            continue
        if path.is_file() and status.st_mtime < before:
            yield LeftFile(name.as_posix(), status.st_size)


def remove_left(left: LeftFile) -> None:
    """Remove a file that was left. Raises OSError where that cannot be done."""
    (Path(settings.MEDIA_ROOT) / left.name).unlink(missing_ok=True)
