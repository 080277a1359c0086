"""Any text that a database holds, in every output: none fails, and what was written opens again."""

import csv
import io
import json
from xml.etree import ElementTree

import openpyxl
import pytest
from django.conf import settings as site
from django.core import mail
from django.urls import reverse
from hwpx import HwpxDocument, validate_editor_open_safety
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from commons.mail import Mail, send_mails
from commons.spreadsheets import new_book
from commons.tables import table_bytes
from commons.text import writable
from indicators.choices import ReportKind
from indicators.models import Figure
from indicators.reports.blocks import Column, Contents, Cover, Document, Facts, Heading, Paragraph, Table
from indicators.reports.hwpx import write_hwpx
from indicators.reports.layout import document_of
from indicators.reports.pdf import write_pdf
from indicators.reports.selectors.reports import report_of
from indicators.reports.xlsx import write_xlsx

from .planting import plant

CONTROLS = "".join(map(chr, [*range(1, 32), 127, *range(128, 160)]))
BAD = f"성과{CONTROLS}\u2028\u202e거꾸로\u200b끝\ufffe\uffff\ufdd0 ㎍/㎥ 👨\u200d👩\u200d👧" + "\u0300" * 40
SIGNS = "㎍/㎥㎎/ℓ㎡㎢㎥㎞㎏㎾㎿℃‰△▲▽▼※○●□■①⑳㉠ⅠⅩ→∼～±×÷≥≤前新樂稅區廳民福祉環境交通"
SOME = st.lists(st.text(st.characters()), min_size=30, max_size=60)
# Documents are slow to make: a few with many texts each, and none is made smaller after a failure.
PHASES = (Phase.explicit, Phase.generate)
few = settings(max_examples=4, phases=PHASES, suppress_health_check=list(HealthCheck))


def document_with(texts: list[str]) -> Document:
    """A document that has the texts in each kind of place."""
    texts = [*texts, BAD]
    rows = [[text, text] for text in texts]
    document = Document(title=texts[0], running=texts[-1], is_demo=True)
    document.add(
        Cover(*texts[:4], [(texts[4], texts[5])]),
        Contents([(text, 1, "") for text in texts[:5]]),
        Heading(BAD, 1),
        Facts([(text, text) for text in texts[:5]]),
        Table([Column("가", 1), Column(BAD, 1)], rows, caption=BAD),
        *(Paragraph(text) for text in texts),
    )
    return document


@few
@given(SOME)
def test_hwpx_opens_again(texts):
    data = write_hwpx(document_with(texts), author=BAD)
    assert validate_editor_open_safety(data).ok
    written = HwpxDocument.open(io.BytesIO(data)).text.plain()
    assert "거꾸로" in written
    assert "👨\u200d👩\u200d👧" in written


@settings(few, max_examples=2)
@given(SOME)
def test_pdf_is_made(texts):
    assert len(PdfReader(io.BytesIO(write_pdf(document_with(texts), author=BAD))).pages) > 1


def test_controls_leave_the_words_of_a_pdf_alone():
    document = Document(title="제목", running="", is_demo=False)
    document.add(Paragraph(f"성과{CONTROLS}둘째\ufffe\ufdd0 ㎍/㎥"))
    (page,) = PdfReader(io.BytesIO(write_pdf(document, author="구"))).pages
    assert "성과 둘째 ㎍/㎥" in " ".join(page.extract_text().split())


@settings(few, max_examples=10)
@given(SOME)
def test_tables_open_again(texts):
    rows = [[text, 1] for text in [*texts, BAD]]
    written = [writable(text) for text, _one in rows]
    sheet = openpyxl.load_workbook(io.BytesIO(table_bytes("xlsx", ["글", "수"], rows))).active
    assert [cell.value for (cell,) in sheet.iter_rows(min_row=2, max_col=1)][-1].endswith("\u0300" * 40)
    found = csv.reader(io.StringIO(table_bytes("csv", ["글", "수"], rows).decode("utf-8-sig"), newline=""))
    assert [text.removeprefix("'") for text, _one in list(found)[1:]] == [text.removeprefix("'") for text in written]
    assert [row["글"] or "" for row in json.loads(table_bytes("json", ["글", "수"], rows))] == written


@settings(few, max_examples=10)
@given(SOME)
def test_cells_of_workbooks_open_again(texts):
    file = io.BytesIO()
    with new_book(file) as book:
        sheet = book.new_sheet("글")
        for number, text in enumerate([*texts, BAD]):
            sheet.put_text(number, 0, text)
    assert openpyxl.load_workbook(file).active.cell(len(texts) + 1, 1).value.startswith("성과")


@settings(few, max_examples=10)
@given(st.text(st.characters()))
def test_mail_is_sent(text):
    mail.outbox = []
    context = {"plan": {"title": text}, "by": BAD, "result": {"review_comment": text}}
    assert send_mails([Mail(f"{BAD}\n{text}", "mail/returned.txt", context, ["a@example.test\n"])]) == [True]
    message = mail.outbox[0].message()
    message.as_bytes()
    assert "거꾸로" in message.get_payload(decode=True).decode()
    assert message["To"].strip() == "a@example.test"


# --- an edition that was published with such text


@pytest.fixture
def frozen(published, indicator):
    """The edition, its figure as one was stored before fields cleaned."""
    figure = Figure.objects.get(publication=published, indicator=indicator)
    plant(figure, explanation=BAD, basis=BAD, target_text="", actual_text="")
    plant(indicator, title=f"자활\x0b사업 {CONTROLS}")
    return published


@pytest.mark.django_db
def test_reports_of_a_frozen_edition_come_out(frozen):
    report = report_of(frozen)
    hwpx = write_hwpx(document_of(report, ReportKind.HWPX, ""), author=report.municipality)
    assert validate_editor_open_safety(hwpx).ok
    assert "거꾸로" in HwpxDocument.open(io.BytesIO(hwpx)).text.plain()
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(report)))
    assert any("거꾸로" in str(cell.value) for row in book["이행지표"].iter_rows() for cell in row)
    pdf = write_pdf(document_of(report, ReportKind.DEPARTMENT, "social-welfare"), author=report.municipality)
    assert "자활사업 참여자 수" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.django_db
def test_pages_and_data_of_a_frozen_edition_come_out(client, plan, frozen, indicator):
    assert "거꾸로" in client.get(indicator.get_absolute_url()).text
    for suffix in ("csv", "xlsx", "json"):
        answer = client.get(reverse("data:table", args=[plan.slug, "figures", suffix]))
        assert answer.status_code == 200
    figures = client.get(f"/api/v1/plans/{plan.slug}/figures/", {"year": 2022}).json()
    assert "거꾸로" in json.dumps(figures, ensure_ascii=False)


@pytest.mark.django_db
def test_feeds_of_such_names_can_be_read(client, plan, asked):
    task = asked.task
    plant(task, title=BAD)
    plant(plan, title=BAD, municipality=BAD[:60])
    plant(asked, summary=BAD)
    feed = ElementTree.fromstring(client.get(f"{task.get_absolute_url()}feed/").content)
    assert "거꾸로" in feed.findtext("{http://www.w3.org/2005/Atom}title")


def test_units_and_chinese_characters_of_the_plan_print_without_boxes(caplog):
    """Every sign of the plan's files and the usual units and hanja: the PDF has a glyph for each."""
    known = "".join(path.read_text(encoding="utf-8") for path in (site.BASE_DIR / "fixtures").rglob("*.json"))
    signs = "".join(sorted({sign for sign in known + SIGNS if sign.isprintable()}))
    document = Document(title="글자", running="글자", is_demo=False)
    document.add(Heading(signs, 1), Paragraph(signs), Table([Column("글자", 1)], [[signs]]))
    with caplog.at_level("WARNING", "weasyprint"):
        write_pdf(document, author="구")
    assert not [record.getMessage() for record in caplog.records if ".notdef" in record.getMessage()]
