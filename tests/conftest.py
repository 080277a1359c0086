"""Fixtures of the suite: the real plan, people of every role, and a small round to work in."""

import gc
import os
import re
from datetime import date, timedelta
from decimal import Decimal

import hypothesis
import pytest
from django.test import Client, TransactionTestCase
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from xdist.scheduler import LoadScopeScheduling

from accounts.choices import Role
from accounts.models import Department, User
from commons import tasks
from indicators import services
from indicators.models import Indicator, ReportingRound, Result
from plans.models import Plan, Task
from stakeholders import services as voices
from stakeholders.models import Commitment, Deliberation, Opinion, Question, ReplyDraft

from .databases import TestDatabases, drop_states
from .environment import IS_OWN_FOLDER

# A busy machine is no fault of what is tested; where the suite decides, it tries the same examples every time.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("suite")

PASSWORD = "only-for-tests-1234"


def pytest_collection_modifyitems(items):
    """What takes longest begins first, so that all workers end at about the same time."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


class Distribution(LoadScopeScheduling):
    """Every test goes to the process that is free, but a module that makes something dear goes to one as a whole."""

    TOGETHER = ("test_backups.py", "test_reports.py", "test_two_servers.py", "test_workbook_crash.py")

    def _split_scope(self, nodeid):
        module = nodeid.partition("::")[0]
        return module if module.endswith(self.TOGETHER) else nodeid


def pytest_xdist_make_scheduler(config, log):
    """How `pytest -n 2` hands out the tests; any other --dist is left as it is."""
    return Distribution(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_finish():
    """Keep the garbage collector from what is loaded by now, and let it come less often: it took a third of all time.

    A test makes thousands of objects at once, and each time the collector looked through all of Django and pytest.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def databases(django_test_environment, django_db_blocker):
    """The states of the test database (tests/databases.py); "plan" is what every test finds."""
    with django_db_blocker.unblock():
        found = TestDatabases()
        found.put("plan")
        yield found
        found.end()


@pytest.fixture(scope="session")
def django_db_setup(databases):
    """Each test's changes are rolled back; a test that commits, as a live server does, leaves a fresh copy behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: databases.put("plan"))
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish():
    """The process that started the workers, or the only one, removes what they shared."""
    if IS_OWN_FOLDER:
        drop_states()


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


def tight(text: str) -> str:
    """The text of a page without the white space that browsers do not show: one space between words, none at tags."""
    return re.sub(r"(?<=>) | (?=<)", "", re.sub(r"\s+", " ", text))


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
    """The fields a service stores, with the ones not named empty; whatever the number lets one doubt is answered."""
    number = None if number is None else Decimal(number)
    said = {"value": number, "text": "", "missing_reason": "", "verdict": "", "explanation": ""}
    return said | {"doubt_answer": "확인했습니다."} | fields


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


# --- a forum to work in


@pytest.fixture
def partner(plan):
    """An officer of 보건위생과, which is asked together with 사회복지과."""
    return make_user("partner", Role.OFFICER, Department.objects.get(slug="public-health"))


@pytest.fixture
def forum(plan, coordinator):
    """The forum of 2024, not public: 여성 made three points on task 1/1-1-2."""
    forum = voices.open_deliberation(
        actor=coordinator, deliberation=Deliberation(plan=plan, year=2024, title="2024년 숙의공론장")
    )
    group = plan.groups.get(slug="women")
    paper = voices.add_paper(actor=coordinator, deliberation=forum, group=group, name="")
    task = Task.objects.get_by_natural_key(plan.slug, 1, "1-1-2")
    for number in (1, 2, 3):
        point = {"summary": f"일자리를 늘려 달라는 {number}째 의견", "kind": "proposal", "cited_code": "1-1-2"}
        where = {"area": task.target.goal.area, "goal": None, "target": None, "task": task}
        voices.save_opinion(actor=coordinator, opinion=Opinion(paper=paper), new=point | where, seen="")
    return forum


@pytest.fixture
def unsent(forum, coordinator):
    """A question drawn from the first two points, not sent yet."""
    opinions = list(Opinion.objects.filter(paper__deliberation=forum).select_related("paper")[:2])
    task = opinions[0].task
    where = {"area": task.target.goal.area, "goal": None, "target": None, "task": task}
    new = {"summary": "일자리를 얼마나 늘릴 수 있는지 묻는다."} | where
    return voices.save_question(
        actor=coordinator, question=Question(deliberation=forum), new=new, opinions=opinions, seen=""
    )


@pytest.fixture
def asked(unsent, coordinator, welfare, partner):
    """The question, sent to 사회복지과 in the lead and to the partner's department, on a forum that is public."""
    voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
    due_on = timezone.localdate() + timedelta(days=30)
    return voices.send_question(
        actor=coordinator, question=unsent, lead=welfare, others=[partner.department], due_on=due_on
    )


def answer(stance="accepted", summary="내년에 늘리겠습니다.", reason=""):
    """What a reply or a consolidated answer says."""
    return {"stance": stance, "summary": summary, "reason": reason}


def draft_of(question, user) -> ReplyDraft:
    """The stored reply of the user's department."""
    return ReplyDraft.objects.select_related("question__deliberation", "department").get(
        question=question, department=user.department
    )


@pytest.fixture
def promise(asked, owner):
    """A promise of 사회복지과 that is not public yet."""
    commitment = Commitment(
        question=asked,
        department=owner.department,
        text="일자리 다섯 개를 늘린다.",
        due_on=timezone.localdate() + timedelta(days=200),
        task=asked.task,
    )
    return voices.add_commitment(actor=owner, commitment=commitment)


@pytest.fixture
def answered(asked, promise, owner, partner):
    """The question with both replies handed in."""
    for user in (owner, partner):
        voices.submit_reply(actor=user, draft=draft_of(asked, user), new=answer())
    return asked


@pytest.fixture
def ready(answered, coordinator):
    voices.consolidate_replies(actor=coordinator, question=answered, new=answer(), version=0, is_ready=True)
    return answered


@pytest.fixture
def replied(ready, coordinator):
    """Edition 1 of the forum's replies: the answer and its promise are public."""
    voices.publish_replies(actor=coordinator, deliberation=ready.deliberation)
    return ready


@pytest.fixture
def work(monkeypatch):
    """Carries out all that was put into the queue, as the worker does, within the one transaction of a test."""
    monkeypatch.setattr(tasks, "on_commit", lambda do, robust: do())
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    return tasks.work_off


@pytest.fixture
def world(request, plan, indicator, welfare, settings, tmp_path):
    """A site in use with one object behind every address (tests/world.py). Everything is undone with the test."""
    from .world import ROLES, build_world  # which itself imports from here

    settings.MEDIA_ROOT = tmp_path / "media"
    settings.FOLLOW_BY_MAIL = True
    settings.RESET_BY_MAIL = True
    people = {role: None if role == "citizen" else request.getfixturevalue(role) for role in ROLES}
    world = build_world(people, plan, indicator, welfare)
    settings.KEEP_READ_MODEL = True  # as in real life: walks of the world read the same again and again
    return world
