"""Evidence files: checked by content, kept outside the web root, handed only to those who may see them."""

import io
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import ActivityEntry
from commons import evidence as rules
from commons.evidence import kind_of, shown_name
from indicators import services
from indicators.models import Evidence, Indicator, Publication, Result

from .conftest import values


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def zipped(parts, **options):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20
XLSX = zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<workbook/>"})
DOCX = zipped({"[Content_Types].xml": TYPES, "word/document.xml": "<document/>"})
HWPX = zipped({"mimetype": "application/hwp+zip", "Contents/content.hpf": "<package/>"})
HWP = OLE + b"\x00" * 600 + "FileHeader".encode("utf-16-le") + b"\x00" * 64 + b"HWP Document File" + b"\x00" * 99

GOOD = {
    "pdf": (PDF, "application/pdf"),
    "png": (PNG, "image/png"),
    "jpeg": (JPEG, "image/jpeg"),
    "xlsx": (XLSX, rules.XLSX.content_type),
    "docx": (DOCX, rules.DOCX.content_type),
    "hwpx": (HWPX, "application/hwp+zip"),
    "hwp": (HWP, "application/x-hwp"),
    "utf-8": ("연도,값\n2022,310\n".encode(), "text/plain"),
    "utf-8 with BOM": (b"\xef\xbb\xbf" + "값".encode(), "text/plain"),
    "cp949": ("연도,값\r\n".encode("cp949"), "text/plain"),
}
BAD = {
    "empty": (b"", "빈 파일입니다."),
    "program": (b"MZ\x90\x00\x03" + b"\x00" * 60, "받을 수 없는 형식입니다."),
    "text with NUL": (b"a,b\x00c", "받을 수 없는 형식입니다."),
    "text with escape codes": (b"\x1b[31mred", "받을 수 없는 형식입니다."),
    "latin": (b"caf\xe9 \xff\xff", "받을 수 없는 형식입니다."),
    "gif": (b"GIF89a" + b"\x00" * 20, "받을 수 없는 형식입니다."),
    "png in name only": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "받을 수 없는 형식입니다."),
    "plain zip": (zipped({"a.txt": "a"}), "받을 수 없는 형식입니다."),
    "java archive": (zipped({"META-INF/MANIFEST.MF": "x"}), "받을 수 없는 형식입니다."),
    "broken zip": (b"PK\x03\x04" + b"\x00" * 80, "손상되어"),
    "cut xlsx": (XLSX[: len(XLSX) // 2], "손상되어"),
    "macro part": (
        zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<w/>", "xl/vbaProject.bin": "x"}),
        "매크로",
    ),
    "macro type": (
        zipped({"[Content_Types].xml": TYPES + "application/vnd.ms-excel.sheet.macroEnabled", "xl/workbook.xml": "x"}),
        "매크로",
    ),
    "macro type in UTF-16": (
        zipped({"[Content_Types].xml": "sheet.macroEnabled.main".encode("utf-16"), "xl/workbook.xml": "x"}),
        "매크로",
    ),
    "old macro sheet": (
        zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<w/>", "xl/macrosheets/sheet1.xml": "x"}),
        "매크로",
    ),
    "old word": (OLE + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), "받을 수 없는 형식입니다."),
    "old excel that names Hangul": (
        OLE + b"HWP Document File" + "Workbook".encode("utf-16-le"),
        "받을 수 없는 형식입니다.",
    ),
    "old macro": (OLE + b"HWP Document File" + "_VBA_PROJECT".encode("utf-16-le"), "매크로"),
}


def sent(content, name="자료.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case)
def test_good_files_are_told_by_their_content(case):
    content, content_type = GOOD[case]
    assert kind_of(sent(content, "이름은 아무것도 아니다.exe")).content_type == content_type


@pytest.mark.parametrize("case", BAD, ids=lambda case: case)
def test_bad_files_are_refused_with_what_to_do(as_user, owner, draft, address, case, media):
    content, message = BAD[case]
    response = as_user(owner).post(address, {"files": sent(content, "증빙.pdf")})
    assert response.status_code == 422
    assert message in response.text
    assert "증빙.pdf: " in response.text
    assert not Evidence.objects.exists()
    assert stored_files(media) == []


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = {"[Content_Types].xml": TYPES, "xl/workbook.xml": "<w/>"}
    bomb |= {f"xl/sheet{n}.xml": b"\x00" * (30 * 1024 * 1024) for n in range(7)}
    packed = zipped(bomb)
    assert len(packed) < 1024 * 1024
    with pytest.raises(rules.ValidationError, match="지나치게 커지는"):
        kind_of(sent(packed))


def test_a_file_with_too_many_parts_is_refused():
    parts = {f"{n}.xml": "" for n in range(rules.MAX_PARTS + 1)}
    with pytest.raises(rules.ValidationError, match="지나치게 커지는"):
        kind_of(sent(zipped(parts)))


def test_an_encrypted_document_is_refused():
    packed = bytearray(XLSX)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = packed.find(mark)
        while at >= 0:
            packed[at + offset] |= 1
            at = packed.find(mark, at + 1)
    with pytest.raises(rules.ValidationError, match="암호"):
        kind_of(sent(bytes(packed)))


def test_the_size_is_limited(monkeypatch):
    monkeypatch.setattr(rules, "MAX_BYTES", 1024 * 1024)
    assert kind_of(sent(PDF + b" " * (1024 * 1024 - len(PDF)))) is rules.PDF
    with pytest.raises(rules.ValidationError, match="1MB보다 큽니다"):
        kind_of(sent(PDF + b" " * 1024 * 1024))


@pytest.mark.parametrize(
    ("typed", "kind", "shown"),
    [
        ("결과 보고서.pdf", rules.PDF, "결과 보고서.pdf"),
        ("보고서.PDF", rules.PDF, "보고서.PDF"),
        (unicodedata.normalize("NFD", "실적.pdf"), rules.PDF, "실적.pdf"),
        ("../../etc/passwd", rules.TEXT, "passwd.txt"),
        ("C:\\문서\\실적.xlsx", rules.XLSX, "실적.xlsx"),
        ("그림.xlsx", rules.PNG, "그림.xlsx.png"),
        ("report.exe", rules.TEXT, "report.exe.txt"),
        ("자료\u202efdp.exe", rules.PDF, "자료fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x\x00.pdf", rules.PDF, "a Set-Cookie: x.pdf"),
        ("....", rules.PDF, "증빙.pdf"),
        ("", rules.PDF, "증빙.pdf"),
        (".hwp", rules.HWP, "hwp.hwp"),
        ("가" * 300 + ".pdf", rules.PDF, "가" * (rules.MAX_NAME - 4) + ".pdf"),
        ("a." + "b" * 300, rules.PDF, ("a." + "b" * 300)[: rules.MAX_NAME - 4] + ".pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_do_harm(typed, kind, shown):
    assert shown_name(typed, kind) == shown


# --- putting in and taking out


@pytest.fixture
def address(url_of, open_round):
    return url_of("indicators:evidence_add", 2022, 1, "1-1-2-1")


@pytest.fixture
def entry(url_of, open_round):
    return url_of("indicators:result", 2022, 1, "1-1-2-1")


@pytest.fixture
def evidence(draft, owner):
    return attach(owner, draft)


def attach(owner, result, *, name="자료.pdf", is_public=False):
    return services.add_evidence(
        actor=owner,
        result=result,
        file=sent(PDF),
        name=name,
        content_type="application/pdf",
        sha256="0" * 64,
        is_public=is_public,
    )


def stored_files(media):
    return sorted(str(path.relative_to(media)) for path in Path(media).rglob("*") if path.is_file())


def test_the_owner_puts_in_several_files_at_once(as_user, owner, draft, address, entry, media):
    files = [sent(PDF, "근거.pdf"), sent("가,나\n".encode("cp949"), "집계.csv")]
    response = as_user(owner).post(address, {"files": files, "is_public": "on"}, follow=True)
    assert response.redirect_chain[-1][0] == f"{entry}#evidence"
    assert "증빙 2개를 올렸습니다." in response.text
    first, second = Evidence.objects.order_by("pk")
    assert (first.name, first.size, first.content_type, first.is_public) == (
        "근거.pdf",
        len(PDF),
        "application/pdf",
        True,
    )
    assert (second.name, second.content_type, len(second.sha256)) == ("집계.csv", "text/plain", 64)
    assert "근거.pdf" in response.text
    for path in stored_files(media):
        assert "근거" not in path
        assert path.startswith("evidence/2022/")
    trace = ActivityEntry.objects.about(draft).filter(action="evidence_added")
    assert sorted(trace.values_list("comment", flat=True)) == ["근거.pdf", "집계.csv"]


def test_one_bad_file_refuses_all(as_user, owner, draft, address, media):
    response = as_user(owner).post(address, {"files": [sent(PDF, "좋음.pdf"), sent(b"MZ\x00", "나쁨.pdf")]})
    assert response.status_code == 422
    assert "나쁨.pdf: 받을 수 없는 형식입니다." in response.text
    assert "좋음.pdf: " not in response.text
    assert not Evidence.objects.exists()
    assert stored_files(media) == []


def test_no_file_is_said(as_user, owner, draft, address):
    response = as_user(owner).post(address, {})
    assert response.status_code == 422
    assert "올릴 파일을 골라 주십시오." in response.text


def test_ten_files_are_enough(as_user, owner, draft, address):
    client = as_user(owner)
    assert client.post(address, {"files": [sent(PDF) for _n in range(9)]}).status_code == 302
    refused = client.post(address, {"files": [sent(PDF), sent(PDF)]})
    assert refused.status_code == 422
    assert "지금은 1개를 더 올릴 수 있습니다." in refused.text
    assert client.post(address, {"files": [sent(PDF)]}).status_code == 302
    assert Evidence.objects.count() == 10
    with pytest.raises(services.NotAllowedNow, match="10개까지"):
        attach(owner, draft)


def test_what_was_never_saved_takes_no_evidence(as_user, owner, open_round, address, entry):
    assert "실적을 한 번 저장하면 증빙을 올릴 수 있습니다." in as_user(owner).get(entry).text
    refused = as_user(owner).post(address, {"files": [sent(PDF)]})
    assert refused.status_code == 409
    assert "실적을 한 번 저장한 뒤에 증빙을 올릴 수 있습니다." in refused.text
    assert not Result.objects.exists()


def test_a_handed_in_result_keeps_its_evidence(as_user, owner, draft, evidence, address, url_of, media):
    services.submit_result(actor=owner, result=draft, new=values(310))
    client = as_user(owner)
    remove = url_of("indicators:evidence_remove", evidence.pk)
    for response in (client.post(address, {"files": [sent(PDF)]}), client.post(remove)):
        assert response.status_code == 409
        assert "제출되어 검토를 기다리고 있습니다." in response.text
        assert "자료.pdf" in response.text
    assert Evidence.objects.count() == 1
    assert len(stored_files(media)) == 1


def test_the_file_goes_with_its_record(
    as_user, colleague, evidence, url_of, entry, media, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = as_user(colleague).post(url_of("indicators:evidence_remove", evidence.pk), follow=True)
    assert "증빙 파일을 지웠습니다: 자료.pdf" in response.text
    assert not Evidence.objects.exists()
    assert stored_files(media) == []
    assert ActivityEntry.objects.about(evidence.result).filter(action="evidence_removed").count() == 1


PERSONAS = [
    ("owner", 302),
    ("colleague", 302),
    ("stranger", 404),
    ("head", 403),
    ("coordinator", 403),
    ("administrator", 403),
    ("committee", 403),
    (None, 302),
]


@pytest.mark.parametrize(("role", "status"), PERSONAS)
def test_who_puts_evidence_in(request, as_user, draft, address, role, status):
    user = role and request.getfixturevalue(role)
    response = as_user(user).post(address, {"files": [sent(PDF)]})
    assert response.status_code == status
    assert Evidence.objects.exists() == (role in ("owner", "colleague"))
    if role is None:
        assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize(("role", "status"), PERSONAS)
def test_who_takes_evidence_out(request, as_user, evidence, url_of, role, status):
    user = role and request.getfixturevalue(role)
    # The committee does not see drafts, and so learns nothing of their files.
    expected = 404 if role == "committee" else status
    assert as_user(user).post(url_of("indicators:evidence_remove", evidence.pk)).status_code == expected
    assert Evidence.objects.exists() != (role in ("owner", "colleague"))


def test_the_committee_does_not_remove_what_it_sees(as_user, committee, owner, draft, evidence, url_of):
    services.submit_result(actor=owner, result=draft, new=values(310))
    assert as_user(committee).post(url_of("indicators:evidence_remove", evidence.pk)).status_code == 403


@pytest.mark.parametrize("name", ["evidence_add", "evidence_remove"])
def test_nothing_is_done_by_looking(as_user, owner, evidence, url_of, name):
    args = [2022, 1, "1-1-2-1"] if name == "evidence_add" else [evidence.pk]
    assert as_user(owner).get(url_of(f"indicators:{name}", *args)).status_code == 405


def test_what_does_not_exist_is_not_found(as_user, owner, evidence, url_of):
    client = as_user(owner)
    assert client.post(url_of("indicators:evidence_remove", evidence.pk + 1)).status_code == 404
    assert client.get(url_of("indicators:evidence", evidence.pk + 1)).status_code == 404
    assert client.post(url_of("indicators:evidence_add", 2023, 1, "1-1-2-1"), {"files": [sent(PDF)]}).status_code == 404


def test_the_service_refuses_the_wrong_person(stranger, committee, coordinator, draft, evidence):
    for person in (stranger, committee, coordinator):
        with pytest.raises(PermissionDenied):
            attach(person, draft)
        with pytest.raises(PermissionDenied):
            services.remove_evidence(actor=person, evidence=evidence)


# --- handing out


@pytest.mark.parametrize(
    ("role", "while_draft", "handed_in"),
    [
        ("owner", 200, 200),
        ("colleague", 200, 200),
        ("head", 200, 200),
        ("coordinator", 200, 200),
        ("administrator", 200, 200),
        ("committee", 404, 200),
        ("stranger", 404, 404),
        (None, 302, 302),
    ],
)
def test_who_gets_the_file(request, as_user, owner, draft, evidence, url_of, role, while_draft, handed_in):
    client = as_user(role and request.getfixturevalue(role))
    address = url_of("indicators:evidence", evidence.pk)
    assert client.get(address).status_code == while_draft
    services.submit_result(actor=owner, result=draft, new=values(310))
    assert client.get(address).status_code == handed_in


def test_a_file_is_always_a_download(as_user, owner, draft, url_of):
    evidence = attach(owner, draft, name="2022 실적 근거.pdf")
    response = as_user(owner).get(url_of("indicators:evidence", evidence.pk))
    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''2022%20")
    assert "no-store" in response.headers["Cache-Control"]


def test_a_lost_file_has_its_own_page(as_user, owner, evidence, url_of):
    os.remove(evidence.file.path)
    response = as_user(owner).get(url_of("indicators:evidence", evidence.pk))
    assert response.status_code == 404
    assert "‘자료.pdf’의 기록은 있으나 파일이 저장소에 없어" in response.text


@pytest.fixture
def files_of_a_published_result(draft, owner, coordinator, open_round):
    """One public and one private file of the published result."""
    public, private = attach(owner, draft, name="공개.pdf", is_public=True), attach(owner, draft, name="내부.pdf")
    submitted = services.submit_result(actor=owner, result=draft, new=values(310))
    services.approve_result(actor=coordinator, result=submitted)
    services.close_round(actor=coordinator, reporting_round=open_round)
    return public, private


def test_everybody_gets_a_public_file_once_it_is_published(
    as_user, coordinator, open_round, url_of, files_of_a_published_result
):
    public, private = files_of_a_published_result
    citizen, page = as_user(None), url_of("indicators:indicator", 1, "1-1-2-1")
    public_url, private_url = (url_of("indicators:public_evidence", 1, "1-1-2-1", e.pk) for e in (public, private))
    assert citizen.get(public_url).status_code == 404
    assert "공개.pdf" not in citizen.get(page).text
    services.publish_round(actor=coordinator, reporting_round=open_round)
    response = citizen.get(public_url)
    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert citizen.get(private_url).status_code == 404
    text = citizen.get(page).text
    assert "공개.pdf" in text
    assert "내부.pdf" not in text
    assert citizen.post(public_url).status_code == 405


def test_a_public_file_stands_under_its_own_indicator_alone(
    as_user, coordinator, open_round, url_of, files_of_a_published_result
):
    services.publish_round(actor=coordinator, reporting_round=open_round)
    public, _private = files_of_a_published_result
    other = Indicator.objects.exclude(pk=public.result.indicator_id).first()
    for args in ((other.area.number, other.code), (9, "1-1-2-1"), (1, "9-9-9-9")):
        assert as_user(None).get(url_of("indicators:public_evidence", *args, public.pk)).status_code == 404


def test_files_of_a_result_that_no_edition_shows_stay_closed(as_user, coordinator, owner, open_round, draft, url_of):
    """A result approved by a correction is public with the next edition, and so are its files."""
    public = attach(owner, draft, is_public=True)
    services.close_round(actor=coordinator, reporting_round=open_round)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    stored = Result.objects.get()
    services.correct_result(actor=coordinator, result=stored, new={"value": stored.value}, comment="늦은 제출")
    address = url_of("indicators:public_evidence", 1, "1-1-2-1", public.pk)
    assert as_user(None).get(address).status_code == 404
    services.publish_round(actor=coordinator, reporting_round=open_round, reason="늦게 낸 실적을 더함")
    assert Publication.objects.count() == 2
    assert as_user(None).get(address).status_code == 200
