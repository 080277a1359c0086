"""Personal data in public text: what is found and where, what passes, how names are masked, and every door's refusal.

No number here is anybody's. They are put together at run time, because the project's own files may hold none.
"""

import re
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityEntry, Department
from commons import personal
from commons.personal import MASK, PersonalData, find_personal_data, is_masked, mask_name, mask_names
from commons.validators import SHOWN, validate_public_text
from indicators import services
from indicators.models import Result
from stakeholders.validators import validate_participants

from .conftest import make_user
from .workbook_files import edited, upload_of

TELEPHONE, RESIDENT, MAIL = "전화번호", "주민등록번호", "전자우편 주소"
DASHES = "-‐‑‒–—―−－ㅡ"  # all that is typed for a dash, with the full-width one and the vowel


def tel(*parts, by="-"):
    return by.join(parts)


def wide(text):
    """The same in full-width characters."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def address(local="hong", domain="seodaemun", end="kr"):
    return f"{local}@{domain}.{end}"


FOUND = {
    "seoul": (TELEPHONE, tel("02", "330", "1234")),
    "seoul, eight digits": (TELEPHONE, tel("02", "2023", "1234")),
    "seoul with bracket": (TELEPHONE, f"02)330-{1234}"),
    "seoul in brackets": (TELEPHONE, f"(02) 330-{1234}"),
    "seoul without anything": (TELEPHONE, "02" + "3301234"),
    "gyeonggi": (TELEPHONE, tel("031", "123", "4567")),
    "busan": (TELEPHONE, tel("051", "1234", "5678")),
    "jeju": (TELEPHONE, tel("064", "123", "4567")),
    "mobile": (TELEPHONE, tel("010", "1234", "5678")),
    "mobile with spaces": (TELEPHONE, tel("010", "1234", "5678", by=" ")),
    "mobile with two spaces": (TELEPHONE, tel("010", "1234", "5678", by="  ")),
    "mobile with points": (TELEPHONE, tel("010", "1234", "5678", by=".")),
    "mobile with middle dots": (TELEPHONE, tel("010", "1234", "5678", by="·")),
    "mobile with slashes": (TELEPHONE, tel("010", "1234", "5678", by="/")),
    "mobile with wide dashes": (TELEPHONE, tel("010", "1234", "5678", by=" - ")),
    "mobile with tabs": (TELEPHONE, tel("010", "1234", "5678", by="\t")),
    "mobile without anything": (TELEPHONE, "010" + "12345678"),
    "old mobile": (TELEPHONE, tel("011", "123", "4567")),
    "internet": (TELEPHONE, tel("070", "1234", "5678")),
    "free of charge": (TELEPHONE, tel("080", "123", "4567")),
    "for life": (TELEPHONE, tel("0505", "123", "4567")),
    "for life, short": (TELEPHONE, tel("050", "1234", "5678")),
    "fax": (TELEPHONE, tel("0303", "1234", "5678")),
    "charged": (TELEPHONE, tel("060", "700", "1234")),
    "from abroad": (TELEPHONE, tel("+82", "10", "1234", "5678")),
    "from abroad with spaces": (TELEPHONE, tel("+82", "2", "330", "1234", by=" ")),
    "from abroad with zero": (TELEPHONE, f"+82-(0)10-1234-{5678}"),
    "from abroad without anything": (TELEPHONE, "+82" + "1012345678"),
    "call centre": (TELEPHONE, tel("1588", "1234")),
    "another call centre": (TELEPHONE, tel("1661", "0000")),
    "in full-width characters": (TELEPHONE, wide(tel("010", "1234", "5678"))),
    "between Korean words": (TELEPHONE, "문의" + tel("02", "330", "1234") + "번"),
    "after a number of a list": (TELEPHONE, "1." + tel("02", "330", "1234")),
    "with invisible characters": (TELEPHONE, tel("010", "1234", "5678", by="\u200b-\u200b")),
    "resident": (RESIDENT, tel("900101", "1234567")),
    "resident of this century": (RESIDENT, tel("050607", "3234567")),
    "foreigner": (RESIDENT, tel("851231", "5234567")),
    "foreigner of this century": (RESIDENT, tel("050607", "8234567")),
    "resident without hyphen": (RESIDENT, "900101" + "1234567"),
    "foreigner without hyphen": (RESIDENT, "851231" + "6234567"),
    "resident half masked": (RESIDENT, tel("900101", "1******")),
    "resident with spaces": (RESIDENT, tel("900101", "2234567", by=" - ")),
    "resident in full-width characters": (RESIDENT, wide(tel("900101", "1234567"))),
    "mail": (MAIL, address()),
    "mail with points and plus": (MAIL, address("hong.gil+dong", "mail.seodaemun", "go.kr")),
    "mail in full-width characters": (MAIL, wide(address())),
    "mail before a particle": (MAIL, address() + "로 보내 주십시오"),
    "mail after a word": (MAIL, "담당자" + address()),
    "mail in Hangul": (MAIL, address("홍길동", "서대문", "한국")),
    "mail with a number": (MAIL, address("01012345678")),
}


@pytest.mark.parametrize("case", FOUND)
def test_it_is_found(case):
    what, text = FOUND[case]
    assert [data.what for data in find_personal_data(text)] == [what]
    assert [data.what for data in find_personal_data(f"담당: {text}.")] == [what]


@pytest.mark.parametrize("dash", DASHES)
def test_every_dash_that_people_type_is_one(dash):
    assert [data.what for data in find_personal_data(tel("010", "1234", "5678", by=dash))] == [TELEPHONE]
    assert [data.what for data in find_personal_data(tel("900101", "1234567", by=dash))] == [RESIDENT]


PASSES = {
    "nothing": "",
    "years": "2022 2023 2024",
    "years in a row": "2022, 2023, 2024, 2025, 2026",
    "a span of years": "2019-2023",
    "a span with a wave": "2019~2023년",
    "a span long ago": "1592-1598년 전란",
    "a span with such a beginning": "1588-1600년",
    "a day": "2022-06-04",
    "a day with points": "2022. 02. 15.",
    "two days": "2022.02.15.-2023.03.31.",
    "a day without anything": "20220604",
    "an amount": "1,300,000천원",
    "an amount in millions": "총 12,020,330,1234백만원",
    "an amount without commas": "13000000000원",
    "shares": "국비 650,000천원, 시비 325,000천원, 구비 325,000천원",
    "two amounts": "1,500/510",
    "a code": "1-1-2-1",
    "a long code": "2-1-10-11",
    "codes": "1-1-2, 1-1-3, 02-1-4",
    "figures beside codes": "1-2-1 2020 2021 2022",
    "the prefix alone": "0505",
    "another prefix alone": "010",
    "an area code and years": "02-15",
    "a law": "법률 제18469호",
    "an ordinance": "서대문구 조례 제1234호(2021. 10. 06.)",
    "a number of an act": "2021-0203호",
    "a rate": " ".join(["0.02", "1200", "1300"]),
    "a long rate": "0.0212345678",
    "rates": "97.5% 98.02% 99.1%",
    "an account": "3333-02-1234567",
    "another account": "110-031-123456",
    "an account of thirteen digits": "1234567890123",
    "an account with a late hyphen": tel("301", "0123", "4567", "91"),
    "a budget item": "201-01 사무관리비 3,500천원×12월",
    "a number of six and seven digits": "120000 1300000",
    "six and seven digits with commas": "900,101 1,234,567",
    "a building": "연희로 248, 10층 1004호",
    "a postal code": "03718",
    "a time": "14:00-16:30",
    "a score": "3-1",
    "people per household": "1.5명@가구",
    "a price each": "사과@3.5개",
    "an at-sign alone": "@ 홍제동",
    "a masked person": "김○수(홍제동)",
    "a ratio": "02:15",
    "three digits twice": "120-330",
    "a number of a form": "제2022-123-4567호",
    "a business number": "110-83-00001",
    "thousands in a column": "1200 1300 1400 1500",
    "a line with tabs": "1-1-2-1\t300\t303\t310\t2022",
    "a version": "1.0.21.330",
    "coordinates": "37.5791, 126.9368",
}


@pytest.mark.parametrize("case", PASSES)
def test_it_passes(case):
    assert find_personal_data(PASSES[case]) == []
    assert find_personal_data(f"{PASSES[case]}\n{PASSES[case]} 그리고 {PASSES[case]}") == []


def test_the_place_is_told_by_line_and_characters():
    mobile, mail = tel("010", "1234", "5678"), address()
    text = f"첫 줄\n\n문의 {mobile}, {mail}\r\n넷째 줄\n{tel('900101', '1234567')}"
    assert find_personal_data(text) == [
        PersonalData(TELEPHONE, 3, mobile),
        PersonalData(MAIL, 3, mail),
        PersonalData(RESIDENT, 5, tel("900101", "1234567")),
    ]


def test_several_beside_each_other_are_all_found():
    numbers = [tel("010", "1234", "5678"), tel("02", "330", "1234")]
    for by in (", ", "/ ", "\n", " 또는 "):
        assert [data.found for data in find_personal_data(by.join(numbers))] == numbers


def test_the_plan_as_printed_passes(plan):
    """The whole fixture set is public text; what is no personal data must pass."""
    for task in plan.areas.all().values_list(
        "goals__targets__tasks__purpose", "goals__targets__tasks__contents", "goals__targets__tasks__future_plan"
    ):
        assert [find_personal_data(text) for text in task if text and find_personal_data(text)] == []


# --- properties

digits = st.integers(0, 9999).map("{:04d}".format)
some_text = st.text(st.characters(codec="utf-8"), max_size=60)


@given(digits, digits, st.sampled_from([*DASHES, " ", ".", "", " - "]), some_text, some_text)
def test_a_mobile_number_is_found_wherever_it_stands(one, two, by, before, after):
    text = f"{before}\n담당 {tel('010', one, two, by=by)}번\n{after}"
    assert any(data.what == TELEPHONE for data in find_personal_data(text))


@given(
    st.dates(date(1920, 1, 1), date(2049, 12, 31)),
    st.integers(1, 8),
    st.integers(0, 999_999),
    st.sampled_from(["-", "", " - ", "–"]),
)
def test_a_resident_number_is_found_on_every_day(born, sex, rest, by):
    assert [data.what for data in find_personal_data(f"{born:%y%m%d}{by}{sex}{rest:06d}")] == [RESIDENT]


@given(
    st.from_regex(r"[a-z][a-z._+-]{0,30}", fullmatch=True),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True),
)
def test_an_address_is_found_whole(local, domain):
    assert [data.found for data in find_personal_data(f"주소 {local}@{domain}.kr, 끝")] == [f"{local}@{domain}.kr"]


@given(st.lists(st.integers(0, 10**12), max_size=12), st.sampled_from([" ", ", ", "\n", " / ", "·"]))
def test_amounts_with_commas_pass(amounts, by):
    assert find_personal_data(by.join(f"{amount:,}천원" for amount in amounts)) == []


@given(st.lists(st.integers(1950, 2100).map(str), max_size=12), st.sampled_from([" ", ", ", "~", "\t", "\n"]))
def test_years_pass(years, by):
    assert find_personal_data(by.join(years)) == []


@given(st.lists(st.integers(1, 30).map(str), min_size=2, max_size=4))
def test_codes_pass(parts):
    assert find_personal_data("-".join(parts)) == []


@given(some_text)
def test_any_text_is_searched_and_lines_are_in_order(text):
    found = find_personal_data(text)
    lines = [data.line for data in found]
    assert lines == sorted(lines)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines)


# --- long text


class Counting:
    """A pattern that counts the characters it was asked to look at."""

    def __init__(self, pattern):
        self.pattern = pattern
        self.matches = 0

    def finditer(self, text):
        for match in self.pattern.finditer(text):
            self.matches += 1
            yield match


SIZE = 200_000
LONG = {
    "digits": "0",
    "a prefix": "010",
    "prefixes with dashes": "010-",
    "spaces": " ",
    "dashes": "-",
    "almost numbers": "010-1234-567 ",
    "at-signs": "@",
    "at-signs and letters": "a@",
    "domains without end": "a@a.a.a.a.a.a.",
    "a word": "a",
    "birthdays": "900101",
    "abroad": "+82-(0)-",
    "new lines": "\n",
    "Hangul": "가",
    "Hangul at-signs": "가@가.",
    "combining": "e\u0301",
}


@pytest.mark.parametrize("case", LONG)
def test_no_text_makes_the_search_slow(monkeypatch, case):
    """The search passes over a text once: a match costs at most one look at the next, and one look has a bound."""
    counting = Counting(personal._ANY)
    monkeypatch.setattr(personal, "_ANY", counting)
    text = (LONG[case] * (SIZE // len(LONG[case]) + 1))[:SIZE]
    find_personal_data(text)
    assert counting.matches <= SIZE // 2


def test_no_pattern_repeats_without_bound():
    """Work is linear because every repetition has an upper bound; + and * would be the way out of it."""
    for name, pattern in personal._PATTERNS.items():
        bare = re.sub(r"\[[^\]]*\]|\\.", "", pattern)
        assert "*" not in bare, name
        assert "+" not in bare, name
        assert not re.search(r"\{\d+,\}", bare), name


def test_a_text_full_of_numbers_is_answered_shortly():
    numbers = "\n".join([tel("010", "1234", "5678")] * (SIZE // 14))
    found = find_personal_data(numbers)
    assert len(found) == SIZE // 14
    assert found[-1].line == SIZE // 14
    with pytest.raises(ValidationError) as refusal:
        validate_public_text(numbers)
    assert len(refusal.value.messages) == SHOWN


# --- names


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김철수", "김○수"),
        ("김철", "김○"),
        ("남궁민수", "남○○수"),
        ("김철수(홍제동)", "김○수(홍제동)"),
        ("김철수 (홍제동)", "김○수(홍제동)"),
        ("김철수（홍제동）", "김○수(홍제동)"),
        ("김○수(홍제동)", "김○수(홍제동)"),
        ("김철수(○○동)", "김○수(○○동)"),
        ("김철수".encode().decode(), "김○수"),
        ("  김철수  ", "김○수"),
        ("김", "김"),
        ("", ""),
    ],
)
def test_names_are_masked_as_in_the_report(name, masked):
    assert mask_name(name) == masked


def test_a_name_in_single_letters_is_composed_first():
    assert mask_name("\u1100\u1175\u11b7\u110e\u1165\u11af\u1109\u116e") == "김○수"


def test_lists_of_names():
    assert mask_names("김철수(홍제동)\n\n 이영희 \n박○수\n") == "김○수(홍제동)\n이○희\n박○수"


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=6))
def test_masking_hides_all_but_the_ends_and_stays(name):
    masked = mask_name(name)
    assert is_masked(masked)
    assert mask_name(masked) == masked
    assert masked[1 : max(2, len(name) - 1)] == MASK * max(1, len(name) - 2)
    validate_participants(mask_names(f"{name}(홍제동)"))


@pytest.mark.parametrize("bare", ["김철수(홍제동)", "김철수(○○동)", "김", "(홍제동)"])
def test_a_bare_name_is_refused_by_name(bare):
    with pytest.raises(ValidationError, match="이름을 가리지 않은 줄") as refusal:
        validate_participants(f"이○희(연희동)\n{bare}")
    assert bare in refusal.value.messages[0]
    assert "연희동" not in refusal.value.messages[0]


def test_a_masked_list_holds_no_numbers_either():
    with pytest.raises(ValidationError, match="2번째 줄에 전화번호"):
        validate_participants(f"이○희\n김○수({tel('010', '1234', '5678')})")


# --- the doors

BAD = f"첫 줄\n문의는 {tel('02', '330', '1234')}"
MESSAGE = f"2번째 줄에 전화번호로 보이는 내용({tel('02', '330', '1234')})이 있습니다. 공개되는 글이니 지워 주십시오."


@pytest.fixture
def entry(url_of, open_round):
    return url_of("indicators:result", 2022, 1, "1-1-2-1")


@pytest.mark.parametrize("field", ["explanation", "shortfall", "next_steps", "basis"])
def test_the_entry_form_says_where_it_stands(as_user, owner, entry, field):
    typed = {"value": "304", "missing_reason": "", "version": "0", "action": "save", field: BAD}
    page = as_user(owner).post(entry, typed)
    assert page.status_code == 422
    assert page.context["form"].errors == {field: [MESSAGE]}
    assert BAD.splitlines()[1] in page.text
    assert not Result.objects.exists()


def test_a_value_in_words_is_public_too(as_user, plan, open_round, url_of):
    officer = make_user("cleaning", "officer", Department.objects.get(slug="cleaning"))
    number = tel("02", "330", "1234")
    typed = {"text": f"1,400/480 {number}", "missing_reason": "", "verdict": "", "version": "0", "action": "save"}
    page = as_user(officer).post(url_of("indicators:result", 2022, 3, "2-1-1-1"), typed)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["text"]


def test_the_answer_to_doubts_is_not_public_and_free(as_user, owner, entry):
    typed = {"value": "304", "missing_reason": "", "version": "0", "action": "save", "doubt_answer": BAD}
    assert as_user(owner).post(entry, typed).status_code == 302


def test_the_grid_says_it_in_the_row(as_user, owner, url_of, open_round, indicator):
    row = f"r{indicator.pk}-"
    typed = {row + "value": "304", row + "version": 0, row + "missing_reason": "", row + "explanation": BAD}
    typed |= {"initial-" + row + name: "" for name in ("value", "missing_reason", "explanation")} | {"action": "save"}
    page = as_user(owner).post(url_of("indicators:grid", 2022), typed)
    assert page.status_code == 422
    assert MESSAGE in page.text
    assert not Result.objects.exists()


def test_the_workbook_says_it_at_the_cell(as_user, owner, url_of, open_round, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    book = as_user(owner).get(url_of("indicators:workbook_download", 2022)).content
    data = edited(book, {(1, "1-1-2-1", "성과와 설명"): BAD, (1, "1-1-2-1", "산출근거"): "기준일 12. 31."})
    to = url_of("indicators:workbook_upload", 2022)
    page = as_user(owner).post(to, {"file": upload_of(data)}, follow=True)
    assert [(e.column, e.message) for e in page.context["preview"].errors] == [("성과와 설명", MESSAGE)]


def test_a_correction_and_its_reason_are_checked(as_user, coordinator, published, url_of):
    result = Result.objects.get(indicator__code="1-1-2-1", indicator__area__number=1)
    typed = {"value": "311", "missing_reason": "", "version": result.version, "comment": BAD, "basis": BAD}
    page = as_user(coordinator).post(url_of("indicators:correct", 2022, 1, "1-1-2-1"), typed)
    assert page.status_code == 422
    assert page.context["form"].errors == {"comment": [MESSAGE], "basis": [MESSAGE]}
    assert not ActivityEntry.objects.filter(action="result_corrected").exists()


def test_the_reason_of_an_edition_is_checked(as_user, coordinator, published, url_of):
    result = Result.objects.get(indicator__code="1-1-2-1", indicator__area__number=1)
    services.correct_result(actor=coordinator, result=result, new={"value": result.value + 1}, comment="잘못 셈")
    page = as_user(coordinator).post(url_of("indicators:round_publish", 2022), {"reason": BAD})
    assert page.status_code == 422
    assert MESSAGE in page.text
