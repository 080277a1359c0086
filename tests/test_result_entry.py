"""The entry of one result: who may, what is refused and why, and that nothing typed is lost."""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import ActivityEntry, Department
from commons.models import AppendOnlyError
from indicators import services
from indicators.models import Indicator, Result
from indicators.validators.breakdowns import parts_fault

from .conftest import make_user, tight

FORM = {"value": "304", "missing_reason": "", "explanation": "자활센터 실적", "version": "0", "action": "save"}


@pytest.fixture
def entry(url_of, open_round):
    return url_of("indicators:result", 2022, 1, "1-1-2-1")


def stored():
    return Result.objects.filter(indicator__code="1-1-2-1", indicator__area__number=1).first()


def test_the_owner_saves_a_draft(as_user, owner, entry):
    response = as_user(owner).post(entry, FORM, follow=True)
    result = stored()
    assert response.redirect_chain[-1][0] == entry
    assert "저장했습니다. 아직 제출하지 않았습니다." in response.text
    assert (result.value, result.state, result.version, result.updated_by) == (Decimal(304), "draft", 1, owner)


def test_a_colleague_goes_on_where_the_owner_stopped(as_user, colleague, draft, entry):
    page = as_user(colleague).get(entry)
    assert 'value="300"' in page.text
    as_user(colleague).post(entry, FORM | {"version": str(draft.version)})
    assert stored().updated_by == colleague


def test_submitting_hands_the_result_in(as_user, owner, entry, url_of):
    response = as_user(owner).post(entry, FORM | {"action": "submit"})
    assert response.url == url_of("indicators:work")
    assert stored().state == "submitted"
    assert stored().submitted_at is not None


def test_another_department_finds_nothing(as_user, stranger, draft, entry):
    assert as_user(stranger).get(entry).status_code == 404
    assert as_user(stranger).post(entry, FORM | {"version": "1"}).status_code == 404
    assert stored().value == 300


def test_a_citizen_is_sent_to_sign_in(as_user, draft, entry):
    for response in (as_user(None).get(entry), as_user(None).post(entry, FORM)):
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")
    assert stored().value == 300


@pytest.mark.parametrize("role", ["committee", "coordinator", "administrator"])
def test_overseers_read_and_do_not_write(request, as_user, role, submitted, entry):
    user = request.getfixturevalue(role)
    page = as_user(user).get(entry)
    assert page.status_code == 200
    assert "310명" in page.text
    assert 'name="value"' not in page.text
    response = as_user(user).post(entry, FORM | {"version": str(submitted.version)})
    assert response.status_code == 403
    assert stored().value == 310


def test_the_committee_does_not_see_a_draft(as_user, committee, draft, entry):
    page = as_user(committee).get(entry)
    assert "300명" not in page.text
    assert "부서가 작성하는 중입니다." in page.text


def test_the_coordinator_sees_a_draft(as_user, coordinator, draft, entry):
    assert "300명" in as_user(coordinator).get(entry).text


@pytest.mark.parametrize("path", ["2022/1/9-9-9-9/", "2022/9/1-1-2-1/", "2023/1/1-1-2-1/", "1999/1/1-1-2-1/"])
def test_what_does_not_exist_is_not_found(as_user, owner, url_of, open_round, path):
    assert as_user(owner).get(url_of("indicators:rounds") + path).status_code == 404


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(as_user, owner, entry, method):
    assert getattr(as_user(owner), method)(entry).status_code == 405


BAD = [
    ({"value": "삼백"}, "value", "숫자로 입력해 주십시오."),
    ({"value": "1,2,3"}, "value", "쉼표는 세 자리마다"),
    ({"value": "-5"}, "value", "0보다 작은 값은 입력할 수 없습니다."),
    ({"value": "1.23456"}, "value", "소수점 아래는 4자리까지"),
    ({"missing_reason": "source_pending"}, "missing_reason", "값과 값이 없는 사유 가운데 하나만"),
    ({"missing_reason": "not_submitted", "value": ""}, "missing_reason", "올바르게 선택해"),
    ({"value": "", "action": "submit"}, "value", "값을 입력하거나 값이 없는 사유를 골라 주십시오."),
    ({"explanation": "가" * 2001}, "explanation", "2000"),
    ({"version": ""}, "version", ""),
    ({"version": "x"}, "version", ""),
]


@pytest.mark.parametrize(("typed", "field", "message"), BAD)
def test_bad_input_is_answered_at_its_field_with_the_form_filled_in(as_user, owner, entry, typed, field, message):
    response = as_user(owner).post(entry, FORM | typed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert message in response.text
    assert (FORM | typed)["explanation"][:50] in response.text
    if (FORM | typed)["value"]:
        assert f'value="{(FORM | typed)["value"]}"' in response.text
    assert stored() is None


def test_an_error_is_tied_to_its_field_for_assistive_technology(as_user, owner, entry):
    text = as_user(owner).post(entry, FORM | {"value": "삼백"}).text
    assert 'id="id_value_error"' in text
    field = text[text.index('name="value"') :][:400]
    assert 'aria-invalid="true"' in field
    assert "id_value_error" in field


def test_a_stale_form_is_answered_with_both_versions(as_user, owner, colleague, entry):
    as_user(owner).post(entry, FORM)
    response = as_user(colleague).post(entry, FORM | {"value": "333", "explanation": "동료의 설명"})
    assert response.status_code == 409
    assert "그 사이 다른 사람이 먼저 저장했습니다." in response.text
    assert "304명" in response.text
    assert 'value="333"' in response.text
    assert "동료의 설명" in response.text
    assert stored().value == 304
    # What was typed is now based on the newer save, so that saving again is a decision made in full view.
    again = as_user(colleague).post(
        entry, FORM | {"value": "333", "version": response.context["form"]["version"].value()}
    )
    assert again.status_code == 302
    assert stored().value == 333


def test_saving_the_same_again_writes_nothing(as_user, owner, entry):
    as_user(owner).post(entry, FORM)
    as_user(owner).post(entry, FORM | {"version": "1"})
    assert stored().version == 1
    assert ActivityEntry.objects.about(stored()).count() == 1


def test_a_reason_instead_of_a_value(as_user, owner, entry):
    as_user(owner).post(entry, FORM | {"value": "", "missing_reason": "survey_cycle", "action": "submit"})
    assert (stored().value, stored().missing_reason, stored().state) == (None, "survey_cycle", "submitted")


def test_thousands_and_full_width_digits_are_understood(as_user, owner, entry):
    as_user(owner).post(entry, FORM | {"value": " １,２34.5 "})
    assert stored().value == Decimal("1234.5")


def test_locks_say_why(as_user, owner, coordinator, submitted, entry, open_round):
    client = as_user(owner)
    assert "제출되어 검토를 기다리고 있습니다." in client.get(entry).text
    refused = client.post(entry, FORM | {"version": str(submitted.version)})
    assert refused.status_code == 409
    assert "제출되어 검토를 기다리고 있습니다." in refused.text
    services.approve_result(actor=coordinator, result=submitted)
    assert "승인되어 고칠 수 없습니다." in client.get(entry).text
    services.close_round(actor=coordinator, reporting_round=open_round)
    assert "마감되어 고칠 수 없습니다." in client.get(entry).text
    services.publish_round(actor=coordinator, reporting_round=open_round)
    assert "정정 공표로 바로잡습니다." in client.get(entry).text


def test_a_planned_round_is_locked(as_user, owner, planned_round, url_of):
    entry = url_of("indicators:result", 2022, 1, "1-1-2-1")
    assert "아직 입력 기간이 아닙니다." in as_user(owner).get(entry).text
    assert as_user(owner).post(entry, FORM).status_code == 409
    assert stored() is None


def test_an_extension_opens_a_closed_round_for_its_department_alone(
    as_user, owner, stranger, welfare, coordinator, open_round, entry, url_of
):
    services.close_round(actor=coordinator, reporting_round=open_round)
    assert as_user(owner).post(entry, FORM).status_code == 409
    until = timezone.localdate() + timedelta(days=3)
    services.extend_round(actor=coordinator, reporting_round=open_round, department=welfare, until=until)
    assert as_user(owner).post(entry, FORM).status_code == 302
    foreign = url_of("indicators:result", 2022, 1, "2-3-1-1")
    assert as_user(stranger).post(foreign, FORM).status_code == 409


def test_a_grade_is_a_whole_number(as_user, plan, open_round, url_of):
    officer = make_user("smart", "officer", Department.objects.get(slug="smart-information"))
    entry = url_of("indicators:result", 2022, 7, "1-1-1-1")
    for typed in ("1.5", "0"):
        assert "등급은 1 이상의 자연수로" in as_user(officer).post(entry, FORM | {"value": typed}).text
    assert as_user(officer).post(entry, FORM | {"value": "2"}).status_code == 302


def test_a_text_needs_a_verdict_to_be_submitted(as_user, plan, open_round, url_of):
    officer = make_user("cleaning", "officer", Department.objects.get(slug="cleaning"))
    entry = url_of("indicators:result", 2022, 3, "2-1-1-1")
    typed = {"text": "1,400/480", "missing_reason": "", "explanation": "", "version": "0", "action": "submit"}
    refused = as_user(officer).post(entry, typed | {"verdict": ""})
    assert "판정을 골라 주십시오." in refused.text
    assert as_user(officer).post(entry, typed | {"verdict": "near"}).status_code == 302
    result = Result.objects.get(indicator__code="2-1-1-1", indicator__area__number=3)
    assert (result.text, result.verdict, result.state) == ("1,400/480", "near", "submitted")


def test_a_shared_indicator_belongs_to_each_of_its_departments(plan, open_round, as_user, url_of):
    shared = Indicator.objects.get_by_natural_key(plan.slug, 1, "1-1-2-1")
    other = Department.objects.get(slug="medical")
    shared.tasks.add(other.tasks.first())
    officer = make_user("other", "officer", other)
    assert as_user(officer).get(url_of("indicators:result", 2022, 1, "1-1-2-1")).status_code == 200


def test_the_trace_tells_old_and_new_in_words(as_user, owner, entry):
    as_user(owner).post(entry, FORM)
    as_user(owner).post(entry, FORM | {"value": "320", "version": "1"})
    entries = list(ActivityEntry.objects.about(stored()))
    assert [e.actor_name for e in entries] == ["owner", "owner"]
    assert entries[0].changes == [["값", "304명", "320명"]]
    assert "304명 → 320명" in tight(as_user(owner).get(entry).text)


def test_traces_cannot_be_changed_and_outlive_the_person(draft, owner):
    trace = ActivityEntry.objects.about(draft).first()
    for act in (
        trace.save,
        trace.delete,
        ActivityEntry.objects.all().delete,
        lambda: ActivityEntry.objects.update(comment="x"),
    ):
        with pytest.raises(AppendOnlyError):
            act()
    owner.delete()
    trace.refresh_from_db()
    assert trace.actor_name == "owner"


def test_the_database_itself_refuses_two_values(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.filter(pk=draft.pk).update(missing_reason="survey_cycle")
    with pytest.raises(IntegrityError), transaction.atomic():
        Result.objects.filter(pk=draft.pk).update(value=None, state="submitted")


def test_my_work_shows_what_is_due_and_what_came_back(as_user, owner, coordinator, submitted, url_of):
    services.return_result(actor=coordinator, result=submitted, comment="근거를 덧붙여 주십시오.")
    page = as_user(owner).get(url_of("indicators:work"))
    assert len(page.context["returned"]) == 1
    assert "근거를 덧붙여 주십시오." in page.text
    total = Indicator.objects.of_plan(submitted.round.plan).of_department(owner.department).count()
    assert len(page.context["due"]) == total - 1


@pytest.mark.parametrize(("role", "status"), [("head", 200), ("coordinator", 404), ("committee", 404), (None, 302)])
def test_my_work_is_for_departments(request, as_user, role, status, url_of, plan):
    user = role and request.getfixturevalue(role)
    assert as_user(user).get(url_of("indicators:work")).status_code == status


def test_the_work_pages_ask_a_fixed_number_of_queries(as_user, owner, draft, url_of, entry, django_assert_num_queries):
    client = as_user(owner)
    with django_assert_num_queries(14):
        client.get(url_of("indicators:work"))
    with django_assert_num_queries(20):
        client.get(entry)


# --- what is said with a value


def test_all_that_is_said_is_kept_and_published(as_user, owner, coordinator, entry, open_round, url_of):
    words = {
        "explanation": "참여자가 늘었습니다.\r\n특히 청년이 늘었습니다.",
        "shortfall": "예산이 늦게 내려왔습니다.",
        "next_steps": "내년 상반기에 모집합니다.",
        "basis": "자활센터 집계, 12월 말 기준",
    }
    as_user(owner).post(entry, FORM | words | {"action": "submit"})
    result = stored()
    assert result.explanation == "참여자가 늘었습니다.\n특히 청년이 늘었습니다."
    assert (result.shortfall, result.next_steps, result.basis) == tuple(list(words.values())[1:])
    reviewer = as_user(coordinator).get(entry).text
    services.approve_result(actor=coordinator, result=result)
    services.close_round(actor=coordinator, reporting_round=open_round)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    public = as_user(None).get(url_of("indicators:indicator", 1, "1-1-2-1")).text
    for text in ("특히 청년이 늘었습니다.", *list(words.values())[1:]):
        assert text in reviewer
        assert text in public


def test_a_stale_form_shows_every_difference(as_user, owner, colleague, entry):
    as_user(owner).post(entry, FORM | {"basis": "통계청 자료", "missing_reason": ""})
    response = as_user(colleague).post(
        entry, FORM | {"value": "", "missing_reason": "survey_cycle", "basis": "자활센터 자료"}
    )
    assert response.status_code == 409
    assert response.context["comparison"] == [
        ("실적", "304", ""),
        ("값이 없는 사유", "값이 있음", "조사 주기 아님"),
        ("산출근거", "통계청 자료", "자활센터 자료"),
    ]


# --- values for groups of people


@pytest.fixture
def by_sex(indicator):
    indicator.by_sex = True
    indicator.save()
    return indicator


@pytest.fixture
def satisfaction(plan, open_round, url_of):
    """프로그램 만족도, a rate demanded by sex, age, disability and migrant background; and who reports it."""
    indicator = Indicator.objects.get_by_natural_key(plan.slug, 1, "3-2-2-2")
    officer = make_user("education", "officer", Department.objects.get(slug="education-support"))
    return indicator, officer, url_of("indicators:result", 2022, 1, "3-2-2-2")


def parts_of(result):
    return {part.group: (part.dimension, part.value) for part in result.breakdowns.all()}


def test_parts_are_kept_and_traced(as_user, owner, by_sex, entry):
    client = as_user(owner)
    client.post(entry, FORM | {"part_male": "100", "part_female": "204"})
    assert parts_of(stored()) == {"male": ("sex", Decimal(100)), "female": ("sex", Decimal(204))}
    assert 'value="204"' in client.get(entry).text
    client.post(entry, FORM | {"part_male": "104", "part_female": "200", "version": "1"})
    newest = ActivityEntry.objects.about(stored()).first()
    assert newest.changes == [["남성", "100", "104"], ["여성", "204", "200"]]
    client.post(entry, FORM | {"part_male": "", "part_female": "", "version": "2"})
    assert parts_of(stored()) == {}


def test_parts_of_an_amount_add_up_to_it(as_user, owner, by_sex, entry):
    response = as_user(owner).post(entry, FORM | {"part_male": "100", "part_female": "200"})
    assert response.status_code == 422
    assert response.context["form"].errors == {
        "part_male": ["성별 값의 합은 300인데 실적은 304입니다. 둘이 같아야 합니다."]
    }
    assert 'value="200"' in response.text
    assert stored() is None


@pytest.mark.parametrize("action", ["save", "submit"])
def test_incomplete_parts_are_taken_and_pointed_out(as_user, owner, by_sex, entry, action):
    assert as_user(owner).post(entry, FORM | {"part_male": "100", "action": action}).status_code == 302
    assert list(parts_of(stored())) == ["male"]
    if action == "save":
        assert "이 지표는 세분화 값도 함께 보고하게 되어 있습니다." in as_user(owner).get(entry).text


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"part_male": "백"}, "part_male", "숫자로 입력해 주십시오."),
        ({"part_female": "-1"}, "part_female", "0보다 작은 값은"),
        ({"value": "", "missing_reason": "survey_cycle", "part_male": "1"}, "part_male", "세분화 값은 비워 주십시오."),
    ],
)
def test_bad_parts_are_answered_at_their_field(as_user, owner, by_sex, entry, typed, field, message):
    response = as_user(owner).post(entry, FORM | typed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert message in response.text


def test_a_rate_lies_between_its_parts(as_user, satisfaction):
    _indicator, officer, address = satisfaction
    typed = FORM | {"value": "91", "part_male": "85", "part_female": "90"}
    response = as_user(officer).post(address, typed)
    assert response.status_code == 422
    assert "성별 값이 85~90이므로 실적은 그 사이여야 하는데 91입니다." in response.text
    assert as_user(officer).post(address, typed | {"value": "88"}).status_code == 302


def test_every_demanded_dimension_has_its_fields(as_user, satisfaction, owner, entry):
    _indicator, officer, address = satisfaction
    page = as_user(officer).get(address)
    assert [dimension.value for dimension, _fields in page.context["form"].part_sets] == [
        "sex",
        "age",
        "disability",
        "migrant",
    ]
    assert page.text.count('name="part_') == 10
    assert "<legend>연령</legend>" in page.text
    assert 'name="part_' not in as_user(owner).get(entry).text


def test_published_breakdowns_stand_under_their_year(as_user, coordinator, satisfaction, open_round, url_of):
    _indicator, officer, address = satisfaction
    typed = FORM | {"value": "88", "part_male": "85", "part_female": "90", "action": "submit"}
    as_user(officer).post(address, typed)
    result = Result.objects.get()
    services.approve_result(actor=coordinator, result=result)
    services.close_round(actor=coordinator, reporting_round=open_round)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    page = as_user(None).get(url_of("indicators:indicator", 1, "3-2-2-2"))
    rows = {row.year: row.breakdowns for row, _files in page.context["told_years"]}
    assert rows == {2022: [("성별", [("남성", "85"), ("여성", "90")])]}
    assert "여성" in page.text


amounts = st.decimals(min_value=0, max_value=10**10, places=2)


@given(parts=st.lists(amounts, min_size=2, max_size=4))
def test_what_adds_up_is_right_and_nothing_else_is(parts):
    total = sum(parts)
    assert parts_fault(total, parts, is_additive=True) == ""
    assert parts_fault(total + 1, parts, is_additive=True) == "sum_differs"
    assert parts_fault(total + 1, [*parts, None], is_additive=True) == ""


@given(parts=st.lists(amounts, min_size=2, max_size=4), share=st.decimals(min_value=0, max_value=1, places=3))
def test_a_mean_lies_between_its_parts(parts, share):
    mean = min(parts) + (max(parts) - min(parts)) * share
    assert parts_fault(mean, parts, is_additive=False) == ""
    assert parts_fault(max(parts) + 1, parts, is_additive=False) == "outside_parts"
    assert parts_fault(min(parts) - 1, parts, is_additive=False) == "outside_parts"


# --- the head of the department


def test_the_head_finds_what_waits_for_confirmation(as_user, head, plan, submitted, url_of):
    work = url_of("indicators:work")
    assert as_user(head).get(work).context["waiting"] == []
    plan.needs_endorsement = True
    plan.save()
    page = as_user(head).get(work)
    assert [item.indicator for item in page.context["waiting"]] == [submitted.indicator]
    assert page.context["handed_in"] == []
    assert f'href="{url_of("indicators:endorse", 2022, 1, "1-1-2-1")}"' in page.text


def test_the_head_reads_and_does_not_write(as_user, head, submitted, entry):
    page = as_user(head).get(entry)
    assert "310명" in page.text
    assert 'name="value"' not in page.text
    assert as_user(head).post(entry, FORM | {"version": str(submitted.version)}).status_code == 403


def test_signing_in_leads_the_head_to_the_work_of_the_department(as_user, head, plan, url_of):
    assert as_user(head).get("/accounts/home/").url == url_of("indicators:work")


def test_a_closed_round_is_nothing_to_enter(as_user, owner, coordinator, open_round, url_of):
    services.close_round(actor=coordinator, reporting_round=open_round)
    page = as_user(owner).get(url_of("indicators:work"))
    assert page.context["due"] == []
    assert "마감되어 고칠 수 없습니다." in page.text


def test_an_extension_is_told_with_its_day(as_user, owner, welfare, coordinator, open_round, url_of):
    services.extend_round(actor=coordinator, reporting_round=open_round, department=welfare, until="2030-03-05")
    assert "기한이 2030-03-05까지 연장되었습니다." in as_user(owner).get(url_of("indicators:work")).text


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_given():
    expected = "postgresql" if os.environ["DATABASE_URL"].startswith("postgres") else "sqlite"
    assert connection.vendor == expected
