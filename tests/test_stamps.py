"""Public pages are made once for each state of what the public sees: never an old page, never somebody else's."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Department
from indicators import services
from indicators.models import Indicator, Milestone, Result
from plans.models import PublicChange, Task
from plans.stamps import public_stamp
from stakeholders.models import Opinion

from .test_public_pages import publish

PAGES = ["", "areas/1/", "tasks/", "tasks/1/1-1-2/", "indicators/", "indicators/1/1-1-2-1/", "dashboard/", "method/"]
PAGES += ["departments/", "departments/social-welfare/", "search/?q=자활", "about/", "voices/", "voices/points/"]
PAGES += ["voices/women/", "voices/women/2022/1/", "voices/women/feed/", "data/"]


@pytest.fixture(autouse=True)
def _keep_pages(settings):
    settings.CACHES = settings.CACHES | {
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}
    }
    caches["pages"].clear()


@pytest.fixture
def url(plan):
    return lambda page: f"/plans/{plan.slug}/{page}"


@pytest.mark.parametrize("page", PAGES)
def test_the_second_reader_gets_the_page_of_the_first_with_one_query(url, page, django_assert_num_queries):
    if "women" in page:
        page = page.replace("women", _a_group())
    first = Client().get(url(page))
    assert first.status_code == 200
    with django_assert_num_queries(1):
        second = Client().get(url(page))
    assert second.content == first.content
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "default-src 'none'" in second.headers["Content-Security-Policy"]
    with django_assert_num_queries(1):
        third = Client().get(url(page), headers={"If-None-Match": first.headers["ETag"]})
    assert third.status_code == 304
    assert not third.content
    assert third.headers["ETag"] == first.headers["ETag"]
    assert "s-maxage=1" in third.headers["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/plans/{}/embed/indicators/1/1-1-2-1/", "/api/v1/plans/{}/indicators/", "/plans/{}/"]
)
def test_a_kept_page_says_of_itself_what_it_said_first(plan, address, django_assert_num_queries):
    first = Client().get(address.format(plan.slug))
    with django_assert_num_queries(1):
        second = Client().get(address.format(plan.slug))
    assert dict(second.items()) == dict(first.items())
    tag = {"If-None-Match": first.headers["ETag"]}
    for third in (
        Client().get(address.format(plan.slug), headers=tag),
        _after_a_restart(address.format(plan.slug), tag),
    ):
        assert third.status_code == 304
        for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "X-Frame-Options"):
            assert third.headers.get(name) == first.headers.get(name), name
        assert third.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]
    assert Client().head(address.format(plan.slug)).headers["ETag"] == first.headers["ETag"]


def _after_a_restart(address: str, tag: dict):
    """Asked while nothing is kept any more."""
    caches["pages"].clear()
    return Client().get(address, headers=tag)


def _a_group() -> str:
    return Opinion.objects.filter(number=1, paper__deliberation__year=2022).first().paper.group.slug


def test_a_change_of_what_the_public_sees_is_seen_at_once(client, url, plan):
    before = client.get(url("tasks/1/1-1-2/"))
    task = Task.objects.of_plan(plan).get(target__goal__area__number=1, code="1-1-2")
    task.title = "새 과제 이름"
    task.save()
    after = client.get(url("tasks/1/1-1-2/"), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "새 과제 이름" in after.text


def test_every_watched_change_renews_the_stamp(plan, indicator, coordinator, open_round):
    seen = {public_stamp()}

    def renewed() -> bool:
        size = len(seen)
        seen.add(public_stamp())
        return len(seen) > size

    Milestone.objects.filter(indicator=indicator).first().delete()
    assert renewed()
    indicator.tasks.add(Task.objects.of_plan(plan).exclude(indicators=indicator).first())
    assert renewed()
    department = Department.objects.first()
    department.save(update_fields=["name"])
    assert renewed()
    services.close_round(actor=coordinator, reporting_round=open_round)
    assert renewed()
    services.publish_round(actor=coordinator, reporting_round=open_round)
    assert renewed()
    assert not renewed()


def test_what_is_not_public_leaves_the_stamp(open_round, indicator, owner):
    before = public_stamp()
    Result.objects.create(round=open_round, indicator=indicator, value=9)
    owner.save()
    assert public_stamp() == before


def test_a_new_day_renews_the_stamp(plan, monkeypatch):
    before = public_stamp()
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    assert public_stamp() != before


def test_a_change_that_becomes_visible_after_a_later_one_counts(plan):
    early = PublicChange.objects.create()
    late = PublicChange.objects.create()
    token, number = early.token, early.pk
    early.delete()
    before = public_stamp()
    PublicChange.objects.create(pk=number, token=token)
    assert number < late.pk
    assert public_stamp() != before


def test_old_changes_are_cleared(plan):
    PublicChange.objects.all().delete()
    task = Task.objects.of_plan(plan).first()
    for _time in range(240):
        task.save(update_fields=["title"])
    assert PublicChange.objects.count() <= 201


@pytest.mark.parametrize("person", ["owner", "coordinator", "committee"])
def test_who_is_signed_in_gets_a_page_of_their_own_and_leaves_none(as_user, request, url, person):
    citizen = Client().get(url(""))
    page = as_user(request.getfixturevalue(person)).get(url(""))
    assert "로그아웃" in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "ETag" not in page.headers
    again = Client().get(url(""))
    assert "로그아웃" not in again.text
    assert again.content == citizen.content


def test_a_reader_with_a_dead_session_or_a_message_gets_a_page_of_their_own(url):
    for name in ("sessionid", "messages"):
        reader = Client()
        reader.cookies[name] = "x"
        page = reader.get(url(""))
        assert page.headers["Cache-Control"] == "private, no-cache"


def test_the_address_is_part_of_the_page(client, url):
    assert client.get(url("tasks/?area=1")).content != client.get(url("tasks/?area=2")).content
    feed = url(f"voices/{_a_group()}/feed/")
    assert "http://localhost/" in client.get(feed, headers={"Host": "localhost"}).text
    assert "http://localhost/" not in client.get(feed).text


def test_what_is_not_there_is_not_kept(client, url):
    for page in ("tasks/1/9-9-9/", "indicators/1/1-1-2-1/why/2022/"):
        missing = client.get(url(page))
        assert missing.status_code == 404
        assert "s-maxage" not in missing.headers.get("Cache-Control", "")
    assert client.post(url("")).status_code == 405


def test_pages_of_other_indicators_share_nothing(client, url, plan):
    pages = {client.get(indicator.get_absolute_url()).content for indicator in Indicator.objects.of_plan(plan)[:5]}
    assert len(pages) == 5


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_read_model_is_the_page_made_anew(settings, url, page, plan, coordinator):
    """What is kept of one page must not change another, nor show in it."""
    publish(plan, coordinator)
    page = page.replace("women", _a_group())
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    anew = Client().get(url(page)).content
    settings.KEEP_READ_MODEL = True
    for other in ("", "tasks/?area=1", "indicators/?area=2", "areas/1/", page, f"voices/{_a_group()}/"):
        Client().get(url(other))
    assert Client().get(url(page)).content == anew


def test_the_read_model_is_made_anew_with_each_change(settings, client, url, plan):
    settings.KEEP_READ_MODEL = True
    task = Task.objects.of_plan(plan).get(target__goal__area__number=1, code="1-1-2")
    for title in ("첫째 이름", "둘째 이름"):
        task.title = title
        task.save()
        for page in ("tasks/", "tasks/1/1-1-2/", "areas/1/", "departments/social-welfare/"):
            assert title in client.get(url(page)).text


def test_with_the_read_model_a_page_asks_little(settings, url):
    settings.KEEP_READ_MODEL = True
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    pages = ("", "tasks/", "indicators/", "voices/points/", "areas/1/")
    asked = {}
    for page in pages:
        Client().get(url(page))
        with CaptureQueriesContext(connection) as queries:
            Client().get(url(page))
        asked[page] = len(queries)
    assert asked == dict.fromkeys(pages, 1)  # the stamp, and nothing else


@pytest.mark.parametrize(
    "page",
    [
        "tasks/?area=1&goal=1-2&department=social-welfare&q=복지",
        "indicators/?area=1&unit=명&department=social-welfare&q=자활",
        "voices/points/?group=women&area=1&q=건강",
    ],
)
def test_with_the_read_model_a_narrowed_list_asks_what_fits_and_no_more(settings, url, page, django_assert_num_queries):
    settings.KEEP_READ_MODEL = True
    settings.CACHES = settings.CACHES | {"pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    Client().get(url(page))
    with django_assert_num_queries(2):
        Client().get(url(page))
