"""The grid of a department: many rows, each saved for itself, nothing typed is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import ActivityEntry, Department
from indicators import services
from indicators.models import BreakdownValue, Indicator, ReportingRound, Result

from .conftest import make_user, tight, values


@pytest.fixture
def address(url_of, open_round):
    return url_of("indicators:grid", 2022)


@pytest.fixture
def mine(plan, welfare):
    """The first three plain indicators of 사회복지과."""
    rows = Indicator.objects.of_plan(plan).of_department(welfare).filter(value_kind="number")
    return list(rows[:3])


def row_of(indicator, value="", *, opened="", version=0, reason="", words="", opened_words=""):
    """What a browser sends of one row: what was typed, and what the row was opened with."""
    prefix = f"r{indicator.pk}"
    return {
        f"{prefix}-version": version,
        f"{prefix}-value": value,
        f"initial-{prefix}-value": opened,
        f"{prefix}-missing_reason": reason,
        f"initial-{prefix}-missing_reason": "",
        f"{prefix}-explanation": words,
        f"initial-{prefix}-explanation": opened_words,
    }


def stored(indicator):
    return Result.objects.filter(round__year=2022, indicator=indicator).first()


def outcomes(response):
    return {row.entry.indicator.pk: row.outcome for row in response.context["rows"] if row.outcome}


def test_the_grid_shows_every_indicator_of_the_department(as_user, owner, welfare, plan, address, draft):
    page = as_user(owner).get(address)
    indicators = Indicator.objects.of_plan(plan).of_department(welfare)
    assert [row.entry.indicator for row in page.context["rows"]] == list(indicators)
    for indicator in indicators:
        assert indicator.title in page.text
    assert 'value="300"' in page.text
    totals = page.context["totals"]
    assert (totals.total, totals.empty, totals.filled) == (len(indicators), len(indicators) - 1, 1)


def test_rows_of_large_ids_are_saved(as_user, owner, welfare, plan, address, indicator):
    """Numbers on pages are grouped in thousands, ids are not: a row is found again by its own."""
    large = Indicator.objects.create(
        pk=1234567, area=indicator.area, code="9-9-9-9", title="큰 번호", unit="명", direction="up"
    )
    large.tasks.set(indicator.tasks.all())
    officer = as_user(owner)
    assert 'id="row-1234567" data-row="1234567"' in tight(officer.get(address).text)
    officer.post(address, row_of(large, "12") | {"row": "1234567"})
    assert stored(large).value == 12


def test_the_two_years_before_stand_beside_the_target(as_user, owner, coordinator, plan, published, indicator, url_of):
    """Published where there is an edition, else as approved."""
    for year in (2023, 2024):
        services.plan_round(
            actor=coordinator,
            reporting_round=ReportingRound(
                plan=plan, year=year, opens_on=date(year + 1, 1, 2), due_on=date(year + 1, 2, 28)
            ),
        )
        services.open_round(actor=coordinator, reporting_round=ReportingRound.objects.get(year=year))
    blank = Result(round=ReportingRound.objects.get(year=2023), indicator=indicator, version=0)
    services.submit_result(actor=owner, result=blank, new=values(325))
    grid = url_of("indicators:grid", 2024)
    row = next(r for r in as_user(owner).get(grid).context["rows"] if r.entry.indicator == indicator)
    assert (row.past, row.target) == ([(2022, "310"), (2023, "–")], "330")
    services.approve_result(actor=coordinator, result=Result.objects.get(round__year=2023))
    row = next(r for r in as_user(owner).get(grid).context["rows"] if r.entry.indicator == indicator)
    assert row.past == [(2022, "310"), (2023, "325")]


# --- who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("owner", 200),
        ("colleague", 200),
        ("stranger", 404),
        ("head", 200),
        ("coordinator", 200),
        ("administrator", 200),
        ("committee", 404),
        (None, 302),
    ],
)
def test_who_reads_the_grid_of_a_department(request, as_user, address, draft, role, status):
    response = as_user(role and request.getfixturevalue(role)).get(f"{address}?department=social-welfare")
    assert response.status_code == status
    if role in ("head", "coordinator", "administrator"):
        assert "읽기만 할 수 있습니다." in response.text
        assert "모두 저장" not in response.text
        assert 'name="r' not in response.text
        assert ">300<" in tight(response.text)


@pytest.mark.parametrize("action", ["save", "submit"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("owner", 302),
        ("colleague", 302),
        ("stranger", 404),
        ("head", 403),
        ("coordinator", 403),
        ("administrator", 403),
        ("committee", 404),
        (None, 302),
    ],
)
def test_who_writes_in_the_grid(request, as_user, address, mine, role, status, action):
    user = role and request.getfixturevalue(role)
    typed = row_of(mine[0], "17,200") | {"action": action}
    response = as_user(user).post(f"{address}?department=social-welfare", typed)
    assert response.status_code == status
    assert Result.objects.exists() == (role in ("owner", "colleague"))
    if role is None:
        assert response.url.startswith("/accounts/login/")


def test_rows_of_other_departments_are_not_there(as_user, stranger, address, mine):
    response = as_user(stranger).post(address, row_of(mine[0], "5") | {"action": "save"}, follow=True)
    assert "바뀐 내용이 없어 저장하지 않았습니다." in response.text
    assert not Result.objects.exists()
    lone = as_user(stranger).post(address, row_of(mine[0], "5") | {"row": mine[0].pk, "fragment": "1"})
    assert lone.status_code == 404


@pytest.mark.parametrize("department", ["", "nowhere"])
def test_the_coordinator_names_a_department(as_user, coordinator, address, department):
    assert as_user(coordinator).get(f"{address}?department={department}").status_code == 404


def test_an_officer_reads_no_other_department(as_user, owner, address):
    assert as_user(owner).get(f"{address}?department=medical").status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(as_user, owner, address, method):
    assert getattr(as_user(owner), method)(address).status_code == 405


def test_a_year_without_a_round_is_not_found(as_user, owner, url_of, open_round):
    assert as_user(owner).get(url_of("indicators:grid", 2025)).status_code == 404


# --- saving


def test_every_changed_row_is_saved_and_no_other(as_user, owner, address, mine):
    typed = row_of(mine[0], "1,234", words="늘었음") | row_of(mine[1], reason="survey_cycle") | row_of(mine[2])
    response = as_user(owner).post(address, typed | {"action": "save"}, follow=True)
    assert "지표 2개를 저장했습니다. 아직 제출하지 않았습니다." in response.text
    assert (stored(mine[0]).value, stored(mine[0]).explanation, stored(mine[0]).state) == (1234, "늘었음", "draft")
    assert stored(mine[1]).missing_reason == "survey_cycle"
    assert stored(mine[2]) is None
    assert timezone.localtime(stored(mine[0]).updated_at).strftime("%H:%M") in response.text


def test_what_only_the_other_page_shows_is_left_alone(as_user, owner, draft, indicator, address):
    kept = values(300, shortfall="사유", next_steps="계획", basis="근거", breakdowns={"male": Decimal(100)})
    saved = services.save_result(actor=owner, result=draft, new=kept)
    as_user(owner).post(address, row_of(indicator, "301", opened="300", version=saved.version) | {"action": "save"})
    result = stored(indicator)
    assert (result.value, result.shortfall, result.next_steps, result.basis) == (301, "사유", "계획", "근거")
    assert BreakdownValue.objects.get().value == 100


def test_a_bad_row_does_not_lose_the_others(as_user, owner, address, mine):
    typed = row_of(mine[0], "10") | row_of(mine[1], "열") | row_of(mine[2], "30", reason="survey_cycle")
    response = as_user(owner).post(address, typed | {"action": "save"})
    assert response.status_code == 422
    assert outcomes(response) == {mine[0].pk: "saved", mine[1].pk: "invalid", mine[2].pk: "invalid"}
    assert stored(mine[0]).value == 10
    assert 'value="열"' in response.text
    assert "숫자로 입력해 주십시오." in response.text
    assert "값과 값이 없는 사유 가운데 하나만" in response.text
    assert Result.objects.count() == 1
    assert "1개를 저장했습니다." in response.text


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"value": "삼백"}, "value", "숫자로 입력해 주십시오."),
        ({"value": "1,2,3"}, "value", "쉼표는 세 자리마다"),
        ({"value": "-5"}, "value", "0보다 작은 값은 입력할 수 없습니다."),
        ({"value": "1.23456"}, "value", "소수점 아래는 4자리까지"),
        ({"value": "30", "reason": "survey_cycle"}, "missing_reason", "값과 값이 없는 사유 가운데 하나만"),
        ({"value": "30", "words": "가" * 2001}, "explanation", "2000"),
    ],
)
def test_bad_input_is_answered_at_its_cell_filled_in(as_user, owner, address, mine, typed, field, message):
    response = as_user(owner).post(address, row_of(mine[0], **typed) | {"action": "save"})
    assert response.status_code == 422
    [row] = response.context["problems"]
    assert message in str(row.form.errors[field])
    assert message in response.text
    assert f'value="{typed["value"]}"' in response.text
    assert f'id="id_r{mine[0].pk}-{field}_error"' in response.text
    assert not Result.objects.exists()


def test_one_row_is_saved_by_its_own_button_and_the_rest_stays_typed(as_user, owner, address, mine):
    typed = row_of(mine[0], "10") | row_of(mine[1], "20")
    response = as_user(owner).post(address, typed | {"row": mine[0].pk})
    assert response.status_code == 200
    assert outcomes(response) == {mine[0].pk: "saved", mine[1].pk: "unsaved"}
    assert 'value="20"' in response.text
    assert "아직 저장하지 않았습니다." in response.text
    assert stored(mine[1]) is None
    # The page that came back can be sent as it is: the saved row carries its new version.
    form = next(row.form for row in response.context["rows"] if row.entry.indicator == mine[0])
    assert form.initial["version"] == 1


def test_a_stale_row_shows_both_values_and_keeps_what_was_typed(as_user, owner, colleague, address, mine):
    as_user(colleague).post(address, row_of(mine[0], "15", words="동료의 설명") | {"action": "save"})
    response = as_user(owner).post(address, row_of(mine[0], "16") | row_of(mine[1], "20") | {"action": "save"})
    assert response.status_code == 409
    assert outcomes(response) == {mine[0].pk: "stale", mine[1].pk: "saved"}
    row = response.context["rows"][[r.entry.indicator for r in response.context["rows"]].index(mine[0])]
    assert ("실적", "15", "16") in row.comparison
    assert "동료의 설명" in response.text
    assert 'value="16"' in response.text
    assert "colleague 님이" in response.text
    assert stored(mine[0]).value == 15
    again = row_of(mine[0], "16", version=row.form["version"].value())
    assert as_user(owner).post(address, again | {"action": "save"}).status_code == 302
    assert stored(mine[0]).value == 16


def test_a_row_nobody_touched_is_no_conflict(as_user, owner, colleague, address, mine):
    """A colleague saved a row in between that this page shows but nobody typed into."""
    as_user(colleague).post(address, row_of(mine[0], "15") | {"action": "save"})
    response = as_user(owner).post(address, row_of(mine[0]) | row_of(mine[1], "20") | {"action": "save"})
    assert response.status_code == 302
    assert (stored(mine[0]).value, stored(mine[1]).value) == (15, 20)


def test_a_row_that_was_locked_meanwhile_says_so(as_user, owner, address, submitted, indicator, mine):
    other = next(i for i in mine if i != indicator)
    typed = row_of(indicator, "999", opened="300", version=1) | row_of(other, "20")
    response = as_user(owner).post(address, typed | {"action": "save"})
    assert response.status_code == 409
    assert outcomes(response) == {indicator.pk: "refused", other.pk: "saved"}
    assert "제출되어 검토를 기다리고 있습니다." in response.text
    assert "999" in response.text
    assert stored(indicator).value == 310


def test_what_was_typed_into_a_locked_row_is_shown_whichever_row_was_saved(
    as_user, owner, address, submitted, indicator, mine
):
    other = next(i for i in mine if i != indicator)
    typed = row_of(indicator, "999", opened="300", version=1) | row_of(other, "20")
    response = as_user(owner).post(address, typed | {"row": other.pk})
    assert outcomes(response) == {indicator.pk: "refused", other.pk: "saved"}
    assert "999" in response.text


def test_locked_rows_say_why_in_the_same_words(as_user, owner, coordinator, address, submitted, open_round):
    client = as_user(owner)
    assert "제출되어 검토를 기다리고 있습니다." in client.get(address).text
    services.approve_result(actor=coordinator, result=submitted)
    assert "승인되어 고칠 수 없습니다." in client.get(address).text
    services.close_round(actor=coordinator, reporting_round=open_round)
    page = client.get(address).text
    assert "마감되어 고칠 수 없습니다." in page
    assert "모두 저장" not in page


def test_a_closed_round_takes_nothing(as_user, owner, coordinator, address, open_round, mine):
    services.close_round(actor=coordinator, reporting_round=open_round)
    response = as_user(owner).post(address, row_of(mine[0], "10") | {"action": "save"})
    assert response.status_code == 409
    assert "마감되어 고칠 수 없습니다." in response.text
    assert not Result.objects.exists()


def test_a_returned_row_shows_its_comment(as_user, owner, coordinator, address, submitted):
    services.return_result(actor=coordinator, result=submitted, comment="합계를 확인해 주십시오.")
    assert "합계를 확인해 주십시오." in as_user(owner).get(address).text


def test_a_value_that_no_longer_fits_its_parts_is_refused(as_user, owner, draft, indicator, address):
    indicator.by_sex = True
    indicator.save()
    parts = values(300, breakdowns={"male": Decimal(100), "female": Decimal(200)})
    saved = services.save_result(actor=owner, result=draft, new=parts)
    typed = row_of(indicator, "310", opened="300", version=saved.version)
    response = as_user(owner).post(address, typed | {"action": "save"})
    assert response.status_code == 422
    assert "성별 값의 합은 300인데 실적은 310입니다." in response.text
    assert stored(indicator).value == 300


def test_a_row_in_words_has_its_verdict(as_user, plan, url_of, open_round):
    officer = make_user("cleaning", "officer", Department.objects.get(slug="cleaning"))
    indicator = Indicator.objects.get_by_natural_key(plan.slug, 3, "2-1-1-1")
    prefix, address = f"r{indicator.pk}", url_of("indicators:grid", 2022)
    typed = {f"{prefix}-version": 0, f"{prefix}-text": "1,400/480", f"{prefix}-explanation": ""}
    refused = as_user(officer).post(address, typed | {"action": "submit"})
    assert refused.status_code == 422
    assert "판정을 골라 주십시오." in refused.text
    assert "제출하지 못함" in refused.text
    assert stored(indicator).state == "draft"
    typed |= {f"{prefix}-verdict": "near", f"{prefix}-version": 1, f"initial-{prefix}-text": "1,400/480"}
    assert as_user(officer).post(address, typed | {"action": "submit"}).status_code == 302
    assert (stored(indicator).state, stored(indicator).verdict) == ("submitted", "near")


# --- handing in


def test_all_that_is_filled_in_is_handed_in(as_user, owner, address, mine):
    client = as_user(owner)
    client.post(address, row_of(mine[0], "17200") | {"action": "save"})
    typed = (
        row_of(mine[0], "17200", opened="17200", version=1) | row_of(mine[1], reason="survey_cycle") | row_of(mine[2])
    )
    response = client.post(address, typed | {"action": "submit"}, follow=True)
    assert "지표 2개를 제출했습니다." in response.text
    assert (stored(mine[0]).state, stored(mine[1]).state, stored(mine[2])) == ("submitted", "submitted", None)
    assert response.context["totals"].handed_in == 2
    assert ActivityEntry.objects.filter(action="result_submitted").count() == 2


@pytest.fixture
def next_round(published, plan, coordinator):
    services.plan_round(
        actor=coordinator,
        reporting_round=ReportingRound(plan=plan, year=2023, opens_on=date(2024, 1, 2), due_on=date(2024, 2, 28)),
    )
    return services.open_round(actor=coordinator, reporting_round=ReportingRound.objects.get(year=2023))


def test_rows_with_unanswered_doubts_are_left_and_named(as_user, owner, next_round, indicator, mine, url_of):
    other = next(i for i in mine if i != indicator)
    address = url_of("indicators:grid", 2023)
    typed = row_of(indicator, "310") | row_of(other, reason="survey_cycle") | {"action": "submit"}
    response = as_user(owner).post(address, typed)
    assert response.status_code == 422
    assert outcomes(response) == {indicator.pk: "doubted", other.pk: "submitted"}
    assert f"{indicator.title}</a>: 확인 답변이 없어 제출하지 않았습니다." in tight(response.text)
    assert "2022년 실적(310명)과 똑같습니다." in response.text
    left, handed_in = (Result.objects.get(round=next_round, indicator=i) for i in (indicator, other))
    assert (left.state, left.value, left.doubts, handed_in.state) == ("draft", 310, [], "submitted")
    entry = url_of("indicators:result", 2023, 1, "1-1-2-1")
    answered = {"value": "310", "missing_reason": "", "explanation": "", "version": 1, "doubt_answer": "맞음"}
    as_user(owner).post(entry, answered | {"action": "save"})
    again = row_of(indicator, "310", opened="310", version=2) | {"action": "submit"}
    assert as_user(owner).post(address, again).status_code == 302
    left.refresh_from_db()
    assert (left.state, left.doubts, left.doubt_answer) == ("submitted", ["same"], "맞음")


def test_a_changed_value_in_the_grid_does_not_take_over_an_old_answer(as_user, owner, next_round, indicator, url_of):
    entry, address = url_of("indicators:result", 2023, 1, "1-1-2-1"), url_of("indicators:grid", 2023)
    answered = {"value": "310", "missing_reason": "", "explanation": "", "version": 0, "doubt_answer": "맞음"}
    as_user(owner).post(entry, answered | {"action": "save"})
    typed = row_of(indicator, "31", opened="310", version=1) | {"action": "submit"}
    response = as_user(owner).post(address, typed)
    assert outcomes(response) == {indicator.pk: "doubted"}
    left = Result.objects.get(round=next_round)
    assert (left.value, left.state, left.doubts, left.doubt_answer) == (31, "draft", [], "")


# --- one row at a time, as the script sends it


def test_the_script_gets_its_row_and_the_totals(as_user, owner, address, mine):
    typed = row_of(mine[0], "10") | {"row": mine[0].pk, "fragment": "1"}
    response = as_user(owner).post(address, typed)
    assert response.status_code == 200
    assert "<html" not in response.text
    assert f'id="row-{mine[0].pk}"' in response.text
    assert f'id="row-{mine[1].pk}"' not in response.text
    assert 'id="grid-totals"' in response.text
    assert "저장됨" in response.text
    assert f'name="r{mine[0].pk}-version" value="1"' in response.text
    assert stored(mine[0]).value == 10


@pytest.mark.parametrize(("value", "status"), [("열", 422), ("16", 409)])
def test_the_script_hears_of_errors_and_conflicts(as_user, owner, colleague, address, mine, value, status):
    as_user(colleague).post(address, row_of(mine[0], "15") | {"action": "save"})
    typed = row_of(mine[0], value) | {"row": mine[0].pk, "fragment": "1"}
    response = as_user(owner).post(address, typed)
    assert response.status_code == status
    assert f'value="{value}"' in response.text
    assert stored(mine[0]).value == 15


def test_the_grid_loads_its_script_alone(as_user, owner, address, url_of):
    assert "js/grid.js" in as_user(owner).get(address).text
    assert "js/grid.js" not in as_user(owner).get(url_of("indicators:work")).text


def test_the_grid_asks_as_many_queries_for_many_rows_as_for_few(
    as_user, owner, plan, welfare, address, url_of, open_round, django_assert_num_queries
):
    few = make_user("few", "officer", Department.objects.get(slug="smart-information"))
    counts = []
    for user in (owner, few):
        client = as_user(user)
        with django_assert_num_queries(12):
            counts.append(len(client.get(address).context["rows"]))
    assert counts[0] > counts[1]


def test_my_work_leads_to_the_grid_of_each_round(as_user, owner, head, address, url_of):
    for user in (owner, head):
        assert f'href="{address}"' in as_user(user).get(url_of("indicators:work")).text
