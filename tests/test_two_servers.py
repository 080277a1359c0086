"""Two application servers behind nginx, with one PostgreSQL and one Redis, from the files of deploy/ as they stand.

Everything is started for real; what the site does is asked through its addresses, at the proxy or at one server.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
import redis
from django.core.management import get_commands

from deploy.browser import HOST
from deploy.trial import DEPLOY, ROOT, Trial, missing_programs, unit

from .workbook_files import edited

PASSWORD = "only-for-trials-1234"
HOME = "/plans/trial/"
ROUND = "/plans/trial/work/rounds/2023/"
LIMIT = 4  # wrong passwords

PREPARE = f"""
from datetime import date
from accounts.choices import Role
from accounts.models import Department, User
from indicators import services
from indicators.choices import ReportKind
from indicators.models import Indicator, Milestone, ReportingRound
from plans.models import Area, Goal, Plan, Target, Task
years = {{"start_year": 2022, "end_year": 2026}}
plan = Plan.objects.create(slug="trial", municipality="시험구", title="시험 계획", is_current=True, **years)
area = Area.objects.create(plan=plan, number=1, title="일자리")
goal = Goal.objects.create(area=area, number=1, title="목표")
target = Target.objects.create(goal=goal, code="1-1", title="세부목표")
department = Department.objects.create(name="시험과", slug="trial")
for number in (1, 2):
    task = Task.objects.create(target=target, code=f"1-1-{{number}}", title=f"과제 {{number}}", department=department)
    named = {{"code": f"1-1-{{number}}-1", "title": f"지표 {{number}}", "unit": "명", "direction": "up"}}
    indicator = Indicator.objects.create(area=area, **named)
    indicator.tasks.add(task)
    for year in (2022, 2023):
        Milestone.objects.create(indicator=indicator, year=year, value=100)
people = [("victim", Role.COMMITTEE, None), ("officer", Role.OFFICER, department)]
for name, role, own in [*people, ("coordinator", Role.COORDINATOR, None)]:
    user = User.objects.create_user(name, "{PASSWORD}", name=name, role=role, department=own)
for year in (2022, 2023):
    days = {{"opens_on": date(year + 1, 1, 2), "due_on": date(year + 1, 2, 28)}}
    round_ = services.plan_round(actor=user, reporting_round=ReportingRound(plan=plan, year=year, **days))
    round_ = services.open_round(actor=user, reporting_round=round_)
    if year == 2022:
        round_ = services.close_round(actor=user, reporting_round=round_)
        services.publish_round(actor=user, reporting_round=round_)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    lacking = missing_programs()
    if lacking:
        message = f"not installed: {', '.join(lacking)}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    # Mail is taken for sent out (a server is named), so that following by mail is open; nobody listens there.
    settings = {"LOGIN_FAILURE_LIMIT": str(LIMIT), "EMAIL_URL": "smtp://127.0.0.1:1", "GUNICORN_WORKERS": "2"}
    folder = tmp_path_factory.mktemp("two-servers")
    with Trial(folder, **settings) as trial, ThreadPoolExecutor() as at_once:
        migrations = [at_once.submit(trial.manage, "migrate", server=server, check=False) for server in "ab"]
        static = at_once.submit(trial.manage, "collectstatic", "--noinput")
        trial.migrations = [done.result() for done in migrations]
        if not any(done.returncode for done in trial.migrations):
            trial.script(PREPARE)
        static.result()
        trial.start_proxy()
        for server in "ab":
            trial.start_server(server)
        yield trial


@pytest.fixture
def answers(site):
    """Every part is there, also when the test before took it away."""
    for name in ("database", "redis"):
        if site.parts[name].process.poll() is not None:
            site.parts[name].start()
    for server in "ab":
        if site.server(server).process.poll() is not None:
            site.start_server(server)
    until(lambda: all(site.browser(server).get("/healthz").status == 200 for server in "ab"))
    return site


def until(holds, patience: float = 60):
    """Wait for something to be so; return how many seconds it took."""
    start = time.monotonic()
    while time.monotonic() - start < patience:
        try:
            if holds():
                return time.monotonic() - start
        except OSError:
            pass
        time.sleep(0.03)
    raise AssertionError("did not happen in time")


def signed_in(site, name, server=""):
    browser = site.browser(server)
    assert browser.sign_in(name, PASSWORD).status == 302
    return browser


def at(browser, site, server):
    """The same person, whom the proxy leads to another server now."""
    browser.port, browser.is_tls = site.ports[server], False
    return browser


# --- the files


def test_two_migrations_at_once_do_not_get_in_each_others_way(site):
    assert [done.returncode for done in site.migrations] == [0, 0], [done.stderr for done in site.migrations]
    applied = [done.stdout.count("... OK") for done in site.migrations]
    assert min(applied) == 0
    assert max(applied) > 20


def test_the_deployment_check_is_clean_with_the_example(site):
    done = site.manage("check", "--deploy", "--fail-level", "WARNING", check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_units_name_commands_that_exist_and_systemd_reads_them(site, tmp_path):
    units = sorted((DEPLOY / "systemd").glob("*"))
    services = [path for path in units if path.suffix == ".service"]
    for path in services:
        command = unit(path.name, {})["ExecStart"]
        named = re.search(r"\.venv/bin/python manage\.py (\w+)", command)
        assert command.split()[0].endswith("gunicorn") or named[1] in get_commands(), path.name
    timers = [path for path in units if path.suffix == ".timer"]
    assert {path.stem for path in timers} < {path.stem for path in services}
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    for path in units:
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", path.read_text(encoding="utf-8"), flags=re.M)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [analyze, "verify", *(str(tmp_path / path.name) for path in units)], capture_output=True, text=True, check=False
    )
    assert str(tmp_path) not in done.stderr
    assert "sdgplan" not in done.stderr


def test_the_nightly_backup_is_whole_and_only_the_newest_are_kept(site, tmp_path):
    service = unit("sdgplan-backup.service", {"/srv/sdgplan-backup": str(tmp_path), ".venv/bin/python": sys.executable})

    def run(name):
        command = shlex.split(service[name].replace("%%", "%").replace("$$", "$"))
        return subprocess.run(command, cwd=ROOT, env=site.environment("a"), capture_output=True, text=True, check=False)

    for day in range(1, 20):
        (tmp_path / f"sdgplan-201911{day:02}-023000.zip").write_text("old")
    other = tmp_path / "by-hand.zip"
    other.write_text("of somebody else")
    done = run("ExecStart")
    assert done.returncode == 0, done.stderr
    assert run("ExecStartPost").returncode == 0
    kept = sorted(path.name for path in tmp_path.glob("sdgplan-*.zip"))
    assert len(kept) == 14
    assert kept[:2] == ["sdgplan-20191107-023000.zip", "sdgplan-20191108-023000.zip"]
    assert other.exists()
    assert "온전한 백업입니다" in site.manage("restore", str(tmp_path / kept[-1]), "--check").stdout


# --- as on one server


def test_who_signed_in_on_one_server_is_signed_in_on_the_other(answers):
    browser = signed_in(answers, "officer", "a")
    assert at(browser, answers, "b").get("/plans/trial/work/").status == 200
    browser.post("/accounts/logout/", {})
    assert at(browser, answers, "a").get("/plans/trial/work/").status == 302


def test_what_one_server_took_in_is_previewed_and_confirmed_by_the_other(answers):
    browser = signed_in(answers, "officer", "a")
    book = browser.get(f"{ROUND}workbook/download/").body
    changed = edited(book, {(1, "1-1-1-1", "2023년 실적"): 77})
    sent = browser.post(f"{ROUND}workbook/upload/", {}, {"file": ("실적.xlsx", changed)})
    assert sent.status == 302
    preview = at(browser, answers, "b").get(sent.location)
    assert "77" in preview.text
    done = browser.post(f"{sent.location}confirm/", {"fingerprint": preview.value("fingerprint")})
    assert done.status == 302
    assert 'value="77"' in at(browser, answers, "a").get(f"{ROUND}1/1-1-1-1/").text


def test_a_page_that_one_server_made_is_taken_from_the_cache_by_the_other(answers):
    cache = redis.Redis(port=answers.redis, password="only-for-trial")
    first = answers.browser("a").get(HOME)
    hits = cache.info("stats")["keyspace_hits"]
    second = answers.browser("b").get(HOME)
    assert second.body == first.body
    assert second.headers["ETag"] == first.headers["ETag"]
    assert cache.info("stats")["keyspace_hits"] == hits + 1


def test_workers_on_both_servers_make_every_report_once(answers):
    reader = answers.browser()
    reader.get("/accounts/login/")  # for the token of the form
    wished = ["xlsx", "hwpx"]
    assert [reader.post(f"/plans/trial/reports/2022/1/{kind}/", {}).status for kind in wished] == [302, 302]
    with ThreadPoolExecutor() as at_once:
        runs = [at_once.submit(answers.manage, "db_worker", "--batch", server=server) for server in "ab"]
        assert [run.result().returncode for run in runs] == [0, 0]
    told = answers.script("from indicators.models import Job\nprint([(j.state, j.attempt) for j in Job.objects.all()])")
    assert told.strip() == str([("done", 1)] * len(wished))


def test_by_setting_alone_workers_take_from_redis_what_any_server_queued(answers):
    queue = {"QUEUE_URL": f"redis://:only-for-trial@127.0.0.1:{answers.redis}/2"}
    answers.script(
        "from django.conf import settings\n"
        "from django.test import Client\n"
        "settings.ALLOWED_HOSTS, settings.SECURE_SSL_REDIRECT = ['testserver'], False\n"
        "for number in (1, 2):\n"
        "    Client().post(f'/plans/trial/reports/2022/1/task/1/1-1-{number}/')",
        **queue,
    )
    look = "from indicators.models import Job\nprint([j.state for j in Job.objects.filter(kind='task')])"
    answers.manage("db_worker", "--batch")
    assert answers.script(look).strip() == str(["waiting"] * 2)
    worker = ["rqworker", "default", "--burst", "--job-class", "django_tasks_rq.Job"]
    with ThreadPoolExecutor() as at_once:
        runs = [at_once.submit(answers.manage, *worker, server=server, **queue) for server in "ab"]
        assert [run.result().returncode for run in runs] == [0, 0]
    assert answers.script(look).strip() == str(["done"] * 2)


def test_wrong_passwords_count_together_whatever_address_is_claimed(answers):
    browser = answers.browser()
    browser.get("/accounts/login/")
    for number in range(LIMIT):
        typed = {"username": "victim", "password": f"wrong-{number}"}
        page = browser.post("/accounts/login/", typed, X_Forwarded_For=f"203.0.113.{number}")
    assert page.status == 429
    typed["password"] = PASSWORD
    for server in "ab":
        claimed = {"X_Forwarded_For": "203.0.113.99, 127.0.0.1"}  # as nginx would note the same visitor
        assert at(browser, answers, server).post("/accounts/login/", typed, **claimed).status == 429
        # Somebody else is not locked out by it.
        other = answers.browser(server)
        other.get("/accounts/login/")
        assert other.post("/accounts/login/", typed, X_Forwarded_For="192.0.2.7").status == 302


def test_requests_for_mail_count_together_and_are_refused_while_they_cannot_be_counted(answers):
    browser = answers.browser()
    browser.get("/accounts/login/")

    def ask(server, number):
        form = {"email": f"reader{number}@localhost.test"}
        return at(browser, answers, server).post(f"{HOME}tasks/1/1-1-1/follow/", form, X_Forwarded_For="192.0.2.9")

    statuses = [ask("ab"[number % 2], number).status for number in range(20)]
    assert set(statuses) == {503}  # taken, but no mail server answers
    assert [ask(server, 21).status for server in "ab"] == [429, 429]

    answers.parts["redis"].kill()
    page = ask("a", 22)
    assert page.status == 503
    assert "지금은 신청을 받을 수 없습니다." in page.text
    assert answers.browser("a").get(HOME).status == answers.browser("b").get(HOME).status == 200
    assert signed_in(answers, "officer").get("/plans/trial/work/").status == 200
    answers.parts["redis"].start()
    until(lambda: "메일을 보내지 못했습니다." in ask("a", 23).text)  # nothing was done but to start Redis


# --- the proxy


def test_static_files_and_headers(answers):
    browser = answers.browser()
    page = browser.get(HOME, Accept_Encoding="gzip")
    assert page.headers["Content-Encoding"] == "gzip"
    for name in ("Content-Security-Policy", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options"):
        assert len(page.headers.get_all(name)) == 1
    assert page.headers["Server"] == "nginx"
    style = re.search(r'href="(/static/css/site\.\w+\.css)"', browser.get(HOME).text)[1]
    for encoding in ("br", "gzip", ""):
        file = browser.get(style, Accept_Encoding=encoding)
        assert (file.status, file.headers.get("Content-Encoding", "")) == (200, encoding)
        assert "immutable" in file.headers["Cache-Control"]
    plain = answers.browser()
    plain.port, plain.is_tls = answers.http, False
    moved = plain.get(HOME)
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}{HOME}")


def test_what_is_too_large_is_refused_in_korean_and_uploads_have_room(answers):
    browser = signed_in(answers, "officer")
    page = browser.post("/accounts/login/", {"username": "x" * 4_000_000})
    assert page.status == 413
    assert "보내신 파일이 너무 큽니다" in page.text
    assert browser.get(re.search(r'href="([^"]+\.css)"', page.text)[1]).headers["Content-Type"] == "text/css"
    # Eleven megabytes reach the application, which says which file is meant.
    page = browser.post(f"{ROUND}workbook/upload/", {}, {"file": ("큰 파일.xlsx", b"x" * 11_000_000)})
    assert page.status == 422
    assert "실적.xlsx" not in page.text


@pytest.mark.parametrize(
    ("letters", "status", "words"),
    [
        (5_900, 200, "100자를 넘어"),
        (7_500, 414, "요청을 처리할 수 없습니다"),
        (20_000, 414, "주소가 너무 깁니다"),
    ],
    ids=["left out", "refused by the site", "refused by the proxy"],
)
def test_an_address_that_is_too_long_is_told_in_korean(answers, letters, status, words):
    page = answers.browser().get(f"{HOME}tasks/?q={'x' * letters}")
    assert page.status == status
    assert words in page.text


def log_of(site, mark):
    return [line for line in (site.folder / "log" / "sdgplan.log").read_text().splitlines() if mark in line]


def test_public_pages_are_kept_for_less_than_a_second_and_nobody_gets_anothers(answers):
    address = f"{HOME}tasks/"
    reader, officer = answers.browser(), signed_in(answers, "officer")
    until(lambda: time.time() % 1 < 0.2)
    bodies = {reader.get(address).body for _time in range(5)}
    mine = officer.get(address)
    assert len(bodies) == 1
    assert "로그아웃" in mine.text
    assert "로그아웃" not in reader.get(address).text
    lines = log_of(answers, f'"GET {address}"')
    assert sum(line.endswith("HIT") for line in lines) >= 3
    assert sum(line.endswith("BYPASS") for line in lines) == 1
    for _time in range(2):
        reader.cookies.clear()
        login = reader.get("/accounts/login/")
        assert "csrftoken" in reader.cookies, login.headers
    assert not [line for line in log_of(answers, "/accounts/login/") if line.endswith("HIT")]


def test_what_becomes_public_is_seen_within_a_second(answers):
    reader, address = answers.browser(), f"{HOME}tasks/"
    rename = "from plans.models import Task\nt = Task.objects.get(code='1-1-2')\nt.title = {!r}\nt.save()\n"
    rename += "import time; print(time.time())"
    with ThreadPoolExecutor() as beside:
        for title in ("새 이름", "더 새 이름"):
            done = beside.submit(answers.script, rename.format(title))
            stale, end = 0.0, time.time() + 20
            while time.time() < end:
                asked = time.time()
                if title in reader.get(address).text:
                    break
                stale = asked
            public_since = float(done.result())
            assert title in reader.get(address).text
            assert stale - public_since <= 1


def test_a_killed_server_is_passed_over_and_comes_back(answers):
    browser = signed_in(answers, "officer")
    answers.server("a").kill()
    pages = [browser.get("/plans/trial/work/").status for _time in range(12)]
    assert set(pages) == {200}
    page = browser.get(f"{ROUND}1/1-1-2-1/")
    fields = {"value": "55", "version": page.value("version"), "action": "save"}
    assert browser.post(f"{ROUND}1/1-1-2-1/", fields).status == 302
    answers.start_server("a")
    until(lambda: answers.browser("a").get("/healthz").status == 200)
    assert 'value="55"' in at(browser, answers, "a").get(f"{ROUND}1/1-1-2-1/").text


def test_a_reload_and_a_stop_let_what_is_under_way_finish(answers):
    """As after a new version: one server after the other, while people read."""
    reader = answers.browser()
    with ThreadPoolExecutor() as beside:
        asking = beside.submit(lambda: [reader.get(f"{HOME}search/?q={n}").status for n in range(20)])
        for server in "ab":
            os.kill(answers.server(server).process.pid, signal.SIGHUP)  # ExecReload
        assert set(asking.result()) == {200}


def test_the_health_address_tells_nothing_else_and_needs_no_host_name(answers):
    for server in ("", "a", "b"):
        page = answers.browser(server).get("/healthz", Host="localhost" if server else HOST)
        assert (page.status, page.body, page.headers["Cache-Control"]) == (200, b"ok\n", "no-store")
    assert answers.browser("a").request("POST", "/healthz").status == 405


# --- when parts are gone


def test_people_who_send_slowly_hold_nobody_up(answers):
    """More of them than there are threads of workers: nginx waits for them, not the application."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    slow = []
    for _number in range(40):
        link = context.wrap_socket(socket.create_connection(("127.0.0.1", answers.https)))
        head = f"POST {ROUND}grid/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 500\r\n\r\nusername="
        link.sendall(head.encode())
        slow.append(link)
    start = time.monotonic()
    assert answers.browser().get(f"{HOME}search/?q={quote('과제')}").status == 200
    assert time.monotonic() - start < 3
    for link in slow:
        link.close()


def test_without_the_database_a_page_says_so_and_all_comes_back_by_itself(answers):
    browser = signed_in(answers, "officer")
    answers.parts["database"].kill()
    for server in ("", "a", "b"):
        page = answers.browser(server).get(f"{HOME}search/?q=x")
        assert page.status == 503
        assert "자료 저장소에 연결하지 못했습니다." in page.text
        assert int(page.headers["Retry-After"]) > 0
        assert "no-store" in page.headers["Cache-Control"]
    assert browser.get("/plans/trial/work/").status == 503
    assert browser.post(f"{ROUND}1/1-1-2-1/", {"value": "56", "version": "1"}).status == 503
    assert answers.browser("a").get("/healthz").status == 503
    answers.parts["database"].start()
    until(lambda: all(answers.browser(server).get("/healthz").status == 200 for server in "ab"))
    assert browser.get("/plans/trial/work/").status == 200  # still signed in; no server was started anew


def test_when_no_server_answers_the_proxy_has_a_page(answers):
    for server in "ab":
        answers.server(server).kill()
    page = answers.browser().get("/plans/trial/work/")
    assert page.status == 503
    assert "지금은 이용하실 수 없습니다" in page.text
    assert page.headers["Retry-After"] == "30"
