"""Limits that hold whatever spelling of an address is used, and that count what happened within the hour."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.core.cache import cache
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.selectors import sign_in_lock
from commons.visitors import one_spelling
from stakeholders.services.following import PER_ADDRESS, PER_VISITOR

LOGIN = reverse("accounts:login")
FOLLOW = "/plans/seodaemun-2022/voices/women/2022/1/follow/"


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.FOLLOW_BY_MAIL = settings.RESET_BY_MAIL = True
    cache.clear()
    yield
    cache.clear()


def ask(client, page, email, visitor="192.0.2.1"):
    return client.post(page, {"email": email}, REMOTE_ADDR=visitor).status_code


@pytest.mark.parametrize("page", [FOLLOW, reverse("accounts:reset")])
def test_a_network_of_ipv6_counts_as_one_visitor(client, plan, page):
    said = [ask(client, page, f"u{n}@localhost.test", f"2001:db8:0:1::{n:x}") for n in range(1, PER_VISITOR + 3)]
    assert said == [302] * PER_VISITOR + [429, 429]
    assert ask(client, page, "v@localhost.test", "2001:db8:0:2::1") == 302


def test_the_form_counts_what_the_proxy_noted(client, plan, settings):
    settings.BEHIND_PROXY = True
    for number in range(PER_VISITOR + 1):
        headers = {"X-Forwarded-For": f"203.0.113.{number}, 2001:db8:0:1::{number + 1:x}"}
        answer = client.post(FOLLOW, {"email": f"u{number}@localhost.test"}, headers=headers)
    assert answer.status_code == 429


SPELLINGS = ["kim.iris@localhost.test", "KIM.IRIS@LOCALHOST.TEST", "k\u0131m.iris@localhost.test"]
SPELLINGS += [
    "kim.iri\u017f@localhost.test",
    "\u212aim.iris@localhost.test",
    "K\u0131M.\u0131ri\u017f@localhost.test",
    "Kim.Iris@LOCALHOST.test",
]


def test_mails_for_a_password_are_limited_whatever_the_spelling(client, owner):
    User.objects.filter(pk=owner.pk).update(email=SPELLINGS[0])
    told = []
    for number, spelling in enumerate(SPELLINGS * 3):
        assert ask(Client(), reverse("accounts:reset"), spelling, f"192.0.2.{number}") == 302
        told.append(one_spelling(spelling))
    assert len(set(told)) == 1
    assert len(mail.outbox) <= PER_ADDRESS


def test_mails_to_follow_are_limited_whatever_the_spelling(client, plan):
    for number, spelling in enumerate(SPELLINGS * 3):
        assert ask(Client(), FOLLOW, spelling, f"192.0.2.{number}") == 302
    assert len(mail.outbox) == PER_ADDRESS


@given(st.emails())
def test_an_address_that_differs_in_more_than_its_spelling_counts_for_itself(address):
    assert one_spelling(address) == one_spelling(address.upper()) == one_spelling(one_spelling(address))
    assert one_spelling(f"x{address}") != one_spelling(address)


# --- signing in


def pass_time(**time):
    """All that happened so far is that much longer ago."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(**time))


def fail(client):
    return client.post(LOGIN, {"username": "owner", "password": "wrong"}, REMOTE_ADDR="192.0.2.1").status_code


def test_one_failure_every_fifty_minutes_locks_nobody_out(client, owner, settings):
    settings.AXES_FAILURE_LIMIT = 3
    said = []
    for _number in range(12):
        said.append(fail(client))
        pass_time(minutes=50)
    assert 429 not in said


def test_failures_within_an_hour_lock_until_fewer_of_them_lie_within_it(client, owner, settings):
    settings.AXES_FAILURE_LIMIT = 3
    is_locked = []
    for minutes in (25, 25, 5, 6, 0):  # failures after 0, 25, 50, 55 and 61 minutes
        is_locked.append(fail(client) == 429)
        pass_time(minutes=minutes)
    assert is_locked == [False, False, True, True, True]
    lock = sign_in_lock("owner", "192.0.2.1")
    assert lock.failures == 3
    assert timedelta(minutes=23) < lock.until - timezone.now() <= timedelta(minutes=24)
    pass_time(minutes=25)
    assert sign_in_lock("owner", "192.0.2.1") is None
