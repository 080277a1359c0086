"""The clock of a server jumped, ahead or back, and was set right again: nothing waits for the day that never was."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from indicators import services
from indicators.choices import JobState, ReportKind
from indicators.models import Job
from stakeholders.models import Subscription
from stakeholders.selectors.events import events_of
from stakeholders.services.following import send_news

from .conftest import values

YEAR = timedelta(days=365)


@pytest.fixture
def at(monkeypatch):
    """Let the whole application believe that it is another time."""
    right = timezone.now

    def jump(by: timedelta):
        monkeypatch.setattr(timezone, "now", lambda: right() + by)

    return jump


def test_a_report_that_was_begun_in_the_future_is_given_up_and_made(published, at):
    wish = {"actor": None, "publication": published, "kind": ReportKind.XLSX, "scope": ""}
    job, is_to_be_queued = services.request_job(**wish)
    assert is_to_be_queued
    at(YEAR)
    assert services.begin_job(pk=job.pk) is not None  # and the worker dies
    at(timedelta())
    assert services.request_job(**wish) == (job, True)
    assert Job.objects.get().state == JobState.WAITING
    assert services.request_job(**wish) == (job, False)


@pytest.mark.parametrize("by", [YEAR, -YEAR])
def test_results_saved_by_a_wrong_clock_are_saved_and_can_be_saved_again(draft, owner, at, by):
    at(by)
    saved = services.save_result(actor=owner, result=draft, new=values(301))
    at(timedelta())
    saved = services.save_result(actor=owner, result=saved, new=values(302))
    assert (saved.version, saved.value) == (3, 302)


@pytest.mark.parametrize("by", [YEAR, -YEAR])
def test_public_pages_are_right_after_the_clock_is(published, plan, at, by):
    before = Client().get(f"/plans/{plan.slug}/indicators/1/1-1-2-1/").text
    at(by)
    assert Client().get(f"/plans/{plan.slug}/indicators/1/1-1-2-1/").status_code == 200
    at(timedelta())
    assert Client().get(f"/plans/{plan.slug}/indicators/1/1-1-2-1/").text == before


def test_who_was_told_by_a_clock_that_ran_ahead_is_told_the_next_news(replied, plan, at):
    now = timezone.now()
    opinion = replied.opinions.first()
    Subscription.objects.create(plan=plan, address="reader@localhost.test", opinion=opinion, created_at=now)
    Subscription.objects.update(confirmed_at=now - timedelta(days=3), told_until=now + YEAR)
    send_news(plan=plan)
    assert not mail.outbox
    told = Subscription.objects.get().told_until
    assert told <= timezone.now()
    later = timezone.now() + timedelta(days=2)
    assert any(told < event.settled_at <= later for event in events_of(plan))
    assert send_news(plan=plan, now=later).sent == 1
