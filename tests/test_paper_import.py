"""Papers that come in by workbook: what a file would change, what is refused, and that it is all of it or nothing."""

import csv
import zipfile
from datetime import date, datetime, time, timedelta
from io import BytesIO, StringIO

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.choices import Action
from accounts.models import ActivityEntry
from commons.sheets import columns as limits
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PaperUpload, PositionPaper, StakeholderGroup
from stakeholders.workbooks.comparing import preview_of
from stakeholders.workbooks.writing import write_papers

from .checksum import database_checksum
from .workbook_files import column_of, opened, saved, upload_of

POINTS = "의견"
# Put together here, so that nothing that looks like personal data stands in the project.
PHONE, RESIDENT, EMAIL = "-".join(["010", "1234", "5678"]), "-".join(["900101", "1234567"]), "@".join(["a", "b.kr"])


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def forum(plan):
    return Deliberation.objects.create(plan=plan, year=2024, title="2024년 숙의공론장")


@pytest.fixture
def paper(forum, plan):
    """The women's paper with two meetings and three points."""
    area = plan.areas.get(number=1)
    paper = PositionPaper.objects.create(
        deliberation=forum,
        group=plan.groups.get(slug="women"),
        dated=date(2024, 5, 2),
        overall="=모두의 목소리\n둘째 줄",
        participants="김○수(홍제동)\n이○희",
    )
    ForumMeeting.objects.create(paper=paper, number=1, held_on=date(2024, 4, 1), held_at=time(16, 0))
    ForumMeeting.objects.create(paper=paper, number=2, held_on=date(2024, 4, 8))
    goal = area.goals.get(number=1)
    target = goal.targets.get(code="1-1")
    task = target.tasks.get(code="1-1-2")
    Opinion.objects.create(paper=paper, number=1, kind="overall", summary="전체 의견")
    Opinion.objects.create(
        paper=paper, number=2, kind="proposal", summary="과제 의견", area=area, task=task, cited_code="1-1-2"
    )
    Opinion.objects.create(paper=paper, number=5, kind="question", summary="목표 의견", area=area, goal=goal)
    return paper


@pytest.fixture
def client(as_user, coordinator):
    return as_user(coordinator)


@pytest.fixture
def desk(url_of):
    return url_of("stakeholders:paper_import", 2024)


@pytest.fixture
def good(client, desk, paper):
    return client.get(desk + "download/").content


@pytest.fixture
def empty(client, desk, forum):
    return client.get(desk + "template/").content


@pytest.fixture
def send(client, desk):
    """Upload a file that can be read; gives the preview page."""

    def upload(data: bytes, name: str = "입장문서.xlsx"):
        response = client.post(desk + "upload/", {"file": upload_of(data, name)}, follow=True)
        assert response.status_code == 200, response.context["form"].errors
        return response

    return upload


@pytest.fixture
def confirm(client, desk):
    def act(response, **more):
        data = {"fingerprint": response.context["preview"].fingerprint} | more
        return client.post(f"{desk}{response.context['upload'].pk}/confirm/", data)

    return act


@pytest.fixture
def faulty(send, confirm):
    """Upload a file with faults: neither preview nor confirmation writes anything of a paper."""

    def upload(data: bytes, name: str = "입장문서.xlsx"):
        before = database_checksum(Session, PaperUpload)
        response = send(data, name)
        preview = response.context["preview"]
        assert not preview.can_confirm
        assert confirm(response, add_groups="on").status_code == 409
        assert database_checksum(Session, PaperUpload) == before
        return preview, response.text

    return upload


@pytest.fixture
def refused(client, desk, tmp_path):
    """Upload a file that is not taken at all: nothing is kept, nothing is written."""

    def upload(data: bytes, name: str = "입장문서.xlsx") -> str:
        before = database_checksum(Session)
        response = client.post(desk + "upload/", {"file": upload_of(data, name)})
        assert response.status_code == 422
        assert database_checksum(Session) == before
        assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
        return " ".join(response.context["form"].errors["file"])

    return upload


def edited(data: bytes, *changes) -> bytes:
    """The file with cells set: each change is (sheet, row, column title, value)."""
    book = opened(data)
    for sheet, row, title, value in changes:
        book[sheet].cell(row, column_of(book[sheet], title)).value = value
    return saved(book)


def filled(data: bytes, **rows) -> bytes:
    """The file with rows put below those of its sheets."""
    book = opened(data)
    for sheet, lines in rows.items():
        for line in lines:
            book[sheet].append(line)
    return saved(book)


def as_csv(rows, encoding="utf-8-sig") -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows([["그룹", "번호", "분야", "가리키는 것", "적힌 번호", "종류", "요지"], *rows])
    return text.getvalue().encode(encoding)


def column_values(data: bytes, sheet: str) -> list[list]:
    return [[cell.value for cell in row] for row in opened(data)[sheet].iter_rows()]


# --- out and back


def test_the_file_says_what_is_stored(good):
    people = "김○수(홍제동)\n이○희"
    assert column_values(good, "입장문서")[1] == ["여성", "2024-05-02", "=모두의 목소리\n둘째 줄", people]
    assert column_values(good, "모임")[1:] == [["여성", 1, "2024-04-01", "16:00"], ["여성", 2, "2024-04-08", None]]
    assert column_values(good, POINTS)[1:] == [
        ["여성", 1, None, None, None, "종합의견", "전체 의견"],
        ["여성", 2, "1", "1-1-2", "1-1-2", "제안", "과제 의견"],
        ["여성", 5, "1", "1", None, "질문", "목표 의견"],
    ]
    assert opened(good)["_정보"].sheet_state == "hidden"
    assert opened(good)["입장문서"]["C2"].data_type == "s"


def test_the_template_has_columns_alone(empty, paper):
    for sheet in ("입장문서", "모임", POINTS):
        assert len(column_values(empty, sheet)) == 1
    assert "여성" in [row[2] for row in column_values(empty, "안내")]


def test_down_and_up_changes_nothing_and_says_so(send, confirm, good):
    before = database_checksum(Session, PaperUpload)
    response = send(good)
    preview = response.context["preview"]
    assert "바뀌는 내용이 없습니다." in response.text
    assert (preview.writes, preview.changes, preview.additions, preview.notices) == ([], [], [], [])
    assert len(preview.unchanged) == 6
    assert confirm(response).status_code == 409
    assert database_checksum(Session, PaperUpload) == before


def test_the_real_forum_goes_round_unchanged(plan):
    forum = plan.deliberations.get(year=2022)
    preview = preview_of(write_papers(forum), forum)
    assert (preview.writes, preview.errors, preview.conflicts, preview.notices) == ([], [], [], [])
    assert len(preview.unchanged) == 11 + 30 + 269


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(overall=TEXTS, summary=TEXTS, cited=st.text("0123456789-, 가나", max_size=40))
def test_whatever_is_written_goes_round_unchanged(forum, paper, overall, summary, cited):
    PositionPaper.objects.filter(pk=paper.pk).update(overall=overall)
    Opinion.objects.filter(paper=paper, number=2).update(summary=summary, cited_code=cited)
    preview = preview_of(write_papers(forum), forum)
    assert (preview.writes, preview.errors, preview.conflicts) == ([], [], [])
    assert len(preview.unchanged) == 6
    rows = column_values(write_papers(forum), POINTS)[1:]
    texts = [["" if value is None else str(value).replace("_x005F_", "_") for value in row] for row in rows]
    preview = preview_of(as_csv(texts), forum)
    assert (preview.writes, preview.errors) == ([], [])


def test_a_full_file_is_stored_in_one_go(
    send, confirm, empty, forum, plan, coordinator, tmp_path, django_capture_on_commit_callbacks
):
    data = filled(
        empty,
        입장문서=[["청년", "2024. 6. 4.", "종합", "김철수(홍제동), 이영희"], ["새 모임", None, None, None]],
        모임=[["청년", 1, datetime(2024, 4, 20), time(16, 30)], ["청년", 2, "2024년 4월 27일", "9:05"]],
        의견=[
            ["청년", 1, 1, "3-1-➌", None, "제안", "자리를 늘린다"],
            ["청년", 2, "1분야", "9-9-9", None, "추가 요청", "없는 과제"],
            ["노동자", "3", None, None, None, "기타", "입장문서가 없는 그룹"],
        ],
    )
    response = send(data)
    preview = response.context["preview"]
    assert (preview.errors, preview.new_groups, preview.new_papers) == ([], ["새 모임"], ["노동자"])
    assert [notice.message for notice in preview.notices] == ["1분야에 없는 번호 ‘9-9-9’이어서 분야만 가리킵니다."]
    assert "김○수(홍제동)" in response.text
    assert "김철수" not in response.text
    assert "새 그룹 1개" in response.text

    before = database_checksum(Session, PaperUpload)
    refusal = confirm(response)
    assert refusal.status_code == 409
    assert "새 그룹을 만들지 확인하지 않" in refusal.text
    assert database_checksum(Session, PaperUpload) == before

    with django_capture_on_commit_callbacks(execute=True):
        assert confirm(response, add_groups="on").status_code == 302
    paper = forum.papers.get(group__name="청년")
    assert (paper.dated, paper.overall, paper.participants) == (date(2024, 6, 4), "종합", "김○수(홍제동)\n이○희")
    assert list(paper.meetings.values_list("number", "held_on", "held_at")) == [
        (1, date(2024, 4, 20), time(16, 30)),
        (2, date(2024, 4, 27), time(9, 5)),
    ]
    first, second = paper.opinions.all()
    assert (first.task.code, first.area.number, first.cited_code, first.kind) == ("3-1-3", 1, "", "proposal")
    assert (second.task, second.area.number, second.cited_code, second.kind) == (None, 1, "9-9-9", "addition")
    assert forum.papers.get(group__name="노동자").opinions.get().number == 3
    group = plan.groups.get(name="새 모임")
    assert (group.slug, group.position) == ("group-12", 12)
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    entry = ActivityEntry.objects.about(forum).get()
    assert (entry.action, entry.actor_id) == (Action.WORKBOOK_CONFIRMED, coordinator.pk)
    assert ["새 의견", "", "3"] in entry.changes
    assert ["새 그룹", "", "새 모임"] in entry.changes


def test_an_act_that_breaks_off_leaves_nothing(send, confirm, empty, forum, monkeypatch):
    rows = [["청년", n, None, None, None, "제안", f"의견 {n}"] for n in (1, 2, 3)]
    response = send(filled(empty, 입장문서=[["새 모임", None, None, None]], 의견=rows))
    before, save = database_checksum(Session), Opinion.save

    def fail_at_the_third(self, **options):
        if self.number == 3:
            raise RuntimeError
        save(self, **options)

    monkeypatch.setattr(Opinion, "save", fail_at_the_third)
    with pytest.raises(RuntimeError):
        confirm(response, add_groups="on")
    assert database_checksum(Session) == before


def test_changed_cells_are_shown_and_stored(send, confirm, good, paper, forum):
    data = edited(
        good,
        ("입장문서", 2, "종합의견", "새 종합"),
        (POINTS, 3, "가리키는 것", "1-1"),
        (POINTS, 4, "요지", "고친 의견"),
        ("모임", 2, "시각", None),
    )
    response = send(data)
    shown = [(c.subject, c.column, c.old, c.new) for c in response.context["preview"].changes]
    assert shown == [
        ("여성 입장문서", "종합의견", "=모두의 목소리\n둘째 줄", "새 종합"),
        ("여성 1차 모임", "시각", "16:00", ""),
        ("여성 2번 의견", "가리키는 것", "1-1-2", "1-1"),
        ("여성 5번 의견", "요지", "목표 의견", "고친 의견"),
    ]
    assert confirm(response).status_code == 302
    point = paper.opinions.get(number=2)
    assert (point.task, point.target.code, point.cited_code, point.summary) == (None, "1-1", "1-1-2", "과제 의견")
    assert ["여성 5번 의견 – 요지", "목표 의견", "고친 의견"] in ActivityEntry.objects.about(forum).get().changes
    page = send(data)  # the same file again: all of it stands there now
    assert page.context["preview"].writes == []


def test_a_row_that_is_gone_deletes_nothing(send, good, paper):
    book = opened(good)
    book[POINTS].delete_rows(3)
    response = send(saved(book))
    assert response.context["preview"].not_in_file == ["여성 2번 의견"]
    assert response.context["preview"].writes == []
    assert "파일에 없어도 지우지 않고 그대로 두는 것 1개" in response.text
    assert paper.opinions.count() == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp949"])
def test_points_as_csv(send, confirm, paper, encoding):
    rows = [
        ["여성", "2", "1", "1-1-2", "1-1-2", "제안", "고친 과제 의견"],
        ["여성", "6", "", "", "", "기타", "새 의견"],
    ]
    response = send(as_csv(rows, encoding), "의견.csv")
    preview = response.context["preview"]
    assert [(c.column, c.new) for c in preview.changes] == [("요지", "고친 과제 의견")]
    assert preview.not_in_file == ["여성 1번 의견", "여성 5번 의견"]
    assert "CSV 파일에는 내려받을 때의 내용이 들어 있지 않아" in response.text
    assert confirm(response).status_code == 302
    assert list(paper.opinions.values_list("number", flat=True)) == [1, 2, 5, 6]


# --- somebody else in between


def test_a_cell_changed_by_both_is_a_conflict(faulty, good, paper):
    Opinion.objects.filter(paper=paper, number=5).update(summary="동료의 글")
    preview, text = faulty(edited(good, (POINTS, 4, "요지", "나의 글")))
    conflict = preview.conflicts[0]
    assert (conflict.row, conflict.letter, conflict.before, conflict.stored, conflict.typed) == (
        4,
        "G",
        "목표 의견",
        "동료의 글",
        "나의 글",
    )
    assert "동료의 글" in text


def test_a_cell_changed_by_the_other_alone_stays(send, confirm, good, paper):
    Opinion.objects.filter(paper=paper, number=5).update(summary="동료의 글")
    response = send(good)
    assert response.context["preview"].left_alone == ["여성 5번 의견"]
    response = send(edited(good, (POINTS, 4, "종류", "기타")))
    assert confirm(response).status_code == 302
    point = paper.opinions.get(number=5)
    assert (point.summary, point.kind) == ("동료의 글", "other")


def test_the_empty_template_does_not_write_over_what_is_there(faulty, empty, paper):
    preview, _text = faulty(filled(empty, 의견=[["여성", 5, None, None, None, "기타", "다른 글"]]))
    assert {(c.column, c.stored) for c in preview.conflicts} >= {("요지", "목표 의견"), ("종류", "질문")}


def test_a_point_deleted_by_the_other_is_not_made_anew(send, faulty, good, paper):
    paper.opinions.get(number=5).delete()
    assert send(good).context["preview"].left_alone == ["여성 5번 의견"]
    preview, _text = faulty(edited(good, (POINTS, 4, "요지", "나의 글")))
    assert preview.conflicts[0].stored == ""


def test_a_preview_that_no_longer_fits_is_refused(send, confirm, good, paper):
    response = send(edited(good, (POINTS, 4, "요지", "나의 글")))
    Opinion.objects.filter(paper=paper, number=5).update(summary="동료의 글")
    before = database_checksum(Session)
    refusal = confirm(response)
    assert refusal.status_code == 409
    assert "미리 본 내용과 달라져 저장하지 않았습니다." in refusal.text
    assert confirm(response, fingerprint="").status_code == 409
    assert database_checksum(Session) == before


def test_a_file_is_confirmed_once(send, confirm, client, desk, good, paper):
    response = send(edited(good, (POINTS, 4, "요지", "나의 글")))
    assert confirm(response).status_code == 302
    before = database_checksum(Session)
    again = confirm(response)
    assert again.status_code == 409
    assert "이미 반영한 파일입니다." in again.text
    assert "이미 저장한 파일입니다." in client.get(f"{desk}{response.context['upload'].pk}/").text
    assert database_checksum(Session) == before


def test_a_file_is_kept_for_a_day(send, confirm, client, desk, good, paper, tmp_path):
    response = send(edited(good, (POINTS, 4, "요지", "나의 글")))
    assert "확인을 기다립니다." in client.get(desk).text
    old = response.context["upload"]
    PaperUpload.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert client.get(f"{desk}{old.pk}/").status_code == 410
    assert confirm(response).status_code == 410
    assert paper.opinions.get(number=5).summary == "목표 의견"


# --- faults in cells


@pytest.mark.parametrize(
    ("change", "where", "message"),
    [
        (("입장문서", 2, "작성일", "어제"), (2, "B"), "2025-05-28처럼 적어 주십시오."),
        (("입장문서", 2, "작성일", "2024-02-30"), (2, "B"), "달력에 없는 날짜입니다."),
        (("입장문서", 2, "종합의견", f"문의 {PHONE}"), (2, "C"), "1번째 줄에 전화번호로 보이는 내용"),
        (("입장문서", 2, "종합의견", RESIDENT), (2, "C"), "주민등록번호로 보이는 내용"),
        (("입장문서", 2, "종합의견", "가" * 10_001), (2, "C"), "10,000자를 넘습니다."),
        (("입장문서", 2, "참여자", "김○수 이영희"), (2, "D"), "한 줄에 한 사람씩"),
        (("입장문서", 2, "참여자", f"김철수({PHONE})"), (2, "D"), "전화번호로 보이는 내용"),
        (("입장문서", 2, "참여자", "김"), (2, "D"), "이름을 가리지 않은 줄이 있습니다"),
        (("입장문서", 2, "그룹", None), (2, "A"), "그룹 이름을 적어 주십시오."),
        (("입장문서", 2, "그룹", "가" * 61), (2, "A"), "60자까지"),
        (("입장문서", 2, "그룹", EMAIL), (2, "A"), "전자우편 주소로 보이는 내용"),
        (("모임", 2, "날짜", None), (2, "C"), "모임 날짜를 적어 주십시오."),
        (("모임", 2, "시각", "오후"), (2, "D"), "16:00처럼 적어 주십시오."),
        (("모임", 2, "회차", "첫"), (2, "B"), "1부터 9,999까지의 자연수로 적어 주십시오."),
        (("모임", 3, "회차", 1), (3, "B"), "2번째 줄과 겹칩니다."),
        ((POINTS, 3, "번호", 1), (3, "B"), "2번째 줄과 겹칩니다."),
        ((POINTS, 3, "번호", 0), (3, "B"), "1부터 9,999까지의 자연수로 적어 주십시오."),
        ((POINTS, 3, "번호", 1.5), (3, "B"), "1부터 9,999까지의 자연수로 적어 주십시오."),
        ((POINTS, 3, "분야", 9), (3, "C"), "이 계획에 없는 분야입니다."),
        ((POINTS, 3, "가리키는 것", date(2001, 1, 2)), (3, "D"), "날짜나 시각으로 바뀐 칸입니다."),
        ((POINTS, 3, "가리키는 것", "=1+1"), (3, "D"), "수식이 들어 있습니다."),
        ((POINTS, 3, "적힌 번호", "9" * 41), (3, "E"), "40자 안으로"),
        ((POINTS, 3, "종류", "건의"), (3, "F"), "다음에서 골라 주십시오: 종합의견, 제안"),
        ((POINTS, 3, "요지", None), (3, "G"), "의견의 요지를 적어 주십시오."),
        ((POINTS, 3, "요지", f"첫 줄\n{EMAIL}"), (3, "G"), f"2번째 줄에 전자우편 주소로 보이는 내용({EMAIL})"),
    ],
)
def test_a_fault_is_said_at_its_cell(faulty, good, change, where, message):
    preview, text = faulty(edited(good, change))
    assert [(e.sheet, e.row, e.letter) for e in preview.errors] == [(change[0], *where)]
    assert message in preview.errors[0].message
    assert "아직 아무것도 저장하지 않았습니다." in text


def test_one_fault_keeps_the_whole_file_out(faulty, good, paper):
    preview, _text = faulty(edited(good, (POINTS, 3, "요지", "멀쩡한 글"), (POINTS, 4, "종류", "건의")))
    assert len(preview.changes) == len(preview.errors) == 1


def test_what_a_file_says_is_shown_as_text(send, good):
    response = send(edited(good, (POINTS, 3, "요지", "<script>alert(1)</script>")))
    assert "<script>alert(1)" not in response.text


def test_groups_of_the_same_name_are_told(faulty, good, plan):
    StakeholderGroup.objects.create(plan=plan, name="여성", slug="twin")
    preview, _text = faulty(good)
    assert {error.message.partition(" 이상")[0] for error in preview.errors} == {"이름이 같은 그룹이 둘"}


# --- files that are not taken


def test_files_of_something_else(refused, good, plan, forum):
    book = Workbook()
    book.active.append(["그룹", "요지"])
    assert "입장문서 양식이 아니거나" in refused(saved(book))
    assert "빈 파일입니다." in refused(b"")
    assert "그림 파일입니다." in refused(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert "엑셀 파일(.xlsx)이나 CSV 파일이 아닙니다." in refused(b"%PDF-1.7\n\x00")
    assert "파일이 10MB보다 큽니다." in refused(b"a" * (limits.MAX_BYTES + 1))
    assert "필요한 열이 없습니다" in refused("그룹,번호\r\n여성,1\r\n".encode(), "의견.csv")
    other = Deliberation.objects.create(plan=plan, year=2025, title="2025년 숙의공론장")
    assert "2025년 숙의공론장의 파일입니다." in refused(write_papers(other))


def test_the_workbook_of_a_round_is_told(refused, forum, as_user, owner, draft, url_of):
    data = as_user(owner).get(url_of("indicators:workbook_download", 2022)).content
    assert "입장문서 양식이 아니거나" in refused(data)


def test_files_whose_tables_were_rebuilt(refused, good):
    book = opened(good)
    book[POINTS].title = "내 의견"
    assert "‘의견’ 시트가 없습니다." in refused(saved(book))
    assert "‘모임’ 시트: 필요한 열이 없습니다: 날짜." in refused(edited(good, ("모임", 1, "날짜", "언제")))
    book = opened(good)
    book[POINTS].merge_cells("G2:G4")
    assert "병합된 칸이 있어" in refused(saved(book))
    book = opened(good)
    del book["_정보"]
    assert "숨은 시트 ‘_정보’가 없습니다." in refused(saved(book))
    assert "표가 2,000줄을 넘습니다." in refused(filled(good, 의견=[["여성", n] for n in range(2_100)]))


def test_bombs(refused, good):
    def with_part(name, content):
        with zipfile.ZipFile(BytesIO(good)) as archive:
            parts = {part: archive.read(part) for part in archive.namelist()}
        file = BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, data in (parts | {name: content}).items():
                archive.writestr(part, data)
        return file.getvalue()

    assert "압축을 풀면 지나치게 커지는 파일" in refused(with_part("xl/media/a.bin", bytes(90 * 1024 * 1024)))
    entity = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    assert "허용하지 않는 선언" in refused(with_part("xl/worksheets/sheet1.xml", entity))


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_a_damaged_part(client, desk, good, number):
    data = bytearray(good)
    before = database_checksum(Session, PaperUpload)
    for place in range(number * 50, len(data), len(data) // 12):
        data[place] ^= 0x55
    assert client.post(desk + "upload/", {"file": upload_of(bytes(data))}).status_code in (302, 422)
    assert client.post(desk + "upload/", {"file": upload_of(good[: len(good) * number // 6])}).status_code == 422
    assert database_checksum(Session, PaperUpload) == before


# --- who, when, where


def test_a_published_forum_is_closed(client, desk, send, confirm, good, forum):
    response = send(edited(good, (POINTS, 4, "요지", "나의 글")))
    Deliberation.objects.filter(pk=forum.pk).update(is_published=True)
    before = database_checksum(Session)
    words = "이미 공개된 입장문서와 의견이라 고칠 수 없습니다."
    for closed in (
        client.post(desk + "upload/", {"file": upload_of(good)}),
        client.get(f"{desk}{response.context['upload'].pk}/"),
        confirm(response),
    ):
        assert closed.status_code == 409
        assert words in closed.text
    page = client.get(desk)
    assert page.status_code == 200
    assert words in page.text
    assert 'type="file"' not in page.text
    assert database_checksum(Session) == before


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 404), ("colleague", 404), ("stranger", 404), ("head", 404), ("committee", 403), ("anonymous", 302)],
)
def test_others_have_no_door(request, as_user, desk, send, good, who, status):
    kept = send(edited(good, (POINTS, 4, "요지", "나의 글"))).context
    client = as_user(None if who == "anonymous" else request.getfixturevalue(who))
    before = database_checksum(Session)
    for response in (
        client.get(desk),
        client.get(desk + "template/"),
        client.get(desk + "download/"),
        client.post(desk + "upload/", {"file": upload_of(good)}),
        client.get(f"{desk}{kept['upload'].pk}/"),
        client.post(f"{desk}{kept['upload'].pk}/confirm/", {"fingerprint": kept["preview"].fingerprint}),
    ):
        assert response.status_code == status
        assert status != 302 or "/login/" in response.headers["Location"]
    assert database_checksum(Session) == before


def test_a_file_belongs_to_whoever_sent_it(as_user, administrator, desk, send, good):
    kept = send(edited(good, (POINTS, 4, "요지", "나의 글"))).context
    other = as_user(administrator)
    assert other.get(desk).status_code == 200
    assert other.get(f"{desk}{kept['upload'].pk}/").status_code == 404
    data = {"fingerprint": kept["preview"].fingerprint}
    assert other.post(f"{desk}{kept['upload'].pk}/confirm/", data).status_code == 404


def test_bad_addresses_and_methods(client, desk, forum):
    assert client.get(desk.replace("2024", "1999")).status_code == 404
    assert client.get(desk.replace("seodaemun-2022", "elsewhere")).status_code == 404
    assert client.get(desk + "999999/").status_code == 404
    assert client.post(desk + "999999/confirm/").status_code == 404
    for address in (desk, desk + "template/", desk + "download/", desk + "999999/"):
        assert client.post(address).status_code == 405
    for address in (desk + "upload/", desk + "999999/confirm/"):
        assert client.get(address).status_code == 405


def test_no_file_at_all(client, desk, forum):
    response = client.post(desk + "upload/", {})
    assert response.status_code == 422
    assert "올릴 파일을 골라 주십시오." in response.text


@pytest.mark.parametrize("count", [1, 40])
def test_queries_of_the_preview_do_not_grow(send, client, desk, empty, count, django_assert_num_queries):
    rows = [["여성", n, 1, "1-1-2", None, "제안", f"의견 {n}"] for n in range(1, count + 1)]
    pk = send(filled(empty, 의견=rows)).context["upload"].pk
    with django_assert_num_queries(13):
        client.get(f"{desk}{pk}/")
