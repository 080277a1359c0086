"""Suspicious values are questioned, not refused, and the answer is kept."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityEntry
from commons.values import Value
from indicators import services
from indicators.doubts import CODES, find_doubts, unanswered
from indicators.models import ReportingRound, Result
from indicators.wording import doubt_label, doubt_question

from .conftest import correct_after_looking, values


def doubts(value, last=None, target=None, *, kind="number", unit="명", direction="up", is_cumulative=False):
    numbers = {name: None if n is None else Decimal(n) for name, n in {"last": last, "target": target}.items()}
    words = {"kind": kind, "unit": unit, "direction": direction, "is_cumulative": is_cumulative}
    return find_doubts(value=Decimal(value), **words, **numbers)


@pytest.mark.parametrize(
    ("value", "last", "target", "options", "expected"),
    [
        ("310", "300", "303", {}, []),
        ("310", None, None, {}, []),
        ("3000", "300", "303", {}, ["ten_times_last"]),
        ("2999", "300", "303", {}, []),
        ("3030", None, "303", {}, ["ten_times_target"]),
        ("30", "300", "303", {}, ["tenth_of_last", "tenth_of_target"]),
        ("0", "300", "303", {}, ["tenth_of_last", "tenth_of_target"]),
        ("5", "0", "0", {}, []),
        ("100", "90", "95", {"unit": "%"}, []),
        ("100.1", "90", "95", {"unit": "%"}, ["above_hundred"]),
        ("101", "90", "95", {}, []),
        ("240", "300", "303", {}, []),
        ("239", "300", "303", {}, ["worse"]),
        ("361", "300", "303", {}, []),
        ("360", "300", "290", {"direction": "down"}, []),
        ("361", "300", "290", {"direction": "down"}, ["worse"]),
        ("1", "0", "0", {"direction": "down"}, ["worse"]),
        ("60", "50", "50", {"direction": "keep"}, []),
        ("61", "50", "50", {"direction": "keep"}, ["worse"]),
        ("61", "50", None, {"direction": "keep"}, []),
        ("300", "300", "303", {}, ["same"]),
        ("299", "300", "303", {"is_cumulative": True}, ["total_fell"]),
        ("200", "300", "303", {"is_cumulative": True}, ["total_fell"]),
        ("30", "300", "303", {"is_cumulative": True}, ["tenth_of_last", "tenth_of_target"]),
        ("301", "300", "303", {"is_cumulative": True}, []),
        ("300", "300", "303", {"is_cumulative": True}, ["same"]),
        ("3", "3", "2", {"kind": "grade", "unit": "등급", "direction": "down"}, []),
        ("3", "2", "2", {"kind": "grade", "unit": "등급", "direction": "down"}, ["worse"]),
        ("10", "1", "1", {"kind": "grade", "unit": "등급", "direction": "down"}, ["worse"]),
    ],
)
def test_what_is_questioned(value, last, target, options, expected):
    assert doubts(value, last, target, **options) == expected


def test_no_value_is_no_doubt():
    empty = find_doubts(kind="number", unit="%", direction="up", value=None, last=Decimal(1), target=Decimal(1))
    assert empty == []


numbers = st.decimals(min_value=-(10**15), max_value=10**15, places=4)


@given(
    value=st.none() | numbers,
    last=st.none() | numbers,
    target=st.none() | numbers,
    kind=st.sampled_from(["number", "grade", "text"]),
    unit=st.sampled_from(["", "%", "명", "등급"]),
    direction=st.sampled_from(["up", "down", "keep"]),
)
def test_any_numbers_are_held_against_each_other_without_an_exception(value, last, target, kind, unit, direction):
    found = find_doubts(kind=kind, unit=unit, direction=direction, value=value, last=last, target=target)
    assert found == [code for code in CODES if code in found]
    assert not {"worse", "same"} <= set(found)


@given(value=numbers, last=numbers)
def test_the_same_value_is_the_only_one_that_is_called_the_same(value, last):
    found = find_doubts(kind="number", unit="명", direction="up", value=value, last=last, target=None)
    assert ("same" in found) == (value == last)


@pytest.mark.parametrize("code", CODES)
def test_every_doubt_has_its_words(indicator, code):
    question = doubt_question(
        code, year=2023, last=Value(Decimal(300)), target=Value(Decimal(303)), indicator=indicator
    )
    assert question.endswith("?")
    assert "%(" not in question + doubt_label(code)


@pytest.mark.parametrize(
    ("found", "answer", "kept", "kept_answer", "left"),
    [
        (["same"], "", [], "", ["same"]),
        (["same"], "맞음", [], "", []),
        (["same"], "맞음", ["same"], "맞음", []),
        (["worse"], "맞음", ["same"], "맞음", ["worse"]),
        (["worse"], "공사로 줄었음", ["same"], "맞음", []),
        (["same"], "", ["same"], "맞음", ["same"]),
        ([], "", [], "", []),
    ],
)
def test_an_answer_covers_what_it_was_given_to(found, answer, kept, kept_answer, left):
    assert unanswered(found, answer=answer, kept=kept, kept_answer=kept_answer) == left


# --- in the form


@pytest.fixture
def next_round(published, plan, coordinator):
    """2023 is open; 자활사업 참여자 수 was published with 310 for 2022 and is planned at 320."""
    following = ReportingRound(plan=plan, year=2023, opens_on="2024-01-02", due_on="2024-02-28")
    planned = services.plan_round(actor=coordinator, reporting_round=following)
    return services.open_round(actor=coordinator, reporting_round=ReportingRound.objects.get(pk=planned.pk))


@pytest.fixture
def entry(url_of, next_round):
    return url_of("indicators:result", 2023, 1, "1-1-2-1")


def typed(value, action="submit", version=0, **fields):
    return {"value": value, "missing_reason": "", "explanation": "", "version": version, "action": action} | fields


def stored():
    return Result.objects.get(round__year=2023)


def test_a_doubtful_value_comes_back_with_the_question(as_user, owner, entry):
    response = as_user(owner).post(entry, typed("3100"))
    assert response.status_code == 422
    assert "2022년 실적 310명의 10배 이상입니다." in response.text
    assert "doubt_answer" in response.context["form"].errors
    assert 'value="3100"' in response.text
    assert not Result.objects.filter(round__year=2023).exists()


def test_an_answered_value_is_taken_and_the_answer_is_kept(as_user, owner, coordinator, entry):
    answer = "대상이 전 구민으로 넓어졌습니다."
    assert as_user(owner).post(entry, typed("3200", doubt_answer=answer)).status_code == 302
    result = stored()
    assert (result.state, result.value, result.doubt_answer) == ("submitted", 3200, answer)
    assert result.doubts == ["ten_times_last", "ten_times_target"]
    saved = ActivityEntry.objects.about(result).get()
    assert ["확인 답변", "", answer] in saved.changes
    assert ["확인할 점", "", "지난해의 10배 이상, 목표의 10배 이상"] in saved.changes
    page = as_user(coordinator).get(entry).text
    assert "지난해의 10배 이상" in page
    assert answer in page


def test_a_draft_is_saved_without_asking_but_shows_the_question(as_user, owner, entry):
    response = as_user(owner).post(entry, typed("310", "save"), follow=True)
    assert response.status_code == 200
    assert "2022년 실적(310명)과 똑같습니다." in response.text
    assert 'name="doubt_answer"' in response.text
    assert (stored().state, stored().doubts, stored().doubt_answer) == ("draft", [], "")


def test_new_doubts_ask_again_and_old_ones_do_not(as_user, owner, entry):
    client = as_user(owner)
    client.post(entry, typed("310", "save", doubt_answer="확인했습니다."))
    assert stored().doubts == ["same"]
    # The value is changed so that something else is doubtful, and the old answer was left standing.
    again = client.post(entry, typed("31", version=1, doubt_answer="확인했습니다."))
    assert again.status_code == 422
    assert "새로 확인할 점이 있습니다." in again.text
    # Saved as a draft, the old answer does not slip in as one to the new doubts either.
    client.post(entry, typed("31", "save", version=1, doubt_answer="확인했습니다."))
    assert (stored().doubts, stored().doubt_answer) == ([], "")
    assert client.post(entry, typed("31", version=2, doubt_answer="사업이 줄었습니다.")).status_code == 302
    assert stored().doubts == ["tenth_of_last", "tenth_of_target"]


def test_an_answered_doubt_is_not_asked_about_twice(as_user, owner, coordinator, entry):
    client = as_user(owner)
    client.post(entry, typed("310", doubt_answer="지난해와 같습니다."))
    services.return_result(actor=coordinator, result=stored(), comment="설명을 덧붙여 주십시오.")
    page = client.get(entry)
    assert "확인하신 점" in page.text
    version = stored().version
    typed_again = typed("310", version=version, doubt_answer="지난해와 같습니다.", explanation="설명")
    assert client.post(entry, typed_again).status_code == 302
    assert stored().state == "submitted"


def test_an_answer_goes_with_its_doubt(as_user, owner, entry):
    client = as_user(owner)
    client.post(entry, typed("310", "save", doubt_answer="확인했습니다."))
    client.post(entry, typed("312", "save", version=1, doubt_answer="확인했습니다."))
    assert (stored().doubts, stored().doubt_answer) == ([], "")


def test_last_year_counts_as_reported_until_it_is_published(as_user, owner, coordinator, plan, approved, url_of):
    following = ReportingRound(plan=plan, year=2023, opens_on="2024-01-02", due_on="2024-02-28")
    services.plan_round(actor=coordinator, reporting_round=following)
    services.open_round(actor=coordinator, reporting_round=ReportingRound.objects.get(year=2023))
    response = as_user(owner).post(url_of("indicators:result", 2023, 1, "1-1-2-1"), typed("310"))
    assert "2022년 실적(310명)과 똑같습니다." in response.text


def test_a_correction_is_questioned_too(as_user, coordinator, published, url_of):
    correct = url_of("indicators:correct", 2022, 1, "1-1-2-1")
    result = Result.objects.get()
    wrong = {"value": "31000", "missing_reason": "", "explanation": "", "version": result.version, "comment": "오기"}
    response = as_user(coordinator).post(correct, wrong)
    assert response.status_code == 422
    assert "2022년 목표 303명의 10배 이상입니다." in response.text
    assert correct_after_looking(as_user(coordinator), correct, wrong | {"doubt_answer": "맞음"}).status_code == 302
    assert Result.objects.get().doubts == ["ten_times_target"]


def test_the_answer_is_not_published(as_user, owner, coordinator, entry, next_round, url_of):
    as_user(owner).post(entry, typed("310", doubt_answer="담당자끼리 확인함"))
    services.approve_result(actor=coordinator, result=stored())
    services.close_round(actor=coordinator, reporting_round=next_round)
    services.publish_round(actor=coordinator, reporting_round=next_round)
    assert "담당자끼리 확인함" not in as_user(None).get(url_of("indicators:indicator", 1, "1-1-2-1")).text


def test_the_act_itself_knows_the_doubts(owner, open_round, indicator):
    """What a caller says of the doubts counts for nothing: the answer is kept for those that the value raises."""
    blank = Result(round=open_round, indicator=indicator, version=0)
    saved = services.save_result(actor=owner, result=blank, new=values(3200, doubts=["same"], doubt_answer="맞음"))
    assert (saved.doubts, saved.doubt_answer) == (["ten_times_target"], "맞음")
    saved = services.save_result(actor=owner, result=saved, new=values(300, doubt_answer="맞음"))
    assert (saved.doubts, saved.doubt_answer) == ([], "")
