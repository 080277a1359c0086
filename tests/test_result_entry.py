"""The entry of one result: who may, what is refused and why, and that nothing typed is lost."""

import os
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import ActivityEntry, AppendOnlyError, Department
from indicators import services
from indicators.models import Indicator, Result

from .conftest import make_user

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
    page = as_user(owner).get(entry).text
    assert "304명 → 320명" in page


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


@pytest.mark.parametrize(("role", "status"), [("coordinator", 404), ("committee", 404), (None, 302)])
def test_my_work_is_for_officers(request, as_user, role, status, url_of, plan):
    user = role and request.getfixturevalue(role)
    assert as_user(user).get(url_of("indicators:work")).status_code == status


def test_the_work_pages_ask_a_fixed_number_of_queries(as_user, owner, draft, url_of, entry, django_assert_num_queries):
    client = as_user(owner)
    with django_assert_num_queries(7):
        client.get(url_of("indicators:work"))
    with django_assert_num_queries(14):
        client.get(entry)


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_given():
    expected = "postgresql" if os.environ["DATABASE_URL"].startswith("postgres") else "sqlite"
    assert connection.vendor == expected
