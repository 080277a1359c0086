"""The cache in Redis is gone: pages go on, limits refuse, and what it costs is bounded. (See test_two_servers, too.)"""

import socket
import time

import pytest
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.test import Client

from commons.caching import PAUSE, CacheUnreachable, ForgivingRedisCache
from stakeholders.models import Subscription


@pytest.fixture
def gone(monkeypatch):
    """A cache whose Redis refuses connections."""
    monkeypatch.setattr(ForgivingRedisCache, "_closed_until", 0.0)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield ForgivingRedisCache(f"redis://127.0.0.1:{unused.getsockname()[1]}/0", {})


def test_what_cannot_be_read_is_not_there_and_what_cannot_be_kept_is_not_kept(gone):
    assert gone.get("x", "other") == "other"
    assert gone.get_many(["x"]) == {}
    assert gone.has_key("x") is False
    assert gone.add("x", 1) is False
    assert gone.touch("x") is False
    assert gone.delete("x") is False
    assert gone.set("x", 1) is None
    assert gone.set_many({"x": 1}) == ["x"]
    assert gone.delete_many(["x"]) is None
    assert gone.clear() is False
    assert gone.get_or_set("x", 5) == 5


@pytest.mark.parametrize("act", ["incr", "decr"])
def test_what_cannot_be_counted_is_said(gone, act):
    for _time in range(2):  # in the pause after an error, too
        with pytest.raises(CacheUnreachable):
            getattr(gone, act)("x")


def test_every_operation_of_the_cache_is_covered():
    """One that Django adds must not come out as an error of Redis."""
    own = {name for name in vars(RedisCache) if not name.startswith("_")} - {"get_backend_timeout"}
    assert own <= set(vars(ForgivingRedisCache))


def test_a_host_that_swallows_packets_slows_one_request_and_not_all(gone, monkeypatch):
    with socket.socket() as silent:  # accepts, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        cache = ForgivingRedisCache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", {})
        start = time.monotonic()
        for _time in range(20):
            cache.get("x")
        assert 0.3 < time.monotonic() - start < 1.5
    assert time.monotonic() < ForgivingRedisCache._closed_until <= time.monotonic() + PAUSE


@pytest.fixture
def without_redis(settings, gone):
    backend = {"BACKEND": "commons.caching.ForgivingRedisCache", "LOCATION": gone._servers[0]}
    settings.CACHES = {"default": backend, "pages": backend}


def test_public_and_work_pages_go_on(without_redis, published, as_user, owner, plan):
    for page in ("", "dashboard/", "indicators/1/1-1-2-1/"):
        assert Client().get(f"/plans/{plan.slug}/{page}").status_code == 200
    assert as_user(owner).get(f"/plans/{plan.slug}/work/").status_code == 200


def test_mail_that_cannot_be_counted_is_not_sent(without_redis, settings, plan, client, mailoutbox):
    settings.FOLLOW_BY_MAIL = True
    page = client.post(f"/plans/{plan.slug}/tasks/1/1-1-2/follow/", {"email": "reader@localhost.test"})
    assert page.status_code == 503
    assert "지금은 신청을 받을 수 없습니다." in page.text
    assert "reader@localhost.test" in page.text  # nothing typed is lost
    assert not mailoutbox
    assert not Subscription.objects.exists()
    assert caches["default"].get("x") is None
