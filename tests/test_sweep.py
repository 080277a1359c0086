"""What a process leaves that is killed in an upload goes, and nothing else does."""

import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db.models import FileField

from commons.sweeping import left_files
from indicators.collecting.services.results import add_evidence
from indicators.models import Evidence

DEPLOY = django_settings.BASE_DIR / "deploy"
HOUR = 60 * 60


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()


def put(root: Path, name: str, age: float = 2 * HOUR) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left")
    os.utime(path, (time.time() - age,) * 2)
    return path


def sweep(*options) -> str:
    said = StringIO()
    call_command("sweep_files", *options, stdout=said, stderr=said)
    return said.getvalue()


@pytest.fixture
def kept(draft, owner):
    """A file of evidence with its row, two hours old."""
    where = {"name": "근거.pdf", "content_type": "application/pdf", "sha256": "0" * 64, "is_public": True}
    add_evidence(actor=owner, result=draft, file=ContentFile(b"%PDF-1.7 proof"), **where)
    path = Path(Evidence.objects.get().file.path)
    os.utime(path, (time.time() - 2 * HOUR,) * 2)
    return path


def test_only_old_files_that_no_row_names_go(kept, settings):
    old = put(settings.MEDIA_ROOT, "evidence/2022/left.pdf")
    spared = [put(settings.MEDIA_ROOT, "evidence/2022/new.pdf", age=HOUR - 60)]
    spared += [put(settings.MEDIA_ROOT, "evidence/2022/tomorrow.pdf", age=-24 * HOUR)]
    spared += [put(settings.MEDIA_ROOT, ".restore-1234/evidence/x.pdf"), put(settings.MEDIA_ROOT, ".nfs0001")]
    outside = put(settings.MEDIA_ROOT.parent, "outside.pdf")
    link = settings.MEDIA_ROOT / "evidence" / "link"
    link.symlink_to(outside)
    told = sweep("--dry-run")
    assert "evidence/2022/left.pdf (4바이트)" in told
    assert "지울 파일 1개, 4바이트" in told
    assert old.exists()
    assert "지운 파일 1개, 4바이트" in sweep()
    assert not old.exists()
    assert all(path.exists() for path in [kept, *spared, outside, link])
    assert "지운 파일 0개" in sweep()


def test_every_field_with_a_file_is_asked(db):
    """A kind of file that is added later is known by itself."""
    fields = [f for model in apps.get_models() for f in model._meta.local_fields if isinstance(f, FileField)]
    assert {field.model._meta.label for field in fields} >= {"indicators.Evidence", "indicators.Job"}


def test_a_file_that_cannot_be_removed_is_named(settings, db, monkeypatch):
    put(settings.MEDIA_ROOT, "a.pdf")
    put(settings.MEDIA_ROOT, "b.pdf")
    remove = Path.unlink

    def refuse(path, **options):
        if path.name == "a.pdf":
            raise PermissionError(13, "not permitted")
        remove(path, **options)

    monkeypatch.setattr(Path, "unlink", refuse)
    said = StringIO()
    with pytest.raises(CommandError, match="지우지 못한 파일 1개"):
        call_command("sweep_files", stdout=said, stderr=said)
    assert "지우지 못했습니다: a.pdf" in said.getvalue()
    assert "지운 파일 1개" in said.getvalue()


KILLED = """
import time, django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
default_storage.save("evidence/2022/killed.pdf", ContentFile(b"%PDF-1.7"))
print("kept", flush=True)
time.sleep(60)  # its row would be written now
"""


def test_what_a_killed_upload_left_is_found(settings, db):
    environment = os.environ | {"MEDIA_ROOT": str(settings.MEDIA_ROOT), "DJANGO_SETTINGS_MODULE": "sdgplan.settings"}
    command = [sys.executable, "-c", KILLED]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "kept\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert left_files() == []
    assert [left.name for left in left_files(now=time.time() + HOUR + 1)] == ["evidence/2022/killed.pdf"]


def test_the_timer_sweeps_and_every_service_has_a_bound_of_memory():
    units = sorted((DEPLOY / "systemd").glob("*.service"))
    for path in units:
        assert re.search(r"^MemoryMax=\d+[MG]$", path.read_text(), re.M), path.name
    assert "manage.py sweep_files" in (DEPLOY / "systemd" / "sdgplan-sweep.service").read_text()
    assert (DEPLOY / "systemd" / "sdgplan-sweep.timer").exists()
