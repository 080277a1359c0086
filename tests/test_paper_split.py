"""The text of a paper split into points: the pure function, and the page on which the points are looked over."""

import pytest
from django.contrib.sessions.models import Session
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import Action
from accounts.models import ActivityEntry
from stakeholders.choices import OpinionKind
from stakeholders.models import Deliberation, Opinion, PositionPaper
from stakeholders.splitting import Hint, split_text

from .checksum import database_checksum

PHONE = "-".join(["010", "1234", "5678"])  # so that nothing that looks like personal data stands in the project
AREAS = {1: "인간웰빙 및 역량강화", 2: "건강한 먹거리 및 안보", 3: "지속가능하고 공정한 경제 및 노동"}


def points(text):
    return [piece.text for piece in split_text(text, AREAS) if not piece.is_heading]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \n\n ", []),
        ("한 문장입니다.", ["한 문장입니다."]),
        ("❍ 하나\n❍ 둘", ["하나", "둘"]),
        ("○ 하나\n● 둘\n· 셋\n- 넷\n▪ 다섯\nㅇ 여섯\n□ 일곱", ["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱"]),
        ("①하나\n② 둘\n⑳ 스물", ["하나", "둘", "스물"]),
        ("1. 돌봄을 늘린다\n2) 길을 고친다\n(3) 나무를 심는다", ["돌봄을 늘린다", "길을 고친다", "나무를 심는다"]),
        ("가. 돌봄\n나) 길\n(다) 나무", ["돌봄", "길", "나무"]),
        ("❍ 돌봄을\n더 늘려야 한다.\n❍ 길", ["돌봄을 더 늘려야 한다.", "길"]),
        ("첫 문단의\n두 줄\n\n둘째 문단", ["첫 문단의 두 줄", "둘째 문단"]),
        ("❍ 하나\n\n이어지지 않는 글", ["하나", "이어지지 않는 글"]),
        ("\uf06c 기호 글꼴의 글머리표", ["기호 글꼴의 글머리표"]),
        ("○○동 주민이 말했다", ["○○동 주민이 말했다"]),
        ("-5도까지 내려간다", ["-5도까지 내려간다"]),
        ("❍ 하나\r\n❍ 둘\r\n", ["하나", "둘"]),
        ("2022. 6. 4. 모임에서", ["2022. 6. 4. 모임에서"]),
    ],
)
def test_where_points_begin(text, expected):
    assert points(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1분야\n❍ 하나\n제3분야\n❍ 둘", [1, 3]),
        ("1. 인간웰빙 및 역량강화\n❍ 하나\n2. \n건강한\n먹거리 및 안보\n❍ 둘", [1, 2]),
        ("1분야\n❍ 하나\n기타 제안\n❍ 둘", [1, None]),
        ("2분야\n제안\n❍ 하나", [2]),
        ("3분야에서는 더 늘려야 한다.", [None]),
        ("1분야: 인간웰빙 및 역량강화\n❍ 하나", [1]),
    ],
)
def test_headings_set_the_area(text, expected):
    assert [piece.area for piece in split_text(text, AREAS) if not piece.is_heading] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("❍ 1-1-2 대상을 넓힌다", [["1-1-2"]]),
        ("❍ 대상을 넓힌다(1-1-2)", [["1-1-2"]]),
        ("❍ 2-1 세부목표를 고친다", [["2-1"]]),
        ("2-1-❶ 운동교실\n❍ 하나\n❍ 둘", [["2-1-❶"], ["2-1-❶"]]),
        ("돌봄센터 확충3-1-➌\n- 하나\n2-1-1 운동\n- 둘", [["3-1-➌"], ["2-1-1"]]),
        ("2-1-1 운동교실을 늘려 주십시오.", [["2-1-1"]]),
        ("❍ 2-1-2와 2-1-3을 합친다", [["2-1-2", "2-1-3"]]),
        ("1분야\n3-1-1 돌봄\n❍ 하나\n2분야\n❍ 둘", [["3-1-1"], []]),
        (f"❍ 전화 {PHONE}", [[]]),
    ],
)
def test_codes(text, expected):
    found = [piece.codes for piece in split_text(text, AREAS) if not piece.is_heading]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("종합의견\n❍ 하나", Hint.OVERALL),
        ("❍ 하나", Hint.PROPOSAL),
        ("[질문]\n❍ 하나", Hint.QUESTION),
        ("❍ 예산은 얼마인가?", Hint.QUESTION),
        ("추가 요청\n❍ 하나", Hint.ADDITION),
        ("기타\n❍ 하나", Hint.OTHER),
    ],
)
def test_hints(text, expected):
    assert [piece.hint for piece in split_text(text) if not piece.is_heading] == [expected]


def test_hints_are_the_kinds_of_points():
    assert {hint.value for hint in Hint} == set(OpinionKind.values)


LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(["❍ 하나", "1분야", "제안", "2.", "건강한", "3-1-➌ 돌봄", "", "- 둘", "①", "1-1-2", "❍"]),
    ),
    max_size=12,
)


@given(LINES)
def test_no_text_is_lost_and_the_order_is_kept(lines):
    text = "\n".join(lines)
    pieces = split_text(text, AREAS)
    assert "".join("".join((piece.mark + piece.text).split()) for piece in pieces) == "".join(text.split())


@given(LINES)
def test_splitting_is_stable(lines):
    """What was split once, each point a line with a bullet, splits into the same points again."""
    first = [piece.text for piece in split_text("\n".join(lines), AREAS) if not piece.is_heading and piece.text]
    assert points("\n".join(f"❍ {text}" for text in first)) == first


# --- the page


@pytest.fixture
def forum(plan):
    return Deliberation.objects.create(plan=plan, year=2024, title="2024년 숙의공론장")


@pytest.fixture
def paper(forum, plan):
    return PositionPaper.objects.create(deliberation=forum, group=plan.groups.get(slug="women"))


@pytest.fixture
def address(paper, url_of):
    return url_of("stakeholders:paper_split", 2024, "women")


TEXT = "종합의견\n❍ 모두의 목소리를 듣는다.\n1분야\n3-1-➌ 돌봄센터\n❍ 주차할 자리를\n더 늘린다.\n❍ 9-9-9 없는 과제\n"


def sent(step, *rows, after="0"):
    data = {"step": step, "after": after, "form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
    for place, row in enumerate(rows):
        row = {"summary": "요지", "kind": "proposal", "area": "", "code": "", "cited_code": "", "keep": "on"} | row
        data |= {f"form-{place}-{name}": value for name, value in row.items() if value is not None}
    return data


def test_the_text_becomes_a_table_and_nothing_is_stored(as_user, coordinator, address):
    client = as_user(coordinator)
    assert "붙여 넣은 글 자체는 저장하지 않습니다." in client.get(address).text
    before = database_checksum(Session)
    response = client.post(address, {"step": "split", "text": TEXT})
    assert response.status_code == 200
    assert database_checksum(Session) == before
    rows = [form.initial for form in response.context["points"]]
    assert [(r["summary"], r["kind"], r["area"], r["code"], r["cited_code"]) for r in rows] == [
        ("모두의 목소리를 듣는다.", "overall", "", "", ""),
        ("주차할 자리를 더 늘린다.", "proposal", "1", "3-1-3", "3-1-3"),
        ("9-9-9 없는 과제", "proposal", "1", "", "9-9-9"),
    ]
    assert response.context["headings"] == ["종합의견", "1분야", "3-1-➌ 돌봄센터"]


def test_what_is_kept_is_stored_after_the_points_that_are_there(as_user, administrator, address, paper, plan):
    Opinion.objects.create(paper=paper, number=7, kind="other", summary="먼저 있던 의견")
    rows = [
        {"summary": "하나", "area": "1", "code": "3-1-3", "cited_code": "3-1-3"},
        {"summary": f"버릴 것 {PHONE}", "keep": None},
        {"summary": "이어질 것", "join": "on"},
        {"summary": "둘", "kind": "question", "area": "2"},
        {"summary": "목표", "area": "1", "code": "1"},
    ]
    response = as_user(administrator).post(address, sent("save", *rows, after="7"), follow=False)
    assert response.status_code == 302
    stored = list(paper.opinions.order_by("number").values_list("number", "summary", "kind", "cited_code"))[1:]
    assert stored == [
        (8, "하나 이어질 것", "proposal", "3-1-3"),
        (9, "둘", "question", ""),
        (10, "목표", "proposal", ""),
    ]
    first, second, third = paper.opinions.filter(number__gt=7)
    assert (first.task.code, first.area.number, second.area.number, second.task) == ("3-1-3", 1, 2, None)
    assert third.goal.number == 1
    entry = ActivityEntry.objects.about(paper).get()
    assert (entry.action, entry.actor_id) == (Action.CREATED, administrator.pk)
    assert entry.changes == [["새 의견", "", "3"], ["번호", "", "8–10"]]


def test_joining_shows_the_table_again(as_user, coordinator, address):
    client = as_user(coordinator)
    before = database_checksum(Session)
    rows = [{"summary": "하나"}, {"summary": "둘", "join": "on"}, {"summary": "셋", "keep": None}]
    response = client.post(address, sent("arrange", *rows))
    shown = [(form.initial["summary"], form.initial["keep"]) for form in response.context["points"]]
    assert shown == [("하나 둘", True), ("셋", False)]
    assert database_checksum(Session) == before


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"summary": ""}, "의견의 요지를 적거나 ‘등록’을 끄십시오."),
        ({"summary": f"문의 {PHONE}"}, f"전화번호로 보이는 내용({PHONE})이 있습니다."),
        ({"summary": "@".join(["a", "b.kr"])}, "전자우편 주소로 보이는 내용"),
        ({"area": "1", "code": "9-9-9"}, "이 분야에 없는 번호입니다."),
        ({"code": "1-1-1"}, "분야를 먼저 고르거나 번호를 비워 주십시오."),
        ({"kind": "nonsense"}, "nonsense"),
        ({"area": "99"}, "99"),
    ],
)
def test_invalid_input_keeps_everything_typed(as_user, coordinator, address, row, message):
    client = as_user(coordinator)
    before = database_checksum(Session)
    response = client.post(address, sent("save", {"summary": "멀쩡한 의견"}, row))
    assert response.status_code == 422
    assert message in response.text
    assert "멀쩡한 의견" in response.text
    for value in row.values():
        assert value in response.text
    assert database_checksum(Session) == before


@pytest.mark.parametrize("text", ["", "종합의견\n1분야", "❍ 하나\n" * 121, "가" * 60_001])
def test_text_that_cannot_be_split(as_user, coordinator, address, text):
    response = as_user(coordinator).post(address, {"step": "split", "text": text})
    assert response.status_code == 422
    assert response.context["form"].errors["text"]
    assert text[:2000] in response.text


def test_nothing_kept_or_no_rows_at_all(as_user, coordinator, address):
    client = as_user(coordinator)
    before = database_checksum(Session)
    for data in (
        sent("save", {"keep": None}),
        sent("save"),
        {"step": "save"},
        {"step": "save", "form-TOTAL_FORMS": "x"},
    ):
        response = client.post(address, data)
        assert response.status_code == 422
        assert "등록할 의견이 없습니다." in response.text
    assert database_checksum(Session) == before


def test_a_stale_table_is_refused_with_what_was_typed(as_user, coordinator, address, paper):
    client = as_user(coordinator)
    assert client.post(address, sent("save", {"summary": "하나"})).status_code == 302
    for after in ("0", "", "nonsense", "99"):
        response = client.post(address, sent("save", {"summary": "또 하나"}, after=after))
        assert response.status_code == 409
        assert "새 번호는 2번부터입니다." in response.text
        assert "또 하나" in response.text
    assert paper.opinions.count() == 1


def test_a_published_forum_is_closed(as_user, coordinator, address, forum):
    Deliberation.objects.filter(pk=forum.pk).update(is_published=True)
    client = as_user(coordinator)
    before = database_checksum(Session)
    for response in (client.get(address), client.post(address, sent("save", {})), client.post(address, {"text": TEXT})):
        assert response.status_code == 409
        assert "이미 공개된 입장문서와 의견이라 고칠 수 없습니다." in response.text
    assert database_checksum(Session) == before


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 404), ("colleague", 404), ("stranger", 404), ("head", 404), ("committee", 403), ("anonymous", 302)],
)
def test_others_cannot_split(request, as_user, address, who, status):
    client = as_user(None if who == "anonymous" else request.getfixturevalue(who))
    before = database_checksum(Session)
    for response in (client.get(address), client.post(address, sent("save", {}))):
        assert response.status_code == status
        assert status != 302 or "/login/" in response.headers["Location"]
    assert database_checksum(Session) == before


def test_bad_addresses_and_methods(as_user, coordinator, url_of, address):
    client = as_user(coordinator)
    assert client.get(url_of("stakeholders:paper_split", 2024, "labour")).status_code == 404
    assert client.get(url_of("stakeholders:paper_split", 2024, "nobody")).status_code == 404
    assert client.get(url_of("stakeholders:paper_split", 1999, "women")).status_code == 404
    assert client.get(address.replace("seodaemun-2022", "elsewhere")).status_code == 404
    assert client.put(address).status_code == 405
    assert client.delete(address).status_code == 405


@pytest.mark.parametrize("count", [1, 60])
def test_queries_do_not_grow_with_points(as_user, coordinator, address, count, django_assert_num_queries):
    client = as_user(coordinator)
    with django_assert_num_queries(10):
        client.post(address, {"step": "split", "text": "1분야\n❍ 1-1-1 하나\n" + "❍ 1-1-2 또\n" * (count - 1)})
