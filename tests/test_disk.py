"""The disk is full, or can only be read: people are told where they typed, nothing is lost, nothing is left half done.

The disks are real: small ones in memory, mounted for a test. Where the suite may not mount, these tests are skipped.
"""

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import ActivityEntry
from commons.files import atomic_with_files
from indicators import services
from indicators.models import Evidence, Job, MilestoneUpload, WorkbookUpload
from indicators.reports import producing
from stakeholders.models import Commitment, CommitmentEvidence, CommitmentReport, PaperUpload

from .databases import SqliteServer
from .test_concurrency import draft_of_two, shared_database  # noqa: F401 (fixtures)
from .workbook_files import upload_of

PAGE = 4096  # bytes in which a disk in memory is handed out
NO_SPACE = "서버의 저장 공간이 모자라"
NOT_WRITABLE = "서버의 파일 저장소에 지금은 쓸 수 없어"


class Disk:
    """A small disk of its own, which can be filled, emptied and made read-only."""

    def __init__(self, where: Path, size: str):
        self.root, self.filler = where, where / "filler"
        where.mkdir()
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(where)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")

    def fill(self, left: int = PAGE):
        """Take all room but *left* bytes, so that what is larger breaks off half way."""
        free = os.statvfs(self.root).f_bavail * PAGE
        self.filler.write_bytes(b"\0" * (free - left))

    def make_room(self):
        self.filler.unlink()

    def allow(self, what: str):
        subprocess.run(["mount", "-o", f"remount,{what}", str(self.root)], check=True)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.root.rglob("*") if path.is_file() and path != self.filler)

    def end(self):
        subprocess.run(["umount", "-l", str(self.root)], check=True)


@pytest.fixture
def disk(settings, tmp_path):
    disk = Disk(tmp_path / "disk", "256k")
    settings.MEDIA_ROOT = disk.root
    yield disk
    disk.end()


@pytest.fixture(params=["full", "read-only"])
def broken(disk, request):
    """The disk, broken; gives the words that tell of it, and how it is mended."""
    if request.param == "full":
        disk.fill()
        return NO_SPACE, disk.make_room
    disk.allow("ro")
    return NOT_WRITABLE, lambda: disk.allow("rw")


def proof(name: str, size: int = 40_000) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n" + b"0" * size + b"\n%%EOF\n")


def test_evidence_that_finds_no_room_is_refused_whole(as_user, owner, draft, disk, broken):
    words, mend = broken
    officer, page = as_user(owner), f"{draft.get_absolute_url()}evidence/"
    small, large = proof("작은.pdf", 1000), proof("큰.pdf")
    response = officer.post(page, {"files": [small, large]})
    assert response.status_code == 507
    assert words in str(response.context["evidence_form"].errors["files"])
    assert words in response.text
    assert not Evidence.objects.exists()
    assert not ActivityEntry.objects.filter(action="evidence_added").exists()
    assert disk.files() == []
    mend()
    small.seek(0), large.seek(0)
    assert officer.post(page, {"files": [small, large]}).status_code == 302
    assert {evidence.size for evidence in Evidence.objects.all()} == {small.size, large.size}
    assert len(disk.files()) == 2


def test_evidence_taken_off_a_disk_that_cannot_be_written_is_off_all_the_same(
    as_user, owner, draft, url_of, disk, caplog, django_capture_on_commit_callbacks
):
    officer = as_user(owner)
    officer.post(f"{draft.get_absolute_url()}evidence/", {"files": [proof("근거.pdf")]})
    evidence = Evidence.objects.get()
    disk.allow("ro")
    assert officer.get(url_of("indicators:evidence", evidence.pk)).status_code == 200  # reading goes on
    with django_capture_on_commit_callbacks(execute=True):
        assert officer.post(url_of("indicators:evidence_remove", evidence.pk)).status_code == 302
    assert not Evidence.objects.exists()
    assert evidence.file.name in caplog.text


def test_a_report_on_a_promise_comes_back_with_its_words(as_user, owner, replied, disk, broken):
    words, mend = broken
    promise = Commitment.objects.get()
    typed = {"state": "under_way", "text": "세 개를 늘렸습니다.", "files": [proof("근거.pdf")]}
    response = as_user(owner).post(promise.get_absolute_url(), typed)
    assert response.status_code == 507
    assert words in str(response.context["report_form"].errors["files"])
    assert "세 개를 늘렸습니다." in response.text
    assert not CommitmentReport.objects.exists()
    assert disk.files() == []
    mend()
    assert as_user(owner).post(promise.get_absolute_url(), typed | {"files": [proof("근거.pdf")]}).status_code == 302
    assert CommitmentEvidence.objects.get().name == "근거.pdf"


@pytest.mark.parametrize("kind", ["round", "papers", "milestones"])
def test_a_workbook_that_finds_no_room_is_refused_at_its_field(
    as_user, owner, coordinator, open_round, forum, url_of, disk, broken, kind
):
    words, mend = broken
    client, upload, download, model = {
        "round": (owner, "indicators:workbook_upload", "indicators:workbook_download", WorkbookUpload),
        "papers": (coordinator, "stakeholders:paper_import_upload", "stakeholders:paper_import_download", PaperUpload),
        "milestones": (coordinator, "indicators:milestones_upload", "indicators:milestones_xlsx", MilestoneUpload),
    }[kind]
    where = {"round": [2022], "papers": [2024], "milestones": []}[kind]
    client = as_user(client)
    data = b"".join(client.get(url_of(download, *where)))
    assert len(data) > PAGE
    response = client.post(url_of(upload, *where), {"file": upload_of(data, "표.xlsx")})
    assert response.status_code == 507
    assert words in str(response.context["form"].errors["file"])
    assert not model.objects.exists()
    assert disk.files() == []
    mend()
    assert client.post(url_of(upload, *where), {"file": upload_of(data, "표.xlsx")}).status_code == 302
    assert model.objects.count() == len(disk.files()) == 1


def test_a_report_that_cannot_be_stored_fails_with_the_reason_and_is_made_later(
    as_user, client, coordinator, published, url_of, disk, broken, monkeypatch, work
):
    words, mend = broken
    monkeypatch.setattr(producing, "produce", lambda job, tell: b"x" * 30_000)
    page = "/plans/seodaemun-2022/reports/2022/1/xlsx/"
    client.post(page)
    work()
    assert words in client.get(page).text
    assert Job.objects.get().state == "failed"
    assert disk.files() == []
    mend()
    assert as_user(coordinator).post(url_of("indicators:report_retry", Job.objects.get().pk)).status_code == 302
    work()
    job = Job.objects.get()
    assert (job.state, job.error, job.size) == ("done", "", 30_000)
    assert len(disk.files()) == 1


def test_files_go_with_the_transaction_they_were_made_in(owner, draft, settings, tmp_path):
    """Whatever ends an act takes its files along: also an outer one that was refused after an inner had succeeded."""
    settings.MEDIA_ROOT = tmp_path / "media"
    upload = {"name": "근거.pdf", "content_type": "application/pdf", "sha256": "0" * 64, "is_public": False}

    @atomic_with_files()
    def refused_in_the_end():
        services.add_evidence(actor=owner, result=draft, file=proof("근거.pdf"), **upload)
        assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
        raise LookupError

    with pytest.raises(LookupError):
        refused_in_the_end()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    services.add_evidence(actor=owner, result=draft, file=proof("근거.pdf"), **upload)
    assert Evidence.objects.get().file.storage.exists(Evidence.objects.get().file.name)


SAVE = """
import json, sys, django
django.setup()
from django.conf import settings
from django.db import connection
from django.test import Client
from accounts.models import ActivityEntry, User
from indicators.models import Result
settings.DEBUG, settings.ALLOWED_HOSTS = False, ["testserver"]  # error pages as people get them
result = Result.objects.get()
client = Client(enforce_csrf_checks=True, raise_request_exception=False)
client.force_login(User.objects.get(username="first"))
page = result.get_absolute_url()
client.get(page)
token = client.cookies["csrftoken"].value
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # no room is left in the log
print("ready", flush=True)
sent = json.loads(sys.stdin.readline())
for _attempt in range(2):
    response = client.post(page, sent | {"csrfmiddlewaretoken": token})
    result = Result.objects.get()
    entries = ActivityEntry.objects.filter(action="result_saved").count()
    seen = [response.status_code, response.content.decode(), str(result.value), result.version, entries]
    print(json.dumps(seen), flush=True)
    sent = json.loads(sys.stdin.readline())
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a server of its own has a disk of its own")
def test_a_full_disk_under_sqlite_gives_back_what_was_typed_to_be_sent_again(shared_database, tmp_path):  # noqa: F811
    disk = Disk(tmp_path / "disk", "24m")
    try:
        database = disk.root / "sdgplan.sqlite3"
        SqliteServer().copy(shared_database.removeprefix("sqlite:///"), str(database))
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{database}",
            "DJANGO_SETTINGS_MODULE": "sdgplan.settings",
        }
        person = subprocess.Popen(
            [sys.executable, "-c", SAVE],
            cwd=django_settings.BASE_DIR,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

        def send(fields):
            person.stdin.write(json.dumps(fields) + "\n")
            person.stdin.flush()
            return json.loads(person.stdout.readline())

        assert person.stdout.readline() == "ready\n"
        disk.fill(left=0)
        words = "첫 줄\n<둘째> 줄 " + "가" * 1900
        status, page, value, version, entries = send(
            {"value": "321", "explanation": words, "version": "1", "action": "save"}
        )
        assert status == 507
        assert "지금은 저장할 수 없습니다" in page
        assert (float(value), version, entries) == (1.0, 1, 1)
        disk.make_room()
        again = {
            name: html.unescape(text)
            for name, text in re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', page, flags=re.S)
        }
        assert again["explanation"] == words
        status, _page, value, version, entries = send(again)
        assert (status, float(value), version, entries) == (302, 321.0, 2, 2)
        person.stdin.write("{}\n")
        person.stdin.close()
        assert person.wait(timeout=20) == 0
    finally:
        disk.end()
