"""Restoring a backup, whole or not at all."""

import json
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from sdgplan.backups.archive import CHUNK, STAGING, Summary, checked, in_words, media_files, summary_of
from sdgplan.backups.faults import BackupFault
from sdgplan.backups.tables import (
    OWN_ROOMS,
    applied_migrations,
    continue_after,
    fields_of,
    known_migrations,
    stored,
    stored_models,
)

AT_ONCE = 500  # rows
# What rows of any text raise, which are no JSON, no rows of their table, or no values of its columns.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, ValidationError, RecursionError)


def filled_with(*, with_rows: bool = True) -> list[str]:
    """What stands in the system already, in words; empty for a new one. Without tables there are no rows to count."""
    found = [
        f"{model._meta.verbose_name} {count}건"
        for model in (stored_models() if with_rows else [])
        if model._meta.app_label in OWN_ROOMS
        and not model._meta.auto_created
        and (count := model._base_manager.count())
    ]
    files = sum(1 for _file in media_files())
    return [*found, f"파일 {files}개"] if files else found


def restore_backup(path: Path, *, trusted: frozenset[str] | None, overwrite: bool = False) -> Summary:
    """Put back everything of a backup. An empty database is migrated first.

    Raises BackupFault when the backup is not whole, is signed by none of the *trusted* public keys (None takes any),
    is of other migrations or tables, or when the system is not empty and *overwrite* was not said; then nothing is
    changed.
    """
    with checked(path, trusted) as (archive, manifest, signer):
        applied = set(applied_migrations())
        _require_same_migrations(manifest, applied)
        _require_same_tables(manifest)
        filled = filled_with(with_rows=bool(applied))
        if filled and not overwrite:
            raise BackupFault(
                "비어 있지 않은 시스템입니다: "
                + ", ".join(filled)
                + ". 모두 지우고 백업으로 바꾸려면 --overwrite를 붙여 주십시오."
            )
        try:
            if not applied:
                call_command("migrate", interactive=False, verbosity=0)
            _put_back(archive, manifest)
        except OSError as error:
            raise BackupFault(f"파일을 쓰지 못해 복원하지 않았습니다: {in_words(error)}.") from error
        except DatabaseError as error:
            raise BackupFault(f"데이터베이스에 쓰지 못해 복원하지 않았습니다: {error}") from error
        except UNREADABLE as error:
            raise BackupFault(f"백업의 자료를 읽지 못해 복원하지 않았습니다: {error}") from error
        return replace(summary_of(manifest, signer), removed=tuple(filled))


def _require_same_migrations(manifest: dict, applied: set[str]) -> None:
    known, needed = known_migrations()
    unknown = sorted(set(manifest["migrations"]) - known)
    if unknown:
        raise BackupFault(
            f"이 백업은 더 새로운 프로그램({manifest['version']})에서 만들었습니다. 그 판을 설치하고 복원해 "
            f"주십시오. 모르는 변경: {', '.join(unknown[:3])}"
        )
    later = sorted(needed - set(manifest["migrations"]))
    if later:
        raise BackupFault(
            f"이 백업은 더 오래된 프로그램({manifest['version']})에서 만들었습니다. 그 판으로 복원한 뒤 새 판으로 "
            f"올려 주십시오. 백업에 없는 변경: {', '.join(later[:3])}"
        )
    if applied and needed - applied:
        raise BackupFault("데이터베이스가 프로그램보다 오래되었습니다. 먼저 manage.py migrate를 실행해 주십시오.")


def _require_same_tables(manifest: dict) -> None:
    """Every table once, with its columns: with the same migrations there can be no others."""
    expected = {model._meta.label_lower: sorted(f.column for f in fields_of(model)) for model in stored_models()}
    found = {table["model"]: sorted(table["columns"]) for table in manifest["tables"]}
    if found != expected or len(found) < len(manifest["tables"]):
        differ = sorted({name for name in {*found, *expected} if found.get(name) != expected.get(name)})
        raise BackupFault(f"백업과 프로그램의 표가 다릅니다: {', '.join(differ[:3]) or manifest['tables'][0]['model']}")


def _put_back(archive: zipfile.ZipFile, manifest: dict) -> None:
    """Files are put beside, then the rows replaced in one transaction, then the files of before removed.

    Killed at any moment this leaves either system whole, at worst with files that no row speaks of: uploaded files are
    never rewritten, so that both may stand side by side. Only a file that stands there with other content has to wait
    for the end of the transaction to be replaced.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for left_by_a_killed_one in root.glob(f"{STAGING}*"):
        shutil.rmtree(left_by_a_killed_one)
    before = {name for name, _path in media_files()}
    names = [entry["member"].removeprefix("media/") for entry in manifest["files"]]
    staging = root / f"{STAGING}{secrets.token_hex(4)}"
    try:
        _unpack(archive, names, staging)
        placed: list[Path] = []
        try:
            with transaction.atomic():
                _load(archive, manifest)
                for name in names:
                    target = root / name
                    if target.is_dir():
                        raise BackupFault(f"파일이 놓일 자리에 폴더가 있습니다: {target}")
                    if not target.exists():
                        target.parent.mkdir(parents=True, exist_ok=True)
                        (staging / name).rename(target)
                        placed.append(target)
                os.sync()
        except BaseException:
            for target in placed:
                target.unlink()
            _remove_empty(root)
            raise
        for name in names:
            if (staging / name).exists():
                (staging / name).replace(root / name)
        for name in before.difference(names):
            (root / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    _remove_empty(root)
    ContentType.objects.clear_cache()


def _unpack(archive: zipfile.ZipFile, names: Iterable[str], folder: Path) -> None:
    folder.mkdir()
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(f"media/{name}") as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, CHUNK)
        target.chmod(settings.FILE_UPLOAD_PERMISSIONS)


def _remove_empty(root: Path) -> None:
    for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _load(archive: zipfile.ZipFile, manifest: dict) -> None:
    """Replace all rows. Foreign keys are checked when the transaction ends.

    Nobody writes meanwhile: a row of a site that still runs would stand among those of the backup. SQLite has one
    writer anyway.
    """
    known = {model._meta.label_lower: model for model in stored_models()}
    quote = connection.ops.quote_name
    emptied = [m._meta for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    tables = [quote(meta.db_table) for meta in emptied]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")
        for table in manifest["tables"]:
            model, count = known[table["model"]], 0
            fields = {field.column: field for field in fields_of(model)}
            ordered = [fields[column] for column in table["columns"]]
            columns = ", ".join(quote(field.column) for field in ordered)
            marks = ", ".join(["%s"] * len(ordered))
            statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"
            rows = []
            with archive.open(table["member"]) as lines:
                for line in lines:
                    count += 1
                    rows.append([stored(f, value) for f, value in zip(ordered, json.loads(line), strict=True)])
                    if len(rows) == AT_ONCE:
                        cursor.executemany(statement, rows)
                        rows = []
            if rows:
                cursor.executemany(statement, rows)
            if count != table["rows"]:
                raise BackupFault(f"백업 목록과 행의 수가 다릅니다: {table['model']}")
    for table in manifest["tables"]:
        if table.get("last_id") is not None:
            continue_after(known[table["model"]], table["last_id"])
