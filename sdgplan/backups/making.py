"""Making a backup: the rows as they stood at one moment, then the files."""

import fcntl
import hashlib
import json
import os
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from sdgplan.backups.archive import CHUNK, MANIFEST, PART, Summary, in_words, media_files, summary_of
from sdgplan.backups.faults import BackupFault
from sdgplan.backups.manifest import FORMAT
from sdgplan.backups.signing import KeyFault, make_key, operators_key, public_key_of, seal
from sdgplan.backups.tables import applied_migrations, fields_of, known_migrations, last_id, plain, stored_models


def version() -> str:
    """The version of the application."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


@contextmanager
def _snapshot():
    """All reads inside see one moment, and writers need not wait."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("BEGIN DEFERRED")
        else:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            cursor.execute("COMMIT")


class _Writer:
    """Writes members and remembers their size and SHA-256."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive

    def write(self, name: str, chunks: Iterator[bytes]) -> dict:
        digest, size = hashlib.sha256(), 0
        with self.archive.open(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
        return {"member": name, "size": size, "sha256": digest.hexdigest()}


def make_backup(path: Path) -> Summary:
    """Write a signed backup to *path*, which must not exist; the first one makes the key.

    Raises BackupFault; then there is no file of that name.
    """
    if path.exists():
        raise BackupFault(f"{path} 파일이 이미 있습니다. 다른 이름을 지정해 주십시오.")
    try:
        key = operators_key() or make_key()
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_left_parts(path.parent)
        handle, beside = tempfile.mkstemp(prefix=PART, dir=path.parent)  # readable by its owner alone
        try:
            with os.fdopen(handle, "wb") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                summary = _write_archive(file, key)
                file.flush()
                os.fsync(file.fileno())
                os.replace(beside, path)
        finally:
            Path(beside).unlink(missing_ok=True)
    except KeyFault as fault:
        raise BackupFault(str(fault)) from fault
    except OSError as error:
        raise BackupFault(
            f"백업하지 못했습니다: {in_words(error)} ({error.filename or path}). 저장 공간과 권한을 확인해 주십시오."
        ) from error
    return summary


def _remove_left_parts(folder: Path) -> None:
    """Remove what backups left that were killed. One that is being written is locked by its process, and stays."""
    for part in folder.glob(f"{PART}*"):
        with suppress(OSError), part.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink()


def _write_archive(file, key) -> Summary:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        writer, tables, named = _Writer(archive), [], set()
        with _snapshot():
            applied = applied_migrations()
            known, needed = known_migrations()
            if needed.difference(applied) or set(applied) - known:
                raise BackupFault(
                    "데이터베이스와 프로그램의 판이 다릅니다. 데이터베이스와 같은 판의 프로그램으로 백업하거나, 먼저 "
                    "manage.py migrate를 실행해 주십시오."
                )
            for model in stored_models():
                counted = {"rows": 0, "last_id": last_id(model)}
                entry = writer.write(f"data/{model._meta.label_lower}.jsonl", _rows(model, counted, named))
                columns = [field.column for field in fields_of(model)]
                tables.append({"model": model._meta.label_lower, "columns": columns, **counted, **entry})
        files = []
        for name, path in media_files():
            try:
                source = path.open("rb")
            except (
                FileNotFoundError
            ):  # somebody removed it this moment; when a row speaks of it, it is named as missing
                continue
            with source:
                files.append(writer.write(f"media/{name}", _chunks(source)))
        there = {entry["member"].removeprefix("media/") for entry in files}
        manifest = {
            "format": FORMAT,
            "version": version(),
            "made_at": timezone.now().isoformat(),
            "engine": connection.vendor,
            "migrations": applied,
            "tables": tables,
            "files": files,
            "missing": sorted(named - there),
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, content)
        archive.comment = seal(content, hashlib.sha256(content).hexdigest(), key)
    return summary_of(manifest, public_key_of(key))


def _rows(model, counted: dict[str, int], named: set[str]) -> Iterator[bytes]:
    fields = fields_of(model)
    places = [i for i, field in enumerate(fields) if isinstance(field, models.FileField)]
    key = fields.index(model._meta.pk)
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=2000):
        counted["rows"] += 1
        if counted["last_id"] is not None:
            counted["last_id"] = max(counted["last_id"], row[key])
        named.update(row[i] for i in places if row[i])
        yield json.dumps([plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _chunks(file) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
