"""Fixtures of the suite: the real plan, people of every role, and a small round to work in."""

from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Department, User
from indicators import services
from indicators.models import Indicator, ReportingRound, Result
from plans.models import Plan

PLAN_FILES = sorted((django_settings.BASE_DIR / "fixtures" / "seodaemun-2022").glob("*.json"))
PASSWORD = "only-for-tests-1234"


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The real plan stands in the test database once; each test's changes are rolled back."""
    with django_db_blocker.unblock():
        call_command("loaddata", *map(str, PLAN_FILES), verbosity=0)


@pytest.fixture
def plan(db):
    return Plan.objects.get(slug="seodaemun-2022")


@pytest.fixture
def welfare(plan):
    """사회복지과, which reports 자활사업 참여자 수 (area 1, 1-1-2-1)."""
    return Department.objects.get(slug="social-welfare")


@pytest.fixture
def indicator(plan):
    return Indicator.objects.get_by_natural_key(plan.slug, 1, "1-1-2-1")


def make_user(name, role, department=None):
    return User.objects.create_user(name, PASSWORD, name=name, role=role, department=department)


@pytest.fixture
def owner(welfare):
    return make_user("owner", Role.OFFICER, welfare)


@pytest.fixture
def colleague(welfare):
    return make_user("colleague", Role.OFFICER, welfare)


@pytest.fixture
def stranger(plan):
    """An officer of another department."""
    return make_user("stranger", Role.OFFICER, Department.objects.get(slug="medical"))


@pytest.fixture
def head(welfare):
    """The head of 사회복지과."""
    return make_user("head", Role.HEAD, welfare)


@pytest.fixture
def other_head(plan):
    return make_user("other_head", Role.HEAD, Department.objects.get(slug="medical"))


@pytest.fixture
def coordinator(db):
    return make_user("coordinator", Role.COORDINATOR)


@pytest.fixture
def committee(db):
    return make_user("committee", Role.COMMITTEE)


@pytest.fixture
def administrator(db):
    return make_user("administrator", Role.ADMINISTRATOR)


@pytest.fixture
def as_user():
    """Return a client signed in as the given user; None is a citizen."""

    def client_of(user):
        client = Client()
        if user is not None:
            client.force_login(user)
        return client

    return client_of


@pytest.fixture
def planned_round(plan, coordinator):
    reporting_round = ReportingRound(plan=plan, year=2022, opens_on=date(2023, 1, 2), due_on=date(2023, 2, 28))
    return services.plan_round(actor=coordinator, reporting_round=reporting_round)


@pytest.fixture
def open_round(planned_round, coordinator):
    return services.open_round(actor=coordinator, reporting_round=planned_round)


def values(number=None, **fields):
    """The fields a service stores, with the ones not named empty."""
    number = None if number is None else Decimal(number)
    return {"value": number, "text": "", "missing_reason": "", "verdict": "", "explanation": ""} | fields


@pytest.fixture
def draft(open_round, indicator, owner):
    blank = Result(round=open_round, indicator=indicator, version=0)
    return services.save_result(actor=owner, result=blank, new=values(300))


@pytest.fixture
def submitted(draft, owner):
    return services.submit_result(actor=owner, result=draft, new=values(310))


@pytest.fixture
def approved(submitted, coordinator):
    return services.approve_result(actor=coordinator, result=submitted)


@pytest.fixture
def published(approved, open_round, coordinator):
    """Edition 1 of 2022: 자활사업 참여자 수 310명 against 303, everything else not submitted."""
    services.close_round(actor=coordinator, reporting_round=open_round)
    return services.publish_round(actor=coordinator, reporting_round=open_round)


def correct_after_looking(client, address, typed):
    """Correct a result as its page does: what would change is looked at first, then stored."""
    preview = client.post(address, typed).context["preview"]
    return client.post(address, typed | {"seen": preview.sha256})


@pytest.fixture
def url_of(plan):
    """Address of a page of the plan."""
    return lambda name, *args: reverse(name, args=[plan.slug, *args])
