"""Two people at once, for real: separate processes with connections of their own, on the database of the run.

On SQLite the processes share a file; on PostgreSQL the test database. Each pair starts at the same moment.
"""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from accounts.choices import Role
from accounts.models import ActivityEntry, Department
from indicators import services
from indicators.models import Assignment, Figure, Indicator, Job, Publication, ReportingRound, Result
from indicators.reports.producing import queue_report
from plans.models import Plan

from .conftest import make_user, values

PRELUDE = """
import json, sys, django
from decimal import Decimal
django.setup()
from accounts.models import User
from indicators import services
from indicators.models import ReportingRound, Result
from indicators.services import NotAllowedNow, StaleResult
actor = User.objects.get(username=sys.argv[1])
value = Decimal(sys.argv[2] if len(sys.argv) > 2 else 0)
result = Result.objects.select_related("round", "indicator").prefetch_related("indicator__tasks__department").get()
reporting_round = ReportingRound.objects.get()
new = {"value": value, "text": "", "missing_reason": "", "verdict": "", "explanation": "",
    "doubt_answer": "확인했습니다."}
print("ready", flush=True)
sys.stdin.readline()
try:
"""
ENDING = """
except StaleResult as stale:
    print(json.dumps(["stale", str(stale.current.value.normalize()), stale.current.updated_by.username]))
except NotAllowedNow as refusal:
    print(json.dumps(["refused", str(refusal), ""]))
"""
SAVE = (
    PRELUDE + '    services.save_result(actor=actor, result=result, new=new)\n    print(json.dumps(["saved"]))' + ENDING
)
SUBMIT = (
    PRELUDE
    + '    services.submit_result(actor=actor, result=result, new=new)\n    print(json.dumps(["saved"]))'
    + ENDING
)
PUBLISH = (
    PRELUDE
    + "    services.close_round(actor=actor, reporting_round=reporting_round)\n"
    + "    services.publish_round(actor=actor, reporting_round=reporting_round)\n"
    + '    print(json.dumps(["published"]))'
    + ENDING
)

REMIND = (
    PRELUDE
    + "    report = services.send_due_reminders(reporting_round=reporting_round, day=reporting_round.due_on)\n"
    + "    print(json.dumps([len(report.sent), len(report.already)]))"
    + ENDING
)


@pytest.fixture
def draft_of_two(transactional_db):
    """A draft of version 1 that two officers of one department have before them."""
    plan = Plan.objects.get(is_current=True)
    welfare = Department.objects.get(slug="social-welfare")
    for name in ("first", "second"):
        make_user(name, Role.OFFICER, welfare)
    coordinator = make_user("coordinator", Role.COORDINATOR)
    reporting_round = ReportingRound(plan=plan, year=2022, opens_on=date(2023, 1, 2), due_on=date(2023, 2, 28))
    services.plan_round(actor=coordinator, reporting_round=reporting_round)
    services.open_round(actor=coordinator, reporting_round=reporting_round)
    indicator = Indicator.objects.get_by_natural_key(plan.slug, 1, "1-1-2-1")
    officer = type(coordinator).objects.get(username="first")
    blank = Result(round=reporting_round, indicator=indicator, version=0)
    return services.save_result(actor=officer, result=blank, new=values(1))


@pytest.fixture
def shared_database(draft_of_two, databases):
    """Address under which other processes reach the data of this test."""
    return databases.address


def run_at_once(database, *jobs):
    """Start each (script, arguments) in a process of its own, all to act at one moment; return what they printed."""
    environment = {**os.environ, "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "sdgplan.settings"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, *arguments],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for script, arguments in jobs
    ]
    # Each has read what it acts on before any is let go, however slowly a busy machine starts them.
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = []
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        printed.append(json.loads(out))
    return printed


def test_of_two_who_save_at_once_one_is_told_of_the_other(shared_database):
    outcomes = run_at_once(shared_database, (SAVE, ("first", "111")), (SAVE, ("second", "222")))
    assert sorted(outcome[0] for outcome in outcomes) == ["saved", "stale"]
    winner = 0 if outcomes[0] == ["saved"] else 1
    kept = ("111", "first") if winner == 0 else ("222", "second")
    assert outcomes[1 - winner] == ["stale", *kept]
    stored = Result.objects.get()
    assert (str(stored.value.normalize()), stored.updated_by.username, stored.version) == (*kept, 2)
    assert ActivityEntry.objects.filter(action="result_saved").count() == 2


def test_submitting_and_publishing_at_once_never_slip_past_each_other(shared_database):
    submitted, published = run_at_once(shared_database, (SUBMIT, ("first", "111")), (PUBLISH, ("coordinator",)))
    assert published == ["published"]
    stored = Result.objects.get()
    assert Figure.objects.filter(actual_missing="not_submitted").count() == 115
    if submitted[0] == "saved":
        assert stored.state == "submitted"
        assert stored.updated_at <= Publication.objects.get().published_at
    else:
        assert submitted[0] == "refused"
        assert stored.state == "draft"


def test_a_round_is_published_once(shared_database):
    outcomes = run_at_once(shared_database, (PUBLISH, ("coordinator",)), (PUBLISH, ("coordinator",)))
    assert sorted(outcome[0] for outcome in outcomes) == ["published", "refused"]
    assert Publication.objects.count() == 1


@pytest.fixture
def officers_with_addresses(draft_of_two, monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "memorymail://")
    Department.objects.get(slug="social-welfare").users.update(email="officer@localhost")


def test_reminders_that_run_at_once_write_to_nobody_twice(officers_with_addresses, shared_database):
    printed = run_at_once(shared_database, (REMIND, ["coordinator"]), (REMIND, ["coordinator"]), (REMIND, ["first"]))
    assert sorted(printed) == [[0, 1], [0, 1], [1, 0]]
    assert ActivityEntry.objects.filter(action="reminded").count() == 1


WORK = """
import json, sys, django
django.setup()
from indicators.reports import producing
from commons import tasks
made = []
def produce(job, tell):
    made.append(job.scope)
    return b"made"
producing.produce = produce
print("ready", flush=True)
sys.stdin.readline()
tasks.work_off()
print(json.dumps(made))
"""
WISH = """
import json, sys, django
django.setup()
from indicators import services
from indicators.models import Publication
from indicators.reports.producing import queue_report
publication = Publication.objects.get()
print("ready", flush=True)
sys.stdin.readline()
job, is_to_be_queued = services.request_job(actor=None, publication=publication, kind="xlsx", scope="")
if is_to_be_queued:
    queue_report(job)
print(json.dumps(is_to_be_queued))
"""
AT_ONCE = """
import json, sys, time, django
django.setup()
from django.test import Client
from indicators.models import Job
print("ready", flush=True)
sys.stdin.readline()
status = Client().post("/plans/seodaemun-2022/reports/2022/1/xlsx/").status_code
states, end = [], time.monotonic() + 50
while time.monotonic() < end and "done" not in states and "failed" not in states:
    states.append(Job.objects.get().state)
    time.sleep(0.02)
print(json.dumps([status, states[0] != "done", states[-1], Job.objects.get().has_file]))
"""


@pytest.fixture
def published_once(draft_of_two):
    coordinator = type(draft_of_two.updated_by).objects.get(username="coordinator")
    services.close_round(actor=coordinator, reporting_round=draft_of_two.round)
    return services.publish_round(actor=coordinator, reporting_round=draft_of_two.round)


@pytest.fixture
def waiting_jobs(published_once):
    for number in range(30):
        job, _is_new = services.request_job(actor=None, publication=published_once, kind="task", scope=str(number))
        queue_report(job)


@pytest.fixture
def media(monkeypatch, tmp_path):
    """A folder for the files of all processes."""
    monkeypatch.setenv("MEDIA_ROOT", str(tmp_path / "media"))
    return tmp_path / "media"


def test_workers_at_once_share_the_jobs_and_none_is_made_twice(waiting_jobs, shared_database, media):
    made = run_at_once(shared_database, (WORK, []), (WORK, []), (WORK, []))
    assert sorted(scope for scopes in made for scope in scopes) == sorted(map(str, range(30)))
    assert Job.objects.filter(state="done", attempt=1).count() == 30
    assert len(list((media / "reports").iterdir())) == 30


def test_a_report_wished_for_twice_at_once_is_one_job(published_once, shared_database):
    assert sorted(run_at_once(shared_database, (WISH, []), (WISH, []), (WISH, []))) == [False, False, True]
    assert Job.objects.count() == 1


def test_a_silent_report_wished_for_twice_at_once_is_queued_once(published_once, shared_database):
    run_at_once(shared_database, (WISH, []))
    Job.objects.update(alive_at=None)
    assert sorted(run_at_once(shared_database, (WISH, []), (WISH, []), (WISH, []))) == [False, False, True]


def test_the_site_makes_a_report_beside_the_page_that_asked(published_once, shared_database, media, monkeypatch):
    monkeypatch.setenv("WORKER_IN_SITE", "true")
    assert run_at_once(shared_database, (AT_ONCE, [])) == [[302, True, "done", True]]


START = """
import json, os, sys, time
print("ready", flush=True)
sys.stdin.readline()
from sdgplan.wsgi import application
from indicators.models import Job
end = time.monotonic() + 50
while time.monotonic() < end and Job.objects.exclude(state="done").exists():
    time.sleep(0.05)
print(json.dumps([job.state for job in Job.objects.all()]))
"""


def test_a_site_that_starts_goes_on_with_what_waits(published_once, shared_database, media, monkeypatch):
    run_at_once(shared_database, (WISH, []))
    assert Job.objects.get().state == "waiting"
    monkeypatch.setenv("WORKER_IN_SITE", "true")
    assert run_at_once(shared_database, (START, [])) == [["done"]]


KILLED = """
import json, os, signal, django
django.setup()
from indicators.reports import producing
from commons import tasks
producing.produce = lambda job, tell: os.kill(os.getpid(), signal.SIGKILL)
tasks.work_off()
"""


def test_a_report_whose_worker_was_killed_is_made_by_the_next_once_it_is_asked_for_again(
    published_once, shared_database, media
):
    run_at_once(shared_database, (WISH, []))
    environment = {**os.environ, "DATABASE_URL": shared_database, "DJANGO_SETTINGS_MODULE": "sdgplan.settings"}
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=settings.BASE_DIR, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    batch = [sys.executable, "manage.py", "db_worker", "--batch"]
    subprocess.run(batch, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)
    assert Job.objects.values_list("state", "attempt").get() == ("running", 1)
    Job.objects.update(alive_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert run_at_once(shared_database, (WISH, [])) == [True]
    subprocess.run(batch, cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True)
    assert Job.objects.values_list("state", "attempt").get() == ("done", 2)


DESKS = """
import json, sys, django
from datetime import date
django.setup()
from accounts.models import Department, User
from indicators.people.selectors.handover import handover_of
from indicators.people.selectors.reorganisation import preview_of
from indicators.services import NotAllowedNow
from indicators.people.services.handover import StaleDesks, assign_indicators, hand_over
from indicators.people.services.reorganisation import reorganise
from plans.models import Plan
from plans.services import CannotReorganise, everything_of, rename_department
actor = User.objects.get(username="coordinator")
people = User.objects.select_related("department").in_bulk(field_name="username")
department, plan = Department.objects.get(slug="social-welfare"), Plan.objects.get(is_current=True)
day = date(2025, 1, 1)
seen = handover_of(people["first"], plan)
part = everything_of([department], sys.argv[1], "welfare-" + sys.argv[2])
preview = preview_of([department], [part], day)
print("ready", flush=True)
sys.stdin.readline()
try:
"""
DESKS_ENDING = """
    print(json.dumps("done"))
except (NotAllowedNow, StaleDesks, CannotReorganise) as refusal:
    print(json.dumps(type(refusal).__name__))
"""
HAND_OVER = f"""{DESKS}
    hand_over(actor=actor, leaver=people["first"], successor=people[sys.argv[2]], plan=plan, seen=seen.fingerprint)
{DESKS_ENDING}"""
ASSIGN = f"""{DESKS}
    wanted = {{indicator.pk: (str(people["first"].pk), people[sys.argv[2]]) for indicator in seen.in_charge}}
    assign_indicators(actor=actor, department=department, plan=plan, wanted=wanted)
{DESKS_ENDING}"""
RENAME = f"""{DESKS}
    arguments = {{"department": department, "new_name": part.name, "new_slug": part.slug}}
    reorganise(
        actor=actor, act=rename_department, arguments=arguments, old=[department], parts=[part], on=day,
        seen=preview.fingerprint,
    )
{DESKS_ENDING}"""


@pytest.fixture
def desk_of_first(draft_of_two):
    """The first officer is in charge of the indicator of the draft; there is a third one beside the second."""
    first = draft_of_two.updated_by
    make_user("third", Role.OFFICER, first.department)
    return Assignment.objects.create(indicator=draft_of_two.indicator, user=first)


def in_charge() -> list[str]:
    return list(Result.objects.get().indicator.assignments.values_list("user__username", flat=True))


@pytest.mark.parametrize("other", [HAND_OVER, ASSIGN], ids=["hand-over", "assignment"])
def test_a_desk_goes_to_one_of_two_successors(desk_of_first, shared_database, other):
    outcomes = run_at_once(shared_database, (HAND_OVER, ("x", "second")), (other, ("x", "third")))
    assert sorted(outcomes) in (["NotAllowedNow", "done"], ["StaleDesks", "done"])
    assert in_charge() == [["second", "third"][outcomes.index("done")]]


def test_a_department_is_renamed_once(desk_of_first, shared_database):
    outcomes = run_at_once(shared_database, (RENAME, ("복지가과", "a")), (RENAME, ("복지나과", "b")))
    assert outcomes.count("done") == 1
    name = ["복지가과", "복지나과"][outcomes.index("done")]
    stored = Result.objects.get()
    assert [stored.indicator.tasks.get().department.name, stored.updated_by.department.name] == [name, name]


def test_who_saves_while_the_department_is_renamed_loses_nothing(desk_of_first, shared_database):
    renamed, saved = run_at_once(shared_database, (RENAME, ("복지가과", "a")), (SAVE, ("first", "111")))
    assert (renamed, saved) == ("done", ["saved"])
    stored = Result.objects.get()
    assert stored.value == 111
    assert stored.indicator.tasks.get().department.name == "복지가과"


def test_a_hand_over_during_a_renaming_is_done_or_refused_whole(desk_of_first, shared_database):
    renamed, handed = run_at_once(shared_database, (RENAME, ("복지가과", "a")), (HAND_OVER, ("x", "second")))
    # Either act sees that the other came first, as its preview no longer holds, or both go one after the other.
    assert "done" in (renamed, handed)
    assert {renamed, handed} <= {"done", "NotAllowedNow"}
    assert in_charge() == (["second"] if handed == "done" else ["first"])
