"""The dashboard of the public and its sister for those who oversee the rounds."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Department
from indicators import services
from indicators.choices import MissingReason, ResultState, Status
from indicators.figures.services.publications import preview_publication
from indicators.models import Figure, Indicator, Milestone, Publication, ReportingRound, Result
from plans.models import Area, Goal, Plan, Target, Task

from .conftest import tight, values

PUBLIC_QUERIES = 5
WORK_QUERIES = 9


@pytest.fixture
def public(plan):
    """Fetch the public page with the given query."""
    return lambda query="", slug=plan.slug: Client().get(f"/plans/{slug}/dashboard/{query}")


@pytest.fixture
def work(plan, as_user, committee):
    """Fetch the sister as the committee sees it."""
    client = as_user(committee)
    return lambda query="", slug=plan.slug: client.get(reverse("indicators:work_dashboard", args=[slug]) + query)


def words_of(html: str) -> str:
    """What can be read, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def section(page, name: str) -> str:
    """What can be read in one section of the page, by the id of its heading."""
    return words_of(page.text.split(f'aria-labelledby="{name}">', 1)[1].split("</section>")[0])


def shares(page) -> dict[str, tuple[str, str]]:
    """Coverage and share of met, or what stands in its place, of every part of the plan."""
    found = {}
    for _link, part in page.context["parts"]:
        coverage = part.distribution.coverage
        found[part.code] = (f"{coverage.rated}/{coverage.total}", part.distribution.met_share)
    return found


# --- rounds with results of all kinds


RATES = {  # what is reported of each indicator of area 7, as a share of its target, by year
    2022: ["1", "0.95", "0.8", "0.5", "1", "1", "1"],
    2023: ["0.6", "1", "0.8", "0.95", "1", None, "0.1"],
}


@pytest.fixture
def area_7(plan):
    """The indicators of area 7 whose targets of both years are numbers, higher being better."""
    found = Indicator.objects.of_plan(plan).filter(area__number=7, direction="up", value_kind="number")
    both = [i for i in found if i.milestones.filter(year__in=RATES, value__gt=0).count() == len(RATES)]
    return both[: len(RATES[2022])]


@pytest.fixture
def report(plan, coordinator, area_7):
    """Let every indicator of area_7 be approved in a round with its rate; the others report nothing."""

    def make(year, state=ResultState.APPROVED):
        reporting_round = ReportingRound(
            plan=plan, year=year, opens_on=date(year + 1, 1, 2), due_on=date(year + 1, 2, 28)
        )
        services.plan_round(actor=coordinator, reporting_round=reporting_round)
        services.open_round(actor=coordinator, reporting_round=reporting_round)
        for indicator, rate in zip(area_7, RATES[year], strict=True):
            target = indicator.milestones.get(year=year).value
            result = Result(round=reporting_round, indicator=indicator, state=state)
            if rate is None:
                result.missing_reason = MissingReason.SOURCE_PENDING
            else:
                result.value = target * type(target)(rate)
            result.save()
        return reporting_round

    return make


@pytest.fixture
def publish(coordinator):
    def make(reporting_round):
        services.close_round(actor=coordinator, reporting_round=reporting_round)
        return services.publish_round(actor=coordinator, reporting_round=reporting_round)

    return make


@pytest.fixture
def two_years(report, publish):
    for year in RATES:
        publish(report(year))


# --- who sees what


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("owner", 404),
        ("stranger", 404),
        ("head", 404),
        ("coordinator", 200),
        ("administrator", 200),
        ("committee", 200),
    ],
)
def test_the_unpublished_dashboard_is_for_those_who_oversee(request, as_user, url_of, open_round, who, status):
    response = as_user(request.getfixturevalue(who)).get(url_of("indicators:work_dashboard"))
    assert response.status_code == status
    assert ("미공표 포함" in response.text) == (status == 200)


def test_a_citizen_is_sent_to_sign_in(client, url_of):
    address = url_of("indicators:work_dashboard")
    assert client.get(address).url == f"/accounts/login/?next={address}"


@pytest.mark.parametrize("who", [None, "owner", "head", "committee", "coordinator"])
def test_everybody_sees_the_public_dashboard(request, as_user, url_of, published, who):
    user = request.getfixturevalue(who) if who else None
    page = as_user(user).get(url_of("indicators:dashboard"))
    assert page.status_code == 200
    assert "2022년 실적 1판" in page.text


@pytest.mark.parametrize("name", ["dashboard", "work_dashboard"])
def test_dashboards_are_only_read(as_user, committee, url_of, name):
    assert as_user(committee).post(url_of(f"indicators:{name}")).status_code == 405


def test_a_plan_that_does_not_exist_is_not_found(as_user, committee):
    for address in ("/plans/elsewhere/dashboard/", "/plans/elsewhere/work/dashboard/"):
        assert as_user(committee).get(address).status_code == 404


def test_the_menus_lead_to_the_dashboards(client, as_user, committee, owner, url_of):
    home, public, work = url_of("plans:home"), url_of("indicators:dashboard"), url_of("indicators:work_dashboard")
    assert f'href="{public}"' in client.get(home).text
    assert f'href="{work}"' not in client.get(home).text
    assert f'href="{work}"' in as_user(committee).get(home).text
    assert f'href="{work}"' not in as_user(owner).get(home).text


# --- nothing unpublished is public


def test_the_public_page_shows_a_figure_from_its_publication_on(
    public, work, plan, open_round, owner, coordinator, indicator
):
    """A rate that no other indicator has stands for the result: 10 of 303 is 3.3 %."""

    result = Result(round=open_round, indicator=indicator, version=0)
    result = services.save_result(actor=owner, result=result, new=values(10))
    assert "3.3%" not in work("?area=1").text, "a draft belongs to its department"
    result = services.submit_result(actor=owner, result=result, new=values(10))
    assert "3.3%" in work("?area=1").text
    returned = services.return_result(actor=coordinator, result=result, comment="확인")
    assert "3.3%" not in work("?area=1").text, "what was returned is back with the department"
    result = services.submit_result(actor=owner, result=returned, new=values(10))
    services.approve_result(actor=coordinator, result=result)
    services.close_round(actor=coordinator, reporting_round=open_round)
    assert "3.3%" in work("?area=1").text
    before = public("?area=1")
    assert "3.3%" not in before.text
    assert "아직 공표된 실적이 없습니다" in before.text
    assert "2022년 이행점검" not in before.text
    services.publish_round(actor=coordinator, reporting_round=open_round)
    assert "3.3%" in public("?area=1").text
    assert section(public("?area=1"), "heat") == section(work("?area=1"), "heat")


def test_what_is_not_published_is_marked(work, report, publish):
    publish(report(2022))
    report(2023, state=ResultState.SUBMITTED)
    page = work()
    assert page.context["board"].shown.year == 2023
    assert "2023년 값은 아직 공표하지 않았습니다." in page.text
    assert "제출 7 · 승인 0 · 지표 115" in words_of(page.text)
    assert "2023 미공표" in section(page, "years")
    assert "2023 미공표" in section(page, "heat")
    assert "2022 미공표" not in words_of(page.text)
    published_year = work("?year=2022")
    assert "값은 아직 공표하지 않았습니다" not in published_year.text
    assert "2022년 실적 1판" in published_year.text


def test_a_round_that_has_not_begun_shows_nothing(work, published, plan, coordinator):
    later = ReportingRound(plan=plan, year=2023, opens_on=date(2024, 1, 2), due_on=date(2024, 2, 28))
    services.plan_round(actor=coordinator, reporting_round=later)
    assert work().context["board"].shown.year == 2022


def test_an_unpublished_year_is_judged_as_its_publication_will_be(work, public, report, publish):
    """Whatever the work page says of approved results is what publishing them says, section by section."""
    publish(report(2022))
    reporting_round = report(2023)
    before = {query: work(query) for query in ("", "?area=7", "?department=audit")}
    preview = {f.indicator_id: f for f in preview_publication(reporting_round).figures}
    readings = before[""].context["board"].shown.readings
    assert {pk: (r.status, r.rate) for pk, r in readings.items()} == {
        pk: (f.status, f.attainment) for pk, f in preview.items()
    }
    publish(reporting_round)
    for query, page in before.items():
        after = public(query)
        for name in ("now", "weak", "moved", "missing", "parts", "departments"):
            assert section(page, name) == section(after, name), (query, name)
    assert section(before["?area=7"], "in-depth").replace(" 승인", "") == section(public("?area=7"), "in-depth")


def test_verdicts_lead_to_their_explanation(work, public, plan, report, publish, area_7):
    publish(report(2022))
    report(2023)
    code = area_7[0].code
    own_page = f'href="/plans/{plan.slug}/indicators/7/{code}/why/2022/"><svg'
    result = 'href="{}"><svg'.format(reverse("indicators:result", args=[plan.slug, 2023, 7, code]))
    assert public().text.count(own_page) == 1
    assert result not in public().text
    page = work()
    assert page.text.count(own_page) == page.text.count(result) == 1


# --- what it says


def test_areas_with_distribution_and_coverage(public, two_years):
    page = public()
    assert words_of(page.text).count("0/33") >= 1
    assert shares(page)["7"] == ("6/15", "")
    assert shares(page)["1"] == ("0/33", "")
    row = section(page, "parts").split("통합적이고 포용적인 거버넌스와 이행수단")[1]
    #                     met near short poor unrated, coverage, share, better, worse
    assert row.split("달성 비율은")[0].split() == ["2", "1", "1", "2", "9", "6/15", "판정", "부족", "2", "2"]
    assert "판정한 지표 6/115 · 판정한 지표가 적어 집계하지 않음" in words_of(page.text)


def test_a_score_shows_at_the_coverage_floor_and_not_below(public, plan, two_years):
    assert shares(public())["7"] == ("6/15", "")
    Plan.objects.filter(pk=plan.pk).update(coverage_floor="0.4")
    assert shares(public())["7"] == ("6/15", "33%")
    assert "6/15 33%" in section(public(), "parts")
    assert "판정한 지표가 40%에 못 미치면" in public().text
    Plan.objects.filter(pk=plan.pk).update(coverage_floor="0.41")
    assert shares(public())["7"] == ("6/15", "")
    assert "33%" not in section(public(), "parts")


def test_the_heat_map_has_every_indicator_and_year(public, plan, two_years, area_7):
    page = public()
    heat = tight(page.text).split('<table class="heat">')[1].split("</table>")[0]
    assert re.findall(r'<th scope="col">(\d{4})</th>', heat) == [str(year) for year in plan.years]
    assert heat.count('<tr><th scope="row">') == 115
    assert heat.count('scope="rowgroup"') == 7
    rows = {row.split("</span>")[0]: row for row in heat.split("1. ")[-1].split('<span class="code">')[1:]}
    by_title = {unescape(row.split("</span>")[1].split("</a>")[0]): row for row in rows.values()}
    for indicator, first, second in zip(area_7, *RATES.values(), strict=True):
        words = re.findall(r"</svg>([가-힣]+)</a></td>", by_title[indicator.title])
        assert words == [word_of(first), word_of(second)], indicator
        assert by_title[indicator.title].count("<td></td>") == 3


def word_of(rate: str | None) -> str:
    if rate is None:
        return "불가"
    return {"1": "달성", "0.95": "근접", "0.8": "미흡"}.get(rate, "부진")


def test_what_got_better_and_worse(public, two_years, area_7):
    changes = public().context["changes"]
    assert changes.since == 2022
    # 달성 → 부진 twice; 근접 → 달성 and 부진 → 근접
    assert [(c.place.code, c.steps) for c in changes.worse] == [(area_7[0].code, -3), (area_7[6].code, -3)]
    assert [(c.place.code, c.steps) for c in changes.better] == [(area_7[3].code, 2), (area_7[1].code, 1)]
    assert (changes.same, changes.incomparable) == (2, 115 - 6)
    said = section(public(), "changes")
    assert "달성 → 부진 100% → 60%" in said
    assert "부진 → 근접 50% → 95%" in said


def test_the_first_year_has_nothing_to_be_compared_with(public, two_years):
    page = public("?year=2022")
    assert page.context["changes"] is None
    assert "견줄 앞선 해의 판정이 없습니다." in page.text


def test_what_is_missing_is_counted_by_reason(public, two_years, area_7):
    page = public()
    assert [(gap.label, len(gap.places)) for gap in page.context["gaps"]] == [("미제출", 108), ("통계 미발표", 1)]
    assert "미제출 108 통계 미발표 1" in section(page, "missing")
    assert area_7[5].title in unescape(section(page, "gaps").split("통계 미발표 1")[1])


def test_a_year_without_a_target_or_a_verdict_says_so(public, plan, open_round, publish):
    without_target = Indicator.objects.of_plan(plan).filter(value_kind="number").first()
    without_target.milestones.filter(year=2022).delete()
    in_words = Indicator.objects.of_plan(plan).filter(value_kind="text").first()
    Result.objects.create(round=open_round, indicator=without_target, value=5, state="approved")
    Result.objects.create(round=open_round, indicator=in_words, text="두 곳", state="approved")
    publish(open_round)
    gaps = {gap.label: [place.pk for place in gap.places] for gap in public().context["gaps"]}
    assert gaps["계획된 목표치 없음"] == [without_target.pk]
    assert gaps["담당자 판정 없음"] == [in_words.pk]


def test_furthest_behind_stand_in_order(public, two_years, area_7):
    page = public()
    order = [line.place.code for line in page.context["behind"]]
    assert order == [area_7[i].code for i in (6, 0, 2, 3)]
    assert [line.rate for line in page.context["behind"]] == ["10%", "60%", "80%", "95%"]


def test_departments_stand_side_by_side(public, two_years, area_7):
    page = public("?area=7")
    names = {part.title: part.distribution for _link, part in page.context["departments"]}
    expected = Department.objects.filter(tasks__indicators__area__number=7).distinct()
    assert set(names) == set(expected.values_list("name", flat=True))
    for department in expected:
        indicators = Indicator.objects.filter(area__number=7).of_department(department)
        assert names[department.name].total == indicators.count()


def test_years_stand_side_by_side(public, two_years):
    years = {part.title: part.distribution for _link, part in public("?area=7").context["years"]}
    assert {title: d.counts[Status.MET] for title, d in years.items()} == {"2022": 4, "2023": 2}
    assert {title: (d.coverage.rated, d.coverage.total) for title, d in years.items()} == {
        "2022": (7, 15),
        "2023": (6, 15),
    }


def test_the_weakest_part_needs_another_to_be_compared_with(public, plan, two_years):
    assert public().context["weakest"] is None
    Plan.objects.filter(pk=plan.pk).update(coverage_floor="0")
    assert public().context["weakest"] is None, "one area alone has figures"


def test_the_bars_of_all_rows_fill_their_width(public, two_years):
    for bar in re.findall(r'<svg class="dist-bar" aria-hidden="true">(.*?)</svg>', public().text):
        widths = [float(width) for width in re.findall(r'width="([\d.]+)%" height', bar)]
        assert sum(widths) == pytest.approx(100, abs=0.01)


# --- filters


@pytest.mark.parametrize(
    ("query", "places", "chosen"),
    [
        ("", 115, 0),
        ("?area=7", 15, 1),
        ("?area=7&department=audit", 2, 2),
        ("?department=audit", 2, 1),
        ("?year=2022", 115, 1),
        ("?area=7&goal=&department=&year=", 15, 1),
        ("?area=99", 115, 0),
        ("?area=x&goal=1&department=nowhere&year=1999", 115, 0),
        ("?area=7&goal=1-1", 15, 1),
        ("?year=2024", 115, 0),
    ],
)
def test_the_address_narrows_the_page(public, two_years, query, places, chosen):
    page = public(query)
    assert page.status_code == 200
    assert len(page.context["board"].places) == places
    assert page.context["filters"].chosen == chosen
    assert page.context["distribution"].total == places


def test_a_goal_in_depth(public, plan, two_years):
    goal = Goal.objects.get(area__plan=plan, area__number=7, number=3)
    expected = set(Indicator.objects.filter(tasks__target__goal=goal).values_list("code", flat=True))
    page = public("?area=7&goal=7-3")
    assert {place.code for place in page.context["board"].places} == expected
    assert "세부목표별" in page.text
    targets = set(Target.objects.filter(goal=goal, tasks__indicators__isnull=False).values_list("code", flat=True))
    assert {part.code for _link, part in page.context["parts"]} == targets
    assert {line.place.code for line in page.context["in_depth"]} == expected
    assert goal.title in page.text.split("scope")[1]


def test_an_area_in_depth_shows_its_goals_and_values(public, two_years, area_7):
    page = public("?area=7")
    assert [part.code for _link, part in page.context["parts"]] == ["1", "2", "3"]
    assert "?area=7&amp;goal=7-1" in page.text
    line = next(line for line in page.context["in_depth"] if line.place.pk == area_7[0].pk)
    assert line.rate == "60%"
    assert [bool(number) for number in line.course] == [True, True]
    assert page.context["in_depth"][0].target in section(page, "in-depth")


def test_choices_stay_in_the_address_and_in_the_form(public, two_years):
    page = public("?department=audit&year=2022")
    assert '<option value="audit" selected>' in page.text
    assert '<option value="2022" selected>' in page.text
    assert 'href="?department=audit&amp;year=2022&amp;area=7"' in page.text
    assert 'href="?department=audit&amp;year=2023"' in page.text


@pytest.mark.parametrize("query", ["?area=99", "?goal=9-9", "?department=<script>", "?year=x", "?area=7&goal=1-1"])
def test_a_choice_that_is_none_is_named_at_its_field(public, two_years, query):
    page = public(query)
    assert page.text.count("고를 수 없는 값이라 빼고 보입니다.") == 1
    assert page.text.count('aria-invalid="true"') == 1
    assert "<script>" not in page.text


def test_no_match_says_so(public, two_years):
    page = public("?area=1&department=audit")
    assert page.status_code == 200
    assert "조건에 맞는 지표가 없습니다." in page.text


def test_before_the_first_round_both_pages_say_what_will_be_here(public, work):
    for page in (public(), work()):
        assert page.status_code == 200
        assert "아직 공표된 실적이 없습니다." in page.text


def test_texts_are_escaped(public, two_years, area_7):
    Indicator.objects.filter(pk=area_7[0].pk).update(title='<b onclick="x">&')
    Area.objects.filter(number=7).update(title="<i>분야</i>")
    Department.objects.filter(tasks__indicators=area_7[0]).update(name="<u>부서</u>")
    for query in ("", "?area=7"):
        page = public(query).text
        for raw in ("<b onclick", "<i>분야", "<u>부서"):
            assert raw not in page
        assert "&lt;b onclick=&quot;x&quot;&gt;&amp;" in page


# --- demo


def test_demo_figures_are_marked(public, work, two_years):
    assert "시범" not in public().text
    ReportingRound.objects.filter(year=2023).update(is_demo=True)
    for page in (public(), work()):
        assert "시범 자료이며 실제 실적이 아닙니다" in page.text
        assert "2023 시범" in section(page, "years")
        assert "2022 시범" not in section(page, "years")


# --- a constant number of queries


def copy_areas(plan, times):
    """Give *plan* as many more copies of all it holds, with figures in every publication, by bulk."""
    publications = list(Publication.objects.of_plan(plan))
    figures = {(f.publication_id, f.indicator_id): f for f in Figure.objects.filter(publication__in=publications)}
    areas = list(plan.areas.prefetch_related("goals__targets__tasks", "indicators__tasks", "indicators__milestones"))
    for turn in range(1, times + 1):
        for area in areas:
            new_area = Area.objects.create(plan=plan, number=area.number + 10 * turn, title=area.title)
            tasks = {}
            for goal in area.goals.all():
                new_goal = Goal.objects.create(area=new_area, number=goal.number, title=goal.title)
                for target in goal.targets.all():
                    new_target = Target.objects.create(goal=new_goal, code=target.code, title=target.title)
                    for task in target.tasks.all():
                        tasks[task.pk] = Task.objects.create(
                            target=new_target, code=task.code, title=task.title, department_id=task.department_id
                        )
            for old in area.indicators.all():
                new = Indicator.objects.create(
                    area=new_area, code=old.code, title=old.title, unit=old.unit, direction=old.direction
                )
                new.tasks.set(tasks[task.pk] for task in old.tasks.all())
                Milestone.objects.bulk_create(
                    Milestone(indicator=new, year=m.year, value=m.value, text=m.text, missing_reason=m.missing_reason)
                    for m in old.milestones.all()
                )
                for publication in publications:
                    figure = figures[publication.pk, old.pk]
                    figure.pk, figure.indicator = None, new
                    figure._state.adding = True
                    figure.save(force_insert=True)


@pytest.fixture
def grown(plan, report, publish):
    """2022 published, 2023 open, and the plan ten times as large as it was."""
    publish(report(2022))
    report(2023)
    return lambda: copy_areas(plan, 9)


@pytest.mark.parametrize("query", ["", "?area=7&goal=7-1&department=audit&year=2022"])
def test_the_number_of_queries_does_not_grow(public, work, grown, query, django_assert_num_queries):
    for size in (115, 1150):
        assert Indicator.objects.count() == size
        with django_assert_num_queries(PUBLIC_QUERIES):
            assert public(query).status_code == 200
        with django_assert_num_queries(WORK_QUERIES):
            assert work(query).status_code == 200
        if size == 115:
            grown()
