"""A backup holds everything and comes back row by row; a broken one is refused and changes nothing."""

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from .test_disk import Disk

LIVED_IN = """
from datetime import date
from decimal import Decimal
from django.core.files.base import ContentFile
from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice
from accounts.models import Department, User
from indicators import services
from indicators.models import Indicator, ReportingRound, Result
from indicators.figures.services.publications import digest_of
from indicators.reports.producing import queue_report
from plans.models import Plan
plan = Plan.objects.get()
keeper = User.objects.create_user("keeper", "only-for-tests-1234", name="총괄", role="coordinator")
welfare = Department.objects.get(slug="social-welfare")
officer = User.objects.create_user("officer", "only-for-tests-1234", name="담당", role="officer", department=welfare)
TOTPDevice.objects.create(user=keeper, name="휴대전화", confirmed=True)
round = ReportingRound(plan=plan, year=2022, opens_on=date(2023, 1, 2), due_on=date(2023, 2, 28))
round = services.open_round(actor=keeper, reporting_round=services.plan_round(actor=keeper, reporting_round=round))
indicator = Indicator.objects.get_by_natural_key(plan.slug, 1, "1-1-2-1")
new = {"value": Decimal("310.25"), "text": "", "missing_reason": "", "verdict": "", "explanation": "첫\\n둘째 '%s'",
    "doubt_answer": "확인했습니다."}
result = services.save_result(actor=officer, result=Result(round=round, indicator=indicator, version=0), new=new)
services.add_evidence(actor=officer, result=result, file=ContentFile(b"%PDF-1.7 proof"), name="근거.pdf",
    content_type="application/pdf", sha256="0" * 64, is_public=True)
result = services.submit_result(actor=officer, result=Result.objects.get(), new=new)
services.approve_result(actor=keeper, result=result)
services.close_round(actor=keeper, reporting_round=round)
edition = services.publish_round(actor=keeper, reporting_round=round)
with connection.cursor() as cursor:  # as an edition was stored and hashed before fields cleaned text
    old = ["옛\\x0b글\\u200b", indicator.pk]
    cursor.execute("UPDATE indicators_figure SET explanation = %s WHERE indicator_id = %s", old)
    cursor.execute("UPDATE indicators_publication SET sha256 = %s", [digest_of(edition.figures.all())])
queue_report(services.request_job(actor=None, publication=edition, kind="xlsx", scope="")[0])
gone = Department.objects.create(name="없앤 부서", slug="gone")
print("number", gone.pk)
gone.delete()
"""
WORKS = """
import hashlib
from django.conf import settings
from django.test import Client
from accounts.models import ActivityEntry, Department
from indicators.models import Evidence, Figure, Publication, PublishedFile, Result
from indicators.figures.services.publications import digest_of
settings.ALLOWED_HOSTS = ["testserver"]
publication = Publication.objects.get()
assert digest_of(publication.figures.select_related("indicator__area")) == publication.sha256
for file in PublishedFile.objects.all():
    assert hashlib.sha256(bytes(file.content)).hexdigest() == file.sha256, file.name
assert Evidence.objects.get().file.read() == b"%PDF-1.7 proof"
assert str(Result.objects.get().value) == "310.2500", Result.objects.get().value
assert ActivityEntry.objects.filter(action="published").count() == 1
visitor = Client()
for page in ("", "dashboard/", "indicators/1/1-1-2-1/", "voices/", "publications/2022/1/", "tasks/1/1-1-2/"):
    assert visitor.get("/plans/seodaemun-2022/" + page).status_code == 200, page
answer = visitor.post("/accounts/login/", {"username": "officer", "password": "only-for-tests-1234"})
assert answer.status_code == 302, answer.status_code
print("number", Department.objects.create(name="새 부서", slug="new").pk)
"""
QUEUED = "from django_tasks_db.models import DBTaskResult\nprint('number', DBTaskResult.objects.count())"
ASK_LATER = """
from datetime import timedelta
from django.conf import settings
from django.test import Client
from django.utils import timezone
settings.ALLOWED_HOSTS = ["testserver"]
right = timezone.now
timezone.now = lambda: right() + timedelta(minutes=20)
assert Client().post("/plans/seodaemun-2022/reports/2022/1/xlsx/").status_code == 302
"""
pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


class System:
    """A system of its own: database and files apart from those of the tests."""

    def __init__(self, where: Path, media: Path, url: str):
        self.key = where / "key.pem"  # the operator's, who has them all
        self.media = media
        self.media.mkdir()
        self.url = url

    def manage(self, *words, fails=False) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": self.url, "MEDIA_ROOT": str(self.media), "BACKUP_KEY": str(self.key)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def number(self, script: str) -> int:
        """What *script*, run inside the system, prints as a number."""
        return int(self.manage("shell", "-c", script).rpartition("number ")[2])


@pytest.fixture(scope="module")
def where(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def source(where, databases):
    with databases.another(filled=True) as url:
        system = System(where, where / "media", url)
        (system.media / "evidence").mkdir()
        (system.media / "evidence" / "graph.png").write_bytes(PNG)
        system.gone = system.number(LIVED_IN)
        yield system


@pytest.fixture(scope="module")
def backup(source, where) -> Path:
    path = where / "backup.zip"
    assert "파일 2개" in source.manage("backup", path)
    return path


@pytest.fixture
def empty(databases, where, tmp_path):
    with databases.another(filled=False) as url:
        yield System(where, tmp_path / "media", url)


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}


def rewritten(path: Path, target: Path, change: dict[str, bytes]) -> Path:
    """The archive with other content in some members, and its mark as it was."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as other:
        for name in archive.namelist():
            other.writestr(name, change.get(name, archive.read(name)))
        other.comment = archive.comment
    return target


def sealed(path: Path, target: Path, change, content_of=None, renamed=None) -> Path:
    """The archive with a manifest that *change* was let at, sealed again as a knowing hand would without the key."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as other:
        manifest = json.loads(archive.read("manifest.json"))
        for name in archive.namelist():
            if name != "manifest.json":
                content = (content_of or {}).get(name, archive.read(name))
                (entry,) = (e for e in [*manifest["tables"], *manifest["files"]] if e["member"] == name)
                called = (renamed or {}).get(name, name)
                entry |= {"member": called, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                other.writestr(called, content)
        change(manifest)
        content = json.dumps(manifest).encode()
        other.writestr("manifest.json", content)
        other.comment = hashlib.sha256(content).hexdigest().encode()
    return target


def manifest_of(path: Path) -> dict:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("manifest.json"))


def test_everything_comes_back_row_by_row(source, backup, empty, where):
    assert backup.stat().st_mode & 0o077 == 0
    assert "복원했습니다" in empty.manage("restore", backup)
    assert (empty.media / "evidence" / "graph.png").read_bytes() == PNG
    again = where / "again.zip"
    empty.manage("backup", again)
    before, after = members(backup), members(again)
    assert before.keys() == after.keys()
    for name, content in before.items():
        assert content.splitlines() == after[name].splitlines(), name
    assert len(before["data/plans.task.jsonl"].splitlines()) == 112
    assert len(before["data/indicators.milestone.jsonl"].splitlines()) == 575
    assert len(before["data/indicators.job.jsonl"].splitlines()) == 1
    last = [[(table["model"], table["last_id"]) for table in manifest_of(path)["tables"]] for path in (backup, again)]
    assert last[0] == last[1]
    empty.manage("check_plan")
    assert empty.number(WORKS) == source.gone + 1  # the number of the department that is gone is not given again
    filled = empty.manage("restore", backup, fails=True)
    assert "비어 있지 않은 시스템입니다" in filled
    assert "이행과제 112건" in filled
    (empty.media / "newer.txt").write_text("newer")
    graph = empty.media / "evidence" / "graph.png"
    graph.write_bytes(b"rotten")  # the reason why somebody restores
    (empty.media / ".restore-1234").mkdir()  # of a restore that was killed
    assert "지운 것: 부서" in empty.manage("restore", backup, "--overwrite")
    assert [path.name for path in empty.media.iterdir()] == ["evidence"]
    assert graph.read_bytes() == PNG
    third = where / "third.zip"
    empty.manage("backup", third)
    assert members(third) == before


def test_what_is_queued_stays_behind_and_a_report_can_be_asked_for_in_the_restored_system(source, backup, empty):
    assert source.number(QUEUED) == 1
    empty.manage("restore", backup)
    assert empty.number(QUEUED) == 0
    empty.manage("shell", "-c", ASK_LATER)
    empty.manage("db_worker", "--batch")
    assert (
        empty.number("from indicators.models import Job\nprint('number', Job.objects.filter(state='done').count())")
        == 1
    )


def unchanged(system: System, backup: Path, where: Path):
    """The system holds what *backup* holds."""
    now = where / "now.zip"
    now.unlink(missing_ok=True)
    system.manage("backup", now)
    assert members(now) == members(backup)
    assert [path.name for path in system.media.iterdir()] == ["evidence"]


REFUSE = """
import json
from pathlib import Path
from sdgplan.backups import BackupFault, check_backup, restore_backup
# Whoever made it: what is wrong beside that is looked for.
said = {}
for path in sorted(Path(PLACE).iterdir()):
    try:
        restore_backup(path, trusted=None, overwrite=True)
    except BackupFault as fault:
        said[path.stem] = str(fault)
    try:
        check_backup(path, None)
        said[path.stem] += " whole"
    except BackupFault as fault:
        pass
print(json.dumps(said))
"""


def forget_a_migration(manifest):
    manifest["migrations"].remove("indicators.0001_initial")


def test_a_broken_or_foreign_backup_is_refused_and_nothing_changes(source, backup, where):
    place = where / "broken"
    place.mkdir()
    whole, tasks = backup.read_bytes(), "data/plans.task.jsonl"
    rows = members(backup)[tasks]
    manifest = manifest_of(backup)
    manifest["tables"][0]["sha256"] = "0" * 64
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 0x55
    (place / "truncated.zip").write_bytes(whole[:-2000])
    (place / "byte.zip").write_bytes(flipped)
    (place / "no backup.zip").write_text("다른 파일")
    rewritten(backup, place / "row.zip", {tasks: rows.replace("저소득층".encode(), "저소득증".encode(), 1)})
    rewritten(backup, place / "manifest.zip", {"manifest.json": json.dumps(manifest).encode()})
    for name, member in (("added", "media/added.txt"), ("climbing", "media/../../out.txt")):
        with zipfile.ZipFile(rewritten(backup, place / f"{name}.zip", {}), "a") as archive:
            archive.writestr(member, "x")
    # By a knowing hand, with a manifest that fits:
    climbing = "media/../../out.txt"
    sealed(backup, place / "climbs.zip", lambda found: None, renamed={"media/evidence/graph.png": climbing})
    sealed(backup, place / "newer.zip", lambda found: found["migrations"].append("plans.9999_tomorrow"))
    sealed(backup, place / "older.zip", forget_a_migration)
    sealed(backup, place / "format.zip", lambda found: found.update(format=2))
    sealed(backup, place / "twice.zip", lambda found: None, {tasks: rows + rows.splitlines(keepends=True)[0]})
    said = json.loads(source.manage("shell", "-c", f"PLACE = {str(place)!r}\n{REFUSE}").splitlines()[-1])
    not_whole = "온전한 백업 파일이 아닙니다"
    expected = {
        "truncated": not_whole,
        "byte": not_whole,
        "no backup": not_whole,
        "row": "내용이 바뀌었거나 손상되었습니다: data/plans.task.jsonl",
        "manifest": "백업 목록이 바뀌었습니다",
        "added": "백업 목록에 없는 내용",
        "climbing": "백업 목록에 없는 내용",
        "climbs": "쓸 수 없는 파일 이름이 있습니다: media/../../out.txt",
        "newer": "더 새로운 프로그램",
        "older": "더 오래된 프로그램",
        "format": "모르는 백업 형식",
        "twice": "데이터베이스에 쓰지 못해 복원하지 않았습니다",
    }
    assert said.keys() == expected.keys()
    for name, words in expected.items():
        assert words in said[name], name
        assert said[name].endswith(" whole") is (name in ("newer", "older", "twice")), name
    unchanged(source, backup, where)


def test_a_file_that_a_row_speaks_of_and_that_is_gone_is_named(source, where):
    (proof,) = source.media.glob("evidence/2022/*.pdf")
    proof.rename(where / "proof.pdf")
    printed = source.manage("backup", where / "gone.zip")
    (where / "proof.pdf").rename(proof)
    assert f"없는 파일: evidence/2022/{proof.name}" in printed


def test_a_full_disk_leaves_no_half_backup_and_no_half_restore(source, backup, where, tmp_path, monkeypatch):
    disk = Disk(tmp_path / "disk", "128k")
    try:
        assert "저장 공간이 모자랍니다" in source.manage("backup", disk.root / "backup.zip", fails=True)
        assert list(disk.root.iterdir()) == []
        with monkeypatch.context() as moved:
            moved.setattr(source, "media", disk.root / "media")
            disk.fill(left=0)
            assert "저장 공간이 모자랍니다" in source.manage("restore", backup, "--overwrite", fails=True)
            assert disk.files() == []
            disk.make_room()
            source.manage("restore", backup, "--overwrite")
            assert len(disk.files()) == 2
    finally:
        disk.end()
    unchanged(source, backup, where)


def test_a_backup_never_takes_the_place_of_another_file(source, backup):
    before = backup.read_bytes()
    assert "이미 있습니다" in source.manage("backup", backup, fails=True)
    assert backup.read_bytes() == before
