"""Nothing public sets or renews a cookie, whoever reads it: what it says may be kept by every cache on the way."""

import time

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import middleware
from accounts.middleware import SEEN_AT, SIGNED_IN_AT
from accounts.models import User

from .access_table import client_of, read_table
from .world import ROLES, doors

pytestmark = pytest.mark.django_db
SESSION = django_settings.SESSION_COOKIE_NAME
HOUR = 60 * 60
PUBLIC_WORDS = ("public", "s-maxage")


def public_doors():
    """Every pattern whose page a citizen gets."""
    table = read_table()
    return [door for door in doors() if table[door.route][ROLES.index("citizen")].partition("/")[0] in ("yes", "moved")]


def aged(client, seconds: int):
    """The client's session was last noted that long ago."""
    session = client.session
    session[SIGNED_IN_AT] = session[SEEN_AT] = int(time.time()) - seconds
    session.save()


def cookies_set(response) -> dict:
    """What an answer sets, by name; the token of a form that stands in it does not count where nobody may keep it."""
    found = dict(response.cookies)
    is_kept = any(word in response.headers.get("Cache-Control", "") for word in PUBLIC_WORDS)
    if not is_kept and not response.streaming and b"csrfmiddlewaretoken" in response.content:
        found.pop(django_settings.CSRF_COOKIE_NAME, None)
    return found


STATES = {
    "read a moment ago": lambda client, user: aged(client, 5),
    "due to be noted": lambda client, user: aged(client, 10 * 60),
    "left alone for too long": lambda client, user: aged(client, 3 * HOUR),
    "with a password that was handed out": lambda client, user: User.objects.filter(pk=user.pk).update(
        handed_out_at=timezone.now()
    ),
}


WHO = [("citizen", "read a moment ago"), *((role, state) for role in ("owner", "coordinator") for state in STATES)]


@pytest.mark.parametrize(("role", "state"), WHO)
def test_no_public_address_sets_a_cookie(world, role, state):
    client = client_of(world.people[role])
    asked, wrong = 0, []
    for door in public_doors():
        if door.route.startswith(("accounts/", "admin/")):
            continue
        if role != "citizen":
            STATES[state](client, world.people[role])
        client.cookies.pop(django_settings.CSRF_COOKIE_NAME, None)
        response = client.get(world.address(door))
        assert response.status_code < 400 or response.status_code in (404, 410), (door.route, response.status_code)
        if cookies_set(response):
            wrong.append((door.route, list(cookies_set(response))))
        asked += 1
    assert asked > 50
    assert not wrong


def test_reading_public_pages_counts_as_being_there(as_user, owner, plan):
    client = as_user(owner)
    aged(client, 10 * 60)
    response = client.get("/plans/seodaemun-2022/")
    assert SESSION not in response.cookies
    assert time.time() - client.session[SEEN_AT] < 5


@pytest.mark.parametrize("state", ["left alone for too long", "with a password that was handed out"])
def test_whoever_is_nobody_yet_reads_as_a_citizen(as_user, owner, plan, state):
    client = as_user(owner)
    STATES[state](client, owner)
    page = client.get("/plans/seodaemun-2022/")
    assert page.status_code == 200
    assert "로그아웃" not in page.text
    assert client.get("/plans/seodaemun-2022/work/").status_code == 302


def test_a_session_that_ended_elsewhere_meanwhile_does_not_come_back(as_user, owner, plan, monkeypatch):
    client = as_user(owner)
    aged(client, 10 * 60)
    key = client.session.session_key
    is_over = middleware.is_over

    def end_meanwhile(session, now):
        answer = is_over(session, now)
        Session.objects.filter(pk=key).delete()
        return answer

    monkeypatch.setattr(middleware, "is_over", end_meanwhile)
    assert client.get("/plans/seodaemun-2022/").status_code == 200
    assert not Session.objects.filter(pk=key).exists()
