"""The form of a manifest. What an archive says of itself can be anything, and is looked at before it is used."""

from datetime import datetime

from sdgplan.backups.faults import BackupFault

FORMAT = 1
LARGEST = 2**63 - 1  # what a database can count to


def _is_text(value) -> bool:
    return isinstance(value, str)


def _is_count(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _are_texts(value) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_time(value) -> bool:
    try:
        return _is_text(value) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


FILE = {"member": _is_text, "size": _is_count, "sha256": _is_text}
TABLE = FILE | {
    "model": _is_text,
    "columns": _are_texts,
    "rows": _is_count,
    "last_id": lambda value: value is None or _is_count(value),
}


def _are(form: dict):
    return lambda value: isinstance(value, list) and all(_fits(entry, form) for entry in value)


def _fits(value, form: dict) -> bool:
    return isinstance(value, dict) and all(name in value and is_right(value[name]) for name, is_right in form.items())


MANIFEST = {
    "version": _is_text,
    "made_at": _is_time,
    "migrations": _are_texts,
    "missing": _are_texts,
    "tables": _are(TABLE),
    "files": _are(FILE),
}


def require_form(manifest) -> None:
    """Raises BackupFault for a manifest that is not of this form, or that tells of no tables."""
    if isinstance(manifest, dict) and manifest.get("format") != FORMAT:
        raise BackupFault(f"이 프로그램이 모르는 백업 형식입니다: {str(manifest.get('format'))[:20]}")
    if not _fits(manifest, MANIFEST):
        raise BackupFault("백업 목록의 모양이 올바르지 않습니다. 이 파일로는 복원하지 않습니다.")
    if not manifest["tables"]:
        raise BackupFault("표가 하나도 없는 백업입니다. 이 파일로는 복원하지 않습니다.")
