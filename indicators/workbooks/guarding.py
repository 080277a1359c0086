"""Telling what an uploaded file is, and refusing what must not be opened, before anything of it is loaded."""

import zipfile
import zlib
from enum import Enum
from io import BytesIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext as _
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from . import layout

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class WorkbookRefused(Exception):
    """A file that cannot be taken as a whole; the message says why and what to do."""


class Kind(Enum):
    XLSX = "xlsx"
    CSV = "csv"


def kind_of(data: bytes) -> Kind:
    """Tell by its content what a file is, whatever its name says. Raises WorkbookRefused for anything else."""
    if not data.strip():
        raise WorkbookRefused(_("빈 파일입니다. 내려받은 파일에 적어 올려 주십시오."))
    if len(data) > layout.MAX_BYTES:
        raise WorkbookRefused(too_large())
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
        check_archive(data)
        return Kind.XLSX
    if data.startswith(UTF_16):
        raise WorkbookRefused(
            _("유니코드 텍스트 파일입니다. ‘CSV UTF-8(쉼표로 분리)’이나 엑셀 파일(.xlsx)로 저장한 뒤 올려 주십시오.")
        )
    if b"\x00" in data:
        raise WorkbookRefused(not_a_workbook())
    return Kind.CSV


def too_large() -> str:
    return _("파일이 %(limit)sMB보다 큽니다. 내려받은 파일에 넣은 그림이나 다른 시트를 지우고 올려 주십시오.") % {
        "limit": layout.MAX_BYTES // 1024 // 1024
    }


def not_a_workbook() -> str:
    return _("엑셀 파일(.xlsx)이나 CSV 파일이 아닙니다. 내려받은 파일에 적어 올려 주십시오.")


def broken() -> str:
    return _("파일이 손상되어 읽을 수 없습니다. 엑셀에서 열어 다시 저장하거나 새로 내려받아 주십시오.")


def too_many_rows() -> str:
    return _("표가 %(limit)s줄을 넘습니다. 표 아래에 덧붙은 줄을 지우거나 새로 내려받은 파일에 적어 주십시오.") % {
        "limit": f"{layout.MAX_ROWS:,}"
    }


def too_many_columns() -> str:
    return _("표가 %(limit)s열을 넘습니다. 표 오른쪽에 덧붙은 열을 지우거나 새로 내려받은 파일에 적어 주십시오.") % {
        "limit": layout.MAX_COLUMNS
    }


def check_archive(data: bytes) -> None:
    """Refuse an xlsx that is broken, encrypted, holds macros, unpacks to too much, or has too many rows or cells."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_parts(archive, len(data))
            budget = layout.MAX_ELEMENTS
            for part in archive.infolist():
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as file:
                        budget -= _count_elements(file, budget)
    except DefusedXmlException as error:
        raise WorkbookRefused(
            _("파일 안에 허용하지 않는 선언(DTD·엔터티)이 있어 읽지 않았습니다. 새로 내려받은 파일에 적어 주십시오.")
        ) from error
    except (zipfile.BadZipFile, zlib.error, ParseError, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise WorkbookRefused(broken()) from error


def _check_parts(archive: zipfile.ZipFile, packed: int) -> None:
    """What the directory of the archive tells, before anything is unpacked; zipfile reads no more than it declares."""
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > layout.MAX_PARTS or unpacked > layout.MAX_UNPACKED or unpacked > packed * layout.MAX_RATIO:
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


def _count_elements(file, budget: int) -> int:
    """Walk one part without keeping it; refuse it as soon as it has too many rows, columns or elements."""
    count = rows = cells = 0
    for event, element in iterparse(file, events=("start", "end")):
        name = element.tag.rsplit("}", 1)[-1]
        if event == "end":
            if name == "c" and len(element) and _column_of(element) > layout.MAX_COLUMNS:
                raise WorkbookRefused(too_many_columns())
            if name in ("c", "row", "si"):
                element.clear()
            continue
        count += 1
        if name == "row":
            rows += 1
            cells = 0
            if max(rows, int(element.get("r", 0))) > layout.MAX_ROWS:
                raise WorkbookRefused(too_many_rows())
        elif name == "c":
            cells += 1
        if count > budget or cells > layout.MAX_ROWS:
            raise WorkbookRefused(
                _("파일에 든 내용이 너무 많습니다. 다른 시트와 서식을 지우거나 새로 내려받은 파일에 적어 주십시오.")
            )
    return count


def _column_of(cell) -> int:
    place = cell.get("r")
    return column_index_from_string(coordinate_from_string(place)[0]) if place else 0
