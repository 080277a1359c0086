"""Files that must not be taken: each has its clear answer, and the database stays as it was."""

import struct
import time
import zipfile
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.contrib.sessions.models import Session
from openpyxl import Workbook

from accounts.choices import Role
from accounts.models import Department
from commons.sheets.columns import MAX_BYTES
from indicators import services
from indicators.exchange.workbooks import layout
from indicators.models import ReportingRound, WorkbookUpload
from plans.models import Plan

from .checksum import database_checksum
from .conftest import make_user
from .workbook_files import (
    INPUT,
    KEY,
    STAMP,
    as_csv,
    column_of,
    edited,
    opened,
    row_of,
    saved,
    upload_of,
    with_rows,
)

HERE = (1, "1-1-2-1")
VALUE = "2022년 실적"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def client(as_user, owner):
    return as_user(owner)


@pytest.fixture
def good(client, draft, url_of):
    """The department's own file, with one value changed."""
    data = client.get(url_of("indicators:workbook_download", 2022)).content
    return edited(data, {(*HERE, VALUE): 333})


@pytest.fixture
def refused(client, url_of, tmp_path):
    """Send a file; it must be refused at its field, in Korean, with nothing kept and nothing written."""

    def send(data: bytes, name: str = "실적.xlsx") -> str:
        before = database_checksum(Session)
        response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(data, name)})
        assert response.status_code == 422
        assert database_checksum(Session) == before
        assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        message = " ".join(response.context["form"].errors["file"])
        assert message in response.text.replace("&quot;", '"').replace("&#x27;", "'")
        return message

    return send


@pytest.fixture
def previewed(client, url_of):
    """Send a file that is read but not free of errors; neither preview nor confirmation writes a result."""

    def send(data: bytes, name: str = "실적.xlsx"):
        before = database_checksum(Session, WorkbookUpload)
        response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(data, name)}, follow=True)
        preview = response.context["preview"]
        assert not preview.can_confirm
        address = url_of("indicators:workbook_confirm", 2022, response.context["upload"].pk)
        assert client.post(address, {"fingerprint": preview.fingerprint}).status_code == 409
        assert database_checksum(Session, WorkbookUpload) == before
        return preview, response.text

    return send


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


# --- files of something else


def test_no_file_at_all(client, draft, url_of):
    response = client.post(url_of("indicators:workbook_upload", 2022), {})
    assert response.status_code == 422
    assert "올릴 파일을 골라 주십시오." in response.text


@pytest.mark.parametrize("data", [b"", b"  \n"])
def test_an_empty_file(refused, draft, data):
    assert "빈 파일입니다." in refused(data)


def test_a_file_that_is_too_large(refused, draft):
    assert "파일이 10MB보다 큽니다." in refused(b"a" * (MAX_BYTES + 1))


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a"])
def test_an_image_renamed_to_xlsx(refused, draft, head):
    assert "그림 파일입니다. 이름이 .xlsx여도 엑셀 파일이 아닙니다." in refused(head + bytes(range(256)))


@pytest.mark.parametrize("data", [b"%PDF-1.7\n\x00\x01", b"MZ\x00\x00", b"PK\x03\x04 nothing", b"PK"])
def test_other_binaries_and_broken_archives(refused, draft, data):
    message = refused(data)
    assert "엑셀 파일(.xlsx)이나 CSV 파일이 아닙니다." in message or "파일이 손상되어 읽을 수 없습니다." in message


def test_an_encrypted_workbook(refused, draft):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "암호가 걸린 파일이라 읽을 수 없습니다." in refused(data)


def test_an_old_xls(refused, draft):
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le")
    assert "‘Excel 통합 문서(.xlsx)’로 저장한 뒤 올려 주십시오." in refused(data)


def test_an_archive_locked_with_a_password(refused, good):
    data = bytearray(good)
    place = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, place + 8, 1)
    assert "암호가 걸린 파일" in refused(bytes(data))


def test_a_workbook_with_macros(refused, good):
    assert "매크로가 들어 있는 파일입니다." in refused(zipped(parts_of(good) | {"xl/vbaProject.bin": b"x"}))


def test_another_office_document(refused, draft):
    data = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"})
    assert "엑셀 파일(.xlsx)이나 CSV 파일이 아닙니다." in refused(data)


def test_a_workbook_of_ones_own(refused, draft):
    book = Workbook()
    book.active.append(["지표", "값"])
    assert "이 누리집에서 내려받은 파일이 아니거나" in refused(saved(book))


def test_a_hidden_sheet_that_was_deleted(refused, good):
    book = opened(good)
    del book[STAMP]
    assert "숨은 시트 ‘_정보’가 없습니다." in refused(saved(book))


def test_an_input_sheet_that_was_renamed(refused, good):
    book = opened(good)
    book[INPUT].title = "내 실적"
    assert "‘실적 입력’ 시트가 없습니다." in refused(saved(book))


@pytest.mark.parametrize("part", ["xl/workbook.xml", SHEET, "xl/styles.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<a><b></a>", b"<a/>", b"\xff\xfe\x00"])
def test_parts_that_make_no_sense(client, url_of, good, part, content):
    before = database_checksum(Session)
    data = zipped(parts_of(good) | {part: content})
    response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(data)})
    assert response.status_code == 422
    assert database_checksum(Session) == before


def test_every_truncation_of_a_good_file(client, url_of, good):
    before = database_checksum(Session)
    for length in range(1, len(good) - 1, len(good) // 40):
        response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(good[:length])})
        assert response.status_code == 422
    assert database_checksum(Session) == before


def test_a_file_with_flipped_bytes(client, url_of, good):
    """Wherever a byte is damaged, the file is refused, or read as what it says; never an error page."""
    for place in range(0, len(good), len(good) // 60):
        data = bytearray(good)
        data[place] ^= 0x55
        response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(bytes(data))})
        assert response.status_code in (302, 422)


# --- bombs


def test_a_zip_bomb(refused, good):
    start = time.monotonic()
    bomb = zipped(parts_of(good) | {"xl/media/image1.bin": bytes(200 * 1024 * 1024)})
    built = time.monotonic()
    assert len(bomb) < MAX_BYTES
    assert "압축을 풀면 지나치게 커지는 파일이라 읽지 않았습니다." in refused(bomb)
    assert time.monotonic() - built < max(5, built - start)


def test_a_small_bomb_below_the_total(refused, good):
    bomb = zipped(parts_of(good) | {"xl/media/image1.bin": bytes(90 * 1024 * 1024)})
    assert "압축을 풀면 지나치게 커지는 파일이라 읽지 않았습니다." in refused(bomb)


def test_a_bomb_that_lies_about_its_size(refused, good):
    """The directory of the archive is believed, and never more is unpacked than it says."""
    content = b"<worksheet>" + b"<row/>" * 3_000_000 + b"</worksheet>"
    data = bytearray(zipped({**parts_of(good), SHEET: content}))
    size = struct.pack("<I", len(content))
    place = data.find(size)
    while place >= 0:
        data[place : place + 4] = struct.pack("<I", 4000)
        place = data.find(size, place)
    assert "파일이 손상되어 읽을 수 없습니다." in refused(bytes(data))


def test_workbooks_are_read_through_defusedxml():
    assert (openpyxl.DEFUSEDXML, openpyxl.LXML) == (True, False)


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_an_entity_bomb(refused, good, part):
    entities = b'<!ENTITY a0 "ha">'
    for number in range(1, 12):
        entities += f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">'.encode()
    content = parts_of(good)[part]
    head, found, rest = content.partition(b"?>") if content.startswith(b"<?xml") else (b"", b"", content)
    start = rest.find(b">") + 1
    bomb = head + found + b"<!DOCTYPE x [" + entities + b"]>" + rest[:start] + b"&a11;" + rest[start:]
    start = time.monotonic()
    assert "허용하지 않는 선언(DTD·엔터티)이 있어 읽지 않았습니다." in refused(zipped(parts_of(good) | {part: bomb}))
    assert time.monotonic() - start < 5


def test_an_entity_that_reads_a_file_of_the_server(refused, good):
    content = parts_of(good)[SHEET]
    attack = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + content
    assert "허용하지 않는 선언" in refused(zipped(parts_of(good) | {SHEET: attack}))


def test_a_hundred_thousand_rows(refused, good):
    def fill(sheet):
        for number in range(100_000):
            sheet.append([number])

    data = with_rows(good, fill)
    start = time.monotonic()
    assert "표가 2,000줄을 넘습니다." in refused(data)
    assert time.monotonic() - start < 5


def test_a_hundred_thousand_lines_of_csv(refused, good):
    data = as_csv(good) + b"1,2,3\r\n" * 100_000
    start = time.monotonic()
    assert "표가 2,000줄을 넘습니다." in refused(data, "실적.csv")
    assert time.monotonic() - start < 5


def test_a_row_far_below(refused, good):
    def put(sheet):
        sheet.cell(1_048_576, 1).value = "끝"

    assert "표가 2,000줄을 넘습니다." in refused(with_rows(good, put))


def test_too_many_columns(refused, good):
    def put(sheet):
        sheet.cell(1, 16_384).value = "끝"

    assert "표가 50열을 넘습니다." in refused(with_rows(good, put))
    assert "표가 50열을 넘습니다." in refused(as_csv(good).replace(b"\r\n", b",x" * 60 + b"\r\n", 1), "실적.csv")


def test_a_row_of_a_million_cells(refused, good):
    """Below every limit on size, and yet nothing that may be loaded."""
    content = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    content += b"".join(b'<c r="A%d"/>' % n for n in range(1_000_000)) + b"</row></sheetData></worksheet>"
    start = time.monotonic()
    assert "파일에 든 내용이 너무 많습니다." in refused(zipped(parts_of(good) | {"xl/worksheets/sheet9.xml": content}))
    assert time.monotonic() - start < 5


# --- files of another place or time


def test_a_file_of_another_department(refused, as_user, stranger, draft, url_of):
    data = as_user(stranger).get(url_of("indicators:workbook_download", 2022)).content
    assert "다른 부서(의약과)의 파일입니다. 사회복지과 파일을 내려받아 적어 주십시오." in refused(data)
    assert "다른 부서의 파일입니다." in refused(as_csv(data), "실적.csv")


def test_a_file_of_another_round(refused, client, coordinator, plan, good, url_of):
    other = ReportingRound(plan=plan, year=2023, opens_on=date(2024, 1, 2), due_on=date(2024, 2, 28))
    services.plan_round(actor=coordinator, reporting_round=other)
    services.open_round(actor=coordinator, reporting_round=other)
    data = client.get(url_of("indicators:workbook_download", 2023)).content
    expected = "2023년 이행점검의 파일입니다. 2022년 파일을 내려받아 적어 주십시오."
    assert expected in refused(data)
    assert expected in refused(as_csv(data), "실적.csv")
    # Even when the heading was made to fit.
    renamed = as_csv(data).replace("2023년 실적".encode(), "2022년 실적".encode())
    assert expected in refused(renamed, "실적.csv")


def test_a_file_of_another_plan(refused, client, coordinator, good):
    other = Plan.objects.create(slug="another-2022", title="다른 계획", start_year=2022, end_year=2026)
    data = as_csv(good).replace(b"/seodaemun-2022/", f"/{other.slug}/".encode())
    assert "다른 이행계획의 파일입니다." in refused(data, "실적.csv")
    book = opened(good)
    book[STAMP].cell(2, 2).value = other.slug
    assert "다른 이행계획의 파일입니다." in refused(saved(book))


def test_an_old_format(refused, good, monkeypatch):
    old_csv = as_csv(good)
    monkeypatch.setattr(layout, "FORMAT_VERSION", layout.FORMAT_VERSION + 1)
    assert "예전 형식의 파일입니다. 새로 내려받은 파일에 적어 올려 주십시오." in refused(good)
    assert "예전 형식의 파일입니다." in refused(old_csv, "실적.csv")


def test_characters_of_an_unknown_encoding(refused, good):
    assert "글자를 읽을 수 없는 파일입니다." in refused(b"\x81" + b"\xff\xfe\xfd" * 9, "실적.csv")
    assert "유니코드 텍스트 파일입니다." in refused("지표키\t값".encode("utf-16"), "실적.txt")


def test_a_csv_with_broken_quotes(refused, good):
    assert "CSV 파일의 따옴표나 쉼표가 맞지 않아" in refused(b'a,"b"c,d\n', "실적.csv")
    assert "CSV 파일의 따옴표나 쉼표가 맞지 않아" in refused(b'a,"' + b"b" * 200_000, "실적.csv")


def test_a_web_page_saved_as_a_spreadsheet(refused, draft):
    assert "필요한 열이 없습니다:" in refused("<html><table><tr><td>지표</td></tr></table></html>".encode(), "실적.xls")


# --- files whose table was rebuilt


def test_a_renamed_column(refused, good):
    def rename(sheet):
        sheet.cell(1, column_of(sheet, VALUE)).value = "올해 실적"

    message = refused(with_rows(good, rename))
    assert "필요한 열이 없습니다: 2022년 실적. 첫 줄의 열 이름을 내려받은 그대로 두어 주십시오." in message
    assert "알 수 없는 열: 올해 실적." in message
    renamed = as_csv(good, "cp949").replace("산출근거".encode("cp949"), "근거".encode("cp949"))
    assert "필요한 열이 없습니다: 산출근거." in refused(renamed, "실적.csv")


def test_a_missing_column(refused, good):
    message = refused(with_rows(good, lambda sheet: sheet.delete_cols(column_of(sheet, KEY))))
    assert "필요한 열이 없습니다: 지표키." in message


def test_a_column_twice(refused, good):
    def double(sheet):
        sheet.cell(1, sheet.max_column + 1).value = "성과와 설명"

    assert "같은 이름의 열이 둘 이상 있습니다: 성과와 설명. 하나만 남겨 주십시오." in refused(with_rows(good, double))


def test_a_first_line_above_the_heading(refused, good):
    assert "필요한 열이 없습니다:" in refused(with_rows(good, lambda sheet: sheet.insert_rows(1)))


def test_a_merged_cell(refused, good):
    def merge(sheet):
        column = sheet.cell(1, column_of(sheet, "성과와 설명")).column_letter
        sheet.merge_cells(f"{column}2:{column}4")

    message = refused(with_rows(good, merge))
    assert "병합된 칸이 있어 어느 줄의 값인지 알 수 없습니다:" in message
    letter = opened(good)[INPUT].cell(1, column_of(opened(good)[INPUT], "성과와 설명")).column_letter
    assert f"{letter}2:{letter}4. 병합을 풀고 칸마다 적어 주십시오." in message


def test_a_formula_in_an_input_cell(previewed, good):
    preview, text = previewed(edited(good, {(*HERE, VALUE): "=300+33"}))
    assert [(e.column, e.found) for e in preview.errors] == [(VALUE, "=300+33")]
    assert "수식이 들어 있습니다. 값으로 붙여 넣어 주십시오." in text


def test_an_indicator_twice(previewed, good):
    def double(sheet):
        row = row_of(sheet, *HERE)
        sheet.append([cell.value for cell in sheet[row]])

    preview, text = previewed(with_rows(good, double))
    assert len(preview.errors) == 1
    assert "같은 지표가 3번째 줄에도 있습니다. 한 줄만 남겨 주십시오." in text


def test_an_unknown_indicator_and_rows_added_below(previewed, good):
    def add(sheet):
        width = sheet.max_column
        sheet.cell(sheet.max_row + 1, column_of(sheet, "이행지표")).value = "우리 과의 새 지표"
        sheet.append([None] * width)
        sheet.cell(sheet.max_row + 2, column_of(sheet, VALUE)).value = 5

    preview, text = previewed(with_rows(good, add))
    assert len(preview.errors) == 2
    assert "지표키가 없거나 고쳐졌습니다. 줄을 덧붙이지 말고" in text


def test_a_few_rows_of_another_department(previewed, as_user, stranger, good, url_of):
    foreign = as_csv(as_user(stranger).get(url_of("indicators:workbook_download", 2022)).content)
    preview, _text = previewed(as_csv(good) + foreign.split(b"\r\n", 1)[1], "실적.csv")
    assert {e.message for e in preview.errors} == {"다른 부서의 지표입니다. 이 줄을 지워 주십시오."}


# --- files that are fine although they look different


def test_deleted_rows_and_moved_columns_are_fine(client, good, url_of):
    def rebuild(sheet):
        keep = row_of(sheet, *HERE)
        for row in range(sheet.max_row, 1, -1):
            if row != keep:
                sheet.delete_rows(row)
        last, first = sheet.max_column, column_of(sheet, VALUE)
        for row in (1, 2):
            for column in range(1, last + 1):
                sheet.cell(row, last + 1 + column).value = sheet.cell(row, column).value
        sheet.delete_cols(1, last)
        assert first != column_of(sheet, VALUE)

    response = client.post(
        url_of("indicators:workbook_upload", 2022), {"file": upload_of(with_rows(good, rebuild))}, follow=True
    )
    preview = response.context["preview"]
    assert [(c.column, c.new) for c in preview.changes] == [(VALUE, "333")]
    assert preview.errors == []


def test_a_wrong_dimension_is_not_believed(client, good, url_of):
    parts = parts_of(good)
    parts[SHEET] = parts[SHEET].replace(b"<dimension ref=", b'<dimension ref="A1:B1" x=')
    response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(zipped(parts))}, follow=True)
    assert len(response.context["preview"].changes) == 1


def test_the_name_of_a_file_counts_for_nothing(client, good, url_of):
    for data, name in ((good, "그림.png"), (as_csv(good), "실적.xlsx"), (good, "../../etc/실적" + "가" * 90 + ".xlsx")):
        response = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(data, name)}, follow=True)
        assert len(response.context["preview"].changes) == 1


def test_what_a_file_says_is_shown_as_text(client, good, url_of):
    data = edited(good, {(*HERE, VALUE): "<script>alert(1)</script>"})
    response = client.post(
        url_of("indicators:workbook_upload", 2022), {"file": upload_of(data, "<b>.xlsx")}, follow=True
    )
    assert "<script>alert(1)" not in response.text
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<b>.xlsx" not in response.text


def test_a_department_of_the_same_name_elsewhere_is_told_by_its_slug(refused, as_user, draft, url_of, welfare):
    twin = Department.objects.create(name=welfare.name, slug="twin")
    twin_officer = make_user("twin", Role.OFFICER, twin)
    twin.tasks.set([welfare.tasks.first()])
    data = as_user(twin_officer).get(url_of("indicators:workbook_download", 2022)).content
    assert "다른 부서(사회복지과)의 파일입니다." in refused(data)
