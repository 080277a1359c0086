"""Numbers as people write them: what is unambiguous is taken and told, all else is asked about with its cause."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commons.numbers import NotANumber, NothingGiven, is_unit, read_number
from commons.values import format_number, plain_number
from indicators.choices import MissingReason
from indicators.models import Result

from .conftest import correct_after_looking, tight
from .workbook_files import edited, upload_of

D = Decimal
ADDRESS = ("indicators:result", 2022, 1, "1-1-2-1")


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("304", "명", "304"),
        (" 1,234 ", "", "1234"),
        ("1234.50", "", "1234.50"),
        ("-3.5", "", "-3.5"),
        ("−5", "", "-5"),
        ("–5", "", "-5"),
        ("１，２３４．５", "", "1234.5"),
        ("٣٠٠", "", "300"),
        ("3\u200b04", "", "304"),
        ("0", "", "0"),
        ("12,345,678.9", "", "12345678.9"),
    ],
)
def test_plain_numbers_are_taken_without_a_word(typed, unit, number):
    reading = read_number(typed, unit=unit)
    assert (reading.number, reading.understood) == (D(number), "")


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("1,234명", "명", "1234"),
        ("20,800 명", "명", "20800"),
        ("1234인", "명", "1234"),
        ("12.5%", "%", "12.5"),
        ("12.5 %", "%", "12.5"),
        ("12.5％", "%", "12.5"),
        ("12.5퍼센트", "%", "12.5"),
        ("15㎍/㎥", "㎍/㎥", "15"),
        ("15 µg/m³", "㎍/㎥", "15"),
        ("3㎡", "m2", "3"),
        ("300백만원", "백만원", "300"),
        ("△5.2", "", "-5.2"),
        ("△ 1 234.5 천원", "천원", "-1234.5"),
        ("- 5", "", "-5"),
        ("1 234", "", "1234"),
        ("1\xa0234\u2009567", "", "1234567"),
        ("300.", "", "300"),
        (".5", "%", "0.5"),
    ],
)
def test_what_means_one_thing_is_taken_and_told(typed, unit, number):
    reading = read_number(typed, unit=unit)
    assert reading.number == D(number)
    assert f"읽은 값 {format_number(D(number))} " in reading.understood


@pytest.mark.parametrize(
    ("typed", "unit", "message"),
    [
        ("삼백", "명", "숫자로 입력해"),
        ("1,2,3", "", "세 자리마다"),
        ("12,34", "", "세 자리마다"),
        ("1 23", "", "세 자리마다"),
        ("300명", "", "숫자로 입력해"),
        ("300명", "세대", "단위가 다릅니다: 명 / 세대"),
        ("12.5%p", "%", "단위가 다릅니다: %p / %"),
        ("12.5%", "명", "단위가 다릅니다: % / 명"),
        ("300천원", "백만원", "백만원 단위의 숫자로 옮기면 다음과 같습니다: 0.3$"),
        ("1억 2,000만", "천원", ": 120,000$"),
        ("3만 5천", "명", ": 35,000$"),
        ("3만 5천명", "명", ": 35,000$"),
        ("2천3백", "", ": 2,300$"),
        ("1.5만", "명", ": 15,000$"),
        ("약 300", "명", "어림한 값"),
        ("300여 명", "명", "어림한 값"),
        ("300명 이상", "명", "어림한 값"),
        ("2~3", "", "범위"),
        ("▲3", "", "늘어난 것으로도 줄어든 것으로도"),
        ("▼3", "", "늘어난 것으로도 줄어든 것으로도"),
        ("(5.2)", "", "음수로도 읽힙니다. -5.2나 5.2처럼"),
        ("1.234,5", "", "1,234.5처럼"),
        ("1.234.567", "", "1,234,567처럼"),
        ("10²", "", "숫자로 입력해"),
        ("⑤", "", "숫자로 입력해"),
        ("1e5", "", "숫자로 입력해"),
        ("NaN", "", "숫자로 입력해"),
        ("Infinity", "", "숫자로 입력해"),
        ("=1+1", "", "숫자로 입력해"),
        ("1.23456", "", "4자리까지"),
        ("1234567890123456", "", "15자리 안으로"),
        ("1" * 5000, "", "15자리 안으로"),
        ("약 " + "1 " * 5000, "", "숫자로 입력해"),
    ],
)
def test_what_may_mean_several_is_asked_about(typed, unit, message):
    with pytest.raises(NotANumber, match=message) as raised:
        read_number(typed, unit=unit)
    assert not isinstance(raised.value, NothingGiven)


@pytest.mark.parametrize(
    "typed", ["-", "–", "해당없음", "해당 없음", "자료없음", "미집계", "N/A", "(비공개)", "조사 주기 아님"]
)
def test_a_word_for_nothing_points_to_the_reasons(typed):
    with pytest.raises(NothingGiven, match="값이 없는 사유"):
        read_number(typed, unit="명")


@pytest.mark.parametrize("typed", ["", "   ", "\u3000", "\u200b"])
def test_empty_is_no_number(typed):
    assert read_number(typed, unit="명").number is None


def test_units_are_the_same_however_they_are_spelt():
    assert is_unit("ug / m3", "㎍/㎥")
    assert is_unit("㎎/ℓ", "mg/l")
    assert not is_unit("MW", "mW")
    assert not is_unit("", "")


numbers = st.decimals(min_value=-(10**10), max_value=10**10, places=4)


@given(numbers, st.sampled_from(["", "명", "%", "㎍/㎥", "백만원", "건·명"]), st.sampled_from(["", " "]))
def test_what_is_written_reads_back_the_same(number, unit, space):
    written = format_number(number, 2)
    assert read_number(written, unit=unit).number == number
    assert read_number(f"{written}{space}{unit}", unit=unit).number == number
    assert read_number(written.replace("-", "△").replace(",", " "), unit=unit).number == number
    assert D(plain_number(number)) == number


@given(st.text(st.characters(), max_size=30), st.sampled_from(["", "명", "천원"]))
def test_any_text_is_a_number_or_explained(text, unit):
    with contextlib.suppress(NotANumber):
        number = read_number(text, unit=unit).number
        assert number is None or number.is_finite()


@given(st.text("0123456789.,△▲-+() 만천억원명%약~", max_size=12), st.sampled_from(["", "명", "천원"]))
def test_what_is_taken_has_the_digits_that_were_typed(text, unit):
    with contextlib.suppress(NotANumber):
        number = read_number(text, unit=unit).number
        digits = "".join(char for char in text if char.isdigit() or char == ".")
        assert number is None or abs(number) == D(digits)


# --- the doors


def typed_form(draft, **fields):
    return {"version": draft.version, "value": "", "missing_reason": "", "explanation": ""} | fields


@pytest.mark.django_db
def test_the_form_tells_what_it_understood(as_user, owner, draft, url_of):
    client = as_user(owner)
    page = client.post(url_of(*ADDRESS), typed_form(draft, value="1,234명"), follow=True)
    draft.refresh_from_db()
    assert draft.value == 1234
    assert "읽은 값 1,234 (적으신 내용: 1,234명)" in page.text


@pytest.mark.django_db
def test_the_form_asks_at_the_field(as_user, owner, draft, url_of):
    answer = as_user(owner).post(url_of(*ADDRESS), typed_form(draft, value="300 세대"))
    assert answer.status_code == 422
    assert answer.context["form"].errors["value"] == ["단위가 다릅니다: 세대 / 명. 명 단위의 숫자로 입력해 주십시오."]
    assert 'value="300 세대"' in answer.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "offered"), [("미집계", "source_pending"), ("조사 주기 아님", "survey_cycle"), ("-", "")]
)
def test_a_word_for_nothing_becomes_a_reason_by_one_button(as_user, owner, draft, url_of, typed, offered):
    client = as_user(owner)
    asked = client.post(url_of(*ADDRESS), typed_form(draft, value=typed, explanation="아직"))
    buttons = [(name, reason.value) for name, reason in asked.context["form"].reasons_meant]
    assert [reason for _name, reason in buttons] == (
        [offered] if offered else [r.value for r in MissingReason.for_results()]
    )
    for name, reason in buttons:
        assert f'name="{name}" value="{reason}"' in tight(asked.text)
    pressed = typed_form(draft, value=typed, explanation="아직") | dict(buttons[:1])
    assert client.post(url_of(*ADDRESS), pressed).status_code == 302
    draft.refresh_from_db()
    assert (draft.value, draft.missing_reason, draft.explanation) == (None, buttons[0][1], "아직")


@pytest.mark.django_db
def test_the_grid_tells_and_asks_in_the_row(as_user, owner, draft, indicator, url_of):
    client, row = as_user(owner), f"r{indicator.pk}"
    address = url_of("indicators:grid", 2022)

    def send(typed, **more):
        fields = {"version": Result.objects.get(pk=draft.pk).version, "value": typed, "missing_reason": ""}
        fields |= {"explanation": "", "row": str(indicator.pk)} | more
        data = {name if name == "row" else f"{row}-{name}": value for name, value in fields.items()}
        return client.post(address, data | {"fragment": "1", f"initial-{row}-value": "300"})

    assert "읽은 값 1,234 (적으신 내용: 1,234명)" in send("1,234명").text
    assert Result.objects.get(pk=draft.pk).value == 1234
    assert "단위가 다릅니다: 세대 / 명" in send("5세대").text
    asked = send("미집계")
    assert f'name="{row}-reason_instead" value="source_pending"' in tight(asked.text)
    send("미집계", reason_instead="source_pending")
    assert Result.objects.get(pk=draft.pk).missing_reason == "source_pending"


@pytest.mark.django_db
def test_the_correction_reads_the_same(as_user, coordinator, published, url_of):
    result = Result.objects.get()
    typed = {
        "version": result.version,
        "value": "315 명",
        "missing_reason": "",
        "explanation": "",
        "comment": "다시 셈",
    }
    typed |= {"doubt_answer": "맞음"}
    correct_after_looking(as_user(coordinator), url_of("indicators:correct", 2022, 1, "1-1-2-1"), typed)
    result.refresh_from_db()
    assert result.value == 315


@pytest.mark.django_db
def test_part_of_a_person_is_questioned_not_refused(as_user, owner, draft, url_of):
    client = as_user(owner)
    submitted = typed_form(draft, value="365.75", action="submit")
    asked = client.post(url_of(*ADDRESS), submitted)
    assert asked.status_code == 422
    assert "하나씩 세는 단위(명)인데 소수가 있습니다." in asked.text
    client.post(url_of(*ADDRESS), submitted | {"doubt_answer": "반일 근무를 0.5명으로 셈"})
    draft.refresh_from_db()
    assert (draft.value, draft.state) == (D("365.75"), "submitted")
    assert "not_whole" in draft.doubts


@pytest.mark.django_db
def test_the_workbook_tells_what_it_understood(as_user, owner, draft, url_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, cell = as_user(owner), (1, "1-1-2-1", "2022년 실적")
    data = client.get(url_of("indicators:workbook_download", 2022)).content

    def preview(typed):
        sent = {"file": upload_of(edited(data, {cell: typed}))}
        return client.post(url_of("indicators:workbook_upload", 2022), sent, follow=True)

    told = preview("1,234 명")
    (change,) = told.context["preview"].changes
    assert (change.new, change.understood) == ("1,234", "읽은 값 1,234 (적으신 내용: 1,234 명)")
    assert change.understood in told.text
    assert not preview("300명").context["preview"].changes
    assert "단위가 다릅니다: 세대 / 명" in preview("300세대").text
    assert "값이 없는 사유를 골라" in preview("미집계").text


@pytest.mark.django_db
def test_the_file_of_yearly_targets_tells_what_it_understood(as_user, coordinator, plan, url_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, desk = as_user(coordinator), url_of("indicators:milestones")
    data = b"".join(client.get(f"{desk}csv/").streaming_content).decode("utf-8-sig")
    line = next(line for line in data.splitlines() if line.startswith("1,1-1-2-1,2024,"))
    cells = line.split(",")

    def preview(typed):
        new = ",".join([*cells[:3], f'"{typed}"', *cells[4:]])
        sent = {"file": upload_of(data.replace(line, new).encode("utf-8-sig"), "목표치.csv")}
        return client.post(f"{desk}upload/", sent, follow=True)

    told = preview("1,234 명")
    assert len(told.context["preview"].changes) == 1
    assert "읽은 값 1,234 (적으신 내용: 1,234 명)" in told.text
    assert "단위가 다릅니다: 세대 / 명" in preview("300세대").text
