"""Reports: every format shows the same figures as the pages and the open data, cell by cell; PDF tags; HWPX parts."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from hwpx import validate_editor_open_safety
from lxml import etree, html

from accounts.choices import Role
from indicators import demo, services
from indicators.choices import MissingReason, ReportKind, ResultState, Status
from indicators.models import Figure, Indicator, Publication, ReportingRound, Result
from indicators.reports import hwpx as hwpx_module
from indicators.reports import pdf as pdf_module
from indicators.reports.documents import Report
from indicators.reports.hwpx import write_hwpx
from indicators.reports.layout import document_of
from indicators.reports.pdf import PdfUnavailable, write_pdf
from indicators.reports.selectors.reports import department_then, report_of, scopes_of
from indicators.reports.xlsx import write_xlsx
from indicators.wording import percent
from plans.models import Area, Plan, Task
from plans.services import rename_department

from .conftest import make_user
from .pdf_reading import tag_tree
from .test_public_pages import publish

pytestmark = pytest.mark.django_db

HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
TOLD = "=SUM(A1)은 식이 아닙니다.\n<둘째 줄> 5 & 6 ㎡ ㎍/㎥ ▲ Ⅱ"
CORRECTED = (1, "1-1-2-1")


@dataclass
class Edition:
    """A whole edition as everybody sees it: the tree of the reports, the pages, the open data."""

    report: Report
    first: Report
    pages: dict  # (area, code) → {year: (target, actual, rate, status)}
    figures: list[dict]
    queries: list[int]
    scopes: dict[ReportKind, dict[str, str]]


def year_tables(page: str) -> dict[int, tuple]:
    """What the table of an indicator's page shows, by year."""
    found = {}
    for row in html.fromstring(page).xpath("//table[contains(@class, 'years')]/tbody/tr"):
        year, *cells = row
        status = cells[3].xpath(".//span[contains(@class, 'status')]")
        words = [cell.text_content().strip() for cell in cells[:3]]
        found[int(year.text_content().split()[0])] = (*words, status[0].text_content() if status else "–")
    return found


def play(plan, coordinator):
    """Publish 2022 and 2023 with the demo's values, a few of them missing, and correct 2023 once."""
    indicators = Indicator.objects.of_plan(plan).select_related("area").prefetch_related("milestones")
    for year in (2022, 2023):
        opens, due = date(year + 1, 1, 2), date(year + 1, 2, 28)
        reporting_round = ReportingRound(plan=plan, year=year, opens_on=opens, due_on=due, is_demo=True)
        services.plan_round(actor=coordinator, reporting_round=reporting_round)
        services.open_round(actor=coordinator, reporting_round=reporting_round)
        Result.objects.bulk_create(
            Result(
                round=reporting_round,
                indicator=indicator,
                state=ResultState.APPROVED,
                **demo.demo_value(indicator, indicator.milestones.get(year=year).reading, year),
            )
            for number, indicator in enumerate(indicators)
            if number % 15 != 14
        )
        services.close_round(actor=coordinator, reporting_round=reporting_round)
        services.publish_round(actor=coordinator, reporting_round=reporting_round)
    result = Result.objects.get(round=reporting_round, indicator__area__number=1, indicator__code=CORRECTED[1])
    new = {
        "value": Decimal("123.45"),
        "explanation": TOLD,
        "next_steps": "내년에 늘린다.",
        "doubt_answer": "다시 세었다.",
    }
    services.correct_result(actor=coordinator, result=result, new=new, comment="다시 셈")
    return services.publish_round(actor=coordinator, reporting_round=reporting_round, reason="잘못 셈")


@pytest.fixture(scope="session")
def edition(django_db_setup, django_db_blocker, tmp_path_factory):
    """Edition 2 of 2023, read once for the whole session; the database is left as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        plan = Plan.objects.get(slug="seodaemun-2022")
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            latest = play(plan, make_user("publisher", Role.COORDINATOR))
        reports, queries = {}, []
        for publication in Publication.objects.select_related("round__plan"):
            with CaptureQueriesContext(connection) as caught:
                reports[publication.round.year, publication.edition] = report_of(publication)
            queries.append(len(caught))
        client = Client()
        with override_settings(KEEP_READ_MODEL=True):  # nothing changes meanwhile
            pages = {
                (f.inputs["area"], f.inputs["code"]): year_tables(client.get(f.indicator.get_absolute_url()).text)
                for f in Figure.objects.filter(publication=latest).select_related("indicator__area__plan")
            }
        folder = tmp_path_factory.mktemp("open-data")
        ReportingRound.objects.update(is_demo=False)  # the open data leave demo rounds out
        call_command("export_open_data", str(folder), stdout=io.StringIO())
        with (folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
            figures = [row for row in csv.DictReader(file) if (row["year"], row["edition"]) == ("2023", "2")]
        scopes = {kind: scopes_of(latest, kind) for kind in ReportKind}
        transaction.set_rollback(True)
    return Edition(reports[2023, 2], reports[2023, 1], pages, figures, queries, scopes)


@pytest.fixture(scope="session")
def pango():
    """PDFs can be made and read here; a missing library is a failure where CI says so."""
    missing = []
    try:
        pdf_module._weasyprint()
    except PdfUnavailable as error:
        missing.append(str(error))
    if not shutil.which("pdftotext"):
        missing.append("no pdftotext (poppler-utils)")
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("; ".join(missing))


@pytest.fixture(scope="session")
def full_pdf(pango, edition):
    return write_pdf(document_of(edition.report, ReportKind.PDF, ""), author="서대문구")


@pytest.fixture(scope="session")
def pdf_tree(full_pdf):
    return tag_tree(full_pdf)


@pytest.fixture(scope="session")
def full_hwpx(edition):
    return write_hwpx(document_of(edition.report, ReportKind.HWPX, ""), author="서대문구")


@pytest.fixture(scope="session")
def hwpx_body(full_hwpx):
    with zipfile.ZipFile(io.BytesIO(full_hwpx)) as package:
        return etree.fromstring(package.read("Contents/section0.xml"))


@pytest.fixture(scope="session")
def full_xlsx(edition):
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(edition.report)))
    return {name.removesuffix(" (시범)"): book[name] for name in book.sheetnames}


# --- reading the formats


def hwpx_tables(body) -> list[list[list[str]]]:
    """The cells of all tables, row by row; the lines of a cell are joined by line breaks."""

    def text(cell):
        return "\n".join("".join(p.itertext(f"{HP}t")) for p in cell.iter(f"{HP}p"))

    return [[[text(c) for c in row.iter(f"{HP}tc")] for row in t.iter(f"{HP}tr")] for t in body.iter(f"{HP}tbl")]


def joined(text: str) -> str:
    """A text without its spaces: a PDF breaks lines at them."""
    return re.sub(r"\s+", "", text)


def shown(cell) -> str:
    """A cell as a spreadsheet program shows it."""
    if cell.value is None:
        return ""
    if cell.data_type != "n":
        return cell.value
    places = len(re.sub(r"[^0.]", "", cell.number_format).partition(".")[2])
    number, grouped = Decimal(repr(cell.value)), "," if "," in cell.number_format else ""
    if cell.number_format.endswith("%"):
        return f"{number * 100:.{places}f}%"
    return f"{number:{grouped}.{places}f}"


def rows_under(tables, *heads: str) -> list[list[str]]:
    """The rows of all tables that begin with these heads. A PDF tags what runs on to the next page as a new table."""
    return [row for table in tables if tuple(map(joined, table[0][: len(heads)])) == heads for row in table[1:]]


def year_rows(tables):
    """What the tables under the indicators show: {year: (target, actual, rate, status)} for each."""
    for table in tables:
        if table[0][0] == "구분":
            yield {int(year): values for year, *values in zip(*table, strict=True) if year != "구분"}


# --- one edition, everywhere the same


def test_the_edition_is_whole(edition):
    assert len(edition.report.tasks) == 112
    assert len(edition.report.indicators) == 115
    assert len(edition.report.areas) == 7
    assert len(edition.report.departments) == 25
    assert len(edition.pages) == len(edition.figures) == 115
    kinds = {part.target.text for part in edition.report.indicators} & {"1,500/510", "수요조사", "계획된 목표치 없음"}
    assert kinds  # words and missing targets are among what is compared


def test_open_data_and_pages_show_the_same(edition):
    labels = {reason.value: str(reason.label) for reason in MissingReason}
    for row in edition.figures:
        page = edition.pages[int(row["area_no"]), row["indicator_code"]][2023]
        for value, text in ((row["target"], page[0]), (row["actual"], page[1])):
            number = re.fullmatch(r"-?[\d,]+(\.\d+)?", text)
            if number and value:
                assert Decimal(value) == Decimal(text.replace(",", ""))
            else:
                assert text in (value, row["text"], labels.get(row["missing_reason"]), "계획된 목표치 없음")
        assert page[2] == (percent(Decimal(row["attainment"])) if row["attainment"] else "–")
        assert page[3] == Status(row["status"]).label


def expected_rows(edition):
    for part in edition.report.indicators:
        yield [part.code, part.title, part.unit or "–", *edition.pages[part.area_number, part.code][2023]]


def test_xlsx_shows_what_the_pages_show(edition, full_xlsx):
    rows = [[shown(cell) for cell in row] for row in full_xlsx["이행지표"].iter_rows(min_row=3)]
    assert [row[1:8] for row in rows] == [[c, t, "" if u == "–" else u, *f] for c, t, u, *f in expected_rows(edition)]
    years = {}
    for row in full_xlsx["연도별 목표와 실적"].iter_rows(min_row=3):
        area, code, _title, _unit, year, *values = (shown(cell) for cell in row)
        years.setdefault((int(area), code), {})[int(year)] = (*values[:3], values[3] or "–")
    assert years == edition.pages


def test_pdf_shows_what_the_pages_show(edition, pdf_tree):
    tables = [table.rows for table in pdf_tree[0].find("Table")]
    found = [[joined(cell) for cell in row[:7]] for row in rows_under(tables, "번호", "이행지표")]
    expected = [[joined(cell) for cell in row] for row in expected_rows(edition)]
    assert found == expected * 2  # in the chapters, and in the annex
    assert_years(edition, tables)


def test_hwpx_shows_what_the_pages_show(edition, hwpx_body):
    tables = hwpx_tables(hwpx_body)
    assert [row[:7] for row in rows_under(tables, "번호", "이행지표")] == list(expected_rows(edition)) * 2
    assert_years(edition, tables)


def assert_years(edition, tables):
    """Each task card shows its indicators with all years of the plan."""
    cards = [part for card in edition.report.tasks for part in card.indicators]
    found = [{year: tuple(map(joined, v)) for year, v in years.items()} for years in year_rows(tables)]
    expected = [edition.pages[part.area_number, part.code] for part in cards]
    assert found == [{year: tuple(map(joined, v)) for year, v in years.items()} for years in expected]


def test_all_formats_name_all_tasks(edition, pdf_tree, hwpx_body, full_xlsx):
    names = [f"{card.code} {card.title}" for card in edition.report.tasks]
    assert len(names) == 112
    assert [joined(h.text) for h in pdf_tree[0].find("H4")] == [joined(name) for name in names]
    said = ["".join(p.itertext(f"{HP}t")) for p in hwpx_body.iterchildren(f"{HP}p")]
    assert [text for text in said if text in set(names)] == names
    rows = [[cell.value for cell in row[:3]] for row in full_xlsx["이행과제"].iter_rows(min_row=3)]
    assert rows == [[card.area_number, card.code, card.title] for card in edition.report.tasks]


def test_budgets_and_counts_are_the_same_in_all_formats(edition, pdf_tree, hwpx_body, full_xlsx):
    amounts = [line.amount.text for card in edition.report.tasks for line in card.budgets]
    assert len(amounts) > 100
    assert [shown(row[5]) for row in full_xlsx["예산"].iter_rows(min_row=3)] == amounts
    for tables in ([t.rows for t in pdf_tree[0].find("Table")], hwpx_tables(hwpx_body)):
        assert [row[3] for row in rows_under(tables, "과제")] == amounts
        spread = [list(map(joined, row)) for row in rows_under(tables, "핵심전환분야")]
        sheet = [[joined(shown(cell)) for cell in row] for row in full_xlsx["분야별 판정"].iter_rows(min_row=3)]
        assert spread == [*sheet, *sheet[:-1]]  # in the summary, and each area in its chapter
        assert sheet[-1][1] == "115"


def test_what_was_said_and_corrected_stands_everywhere(edition, pdf_tree, hwpx_body, full_xlsx):
    part = next(p for p in edition.report.indicators if (p.area_number, p.code) == CORRECTED)
    assert part.explanation == TOLD
    assert next((c.what, c.new) for c in edition.report.corrected) == ("실적", "123.45명")
    pdf = joined(pdf_tree[0].text)
    assert joined(TOLD) in pdf
    assert "정정사유:잘못셈" in pdf
    assert [row[1] for t in hwpx_tables(hwpx_body) for row in t if row[0] == "성과와 설명" and "식이" in row[1]] == [
        TOLD
    ]
    cells = [c for row in full_xlsx["이행지표"].iter_rows() for c in row if c.value and "SUM(A1)" in str(c.value)]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [(TOLD, "s", True)]
    assert [cell.value for cell in full_xlsx["바로잡은 수치"][3]][:5] == [1, "1-1-2-1", part.title, "실적", "347명"]


# --- old editions


def test_an_old_edition_keeps_its_figures_and_names(edition):
    old = next(p for p in edition.first.indicators if (p.area_number, p.code) == CORRECTED)
    new = next(p for p in edition.report.indicators if (p.area_number, p.code) == CORRECTED)
    assert (old.actual.text, new.actual.text) == ("347", "123.45")
    assert old.years[1].actual.text == "347"
    assert edition.first.edition == 1
    assert edition.first.corrected == []
    assert edition.first.reason == ""


def test_a_reorganised_department_keeps_its_name_in_what_was_published(published, plan, welfare, administrator):
    rename_department(
        actor=administrator, department=welfare, new_name="복지국", new_slug="bureau", on=date(2024, 7, 1)
    )
    report = report_of(Publication.objects.select_related("round__plan").get())
    card = next(card for card in report.tasks if card.scope == "1/1-1-2")
    assert (card.department, card.team) == ("사회복지과", "")
    part = next(p for p in report.departments if p.slug == "social-welfare")
    assert part.name == "사회복지과"
    assert card in part.tasks
    assert "bureau" not in {p.slug for p in report.departments}


@pytest.mark.parametrize(
    ("now", "then", "shown"),
    [
        ("가과", [], "가과"),
        ("가과", [["가과", "나과"]], "가과"),
        ("새과", [["옛과"]], "옛과"),
        ("새과", [["옛과"], ["옛과", "곁과"]], "옛과, 곁과"),
    ],
)
def test_who_was_in_charge(now, then, shown):
    assert department_then(now, then) == shown


def test_reading_an_edition_takes_the_same_number_of_queries_for_one_row_and_for_all(edition, small_edition):
    assert len(set(edition.queries)) == 1
    with CaptureQueriesContext(connection) as caught:
        report = report_of(small_edition)
    assert len(report.tasks) == 1
    assert len(caught) <= edition.queries[0]


@pytest.fixture
def small_edition(plan, coordinator):
    small = Plan.objects.create(slug="small", municipality="작은구", title="작은 계획", start_year=2022, end_year=2026)
    area = Area.objects.create(plan=small, number=1, title="분야")
    target = area.goals.create(number=1, title="목표").targets.create(code="1-1", title="세부목표")
    department = Task.objects.first().department
    task = Task.objects.create(target=target, code="1-1-2", title="복지", department=department)
    indicator = area.indicators.create(code="1-1-2-1", title="자활", unit="명", direction="up")
    indicator.tasks.add(task)
    indicator.milestones.create(year=2022, value=10)
    publish(small, coordinator)
    return Publication.objects.select_related("round__plan").get(round__plan=small)


# --- PDF


def test_the_pdf_is_tagged_and_says_so(pdf_tree):
    root, reader = pdf_tree
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "ko"
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_data()
    assert reader.metadata.title == "2023년 이행점검 보고서 (시범)"
    levels = [int(node.tag[1]) for node in root.find("H1", "H2", "H3", "H4", "H5")]
    assert all(below <= above + 1 for above, below in pairwise(levels))
    for table in root.find("Table"):
        assert any(True for _head in table.find("TH"))
        assert len({len(row) for row in table.rows}) == 1
    figures = list(root.find("Figure"))
    assert figures
    assert all("판정한 지표" in figure.alt for figure in figures)


def test_the_pdf_has_bookmarks_page_numbers_and_repeated_headers(edition, pdf_tree, full_pdf, tmp_path):
    _root, reader = pdf_tree
    top = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    areas = [f"분야 {area.name}" for area in edition.report.areas]
    assert top[:3] + top[-4:] == [
        "2023년 이행점검 보고서 (시범)",
        "차례",
        "요약",
        "부록 1. 이행지표 총괄표",
        "부록 2. 실적이 없는 지표와 사유",
        "부록 3. 예산이 적힌 과제",
        "부록 4. 판정 방법",
    ]
    assert top[3:-4] == areas
    pages = pages_of(full_pdf, tmp_path)
    assert all(f"{number} / {len(pages)}" in page for number, page in enumerate(pages, start=1) if number > 1)
    chapter = next(number for number, page in enumerate(pages) if areas[0] in page and "차례" not in page)
    assert all("달성률" in page and "담당부서" in page for page in pages[chapter : chapter + 2])  # 33 rows run on


def pages_of(data: bytes, folder) -> list[str]:
    """The text of each page as pdftotext finds it."""
    path = folder / "report.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode("utf-8").split("\f")[:-1]


def test_the_korean_text_of_the_pdf_extracts_right(edition, full_pdf, tmp_path):
    pages = pages_of(full_pdf, tmp_path)
    text = joined("".join(pages))
    for card in edition.report.tasks:
        assert joined(card.title) in text
    assert "\ufffd" not in text
    for sign in ("㎡", "㎍/㎥", "▲", "Ⅱ"):  # which the site's own font lacks
        assert sign in text
    assert all("시범 자료: 실적과 판정은 실제가 아닙니다." in page for page in pages[1:])
    assert "(시범)" in pages[0]


def test_no_heading_stands_alone_at_the_end_of_a_page(edition, pdf_tree, full_pdf, tmp_path):
    titles = {joined(node.text) for node in pdf_tree[0].find("H1", "H2", "H3", "H4", "H5")}
    for page in pages_of(full_pdf, tmp_path)[3:]:
        lines = [joined(line) for line in page.splitlines() if line.strip()]
        assert lines[-2] not in titles  # the last line is the page's number


def test_a_summary_of_an_area_or_department_fits_on_one_page(pango, edition):
    most = max(edition.report.areas, key=lambda part: len(part.indicators))
    largest = max(edition.report.departments, key=lambda part: len(part.indicators))
    for kind, scope in ((ReportKind.AREA, str(most.number)), (ReportKind.DEPARTMENT, largest.slug)):
        data = write_pdf(document_of(edition.report, kind, scope), author="서대문구")
        root, reader = tag_tree(data)
        assert len(reader.pages) == 1, (kind, scope)
        assert "(시범)" in root.text or "(시범)" in reader.metadata.title
    assert [row[1] for row in [table.rows for table in root.find("Table")][1][1:]] == [
        part.code for part in largest.indicators
    ]


def test_a_task_card_stands_alone(pango, edition, tmp_path):
    data = write_pdf(document_of(edition.report, ReportKind.TASK, "3/1-1-3"), author="서대문구")
    text = "\n".join(pages_of(data, tmp_path))
    for printed in ("일자리경제과", "229,800", "국비 50%, 구비 50%", "이행과제 카드", "시범 자료"):
        assert printed in text


def test_a_real_edition_carries_no_demo_mark(pango, edition, tmp_path):
    real = replace(edition.report, is_demo=False)
    data = write_pdf(document_of(real, ReportKind.AREA, "4"), author="서대문구")
    assert "시범" not in "".join(pages_of(data, tmp_path))
    assert "(시범)" not in "".join(openpyxl.load_workbook(io.BytesIO(write_xlsx(real)), read_only=True).sheetnames)


def test_a_report_takes_in_nothing_but_static_files(pango):
    fetch = pdf_module._fetcher().fetch
    assert b"@page" in fetch("https://static.invalid/css/report.css").read()
    for foreign in (
        "file:///etc/hostname",
        "https://example.invalid/x.png",
        "https://static.invalid/css/none.css",
        "data:text/plain,x",
    ):
        with pytest.raises(ValueError, match="nothing but static files"):
            fetch(foreign)


def test_without_pango_the_reason_is_said_in_words(monkeypatch, settings):
    def fail(*_args, **_kwargs):
        raise OSError("cannot load library 'libpango-1.0-0'")

    settings.WORKER_IN_SITE = True
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # what a failing import leaves behind
    assert "apt-get install libpango-1.0-0" in str(pdf_module.pdf_lock())
    monkeypatch.undo()
    monkeypatch.setattr("builtins.__import__", failing_import("weasyprint", fail))
    with pytest.raises(PdfUnavailable, match="Pango"):
        pdf_module._weasyprint()


def failing_import(name, fail):
    """The import of everything, but of one module that fails as a missing system library makes it fail."""
    real = __import__

    def imported(wanted, *args, **kwargs):
        return fail() if wanted == name else real(wanted, *args, **kwargs)

    return imported


# --- HWPX


def test_the_hwpx_passes_the_validators(full_hwpx, tmp_path):
    path = tmp_path / "report.hwpx"
    path.write_bytes(full_hwpx)
    report = validate_editor_open_safety(path)  # checks package and parts, and opens it anew
    assert not [issue for issue in report.validate_package.issues if issue.level == "error"]
    assert not report.validate_document.issues
    assert not report.blocking_package_errors
    assert report.reopen_ok


def test_the_parts_of_the_hwpx_are_those_of_the_format(full_hwpx, hwpx_body):
    with zipfile.ZipFile(io.BytesIO(full_hwpx)) as package:
        assert package.testzip() is None
        assert package.namelist()[0] == "mimetype"
        assert package.getinfo("mimetype").compress_type == zipfile.ZIP_STORED
        assert package.read("mimetype") == b"application/hwp+zip"
        head = etree.fromstring(package.read("Contents/header.xml"))
        listed = etree.fromstring(package.read("Contents/content.hpf"))
        for name in package.namelist():
            if name.endswith((".xml", ".hpf", ".rdf")):
                etree.fromstring(package.read(name))
        for item in listed.iter("{*}item"):
            assert item.get("href") in package.namelist()
    assert "2023년 이행점검 보고서 (시범)" in "".join(listed.itertext())
    # Every shape that the text names is there.
    for tag, attribute in (("charPr", "charPrIDRef"), ("paraPr", "paraPrIDRef"), ("borderFill", "borderFillIDRef")):
        known = {element.get("id") for element in head.iter(f"{{*}}{tag}")}
        used = {e.get(attribute) for e in hwpx_body.iter() if e.get(attribute) is not None}
        assert used <= known, tag


def test_hwpx_tables_are_regular_and_repeat_their_headers(hwpx_body):
    for table in hwpx_body.iter(f"{HP}tbl"):
        rows = list(table.iter(f"{HP}tr"))
        assert int(table.get("rowCnt")) == len(rows)
        assert {len(list(row.iter(f"{HP}tc"))) for row in rows} == {int(table.get("colCnt"))}
        for row in rows:
            widths = [int(cell.find(f"{HP}cellSz").get("width")) for cell in row.iter(f"{HP}tc")]
            assert sum(widths) == hwpx_module.TEXT_WIDTH
        heights = [int(row.find(f".//{HP}cellSz").get("height")) for row in rows]
        assert int(table.find(f"{HP}sz").get("height")) == sum(heights)
        titled = [cell.get("header") == "1" for cell in rows[0].iter(f"{HP}tc")]
        assert all(titled) == (table.get("repeatHeader") == "1")
        if len(rows) > 9:
            assert table.find(f"{HP}pos").get("treatAsChar") == "0"  # only then it is split between pages


def test_hwpx_headings_make_an_outline_without_numbers_of_its_own(full_hwpx, hwpx_body):
    with zipfile.ZipFile(io.BytesIO(full_hwpx)) as package:
        head = etree.fromstring(package.read("Contents/header.xml"))
    assert not "".join(text for para in head.iter("{*}paraHead") for text in para.itertext())
    outlined = {
        p.get("id"): h.get("level")
        for p in head.iter("{*}paraPr")
        for h in p.iter("{*}heading")
        if h.get("type") == "OUTLINE"
    }
    levels = [
        outlined[p.get("paraPrIDRef")] for p in hwpx_body.iterchildren(f"{HP}p") if p.get("paraPrIDRef") in outlined
    ]
    assert levels.count("3") == 112  # one heading of the fourth level for each card
    assert "시범 자료" in "".join(hwpx_body.find(f".//{HP}header").itertext())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [("", 5000, 1), ("가나다", 5000, 1), ("가나다라마", 5000, 2), ("abcd", 5000, 1), ("가\n나", 5000, 2)],
)
def test_how_many_lines_a_cell_takes(text, width, lines):
    assert hwpx_module.lines_of(text, width) == lines


# --- what can be asked for


def test_what_can_be_made_of_an_edition_is_bounded(edition):
    assert {kind: len(names) for kind, names in edition.scopes.items()} == {
        ReportKind.PDF: 1,
        ReportKind.HWPX: 1,
        ReportKind.XLSX: 1,
        ReportKind.AREA: 7,
        ReportKind.DEPARTMENT: 25,
        ReportKind.TASK: 112,
    }
    for kind in (ReportKind.AREA, ReportKind.DEPARTMENT, ReportKind.TASK):
        for scope, name in edition.scopes[kind].items():
            assert name in " ".join(
                b.text for b in document_of(edition.report, kind, scope).blocks if b.kind == "heading"
            )
