"""Telling what an uploaded file is, and refusing what must not be opened, before anything of it is loaded."""

import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum
from io import BytesIO

from django.utils.translation import gettext as _

from commons.sheets.columns import MAX_BYTES, MAX_COLUMNS, MAX_ELEMENTS, MAX_PARTS, MAX_RATIO, MAX_ROWS, MAX_UNPACKED
from commons.sheets.walking import BadPlace, Forbidden, NotXml, Walker

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
PIECE = 256 * 1024  # bytes of a part that are unpacked at a time
WALKED = (".xml", ".rels", ".vml")


class WorkbookRefused(Exception):
    """A file that cannot be taken as a whole; the message says why and what to do."""


class Kind(Enum):
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True)
class Limits:
    """What a door takes at most; the defaults are for workbooks that people fill by hand."""

    bytes: int = MAX_BYTES
    unpacked: int = MAX_UNPACKED
    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS
    elements: int = MAX_ELEMENTS


BY_HAND = Limits()


def kind_of(data: bytes) -> Kind:
    """Tell by its content what a file is, whatever its name says, and check a workbook as `check_archive` does.

    Raises WorkbookRefused for anything else.
    """
    kind = kind_by_content(data)
    if kind is Kind.XLSX:
        check_archive(data)
    return kind


def kind_by_content(data: bytes, limits: Limits = BY_HAND) -> Kind:
    """Tell what a file is without looking into an archive. Raises WorkbookRefused for what is neither of the two."""
    if not data.strip():
        raise WorkbookRefused(_("빈 파일입니다. 내려받은 파일에 적어 올려 주십시오."))
    if len(data) > limits.bytes:
        raise WorkbookRefused(too_large(limits))
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise WorkbookRefused(_("암호가 걸린 파일이라 읽을 수 없습니다. 암호를 풀고 저장한 뒤 올려 주십시오."))
        raise WorkbookRefused(
            _("예전 엑셀(.xls)이나 한글 파일입니다. ‘Excel 통합 문서(.xlsx)’로 저장한 뒤 올려 주십시오.")
        )
    if data.startswith(PICTURES):
        raise WorkbookRefused(
            _("그림 파일입니다. 이름이 .xlsx여도 엑셀 파일이 아닙니다. 내려받은 파일을 올려 주십시오.")
        )
    if data.startswith(b"PK"):
        return Kind.XLSX
    if data.startswith(UTF_16):
        raise WorkbookRefused(
            _("유니코드 텍스트 파일입니다. ‘CSV UTF-8(쉼표로 분리)’이나 엑셀 파일(.xlsx)로 저장한 뒤 올려 주십시오.")
        )
    if b"\x00" in data:
        raise WorkbookRefused(not_a_workbook())
    return Kind.CSV


def too_large(limits: Limits = BY_HAND) -> str:
    return _("파일이 %(limit)sMB보다 큽니다. 내려받은 파일에 넣은 그림이나 다른 시트를 지우고 올려 주십시오.") % {
        "limit": limits.bytes // 1024 // 1024
    }


def not_a_workbook() -> str:
    return _("엑셀 파일(.xlsx)이나 CSV 파일이 아닙니다. 내려받은 파일에 적어 올려 주십시오.")


def broken() -> str:
    return _("파일이 손상되어 읽을 수 없습니다. 엑셀에서 열어 다시 저장하거나 새로 내려받아 주십시오.")


def too_many_rows(limits: Limits = BY_HAND) -> str:
    return _("표가 %(limit)s줄을 넘습니다. 표 아래에 덧붙은 줄을 지우거나 새로 내려받은 파일에 적어 주십시오.") % {
        "limit": f"{limits.rows:,}"
    }


def too_many_columns(limits: Limits = BY_HAND) -> str:
    return _("표가 %(limit)s열을 넘습니다. 표 오른쪽에 덧붙은 열을 지우거나 새로 내려받은 파일에 적어 주십시오.") % {
        "limit": limits.columns
    }


def too_long_row() -> str:
    return _(
        "한 줄이 지나치게 길어 읽지 않았습니다. 표 오른쪽에 덧붙은 열을 지우거나 새로 내려받은 파일에 적어 주십시오."
    )


def check_archive(data: bytes, limits: Limits = BY_HAND, copy_to: zipfile.ZipFile | None = None) -> Walker:
    """Refuse an xlsx that is broken, encrypted, holds macros or declarations, or is too much when unpacked.

    What was walked is also written to *copy_to*, as it was walked: a reader of that copy cannot see anything else than
    was checked here, however the archive lies. The returned walker knows the cells that need a second look.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_parts(archive, len(data), limits)
            walker = Walker(limits.rows, limits.columns, limits.elements)
            # Styles come first: they tell which cells are percentages.
            for part in sorted(archive.infolist(), key=lambda part: "styles" not in part.filename):
                if part.filename.lower().endswith(WALKED):
                    _walk(archive, part, walker, copy_to)
            return walker
    except Forbidden as error:
        raise WorkbookRefused(
            _("파일 안에 허용하지 않는 선언(DTD·엔터티)이 있어 읽지 않았습니다. 새로 내려받은 파일에 적어 주십시오.")
        ) from error
    except BadPlace as error:
        what = {BadPlace.ROW: too_many_rows(limits), BadPlace.COLUMN: too_many_columns(limits)}
        raise WorkbookRefused(what.get(error.what) or _too_much()) from error
    except (zipfile.BadZipFile, zlib.error, NotXml, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise WorkbookRefused(broken()) from error


def _walk(archive, part, walker: Walker, copy_to) -> None:
    with archive.open(part) as source, walker.part(part.filename) as parser:
        copy = copy_to.open(part.filename, "w") if copy_to else None
        try:
            while piece := source.read(PIECE):
                parser.feed(piece)
                if copy:
                    copy.write(piece)
        finally:
            if copy:
                copy.close()


def _too_much() -> str:
    return _("파일에 든 내용이 너무 많습니다. 다른 시트와 서식을 지우거나 새로 내려받은 파일에 적어 주십시오.")


def _check_parts(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    """What the directory of the archive tells, before anything is unpacked; zipfile reads no more than it declares."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > limits.unpacked or unpacked > packed * MAX_RATIO:
        raise WorkbookRefused(
            _("압축을 풀면 지나치게 커지는 파일이라 읽지 않았습니다. 새로 내려받은 파일에 적어 주십시오.")
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise WorkbookRefused(_("암호가 걸린 파일이라 읽을 수 없습니다. 암호를 풀고 저장한 뒤 올려 주십시오."))
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise WorkbookRefused(not_a_workbook())
    if any("vbaproject" in name or "/macrosheets/" in name for name in names):
        raise WorkbookRefused(
            _("매크로가 들어 있는 파일입니다. ‘Excel 통합 문서(.xlsx)’로 저장해 매크로를 빼고 올려 주십시오.")
        )
