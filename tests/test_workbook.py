"""The workbook's way out and back: who may, what the file holds, preview, conflicts, confirmation."""

import shutil
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import ActivityEntry, Department
from commons.acts import Lock
from commons.sheets.columns import canonical
from commons.values import Value, plain_number
from indicators import services
from indicators.choices import MissingReason, Status
from indicators.exchange.selectors.workbooks import WorkbookRow, workbook_rows
from indicators.exchange.workbooks import layout
from indicators.exchange.workbooks.comparing import RowWrite
from indicators.exchange.workbooks.reading import read_sheet
from indicators.exchange.workbooks.writing import write_workbook
from indicators.models import Indicator, Milestone, ReportingRound, Result, WorkbookUpload
from plans.models import Area, Plan

from .checksum import database_checksum
from .conftest import make_user, tight, values
from .workbook_files import INPUT, STAMP, as_csv, cell_of, column_of, edited, opened, row_of, saved, upload_of

VALUE, REASON, WORDS = "2022년 실적", "값이 없는 사유", "성과와 설명"
HERE = (1, "1-1-2-1")  # 자활사업 참여자 수, of 사회복지과


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def page(url_of):
    return lambda name, *args: url_of(f"indicators:{name}", 2022, *args)


@pytest.fixture
def head(welfare):
    return make_user("head", Role.HEAD, welfare)


@pytest.fixture
def fetch(as_user, page):
    """Download as a user; *query* is the address's query."""
    return lambda user, query="": as_user(user).get(page("workbook_download") + query).content


@pytest.fixture
def send(as_user, page):
    """Upload as a user and follow to the preview."""
    return lambda user, data, name="실적.xlsx": as_user(user).post(
        page("workbook_upload"), {"file": upload_of(data, name)}, follow=True
    )


@pytest.fixture
def confirm(as_user, page):
    """Confirm what a preview showed."""

    def post(user, response, follow=True):
        upload = response.context["upload"]
        seen = {"fingerprint": response.context["preview"].fingerprint}
        return as_user(user).post(page("workbook_confirm", upload.pk), seen, follow=follow)

    return post


def stored(area=1, code="1-1-2-1"):
    return Result.objects.filter(indicator__area__number=area, indicator__code=code).first()


# --- who may


def test_everybody_finds_the_door_that_is_theirs(
    as_user, owner, stranger, head, coordinator, administrator, committee, open_round, page
):
    doors = {
        owner: 200,
        stranger: 200,
        coordinator: 200,
        administrator: 200,
        committee: 403,
        head: 403,
    }
    for user, status in doors.items():
        for name in ("workbook", "workbook_download"):
            assert as_user(user).get(page(name)).status_code == status, (user, name)
        refused = as_user(user).post(page("workbook_upload"), {"file": upload_of(b"x")})
        assert refused.status_code == (422 if status == 200 else 403), user
    for name in ("workbook", "workbook_download"):
        response = as_user(None).get(page(name))
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")


def test_another_persons_upload_is_not_found(
    as_user, owner, colleague, stranger, coordinator, committee, head, open_round, page, fetch, send
):
    upload = send(owner, edited(fetch(owner), {(*HERE, VALUE): 301})).context["upload"]
    pages = [("get", page("workbook_preview", upload.pk)), ("post", page("workbook_confirm", upload.pk))]
    for method, address in pages:
        for user in (colleague, stranger, coordinator):
            assert getattr(as_user(user), method)(address).status_code == 404
        for user in (committee, head):
            assert getattr(as_user(user), method)(address).status_code == 403
        assert getattr(as_user(None), method)(address).url.startswith("/accounts/login/")
        assert getattr(as_user(owner), method)(address.replace(f"/{upload.pk}/", "/999999/")).status_code == 404
    assert stored() is None


def test_an_upload_stays_behind_when_its_owner_changes_department(
    as_user, owner, open_round, page, fetch, send, stranger
):
    upload = send(owner, edited(fetch(owner), {(*HERE, VALUE): 301})).context["upload"]
    owner.department = stranger.department
    owner.save()
    assert as_user(owner).get(page("workbook_preview", upload.pk)).status_code == 404
    assert as_user(owner).post(page("workbook_confirm", upload.pk)).status_code == 404
    assert stored() is None


@pytest.mark.parametrize("name", ["workbook_upload", "workbook_confirm"])
def test_nothing_is_written_by_looking(as_user, owner, open_round, page, name):
    args = [1] if name == "workbook_confirm" else []
    assert as_user(owner).get(page(name, *args)).status_code == 405


@pytest.mark.parametrize("name", ["workbook", "workbook_download", "workbook_preview"])
def test_pages_are_only_read(as_user, owner, open_round, page, name):
    args = [1] if name == "workbook_preview" else []
    assert as_user(owner).post(page(name, *args)).status_code == 405


def test_what_does_not_exist_is_not_found(as_user, owner, coordinator, open_round, url_of):
    for user in (owner, coordinator):
        assert as_user(user).get(url_of("indicators:workbook", 1999)).status_code == 404
        assert as_user(user).get(url_of("indicators:workbook_download", 2023)).status_code == 404
    assert as_user(owner).get("/plans/nowhere/work/rounds/2022/workbook/").status_code == 404


def test_the_coordinator_chooses_one_department_or_all(as_user, coordinator, owner, welfare, open_round, page, fetch):
    everything = opened(fetch(coordinator))[INPUT]
    assert everything.max_row == 1 + 115
    assert everything.cell(1, 1).value == "부서"
    one = opened(fetch(coordinator, "?department=social-welfare"))[INPUT]
    assert one.max_row == opened(fetch(owner))[INPUT].max_row
    assert as_user(coordinator).get(page("workbook_download") + "?department=nowhere").status_code == 404
    assert as_user(owner).get(page("workbook_download") + "?department=medical").status_code == 404
    assert as_user(owner).get(page("workbook_download") + f"?department={welfare.slug}").status_code == 200


def test_a_department_without_indicators_has_nothing_to_download(as_user, open_round, page):
    empty = Department.objects.create(name="새 부서", slug="new-department")
    officer = make_user("new", Role.OFFICER, empty)
    assert as_user(officer).get(page("workbook")).status_code == 200
    assert as_user(officer).get(page("workbook_download")).status_code == 404


def test_the_services_themselves_refuse_the_wrong_person(
    owner, colleague, stranger, head, coordinator, committee, draft, fetch, send, open_round
):
    upload = send(owner, edited(fetch(owner), {(*HERE, VALUE): 301})).context["upload"]
    row = RowWrite(draft, values(301), 1)
    for person in (colleague, stranger, head, committee, coordinator):
        with pytest.raises(PermissionDenied):
            services.confirm_workbook(actor=person, upload=upload, prepare=lambda locked: [row])
    for person in (head, committee):
        with pytest.raises(PermissionDenied):
            services.keep_upload(actor=person, reporting_round=open_round, data=b"x", name="x", sha256="")
    # Not even in one's own upload can rows of another department be written.
    other = services.keep_upload(actor=stranger, reporting_round=open_round, data=b"x", name="x", sha256="")
    with pytest.raises(PermissionDenied):
        services.confirm_workbook(actor=stranger, upload=other, prepare=lambda locked: [row])
    assert stored().value == 300


# --- what the file holds


def test_the_file_is_locked_but_for_this_years_cells(owner, draft, fetch):
    book = opened(fetch(owner))
    assert book.sheetnames == [INPUT, "안내", STAMP]
    assert book[STAMP].sheet_state == "hidden"
    sheet = book[INPUT]
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert sheet.freeze_panes == "D2"
    row = row_of(sheet, *HERE)
    unlocked = {sheet.cell(1, cell.column).value for cell in sheet[row] if not cell.protection.locked}
    assert unlocked == {VALUE, REASON, WORDS, "부진 사유", "향후 계획", "산출근거"}
    assert cell_of(book, *HERE, VALUE).value == 300
    assert cell_of(book, *HERE, "2022년 목표").value == 303
    assert cell_of(book, *HERE, "상태").value == "작성중"
    assert cell_of(book, *HERE, "판번호").value == 1
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert '"통계 미발표,조사 주기 아님,사업 종료,산식 변경,비공개"' in lists


def test_a_row_handed_in_is_locked_and_says_why(owner, submitted, fetch):
    book = opened(fetch(owner))
    sheet = book[INPUT]
    assert all(cell.protection.locked for cell in sheet[row_of(sheet, *HERE)])
    assert "제출되어 검토를 기다리고 있습니다." in cell_of(book, *HERE, "잠긴 까닭").value
    assert cell_of(book, *HERE, VALUE).fill.fgColor.rgb.endswith("EDEDED")


def test_a_text_indicator_is_written_in_its_own_cells(open_round, fetch):
    officer = make_user("cleaning", Role.OFFICER, Department.objects.get(slug="cleaning"))
    book = opened(fetch(officer))
    here = (3, "2-1-1-1")
    assert not cell_of(book, *here, "서술 실적").protection.locked
    assert not cell_of(book, *here, "판정").protection.locked
    assert cell_of(book, *here, VALUE).protection.locked
    assert cell_of(book, *here, "서술 실적").number_format == "@"


def test_earlier_years_stand_beside_as_they_were_published(published, coordinator, owner, url_of, as_user, plan):
    later = ReportingRound(plan=plan, year=2023, opens_on=date(2024, 1, 2), due_on=date(2024, 2, 28))
    services.plan_round(actor=coordinator, reporting_round=later)
    services.open_round(actor=coordinator, reporting_round=later)
    book = opened(as_user(owner).get(url_of("indicators:workbook_download", 2023)).content)
    assert cell_of(book, *HERE, "2022년 실적(공표)").value == 310
    others = [
        row[0].value for row in book[INPUT].iter_rows(min_row=2, min_col=column_of(book[INPUT], "2022년 실적(공표)"))
    ]
    assert others.count("미제출") == len(others) - 1


def test_every_milestone_is_written_exactly(plan, coordinator):
    for year in plan.years:
        reporting_round, _created = ReportingRound.objects.get_or_create(
            plan=plan, year=year, defaults={"opens_on": date(2030, 1, 1), "due_on": date(2030, 2, 1)}
        )
        rows = workbook_rows(coordinator, reporting_round, None)
        book = opened(write_workbook(reporting_round, None, rows))
        sheet = book[INPUT]
        column = column_of(sheet, f"{year}년 목표")
        planned = {(m.indicator.area.number, m.indicator.code): m.reading for m in _milestones(plan, year)}
        assert len(rows) == 115
        for row in rows:
            target = planned.get((row.indicator.area.number, row.indicator.code), Value())
            cell = sheet.cell(row_of(sheet, row.indicator.area.number, row.indicator.code), column)
            if target.number is not None:
                assert Decimal(format(cell.value, ".15g")) == target.number
            else:
                label = str(MissingReason(target.missing).label) if target.missing else None
                assert cell.value == (target.text or label)


def _milestones(plan, year):
    return Milestone.objects.filter(indicator__area__plan=plan, year=year).select_related("indicator__area")


def test_downloading_takes_the_same_queries_for_two_rows_and_for_all(
    as_user, owner, coordinator, open_round, page, django_assert_num_queries
):
    for user, query, count in (
        (owner, "", 12),
        (coordinator, "?department=medical", 12),
        (coordinator, "", 11),
    ):
        client = as_user(user)
        with django_assert_num_queries(count):
            assert client.get(page("workbook_download") + query).status_code == 200


# --- the trip there and back changes nothing

NASTY = [
    "=1+1",
    "+82",
    "-3%",
    "@name",
    "\tindented",
    "'quoted' \"twice\"",
    "two\nlines\n\nand a blank one",
    "old\r\nwindows\rends",
    "😀 한글 ㎡ ½ Ⅲ",
    "_x0041_ _x005F_ _x000D_",
    "가" * 2000,
    "<b>&amp;</b>",
    "#N/A",
    "control\x0bcharacter",
    "1,400/480",
    "0012",
]


def test_an_untouched_workbook_changes_nothing_and_says_so(as_user, owner, open_round, fetch, send, page, confirm):
    rows = workbook_rows(owner, open_round, owner.department)
    for row, words in zip(rows * 8, NASTY, strict=False):
        current = Result.objects.filter(round=open_round, indicator=row.indicator).first() or row.result
        current.indicator, current.round = row.indicator, open_round
        new = values("123456789.1234") | {"explanation": words, "basis": words[::-1], "shortfall": words}
        services.save_result(actor=owner, result=current, new=new)
    client = as_user(owner)
    data = client.get(page("workbook_download")).content
    before = database_checksum(WorkbookUpload, Session)
    for sent, name in ((data, "실적.xlsx"), (saved(opened(data)), "실적.xlsx"), (as_csv(data), "실적.csv")):
        response = client.post(page("workbook_upload"), {"file": upload_of(sent, name)}, follow=True)
        preview = response.context["preview"]
        assert (preview.errors, preview.conflicts, preview.changes) == ([], [], [])
        assert "바뀌는 내용이 없습니다." in response.text
        assert "workbook_confirm" not in response.text
        refused = client.post(
            page("workbook_confirm", response.context["upload"].pk), {"fingerprint": preview.fingerprint}
        )
        assert refused.status_code == 409
        assert "바뀌는 내용이 없어 저장하지 않았습니다." in refused.text
    assert database_checksum(WorkbookUpload, Session) == before


def test_the_coordinators_untouched_workbook_changes_nothing(as_user, coordinator, submitted, fetch, send):
    response = send(coordinator, fetch(coordinator))
    assert "바뀌는 내용이 없습니다." in response.text
    assert len(response.context["preview"].unchanged) == 115


NUMBERS = st.decimals(min_value=-(10**11) + 1, max_value=10**11 - 1, places=4, allow_nan=False) | st.integers(
    -(10**15) + 1, 10**15 - 1
).map(Decimal)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=200)
LEADING = st.sampled_from(["=", "+", "-", "@", "\t", "'", '"', "_x0041_", "😀", "\n", " "])
WORDS_OF_ALL_KINDS = st.one_of(TEXTS, st.builds(lambda first, rest: first + rest, LEADING, TEXTS)).map(canonical)
READINGS = st.one_of(
    NUMBERS.map(lambda number: Value(number=number)),
    WORDS_OF_ALL_KINDS.map(lambda text: Value(text=text)),
    st.sampled_from(MissingReason.for_results()).map(lambda reason: Value(missing=reason.value)),
)
WAY_ROUND = ReportingRound(
    plan=Plan(slug="a-plan", start_year=2022, end_year=2026),
    year=2024,
    due_on=date(2025, 2, 1),
    opens_on=date(2025, 1, 1),
)
WAY_ROUND.extended_until = {}  # it is not stored, so nobody has more time


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    cells=st.lists(st.tuples(READINGS, READINGS, *[WORDS_OF_ALL_KINDS] * 4, st.sampled_from(["", *Status.rated()]))),
    again=st.booleans(),
)
def test_every_kind_of_value_survives_the_trip_exactly(cells, again):
    """Written, read, and written and read once more by a spreadsheet in between."""
    area, rows = Area(number=1, title="분야", plan=WAY_ROUND.plan), []
    for number, (actual, target, explanation, shortfall, next_steps, basis, verdict) in enumerate(cells, start=1):
        indicator = Indicator(area=area, code=f"1-1-1-{number}", title=f"지표 {number}", unit="명", direction="up")
        result = Result(
            round=WAY_ROUND,
            indicator=indicator,
            value=actual.number,
            text=actual.text,
            missing_reason=actual.missing,
            verdict=verdict,
            explanation=explanation,
            shortfall=shortfall,
            next_steps=next_steps,
            basis=basis,
            version=number,
        )
        rows.append(WorkbookRow(indicator, result, target, {2022: target}, Lock("잠김") if number % 3 == 0 else None))
    data = write_workbook(WAY_ROUND, Department(name="부서", slug="department"), rows)
    if again:
        data = saved(opened(data))
    sheet = read_sheet(data, WAY_ROUND)
    assert len(sheet.rows) == len(rows)
    for read, row in zip(sheet.rows, rows, strict=True):
        texts = {name: layout.stored_text(row.result, name) for name in layout.INPUTS}
        assert {name: read.cells[name].text for name in layout.INPUTS} == texts
        assert sheet.stamp.rows[read.cells["key"].text] == (str(row.result.version), texts)
        assert not any(cell.problem for cell in read.cells.values())
        assert read.cells["version"].text == str(row.result.version)
    book = opened(data)[INPUT]
    for number, row in enumerate(rows, start=2):
        for title in ("2024년 목표", "2022년 실적(공표)"):
            written = book.cell(number, column_of(book, title)).value
            if row.target.number is not None:
                assert Decimal(format(written, ".15g")) == row.target.number
            elif row.target.missing:
                assert written == str(MissingReason(row.target.missing).label)
            else:
                assert canonical(written or "").replace("_x005F_", "_") == row.target.text.replace("_x005F_", "_")


@settings(max_examples=200, deadline=None)
@given(number=NUMBERS)
def test_a_number_is_written_digit_by_digit(number):
    result = Result(round=WAY_ROUND, value=number, version=1)
    result.indicator = Indicator(
        area=Area(number=1, plan=WAY_ROUND.plan), code="1-1-1-1", title="지표", direction="up", decimals=1
    )
    data = write_workbook(
        WAY_ROUND, Department(name="부서", slug="d"), [WorkbookRow(result.indicator, result, Value(), {}, None)]
    )
    with ZipFile(BytesIO(data)) as archive:
        assert f"<v>{plain_number(number)}</v>" in archive.read("xl/worksheets/sheet1.xml").decode()


# --- preview and confirmation


def test_changes_are_shown_cell_by_cell_and_confirmed_in_one_go(as_user, owner, draft, fetch, send, confirm, url_of):
    data = edited(
        fetch(owner), {(*HERE, VALUE): 305.5, (*HERE, WORDS): "- 참여자 증가", (*HERE, "부진 사유"): "=없음".encode()}
    )
    response = send(owner, data)
    assert "바뀌는 칸 3 · 오류 0 · 충돌 0" in tight(response.text)
    changes = [(c.column, c.old, c.new) for c in response.context["preview"].changes]
    assert changes == [(VALUE, "300", "305.5"), (WORDS, "", "- 참여자 증가"), ("부진 사유", "", "=없음")]
    assert stored().value == 300
    done = confirm(owner, response)
    assert done.redirect_chain[-1][0] == url_of("indicators:work")
    assert "지표 1개의 3칸을 저장했습니다." in done.text
    result = stored()
    assert (result.value, result.explanation, result.shortfall) == (Decimal("305.5"), "- 참여자 증가", "=없음")
    assert (result.state, result.version, result.updated_by) == ("draft", 2, owner)
    trace = ActivityEntry.objects.about(result).first()
    assert ["값", "300명", "305.5명"] in trace.changes
    whole = ActivityEntry.objects.get(action="workbook_confirmed")
    assert whole.changes == [["바뀐 지표", "", "1"], ["바뀐 칸", "", "3"]]
    assert "사회복지과" in whole.comment


def test_a_csv_is_confirmed_like_a_workbook(owner, draft, fetch, send, confirm):
    for encoding, value in (("utf-8-sig", "1,301"), ("cp949", "1,302.5")):
        data = as_csv(fetch(owner), encoding, {(*HERE, VALUE): value, (*HERE, WORDS): '쉼표, "따옴표"\n줄바꿈'})
        response = send(owner, data, "실적.csv")
        assert response.context["preview"].errors == []
        confirm(owner, response)
        assert stored().value == Decimal(value.replace(",", ""))
        assert stored().explanation == '쉼표, "따옴표"\n줄바꿈'


def test_characters_that_cp949_lacks_are_not_taken_for_a_change(owner, draft, fetch, send):
    services.save_result(actor=owner, result=draft, new=values(300, explanation="좋음 😀 ✔"))
    response = send(owner, as_csv(fetch(owner), "cp949"), "실적.csv")
    assert "바뀌는 내용이 없습니다." in response.text


def test_a_value_gives_way_to_a_reason(owner, draft, fetch, send, confirm):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): None, (*HERE, REASON): " 조사 주기 아님"}))
    confirm(owner, response)
    assert (stored().value, stored().missing_reason) == (None, "survey_cycle")


def test_a_returned_result_stays_returned(owner, submitted, coordinator, fetch, send, confirm):
    services.return_result(actor=coordinator, result=submitted, comment="근거를 적어 주십시오.")
    confirm(owner, send(owner, edited(fetch(owner), {(*HERE, "산출근거"): "월별 명부 합계"})))
    assert (stored().state, stored().basis) == ("returned", "월별 명부 합계")


ERRORS = [
    ({VALUE: "삼백"}, VALUE, "숫자로 입력해 주십시오."),
    ({VALUE: "1,2,3"}, VALUE, "쉼표는 세 자리마다"),
    ({VALUE: -5}, VALUE, "0보다 작은 값은 입력할 수 없습니다."),
    ({VALUE: 1.23456}, VALUE, "소수점 아래는 4자리까지"),
    ({VALUE: 12345678901234567890}, VALUE, "숫자가 너무 깁니다."),
    ({VALUE: "=SUM(A1:A3)"}, VALUE, "수식이 들어 있습니다. 값으로 붙여 넣어 주십시오."),
    ({WORDS: "=B2"}, WORDS, "수식이 들어 있습니다."),
    ({VALUE: "#REF!"}, VALUE, "계산 오류가 들어 있습니다."),
    ({VALUE: True}, VALUE, "참·거짓 값이 들어 있습니다."),
    ({VALUE: date(2024, 1, 2)}, VALUE, "날짜나 시각으로 바뀐 칸입니다."),
    ({REASON: "통계 미발표"}, REASON, "값과 값이 없는 사유 가운데 하나만"),
    ({REASON: "모름"}, REASON, "목록에 없는 말입니다. 다음에서 골라 주십시오: 통계 미발표,"),
    ({REASON: "미제출"}, REASON, "목록에 없는 말입니다."),
    ({"서술 실적": "많음"}, "서술 실적", "숫자로 적는 지표입니다. ‘2022년 실적’에 적어 주십시오."),
    ({"판정": "달성"}, "판정", "판정은 서술 실적에만 적습니다."),
    ({WORDS: "가" * 2001}, WORDS, "2000"),
    ({"판번호": 7}, "판번호", "판번호가 고쳐졌습니다."),
    ({"판번호": ""}, "판번호", "판번호가 고쳐졌습니다."),
    ({"이행지표": "다른 지표"}, "이행지표", "지표키와 이행지표 이름이 다릅니다."),
    ({"지표키": "x"}, "지표키", "지표키가 없거나 고쳐졌습니다."),
    ({"지표키": "v1/seodaemun-2022/2022/1/9-9-9-9"}, "지표키", "이 계획에 없는 지표입니다."),
    ({"지표키": "v1/seodaemun-2022/2022/2/2-3-1-1"}, "지표키", "다른 부서의 지표입니다."),
]


@pytest.mark.parametrize(("typed", "column", "message"), ERRORS)
def test_an_error_stands_at_its_row_and_column(as_user, owner, draft, fetch, page, typed, column, message):
    data = fetch(owner)
    changed = edited(data, {(*HERE, title): value for title, value in typed.items()})
    client = as_user(owner)
    before = database_checksum(WorkbookUpload, Session)
    response = client.post(page("workbook_upload"), {"file": upload_of(changed)}, follow=True)
    errors = {error.column: error for error in response.context["preview"].errors}
    assert message in errors[column].message
    sheet = opened(data)[INPUT]
    assert errors[column].row == row_of(sheet, *HERE)
    assert errors[column].letter == sheet.cell(1, column_of(sheet, column)).column_letter
    assert message in response.text
    assert "확인하고 저장해 주십시오" not in response.text
    seen = {"fingerprint": response.context["preview"].fingerprint}
    assert client.post(page("workbook_confirm", response.context["upload"].pk), seen).status_code == 409
    assert database_checksum(WorkbookUpload, Session) == before


def test_a_percent_cell_is_questioned(owner, draft, fetch, send):
    book = opened(fetch(owner))
    cell = cell_of(book, *HERE, VALUE)
    cell.value, cell.number_format = 0.35, "0%"
    response = send(owner, saved(book))
    assert [(e.found, e.column) for e in response.context["preview"].errors] == [("35%", VALUE)]
    assert "백분율 서식의 칸입니다." in response.text


def test_the_noise_of_binary_arithmetic_is_no_change(owner, draft, fetch, send):
    services.save_result(actor=owner, result=draft, new=values("33.3"))
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 33.300000000000004}))
    assert "바뀌는 내용이 없습니다." in response.text


def test_a_locked_row_changed_all_the_same_answers_with_the_lock(owner, submitted, fetch, send, confirm):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 999}))
    assert "제출되어 검토를 기다리고 있습니다. 반려되면 다시 고칠 수 있습니다." in response.text
    assert confirm(owner, response).status_code == 409
    assert stored().value == 310


@pytest.mark.parametrize("state", ["planned", "closed"])
def test_a_locked_round_says_why_on_every_page(as_user, owner, coordinator, planned_round, page, send, fetch, state):
    if state == "closed":
        opened_round = services.open_round(actor=coordinator, reporting_round=planned_round)
        services.close_round(actor=coordinator, reporting_round=opened_round)
    words = "아직 입력 기간이 아닙니다." if state == "planned" else "마감되어 고칠 수 없습니다."
    assert words in as_user(owner).get(page("workbook")).text
    data = fetch(owner)
    assert words in cell_of(opened(data), *HERE, "잠긴 까닭").value
    response = send(owner, edited(data, {(*HERE, VALUE): 1}))
    assert [words in error.message for error in response.context["preview"].errors] == [True]


def test_an_extension_opens_the_workbook_too(as_user, owner, welfare, coordinator, open_round, fetch, send, confirm):
    services.close_round(actor=coordinator, reporting_round=open_round)
    until = timezone.localdate() + timedelta(days=3)
    services.extend_round(actor=coordinator, reporting_round=open_round, department=welfare, until=until)
    confirm(owner, send(owner, edited(fetch(owner), {(*HERE, VALUE): 321})))
    assert stored().value == 321


# --- colleagues


def test_a_cell_that_both_changed_is_a_conflict(owner, colleague, draft, fetch, send, confirm):
    data = edited(fetch(owner), {(*HERE, VALUE): 333, (*HERE, "산출근거"): "명부"})
    services.save_result(actor=colleague, result=draft, new=values(320))
    response = send(owner, data)
    assert "바뀌는 칸 0 · 오류 0 · 충돌 1" in tight(response.text)
    conflict = response.context["preview"].conflicts[0]
    assert (conflict.typed, conflict.stored, conflict.saved_by) == ("333", "320", "colleague")
    assert confirm(owner, response).status_code == 409
    assert stored().value == 320
    # Given way to the colleague's value, the rest goes through.
    confirm(owner, send(owner, edited(data, {(*HERE, VALUE): 320})))
    assert (stored().value, stored().basis) == (320, "명부")


def test_what_only_a_colleague_changed_stays(owner, colleague, draft, fetch, send, confirm):
    data = fetch(owner)
    services.save_result(actor=colleague, result=draft, new=values(320, explanation="동료의 설명"))
    response = send(owner, data)
    assert "바뀌는 내용이 없습니다." in response.text
    assert "그 사이 다른 사람이 저장하여 그대로 두는 지표 1개" in response.text
    confirm(owner, send(owner, edited(data, {(*HERE, "산출근거"): "명부"})))
    assert (stored().value, stored().explanation, stored().basis) == (320, "동료의 설명", "명부")


def test_a_value_and_a_colleagues_reason_are_one_conflict(owner, colleague, open_round, indicator, fetch, send):
    data = edited(fetch(owner), {(*HERE, VALUE): 333})
    blank = Result(round=open_round, indicator=indicator, version=0)
    services.save_result(actor=colleague, result=blank, new=values(missing_reason="source_pending"))
    found = send(owner, data).context["preview"].conflicts
    assert {(c.column, c.typed, c.stored) for c in found} == {(VALUE, "333", ""), (REASON, "", "통계 미발표")}


def test_a_csv_without_stamp_never_overwrites_what_came_later(owner, colleague, draft, fetch, send):
    data = as_csv(fetch(owner))
    services.save_result(actor=colleague, result=draft, new=values(320))
    found = send(owner, data, "실적.csv").context["preview"].conflicts
    assert [(c.typed, c.stored) for c in found] == [("300", "320")]


def test_a_save_between_preview_and_confirmation_stops_it(owner, colleague, draft, fetch, send, confirm):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333, (1, "1-1-1-1", VALUE): 5}))
    services.save_result(actor=colleague, result=draft, new=values(320))
    count = ActivityEntry.objects.count()
    refused = confirm(owner, response)
    assert refused.status_code == 409
    assert "미리 본 내용과 달라져 저장하지 않았습니다." in refused.text
    assert len(refused.context["preview"].conflicts) == 1
    assert (stored().value, ActivityEntry.objects.count()) == (320, count)


def test_a_round_closed_between_preview_and_confirmation_stops_it(owner, coordinator, draft, fetch, send, confirm):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333}))
    services.close_round(actor=coordinator, reporting_round=draft.round)
    refused = confirm(owner, response)
    assert refused.status_code == 409
    assert "마감되어 고칠 수 없습니다." in refused.text
    assert stored().value == 300


def test_a_confirmation_without_what_was_seen_is_refused(as_user, owner, draft, fetch, send, page):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333}))
    for seen in ({}, {"fingerprint": "x"}, {"fingerprint": "x" * 100}):
        refused = as_user(owner).post(page("workbook_confirm", response.context["upload"].pk), seen)
        assert refused.status_code == 409
    assert stored().value == 300


def test_confirming_twice_writes_once(as_user, owner, draft, fetch, send, confirm, page):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333}))
    confirm(owner, response)
    again = confirm(owner, response)
    assert again.status_code == 409
    assert "이미 반영한 파일입니다." in again.text
    assert stored().version == 2
    assert "이미 저장한 파일입니다." in as_user(owner).get(page("workbook_preview", response.context["upload"].pk)).text


# --- the coordinator writes on behalf of departments


def test_the_coordinator_writes_for_several_departments(
    as_user, coordinator, draft, fetch, send, confirm, page, url_of
):
    other = (2, "2-3-1-1")
    data = edited(fetch(coordinator), {(*HERE, VALUE): 333, (*other, VALUE): 12})
    response = send(coordinator, data)
    done = confirm(coordinator, response)
    assert done.redirect_chain[-1][0] == url_of("indicators:round", 2022)
    assert "지표 2개의 2칸을 저장했습니다." in done.text
    assert (stored().value, stored().state, stored().updated_by) == (333, "draft", coordinator)
    assert stored(*other).value == 12
    assert ActivityEntry.objects.about(stored()).first().actor == coordinator


def test_the_form_stays_closed_to_the_coordinator(as_user, coordinator, draft, url_of):
    entry = url_of("indicators:result", 2022, *HERE)
    assert as_user(coordinator).post(entry, {"value": "1", "version": "1", "action": "save"}).status_code == 403


def test_an_officer_cannot_use_the_file_of_all_departments(coordinator, owner, draft, fetch, send):
    response = send(owner, fetch(coordinator))
    assert response.status_code == 422
    assert "모든 부서의 파일입니다. 사회복지과 파일을 내려받아 적어 주십시오." in response.text


# --- keeping the file


def test_an_upload_expires_after_a_day_and_is_cleared_by_the_next(as_user, owner, colleague, draft, fetch, send, page):
    old = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333})).context["upload"]
    WorkbookUpload.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert "기다립니다" not in as_user(owner).get(page("workbook")).text
    for response in (
        as_user(owner).get(page("workbook_preview", old.pk)),
        as_user(owner).post(page("workbook_confirm", old.pk), {"fingerprint": "x"}),
    ):
        assert response.status_code == 410
        assert "올린 지 하루가 지나 내용을 볼 수 없습니다." in response.text
    send(colleague, fetch(colleague))
    assert not WorkbookUpload.objects.filter(pk=old.pk).exists()
    assert stored().value == 300


def test_the_file_of_an_expired_upload_goes_with_it(
    owner, colleague, draft, fetch, send, django_capture_on_commit_callbacks
):
    old = send(owner, fetch(owner)).context["upload"]
    assert old.file.storage.exists(old.file.name)
    WorkbookUpload.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        send(colleague, fetch(colleague))
    assert not old.file.storage.exists(old.file.name)


def test_a_file_that_was_lost_or_changed_on_the_server_is_not_used(as_user, owner, draft, fetch, send, page, confirm):
    response = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333}))
    upload = response.context["upload"]
    with open(upload.file.path, "ab") as file:
        file.write(b"x")
    assert confirm(owner, response).status_code == 410
    shutil.rmtree(upload.file.storage.location)
    assert as_user(owner).get(page("workbook_preview", upload.pk)).status_code == 410
    assert stored().value == 300


def test_a_waiting_file_is_found_again(as_user, owner, draft, fetch, send, page):
    upload = send(owner, edited(fetch(owner), {(*HERE, VALUE): 333})).context["upload"]
    text = as_user(owner).get(page("workbook")).text
    assert page("workbook_preview", upload.pk) in text


def test_a_preview_takes_the_same_queries_for_one_change_and_for_many(
    as_user, coordinator, draft, fetch, send, page, django_assert_num_queries
):
    data = fetch(coordinator)
    one = edited(data, {(*HERE, WORDS): "설명"})
    book = opened(data)
    sheet = book[INPUT]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column_of(sheet, WORDS)).value = f"설명 {row}"
    for sent, changes in ((one, 1), (saved(book), 115)):
        upload = send(coordinator, sent).context["upload"]
        client = as_user(coordinator)
        with django_assert_num_queries(12):
            response = client.get(page("workbook_preview", upload.pk))
        assert len(response.context["preview"].changes) == changes
