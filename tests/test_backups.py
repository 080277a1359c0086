"""A backup holds everything and comes back row by row; a broken one is refused and changes nothing."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


class System:
    """A system of its own: database and files apart from those of the tests."""

    def __init__(self, where: Path, name: str):
        self.media = where / f"media-{name}"
        self.media.mkdir(parents=True)
        self.url = f"sqlite:///{where / name}.sqlite3"
        self.database = f"backup_{os.getpid()}_{name}" if connection.vendor == "postgresql" else ""
        if self.database:
            host = connection.settings_dict
            self._on_server(f"CREATE DATABASE {self.database}")
            who = f"{host['USER']}:{host['PASSWORD']}" if host["PASSWORD"] else host["USER"]
            self.url = f"postgres://{who}@{host['HOST']}:{host['PORT']}/{self.database}"

    def _on_server(self, statement: str):
        import psycopg2

        host = connection.settings_dict
        server = psycopg2.connect(
            host=host["HOST"], port=host["PORT"], user=host["USER"], password=host["PASSWORD"], dbname="postgres"
        )
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)
        server.close()

    def end(self):
        if self.database:
            self._on_server(f"DROP DATABASE IF EXISTS {self.database}")

    def manage(self, *words, fails=False) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, words)],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": self.url, "MEDIA_ROOT": str(self.media)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def where(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def source(where, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        system = System(where, "source")
        (system.media / "evidence").mkdir()
        (system.media / "evidence" / "graph.png").write_bytes(PNG)
        system.manage("bootstrap")
        yield system
        system.end()


@pytest.fixture(scope="module")
def backup(source, where) -> Path:
    path = where / "backup.zip"
    assert "파일 1개" in source.manage("backup", path)
    return path


@pytest.fixture
def empty(where, request, db):
    system = System(where, f"empty{abs(hash(request.node.name)) % 10**8}")
    yield system
    system.end()


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


def test_everything_comes_back_row_by_row(backup, empty, where):
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
    filled = empty.manage("restore", backup, fails=True)
    assert "비어 있지 않은 시스템입니다" in filled
    assert "이행과제 112건" in filled
    (empty.media / "newer.txt").write_text("newer")
    empty.manage("restore", backup, "--overwrite")
    assert [path.name for path in empty.media.iterdir()] == ["evidence"]


@pytest.mark.parametrize("fault", ["truncated", "flipped", "manifest", "added", "climbing", "no backup"])
def test_a_broken_backup_is_refused_and_nothing_changes(source, backup, where, fault):
    broken = where / f"{fault.replace(' ', '-')}.zip"
    if fault == "truncated":
        broken.write_bytes(backup.read_bytes()[:-2000])
    elif fault == "flipped":
        rows = members(backup)["data/plans.task.jsonl"]
        rewritten(backup, broken, {"data/plans.task.jsonl": rows.replace("저소득층".encode(), "저소득증".encode(), 1)})
    elif fault == "no backup":
        broken.write_text("다른 파일")
    else:
        with zipfile.ZipFile(backup) as archive:
            manifest = json.loads(archive.read("manifest.json"))
        if fault == "manifest":
            manifest["tables"][0]["sha256"] = "0" * 64
            rewritten(backup, broken, {"manifest.json": json.dumps(manifest).encode()})
        else:
            rewritten(backup, broken, {})
            with zipfile.ZipFile(broken, "a") as archive:
                archive.writestr("media/../../out.txt" if fault == "climbing" else "media/added.txt", "x")
    source.manage("restore", broken, "--check", fails=True)
    source.manage("restore", broken, "--overwrite", fails=True)
    assert (source.media / "evidence" / "graph.png").read_bytes() == PNG
    assert [path.name for path in source.media.iterdir()] == ["evidence"]


def test_a_backup_never_takes_the_place_of_another_file(source, backup):
    before = backup.read_bytes()
    assert "이미 있습니다" in source.manage("backup", backup, fails=True)
    assert backup.read_bytes() == before
