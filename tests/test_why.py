"""Every published verdict opens its explanation, and the way to the last target is kept with the figure."""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal

import pytest

from commons.values import plain_number
from indicators import services
from indicators.figures.services.publications import digest_of
from indicators.models import Figure, Indicator, Milestone, Publication, ReportingRound, Result

from .conftest import make_user, values

APPROVER = "승인한 사람의 이름"


@pytest.fixture
def coordinator(db):
    user = make_user("coordinator", "coordinator")
    user.name = APPROVER
    user.save()
    return user


@pytest.fixture
def publish_year(plan, coordinator, owner):
    """Return a function that publishes one year with the given results, by area number and code."""

    def publish(year, results, *, is_demo=False):
        reporting_round = ReportingRound(
            plan=plan, year=year, opens_on=date(year + 1, 1, 2), due_on=date(year + 1, 2, 28), is_demo=is_demo
        )
        services.plan_round(actor=coordinator, reporting_round=reporting_round)
        services.open_round(actor=coordinator, reporting_round=reporting_round)
        for (area, code), fields in results.items():
            indicator = Indicator.objects.get_by_natural_key(plan.slug, area, code)
            result = Result.objects.create(round=reporting_round, indicator=indicator, state="submitted", **fields)
            services.approve_result(actor=coordinator, result=result)
        services.close_round(actor=coordinator, reporting_round=reporting_round)
        return services.publish_round(actor=coordinator, reporting_round=reporting_round)

    return publish


def figure_of(publication, area, code):
    return publication.figures.get(indicator__area__number=area, indicator__code=code)


WORK = (1, "1-1-2-1")  # 자활사업 참여자 수: 303, 320, 330, 340, 350


# --- the trajectory at publication


def test_the_first_year_has_no_course_yet(published):
    figure = figure_of(published, *WORK)
    assert (figure.pace, figure.track, figure.track_reason) == (None, "undefined", "one_point")
    assert figure.inputs["trajectory"] == {
        "points": [[2022, "310"]],
        "final": {"year": 2026, "value": "350", "text": ""},
    }


@pytest.mark.parametrize(
    ("second", "pace", "track", "word"),
    [
        ("320", "1", "on_track", "정상 추진"),
        ("317", "0.7", "slow", "다소 지연"),
        ("313", "0.3", "lagging", "크게 지연"),
        ("310", "0", "lagging", "크게 지연"),
        ("300", "-1", "regress", "역행"),
    ],
)
def test_the_second_year_has(publish_year, client, url_of, second, pace, track, word):
    publish_year(2022, {WORK: {"value": 310}})
    figure = figure_of(publish_year(2023, {WORK: {"value": Decimal(second)}}), *WORK)
    assert (figure.pace, figure.track, figure.track_reason) == (Decimal(pace), track, "pace")
    page = client.get(url_of("indicators:indicator", *WORK))
    row = page.context["series"].rows[1]
    assert (row.track, str(row.track.label)) == (track, word)
    assert f"{word}</span>" in page.text
    why = client.get(url_of("indicators:why", *WORK, 2023)).text
    assert f"({second} − 310) ÷ (350 − 310)" in why
    assert "(2023 − 2022) ÷ (2026 − 2022)" in why


@pytest.mark.parametrize(
    ("key", "fields", "reason", "words"),
    [
        ((1, "3-1-3-1"), {"value": 2}, "final_in_words", "마지막 목표(2026년 수요조사)가 서술이어서"),
        ((3, "2-1-1-1"), {"text": "1,500/510", "verdict": "met"}, "words", "이 해의 실적이 서술이어서"),
        ((1, "3-1-2-1"), {"value": 5}, "no_final", "계획에 목표치가 없어"),
        (WORK, {"missing_reason": "source_pending"}, "no_actual", "이 해의 실적이 없어"),
        (WORK, {"value": 310}, "one_point", "첫 실적이어서 아직 견줄 변화가 없습니다"),
    ],
)
def test_without_a_course_the_page_says_why(publish_year, client, url_of, key, fields, reason, words):
    figure = figure_of(publish_year(2022, {key: fields}), *key)
    assert (figure.pace, figure.track, figure.track_reason) == (None, "undefined", reason)
    assert words in client.get(url_of("indicators:why", *key, 2022)).text


@pytest.mark.parametrize(
    ("key", "first", "second", "track", "reason", "words"),
    [
        ((1, "2-1-3-1"), 1300, 1310, "on_track", "held", "그 목표를 지키고 있어"),
        ((1, "2-1-3-1"), 1400, 1310, "on_track", "held", "다만 첫 실적보다는 나빠졌습니다."),
        ((1, "2-1-3-1"), 1300, 1250, "slow", "slipped", "목표에 5% 안으로 못 미칩니다"),
        ((1, "2-1-3-1"), 1300, 1000, "regress", "lost", "이룬 것을 잃었으므로 역행입니다."),
        ((1, "4-1-1-1"), 30, 36, "on_track", "reached", "5% 안으로 가까워져"),
        ((7, "1-1-1-1"), 2, 1, "on_track", "grade", "마지막 목표(2026년 1등급)에 이르렀습니다."),
        ((7, "1-1-1-1"), 2, 2, "lagging", "grade", "첫 실적(2022년 2등급)에서 움직이지 않았고"),
        ((7, "1-1-1-1"), 2, 3, "regress", "grade", "첫 실적(2022년 2등급)보다 등급이 나빠졌습니다."),
        ((7, "1-1-1-1"), 3, 2, "undefined", "grade", "등급은 순위여서 속도를 셈하지 않습니다."),
        ((6, "4-1-3-1"), 2, 2, "lagging", "pace", "(2 − 2) ÷ (0 − 2)"),
    ],
)
def test_special_courses_are_told_in_words(publish_year, client, url_of, key, first, second, track, reason, words):
    publish_year(2022, {key: {"value": first}})
    figure = figure_of(publish_year(2023, {key: {"value": second}}), *key)
    assert (figure.track, figure.track_reason) == (track, reason)
    assert words in client.get(url_of("indicators:why", *key, 2023)).text


def test_a_year_without_a_last_target_looks_at_the_one_before(publish_year):
    """6/2-2-3-1 has no target for 2026."""
    publish_year(2022, {(6, "2-2-3-1"): {"value": 39}})
    figure = figure_of(publish_year(2023, {(6, "2-2-3-1"): {"value": 36}}), 6, "2-2-3-1")
    assert figure.inputs["trajectory"]["final"] == {"year": 2025, "value": "35", "text": ""}
    assert (figure.track, figure.track_reason) == ("on_track", "held")


def test_a_missing_year_between_is_skipped_and_a_change_of_unit_begins_anew(publish_year, indicator):
    publish_year(2022, {WORK: {"value": 310}})
    publish_year(2023, {WORK: {"missing_reason": "source_pending"}})
    third = figure_of(publish_year(2024, {WORK: {"value": 330}}), *WORK)
    assert third.inputs["trajectory"]["points"] == [[2022, "310"], [2024, "330"]]
    assert third.pace == 1
    indicator.unit = "가구"
    indicator.save()
    fourth = figure_of(publish_year(2025, {WORK: {"value": 200}}), *WORK)
    assert fourth.inputs["trajectory"]["points"] == [[2025, "200"]]
    assert fourth.track_reason == "one_point"


def test_real_results_are_never_measured_from_demo_ones(publish_year):
    publish_year(2022, {WORK: {"value": 310}}, is_demo=True)
    assert figure_of(publish_year(2023, {WORK: {"value": 320}}), *WORK).track_reason == "one_point"


def test_a_later_edition_computes_anew_from_what_is_published_by_then(publish_year, coordinator, client, url_of):
    publish_year(2022, {WORK: {"value": 310}})
    publish_year(2023, {WORK: {"value": 320}})

    def correct(year, value):
        result = Result.objects.get(round__year=year)
        services.correct_result(actor=coordinator, result=result, new=values(value), comment="오기")
        return services.publish_round(actor=coordinator, reporting_round=result.round, reason="오기를 고침")

    correct(2022, 300)
    why = url_of("indicators:why", *WORK, 2023)
    page = client.get(why)
    assert page.context["explanation"].newer_points == [(2022, "310명", "300명")]
    assert "310명에서 300명(으)로 정정되었습니다." in page.text

    second = correct(2023, 325)
    figure = figure_of(second, *WORK)
    assert figure.inputs["trajectory"]["points"] == [[2022, "300"], [2023, "325"]]
    assert figure.pace == 2
    assert client.get(why).context["explanation"].newer_points == []
    first = client.get(why, {"edition": "1"})
    assert "(320 − 310) ÷ (350 − 310)" in first.text
    assert "뒤에 정정된 판입니다." in first.text
    changes = client.get(url_of("indicators:indicator", *WORK)).context["corrections"][0].changes
    assert ("궤도", "정상 추진 100%", "정상 추진 200%") in changes


def test_a_changed_course_alone_is_worth_an_edition(publish_year, coordinator):
    publish_year(2022, {WORK: {"value": 310}})
    publication = publish_year(2023, {WORK: {"value": 320}})
    result = Result.objects.get(round__year=2022)
    services.correct_result(actor=coordinator, result=result, new=values(300), comment="오기")
    services.publish_round(actor=coordinator, reporting_round=result.round, reason="오기를 고침")
    again = services.publish_round(actor=coordinator, reporting_round=publication.round, reason="궤도를 다시 산정함")
    assert figure_of(again, *WORK).inputs["trajectory"]["points"][0] == [2022, "300"]


# --- fingerprints


def test_the_hash_covers_track_and_approver(publish_year):
    publish_year(2022, {WORK: {"value": 310}})
    publication = publish_year(2023, {WORK: {"value": 320}})
    for change in (
        {"pace": Decimal("0.5")},
        {"track": "slow"},
        {"track_reason": "held"},
        {"inputs": {"approved": None}},
    ):
        figures = list(publication.figures.all())
        assert digest_of(figures) == publication.sha256
        figure = next(f for f in figures if f.track == "on_track")
        for name, value in change.items():
            setattr(figure, name, figure.inputs | value if name == "inputs" else value)
        assert digest_of(figures) != publication.sha256


@pytest.mark.parametrize("first", ["0.0002", "0"])
def test_the_largest_numbers_that_can_be_typed_are_published_and_hashed(publish_year, indicator, client, url_of, first):
    indicator.milestones.update(value=Decimal("0.0001"))
    indicator.direction = "down" if first == "0.0002" else "up"
    indicator.save()
    publish_year(2022, {WORK: {"value": Decimal(first)}})
    publication = publish_year(2023, {WORK: {"value": Decimal("999999999999999")}})
    assert digest_of(publication.figures.all()) == publication.sha256
    assert figure_of(publication, *WORK).track == ("regress" if first == "0.0002" else "on_track")
    assert client.get(url_of("indicators:why", *WORK, 2023)).status_code == 200


@pytest.fixture
def old_edition(open_round, indicator):
    """An edition of one figure as method version 1 published it, hashed as it was then."""
    inputs = {
        "area": 1,
        "code": "1-1-2-1",
        "title": indicator.title,
        "unit": "명",
        "kind": "number",
        "direction": "up",
        "decimals": 0,
        "bands": {"met": "1", "near": "0.9", "short": "0.7"},
        "departments": ["사회복지과"],
        "breakdowns": [],
        "method_version": "1",
    }
    row = {
        "target": ["303", "", ""],
        "actual": ["310", "", ""],
        "attainment": "1.023102",
        "status": ["met", "rate"],
        "explanation": ["", "", "", ""],
        "inputs": inputs,
    }
    text = json.dumps([row], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    publication = Publication.objects.create(
        round=open_round,
        edition=1,
        published_by_name="총괄",
        method_version="1",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
    )
    Figure.objects.create(
        publication=publication,
        indicator=indicator,
        target_value=303,
        actual_value=310,
        attainment=Decimal("1.023102"),
        status="met",
        status_reason="rate",
        inputs=inputs,
    )
    return publication


def test_an_edition_of_the_first_method_keeps_its_hash_and_stays_readable(old_edition, client, url_of):
    assert digest_of(old_edition.figures.all()) == old_edition.sha256
    page = client.get(url_of("indicators:why", *WORK, 2022)).text
    assert "판정 방법 제1판으로 공표되었고, 그때에는 궤도를 산정하지 않았습니다." in page
    assert "310 ÷ 303 = 102.3%" in page
    assert "이 판에는 승인한 날이 따로 담겨 있지 않습니다." in page
    indicator = client.get(url_of("indicators:indicator", *WORK))
    assert "산정하지 않은 판" in indicator.text
    home = client.get(url_of("plans:home"))
    assert home.context["tracks"] is None
    assert "2026년 목표를 향한 궤도" not in home.text


def test_a_first_track_is_no_correction(old_edition, approved, coordinator, client, url_of):
    services.close_round(actor=coordinator, reporting_round=old_edition.round)
    second = services.publish_round(
        actor=coordinator, reporting_round=old_edition.round, reason="판정 방법이 바뀌어 다시 공표함"
    )
    assert figure_of(second, *WORK).track == "undefined"
    assert client.get(url_of("indicators:indicator", *WORK)).context["corrections"] == []


# --- the page


def test_the_page_answers_with_inputs_formula_band_office_edition_and_method(published, client, url_of):
    page = client.get(url_of("indicators:why", *WORK, 2022)).text
    approved_on = published.figures.get(indicator__code="1-1-2-1", actual_value=310).inputs["approved"]["on"]
    for said in (
        "자활사업 참여자 수",
        "303명",
        "310명",
        "높을수록 좋음",
        "실적 ÷ 목표",
        "310 ÷ 303 = 102.3%",
        "100% 이상이면 달성입니다.",
        "70% 미만이면 부진입니다.",
        "사회복지과",
        f"총괄 담당자가 승인, {approved_on}",
        "2022년 실적 1판",
        "판정 방법 제2판",
        published.sha256,
    ):
        assert said in page, said


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("coordinator", True),
        ("administrator", True),
        ("owner", True),
        ("stranger", True),
        ("head", True),
        ("committee", False),
        (None, False),
    ],
)
def test_the_name_of_the_approver_is_for_staff(request, as_user, published, url_of, who, sees):
    user = request.getfixturevalue(who) if who else None
    page = as_user(user).get(url_of("indicators:why", *WORK, 2022)).text
    assert (f"({APPROVER})" in page) is sees


def test_a_result_without_a_result_says_so(published, client, url_of):
    page = client.get(url_of("indicators:why", 1, "1-1-1-1", 2022)).text
    assert "승인한 실적이 없습니다." in page
    assert "실적이 없어 판정하지 않았습니다. 사유: 미제출" in page


def test_a_correction_names_who_corrected(publish_year, coordinator, administrator, client, url_of):
    publish_year(2022, {WORK: {"value": 310}})
    result = Result.objects.get()
    services.correct_result(actor=administrator, result=result, new=values(300), comment="오기")
    second = services.publish_round(actor=coordinator, reporting_round=result.round, reason="오기")
    assert figure_of(second, *WORK).inputs["approved"]["name"] == str(administrator)
    assert "시스템 관리자가 승인" in client.get(url_of("indicators:why", *WORK, 2022)).text


@pytest.mark.parametrize(
    ("year", "edition"),
    [(2022, "2"), (2022, "0"), (2022, "x"), (2022, "-1"), (2022, "²"), (2022, "9" * 30), (2023, ""), (99, "")],
)
def test_an_edition_or_a_year_that_does_not_exist_is_not_found(published, client, url_of, year, edition):
    address = url_of("indicators:why", *WORK, year)
    assert client.get(address, {"edition": edition} if edition else {}).status_code == 404


def test_the_page_is_only_read(published, client, url_of):
    assert client.post(url_of("indicators:why", *WORK, 2022)).status_code == 405


def test_what_is_not_published_has_no_explanation(approved, as_user, coordinator, url_of):
    assert as_user(coordinator).get(url_of("indicators:why", *WORK, 2022)).status_code == 404


def test_the_other_method_is_shown_beside_when_asked(publish_year, client, url_of):
    falling = (2, "2-2-1-1")  # 2.5 to 1.5 by 2026
    publish_year(2022, {falling: {"value": Decimal("2.5")}})
    publish_year(2024, {falling: {"value": Decimal("2.0")}})
    page = client.get(url_of("indicators:why", *falling, 2024)).text
    assert "다른 방법(Open SDG)으로 셈하면" in page
    assert "그동안의 연평균 증가율 -10.56%, 목표에 필요한 연평균 증가율 -11.99%, 둘의 비 88%." in page
    assert "속도를 높여야 함" in page
    assert figure_of(Publication.objects.get(round__year=2024), *falling).track == "on_track"


# --- every mark leads there

MARKED = [
    "",
    "areas/1/",
    "tasks/?area=1",
    "tasks/1/1-1-2/",
    "indicators/",
    "indicators/1/1-1-2-1/",
    "departments/social-welfare/",
    "search/?q=자활",
    "voices/labour/",
    "voices/labour/2022/5/",
]


@pytest.mark.parametrize("path", MARKED)
def test_every_mark_of_a_verdict_is_a_link_to_its_explanation(publish_year, plan, client, path):
    publish_year(2022, {WORK: {"value": 310}})
    publish_year(2023, {WORK: {"value": 320}, (1, "1-1-1-1"): {"value": 18900}})
    page = client.get(f"/plans/{plan.slug}/{path}")
    assert page.status_code == 200
    body = re.sub(r'<ul class="dist-legend">.*?</ul>', "", page.text, flags=re.DOTALL)
    links = re.findall(r'<a class="why-mark" href="([^"]+)">(.*?)</a>', body, flags=re.DOTALL)
    assert len(re.findall(r'class="status (?:status|track)-', body)) == len(links)
    assert links
    for address, content in links[:4]:
        assert client.get(address).status_code == 200
        assert re.search(r'<span class="visually-hidden"> – 지표 \d/[\d-]+ \d{4} 판정 근거</span>', content)


# --- aggregates


def test_a_shared_indicator_counts_once_in_area_goal_and_target(publish_year, plan, client):
    """5/1-1-1-1 belongs to two tasks of one target."""
    publish_year(2022, {(5, "1-1-1-1"): {"value": Decimal("1.4")}})
    page = client.get(f"/plans/{plan.slug}/areas/5/")
    _goal, targets, of_goal = page.context["tree"][0]
    _target, tasks, of_target = targets[0]
    assert [len(rows) for _task, rows in tasks][:2] == [1, 1]
    assert (of_target.coverage.rated, of_target.total) == (1, 1)
    assert of_goal.coverage.rated == 1
    assert (page.context["distribution"].coverage.rated, page.context["distribution"].total) == (1, 8)


def test_tracks_are_gathered_beside_the_verdicts_with_their_own_coverage(publish_year, client, url_of):
    publish_year(2022, {WORK: {"value": 310}, (1, "1-1-1-1"): {"value": 17180}})
    publish_year(2023, {WORK: {"value": 320}, (1, "1-1-1-1"): {"value": 17000}})
    page = client.get(url_of("plans:home"))
    tracks = page.context["tracks"]
    assert {track.value: count for track, count in tracks.counts.items() if count} == {
        "on_track": 1,
        "regress": 1,
        "undefined": 113,
    }
    assert tracks.met_share == ""
    assert "산정한 지표가 적어 집계하지 않음" in page.text
    assert "궤도를 산정한 지표 2/115" in page.text


# --- the method page


def test_the_method_page_works_its_examples_with_the_plan(client, url_of):
    page = client.get(url_of("plans:method"))
    for said in (
        "16,321 ÷ 17,180 = 95%.",
        "2 − 28.2 ÷ 26.1 = 91.9%.",
        "1 − |34 − 32| ÷ |32| = 93.7%.",
        "실적 3등급이 목표 2등급보다 1등급 낮습니다.",
        "재난 피해 현황(인명/피해액)",
        "1,500/510",
        "수요조사",
        "해당없음(시설 공사중)",
        "유아숲체험원 조성 면적(누적)",
        "‘10회 이상’은 목표 10",
        "시간제보육시설 확대운영에 따른 이용 인원",
        "(134 − 90) ÷ (170 − 90) = 55%.",
        "첫 실적에서 움직이지 않았습니다.",
        "이룬 것을 잃었으므로 역행입니다.",
        "Progress Measurement Methodology",
        "둘의 비 88%.",
        "예시 실적",
        "과제 2개가 함께 쓰지만 한 지표입니다.",
    ):
        assert said in page.text, said
    assert len(page.context["examples"].words) == Milestone.objects.exclude(text="").count() == 9


def test_the_method_page_needs_no_kind_of_indicator(plan, client, url_of):
    Indicator.objects.of_plan(plan).exclude(area__number=1, code="3-1-2-1").delete()
    page = client.get(url_of("plans:method"))
    assert page.status_code == 200
    assert page.context["examples"].rates == []


# --- running totals


def test_a_running_total_that_falls_is_questioned_and_told_on_its_page(publish_year, plan, client, url_of):
    total = Indicator.objects.get_by_natural_key(plan.slug, 5, "4-2-1-1")
    assert total.is_cumulative
    assert Indicator.objects.filter(is_cumulative=True).count() == 3
    publish_year(2022, {(5, "4-2-1-1"): {"value": 5920}})
    assert "누계끼리 견줍니다" in client.get(total.get_absolute_url()).text
    assert "숫자 · 누계" in client.get(url_of("indicators:why", 5, "4-2-1-1", 2022)).text


def test_figures_keep_plain_numbers(publish_year):
    figure = figure_of(publish_year(2022, {(2, "2-2-1-1"): {"value": Decimal("2.50")}}), 2, "2-2-1-1")
    assert figure.inputs["trajectory"]["points"] == [[2022, plain_number(Decimal("2.5"))]]
