"""A process that is killed in the middle of confirming a large workbook leaves all of it or nothing.

The processes are real, and so is the database: a file for SQLite, and a database of its own on the run's PostgreSQL.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections import namedtuple

import pytest
from django.conf import settings

ROWS = 115
Prepared = namedtuple("Prepared", "environment address fingerprint")

PREPARE = """
import json, django
from datetime import date
django.setup()
from tests.conftest import make_user, values
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
setup_test_environment()  # so that the client tells the context of a page
from accounts.models import Department
from indicators import services
from indicators.models import Indicator, ReportingRound, Result
from plans.models import Plan
from tests.workbook_files import INPUT, column_of, opened, saved, upload_of
plan = Plan.objects.get(is_current=True)
coordinator = make_user("coordinator", "coordinator")
reporting_round = ReportingRound(plan=plan, year=2022, opens_on=date(2023, 1, 2), due_on=date(2023, 2, 28))
services.plan_round(actor=coordinator, reporting_round=reporting_round)
reporting_round = services.open_round(actor=coordinator, reporting_round=reporting_round)
welfare = Department.objects.get(slug="social-welfare")
officer = make_user("officer", "officer", welfare)
for indicator in Indicator.objects.of_department(welfare):
    blank = Result(round=reporting_round, indicator=indicator, version=0)
    services.save_result(actor=officer, result=blank, new=values(missing_reason="source_pending"))
client = Client()
client.force_login(coordinator)
desk = reverse("indicators:workbook", args=[plan.slug, 2022])
book = opened(client.get(desk + "download/").content)
sheet = book[INPUT]
for row in range(2, sheet.max_row + 1):
    for title in ("성과와 설명", "산출근거"):
        sheet.cell(row, column_of(sheet, title)).value = f"새로 적은 글 {row}"
response = client.post(desk + "upload/", {"file": upload_of(saved(book))}, follow=True)
preview = response.context["preview"]
assert len(preview.writes) == 115 and preview.can_confirm
print(json.dumps([f"{desk}{response.context['upload'].pk}/confirm/", preview.fingerprint]))
"""

# The process is held here, at the trace of one of the rows, so that the moment of the kill can be chosen.
CONFIRM = """
import itertools, sys, time, django
django.setup()
from django.test import Client
from accounts.models import User
from indicators.collecting.services import results
from indicators.exchange.services import workbooks
hold, numbers = int(sys.argv[3]), itertools.count(1)
record = results.record_activity
def record_aloud(**arguments):
    entry = record(**arguments)
    print(arguments["action"], flush=True)
    if next(numbers) == hold:
        time.sleep(60)
    return entry
results.record_activity = workbooks.record_activity = record_aloud
client = Client()
client.force_login(User.objects.get(username="coordinator"))
print("ready", flush=True)
response = client.post(sys.argv[1], {"fingerprint": sys.argv[2]})
print(response.status_code, flush=True)
"""

LOOK = """
import json, django
django.setup()
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from accounts.models import User
from indicators.models import Result
from tests.checksum import database_checksum
# Signing in leaves its own traces, before the confirmation begins.
tables = database_checksum(AccessLog, Session, User)
print(json.dumps([Result.objects.filter(basis__startswith="새로 적은 글").count(), tables]))
"""


def run(script, environment, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def look(prepared):
    """How many results have the new words, and the checksum of all tables."""
    count, tables = json.loads(run(LOOK, prepared.environment))
    return count, tables


@pytest.fixture(scope="module")
def prepared(databases, tmp_path_factory):
    """A round in which the coordinator has a workbook for all 115 indicators before the last click."""
    with databases.another(filled=True) as address:
        environment = {
            **os.environ,
            "DATABASE_URL": address,
            "MEDIA_ROOT": str(tmp_path_factory.mktemp("media")),
            "DJANGO_SETTINGS_MODULE": "sdgplan.settings",
        }
        page, fingerprint = json.loads(run(PREPARE, environment))
        yield Prepared(environment, page, fingerprint)


def confirm_and_kill(prepared, *, after: int, hold: bool) -> list[str]:
    """Start the confirmation, kill it with -9 after so many writes, and return what it had said.

    With *hold* it waits there to be killed; without, it goes on, and the kill comes whenever it comes.
    """
    process = subprocess.Popen(
        [sys.executable, "-c", CONFIRM, prepared.address, prepared.fingerprint, str(after if hold else 0)],
        cwd=settings.BASE_DIR,
        env=prepared.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line.strip())
        if len(said) > after:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert not hold or process.returncode == -signal.SIGKILL, said
    return said


@pytest.mark.parametrize("after", [1, random.randint(2, ROWS), ROWS + 1], ids=["first", "any", "end"])
def test_a_kill_before_the_end_leaves_nothing(prepared, after):
    count, before = look(prepared)
    assert count == 0
    said = confirm_and_kill(prepared, after=after, hold=True)
    assert said[0] == "ready"
    assert said[1:] == ["result_saved"] * min(after, ROWS) + ["workbook_confirmed"] * (after - ROWS)
    assert look(prepared) == (0, before)


def test_a_kill_at_any_moment_leaves_all_or_nothing_and_a_database_that_works(prepared):
    count, before = look(prepared)
    assert count == 0
    for _attempt in range(3):
        confirm_and_kill(prepared, after=random.randint(1, ROWS + 1), hold=False)
        count, tables = look(prepared)
        assert count in (0, ROWS)
        if count == ROWS:
            break
        assert tables == before
    said = run(CONFIRM, prepared.environment, prepared.address, prepared.fingerprint, "0").split()
    assert said[-1] == ("302" if count == 0 else "409")
    count, after = look(prepared)
    assert count == ROWS
    traces = "accounts.ActivityEntry"
    assert after[traces][0] == before[traces][0] + ROWS + 1
    assert after["indicators.Result"][0] == ROWS
