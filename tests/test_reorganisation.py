"""Departments renamed, merged and split: who may, what moves, what is refused, and that the past keeps its names."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from accounts.choices import Action
from accounts.models import ActivityEntry, Department, Team, User
from indicators import services as round_services
from indicators.models import Assignment, Indicator, Result, RoundExtension
from indicators.people.selectors.reorganisation import preview_of
from indicators.people.services.reorganisation import reorganise
from plans import services
from plans.models import Task

from .conftest import make_user, tight, values

DAY = date(2025, 1, 1)
TYPED = {"name_1": "복지자활과", "slug_1": "welfare-support", "on": DAY.isoformat(), "step": "preview"}


@pytest.fixture
def medical(plan):
    return Department.objects.get(slug="medical")


@pytest.fixture
def rename_page(url_of):
    return url_of("plans:rename", "social-welfare")


@pytest.fixture
def merge_page(url_of):
    return url_of("plans:merge")


@pytest.fixture
def split_page(url_of):
    return url_of("plans:split", "social-welfare")


def merging(*departments, **typed):
    return (
        TYPED | {"departments": [d.pk for d in departments], "name_1": "복지건강과", "slug_1": "welfare-health"} | typed
    )


def splitting(department, **typed):
    """A split in which all goes to the first part."""
    held = services.everything_of([department], "", "")
    rows = {f"team_{team.pk}": "1" for team in held.teams} | {f"person_{person.pk}": "1" for person in held.people}
    rows |= {f"task_{task.pk}": "" if task.team_id else "1" for task in held.tasks}
    named = {"name_1": "자활과", "slug_1": "self-support", "name_2": "장애인복지과", "slug_2": "disability"}
    return TYPED | rows | named | {"part_total": "2"} | typed


def confirm(client, address, typed):
    """Go the whole way: look at the preview, then confirm it."""
    page = client.post(address, typed)
    assert page.status_code == 200, page.context["form"].errors
    return client.post(address, typed | {"step": "confirm", "seen": page.context["preview"].fingerprint}, follow=True)


def everything():
    """A picture of all that a reorganisation could change."""
    return (
        list(Department.objects.order_by("pk").values()),
        list(Department.predecessors.through.objects.values()),
        list(Team.objects.order_by("pk").values()),
        list(Task.objects.order_by("pk").values("pk", "department", "team")),
        list(User.objects.order_by("pk").values("pk", "department")),
        list(RoundExtension.objects.values()),
        list(Assignment.objects.values()),
        ActivityEntry.objects.count(),
    )


# --- who may


PAGES = [
    ("plans:rename", ["social-welfare"]),
    ("plans:merge", []),
    ("plans:split", ["social-welfare"]),
]


@pytest.mark.parametrize(("name", "args"), PAGES, ids=[name for name, _args in PAGES])
class TestWhoMayReorganise:
    @pytest.fixture
    def typed(self, name, welfare, medical):
        given = {"plans:rename": TYPED, "plans:merge": merging(welfare, medical), "plans:split": splitting(welfare)}
        old = {"plans:rename": [welfare], "plans:merge": [welfare, medical], "plans:split": [welfare]}[name]
        parts = [services.everything_of(old, "복지건강과", "welfare-health")]
        return given[name] | {"step": "confirm", "seen": preview_of(old, parts, DAY).fingerprint}

    @pytest.mark.parametrize("role", ["coordinator", "administrator"])
    def test_keepers_of_the_plan_do(self, request, as_user, url_of, name, args, welfare, medical, role):
        client = as_user(request.getfixturevalue(role))
        typed = {
            "plans:rename": TYPED,
            "plans:merge": merging(welfare, medical),
            "plans:split": splitting(welfare),
        }[name]
        assert client.get(url_of(name, *args)).status_code == 200
        page = confirm(client, url_of(name, *args), typed)
        assert page.redirect_chain[-1][0] == url_of("plans:organisation")
        assert "조직 개편을 반영했습니다." in page.text
        welfare.refresh_from_db()
        assert welfare.valid_to == date(2024, 12, 31)

    def test_a_citizen_is_sent_to_sign_in(self, as_user, url_of, typed, name, args):
        before = everything()
        for response in (as_user(None).get(url_of(name, *args)), as_user(None).post(url_of(name, *args), typed)):
            assert response.status_code == 302
            assert response.url.startswith("/accounts/login/")
        assert everything() == before

    def test_the_committee_does_not(self, as_user, committee, url_of, typed, name, args):
        before = everything()
        assert as_user(committee).post(url_of(name, *args), typed).status_code == 403
        assert everything() == before

    def test_officers_and_heads_have_no_such_page(self, as_user, owner, stranger, welfare, url_of, typed, name, args):
        head = make_user("head", "head", welfare)
        before = everything()
        for person in (owner, stranger, head):
            assert as_user(person).get(url_of(name, *args)).status_code == 404
            assert as_user(person).post(url_of(name, *args), typed).status_code == 404
        assert everything() == before

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, as_user, coordinator, url_of, name, args, method):
        assert getattr(as_user(coordinator), method)(url_of(name, *args)).status_code == 405


@pytest.mark.parametrize(
    ("role", "status"), [("coordinator", 200), ("administrator", 200), ("committee", 403), ("owner", 404), (None, 302)]
)
def test_who_sees_the_organisation(request, as_user, plan, url_of, role, status):
    user = role and request.getfixturevalue(role)
    assert as_user(user).get(url_of("plans:organisation")).status_code == status


def test_the_services_themselves_refuse_the_wrong_person(committee, owner, coordinator, welfare, medical):
    part = services.everything_of([welfare], "복지자활과", "welfare-support")
    acts = [
        (services.rename_department, {"department": welfare, "new_name": "복지자활과", "new_slug": "welfare-support"}),
        (services.merge_departments, {"departments": [welfare, medical], "new_name": "가과", "new_slug": "ga"}),
        (services.split_department, {"department": welfare, "parts": [part, services.Part("나과", "na")]}),
    ]
    before = everything()
    for act, arguments in acts:
        for person in (committee, owner):
            with pytest.raises(PermissionDenied):
                act(actor=person, on=DAY, **arguments)
            with pytest.raises(PermissionDenied):
                reorganise(actor=person, act=act, arguments=arguments, old=[welfare], parts=[part], on=DAY, seen="")
    assert everything() == before


@pytest.mark.parametrize("name", ["plans:rename", "plans:split"])
def test_a_department_that_does_not_exist_is_not_found(as_user, coordinator, url_of, plan, name):
    assert as_user(coordinator).get(url_of(name, "nowhere")).status_code == 404
    assert as_user(coordinator).post(url_of(name, "nowhere"), TYPED).status_code == 404


# --- wrong input


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"name_1": ""}, "name_1", "필수"),
        ({"name_1": "의약과"}, "name_1", "같은 이름의 부서가 이미 있습니다."),
        ({"name_1": " 의약과 "}, "name_1", "같은 이름의 부서가 이미 있습니다."),
        ({"name_1": "사회복지과"}, "name_1", "지금 이름과 다른 이름을 입력해 주십시오."),
        ({"slug_1": "medical"}, "slug_1", "이미 쓰고 있는 주소용 이름입니다."),
        ({"slug_1": "social-welfare"}, "slug_1", "이미 쓰고 있는 주소용 이름입니다."),
        ({"slug_1": "복지"}, "slug_1", ""),
        ({"slug_1": ""}, "slug_1", "필수"),
        ({"on": "내일"}, "on", "2025-05-28처럼"),
        ({"on": (timezone.localdate() + timedelta(days=1)).isoformat()}, "on", "오늘이나 지난 날짜를 입력해 주십시오."),
        ({"on": "2022-07-01"}, "on", "설치일(2022"),
        ({"on": "2020-01-01"}, "on", "뒤의 날짜를 입력해 주십시오."),
    ],
)
def test_wrong_input_is_answered_at_its_field_with_the_form_filled_in(
    as_user, coordinator, welfare, rename_page, typed, field, message
):
    Department.objects.filter(pk=welfare.pk).update(valid_from=date(2022, 7, 1))
    before = everything()
    for step in ("preview", "confirm"):
        response = as_user(coordinator).post(rename_page, TYPED | typed | {"step": step})
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [field]
        assert message in response.text
        for name, value in (TYPED | typed).items():
            if name != "step" and value:
                assert f'value="{value}"' in response.text
    assert everything() == before


def test_a_merge_needs_two_departments(as_user, coordinator, welfare, merge_page):
    for chosen in ([], [welfare.pk], [welfare.pk, 999999]):
        response = as_user(coordinator).post(merge_page, TYPED | {"departments": chosen})
        assert response.status_code == 422
        assert "departments" in response.context["form"].errors
        assert 'value="복지자활과"' in response.text
    assert f'value="{welfare.pk}" checked' in tight(response.text)
    with pytest.raises(services.CannotReorganise):
        services.merge_departments(
            actor=coordinator, departments=[welfare, welfare], new_name="가과", new_slug="ga", on=DAY
        )


def test_the_parts_of_a_split_must_differ(as_user, coordinator, welfare, split_page):
    typed = splitting(welfare, name_2="자활과", slug_2="self-support")
    response = as_user(coordinator).post(split_page, typed)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"name_2", "slug_2"}
    assert "같은 이름의 부서가 이미 있습니다." in response.text


def test_what_goes_nowhere_in_a_split_is_refused(as_user, coordinator, welfare, split_page):
    team = Team.objects.filter(department=welfare).first()
    for choice in ("", "3", "x"):
        response = as_user(coordinator).post(split_page, splitting(welfare, **{f"team_{team.pk}": choice}))
        assert response.status_code == 422
        assert f"team_{team.pk}" in response.context["form"].errors
    for total in ("1", "99", "x", ""):
        assert as_user(coordinator).post(split_page, splitting(welfare, part_total=total)).status_code == 422


def test_the_service_takes_over_everything_once_or_nothing(coordinator, welfare):
    everyone = services.everything_of([welfare], "가과", "ga")
    incomplete = [services.Part("가과", "ga", everyone.tasks[1:], everyone.teams), services.Part("나과", "na")]
    twice = [everyone, services.Part("나과", "na", tasks=everyone.tasks[:1])]
    before = everything()
    for parts in (incomplete, twice, [everyone]):
        with pytest.raises(services.CannotReorganise):
            services.split_department(actor=coordinator, department=welfare, parts=parts, on=DAY)
    assert everything() == before


def test_a_department_of_the_past_is_not_reorganised_again(as_user, coordinator, rename_page):
    client = as_user(coordinator)
    confirm(client, rename_page, TYPED)
    again = client.post(rename_page, TYPED | {"name_1": "다른과", "slug_1": "other", "on": "2024-06-01"})
    assert again.status_code == 422
    assert "이미 개편되었거나 폐지된 부서입니다." in again.text
    assert not Department.objects.filter(slug="other").exists()


# --- looking before doing


def test_the_preview_changes_nothing_and_counts_what_would_move(
    as_user, coordinator, owner, welfare, draft, rename_page
):
    before = everything()
    page = as_user(coordinator).post(rename_page, TYPED)
    part = page.context["preview"].parts[0]
    assert (part.tasks, part.indicators) == (
        welfare.tasks.count(),
        Indicator.objects.of_department(welfare).count(),
    )
    assert part.teams == list(welfare.teams.values_list("name", flat=True))
    assert part.people == ["owner"]
    assert page.context["preview"].results_in_progress == 1
    assert "작성·제출·반려 상태인 실적 1건" in page.text
    assert everything() == before
    edit = as_user(coordinator).post(rename_page, TYPED | {"step": "edit"})
    assert 'value="복지자활과"' in edit.text
    assert everything() == before


def test_nothing_is_done_when_something_moved_since_the_preview(as_user, coordinator, welfare, rename_page):
    client = as_user(coordinator)
    seen = client.post(rename_page, TYPED).context["preview"].fingerprint
    late = make_user("late", "officer", welfare)
    before = everything()
    response = client.post(rename_page, TYPED | {"step": "confirm", "seen": seen})
    assert response.status_code == 409
    assert "그 사이 부서의 내용이 바뀌었습니다." in response.text
    assert "late" in response.text
    assert everything() == before
    client.post(rename_page, TYPED | {"step": "confirm", "seen": response.context["preview"].fingerprint})
    late.refresh_from_db()
    assert late.department.name == "복지자활과"


def test_a_confirmation_without_a_preview_only_shows_it(as_user, coordinator, rename_page):
    before = everything()
    response = as_user(coordinator).post(rename_page, TYPED | {"step": "confirm"})
    assert response.status_code == 409
    assert everything() == before


# --- what is done


def test_a_rename_moves_everything_and_leaves_traces(as_user, coordinator, owner, welfare, open_round, rename_page):
    tasks = set(welfare.tasks.values_list("pk", "team__name"))
    teams = set(welfare.teams.values_list("name", flat=True))
    until = timezone.localdate() + timedelta(days=3)
    round_services.extend_round(actor=coordinator, reporting_round=open_round, department=welfare, until=until)
    confirm(as_user(coordinator), rename_page, TYPED)
    new = Department.objects.get(slug="welfare-support")
    welfare.refresh_from_db()
    owner.refresh_from_db()
    assert (welfare.name, welfare.valid_to, new.name, new.valid_from, new.valid_to) == (
        "사회복지과",
        date(2024, 12, 31),
        "복지자활과",
        DAY,
        None,
    )
    assert list(new.predecessors.all()) == [welfare]
    assert set(new.tasks.values_list("pk", "team__name")) == tasks
    assert not welfare.tasks.exists()
    assert set(new.teams.values_list("name", flat=True)) == teams
    assert set(new.tasks.exclude(team=None).values_list("team__department", flat=True)) == {new.pk}
    assert set(welfare.teams.values_list("valid_to", flat=True)) == {date(2024, 12, 31)}
    assert owner.department == new
    assert [(e.department, e.until) for e in RoundExtension.objects.all()] == [(new, until)]
    old_entry = ActivityEntry.objects.about(welfare).get()
    assert (old_entry.action, old_entry.actor_name) == (Action.DEPARTMENT_CHANGED, "coordinator")
    assert old_entry.comment == "이름 변경: 사회복지과 → 복지자활과 (2025-01-01 시행)"
    assert ["부서", "사회복지과", "복지자활과"] in old_entry.changes
    assert ["owner", "사회복지과", "복지자활과"] in old_entry.changes
    assert len(old_entry.changes) == 2 + len(tasks) + len(teams) + 1
    assert ["부서", "사회복지과", "복지자활과"] in ActivityEntry.objects.about(new).get().changes
    moved = ActivityEntry.objects.about(open_round).filter(action=Action.DEPARTMENT_CHANGED).get()
    assert moved.changes == [["기한 연장", f"사회복지과 {until}", f"복지자활과 {until}"]]


def test_what_was_written_stays_with_its_indicator(as_user, coordinator, owner, draft, rename_page, url_of):
    confirm(as_user(coordinator), rename_page, TYPED)
    owner.refresh_from_db()
    entry = url_of("indicators:result", 2022, 1, "1-1-2-1")
    assert 'value="300"' in as_user(owner).get(entry).text
    saved = round_services.submit_result(actor=owner, result=Result.objects.get(), new=values(301))
    assert saved.value == 301
    board = as_user(coordinator).get(url_of("indicators:round", 2022)).text
    assert "복지자활과" in board


def test_a_merge_of_two_with_a_shared_indicator(
    as_user, coordinator, owner, stranger, welfare, medical, indicator, open_round, merge_page
):
    indicator.tasks.add(medical.tasks.first())
    Team.objects.create(department=medical, name=welfare.teams.first().name)
    for person in (owner, stranger):
        Assignment.objects.create(indicator=indicator, user=person)
    days = [timezone.localdate() + timedelta(days=n) for n in (2, 5)]
    for department, until in zip((welfare, medical), days, strict=True):
        RoundExtension.objects.create(round=open_round, department=department, until=until)
    reported = set(Indicator.objects.of_department(welfare)) | set(Indicator.objects.of_department(medical))
    client = as_user(coordinator)
    preview = client.post(merge_page, merging(welfare, medical)).context["preview"]
    assert (preview.parts[0].indicators, preview.merged_teams) == (len(reported), [welfare.teams.first().name])
    assert len(preview.extensions) == 2
    confirm(client, merge_page, merging(welfare, medical))
    new = Department.objects.get(slug="welfare-health")
    assert set(new.predecessors.all()) == {welfare, medical}
    assert set(Indicator.objects.of_department(new)) == reported
    assert new.teams.filter(name=welfare.teams.first().name).count() == 1
    assert set(User.objects.filter(department=new)) == {owner, stranger}
    assert set(Assignment.objects.values_list("user", flat=True)) == {owner.pk, stranger.pk}
    assert [(e.department, e.until) for e in RoundExtension.objects.all()] == [(new, days[1])]
    for department in (welfare, medical):
        assert ActivityEntry.objects.about(department).get().comment.startswith("통합: ")
    assert ActivityEntry.objects.about(new).get().comment == "통합: 사회복지과, 의약과 → 복지건강과 (2025-01-01 시행)"


def test_a_merge_may_keep_the_name_of_one_of_them(as_user, coordinator, welfare, medical, merge_page):
    confirm(as_user(coordinator), merge_page, merging(welfare, medical, name_1="사회복지과", slug_1="social-welfare-2"))
    today = Department.objects.valid_on(timezone.localdate()).get(name="사회복지과")
    assert today.slug == "social-welfare-2"


def test_a_split_with_teams(as_user, coordinator, owner, colleague, welfare, indicator, open_round, split_page):
    team = welfare.teams.filter(tasks__isnull=False).exclude(tasks__indicators=indicator).first()
    led_away = indicator.tasks.get()
    assert led_away.team is not None
    for person in (owner, colleague):
        Assignment.objects.create(indicator=indicator, user=person)
    RoundExtension.objects.create(round=open_round, department=welfare, until=timezone.localdate())
    typed = splitting(
        welfare,
        **{f"team_{team.pk}": "2", f"task_{led_away.pk}": "2", f"person_{colleague.pk}": "2"},
    )
    followers = set(team.tasks.values_list("pk", flat=True))
    client = as_user(coordinator)
    preview = client.post(split_page, typed).context["preview"]
    assert preview.tasks_without_team == [led_away]
    assert [desk.user for desk in preview.desks_ended] == [owner]
    assert [part.people for part in preview.parts] == [["owner"], ["colleague"]]
    confirm(client, split_page, typed)
    first, second = Department.objects.get(slug="self-support"), Department.objects.get(slug="disability")
    assert set(second.tasks.values_list("pk", flat=True)) == followers | {led_away.pk}
    assert list(second.teams.values_list("name", flat=True)) == [team.name]
    assert set(second.tasks.filter(pk__in=followers).values_list("team__name", flat=True)) == {team.name}
    assert second.tasks.get(pk=led_away.pk).team is None
    assert first.tasks.count() + second.tasks.count() == sum(name.startswith("task_") for name in typed)
    assert (User.objects.get(pk=owner.pk).department, User.objects.get(pk=colleague.pk).department) == (first, second)
    assert list(Assignment.objects.values_list("user", flat=True)) == [colleague.pk]
    assert ActivityEntry.objects.about(indicator).get().changes == [["담당자", "owner", ""]]
    assert {e.department for e in RoundExtension.objects.all()} == {first, second}
    assert ActivityEntry.objects.about(welfare).get().comment.startswith("분리: 사회복지과 → 자활과, 장애인복지과")


def test_a_split_into_three(as_user, coordinator, welfare, split_page):
    client = as_user(coordinator)
    more = client.post(split_page, splitting(welfare, step="more"))
    assert more.status_code == 200
    assert 'value="자활과"' in more.text
    assert 'name="name_3"' in more.text
    typed = splitting(welfare, part_total="3", name_3="어르신과", slug_3="seniors")
    confirm(client, split_page, typed)
    assert Department.objects.filter(predecessors=welfare).count() == 3


# --- the past keeps its names


def test_old_figures_keep_the_names_of_their_time(
    as_user, client, plan, coordinator, published, indicator, rename_page, tmp_path, url_of
):
    call_command("export_open_data", tmp_path / "before", plan=plan.slug, verbosity=0)
    address = indicator.get_absolute_url()
    assert "당시 담당" not in client.get(address).text
    confirm(as_user(coordinator), rename_page, TYPED)
    call_command("export_open_data", tmp_path / "after", plan=plan.slug, verbosity=0)
    page = client.get(address)
    assert "2022년 당시 담당: 사회복지과" in page.text
    assert "복지자활과" in page.text
    figures = [(tmp_path / name / "figures.csv").read_bytes() for name in ("before", "after")]
    assert figures[0] == figures[1]
    assert "복지자활과" in (tmp_path / "after" / "indicators.csv").read_text(encoding="utf-8-sig")
    assert published.figures.get(indicator=indicator).inputs["departments"] == ["사회복지과"]


def test_a_correction_after_the_rename_keeps_them_too(as_user, client, coordinator, published, indicator, rename_page):
    confirm(as_user(coordinator), rename_page, TYPED)
    with pytest.raises(round_services.NotAllowedNow, match="달라진 수치가 없어"):
        round_services.publish_round(actor=coordinator, reporting_round=published.round, reason="정정")
    round_services.correct_result(
        actor=coordinator, result=Result.objects.get(), new={"explanation": "고친 설명"}, comment="오기"
    )
    second = round_services.publish_round(actor=coordinator, reporting_round=published.round, reason="정정")
    assert second.figures.get(indicator=indicator).inputs["departments"] == ["사회복지과"]
    assert "2022년 당시 담당: 사회복지과" in client.get(indicator.get_absolute_url()).text


def test_the_old_address_tells_what_became_of_the_department(
    as_user, client, coordinator, welfare, medical, rename_page, merge_page, url_of
):
    staff = as_user(coordinator)
    old = url_of("plans:department", "social-welfare")
    assert "맡은 과제" in client.get(old).text
    confirm(staff, rename_page, TYPED)
    page = client.get(old).text
    assert "2024-12-31까지 있던 부서입니다." in page
    assert "이름 변경" in page
    assert url_of("plans:department", "welfare-support") in page
    assert "2025-01-01 시행" in page
    new = client.get(url_of("plans:department", "welfare-support")).text
    assert url_of("plans:department", "social-welfare") in new
    assert "맡은 과제" in new
    heir = Department.objects.get(slug="welfare-support")
    confirm(staff, merge_page, merging(heir, medical, on="2025-07-01"))
    # Also where what it became is itself of the past.
    for slug in ("social-welfare", "welfare-support", "medical"):
        assert client.get(url_of("plans:department", slug)).status_code == 200
    assert "통합" in client.get(url_of("plans:department", "medical")).text
    listed = client.get(url_of("plans:departments"))
    names = [department.name for department, _teams in listed.context["rows"]]
    assert "복지건강과" in names
    assert not {"사회복지과", "복지자활과", "의약과"} & set(names)
    assert [change.kind for change in listed.context["changes"]] == ["통합", "이름 변경"]
    assert client.post(old).status_code == 405


def test_a_department_without_heirs_in_the_plan_is_not_found(client, plan, url_of):
    Department.objects.create(name="빈 부서", slug="empty", valid_to=date(2024, 1, 1))
    assert client.get(url_of("plans:department", "empty")).status_code == 404


# --- queries


def test_the_pages_ask_a_fixed_number_of_queries(
    as_user, client, coordinator, owner, welfare, rename_page, merge_page, split_page, url_of, django_assert_num_queries
):
    staff = as_user(coordinator)
    for people in (0, 3):
        for number in range(people):
            make_user(f"more-{number}", "officer", welfare)
        with django_assert_num_queries(10):
            staff.get(url_of("plans:organisation"))
        with django_assert_num_queries(4):
            staff.get(rename_page)
        with django_assert_num_queries(14):
            staff.post(rename_page, TYPED)
        with django_assert_num_queries(7):
            staff.get(split_page)
    confirm(staff, rename_page, TYPED)
    with django_assert_num_queries(8):
        client.get(url_of("plans:department", "social-welfare"))
