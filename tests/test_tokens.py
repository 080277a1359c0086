"""Words of links in mails: how long they hold, how often, and that no log of ours has them."""

import logging
import re
import threading
import time
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from commons.logs import WithoutTokens, without_tokens
from stakeholders.models import Subscription

from .world import doors

POINT = "/plans/seodaemun-2022/voices/women/2022/1/"
NGINX = (django_settings.BASE_DIR / "deploy" / "nginx" / "sdgplan.conf").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.FOLLOW_BY_MAIL = settings.RESET_BY_MAIL = True
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def links(client, plan):
    """The links of the mail that a follower got: "confirm" and "leave"."""
    client.post(f"{POINT}follow/", {"email": "hong@localhost.test"})
    return {kind: path for path, kind in re.findall(r"//[^/]+(/\S+/(confirm|leave)/)", mail.outbox[0].body)}


def pass_time(monkeypatch, **by):
    """Links are that much older; rows are not, so that the age of the link alone is what counts."""
    right = time.time
    monkeypatch.setattr("django.core.signing.time.time", lambda: right() + timedelta(**by).total_seconds())


# --- how long


def test_a_link_to_confirm_grows_old_even_when_the_days_of_its_row_begin_anew(client, links, monkeypatch):
    pass_time(monkeypatch, days=3, minutes=1)
    for act in (client.get, client.post):
        page = act(links["confirm"])
        assert page.status_code == 410
        assert "확인할 기한이 지났거나" in page.text
    assert Subscription.objects.get().confirmed_at is None


def test_a_link_to_leave_holds_for_a_year_and_not_for_ever(client, links, monkeypatch):
    client.post(links["confirm"])
    pass_time(monkeypatch, days=399)
    assert client.get(links["leave"]).status_code == 200
    pass_time(monkeypatch, days=2)
    page = client.post(links["leave"])
    assert page.status_code == 410
    assert "가장 최근에 받으신 메일에 적힌 주소를 열면" in page.text
    assert Subscription.objects.exists()


def test_confirming_gives_no_younger_link(client, links, monkeypatch):
    pass_time(monkeypatch, days=2)
    assert client.post(links["confirm"]).url == links["confirm"]


def test_a_link_acts_once(client, links):
    client.post(links["confirm"])
    confirmed = Subscription.objects.get().confirmed_at
    client.post(links["confirm"])
    assert Subscription.objects.get().confirmed_at == confirmed
    client.post(links["leave"])
    client.post(f"{POINT}follow/", {"email": "hong@localhost.test"})  # somebody asks anew
    for path in links.values():
        client.post(path)
    assert Subscription.objects.get().confirmed_at is None


# --- what is written down


def token_doors():
    return [door for door in doors() if "token" in door.parameters]


def logged_by_nginx(path: str) -> str:
    """What the map of the proxy's file makes of an address."""
    (rules,) = re.findall(r"map \$uri \$logged_uri \{\n(.*?)\n\}", NGINX, re.S)
    for pattern, written in re.findall(r'"~([^"]+)" (\S+);', rules):
        if found := re.search(pattern.replace("(?<f", "(?P<f"), path):
            return re.sub(r"\$(\w+)", lambda name: found[name[1]], written)
    return path


def test_no_log_has_the_word_of_a_link():
    addresses = [re.sub(r"<[^>]+>", "a-secret.word_1", f"/{door.route}") for door in token_doors()]
    assert len(addresses) >= 3
    for address in addresses:
        for written in (logged_by_nginx(address), without_tokens(f"Gone: {address}")):
            assert "secret" not in written.replace("/plans/a-secret.word_1/", ""), written
    for harmless in ("/accounts/reset/", "/accounts/reset/sent/", "/plans/x/tasks/1/1-1-2/"):
        assert logged_by_nginx(harmless) == harmless == without_tokens(harmless)


def test_the_applications_log_hides_it_in_faults_too():
    told = ("Service Unavailable: %s", ("/accounts/reset/MQ/a-b/",))
    record = logging.LogRecord("django.request", logging.ERROR, "x", 1, *told, None)
    assert WithoutTokens().filter(record)
    assert record.getMessage() == "Service Unavailable: /accounts/reset/-/"
    assert django_settings.LOGGING["handlers"]["console"]["filters"] == ["without_tokens"]


def test_the_proxy_writes_no_address_of_a_visitor_into_its_log_of_faults():
    levels = re.findall(r"error_log \S+ (\w+);", NGINX)
    assert len(levels) == NGINX.count("access_log /var/log/nginx/sdgplan.log sdgplan;") == NGINX.count("listen ")
    assert set(levels) == {"emerg"}
    for name in ("$request ", "$request_uri", "$args", "$query_string", "$http_referer", '$uri"'):
        assert name not in NGINX[NGINX.index("log_format") : NGINX.index("# Headers of what")]


# --- a new password: what the time of the answer tells


def work_of_asking(client, email) -> tuple:
    """What a request for a new password makes the server do."""
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        mock.patch("accounts.notifications.render_to_string", return_value="text") as rendered,
        mock.patch("accounts.notifications.default_token_generator.make_token", return_value="token") as signed,
        mock.patch.object(threading.Thread, "start") as started,
    ):
        answer = client.post(reverse("accounts:reset"), {"email": email})
    return answer.status_code, answer.url, len(queries), rendered.call_count, signed.call_count, started.call_count


def test_asking_for_a_password_is_the_same_work_for_an_address_that_nobody_has(client, owner):
    User.objects.filter(pk=owner.pk).update(email="owner@localhost.test")
    known, unknown = (work_of_asking(client, f"{name}@localhost.test") for name in ("owner", "nobody"))
    assert known == unknown
    assert known[3:] == (1, 1, 1)
    assert not mail.outbox
