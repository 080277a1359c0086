"""Open data as everybody gets it: the same values in every format, filters, descriptions, and editions for ever."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import QuerySet
from django.utils.html import escape
from frictionless import validate
from openpyxl import load_workbook

from accounts.models import Department
from commons.models import AppendOnlyError
from commons.tables import table_bytes
from indicators import services
from indicators.figures.selectors.editions import build_files
from indicators.models import Figure, Indicator, PublishedFile, ReportingRound, Result
from plans.models import Task
from sdgplan.open_data.tables import TABLES
from stakeholders.models import Deliberation

from .conftest import values

FILES = [
    "figures.csv",
    "figures.xlsx",
    "figures.json",
    "indicators.csv",
    "indicators.xlsx",
    "indicators.json",
    "sdmx.csv",
    "datapackage.json",
]
AWKWARD = [
    "=1+1",
    "+82 a",
    "-x",
    "@a",
    "\tt",
    "#N/A",
    "_x0041_",
    "007",
    "줄\n바꿈",
    'a,"b"',
    Decimal("9.95"),
    Decimal("0.1000"),
    Decimal("-0.0000"),
    Decimal("12345678901.2345"),
    -3,
    None,
    "",
]


# --- reading the files as others do; every cell as text, '' for none


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return [[cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@\t\r") else cell for cell in row] for row in rows]


def read_xlsx(content: bytes) -> list[list[str]]:
    rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    # openpyxl writes but does not read the escape of what looks like an escaped character.
    return [["" if cell is None else str(cell).replace("_x005F_", "_") for cell in row] for row in rows]


def read_json(content: bytes, columns: list[str]) -> list[list[str]]:
    rows = json.loads(content, parse_float=Decimal)
    assert all(list(row) == columns for row in rows)
    return [columns, *(["" if cell is None else str(cell) for cell in row.values()] for row in rows)]


@pytest.fixture
def get(client, plan):
    """The content of a page or file of the plan for everybody."""

    def content_of(address):
        response = client.get(f"/plans/{plan.slug}/{address}")
        assert response.status_code == 200, (address, response.status_code)
        return response

    return content_of


# --- formats


def test_every_format_keeps_awkward_cells():
    columns = [f"c{number}" for number in range(len(AWKWARD))]
    files = {suffix: table_bytes(suffix, columns, [AWKWARD]) for suffix in ("csv", "xlsx", "json")}
    expected = [*AWKWARD[:10], "9.95", "0.1", "0", "12345678901.2345", "-3", "", ""]
    assert read_csv(files["csv"])[1] == expected
    assert read_xlsx(files["xlsx"])[1] == expected
    assert read_json(files["json"], columns)[1] == expected
    assert "'=1+1,'+82 a,'-x,'@a,'\tt,#N/A" in files["csv"].decode("utf-8-sig")
    cells = next(load_workbook(io.BytesIO(files["xlsx"])).active.iter_rows(min_row=2))
    assert {cell.data_type for cell in cells[:10]} == {"s"}
    assert {cell.data_type for cell in cells[10:15]} == {"n"}


def test_the_same_table_gives_the_same_bytes():
    for suffix in ("csv", "xlsx", "json"):
        assert table_bytes(suffix, ["a", "b"], [(1, "x")]) == table_bytes(suffix, ["a", "b"], iter([(1, "x")]))
    assert json.loads(table_bytes("json", ["a"], [])) == []
    archive = zipfile.ZipFile(io.BytesIO(table_bytes("xlsx", ["a"], [(1,)])))
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}


def test_every_table_is_the_same_in_every_format(published, replied, get):
    for table in TABLES:
        files = {suffix: get(f"data/{table.name}.{suffix}").content for suffix in ("csv", "xlsx", "json")}
        rows = read_csv(files["csv"])
        assert len(rows) > 1, table.name
        assert rows[0] == table.columns
        assert read_xlsx(files["xlsx"]) == rows, table.name
        assert read_json(files["json"], table.columns) == rows, table.name


def test_a_download_is_named_and_open(published, get):
    response = get("data/tasks.csv")
    assert "filename*=utf-8''" in response.headers["Content-Disposition"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["ETag"]


@pytest.mark.parametrize(
    "address",
    [
        "data/tasks.pdf",
        "data/users.csv",
        "data/tasks",
        "data/all.tar",
        "publications/2022/2/",
        "publications/2023/1/figures.csv",
        "publications/2022/1/secret.csv",
        "publications/2022/1/demo-figures.csv",
    ],
)
def test_what_there_is_not_is_not_found(published, client, plan, address):
    assert client.get(f"/plans/{plan.slug}/{address}").status_code == 404
    assert client.get(f"/plans/nowhere/{address}").status_code == 404


@pytest.mark.parametrize("address", ["data/", "data/tasks.csv", "publications/2022/1/", "publications/2022/1/sdmx.csv"])
def test_nothing_can_be_written(published, client, plan, address):
    assert client.post(f"/plans/{plan.slug}/{address}").status_code == 405


# --- as filtered on screen


@pytest.mark.parametrize(
    ("page", "query", "table"),
    [
        ("tasks/", "?area=1&goal=1-2", "tasks"),
        ("tasks/", "?department=social-welfare", "tasks"),
        ("indicators/", "?status=met", "indicators"),
        ("indicators/", "?area=2&q=비율", "indicators"),
        ("indicators/", "?area=99", "indicators"),
    ],
)
def test_a_list_is_downloaded_as_filtered(published, get, page, query, table):
    shown = get(page + query)
    whole = read_csv(get(f"data/{table}.csv").content)[1:]
    place = {"tasks": (0, 2), "indicators": (0, 1)}[table]
    listed = [row.indicator if table == "indicators" else row[0] for row in shown.context["rows"]]
    area_of = (lambda record: record.target.goal.area) if table == "tasks" else (lambda record: record.area)
    expected = [[str(area_of(record).number), record.code] for record in listed]
    assert expected
    for suffix, read in (("csv", read_csv), ("xlsx", read_xlsx)):
        address = f"data/{table}.{suffix}"
        assert escape(f"/{address}?") in shown.text
        rows = read(get(address + query).content)[1:]
        assert [[row[i] for i in place] for row in rows] == expected
        assert all(row in whole for row in rows)


def test_milestones_and_figures_follow_the_list_of_indicators(published, get):
    rows = read_csv(get("data/milestones.csv?status=met").content)[1:]
    assert [row[:3] for row in rows] == [["1", "1-1-2-1", str(year)] for year in range(2022, 2027)]
    rows = read_csv(get("data/figures.csv?status=met&year=2022&edition=latest").content)[1:]
    assert rows == [["1", "1-1-2-1", "2022", "1", "303", "310", "", "", "1.023102", "met"]]
    assert read_csv(get("data/figures.csv?area=1&goal=1-1&department=medical").content)[1:] == []


def test_the_dashboard_is_downloaded_as_narrowed(published, get):
    shown = get("dashboard/?area=1&goal=1-1")
    assert "data/figures.csv?area=1&amp;goal=1-1&amp;year=2022&amp;edition=latest" in shown.text
    rows = read_csv(get("data/figures.csv?area=1&goal=1-1&year=2022&edition=latest").content)[1:]
    assert sorted(row[1] for row in rows) == sorted(place.code for place in shown.context["board"].places)


def test_points_are_downloaded_as_filtered(plan, get):
    query = "?kind=proposal&group=women"
    shown = get(f"voices/points/{query}")
    assert f"data/opinions.json{escape(query)}" in shown.text or "data/opinions.json?" in shown.text
    rows = read_csv(get(f"data/opinions.csv{query}").content)[1:]
    assert len(rows) == shown.context["page"].paginator.count > 0
    assert {row[6] for row in rows} == {"proposal"}


# --- editions


@pytest.fixture
def corrected(published, open_round, coordinator):
    """Edition 2 of 2022: 자활사업 참여자 수 was 290."""
    services.correct_result(actor=coordinator, result=Result.objects.get(), new=values(290), comment="오기")
    return services.publish_round(actor=coordinator, reporting_round=open_round, reason="집계 오류를 바로잡음")


def contents(get, publication, names=FILES) -> dict[str, bytes]:
    root = f"publications/{publication.round.year}/{publication.edition}/"
    return {name: get(root + name).content for name in names}


def main_of(page) -> str:
    return page.text.partition("<main")[2].partition("</main>")[0]


def test_an_edition_never_changes(published, get, plan, open_round, coordinator, indicator):
    before, page = contents(get, published), main_of(get("publications/2022/1/"))
    Department.objects.filter(slug="social-welfare").update(name="다른 이름의 과")
    Task.objects.update(title="다른 과제")
    Indicator.objects.filter(pk=indicator.pk).update(title="다른 지표", unit="원", code="9-9-9-9", sort_code="009")
    rebuilt = {file.name: bytes(file.content) for file in build_files(published)}
    assert rebuilt == before
    services.correct_result(actor=coordinator, result=Result.objects.get(), new=values(290), comment="오기")
    services.publish_round(actor=coordinator, reporting_round=open_round, reason="집계 오류")
    plan.title = "다른 계획"
    plan.save()
    assert contents(get, published) == before
    assert main_of(get("publications/2022/1/")) == page
    assert "자활사업 참여자 수" in page


def test_an_edition_tells_its_checksums(published, get):
    page = get("publications/2022/1/")
    assert published.sha256 in page.text
    for name, content in contents(get, published).items():
        file = published.files.get(name=name)
        assert (file.sha256, file.size) == (hashlib.sha256(content).hexdigest(), len(content))
        assert file.sha256 in page.text
    assert [file.name for file in published.files.all()] == FILES


def test_a_file_of_an_edition_may_be_kept_by_caches(published, get, client, plan):
    response = get("publications/2022/1/figures.csv")
    etag = f'"{published.files.get(name="figures.csv").sha256}"'
    assert response.headers["ETag"] == etag
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    address = f"/plans/{plan.slug}/publications/2022/1/figures.csv"
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)


def test_an_edition_tells_what_it_changed_when_and_why(corrected, get):
    page = main_of(get("publications/2022/2/"))
    for words in ("앞선 판과 달라진 수치", "310명", "290명", "집계 오류를 바로잡음", "자활사업 참여자 수"):
        assert words in page
    assert f"{corrected.published_at.astimezone().year}" in page
    assert "앞선 판과 달라진 수치" not in main_of(get("publications/2022/1/"))
    old, new = (read_csv(get(f"publications/2022/{n}/figures.csv").content)[2] for n in (1, 2))
    assert (old[3:6], new[3:6]) == (["1", "303", "310"], ["2", "303", "290"])


def test_files_of_an_old_edition_are_made_when_they_are_asked_for(published, get):
    before = contents(get, published)
    QuerySet(PublishedFile).delete()  # past the guard of what is published
    assert contents(get, published) == before


def test_files_of_an_edition_cannot_be_changed(published):
    file = published.files.first()
    for act in (file.save, file.delete, published.files.all().delete):
        with pytest.raises(AppendOnlyError):
            act()


def test_an_edition_is_the_same_in_every_format(published, get):
    files = contents(get, published)
    for stem in ("figures", "indicators"):
        rows = read_csv(files[f"{stem}.csv"])
        assert len(rows) == 116
        assert read_xlsx(files[f"{stem}.xlsx"]) == rows
        assert read_json(files[f"{stem}.json"], rows[0]) == rows
    whole = read_csv(get("data/figures.csv").content)
    assert read_csv(files["figures.csv"]) == whole
    figure = Figure.objects.get(inputs__code="1-1-2-1", inputs__area=1)
    assert figure.inputs["departments"] == ["사회복지과"]
    assert ["1", "1-1-2-1", figure.inputs["title"], "명", "up", "number", "사회복지과"] in read_csv(
        files["indicators.csv"]
    )


# --- demo


def test_a_demo_is_marked_in_names_and_rows_and_stays_out_of_whole_tables(published, get, client, plan):
    QuerySet(PublishedFile).delete()  # past the guard of what is published
    ReportingRound.objects.update(is_demo=True)
    names = [f"demo-{name}" for name in FILES]
    files = contents(get, published, names)
    for stem in ("demo-figures", "demo-indicators", "demo-sdmx"):
        header, *rows = read_csv(files[f"{stem}.csv"])
        assert header[-1] == "demo"
        assert {row[-1] for row in rows} == {"시범"}
        assert len(rows) == 115
    assert "(시범)" in json.loads(files["demo-datapackage.json"])["title"]
    assert "demo-figures.csv" in get("publications/2022/1/demo-figures.csv").headers["Content-Disposition"]
    assert client.get(f"/plans/{plan.slug}/publications/2022/1/figures.csv").status_code == 404
    for address in ("data/figures.csv", "data/figures.csv?area=1", "data/sdmx/figures.csv"):
        assert len(read_csv(get(address).content)) == 1
    narrowed = get("data/figures.csv?year=2022&status=met")
    assert read_csv(narrowed.content)[1][-3:] == ["1.023102", "met", "시범"]
    assert "%EC%8B%9C%EB%B2%94" in narrowed.headers["Content-Disposition"]
    assert "시범 자료의 수치와 의견은" in get("data/").text


def test_points_of_a_demo_forum_are_marked(plan, forum, coordinator, get):
    Deliberation.objects.filter(pk=forum.pk).update(is_demo=True, is_published=True)
    whole = read_csv(get("data/opinions.csv").content)
    assert not any("일자리를 늘려 달라는" in row[-1] for row in whole)
    header, *rows = read_csv(get("data/opinions.csv?year=2024").content)
    assert header[-1] == "demo"
    assert [row[-1] for row in rows] == ["시범"] * 3


# --- descriptions


def test_the_package_is_valid_and_describes_every_table(corrected, replied, plan, tmp_path):
    call_command("export_open_data", str(tmp_path), stdout=io.StringIO())
    report = validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["title", "message"])
    assert not report.warnings
    assert not [task.warnings for task in report.tasks if task.warnings]
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in package["resources"]] == [*(t.name for t in TABLES), "sdmx-figures"]
    assert package["licenses"][0]["name"] == "KOGL-1"
    assert package["publications"][0]["sha256"] == corrected.sha256
    assert package["publications"][0]["method_version"] == corrected.method_version
    for table in TABLES:
        for suffix in ("csv", "xlsx", "json"):
            assert (tmp_path / f"{table.name}.{suffix}").stat().st_size > 0


def test_the_package_notices_another_file(published, plan, tmp_path):
    call_command("export_open_data", str(tmp_path), stdout=io.StringIO())
    path = tmp_path / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b",310,", b",311,"))
    assert not validate(str(tmp_path / "datapackage.json")).valid


def test_zip_and_edition_are_valid_packages(published, get, tmp_path):
    content = get("data/all.zip").content
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path / "all")
    for name, each in contents(get, published).items():
        (tmp_path / name).write_bytes(each)
    for path in (tmp_path / "all" / "datapackage.json", tmp_path / "datapackage.json"):
        report = validate(str(path))
        assert report.valid, report.flatten(["title", "message"])
        assert not report.warnings
    assert get("data/datapackage.json").content == (tmp_path / "all" / "datapackage.json").read_bytes()


def test_sdmx_tells_each_year_once_in_its_newest_edition(corrected, get, plan):
    header, *rows = read_csv(get("data/sdmx/figures.csv").content)
    assert ",".join(header).startswith(
        "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,UNIT_MEASURE,OBS_STATUS"
    )
    assert len(rows) == 115 == len({tuple(row[3:6]) for row in rows})
    found = {row[4]: row for row in rows}
    assert found["1_1-1-2-1"][3:] == ["11410", "1_1-1-2-1", "2022", "290", "명", "A", ""]
    assert found["1_1-1-1-1"][6:] == ["", "명", "L", "not_submitted"]


def test_the_page_describes_itself_to_search_engines(published, get):
    page = get("data/")
    block = page.text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    found = json.loads(block)
    assert found["@type"] == "Dataset"
    assert found["license"].startswith("https://www.kogl.or.kr/")
    for file in found["distribution"]:
        assert get(file["contentUrl"].partition("/seodaemun-2022/")[2]).content


def test_the_description_cannot_end_its_block(published, plan, get):
    plan.summary = "</script><script>alert(1)</script>"
    plan.save()
    assert "<script>alert" not in get("data/").text


def test_the_catalogue_names_files_that_are_there(published, client, settings):
    found = client.get("/data.json").json()
    assert found["@type"] == "dcat:Catalog"
    (dataset,) = found["dataset"]
    assert dataset["accessLevel"] == "public"
    assert "contactPoint" not in dataset
    assert len(dataset["distribution"]) == 32
    for file in dataset["distribution"]:
        response = client.get(file["downloadURL"])
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith(file["mediaType"])
    settings.OPEN_DATA_CONTACT = "data@example.invalid"
    published.round.plan.save()  # what is kept under the stamp before is not used again
    contact = client.get("/data.json").json()["dataset"][0]["contactPoint"]
    assert contact["hasEmail"] == "mailto:data@example.invalid"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed: see docs/open-data.md")
def test_libreoffice_reads_what_was_written(published, tmp_path):
    call_command("export_open_data", str(tmp_path), stdout=io.StringIO())
    expected = read_csv((tmp_path / "indicators.csv").read_bytes())
    (tmp_path / "in").mkdir()
    for suffix in ("csv", "xlsx"):
        source = tmp_path / "in" / f"from_{suffix}.{suffix}"
        shutil.copy(tmp_path / f"indicators.{suffix}", source)
        done = subprocess.run(
            [
                *("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"),
                # comma, quote, UTF-8, first line, columns, language, quote all text, detect numbers
                *("csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", "--outdir", str(tmp_path / "out")),
                *(("--infilter=CSV:44,34,76,1",) if suffix == "csv" else ()),
                str(source),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        assert "Error" not in done.stderr
        text = (tmp_path / "out" / f"from_{suffix}.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert [row[2:4] for row in rows] == [row[2:4] for row in expected], suffix
        assert len(rows) == 116
