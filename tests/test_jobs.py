"""Reports as people get them: asked for once, made by a worker, taken home by all, made again by the coordinator."""

import io

import openpyxl
import pytest
from django.test import Client

from accounts.models import ActivityEntry
from indicators.choices import JobState, ReportKind
from indicators.models import REPORT_FORM, Job, ReportingRound
from indicators.models import jobs as job_models
from indicators.reports import pdf, producing

BASE = "/plans/seodaemun-2022/reports/"
CARD = f"{BASE}2022/1/task/1/1-1-2/"
XLSX = f"{BASE}2022/1/xlsx/"


@pytest.fixture(autouse=True)
def _files_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def quick(monkeypatch):
    """Reports of one line instead of real ones; gives the scopes in the order in which they were made."""
    made = []

    def produce(job, tell):
        tell("쓰고 있습니다.")
        made.append(job.scope)
        return f"{job.kind} {job.scope}".encode()

    monkeypatch.setattr(producing, "produce", produce)
    return made


def files(settings):
    return sorted(path.name for path in (settings.MEDIA_ROOT / "reports").glob("*"))


# --- from the wish to the file


def test_a_citizen_asks_waits_and_takes_the_report_home(published, client, quick, work):
    page = client.get(CARD)
    assert "아직 만들지 않은 보고서입니다." in page.text
    assert not Job.objects.exists()  # looking asks for nothing
    response = client.post(CARD)
    assert response.url == CARD
    job = Job.objects.get()
    assert (job.kind, job.scope, job.state, job.requested_by, job.form) == (
        "task",
        "1/1-1-2",
        "waiting",
        None,
        REPORT_FORM,
    )
    waiting = client.get(CARD)
    assert "곧 만들기 시작합니다." in waiting.text
    assert "다시 확인</button>" in waiting.text
    assert "refresh" not in waiting.text.lower()
    work()
    done = client.get(CARD)
    assert "PDF 내려받기" in done.text
    taken = client.get(f"{BASE}files/{job.pk}/")
    assert b"".join(taken.streaming_content) == b"task 1/1-1-2"
    assert taken.headers["Content-Type"] == "application/pdf"
    assert taken.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in taken.headers["Content-Disposition"]
    assert not ActivityEntry.objects.filter(subject_type="indicators.job").exists()


def test_a_real_report_comes_out_of_the_worker(published, client, work):
    client.post(XLSX)
    work()
    job = Job.objects.get()
    taken = client.get(f"{BASE}files/{job.pk}/")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(taken.streaming_content)))
    assert book["이행과제"].max_row == 112 + 2
    assert (job.state, job.step, job.size) == (JobState.DONE, 1, job.file.size)


def test_progress_is_told_step_by_step(published, client, monkeypatch, work):
    seen = []

    def produce(job, tell):
        for number in range(4):
            tell(f"{number}번째 일을 하고 있습니다.")
            seen.append(client.get(CARD).text)
        return b"done"

    monkeypatch.setattr(producing, "produce", produce)
    client.post(CARD)
    work()
    for number, page in enumerate(seen):
        assert f"{number}번째 일을 하고 있습니다." in page
        assert f'<progress value="{number}" max="4"' in page
        assert "작성중" in page


def test_each_report_is_made_once_whoever_asks_and_however_often(
    published, client, as_user, owner, quick, settings, work
):
    for _time in range(3):
        client.post(CARD)
        as_user(owner).post(CARD)
    assert Job.objects.count() == 1
    work()
    client.post(CARD)
    work()
    assert Job.objects.count() == 1
    assert len(files(settings)) == 1
    assert not Job.objects.filter(state=JobState.WAITING).exists()


def test_who_asked_is_kept_for_people_with_an_account(published, as_user, owner, quick):
    as_user(owner).post(CARD)
    assert Job.objects.get().requested_by == owner
    entry = ActivityEntry.objects.get(subject_type="indicators.job")
    assert (entry.actor, entry.action) == (owner, "created")


@pytest.mark.parametrize("who", ["owner", "stranger", "head", "committee", "coordinator", "administrator"])
def test_every_role_may_ask_as_citizens_may(request, published, as_user, who, quick, work):
    client = as_user(request.getfixturevalue(who))
    assert client.post(CARD).url == CARD
    work()
    assert "PDF 내려받기" in client.get(CARD).text
    assert client.get(f"{BASE}files/{Job.objects.get().pk}/").status_code == 200


def test_jobs_are_made_in_the_order_they_were_asked_for(published, client, quick, work):
    for code in ("1-1-1", "1-1-2", "1-1-3"):
        client.post(f"{BASE}2022/1/task/1/{code}/")
    assert "앞선 2건을 만든 뒤에 만듭니다." in client.get(f"{BASE}2022/1/task/1/1-1-3/").text
    work()
    assert quick == ["1/1-1-1", "1/1-1-2", "1/1-1-3"]


# --- what is not there


@pytest.mark.parametrize(
    "path",
    [
        "2022/2/",
        "2022/2/pdf/",
        "2023/1/pdf/",
        "2022/1/docx/",
        "2022/1/pdf/1/",
        "2022/1/area/",
        "2022/1/area/8/",
        "2022/1/area/01/",
        "2022/1/department/nowhere/",
        "2022/1/task/1-1-2/",
        "2022/1/task/1/9-9-9/",
        "2022/1/task/1/1-1-2/x/",
        "files/1/",
    ],
)
def test_what_is_not_there_is_not_found_and_leaves_nothing(published, client, path):
    assert client.get(BASE + path).status_code == 404
    assert client.post(BASE + path).status_code in (404, 405)
    assert client.get(f"/plans/elsewhere/reports/{path}").status_code == 404
    assert not Job.objects.exists()


def test_wrong_methods_are_refused(published, client, quick, as_user, coordinator):
    client.post(CARD)
    pk = Job.objects.get().pk
    assert client.post(BASE).status_code == 405
    assert client.post(f"{BASE}2022/1/").status_code == 405
    assert client.put(CARD).status_code == 405
    assert client.post(f"{BASE}files/{pk}/").status_code == 405
    assert as_user(coordinator).get(f"{BASE}files/{pk}/retry/").status_code == 405


def test_a_wish_needs_the_token_of_a_form(published):
    assert Client(enforce_csrf_checks=True).post(CARD).status_code == 403
    assert not Job.objects.exists()


def test_a_file_that_is_not_made_yet_or_of_another_plan_is_not_found(published, client, quick, work):
    client.post(CARD)
    pk = Job.objects.get().pk
    assert client.get(f"{BASE}files/{pk}/").status_code == 404
    work()
    assert client.get(f"/plans/elsewhere/reports/files/{pk}/").status_code == 404
    assert client.get(f"{BASE}files/{pk + 1}/").status_code == 404


# --- what goes wrong


@pytest.fixture
def failed(published, client, monkeypatch, work):
    """A report whose making failed."""

    def produce(job, tell):
        raise ZeroDivisionError("secret of the machine")

    with monkeypatch.context() as patch:
        patch.setattr(producing, "produce", produce)
        client.post(CARD)
        work()
    return Job.objects.get()


def test_a_failure_is_said_in_plain_words_and_logged(failed, client, caplog):
    assert failed.state == JobState.FAILED
    page = client.get(CARD).text
    assert "보고서를 만드는 가운데 오류가 났습니다." in page
    assert "총괄 담당자가 다시 만들 수 있습니다." in page
    assert "secret" not in page
    assert "다시 만들기" not in page
    client.post(CARD)  # a citizen's wish does not make it again
    assert Job.objects.get().state == JobState.FAILED


def test_one_failure_keeps_no_other_report_from_being_made(published, client, monkeypatch, work):
    def produce(job, tell):
        if job.scope == "1/1-1-1":
            raise ValueError
        return b"fine"

    monkeypatch.setattr(producing, "produce", produce)
    for code in ("1-1-1", "1-1-2"):
        client.post(f"{BASE}2022/1/task/1/{code}/")
    work()
    assert {job.scope: job.state for job in Job.objects.all()} == {"1/1-1-1": "failed", "1/1-1-2": "done"}


@pytest.mark.parametrize("who", ["coordinator", "administrator"])
def test_those_who_run_rounds_have_it_made_again(request, failed, as_user, who, quick, work):
    keeper = as_user(request.getfixturevalue(who))
    retry = f"{BASE}files/{failed.pk}/retry/"
    assert retry in keeper.get(CARD).text
    assert keeper.post(retry).url == CARD
    assert Job.objects.get().state == JobState.WAITING
    entry = ActivityEntry.objects.get(subject_type="indicators.job")
    assert (entry.action, entry.changes) == ("changed", [["상태", "실패", "대기"]])
    work()
    assert "PDF 내려받기" in keeper.get(CARD).text
    again = keeper.post(retry)
    assert again.status_code == 409
    assert "만들지 못한 보고서만 다시 만들 수 있습니다." in again.text


@pytest.mark.parametrize("who", ["owner", "stranger", "head", "committee"])
def test_nobody_else_has_it_made_again(request, failed, as_user, who):
    assert as_user(request.getfixturevalue(who)).post(f"{BASE}files/{failed.pk}/retry/").status_code == 403
    assert Job.objects.get().state == JobState.FAILED


def test_a_citizen_is_asked_to_sign_in_first(failed, client, as_user, coordinator):
    assert "/accounts/login/" in client.post(f"{BASE}files/{failed.pk}/retry/").url
    assert as_user(coordinator).post(f"{BASE}files/{failed.pk + 1}/retry/").status_code == 404


def test_a_file_that_is_gone_can_be_made_again(published, client, as_user, coordinator, quick, settings, work):
    client.post(CARD)
    work()
    job = Job.objects.get()
    job.file.storage.delete(job.file.name)
    assert client.get(f"{BASE}files/{job.pk}/").status_code == 404
    assert "파일이 서버에 없습니다." in client.get(CARD).text
    as_user(coordinator).post(f"{BASE}files/{job.pk}/retry/")
    work()
    assert client.get(f"{BASE}files/{job.pk}/").status_code == 200
    assert len(files(settings)) == 1


def test_a_new_form_makes_reports_anew_and_takes_the_old_file_away(
    published, client, quick, settings, monkeypatch, work
):
    client.post(CARD)
    work()
    (old,) = files(settings)
    monkeypatch.setattr(job_models, "REPORT_FORM", "next")
    monkeypatch.setattr("indicators.reports.services.jobs.REPORT_FORM", "next")
    assert "아직 만들지 않은 보고서입니다." in client.get(CARD).text
    client.post(CARD)
    work()
    assert [job.form for job in Job.objects.all()] == ["next"]
    assert len(files(settings)) == 1
    assert old not in files(settings)


# --- where Pango is missing


@pytest.fixture
def no_pango(monkeypatch):
    def missing():
        raise pdf.PdfUnavailable("서버에 Pango가 없습니다. apt-get install libpango-1.0-0")

    monkeypatch.setattr(pdf, "_weasyprint", missing)


def test_without_pango_the_pages_say_what_to_install_and_all_else_works(published, client, no_pango, settings, work):
    settings.WORKER_IN_SITE = True
    for path in ("", "2022/1/", "2022/1/pdf/", "2022/1/area/1/", "2022/1/task/1/1-1-2/"):
        page = client.get(BASE + path)
        assert page.status_code == 200
        assert "apt-get install libpango-1.0-0" in page.text
    refused = client.post(CARD)
    assert refused.status_code == 409
    assert "apt-get install libpango-1.0-0" in refused.text
    assert "만들기</button>" not in refused.text
    assert not Job.objects.exists()
    settings.WORKER_IN_SITE = False  # so that nothing runs beside the test
    for kind in (ReportKind.XLSX, ReportKind.HWPX):
        assert "apt-get" not in client.get(f"{BASE}2022/1/{kind}/").text
    client.post(XLSX)
    work()
    assert "XLSX 내려받기" in client.get(XLSX).text


def test_a_worker_without_pango_says_so_on_the_page(published, client, no_pango, work):
    client.post(CARD)
    work()
    assert Job.objects.get().state == JobState.FAILED
    assert "apt-get install libpango-1.0-0" in client.get(CARD).text


# --- the pages


def test_every_edition_is_listed_with_its_formats(published, client, quick):
    page = client.get(BASE)
    assert "2022년 실적 1판" in page.text
    for kind in ("pdf", "hwpx", "xlsx"):
        assert f'href="{BASE}2022/1/{kind}/"' in page.text
    client.post(XLSX)
    assert "대기" in client.get(BASE).text
    edition = client.get(f"{BASE}2022/1/").text
    assert edition.count(f'href="{BASE}2022/1/task/') == 112
    assert edition.count(f'href="{BASE}2022/1/area/') == 7
    assert edition.count(f'href="{BASE}2022/1/department/') == 25


def test_a_plan_without_publications_says_so(plan, client):
    assert "아직 공표된 실적이 없습니다." in client.get(BASE).text


def test_pages_lead_to_their_reports(published, client):
    at = f"{BASE}2022/1/"
    for path, target in (
        ("", at),
        ("areas/1/", f"{at}area/1/"),
        ("tasks/1/1-1-2/", CARD),
        ("departments/social-welfare/", f"{at}#department"),
    ):
        page = client.get(f"/plans/seodaemun-2022/{path}").text
        assert f'href="{target}"' in page
        assert f'href="{BASE}"' in page
    assert client.get(target.partition("#")[0]).status_code == 200


def test_demo_editions_are_marked(published, client, quick, work):
    ReportingRound.objects.update(is_demo=True)
    client.post(CARD)
    work()
    assert "tag-demo" in client.get(BASE).text
    for path in (f"{BASE}2022/1/", CARD):
        assert "시범 자료이며 실제 실적이 아닙니다." in client.get(path).text
    taken = client.get(f"{BASE}files/{Job.objects.get().pk}/")
    assert "%28%EC%8B%9C%EB%B2%94%29.pdf" in taken.headers["Content-Disposition"]


@pytest.mark.parametrize(
    # one of them asks for the stamp, before it is known whether the page is one that is kept
    ("path", "queries"),
    [("", 4), ("2022/1/", 8), ("2022/1/pdf/", 3), ("2022/1/task/1/1-1-2/", 4)],
)
def test_pages_take_a_fixed_number_of_queries(published, client, quick, django_assert_num_queries, path, queries, work):
    with django_assert_num_queries(queries):
        client.get(BASE + path)
    for kind in ("xlsx", "hwpx"):
        client.post(f"{BASE}2022/1/{kind}/")
    work()
    with django_assert_num_queries(queries):
        client.get(BASE + path)
