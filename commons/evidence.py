"""What an evidence file really is, told by its content; its name and the type its sender claims count for nothing."""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commons.text import clean_line

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 10  # per result
MAX_UNPACKED = 200 * 1024 * 1024  # what the parts of a document may come to; far above any honest one of MAX_BYTES
MAX_PARTS = 5000
MAX_NAME = 120

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HWP_SIGNATURE = b"HWP Document File"
_OTHER_STREAMS = ("WordDocument", "Workbook", "PowerPoint Document")
_PNG = b"\x89PNG\r\n\x1a\n"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")  # all but those that a text is laid out with


@dataclass(frozen=True)
class FileKind:
    """A kind of file that is taken in: how it is served, and how its name may end."""

    content_type: str
    suffixes: tuple[str, ...]


PDF = FileKind("application/pdf", (".pdf",))
PNG = FileKind("image/png", (".png",))
JPEG = FileKind("image/jpeg", (".jpg", ".jpeg"))
XLSX = FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
DOCX = FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
HWPX = FileKind("application/hwp+zip", (".hwpx",))
HWP = FileKind("application/x-hwp", (".hwp",))
TEXT = FileKind("text/plain", (".txt", ".csv"))


def kind_of(file) -> FileKind:
    """Tell what *file*, an uploaded file, is. Raises ValidationError with a sentence that says what to do instead."""
    if file.size == 0:
        raise ValidationError(_("빈 파일입니다. 내용이 있는 파일을 올려 주십시오."))
    if file.size > MAX_BYTES:
        raise ValidationError(
            _("%(limit)sMB보다 큽니다. 나누거나 줄여서 올려 주십시오.") % {"limit": MAX_BYTES // 1024 // 1024}
        )
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(file)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(_PNG) and head[12:16] == b"IHDR":
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    data = file.read()
    file.seek(0)
    if data.startswith(_OLE):
        return _kind_of_ole(data)
    if _is_text(data):
        return TEXT
    raise _unknown()


def _unknown() -> ValidationError:
    return ValidationError(
        _(
            "받을 수 없는 형식입니다. 파일 이름이 아니라 내용을 보고 가립니다. "
            "PDF, 한글(HWP·HWPX), 엑셀(XLSX), 워드(DOCX), 그림(PNG·JPEG), CSV·TXT 파일을 올려 주십시오."
        )
    )


def _macros() -> ValidationError:
    return ValidationError(_("매크로가 들어 있습니다. 매크로를 뺀 파일로 다시 저장하여 올려 주십시오."))


def _kind_of_zip(file) -> FileKind:
    try:
        with zipfile.ZipFile(file) as archive:
            return _kind_of_parts(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, zlib.error):
        raise ValidationError(_("파일이 손상되어 읽을 수 없습니다. 다시 저장하여 올려 주십시오.")) from None
    finally:
        file.seek(0)


def _kind_of_parts(archive: zipfile.ZipFile) -> FileKind:
    parts = archive.infolist()
    # Before anything is unpacked: a few kilobytes can claim to hold gigabytes.
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise ValidationError(_("압축을 풀면 지나치게 커지는 파일이라 받을 수 없습니다."))
    if any(part.flag_bits & 0x1 for part in parts):
        raise ValidationError(_("암호가 걸려 있어 내용을 확인할 수 없습니다. 암호를 풀고 올려 주십시오."))
    names = {part.filename for part in parts}
    if _read(archive, names, "mimetype").strip() == b"application/hwp+zip" and "Contents/content.hpf" in names:
        return HWPX
    types = _read(archive, names, "[Content_Types].xml").replace(b"\0", b"").lower()
    lowered = [name.lower() for name in names]
    if (
        b"macroenabled" in types
        or b"vbaproject" in types
        or any("vbaproject" in name or "/macrosheets/" in name for name in lowered)
    ):
        raise _macros()
    if types and "xl/workbook.xml" in names:
        return XLSX
    if types and "word/document.xml" in names:
        return DOCX
    raise _unknown()


def _read(archive: zipfile.ZipFile, names: set[str], name: str) -> bytes:
    """The beginning of one part, however long it claims to be; empty when there is none."""
    if name not in names:
        return b""
    with archive.open(name) as part:
        return part.read(1024 * 1024)


def _kind_of_ole(data: bytes) -> FileKind:
    """Tell a Hangul document from the other formats in the same container, which can hold macros."""
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise _macros()
    is_other = any(name.encode("utf-16-le") in data for name in _OTHER_STREAMS)
    if _HWP_SIGNATURE in data and not is_other:
        return HWP
    raise _unknown()


def _is_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not _CONTROLS.search(text)
    return False


def shown_name(typed: str, kind: FileKind) -> str:
    """The name under which the file is listed and downloaded.

    The sender's name in composed form without folders and control characters, with an ending that says what the
    file is: a text sent as report.exe is handed on as report.exe.txt.
    """
    # Cleaning takes the marks that turn the direction of writing and so can hide the real ending.
    name = clean_line(typed).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"\s+", " ", name).strip(" .")
    path = PurePosixPath(name or _("증빙"))
    stem, suffix = path.stem, path.suffix
    if suffix.lower() not in kind.suffixes:
        stem, suffix = path.name, kind.suffixes[0]
    return stem[: MAX_NAME - len(suffix)] + suffix
