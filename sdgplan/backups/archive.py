"""The archive of a backup: what it holds, and whether it is whole."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from commons.files import NO_SPACE

FORMAT = 1
MANIFEST = "manifest.json"
STAGING = ".restore-"  # folders in MEDIA_ROOT that a restore works in
CHUNK = 1024 * 1024  # bytes
NOT_WHOLE = "온전한 백업 파일이 아닙니다. 잘렸거나 손상되었습니다."


class BackupFault(Exception):
    """Why a backup cannot be made or restored, in words for the administrator. Nothing was changed."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds; `missing` names files that rows speak of and that were not there, `removed` says what a
    restore took away."""

    tables: int
    rows: int
    files: int
    missing: list[str]
    made_at: str
    version: str
    removed: tuple[str, ...] = ()


def in_words(error: OSError) -> str:
    return "저장 공간이 모자랍니다" if error.errno in NO_SPACE else str(error.strerror or error)


def media_files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.is_symlink() and not name.startswith(STAGING):
            yield name, path


def summary_of(manifest: dict) -> Summary:
    return Summary(
        tables=len(manifest["tables"]),
        rows=sum(table["rows"] for table in manifest["tables"]),
        files=len(manifest["files"]),
        missing=manifest["missing"],
        made_at=manifest["made_at"],
        version=manifest["version"],
    )


@contextmanager
def checked(path: Path):
    """The archive of a backup that is whole, with its manifest. Raises BackupFault for anything else."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise BackupFault(f"{path} 파일이 없습니다.") from error
    except zipfile.BadZipFile as error:
        raise BackupFault(NOT_WHOLE) from error
    except OSError as error:
        raise BackupFault(f"{path} 파일을 읽지 못했습니다: {in_words(error)}.") from error
    with archive:
        try:
            content = archive.read(MANIFEST)
            if hashlib.sha256(content).hexdigest().encode() != archive.comment:
                raise BackupFault("백업 목록이 바뀌었습니다. 이 파일로는 복원하지 않습니다.")
            manifest = json.loads(content)
            _check(archive, manifest)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, TypeError, ValueError, RuntimeError) as error:
            raise BackupFault(NOT_WHOLE) from error
        except OSError as error:
            raise BackupFault(f"{path} 파일을 읽지 못했습니다: {in_words(error)}.") from error
        yield archive, manifest


def check_backup(path: Path) -> Summary:
    """Read everything of a backup and compare it with its checksums. Raises BackupFault."""
    with checked(path) as (_archive, manifest):
        return summary_of(manifest)


def _check(archive: zipfile.ZipFile, manifest: dict) -> None:
    if manifest.get("format") != FORMAT:
        raise BackupFault(f"이 프로그램이 모르는 백업 형식입니다: {manifest.get('format')}")
    entries = [*manifest["tables"], *manifest["files"]]
    names = [entry["member"] for entry in entries]
    if sorted([*names, MANIFEST]) != sorted(archive.namelist()):
        raise BackupFault("백업 목록에 없는 내용이 들어 있거나 빠진 내용이 있습니다.")
    parts = ["data"] * len(manifest["tables"]) + ["media"] * len(manifest["files"])
    for name, part in zip(names, parts, strict=True):
        if not name.startswith(f"{part}/") or not _is_safe(name):
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
