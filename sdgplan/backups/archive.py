"""The archive of a backup: what it holds, and whether it is whole."""

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from commons.files import NO_SPACE
from sdgplan.backups.faults import BackupFault
from sdgplan.backups.manifest import require_form
from sdgplan.backups.signing import signer_of

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 256 * 1024 * 1024  # bytes
STAGING = ".restore-"  # folders in MEDIA_ROOT that a restore works in
CHUNK = 1024 * 1024  # bytes
PART = ".sdgplan-part-"  # a backup that is being written
NOT_WHOLE = "온전한 백업 파일이 아닙니다. 잘렸거나 손상되었습니다."
NOT_SIGNED = (
    "서명이 없거나 맞지 않는 백업입니다. 이 파일로는 복원하지 않습니다. 어디서 만들었는지 확실한 파일이면 --unsigned를 "
    "붙여 주십시오."
)
FOREIGN = (
    "이 시스템의 키로 서명한 백업이 아닙니다. 적어 두신 공개 키가 아래와 같으면 그 키를 --trust로 지정해 주십시오."
    "\n{key}"
)


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
    signer: str | None = None  # the public key by which it is rightly signed


def in_words(error: OSError) -> str:
    return "저장 공간이 모자랍니다" if error.errno in NO_SPACE else str(error.strerror or error)


def media_files() -> Iterator[tuple[str, Path]]:
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not path.is_symlink() and not name.startswith(STAGING):
            yield name, path


def summary_of(manifest: dict, signer: str | None) -> Summary:
    return Summary(
        signer=signer,
        tables=len(manifest["tables"]),
        rows=sum(table["rows"] for table in manifest["tables"]),
        files=len(manifest["files"]),
        missing=manifest["missing"],
        made_at=manifest["made_at"],
        version=manifest["version"],
    )


@contextmanager
def checked(path: Path, trusted: frozenset[str] | None):
    """The archive of a backup that is whole, with its manifest and the key by which it is signed.

    Raises BackupFault for anything else, and for one that none of the *trusted* public keys signed; None takes any.
    """
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise BackupFault(f"{path} 파일이 없습니다.") from error
    except BROKEN as error:
        raise BackupFault(NOT_WHOLE) from error
    except OSError as error:
        raise BackupFault(f"{path} 파일을 읽지 못했습니다: {in_words(error)}.") from error
    with archive:
        try:
            manifest, signer = _manifest_of(archive, trusted)
            _check(archive, manifest)
        except BROKEN as error:
            raise BackupFault(NOT_WHOLE) from error
        except OSError as error:
            raise BackupFault(f"{path} 파일을 읽지 못했습니다: {in_words(error)}.") from error
        yield archive, manifest, signer


# What reading an archive of any bytes raises. A RuntimeError says that it is encrypted, packed in a way that is not
# known here (NotImplementedError), or that its JSON is nested without end (RecursionError).
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, ValueError, TypeError, RuntimeError)


def _manifest_of(archive: zipfile.ZipFile, trusted: frozenset[str] | None) -> tuple[dict, str | None]:
    with archive.open(MANIFEST) as member:
        content = member.read(LARGEST_MANIFEST)
    digest, *mark = archive.comment.split(b" ")
    if hashlib.sha256(content).hexdigest().encode() != digest:
        raise BackupFault("백업 목록이 바뀌었습니다. 이 파일로는 복원하지 않습니다.")
    signer = signer_of(content, mark)
    if trusted is not None and signer not in trusted:
        raise BackupFault(NOT_SIGNED if signer is None else FOREIGN.format(key=signer))
    manifest = json.loads(content)
    require_form(manifest)
    return manifest, signer


def check_backup(path: Path, trusted: frozenset[str] | None) -> Summary:
    """Read everything of a backup and compare it with its checksums. Raises BackupFault, as `checked` does."""
    with checked(path, trusted) as (_archive, manifest, signer):
        return summary_of(manifest, signer)


def _check(archive: zipfile.ZipFile, manifest: dict) -> None:
    entries = [*manifest["tables"], *manifest["files"]]
    names = [entry["member"] for entry in entries]
    if len(set(names)) < len(names) or sorted([*names, MANIFEST]) != sorted(archive.namelist()):
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
    if path.is_absolute() or ".." in path.parts or "\\" in name or path.as_posix() != name:
        return False
    return not name.removeprefix("media/").startswith(STAGING)
