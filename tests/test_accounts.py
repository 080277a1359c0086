"""Signing in, and the admin that keeps the reference data."""

import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from accounts.choices import Action, Role
from accounts.models import ActivityEntry, Department, User
from accounts.services import record_activities, record_activity
from indicators.models import Indicator, Milestone
from plans.models import Task

from .conftest import PASSWORD, make_user


def sign_in(client, username, password=PASSWORD, **extra):
    return client.post(reverse("accounts:login"), {"username": username, "password": password, **extra})


@pytest.mark.parametrize(
    ("role", "name"),
    [("owner", "indicators:work"), ("coordinator", "indicators:rounds"), ("committee", "indicators:work_dashboard")],
)
def test_signing_in_leads_to_ones_work(request, client, role, name, url_of):
    user = request.getfixturevalue(role)
    response = client.post(reverse("accounts:login"), {"username": user.username, "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == url_of(name)


def test_a_wrong_password_is_answered_in_korean(client, owner):
    response = sign_in(client, "owner", "wrong")
    assert response.status_code == 200
    assert "아이디 또는 비밀번호가 맞지 않습니다." in response.text
    assert 'value="owner"' in response.text


def test_someone_switched_off_cannot_sign_in(client, owner):
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert sign_in(client, "owner").status_code == 200
    assert "_auth_user_id" not in client.session


def test_repeated_failures_lock_the_account_with_a_clear_page(client, owner, settings):
    settings.AXES_FAILURE_LIMIT = 3
    for _attempt in range(3):
        response = sign_in(client, "owner", "wrong")
    assert response.status_code == 429
    assert "로그인이 잠겼습니다" in response.text
    assert sign_in(client, "owner").status_code == 429


def test_next_leads_nowhere_else(client, owner):
    response = sign_in(client, "owner", next="https://elsewhere.example/")
    assert response.url == reverse("start")


def test_one_changes_ones_own_password(as_user, owner):
    client = as_user(owner)
    address = reverse("accounts:password")
    bad = {"old_password": PASSWORD, "new_password1": "12345", "new_password2": "12345"}
    refused = client.post(address, bad)
    assert refused.status_code == 422
    assert "10" in refused.text
    good = {"old_password": PASSWORD, "new_password1": "어려운-비밀번호-2026", "new_password2": "어려운-비밀번호-2026"}
    assert client.post(address, good).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password("어려운-비밀번호-2026")


def test_an_officer_has_a_department(db):
    with pytest.raises(ValidationError, match="부서"):
        User(username="x", name="x", role=Role.OFFICER, password="x").full_clean()


# --- admin


ADMIN_PAGES = sorted(
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in admin.site._registry
)


@pytest.mark.parametrize("address", ADMIN_PAGES)
def test_the_admin_is_open_to_keepers_of_the_plan_alone(
    as_user, coordinator, administrator, committee, owner, published, address
):
    for keeper in (coordinator, administrator):
        page = as_user(keeper).get(address)
        assert page.status_code == 200
        assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
        assert "style=" not in page.text
    for other in (committee, owner, None):
        assert as_user(other).get(address).status_code == 302


@pytest.mark.parametrize("model", ["result", "reportinground", "publication", "figure"])
def test_what_the_work_pages_write_is_read_only_in_the_admin(as_user, administrator, published, model):
    client = as_user(administrator)
    assert client.get(reverse(f"admin:indicators_{model}_add")).status_code == 403
    page = client.get(reverse(f"admin:indicators_{model}_changelist"))
    assert "action-checkbox" not in page.text


def test_the_admin_gives_the_same_reason_for_a_lock(as_user, administrator, owner, submitted, url_of):
    address = reverse("admin:indicators_result_change", args=[submitted.pk])
    words = "제출되어 검토를 기다리고 있습니다. 반려되면 다시 고칠 수 있습니다."
    assert words in as_user(administrator).get(address).text
    assert words in as_user(owner).get(url_of("indicators:result", 2022, 1, "1-1-2-1")).text


def test_a_change_in_the_admin_leaves_a_trace(as_user, coordinator, plan):
    task = Task.objects.get_by_natural_key(plan.slug, 1, "1-1-2")
    address = reverse("admin:plans_task_change", args=[task.pk])
    form = as_user(coordinator).get(address).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    data |= {"note": "새 메모", "budgets-TOTAL_FORMS": 0, "budgets-INITIAL_FORMS": 0}
    response = as_user(coordinator).post(address, data)
    assert response.status_code == 302, response.context and response.context["errors"]
    entry = ActivityEntry.objects.about(task).get()
    assert (entry.actor_name, entry.action) == ("coordinator", "changed")
    assert entry.changes == [["유의사항", "", "새 메모"]]
    other = Department.objects.exclude(pk=task.department_id).first()
    data |= {"department": other.pk, "team": ""}
    assert as_user(coordinator).post(address, data).status_code == 302
    entry = ActivityEntry.objects.about(task).first()
    assert ["담당부서", task.department.name, other.name] in entry.changes  # names, not keys


def test_the_history_in_the_admin_shows_the_activity_wherever_it_came_from(
    as_user, coordinator, administrator, owner, committee, indicator
):
    address = reverse("admin:indicators_indicator_history", args=[indicator.pk])
    assert "남은 활동 기록이 없습니다" in as_user(coordinator).get(address).text
    record_activity(
        actor=coordinator,
        action=Action.CHANGED,
        subject=indicator,
        changes=[("단위", "", "명"), ("2023년 목표", 10, 12)],
        comment="오기를 바로잡음",
        now=datetime(2023, 1, 2, 20, 28, tzinfo=UTC),
    )
    record_activity(actor=None, action=Action.DELETED, subject=indicator.area)  # of something else
    for keeper in (coordinator, administrator):
        page = as_user(keeper).get(address).text
        for words in (
            *("2023-01-03 05:28", "coordinator (총괄 담당자)", "수정", "단위: – → 명", "2023년 목표: 10 → 12"),
            *("오기를 바로잡음", "기록 1건"),
        ):
            assert words in page
        assert "시스템" not in re.sub("시스템 관리자", "", page)
    for other in (owner, committee, None):
        assert as_user(other).get(address).status_code == 302
    missing = reverse("admin:indicators_indicator_history", args=[999_999])
    assert as_user(coordinator).get(missing).status_code == 302
    assert as_user(coordinator).get(missing.replace("999999", "x")).status_code == 302


def test_an_activity_entry_in_the_admin_reads_as_words(as_user, administrator, owner, indicator):
    changes = [("단위", "", "<명>"), ("방향", "높을수록 좋음", "낮을수록 좋음")]
    moment = datetime(2023, 1, 2, 20, 28, tzinfo=UTC)
    entry = record_activity(actor=owner, action=Action.CHANGED, subject=indicator, changes=changes, now=moment)
    client, address = as_user(administrator), reverse("admin:accounts_activityentry_change", args=[entry.pk])
    for page in (client.get(address).text, client.get(reverse("admin:accounts_activityentry_changelist")).text):
        for words in ("2023-01-03 05:28", "owner (부서 담당자)", "이행지표", str(indicator)):
            assert words in page
        assert "indicators.indicator" not in page
        assert "오전" not in page
    page = client.get(address).text
    assert "<div>단위: – → &lt;명&gt;</div><div>방향: 높을수록 좋음 → 낮을수록 좋음</div>" in page
    assert "[[" not in page
    ActivityEntry(  # about a kind of thing that is no more
        actor_name="시스템", action=Action.CHANGED, subject_type="old.thing", subject_id="1", subject_label="옛것"
    ).save()
    assert "old.thing" in client.get(reverse("admin:accounts_activityentry_changelist")).text


def test_a_long_history_in_the_admin_is_paged(as_user, coordinator, indicator):
    record_activities(actor=coordinator, action=Action.CHANGED, acts=((indicator, [], f"{n}번째") for n in range(101)))
    address, client = reverse("admin:indicators_indicator_history", args=[indicator.pk]), as_user(coordinator)
    first = client.get(address).text
    assert "100번째" in first
    assert ">0번째" not in first
    assert ">0번째" in client.get(f"{address}?p=2").text
    assert client.get(f"{address}?p=x").status_code == 200


@pytest.mark.parametrize(("path", "rows"), [("plans/task", 112), ("indicators/indicator", 115)])
def test_reference_data_is_exported_as_a_spreadsheet(as_user, coordinator, owner, indicator, path, rows):
    Indicator.objects.filter(pk=indicator.pk).update(title="=1+1")
    Task.objects.filter(indicators=indicator).update(title="=1+1")
    client, address = as_user(coordinator), f"/admin/{path}/"
    assert f'href="{address}export/?' in client.get(address).text
    assert "내보내기" in client.get(address).text
    sheet = load_workbook(BytesIO(client.get(f"{address}export/").content)).active
    table = list(sheet.iter_rows(values_only=True))
    assert len(table) == 1 + rows
    assert {"핵심전환분야", "번호", "담당부서", "유의사항"} <= set(table[0])
    assert {type(row[0]) for row in table[1:]} == {int}
    assert [cell.data_type for row in sheet.iter_rows() for cell in row if cell.value == "=1+1"] == ["s"]
    filtered = client.get(f"{address}export/?q=복지").content
    assert 1 < load_workbook(BytesIO(filtered)).active.max_row < rows
    assert as_user(owner).get(f"{address}export/").status_code == 302
    assert as_user(None).get(f"{address}export/").status_code == 302


def test_an_export_asks_as_often_for_many_as_for_few(as_user, coordinator, plan, django_assert_num_queries):
    client = as_user(coordinator)
    for path, queries in (("plans/task", 5), ("indicators/indicator", 8)):
        for query in ("q=만족도", "q=복지", ""):
            with django_assert_num_queries(queries):
                client.get(f"/admin/{path}/export/?{query}")


def test_a_milestone_changed_beside_its_indicator_leaves_old_and_new(as_user, coordinator, indicator):
    client = as_user(coordinator)
    address = reverse("admin:indicators_indicator_change", args=[indicator.pk])
    context = client.get(address).context
    form, formset = context["adminform"].form, context["inline_admin_formsets"][0].formset
    data = {name: "" if form.initial.get(name) is None else form.initial[name] for name in form.fields}
    data["tasks"] = [task.pk for task in indicator.tasks.all()]
    data |= {"milestones-TOTAL_FORMS": 5, "milestones-INITIAL_FORMS": 5}
    for row in formset.forms[:5]:
        for name in row.fields:
            value = row.initial.get(name)
            data[row.add_prefix(name)] = "" if value is None else getattr(value, "pk", value)
        data[row.add_prefix("id")] = row.instance.pk
        data[row.add_prefix("indicator")] = indicator.pk
    data["milestones-1-value"] = "321"
    response = client.post(address, data)
    assert response.status_code == 302, response.context["errors"]
    entry = ActivityEntry.objects.about(indicator).get()
    assert [change[0].split(": ")[1] for change in entry.changes] == ["값"]
    assert entry.changes[0][2] == "321"


def test_setting_somebodys_password_leaves_a_trace_without_it(as_user, administrator, owner):
    address = reverse("admin:auth_user_password_change", args=[owner.pk])
    new = {"usable_password": "true", "password1": "어려운-비밀번호-2026", "password2": "어려운-비밀번호-2026"}
    assert as_user(administrator).post(address, new).status_code == 302
    entry = ActivityEntry.objects.about(owner).get(action="password_set")
    assert entry.changes == []


def test_the_admin_obeys_the_rules_of_the_plan(as_user, coordinator, plan):
    task = Task.objects.get_by_natural_key(plan.slug, 1, "1-1-2")
    address = reverse("admin:plans_task_change", args=[task.pk])
    client = as_user(coordinator)
    form = client.get(address).context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    data |= {"code": "9-9-9", "budgets-TOTAL_FORMS": 0, "budgets-INITIAL_FORMS": 0}
    assert "이행과제 번호는 세부목표 번호로 시작해야 합니다." in client.post(address, data).text
    assert "붙임표로 적습니다." in client.post(address, data | {"code": "하나"}).text
    other_team = Department.objects.get(slug="medical").teams.first()
    assert "담당부서에 속한 팀" in client.post(address, data | {"code": "1-1-2", "team": other_team.pk}).text


def test_a_milestone_lies_in_the_plan_and_has_one_value(indicator):
    with pytest.raises(ValidationError, match="계획 기간"):
        Milestone(indicator=indicator, year=2031, value=1).full_clean()
    with pytest.raises(ValidationError, match="하나만"):
        Milestone(indicator=indicator, year=2022, value=1, text="둘").validate_constraints()


def test_a_coordinator_neither_makes_nor_touches_administrators(as_user, coordinator, administrator):
    client = as_user(coordinator)
    page = client.get(reverse("admin:accounts_user_change", args=[administrator.pk]))
    assert 'name="_save"' not in page.text
    data = {
        "username": "mallory",
        "name": "x",
        "role": "administrator",
        "usable_password": "true",
        "password1": "어려운-비밀번호-2026",
        "password2": "어려운-비밀번호-2026",
    }
    assert client.post(reverse("admin:accounts_user_add"), data).status_code == 200
    assert not User.objects.filter(username="mallory").exists()
    assert as_user(administrator).post(reverse("admin:accounts_user_add"), data).status_code == 302
    assert User.objects.get(username="mallory").role == Role.ADMINISTRATOR


def test_people_are_switched_off_and_never_deleted(as_user, administrator, owner):
    address = reverse("admin:accounts_user_delete", args=[owner.pk])
    assert as_user(administrator).post(address, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=owner.pk).exists()


def test_an_indicator_with_results_is_not_deleted(as_user, coordinator, published, indicator):
    address = reverse("admin:indicators_indicator_delete", args=[indicator.pk])
    response = as_user(coordinator).post(address, {"post": "yes"})
    assert Indicator.objects.filter(pk=indicator.pk).exists()
    assert response.status_code in (200, 403)


def test_the_first_administrator_comes_from_the_command_line(db):
    User.objects.create_superuser("first", PASSWORD, name="관리자")
    user = User.objects.get(username="first")
    assert user.is_staff
    assert user.keeps_plan


def test_roles_and_names(owner, committee, coordinator):
    assert (str(owner), owner.is_staff, committee.is_staff, coordinator.is_staff) == ("owner", False, False, True)
    assert make_user("c2", Role.COORDINATOR).department is None
