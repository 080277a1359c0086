"""A backup of everything in one file: the rows of all tables, the uploaded files, checksums and versions.

The file is a ZIP archive that belongs to no database engine: a backup made on SQLite restores on PostgreSQL and the
other way round. Sessions are left out, so that nobody is signed in after a restore. Nothing is changed before
everything was checked, and what is changed is changed whole or not at all.
"""

import base64
import datetime
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import tomllib
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePosixPath

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"sessions.session"}
OWN_ROOMS = {"accounts", "plans", "indicators", "stakeholders"}
STAGING = ".restore-"  # folders in MEDIA_ROOT that a restore works in
CHUNK = 1024 * 1024  # bytes
AT_ONCE = 500  # rows


class BackupFault(Exception):
    """Why a backup cannot be made or restored, in words for the administrator. Nothing was changed."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds; `missing` names files that rows speak of and that were not there."""

    tables: int
    rows: int
    files: int
    missing: list[str]
    made_at: str
    version: str


def version() -> str:
    """The version of the application."""
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def stored_models() -> list[type[models.Model]]:
    """Every model that has a table, those of many-to-many relations included."""
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m._meta.managed and not m._meta.proxy and m._meta.label_lower not in LEFT_OUT]


def _fields(model) -> list[models.Field]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _applied() -> list[str]:
    return sorted(".".join(key) for key in MigrationLoader(connection).applied_migrations)


def _known() -> set[str]:
    return {".".join(key) for key in MigrationLoader(connection).disk_migrations}


# --- values


def _plain(value):
    """A value of a row as JSON holds it, with nothing lost."""
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value / datetime.timedelta(microseconds=1)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


def _stored(field: models.Field, value):
    """What the database is given for a value of a backup."""
    if value is not None and isinstance(field, models.DurationField):
        value = datetime.timedelta(microseconds=value)
    elif value is not None and not isinstance(field, models.JSONField):
        value = field.target_field.to_python(value) if field.is_relation else field.to_python(value)
    return field.get_db_prep_save(value, connection)


# --- making one


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
    """Write a backup to *path*, which must not exist. Raises BackupFault; then there is no file of that name."""
    if path.exists():
        raise BackupFault(f"{path} 파일이 이미 있습니다. 다른 이름을 지정해 주십시오.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # readable by its owner alone
        try:
            with os.fdopen(handle, "wb") as file:
                summary = _write_archive(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        finally:
            Path(beside).unlink(missing_ok=True)
    except OSError as error:
        raise BackupFault(
            f"백업 파일을 쓰지 못했습니다: {error.strerror or error}. 저장 공간과 권한을 확인해 주십시오."
        ) from error
    return summary


def _write_archive(file) -> Summary:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        writer, tables, named = _Writer(archive), [], set()
        with _snapshot():
            applied = _applied()
            for model in stored_models():
                counted: dict[str, int] = {"rows": 0}
                entry = writer.write(f"data/{model._meta.label_lower}.jsonl", _rows(model, counted, named))
                columns = [field.column for field in _fields(model)]
                tables.append({"model": model._meta.label_lower, "columns": columns, **counted, **entry})
        files = [writer.write(f"media/{name}", _chunks(path)) for name, path in _media_files()]
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
        archive.comment = hashlib.sha256(content).hexdigest().encode()
    return _summary(manifest)


def _rows(model, counted: dict[str, int], named: set[str]) -> Iterator[bytes]:
    fields = _fields(model)
    places = [i for i, field in enumerate(fields) if isinstance(field, models.FileField)]
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=2000):
        counted["rows"] += 1
        named.update(row[i] for i in places if row[i])
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _media_files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.is_symlink() and not name.startswith(STAGING):
            yield name, path


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _summary(manifest: dict) -> Summary:
    return Summary(
        tables=len(manifest["tables"]),
        rows=sum(table["rows"] for table in manifest["tables"]),
        files=len(manifest["files"]),
        missing=manifest["missing"],
        made_at=manifest["made_at"],
        version=manifest["version"],
    )


# --- checking one


@contextmanager
def _opened(path: Path):
    """The archive with its manifest. Raises BackupFault for what is no whole backup."""
    try:
        with zipfile.ZipFile(path) as archive:
            content = archive.read(MANIFEST)
            if hashlib.sha256(content).hexdigest().encode() != archive.comment:
                raise BackupFault("백업 목록이 바뀌었습니다. 이 파일로는 복원하지 않습니다.")
            yield archive, json.loads(content)
    except FileNotFoundError as error:
        raise BackupFault(f"{path} 파일이 없습니다.") from error
    except (zipfile.BadZipFile, KeyError, EOFError, ValueError) as error:
        raise BackupFault("온전한 백업 파일이 아닙니다. 잘렸거나 손상되었습니다.") from error


def check_backup(path: Path) -> Summary:
    """Read everything of a backup and compare it with its checksums. Raises BackupFault."""
    with _opened(path) as (archive, manifest):
        _check(archive, manifest)
        return _summary(manifest)


def _check(archive: zipfile.ZipFile, manifest: dict) -> None:
    if manifest.get("format") != FORMAT:
        raise BackupFault(f"이 프로그램이 모르는 백업 형식입니다: {manifest.get('format')}")
    entries = [*manifest["tables"], *manifest["files"]]
    names = [entry["member"] for entry in entries]
    if sorted([*names, MANIFEST]) != sorted(archive.namelist()):
        raise BackupFault("백업 목록에 없는 내용이 들어 있거나 빠진 내용이 있습니다.")
    for name in names:
        if not _is_safe(name):
            raise BackupFault(f"백업에 쓸 수 없는 파일 이름이 있습니다: {name}")
    for entry in entries:
        digest, size = hashlib.sha256(), 0
        with archive.open(entry["member"]) as member:
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > entry["size"]:
                    break
        if size != entry["size"] or digest.hexdigest() != entry["sha256"]:
            raise BackupFault(f"내용이 바뀌었거나 손상되었습니다: {entry['member']}")


def _is_safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and path.as_posix() == name


# --- restoring one


def filled_with() -> list[str]:
    """What stands in the system already, in words; empty for a new one."""
    found = [
        f"{model._meta.verbose_name} {count}건"
        for model in stored_models()
        if model._meta.app_label in OWN_ROOMS and (count := model._base_manager.count())
    ]
    files = sum(1 for _file in _media_files())
    return [*found, f"파일 {files}개"] if files else found


def restore_backup(path: Path, *, overwrite: bool = False) -> Summary:
    """Put back everything of a backup. An empty database is migrated first.

    Raises BackupFault when the backup is not whole, is of other migrations, or when the system is not empty and
    *overwrite* was not said; then nothing is changed.
    """
    with _opened(path) as (archive, manifest):
        _check(archive, manifest)
        unknown = sorted(set(manifest["migrations"]) - _known())
        if unknown:
            raise BackupFault(
                f"이 백업은 더 새로운 프로그램({manifest['version']})에서 만들었습니다. 그 판을 설치하고 복원해 "
                f"주십시오. 모르는 변경: {', '.join(unknown[:3])}"
            )
        call_command("migrate", interactive=False, verbosity=0)
        later = sorted(set(_applied()) - set(manifest["migrations"]))
        if later:
            raise BackupFault(
                f"이 백업은 더 오래된 프로그램({manifest['version']})에서 만들었습니다. 그 판으로 복원한 뒤 새 판으로 "
                f"올려 주십시오. 백업에 없는 변경: {', '.join(later[:3])}"
            )
        filled = filled_with()
        if filled and not overwrite:
            raise BackupFault(
                "비어 있지 않은 시스템입니다: "
                + ", ".join(filled)
                + ". 모두 지우고 백업으로 바꾸려면 --overwrite를 붙여 주십시오."
            )
        try:
            _put_back(archive, manifest)
        except OSError as error:
            raise BackupFault(f"파일을 쓰지 못해 복원하지 않았습니다: {error.strerror or error}.") from error
        return _summary(manifest)


def _put_back(archive: zipfile.ZipFile, manifest: dict) -> None:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    staging = root / f"{STAGING}{secrets.token_hex(4)}"
    try:
        new, old = staging / "new", staging / "old"
        new.mkdir(parents=True)
        old.mkdir()
        for entry in manifest["files"]:
            target = new / entry["member"].removeprefix("media/")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry["member"]) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, CHUNK)
            target.chmod(settings.FILE_UPLOAD_PERMISSIONS)
        with _swapped(root, new, old), transaction.atomic():
            _load(archive, manifest)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    ContentType.objects.clear_cache()


@contextmanager
def _swapped(root: Path, new: Path, old: Path):
    """The files of *new* stand in *root*; when what runs inside fails, those of before stand there again."""
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in [(root, old), (new, root)]:
            for path in list(source.iterdir()):
                if not path.name.startswith(STAGING):
                    path.rename(target / path.name)
                    moved.append((target / path.name, path))
        yield
    except BaseException:
        for now, before in reversed(moved):
            now.rename(before)
        raise


def _load(archive: zipfile.ZipFile, manifest: dict) -> None:
    """Replace all rows. Foreign keys are checked when the transaction ends."""
    known = {model._meta.label_lower: model for model in stored_models()}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")
        for table in manifest["tables"]:
            model = known.get(table["model"])
            fields = {field.column: field for field in _fields(model)} if model else {}
            if list(fields) != table["columns"] and set(fields) != set(table["columns"]):
                raise BackupFault(f"백업과 프로그램의 표가 다릅니다: {table['model']}")
            ordered = [fields[column] for column in table["columns"]]
            columns = ", ".join(quote(field.column) for field in ordered)
            marks = ", ".join(["%s"] * len(ordered))
            statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"
            rows = []
            with archive.open(table["member"]) as lines:
                for line in lines:
                    rows.append([_stored(f, value) for f, value in zip(ordered, json.loads(line), strict=True)])
                    if len(rows) == AT_ONCE:
                        cursor.executemany(statement, rows)
                        rows = []
            if rows:
                cursor.executemany(statement, rows)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(known.values())):
            cursor.execute(statement)
