"""The read-only API: the same values as the downloads, everything exactly once, nothing that is not published."""

import json
import re
from decimal import Decimal

import pytest
from django.test import Client
from openapi_spec_validator import validate

from commons.codes import sort_code
from commons.values import plain_number
from indicators import services
from indicators.models import Indicator, Milestone, ReportingRound, Result
from plans.models import Plan
from sdgplan.api.catalogue import RESOURCES
from sdgplan.open_data.tables import TABLES
from stakeholders import services as voices
from stakeholders.choices import Stance
from stakeholders.models import Consolidation, Deliberation, Opinion

from .conftest import answer, values
from .test_public_pages import publish, small_plan  # noqa: F401

PLAN = "/api/v1/plans/seodaemun-2022/"
NAMES = [resource.name for resource in RESOURCES if resource.is_of_plan]
TABLE = {table.name: table for table in TABLES}


def read(address: str):
    """The content of an address, numbers exact."""
    response = Client().get(address)
    assert response.status_code == 200, response.text
    return json.loads(response.text, parse_float=Decimal, parse_int=Decimal)


def items_of(name: str, query: str = "") -> list[dict]:
    found = read(f"{PLAN}{name}/?page_size=2000{query and '&' + query}")
    assert found["count"] == len(found["items"])
    return found["items"]


def rows_of(name: str) -> list[tuple]:
    """A table of the open data as the texts of its cells."""
    plan = Plan.objects.get(slug="seodaemun-2022")
    return [texts(*row) for row in TABLE[name].rows(plan)]


def texts(*cells) -> tuple:
    return tuple(plain_number(c) if isinstance(c, Decimal) else "" if c is None else str(c) for c in cells)


@pytest.fixture
def fractions(published, plan, coordinator):
    """A second round with numbers that floats cannot hold exactly, a text, a reason and a correction."""
    codes = [(1, "1-1-2-1"), (1, "1-1-1-1"), (2, "1-1-1-1"), (3, "1-1-1-1")]
    given = [{"value": Decimal("0.1")}, {"value": Decimal("12345678901.2345")}, {"text": "1,500/510"}]
    given += [{"missing_reason": "source_pending"}]
    reporting_round = ReportingRound(plan=plan, year=2023, opens_on="2024-01-02", due_on="2024-02-28")
    services.plan_round(actor=coordinator, reporting_round=reporting_round)
    services.open_round(actor=coordinator, reporting_round=reporting_round)
    for (area, code), value in zip(codes, given, strict=True):
        indicator = Indicator.objects.get_by_natural_key(plan.slug, area, code)
        Result.objects.create(round=reporting_round, indicator=indicator, state="approved", **value)
    services.close_round(actor=coordinator, reporting_round=reporting_round)
    services.publish_round(actor=coordinator, reporting_round=reporting_round)
    result = Result.objects.get(round=reporting_round, indicator__code="1-1-2-1", indicator__area__number=1)
    services.correct_result(actor=coordinator, result=result, new=values("0.0001"), comment="오기")
    services.publish_round(actor=coordinator, reporting_round=reporting_round, reason="오기")
    return reporting_round


# --- the same values as the downloads


def test_structure_is_that_of_the_downloads(plan):
    areas = items_of("areas")
    assert [texts(a["number"], a["title"]) for a in areas] == rows_of("areas")
    goals = [texts(a["number"], g["number"], g["title"]) for a in areas for g in a["goals"]]
    assert sorted(goals) == sorted(rows_of("goals"))
    targets = [
        texts(a["number"], g["number"], t["code"], t["title"]) for a in areas for g in a["goals"] for t in g["targets"]
    ]
    assert sorted(targets) == sorted(rows_of("targets"))
    tasks = [
        texts(t["area"], t["target"], t["code"], t["title"], t["department"]["name"], t["team"])
        for t in items_of("tasks")
    ]
    assert tasks == rows_of("tasks")


def test_indicators_and_milestones_are_those_of_the_downloads(plan):
    indicators = items_of("indicators")
    shown = [
        (
            *texts(i["area"], i["code"], i["title"], i["unit"], i["direction"], i["value_kind"]),
            ";".join(task.rsplit("/", 1)[1] for task in i["tasks"]),
            ";".join(department["name"] for department in i["departments"]),
        )
        for i in indicators
    ]
    assert shown == rows_of("indicators")
    milestones = [
        texts(i["area"], i["code"], y["year"], *(y["milestone"][k] for k in ("value", "text", "missing_reason")))
        for i in indicators
        for y in i["years"]
    ]
    assert milestones == rows_of("milestones")


def test_figures_are_those_of_the_download_in_every_edition(fractions):
    keys = ("area", "code", "year", "edition", "target", "actual", "text", "missing_reason", "attainment", "status")
    figures = items_of("figures", "edition=all")
    shown = [texts(*(f["target_text"] or f[k] if k == "target" else f[k] for k in keys)) for f in figures]
    assert sorted(shown) == sorted(rows_of("figures"))
    assert len(shown) == 3 * 115
    assert any(row[5] == "12345678901.2345" for row in shown)
    assert any(row[5] == "0.0001" for row in shown)


def test_an_indicator_holds_the_newest_figure_of_each_year(fractions):
    newest = {
        (f["indicator"], f["year"]): {k: f[k] for k in ("edition", "unit", "target", "actual", "status", "track")}
        for f in items_of("figures")
    }
    shown = {
        (i["id"], y["year"]): {k: y["figure"][k] for k in ("edition", "unit", "target", "actual", "status", "track")}
        for i in items_of("indicators")
        for y in i["years"]
        if y["figure"]
    }
    assert shown == newest
    own = read(f"{PLAN}indicators/1/1-1-2-1/")
    assert [(y["year"], y["figure"] and y["figure"]["actual"]) for y in own["years"]][:3] == [
        (2022, 310),
        (2023, Decimal("0.0001")),
        (2024, None),
    ]
    # The page of one reads its rows by name, the whole list reads them all: the same comes of it.
    assert own in items_of("indicators")


def test_opinions_and_replies_are_those_of_the_downloads(replied):
    opinions = [
        texts(*(o["group"]["name"] if k == "group" else o[k] for k in TABLE["opinions"].columns[:2]))
        + texts(o["area"], o["ref_level"], o["ref_code"], o["cited_code"], o["kind"], o["summary"])
        for o in items_of("opinions")
    ]
    assert sorted(opinions) == sorted(rows_of("opinions"))
    labels = {"": ""} | {value: str(label) for value, label in Stance.choices}
    replies = [
        texts(r["question_no"], ";".join(g["name"] for g in r["groups"]))
        + texts(r["area"], r["ref_level"], r["ref_code"], r["cited_code"], department["name"])
        + texts(labels[r["stance"]], r["question_summary"], r["reply_summary"])
        for r in items_of("replies")
        for department in (r["department"], *r["together_with"])
    ]
    answered = [row for row in rows_of("replies") if row[6]]
    assert sorted(replies) == sorted(answered)


# --- lists, items, filters


@pytest.mark.parametrize("name", NAMES)
def test_pages_hold_everything_once_in_the_same_order(replied, fractions, name):
    whole = [item["id"] for item in items_of(name)]
    walked, address = [], f"{PLAN}{name}/?page_size={3 if name == 'areas' else 31}"
    while address:
        page = read(address)
        assert page["count"] == len(whole)
        walked += [item["id"] for item in page["items"]]
        address = page["next"]
    assert walked == whole
    assert len(set(whole)) == len(whole)
    assert page["previous"]
    assert read(f"{PLAN}{name}/?page=90000")["items"] == []


def test_codes_are_in_their_natural_order(plan):
    for name in ("tasks", "indicators"):
        codes = [(item["area"], sort_code(item["code"])) for item in items_of(name)]
        assert codes == sorted(codes)
    assert [i["code"] for i in items_of("indicators")] != sorted(i["code"] for i in items_of("indicators"))


@pytest.mark.parametrize("name", NAMES)
def test_every_address_of_an_item_answers(replied, published, name):
    for item in (items_of(name)[0], items_of(name)[-1]):
        assert read(item["links"]["self"]) == item
        for address in item["links"].values():
            assert Client().get(address).status_code == 200, address


FILTERS = [
    ("areas", "q=환경", lambda i: "환경" in i["title"]),
    ("tasks", "area=2", lambda i: i["area"] == 2),
    ("tasks", "area=1&goal=2", lambda i: i["area"] == 1 and i["goal"] == 2),
    ("tasks", "area=1&target=2-1", lambda i: i["area"] == 1 and i["target"] == "2-1"),
    ("tasks", "department=social-welfare", lambda i: i["department"]["slug"] == "social-welfare"),
    ("tasks", "status=met", lambda i: "seodaemun-2022/1/1-1-2-1" in i["indicators"]),
    ("indicators", "area=3", lambda i: i["area"] == 3),
    ("indicators", "area=1&task=1-1-2", lambda i: "seodaemun-2022/1/1-1-2" in i["tasks"]),
    ("indicators", "department=medical", lambda i: "medical" in {d["slug"] for d in i["departments"]}),
    ("indicators", "status=met", lambda i: i["years"][0]["figure"]["status"] == "met"),
    ("indicators", "status=met&year=2023", lambda i: False),
    ("indicators", "kind=grade", lambda i: i["value_kind"] == "grade"),
    ("indicators", "direction=down", lambda i: i["direction"] == "down"),
    ("indicators", "unit=%EB%AA%85", lambda i: i["unit"] == "명"),
    ("indicators", "q=자활", lambda i: "자활" in i["title"] + i["definition"] + i["formula"]),
    ("figures", "status=met", lambda i: i["status"] == "met"),
    ("figures", "area=1&indicator=1-1-2-1", lambda i: i["indicator"] == "seodaemun-2022/1/1-1-2-1"),
    ("figures", "year=2023", lambda i: False),
    ("figures", "is_demo=false", lambda i: True),
    ("figures", "is_demo=true", lambda i: False),
    ("opinions", "group=women", lambda i: i["group"]["slug"] == "women"),
    ("opinions", "year=2024", lambda i: i["year"] == 2024),
    ("opinions", "kind=question", lambda i: i["kind"] == "question"),
    ("opinions", "area=1&task=1-1-2", lambda i: (i["area"], i["ref_code"]) == (1, "1-1-2")),
    ("opinions", "q=일자리", lambda i: "일자리" in i["summary"]),
    ("opinions", "year=2024&stance=none", lambda i: i["year"] == 2024 and i["number"] == 3),
    ("opinions", "year=2024&department=public-health", lambda i: i["year"] == 2024 and i["number"] < 3),
    ("replies", "stance=declined", lambda i: i["stance"] == "declined"),
    ("replies", "group=women", lambda i: "women" in {g["slug"] for g in i["groups"]}),
    ("replies", "year=2024&group=women&number=1", lambda i: i["year"] == 2024),
    ("replies", "year=2024&group=women&number=3", lambda i: False),
    (
        "replies",
        "department=public-health",
        lambda i: "public-health" in {d["slug"] for d in (i["department"], *i["together_with"])},
    ),
]


@pytest.mark.parametrize(("name", "query", "fits"), FILTERS, ids=[f"{name}?{query}" for name, query, _f in FILTERS])
def test_a_filter_keeps_what_fits_and_nothing_else(replied, published, name, query, fits):
    kept = {item["id"] for item in items_of(name, query)}
    assert kept == {item["id"] for item in items_of(name) if fits(item)}
    assert kept or fits({}) is False or query == "is_demo=true"


def test_a_year_narrows_an_indicator_to_that_year(published):
    for item in items_of("indicators", "year=2022"):
        assert [y["year"] for y in item["years"]] == [2022]


def test_goals_and_targets_narrow_voices_to_what_lies_within(replied):
    within = {o["id"] for o in items_of("opinions", "area=1&goal=1")}
    assert {o["id"] for o in items_of("opinions", "area=1&target=1-1")} <= within
    assert {o["id"] for o in items_of("opinions", "area=1&task=1-1-2")} <= within
    assert within < {o["id"] for o in items_of("opinions", "area=1")}


# --- what is refused


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("pages=2", "pages", "쓸 수 있는 것: area, goal"),
        ("page=0", "page", "1부터"),
        ("page=99999999999999999999999", "page", "1부터"),
        ("page=1&page=2", "page", "한 번만"),
        ("page_size=2001", "page_size", "2000"),
        ("area=", "area", "1부터"),
        ("area=일", "area", "1부터"),
        ("area=%EF%BC%91", "area", "1부터"),
        ("status=good", "status", "met, near"),
        ("department=a%00b", "department", "형식"),
        ("q=%00", "q", "쓸 수 없는 글자"),
        ("q=%ED%A0%80", "q", "쓸 수 없는 글자"),
        ("q=%FF", "q", "쓸 수 없는 글자"),
        ("q=" + "가" * 101, "q", "100자"),
        ("q=", "q", "비어"),
        ("edition=0", "edition", "예: all"),
        ("is_demo=1", "is_demo", "true"),
        ("target=1-1%0A", "target", "형식"),
    ],
)
def test_a_bad_parameter_is_named(plan, client, query, parameter, said):
    response = client.get(f"{PLAN}figures/?{query}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    problem = response.json()
    assert problem["status"] == 400
    assert problem["errors"][0]["parameter"] == parameter
    assert said in problem["errors"][0]["detail"]


def test_all_faults_are_told_at_once(plan, client):
    errors = client.get(f"{PLAN}tasks/?page=x&status=y&z=1").json()["errors"]
    assert [error["parameter"] for error in errors] == ["page", "status", "z"]


@pytest.mark.parametrize(
    "path",
    [
        "plans/nowhere/",
        "plans/nowhere/figures/",
        "plans/a%00b/figures/",
        "plans/seodaemun-2022/areas/8/",
        "plans/seodaemun-2022/areas/99999999999999999999/",
        "plans/seodaemun-2022/tasks/1/9-9-9/",
        "plans/seodaemun-2022/indicators/1/1%00/",
        "plans/seodaemun-2022/figures/1/1-1-2-1/2022/1/",
        "plans/seodaemun-2022/opinions/2022/women/999/",
        "plans/seodaemun-2022/replies/2024/1/social-welfare/",
        "nothing/",
        "nothing%00",
    ],
)
def test_what_does_not_exist_is_told_in_json(plan, client, path):
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "찾는 자료가 없음"


def test_a_forgotten_slash_is_added_with_the_query(plan, client):
    response = client.get("/api/v1/plans/seodaemun-2022/tasks?area=1")
    assert response.status_code == 301
    assert response.url == "/api/v1/plans/seodaemun-2022/tasks/?area=1"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_it_is_only_read(plan, method):
    client = Client(enforce_csrf_checks=True)
    for path in (f"{PLAN}figures/", f"{PLAN}indicators/1/1-1-2-1/", "/api/v1/openapi.json", "/api/v1/nothing/"):
        response = getattr(client, method)(path)
        assert response.status_code == 405
        assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert "Access-Control-Allow-Origin" not in response.headers
    assert client.post("/api/v1/").status_code in (403, 405)


# --- for programs elsewhere


def test_other_sites_may_read(plan, client):
    response = client.options(f"{PLAN}figures/", headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]
    response = client.head(f"{PLAN}figures/")
    assert response.status_code == 200
    assert not response.content
    assert response.headers["ETag"]
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_what_has_not_changed_is_not_sent_again(published, owner, as_user, coordinator, django_assert_max_num_queries):
    address = f"{PLAN}indicators/?page_size=2000"
    first = Client().get(address)
    with django_assert_max_num_queries(1):
        again = Client().get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.content
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert "s-maxage=1" in first.headers["Cache-Control"]
    # Who is signed in gets the same answer under the same name.
    assert as_user(owner).get(address).headers["ETag"] == first.headers["ETag"]
    Milestone.objects.filter(year=2026).first().save()
    assert Client().get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


# List, queries; one more where a page does not tell by itself how many there are.
QUERIES = {"areas": 5, "tasks": 4, "indicators": 6, "figures": 4, "opinions": 5, "replies": 6}


@pytest.mark.parametrize(("name", "queries"), QUERIES.items())
def test_a_list_asks_the_same_number_of_queries_for_one_row_and_for_all(
    plan,
    small_plan,  # noqa: F811
    coordinator,
    name,
    queries,
    django_assert_num_queries,
):
    publish(plan, coordinator)
    for slug in ("small", plan.slug):
        with django_assert_num_queries(queries):
            found = Client().get(f"/api/v1/plans/{slug}/{name}/?page_size=2000").json()
        assert found["count"] == len(found["items"]) > 0


KEPT = ["page_size=2000", "", "page=2&page_size=7", "page=90000", "year=2023&page_size=2000", "year=2099", "area=3"]


def test_what_is_kept_of_the_indicators_is_what_would_be_made_anew(settings, fractions, small_plan):  # noqa: F811
    """Whoever asks first, for whichever years, under whatever name of the site."""
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    asked = [(f"{PLAN}indicators/?{query}", host) for query in KEPT for host in ("testserver", "other.example")]
    asked += [(f"{PLAN}indicators/1/1-1-2-1/", "testserver"), ("/api/v1/plans/small/indicators/", "testserver")]
    anew = [Client().get(address, headers={"host": host}).content for address, host in asked]
    assert len(set(anew)) == len(asked)
    settings.KEEP_READ_MODEL = True
    for _turn in range(2):
        assert [Client().get(address, headers={"host": host}).content for address, host in asked] == anew


def test_all_indicators_with_all_years_cost_one_query_until_something_changes(
    settings, published, django_assert_num_queries
):
    settings.KEEP_READ_MODEL = True
    whole = items_of("indicators")
    with django_assert_num_queries(1):
        assert items_of("indicators") == whole
    milestone = Milestone.objects.get(indicator__area__number=1, indicator__code="1-1-2-1", year=2026)
    milestone.value = 987_654
    milestone.save()
    changed = [(old, new) for old, new in zip(whole, items_of("indicators"), strict=True) if old != new]
    assert [new["years"][4]["milestone"]["value"] for _old, new in changed] == [987_654]


def test_plans_tell_their_editions(fractions):
    (plan,) = read("/api/v1/plans/?is_current=true")["items"]
    assert [(p["year"], p["edition"], p["is_newest"], p["reason"]) for p in plan["publications"]] == [
        (2022, 1, True, ""),
        (2023, 1, False, ""),
        (2023, 2, True, "오기"),
    ]
    assert all(re.fullmatch("[0-9a-f]{64}", p["sha256"]) for p in plan["publications"])


# --- what is not published


def test_figures_appear_with_their_publication(submitted, open_round, coordinator):
    def shown():
        indicator = read(f"{PLAN}indicators/1/1-1-2-1/")
        return items_of("figures"), [year["figure"] for year in indicator["years"]]

    assert shown() == ([], [None] * 5)
    services.approve_result(actor=coordinator, result=submitted)
    services.close_round(actor=coordinator, reporting_round=open_round)
    assert shown() == ([], [None] * 5)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    figures, years = shown()
    assert len(figures) == 115
    assert years[0]["actual"] == 310
    assert "coordinator" not in json.dumps(figures, default=str)  # who approved is not told


def test_a_correction_is_shown_and_the_edition_before_on_request(fractions):
    address = "area=1&indicator=1-1-2-1&year=2023"
    assert [(f["edition"], f["actual"]) for f in items_of("figures", address)] == [(2, Decimal("0.0001"))]
    both = [(f["edition"], f["actual"], f["is_newest"]) for f in items_of("figures", f"{address}&edition=all")]
    assert both == [(1, Decimal("0.1"), False), (2, Decimal("0.0001"), True)]
    assert [f["edition"] for f in items_of("figures", f"{address}&edition=1")] == [1]
    assert read(f"{PLAN}figures/1/1-1-2-1/2023/1/")["actual"] == Decimal("0.1")


def test_voices_appear_with_their_forum_and_replies_with_their_edition(ready, coordinator):
    assert [o["number"] for o in items_of("opinions", "year=2024")] == [1, 2, 3]
    assert items_of("replies", "year=2024") == []
    assert read(f"{PLAN}opinions/2024/women/1/")["questions"][0]["replies"] == []
    voices.publish_replies(actor=coordinator, deliberation=ready.deliberation)
    (reply,) = items_of("replies", "year=2024")
    assert reply["opinions"] == [f"seodaemun-2022/2024/women/{number}" for number in (1, 2)]
    assert read(f"{PLAN}opinions/2024/women/1/")["questions"][0]["replies"] == [reply["id"]]
    later = answer("declined", "늘리지 않습니다.", "예산이 없습니다.")
    stored = Consolidation.objects.get(question=ready)
    voices.consolidate_replies(actor=coordinator, question=ready, new=later, version=stored.version, is_ready=True)
    assert items_of("replies", "year=2024") == [reply]


def test_a_forum_that_is_not_public_shows_nothing(unsent):
    assert Opinion.objects.filter(paper__deliberation=unsent.deliberation).count() == 3
    assert items_of("opinions", "year=2024") == []
    assert Client().get(f"{PLAN}opinions/2024/women/1/").status_code == 404


def test_a_question_that_was_not_sent_is_not_shown(unsent, coordinator):
    voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
    assert read(f"{PLAN}opinions/2024/women/1/")["questions"] == []


def test_demo_data_says_so(published, replied):
    assert read(f"{PLAN}figures/")["is_demo"] is False
    ReportingRound.objects.filter(year=2022).update(is_demo=True)
    Deliberation.objects.filter(year=2024).update(is_demo=True)
    for name in ("figures", "indicators", "opinions", "replies"):
        assert read(f"{PLAN}{name}/?page_size=2000")["is_demo"] is True
    assert all(figure["is_demo"] for figure in items_of("figures"))
    assert items_of("figures", "is_demo=false") == []
    assert {o["year"] for o in items_of("opinions", "is_demo=true")} == {2024}
    assert read("/api/v1/plans/")["is_demo"] is True


# --- description


def test_the_description_is_valid_and_names_every_resource(plan, client):
    response = client.get("/api/v1/openapi.json")
    document = response.json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) == 2 * len(RESOURCES)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/v1/openapi.json?x=1").status_code == 400


def test_the_page_about_the_api_has_examples_that_work(published, client):
    page = client.get("/api/v1/")
    assert page.status_code == 200
    addresses = set(re.findall(r'href="(/api/v1/[^"]+)"', page.text.replace("&amp;", "&")))
    assert len(addresses) >= 3 * len(RESOURCES)
    for address in addresses:
        found = client.get(address).json()
        assert found.get("items") != [], address


def test_the_page_about_the_api_stands_without_any_plan(db, client):
    Plan.objects.update(is_current=False)
    assert client.get("/api/v1/").status_code == 200
