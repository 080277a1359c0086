"""What citizens see: the plan as it is, published figures and nothing else, with a fixed number of queries."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import Department
from indicators import services
from indicators.models import Indicator, Milestone, ReportingRound, Result
from plans.models import Area, Budget, BudgetShare, Goal, Plan, Target, Task
from stakeholders.models import (
    Deliberation,
    Opinion,
    PositionPaper,
    Question,
    Reply,
    ReplyPublication,
    StakeholderGroup,
    frozen_inputs,
)

from .conftest import tight, values

# Page, queries. The same number for the whole plan and for one of a single task (below).
PAGES = {
    "": 17,
    "areas/1/": 12,
    "tasks/": 10,
    "tasks/?area=1&department=social-welfare&q=복지": 11,
    "tasks/1/1-1-2/": 18,
    "indicators/": 11,
    "indicators/?area=1&status=met&unit=명&kind=number&direction=up&department=social-welfare&q=자활": 12,
    "indicators/1/1-1-2-1/": 16,
    "departments/": 6,
    "departments/social-welfare/": 10,
    "search/?q=자활": 14,
    "search/": 2,
    "indicators/1/1-1-2-1/why/2022/": 8,
    "method/": 5,
    "about/": 2,
}


@pytest.fixture
def small_plan(plan, coordinator):
    """A plan of one task and one indicator, published once, whose pages have the same addresses."""
    small = Plan.objects.create(slug="small", municipality="작은구", title="작은 계획", start_year=2022, end_year=2026)
    area = Area.objects.create(plan=small, number=1, title="분야")
    goal = Goal.objects.create(area=area, number=1, title="목표")
    target = Target.objects.create(goal=goal, code="1-1", title="세부목표")
    department = Department.objects.get(slug="social-welfare")
    task = Task.objects.create(target=target, code="1-1-2", title="복지 자활", department=department)
    indicator = Indicator.objects.create(area=area, code="1-1-2-1", title="자활", unit="명", direction="up")
    indicator.tasks.add(task)
    Milestone.objects.create(indicator=indicator, year=2022, value=10)
    budget = Budget.objects.create(task=task, year=2022, label="사업", amount=1000, unit="1000")
    BudgetShare.objects.create(budget=budget, source="district", percent=100)
    say(small, task)
    publish(small, coordinator)
    return small


def say(plan, task):
    """Let one group make one point on a task, and its department answer."""
    forum = Deliberation.objects.create(plan=plan, year=2022, title="공론장", is_published=True)
    group = StakeholderGroup.objects.create(plan=plan, name="그룹", slug="group")
    paper = PositionPaper.objects.create(deliberation=forum, group=group)
    area = task.target.goal.area
    opinion = Opinion.objects.create(paper=paper, number=1, kind="proposal", summary="의견", area=area, task=task)
    question = Question.objects.create(deliberation=forum, number=1, summary="질의", area=area, task=task)
    question.groups.add(group)
    question.opinions.add(opinion)
    edition = ReplyPublication.objects.create(deliberation=forum, edition=1, sha256="0" * 64)
    Reply.objects.create(
        publication=edition,
        question=question,
        department=task.department,
        stance="accepted",
        summary="답변",
        inputs=frozen_inputs(question, [task.department]),
    )


def publish(plan, coordinator):
    reporting_round = ReportingRound(plan=plan, year=2022, opens_on=date(2023, 1, 2), due_on=date(2023, 2, 28))
    services.plan_round(actor=coordinator, reporting_round=reporting_round)
    services.open_round(actor=coordinator, reporting_round=reporting_round)
    indicator = Indicator.objects.get_by_natural_key(plan.slug, 1, "1-1-2-1")
    Result.objects.create(round=reporting_round, indicator=indicator, value=9, state="approved")
    services.close_round(actor=coordinator, reporting_round=reporting_round)
    return services.publish_round(actor=coordinator, reporting_round=reporting_round)


@pytest.mark.parametrize(("path", "queries"), PAGES.items(), ids=PAGES)
def test_a_page_asks_the_same_number_of_queries_for_one_row_and_for_all(
    plan, small_plan, coordinator, path, queries, django_assert_num_queries
):
    publish(plan, coordinator)
    for slug in ("small", plan.slug):
        with django_assert_num_queries(queries):
            assert Client().get(f"/plans/{slug}/{path}").status_code == 200


def test_the_front_door_leads_to_the_current_plan(plan, client):
    assert client.get("/").url == "/plans/seodaemun-2022/"


@pytest.mark.parametrize(
    "path",
    [
        "areas/8/",
        "areas/0/",
        "tasks/1/9-9-9/",
        "tasks/9/1-1-1/",
        "indicators/1/1-1-1-9/",
        "indicators/1/1.1/",
        "indicators/1/1-1-2-1/why/2022/",
        "indicators/1/1-1-2-1/why/99/",
        "departments/nowhere/",
        "nothing/",
    ],
)
def test_what_does_not_exist_is_not_found(plan, client, path):
    response = client.get(f"/plans/{plan.slug}/{path}")
    assert response.status_code == 404
    assert "찾는 화면이 없습니다" in response.text
    assert client.get(f"/plans/elsewhere/{path}").status_code == 404


@pytest.mark.parametrize("path", [page for page in PAGES if "?" not in page])
def test_public_pages_are_only_read(plan, client, path):
    assert client.post(f"/plans/{plan.slug}/{path}").status_code == 405


def test_home_holds_the_seven_areas_with_what_they_hold(plan, client):
    page = client.get(f"/plans/{plan.slug}/")
    held = [(s.goals, s.tasks, len(s.indicator_ids)) for s, _d in page.context["areas"]]
    assert [tasks for _g, tasks, _i in held] == [28, 12, 17, 9, 9, 18, 19]
    assert [indicators for _g, _t, indicators in held] == [33, 13, 19, 9, 8, 18, 15]
    assert sum(goals for goals, _t, _i in held) == 22
    assert "아직 공표된 실적이 없습니다." in page.text


def test_a_target_without_tasks_says_so(plan, client):
    page = client.get(f"/plans/{plan.slug}/areas/1/").text
    assert "성 건강 예방 및 관리강화" in page
    assert "이 세부목표에는 2022년 계획에 담긴 이행과제가 없습니다." in page


def test_every_task_indicator_and_department_has_its_page(plan, client, settings):
    settings.KEEP_READ_MODEL = True  # nothing changes meanwhile
    for task in Task.objects.select_related("target__goal__area__plan"):
        assert task.title in client.get(task.get_absolute_url()).text.replace("&#x27;", "'").replace("&amp;", "&")
    for indicator in Indicator.objects.select_related("area__plan"):
        page = client.get(indicator.get_absolute_url())
        assert page.status_code == 200
        assert len(page.context["series"].rows) == 5
    for department in Department.objects.all():
        assert client.get(f"/plans/{plan.slug}/departments/{department.slug}/").status_code == 200


def test_a_task_sheet_shows_what_the_report_says(plan, client):
    page = tight(client.get(f"/plans/{plan.slug}/tasks/3/1-1-3/").text)
    for printed in ("일자리경제과", "229,800", "국비 50%, 구비 50%", "29", "공모사업 일자리 창출실적"):
        assert printed in page


def test_printed_oddities_stay_with_a_note(plan, client):
    page = client.get(f"/plans/{plan.slug}/indicators/6/4-1-2-1/").text
    assert '<td class="n">900</td>' in page
    assert "90·100·200" in page
    four_years = client.get(f"/plans/{plan.slug}/indicators/6/2-2-3-1/").text
    assert "계획된 목표치 없음" in four_years
    assert "수요조사" in client.get(f"/plans/{plan.slug}/indicators/1/3-1-3-1/").text


def test_a_supplied_unit_is_told_from_a_printed_one(plan, client):
    assert "보고서에 적힌 단위" in client.get(f"/plans/{plan.slug}/indicators/1/1-1-2-1/").text
    assert "보고서에 없어 보충한 단위" in client.get(f"/plans/{plan.slug}/indicators/1/1-1-1-1/").text


def test_nothing_is_seen_before_publication_and_all_of_it_after(
    plan, client, open_round, owner, coordinator, indicator
):
    pages = ["", "areas/1/", "tasks/1/1-1-2/", "indicators/", "indicators/1/1-1-2-1/", "departments/social-welfare/"]

    def seen():
        return [path for path in pages if "98,765" in client.get(f"/plans/{plan.slug}/{path}").text]

    secret = values("98765", explanation="비밀 설명")
    result = Result(round=open_round, indicator=indicator, version=0)
    result = services.save_result(actor=owner, result=result, new=secret)
    assert seen() == []
    result = services.submit_result(actor=owner, result=result, new=secret)
    assert seen() == []
    services.approve_result(actor=coordinator, result=result)
    assert seen() == []
    services.close_round(actor=coordinator, reporting_round=open_round)
    assert seen() == []
    services.publish_round(actor=coordinator, reporting_round=open_round)
    assert seen() == pages[1:]
    page = client.get(f"/plans/{plan.slug}/indicators/1/1-1-2-1/").text
    assert "98,765 ÷ 303" in page
    assert "100% 이상이면 달성입니다." in page
    assert "비밀 설명" in page


def test_real_figures_are_not_called_demo(client, published, plan):
    assert "시범" not in client.get(f"/plans/{plan.slug}/").text


def test_an_aggregate_below_the_coverage_floor_has_no_score(client, published, plan):
    page = client.get(f"/plans/{plan.slug}/")
    assert page.context["distribution"].coverage.rated == 1
    assert page.context["distribution"].met_share == ""
    assert "판정한 지표가 적어 집계하지 않음" in page.text
    assert "1/115" in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 115),
        ("area=7", 15),
        ("kind=grade", 3),
        ("kind=text", 2),
        ("direction=keep", 2),
        ("unit=등급", 3),
        ("area=1&unit=천원", 3),
        ("q=만족도", 7),
        ("q=프로그램 만족도", 4),
        ("q=만족도&area=7", 1),
        ("department=audit", 2),
        ("status=met", 1),
        ("status=unrated", 114),
        ("status=poor", 0),
        ("q=%25", 33),
        ("area=99", 115),
        ("kind=nonsense", 115),
    ],
)
def test_indicators_are_filtered_by_the_address(client, published, plan, query, count):
    page = client.get(f"/plans/{plan.slug}/indicators/?{query}")
    assert page.status_code == 200
    if query not in ("q=%25", "kind=nonsense", "area=99"):
        assert len(page.context["rows"]) == count
        assert f"지표 {count}개" in page.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 112),
        ("area=5", 9),
        ("q=청년", None),
        ("department=housing", 1),
        ("q=없는낱말", 0),
        ("kind=grade", 4),
        ("kind=text&area=3", 1),
        ("unit=등급", 4),
        ("status=met", 0),
    ],
)
def test_tasks_are_filtered_by_the_address(client, plan, query, count):
    page = client.get(f"/plans/{plan.slug}/tasks/?{query}")
    rows = page.context["rows"]
    if count is None:
        assert 0 < len(rows) < 112
    else:
        assert len(rows) == count
    assert f"과제 {len(rows)}개" in page.text


def test_goals_are_filtered(client, plan):
    goal = Goal.objects.get(area__plan=plan, area__number=1, number=2)
    page = client.get(f"/plans/{plan.slug}/tasks/?goal=1-2")
    assert {task.target.goal_id for task, _i in page.context["rows"]} == {goal.pk}
    assert '<option value="1-2" selected>' in page.text
    page = client.get(f"/plans/{plan.slug}/indicators/?goal=1-2")
    wanted = set(Indicator.objects.filter(tasks__target__goal=goal).values_list("pk", flat=True))
    assert sorted(row.indicator.pk for row in page.context["rows"]) == sorted(wanted)


@pytest.mark.parametrize("goal", ["1-99", "1", "-", "1-2-3", "²-1"])
def test_a_goal_that_there_is_not_is_said_and_narrows_nothing(client, plan, goal):
    page = client.get(f"/plans/{plan.slug}/tasks/", {"goal": goal})
    assert len(page.context["rows"]) == 112
    assert page.context["filterset"].form.errors["goal"][0] in page.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("자활사업 참여자", "자활사업 참여자 수"),
        ("의약과", "의약과"),
        ("빈곤감소", "빈곤감소"),
        ("감사팀", "감사담당관"),
    ],
)
def test_search_finds_everything(client, plan, typed, found):
    page = client.get(f"/plans/{plan.slug}/search/", {"q": typed})
    assert found in page.text
    assert page.context["total"] > 0


@pytest.mark.parametrize("typed", ["없는낱말", "<script>alert(1)</script>", "%", "_", "'", "\\", "가" * 500, "\x00"])
def test_search_bears_anything(client, plan, typed):
    page = client.get(f"/plans/{plan.slug}/search/", {"q": typed})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_codes_stand_in_natural_order(client, plan):
    page = client.get(f"/plans/{plan.slug}/tasks/?area=1")
    codes = [[int(n) for n in task.code.split("-")] for task, _i in page.context["rows"]]
    assert codes == sorted(codes)


def test_corrections_and_neighbours(client, plan):
    page = client.get(f"/plans/{plan.slug}/indicators/1/1-1-1-1/")
    assert page.context["previous"] is None
    assert page.context["next"].code == "1-1-2-1"
    last = client.get(f"/plans/{plan.slug}/indicators/7/3-4-1-1/")
    assert last.context["next"] is None


def test_the_method_page_states_the_bands_of_the_plan(client, plan):
    page = client.get(f"/plans/{plan.slug}/method/").text
    assert "달성률 90% 이상 100% 미만" in page
    Plan.objects.filter(pk=plan.pk).update(band_near="0.85")
    assert "달성률 85% 이상 100% 미만" in client.get(f"/plans/{plan.slug}/method/").text


def test_the_style_guide_shows_every_verdict(client, plan):
    page = client.get("/style-guide/").text
    for word in ("달성", "근접", "미흡", "부진", "판정불가", "정상 추진", "역행", "산정불가", "작성중", "반려"):
        assert word in page
