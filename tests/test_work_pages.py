"""Pages of the work with the read model that processes keep: they ask little, and never show what was before."""

import pytest

from accounts.models import Department
from indicators import services
from indicators.checking.selectors.checks import check_rows
from indicators.checking.services.committee import add_committee_comment, mark_findings, rate_indicator
from indicators.choices import CheckState, GoalLink, MilestoneRating
from indicators.models import Indicator, Result

from .conftest import make_user, values

CODE = "1/1-1-2-1"
# Each page: who reads it, and how many queries that takes when the read model is there.
PAGES = {
    "": ("owner", 15),
    "rounds/2022/grid/": ("owner", 14),
    f"rounds/2022/{CODE}/": ("owner", 15),
    "rounds/2022/": ("coordinator", 16),
    "rounds/2022/review/": ("coordinator", 15),
    "indicators/": ("committee", 7),
    f"indicators/{CODE}/": ("committee", 11),
    "checks/": ("committee", 9),
    "revision/": ("committee", 12),
}


@pytest.fixture(autouse=True)
def _keep(settings):
    settings.KEEP_READ_MODEL = True


@pytest.fixture
def url(plan):
    return lambda page: f"/plans/{plan.slug}/work/{page}"


@pytest.fixture
def client_of(as_user, owner, coordinator, committee):
    people = {"owner": owner, "coordinator": coordinator, "committee": committee}
    return lambda name: as_user(people[name])


@pytest.fixture
def grow(plan, open_round, coordinator, committee):
    """Hands in, approves, rates, asks about and marks more than there is."""

    def act():
        for number, result in enumerate(_hand_in(open_round, "climate-environment")):
            if number % 2:
                services.approve_result(actor=coordinator, result=result)
            _discuss(plan, result.indicator, committee)
        tokens = [row.token for row in check_rows(plan)[:40]]
        mark_findings(actor=coordinator, plan=plan, tokens=tokens, state=CheckState.TO_REVISE, reason="")

    return act


def _hand_in(open_round, slug) -> list[Result]:
    """Hand in all that a department has to report."""
    officer = make_user(slug, "officer", Department.objects.get(slug=slug))
    new = values(missing_reason="survey_cycle")
    handed_in = []
    for indicator in Indicator.objects.of_plan(open_round.plan).of_department(officer.department):
        blank = Result(round=open_round, indicator=indicator, version=0)
        saved = services.save_result(actor=officer, result=blank, new=new)
        handed_in.append(services.submit_result(actor=officer, result=saved, new=new))
    return handed_in


def _discuss(plan, indicator, member):
    rate_indicator(
        actor=member,
        indicator=indicator,
        version=0,
        milestones=MilestoneRating.TOO_LOW,
        goal_link=GoalLink.CLOSE,
        reason="낮습니다.",
    )
    department = indicator.tasks.first().department
    add_committee_comment(
        actor=member, area=indicator.area, indicator=indicator, department=department, text="까닭을 알려 주십시오."
    )


def test_pages_ask_as_often_for_many_as_for_few(
    client_of, url, plan, indicator, approved, open_round, committee, coordinator, grow, django_assert_num_queries
):
    _hand_in(open_round, "medical")
    _discuss(plan, indicator, committee)
    tokens = [check_rows(plan)[0].token]
    mark_findings(actor=coordinator, plan=plan, tokens=tokens, state=CheckState.TO_REVISE, reason="")
    for turn in range(2):
        for page, (who, queries) in PAGES.items():
            client = client_of(who)
            assert client.get(url(page)).status_code == 200
            with django_assert_num_queries(queries, info=f"{page} turn {turn}"):
                client.get(url(page))
        if not turn:
            grow()


def test_what_is_approved_and_taken_back_shows_at_once(client_of, url, plan, open_round):
    """Approving a result changes nothing public, so it renews no stamp; the data check reads it all the same."""
    satisfaction = Indicator.objects.get_by_natural_key(plan.slug, 1, "3-2-1-2")
    client, page = client_of("coordinator"), url("checks/")
    wanted = "보고되지 않은 세분화 값"
    assert wanted not in client.get(page).text
    result = Result.objects.create(round=open_round, indicator=satisfaction, value=80, state="approved")
    text = client.get(page).text
    assert f"{wanted} (1)" in text  # the choices of the filter, too
    assert "성별, 연령, 장애, 이주" in client.get(url("indicators/1/3-2-1-2/")).text
    result.breakdowns.create(dimension="sex", group="male", value=79)
    assert "보고서가 요구하는 연령, 장애, 이주" in client.get(f"{page}?kind=breakdowns_not_reported").text
    Result.objects.filter(pk=result.pk).update(state="submitted")
    assert wanted not in client.get(page).text


def test_what_is_decided_about_a_finding_shows_at_once(client_of, url, plan, coordinator):
    client = client_of("coordinator")
    assert "아직 모인 것이 없습니다." in client.get(url("revision/")).text
    first = client.get(url("checks/")).context["page"][0]
    sent = {"chosen": first.token, "state": "to_revise", "reason": "다음에 고침"}
    client.post(url("checks/"), sent)
    assert [row.key for row in client.get(url("checks/?state=to_revise")).context["page"]] == [first.key]
    assert "다음에 고침" in client.get(url("revision/")).text
    assert client.post(url("checks/"), sent).status_code == 409  # decided meanwhile, by the same token


def test_a_changed_name_shows_on_every_page(client_of, url, indicator, approved):
    for page, (who, _queries) in PAGES.items():
        client_of(who).get(url(page))
    indicator.title = "바뀐 지표 이름"
    indicator.note = "바뀐 유의사항"
    indicator.save()
    shown = {page: indicator.title in client_of(who).get(url(page)).text for page, (who, _q) in PAGES.items()}
    assert {page for page, found in shown.items() if not found} <= {"checks/", "revision/", "rounds/2022/review/"}
    assert indicator.note in client_of("coordinator").get(url("checks/?kind=noted&area=1")).text
