"""The queue under the reports: filled when a wish is stored, worked off beside or within the site, never stuck."""

from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from commons import tasks
from indicators import services
from indicators.choices import JobState
from indicators.models import Job
from indicators.models.jobs import SILENT_AFTER, TRIES
from indicators.reports import pdf, producing

REPORTS = "/plans/seodaemun-2022/reports/"
CARD = f"{REPORTS}2022/1/task/1/1-1-2/"
LONG = SILENT_AFTER + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def quick(monkeypatch):
    """Reports of one line instead of real ones."""
    monkeypatch.setattr(producing, "produce", lambda job, tell: b"made")


def waiting() -> int:
    """How many tasks wait in the queue."""
    return DBTaskResult.objects.ready().count()


def die_over_it() -> Job:
    """A worker takes what waits longest and is killed over it, a while ago: nobody is left to say so."""
    task = DBTaskResult.objects.ready().first()
    task.claim("killed")
    return services.begin_job(pk=task.args_kwargs["args"][0], now=timezone.now() - LONG)


def pass_by(time: timedelta):
    job = Job.objects.get()
    Job.objects.update(alive_at=job.alive_at - time)


# --- into the queue


def test_nothing_is_queued_before_it_is_stored(published, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(CARD)
        assert (Job.objects.count(), waiting()) == (1, 0)
    assert DBTaskResult.objects.get().args_kwargs == {"args": [Job.objects.get().pk], "kwargs": {}}


def test_what_is_taken_back_is_not_queued(published, client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        client.post(CARD)
        transaction.set_rollback(True)
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_asking_again_queues_nothing_as_long_as_the_job_goes_on(published, client, work):
    for _time in range(3):
        client.post(CARD)
    assert waiting() == 1
    services.begin_job(pk=Job.objects.get().pk)
    client.post(CARD)
    assert waiting() == 1


def test_a_queue_that_is_gone_is_logged_and_the_wish_can_be_repeated(
    published, client, quick, work, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    def gone(*_arguments):
        raise OperationalError("the queue is gone")

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(tasks, "on_commit", transaction.on_commit)
        patch.setattr(DatabaseBackend, "enqueue", gone)
        assert client.post(CARD).status_code == 302
    assert "the queue is gone" in caplog.text
    assert waiting() == 0
    pass_by(LONG)
    assert "오래 기다렸으나 만들기 시작하지 못했습니다." in client.get(CARD).text
    client.post(CARD)
    work()
    assert "PDF 내려받기" in client.get(CARD).text


def test_what_waits_long_is_queued_again_once_and_made_once(published, client, quick, work, settings):
    client.post(CARD)
    pass_by(LONG)  # and no worker ran
    for _time in range(3):
        client.post(CARD)
    assert waiting() == 2
    work()
    job = Job.objects.get()
    assert (job.state, job.attempt, waiting()) == (JobState.DONE, 1, 0)
    assert len(list((settings.MEDIA_ROOT / "reports").iterdir())) == 1


def test_the_queue_can_be_another_one_by_setting_alone(published, client, settings, django_capture_on_commit_callbacks):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(CARD)
    (result,) = task_backends["default"].results
    assert (result.task.func, result.args) == (producing.make_report.func, [Job.objects.get().pk])
    assert not DBTaskResult.objects.exists()


# --- workers that die


def test_what_a_dead_worker_left_is_made_when_somebody_asks_again(published, client, quick, work, settings):
    client.post(CARD)
    lost = die_over_it()
    work()
    page = client.get(CARD).text
    assert "도중에 멈추었습니다." in page
    assert "다시 확인</button>" in page
    assert "이 화면을 닫아도 계속 만듭니다." not in page
    client.post(CARD)
    assert "곧 만들기 시작합니다." in client.get(CARD).text
    assert services.finish_job(job=lost, data=b"too late") is False
    taken = services.begin_job(pk=lost.pk)
    assert (taken.pk, taken.attempt) == (lost.pk, 2)
    assert services.finish_job(job=lost, data=b"too late") is False
    services.fail_job(job=lost, error="늦은 오류")
    assert not (settings.MEDIA_ROOT / "reports").exists() or not list((settings.MEDIA_ROOT / "reports").iterdir())
    assert services.finish_job(job=taken, data=b"in time") is True
    assert (Job.objects.get().state, Job.objects.get().error) == (JobState.DONE, "")
    work()  # what is still queued finds nothing to do
    assert Job.objects.get().attempt == 2


def test_what_kills_its_workers_again_and_again_is_left_to_the_coordinator(
    published, client, as_user, coordinator, quick, work
):
    for _worker in range(TRIES):
        client.post(CARD)
        lost = die_over_it()
    client.post(CARD)
    assert (waiting(), Job.objects.get().state) == (0, JobState.FAILED)
    page = client.get(CARD).text
    assert "도중에 멈추었습니다." in page
    assert "총괄 담당자가 다시 만들 수 있습니다." in page
    client.post(CARD)
    assert waiting() == 0
    as_user(coordinator).post(f"{REPORTS}files/{lost.pk}/retry/")
    work()
    assert "PDF 내려받기" in client.get(CARD).text


def test_a_sign_of_life_keeps_a_long_job(published, client, work):
    client.post(CARD)
    job = die_over_it()
    services.tell_progress(job=job, step=1, steps=4, doing="쪽을 나누고 있습니다.")
    client.post(CARD)
    assert (waiting(), Job.objects.get().state) == (0, JobState.RUNNING)
    assert "쪽을 나누고 있습니다." in client.get(CARD).text


def test_two_workers_never_hold_one_job(published, client, work):
    client.post(CARD)
    pk = Job.objects.get().pk
    first, second = (services.begin_job(pk=pk) for _worker in range(2))
    assert (first.pk, second) == (pk, None)


# --- workers


def test_a_failure_is_kept_with_its_particulars_for_those_who_run_the_server(
    published, client, work, monkeypatch, caplog
):
    def produce(job, tell):
        raise ZeroDivisionError("secret of the machine")

    monkeypatch.setattr(producing, "produce", produce)
    client.post(CARD)
    work()
    kept = DBTaskResult.objects.get()
    assert kept.exception_class_path == "builtins.ZeroDivisionError"
    assert "secret of the machine" in kept.traceback
    assert "secret of the machine" in caplog.text
    assert "secret" not in client.get(CARD).text


def test_jobs_do_not_hold_a_transaction_while_they_work(published, client, work, monkeypatch):
    held, seen = len(connection.savepoint_ids), []

    def produce(job, tell):
        seen.append(len(connection.savepoint_ids))
        return b"fine"

    monkeypatch.setattr(producing, "produce", produce)
    client.post(CARD)
    work()
    assert seen == [held]
    assert Job.objects.get().state == JobState.DONE


class AtOnce:
    """Stands for a thread that has run by the time it was started."""

    started = 0

    def __init__(self, *, target, name, daemon):
        self.target = target

    def start(self):
        AtOnce.started += 1
        self.target()


@pytest.fixture
def within_site(settings, monkeypatch):
    settings.WORKER_IN_SITE = True
    AtOnce.started = 0
    monkeypatch.setattr(tasks, "Thread", AtOnce)
    monkeypatch.setattr(tasks.connections, "close_all", lambda: None)
    monkeypatch.setattr(pdf, "_weasyprint", lambda: None)


def test_without_a_worker_the_site_makes_it_itself(published, client, quick, work, within_site):
    client.post(CARD)
    assert "PDF 내려받기" in client.get(CARD).text


def test_with_a_worker_the_site_leaves_it_alone(published, client, work, within_site, settings):
    settings.WORKER_IN_SITE = False
    client.post(CARD)
    assert (waiting(), AtOnce.started) == (1, 0)


def test_the_site_starts_no_second_worker_while_one_is_still_to_look(published, client, quick, work, within_site):
    with tasks._about_to_look:
        client.post(CARD)
    assert (waiting(), AtOnce.started) == (1, 0)
    tasks.work_within_site()  # as when the site is started
    assert (waiting(), AtOnce.started) == (0, 1)
    assert Job.objects.get().state == JobState.DONE


def test_a_worker_of_the_site_that_breaks_off_is_logged_and_the_next_one_works(
    published, client, quick, work, within_site, monkeypatch, caplog
):
    def gone():
        raise OperationalError("the database is gone")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "work_off", gone)
        client.post(CARD)
    assert "the database is gone" in caplog.text
    tasks.work_within_site()
    assert Job.objects.get().state == JobState.DONE


# --- what stays of it


def test_finished_tasks_are_deleted_after_two_weeks_and_the_reports_stay(published, client, quick, work):
    client.post(CARD)
    work()
    call_command("prune_db_task_results", stdout=StringIO())
    assert DBTaskResult.objects.count() == 1
    DBTaskResult.objects.update(finished_at=timezone.now() - timedelta(days=15))
    client.post(f"{REPORTS}2022/1/task/1/1-1-1/")
    call_command("prune_db_task_results", stdout=StringIO())
    assert DBTaskResult.objects.get().status == "READY"
    assert "PDF 내려받기" in client.get(CARD).text


def test_reports_of_the_queue_before_keep_their_files_and_can_be_asked_for(published, client, quick, work):
    told = {"waiting": {}, "running": {"attempt": 2, "step": 3}, "failed": {"error": "까닭"}, "done": {"size": 4}}
    for number, (state, fields) in enumerate(told.items(), start=1):
        key = {"publication": published, "kind": "area", "scope": str(number)}
        job = Job.objects.create(**key, state=state, alive_at=timezone.now(), **fields)
    job.file.save("report", ContentFile(b"made before"))
    import_module("indicators.migrations.0008_jobs_from_the_old_queue").let_them_wait(apps, None)
    assert [(job.scope, job.state, job.attempt, job.step, job.error) for job in Job.objects.all()] == [
        ("1", "waiting", 0, 0, ""),
        ("2", "waiting", 2, 0, ""),
        ("3", "failed", 0, 0, "까닭"),
        ("4", "done", 0, 0, ""),
    ]
    assert b"".join(client.get(f"{REPORTS}files/{job.pk}/").streaming_content) == b"made before"
    for number in range(1, 5):
        client.post(f"{REPORTS}2022/1/area/{number}/")
    assert waiting() == 2
    work()
    assert [job.state for job in Job.objects.all()] == ["done", "done", "failed", "done"]


def test_the_queue_is_no_page_of_the_reference_data(db):
    assert DBTaskResult not in admin.site._registry
