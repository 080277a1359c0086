"""Yearly targets as a file: what an upload would change, what is refused, and that it is all of it or nothing."""

import csv
import re
import zipfile
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.choices import Action
from accounts.models import ActivityEntry
from commons.tables import table_bytes
from commons.text import clean_line
from indicators.exchange.selectors.milestones import MilestoneIndex, state_of
from indicators.exchange.services import bulk
from indicators.exchange.workbooks.milestones.comparing import compare
from indicators.exchange.workbooks.milestones.layout import COLUMNS
from indicators.exchange.workbooks.milestones.reading import MilestoneFile
from indicators.models import Figure, Indicator, Milestone, MilestoneUpload
from plans.models import Plan
from plans.stamps import public_stamp

from .checksum import database_checksum
from .workbook_files import upload_of

KEY = ("1", "1-1-2-1", "2024")


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def client(as_user, coordinator):
    return as_user(coordinator)


@pytest.fixture
def desk(url_of):
    return url_of("indicators:milestones")


@pytest.fixture
def good(client, desk):
    return b"".join(client.get(desk + "csv/").streaming_content)


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(data.decode("utf-8-sig"), newline="")))


def as_csv(rows, encoding="utf-8-sig") -> bytes:
    file = StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode(encoding)


def changed(data: bytes, key=KEY, **cells) -> bytes:
    """The file with the row of *key* given other cells, by the names of their columns."""
    rows = rows_of(data)
    row = next(row for row in rows if tuple(row[:3]) == key)
    for name, text in cells.items():
        row[COLUMNS.index(name)] = text
    return as_csv(rows)


def line_of(data: bytes, key=KEY) -> int:
    return next(number for number, row in enumerate(rows_of(data), start=1) if tuple(row[:3]) == key)


@pytest.fixture
def send(client, desk):
    """Upload a file that can be read; gives the preview page."""

    def upload(data: bytes, name: str = "목표치.csv"):
        response = client.post(desk + "upload/", {"file": upload_of(data, name)}, follow=True)
        assert response.status_code == 200, response.context["form"].errors
        return response

    return upload


@pytest.fixture
def refused(client, desk):
    """Upload a file that cannot be taken; gives the message beside the field."""

    def upload(data: bytes, name: str = "목표치.csv"):
        response = client.post(desk + "upload/", {"file": upload_of(data, name)})
        assert response.status_code == 422
        assert not MilestoneUpload.objects.exists()
        return response.context["form"].errors["file"][0]

    return upload


@pytest.fixture
def confirm(client, desk):
    def act(response, **more):
        data = {"fingerprint": response.context["preview"].fingerprint} | more
        return client.post(f"{desk}{response.context['upload'].pk}/confirm/", data)

    return act


@pytest.fixture
def faulty(send, confirm):
    """Upload a file with faults: neither preview nor confirmation writes anything. Gives (row, letter, message)."""

    def upload(data: bytes, name: str = "목표치.csv"):
        before = database_checksum(Session, MilestoneUpload)
        response = send(data, name)
        assert not response.context["preview"].can_confirm
        assert confirm(response, published="on", overwrite="on").status_code == 409
        assert database_checksum(Session, MilestoneUpload) == before
        return [
            (row, letter, message) for row, letter, _name, _place, _found, message in response.context["error_rows"]
        ]

    return upload


def target(indicator, year=2024) -> Milestone:
    return Milestone.objects.get(indicator=indicator, year=year)


# --- the file goes out and comes back


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_was_downloaded_changes_nothing(client, desk, send, suffix):
    data = b"".join(client.get(f"{desk}{suffix}/").streaming_content)
    preview = send(data, f"목표치.{suffix}").context["preview"]
    assert (preview.unchanged, preview.changes, preview.is_clean) == (575, [], True)


def test_the_columns_are_those_of_the_open_data(good):
    rows = rows_of(good)
    assert rows[0][:6] == ["area_no", "indicator_code", "year", "value", "text", "missing_reason"]
    assert len(rows) == 576


def test_a_change_is_shown_and_stored_with_its_history(client, send, confirm, good, indicator, desk, coordinator):
    old, printed = target(indicator), target(indicator).printed
    before = public_stamp()
    response = send(changed(good, value="1,234.5"))
    assert response.context["change_rows"][0][2:5] == (2024, f"{old.value:,.0f}", "1,234.5")
    assert target(indicator).value == old.value
    response = confirm(response)
    assert response.status_code == 302
    assert (target(indicator).value, target(indicator).printed) == (Decimal("1234.5"), printed)
    entry = ActivityEntry.objects.about(indicator).get(action=Action.MILESTONES_IMPORTED)
    assert entry.changes == [["2024년 목표치", f"{old.value:,.0f}", "1,234.5"]]
    assert (entry.actor, entry.subject_label, entry.comment) == (coordinator, str(indicator), "목표치.csv")
    whole = ActivityEntry.objects.about(indicator.area.plan).get(action=Action.MILESTONES_IMPORTED)
    assert [change[2] for change in whole.changes] == ["1", "1", "0"]
    assert public_stamp() != before
    assert "목표치.csv (SHA-256" in client.get(desk).text


def test_only_the_newest_file_waits_for_its_confirmation(client, send, confirm, good, desk):
    older = send(changed(good, value="11"), "먼저.csv")
    assert "먼저.csv" in client.get(desk).text
    newer = send(changed(good, value="12"), "나중.csv")
    offered = client.get(desk)
    assert "나중.csv" in offered.text
    assert "먼저.csv" not in offered.text
    assert confirm(newer).status_code == 302
    assert client.get(desk).context["waiting"] is None  # the older one is past, though it was never confirmed
    assert "먼저.csv" not in client.get(desk).text
    last = send(changed(good, value="13"), "마지막.csv")
    assert client.get(desk).context["waiting"] == last.context["upload"] != older.context["upload"]


def test_numbers_words_and_reasons(send, confirm, good, indicator):
    data = changed(good, value="", text="'=1,500/510")
    data = changed(data, (*KEY[:2], "2025"), value="", missing_reason="조사 주기 아님")
    data = changed(data, (*KEY[:2], "2026"), value="", missing_reason="none_planned")
    assert confirm(send(data)).status_code == 302
    found = [(m.value, m.text, m.missing_reason) for m in indicator.milestones.filter(year__gte=2024)]
    assert found == [(None, "=1,500/510", ""), (None, "", "survey_cycle"), (None, "", "none_planned")]


def test_a_year_that_was_not_stored_is_added(client, desk, send, confirm, indicator):
    target(indicator).delete()
    data = b"".join(client.get(desk + "csv/").streaming_content)
    assert confirm(send(changed(data, value="7", missing_reason=""))).status_code == 302
    assert target(indicator).value == 7


def test_rows_that_are_not_in_the_file_stay(send, confirm, good, indicator):
    rows = rows_of(changed(good, value="9"))
    data = as_csv([rows[0], rows[line_of(good) - 1]])
    assert confirm(send(data)).status_code == 302
    assert (Milestone.objects.count(), target(indicator).value) == (575, 9)


def test_a_file_of_an_office_in_cp949(send, good):
    rows = rows_of(changed(good, value="8"))
    preview = send(as_csv(rows, "cp949")).context["preview"]
    assert (len(preview.changes), preview.is_clean) == (1, True)


def test_cells_are_shown_a_page_at_a_time(send, client, good):
    rows = rows_of(good)
    for row in rows[1:]:
        if row[3]:
            row[3] = str(Decimal(row[3]) + 1)
    response = send(as_csv(rows))
    assert len(response.context["preview"].changes) > 500
    assert len(response.context["change_rows"]) == 100
    second = client.get(response.request["PATH_INFO"] + "?page=2")
    assert second.context["change_rows"][0] != response.context["change_rows"][0]


# --- what is wrong is said at its cell


@pytest.mark.parametrize(
    ("cells", "letter", "message"),
    [
        ({"value": "많이"}, "D", "숫자로 입력해 주십시오."),
        ({"value": "1,23"}, "D", "쉼표는 세 자리마다"),
        ({"value": "1.23456"}, "D", "소수점 아래는 4자리까지"),
        ({"value": "-1"}, "D", "0보다 작은 값은 입력할 수 없습니다."),
        ({"value": ""}, "D", "값이 비어 있습니다."),
        ({"text": "둘 다"}, "E", "가운데 하나만 적어 주십시오."),
        ({"value": "", "text": "가" * 201}, "E", "200자까지"),
        ({"value": "", "missing_reason": "깜빡함"}, "F", "모르는 사유입니다."),
        ({"value": "", "missing_reason": "not_submitted"}, "F", "목표치가 없는 사유로 쓸 수 없습니다."),
        ({"area_no": "99"}, "A", "이 계획에 없는 분야 번호입니다."),
        ({"indicator_code": "9-9-9-9"}, "B", "이 분야에 없는 지표 번호입니다."),
        ({"year": "2031"}, "C", "2022–2026년"),
        ({"value": "#N/A"}, "D", "계산 오류가 들어 있습니다."),
    ],
)
def test_a_bad_row(faulty, good, cells, letter, message):
    errors = faulty(changed(good, **cells))
    assert [(row, at) for row, at, _message in errors] == [(line_of(good), letter)]
    assert message in errors[0][2]


def test_a_grade_is_a_whole_number_and_a_text_has_no_number(faulty, good, plan):
    grade = Indicator.objects.of_plan(plan).filter(value_kind="grade").first()
    words = Indicator.objects.of_plan(plan).filter(value_kind="text").first()
    data = changed(good, (str(grade.area.number), grade.code, "2024"), value="1.5")
    data = changed(data, (str(words.area.number), words.code, "2024"), value="3", text="", missing_reason="")
    messages = [message for _row, _letter, message in faulty(data)]
    assert sorted(messages) == sorted(
        ["등급은 1 이상의 자연수로 입력해 주십시오.", "서술로 적는 지표입니다. 목표를 서술 값에 적어 주십시오."]
    )


def test_the_model_has_the_same_rules(indicator):
    for fields, name in [
        ({"value": -1}, "value"),
        ({"value": None, "missing_reason": "not_submitted"}, "missing_reason"),
    ]:
        milestone = target(indicator)
        for field, value in fields.items():
            setattr(milestone, field, value)
        with pytest.raises(ValidationError) as refusal:
            milestone.full_clean()
        assert list(refusal.value.message_dict) == [name]


def test_the_same_row_twice(faulty, good):
    rows = rows_of(good)
    errors = faulty(as_csv([*rows, rows[line_of(good) - 1]]))
    assert errors == [(577, "B", f"같은 지표와 연도가 {line_of(good)}번째 줄에도 있습니다. 한 줄만 남겨 주십시오.")]


def test_the_second_of_the_same_row_counts_even_when_the_first_is_wrong(faulty, good):
    rows = rows_of(good)
    row = rows[line_of(good) - 1]
    errors = faulty(as_csv([*rows, [*row[:3], "많이", *row[4:]]]))
    assert len(errors) == 1


def test_another_heading(refused, good):
    message = refused(good.replace(b"missing_reason", b"reason", 1))
    assert "필요한 열이 없습니다: missing_reason." in message
    assert "알 수 없는 열: reason." in message
    assert "같은 이름의 열이 둘 이상" in refused(good.replace(b"title", b"value", 1))


def test_files_of_something_else(refused, good):
    assert "빈 파일입니다." in refused(b"")
    assert "그림 파일입니다." in refused(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert "따옴표나 쉼표가 맞지 않아" in refused(good + b'1,"2')
    assert "손상되어 읽을 수 없습니다" in refused(b"PK\x03\x04 nothing")
    assert "120,000줄을 넘습니다." in refused(as_csv([COLUMNS[:6]]) + b"1\r\n" * 120_000)


def test_cells_of_a_workbook_that_a_table_does_not_take(client, desk, faulty):
    data = b"".join(client.get(desk + "xlsx/").streaming_content)
    book = load_workbook(BytesIO(data))
    sheet = book["milestones"]
    sheet["D2"] = "=1+1"
    sheet["D3"] = 0.35
    sheet["D3"].number_format = "0%"
    sheet["D4"] = "#DIV/0!"
    sheet["D4"].data_type = "e"
    sheet["C5"] = timezone.localdate()
    sheet["D6"] = True
    file = BytesIO()
    book.save(file)
    errors = faulty(file.getvalue(), "목표치.xlsx")
    assert [(row, letter, message[:7]) for row, letter, message in errors] == [
        (2, "D", "수식이 들어 "),
        (3, "D", "백분율 서식의"),
        (4, "D", "계산 오류가 "),
        (5, "C", "날짜나 시각으"),
        (6, "D", "참·거짓 값이"),
    ]


def test_a_workbook_that_lies_about_its_size_or_place(client, desk, refused):
    data = b"".join(client.get(desk + "xlsx/").streaming_content)

    def with_sheet(change):
        file = BytesIO()
        with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.namelist():
                content = old.read(part)
                new.writestr(part, change(content) if part == "xl/worksheets/sheet1.xml" else content)
        return file.getvalue()

    # One cell at the far end would make a reader of whole sheets take memory for all between.
    assert "120,000줄을 넘습니다" in refused(with_sheet(lambda xml: xml.replace(b'r="A2"', b'r="A1048576"')))
    assert "50열을 넘습니다" in refused(with_sheet(lambda xml: xml.replace(b'r="A2"', b'r="XFD2"')))
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha">]>'
    assert "허용하지 않는 선언" in refused(with_sheet(lambda xml: bomb + xml.split(b"?>", 1)[-1]))
    assert "허용하지 않는 선언" in refused(with_sheet(lambda xml: b"<!DOCTYPE x>" + xml.split(b"?>", 1)[-1]))
    huge = b"<!--" + b" " * 100_000_000 + b"-->"
    assert "지나치게 커지는 파일" in refused(with_sheet(lambda xml: xml + huge))


# --- data that somebody else changed


def test_a_row_that_was_changed_by_somebody_else_is_not_overwritten(faulty, send, confirm, good, indicator):
    Milestone.objects.filter(indicator=indicator, year=2024).update(value=5)
    assert faulty(changed(good, value="6")) == []
    response = send(changed(good, value="6"))
    [(_row, _place, _base, stored, typed)] = response.context["conflict_rows"]
    assert (stored, typed) == ("5", "6")
    assert "내려받은 뒤에 다른 사람이 고친 값이 있습니다." in response.text
    # The same file with the row as it came leaves the other's value alone, and takes the rest.
    response = send(changed(good, (*KEY[:2], "2025"), value="77"))
    assert response.context["preview"].left_alone == 1
    assert confirm(response).status_code == 302
    assert (target(indicator).value, target(indicator, 2025).value) == (5, 77)


def test_a_row_that_somebody_typed_anew_overwrites_nothing(send, good):
    response = send(changed(good, value="6", as_exported=""))
    assert len(response.context["conflict_rows"]) == 1


def test_an_open_data_file_needs_an_agreement(send, confirm, good, indicator):
    data = as_csv([row[:6] for row in rows_of(changed(good, value="6"))])
    response = send(data)
    assert "as_exported 열이 없어" in response.text
    assert confirm(response).status_code == 409
    assert target(indicator).value != 6
    assert confirm(response, overwrite="on").status_code == 302
    assert target(indicator).value == 6


def test_a_confirmation_of_something_else(send, confirm, good, indicator):
    response = send(changed(good, value="6"))
    Milestone.objects.filter(indicator=indicator, year=2024).update(value=5)
    answer = confirm(response)
    assert answer.status_code == 409
    assert "미리 본 내용과 달라져 저장하지 않았습니다." in answer.text
    assert target(indicator).value == 5


def test_a_file_is_taken_once(send, confirm, good, client):
    response = send(changed(good, value="6"))
    assert confirm(response).status_code == 302
    answer = confirm(response)
    assert answer.status_code == 409
    assert "이미" in answer.text
    assert client.get(response.request["PATH_INFO"]).status_code == 200


def test_a_file_that_waited_too_long(send, confirm, good):
    response = send(changed(good, value="6"))
    MilestoneUpload.objects.update(uploaded_at=timezone.now() - timezone.timedelta(days=2))
    assert confirm(response).status_code == 410


def test_nothing_is_written_when_the_writing_fails(send, confirm, good, indicator, monkeypatch):
    response = send(changed(good, value="6"))
    before = database_checksum(Session)

    def fail(**_fields):
        raise RuntimeError

    monkeypatch.setattr("indicators.exchange.services.milestones.record_activities", fail)
    with pytest.raises(RuntimeError):
        confirm(response)
    assert database_checksum(Session) == before


# --- published years


def test_a_published_year_is_told_and_agreed_to(published, send, confirm, good, indicator):
    key = (*KEY[:2], "2022")
    frozen = list(Figure.objects.values("indicator", "target_value", "status", "inputs"))
    response = send(changed(good, key, value="999"))
    assert "공표된 연도(2022)의 목표치 1개가 바뀝니다." in response.text
    answer = confirm(response)
    assert answer.status_code == 409
    assert "확인하지 않아 저장하지 않았습니다." in answer.text
    assert confirm(response, published="on").status_code == 302
    assert target(indicator, 2022).value == 999
    assert list(Figure.objects.values("indicator", "target_value", "status", "inputs")) == frozen


def test_what_is_not_agreed_to_is_told_at_its_box_and_the_other_stays_ticked(published, send, confirm, good, indicator):
    rows = rows_of(changed(good, (*KEY[:2], "2022"), value="999"))
    response = send(as_csv([row[:6] for row in rows]))
    box = {name: f'id="id_{name}"' for name in ("published", "overwrite")}
    for ticked, other in (("published", "overwrite"), ("overwrite", "published")):
        answer = confirm(response, **{ticked: "on"})
        assert answer.status_code == 409
        tags = re.findall(r"<input[^>]*>", answer.text)
        kept, missed = (next(tag for tag in tags if box[name] in tag) for name in (ticked, other))
        assert "checked" in kept
        assert "aria-invalid" not in kept
        assert "checked" not in missed
        assert f'aria-invalid="true" aria-describedby="id_{other}_error"' in missed
        assert answer.text.count("확인하지 않아 저장하지 않았습니다.") == 2  # above, and at the box
        assert f'id="id_{other}_error"' in answer.text
        assert target(indicator, 2022).value != 999
    both = confirm(response)
    assert {"id_published_error", "id_overwrite_error"} <= set(re.findall(r'id="(\w+)"', both.text))
    assert confirm(both, published="on", overwrite="on").status_code == 302
    assert target(indicator, 2022).value == 999


# --- who


ADDRESSES = ["", "csv/", "xlsx/"]


@pytest.mark.parametrize("name", ["coordinator", "administrator"])
def test_who_keeps_the_plan(request, as_user, desk, name):
    client = as_user(request.getfixturevalue(name))
    assert [client.get(desk + address).status_code for address in ADDRESSES] == [200, 200, 200]


@pytest.mark.parametrize(("name", "status"), [("committee", 403), ("owner", 404), ("head", 404), (None, 302)])
def test_everybody_else(request, as_user, desk, good, send, name, status):
    response = send(changed(good, value="6"))
    page = response.request["PATH_INFO"]
    client = as_user(request.getfixturevalue(name) if name else None)
    before = database_checksum(Session)
    found = [client.get(desk + address).status_code for address in [*ADDRESSES]]
    found += [client.get(page).status_code, client.post(page + "confirm/", {}).status_code]
    found.append(client.post(desk + "upload/", {"file": upload_of(good, "a.csv")}).status_code)
    assert found == [status] * 6
    assert database_checksum(Session) == before


def test_the_file_of_another_person(as_user, administrator, send, good):
    page = send(changed(good, value="6")).request["PATH_INFO"]
    client = as_user(administrator)
    assert client.get(page).status_code == 404
    assert client.post(page + "confirm/", {}).status_code == 404


def test_methods_and_addresses(client, desk, good, send):
    page = send(changed(good, value="6")).request["PATH_INFO"]
    assert [client.post(desk).status_code, client.get(desk + "upload/").status_code] == [405, 405]
    assert [client.get(page + "confirm/").status_code, client.get(desk + "999999/").status_code] == [405, 404]
    assert client.post(desk + "upload/", {}).status_code == 422
    assert client.get(desk.replace("seodaemun-2022", "nowhere")).status_code == 404


# --- many rows


@pytest.fixture
def wide(db):
    """A plan with indicators enough for *count* rows of ten years."""

    def make(count: int) -> Plan:
        plan = Plan.objects.create(slug=f"wide-{count}", title="넓은 계획", start_year=2031, end_year=2040)
        area = plan.areas.create(number=1, title="분야")
        Indicator.objects.bulk_create(
            Indicator(area=area, code=f"1-1-{n}", title="지표", unit="명", direction="up")
            for n in range(1, count // 10 + 1)
        )
        return plan

    return make


def test_as_many_queries_for_ten_rows_as_for_a_thousand(wide, client):
    def queries(count):
        plan = wide(count)
        desk = reverse("indicators:milestones", args=[plan.slug])
        rows = [["area_no", "indicator_code", "year", "value", "text", "missing_reason", "as_exported"]]
        rows += [[1, f"1-1-{n}", y, n, "", "", ""] for n in range(1, count // 10 + 1) for y in plan.years]
        found = []
        page = client.post(desk + "upload/", {"file": upload_of(as_csv(rows), "a.csv")}).url
        with CaptureQueriesContext(connection) as captured:
            response = client.get(page)
        found.append(len(captured))
        data = {"fingerprint": response.context["preview"].fingerprint}
        with CaptureQueriesContext(connection) as captured:
            assert client.post(page + "confirm/", data).status_code == 302
        found.append(len(captured))
        assert Milestone.objects.filter(indicator__area__plan=plan).count() == count
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(desk + "csv/").streaming_content)
        return [*found, len(captured)]

    assert queries(10) == queries(1000)


def test_rows_are_written_in_batches(wide, indicator, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 2)
    years = [2022, 2023, 2024]
    rows = [(target(indicator, year).pk, str(year), "", "") for year in years]
    assert bulk.update_milestones(iter(rows)) == 3
    assert [int(target(indicator, year).value) for year in years] == years
    new = Indicator.objects.filter(area__plan=wide(10)).get()
    assert bulk.insert_milestones((new.pk, year, None, 'a,"b"\n\\c', "") for year in years) == 3
    assert {m.text for m in new.milestones.all()} == {'a,"b" \\c'}


# --- whatever stands in a file

CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "1", "-3.5", "'=1", "none_planned", "1,500/510", "2024", "1-1-2-1", "value=1"]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=0, max_size=9), max_size=6))
def test_any_cells_are_read_or_told(plan, rows):
    """Each row is a change, unchanged, left alone, a conflict or an error; nothing else comes out."""
    data = as_csv([COLUMNS, *rows], "utf-8")
    if b"\x00" in data:
        return
    preview = compare(MilestoneFile(data), MilestoneIndex(plan))
    total = len(preview.changes) + preview.unchanged + preview.left_alone + preview.conflict_count + preview.error_count
    assert total <= len(rows)
    assert preview.error_count == len(preview.errors)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.decimals(-(10**9), 10**9, places=4).map(lambda number: (number, "", "")),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
        .map(clean_line)  # as a field stores it
        .filter(lambda text: text.strip().strip("'") and not text.strip().startswith("#"))
        .map(lambda text: (None, text, "")),
    ),
    st.sampled_from(["csv", "xlsx"]),
)
def test_any_stored_value_goes_out_and_comes_back(plan, indicator, stored, suffix):
    value, text, missing = stored
    if not state_of(value, text, missing).partition("=")[2]:
        return
    index = MilestoneIndex(plan)
    key = indicator.pk * 10000 + 2024
    index.stored[key] = (1, state_of(value, text, missing))
    data = table_bytes(suffix, COLUMNS, index.rows())
    preview = compare(MilestoneFile(data), index)
    assert (preview.unchanged, preview.is_clean, preview.changes) == (575, True, [])
