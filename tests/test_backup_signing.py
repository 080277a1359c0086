"""A backup tells who made it, and one of any bytes is refused in words."""

import base64
import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
import zipfile
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from sdgplan.backups.signing import PURPOSE, seal

from .test_backups import System, backup, empty, manifest_of, members, rewritten, sealed, source, unchanged, where

__all__ = ["backup", "empty", "source", "where"]
pytestmark = pytest.mark.django_db
TASKS = "data/plans.task.jsonl"


ASK = """
import json
from pathlib import Path
from sdgplan.backups import BackupFault, check_backup, operators_key, public_key_of, restore_backup
said = {}
for path in sorted(Path(PLACE).iterdir()):
    try:
        check_backup(path, TRUSTED)  # a restore does the same first
        restore_backup(path, trusted=TRUSTED, overwrite=True)
        said[path.stem] = "taken"
    except BackupFault as fault:
        said[path.stem] = str(fault)
    except Exception as error:
        said[path.stem] = f"TRACEBACK {error!r}"
print(json.dumps(said))
"""


def ask_for(system, place, trusted: str) -> dict[str, str]:
    """What the system says to each archive of a folder."""
    script = ASK.replace("TRUSTED", trusted).replace("PLACE", repr(str(place)))
    return json.loads(system.manage("shell", "-c", script).splitlines()[-1])


def public_key(system: System) -> str:
    return system.manage("backup_key").rpartition("공개 키: ")[2].strip()


def promote(rows: bytes) -> bytes:
    """Somebody would like to be administrator after the next restore."""
    return rows.replace(b'"officer"', b'"administrator"')


def test_the_key_is_made_once_for_its_owner_alone(source, backup):
    assert source.key.stat().st_mode & 0o077 == 0
    before = source.key.read_bytes()
    key = public_key(source)
    assert len(bytes.fromhex(key)) == 32
    assert source.key.read_bytes() == before
    assert f"서명한 공개 키: {key}" in source.manage("restore", backup, "--check")
    assert key.encode() in backup.read_bytes()[-400:]


def test_a_row_changed_by_a_knowing_hand_is_refused_however_it_is_sealed(source, backup, where, tmp_path):
    users = "data/accounts.user.jsonl"
    changed = promote(members(backup)[users])
    assert changed != members(backup)[users]
    foreign = Ed25519PrivateKey.generate()
    plain = sealed(backup, tmp_path / "plain.zip", lambda found: None, {users: changed})
    with zipfile.ZipFile(plain) as archive:
        manifest = archive.read("manifest.json")
    digest = hashlib.sha256(manifest).hexdigest()
    with zipfile.ZipFile(backup) as archive:
        _digest, key, signature = archive.comment.split()
    other = hashlib.sha256(PURPOSE).hexdigest().encode()
    marks = {
        "unsigned": (digest.encode(), "서명이 없거나 맞지 않는 백업"),
        "another's": (seal(manifest, digest, foreign), "이 시스템의 키로 서명한 백업이 아닙니다"),
        "taken over": (b" ".join([digest.encode(), key, signature]), "서명이 없거나 맞지 않는 백업"),
        "own name": (b" ".join([digest.encode(), key, seal(manifest, digest, foreign).split()[2]]), "서명이 없거나"),
        "not hexadecimal": (digest.encode() + b" zz \xff", "서명이 없거나 맞지 않는 백업"),
        "another digest": (b" ".join([other, key, signature]), "백업 목록이 바뀌었습니다"),
    }
    place = tmp_path / "marked"
    place.mkdir()
    for name, (mark, _words) in marks.items():
        with zipfile.ZipFile(rewritten(plain, place / f"{name}.zip", {}), "a") as archive:
            archive.comment = mark
    said = ask_for(source, place, "frozenset([public_key_of(operators_key())])")
    assert said.keys() == marks.keys()
    for name, (_mark, words) in marks.items():
        assert words in said[name], name
    assert "서명이 없거나 맞지 않는 백업" in source.manage("restore", plain, "--overwrite", fails=True)
    unchanged(source, backup, where)


def test_a_foreign_or_unsigned_one_comes_back_when_somebody_says_so(source, backup, empty, tmp_path):
    key = public_key(source)
    empty.key = tmp_path / "another" / "key.pem"  # a new system, whose operator noted the public key of the old one
    assert key in empty.manage("restore", backup, fails=True)
    assert "이 시스템의 키로 서명한" in empty.manage("restore", backup, "--trust", "0" * 64, fails=True)
    assert not empty.key.exists()
    plain = sealed(backup, tmp_path / "plain.zip", lambda found: None)
    assert "서명이 없거나" in empty.manage("restore", plain, "--trust", key, fails=True)
    assert "서명이 없는 백업입니다." in empty.manage("restore", plain, "--unsigned", "--check")
    assert "복원했습니다" in empty.manage("restore", backup, "--trust", key.upper())


def test_a_key_that_cannot_be_used_is_told_in_words(source, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "key", tmp_path / "key")
    source.key.write_bytes(b"-----BEGIN X-----\n")
    target = tmp_path / "b.zip"
    for words in (["backup_key"], ["backup", target], ["restore", target]):
        printed = source.manage(*words, fails=True)
        assert "서명 키 파일이 아닙니다" in printed
        assert "Traceback" not in printed
    monkeypatch.setattr(source, "key", tmp_path / "key" / "below")
    assert "서명 키를" in source.manage("backup", target, fails=True)
    assert not target.exists()


# --- archives of any bytes


def bare(path, manifest: bytes, extra: dict[str, bytes] | None = None):
    """An archive with this manifest, whatever it is."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", manifest)
        archive.comment = hashlib.sha256(manifest).hexdigest().encode()


def with_flag(path, flag: int, method: int):
    """The archive whose members say that they are encrypted, or packed in another way."""
    whole = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = whole.find(mark)
        while start >= 0:
            struct.pack_into("<HH", whole, start + at, flag, method)
            start = whole.find(mark, start + 4)
    return bytes(whole)


def malformed(backup, place):
    """Archives that are none, by name."""
    manifest = manifest_of(backup)
    for name, content in {
        "list": b"[]",
        "null": b"null",
        "number": b"1e999",
        "not JSON": b"{",
        "not text": b"\xff\xfe\x00",
        "nested": b"[" * 200_000,
        "empty": b"{}",
        "huge number": b'{"format": ' + b"9" * 5_000 + b"}",
    }.items():
        bare(place / f"{name}.zip", content)
    for name in manifest.keys() - {"engine"}:  # which nobody asks for
        sealed(backup, place / f"without {name}.zip", lambda found, name=name: found.pop(name))
        sealed(
            backup, place / f"{name} is a list of nothing.zip", lambda found, name=name: found.update({name: [None]})
        )
    for name in ("model", "columns", "rows", "last_id", "member", "size", "sha256"):
        for value in (None, -1, 2**70, [], {}, "\x00"):
            if (name, value) not in (("last_id", None), ("member", "\x00"), ("model", "\x00"), ("sha256", "\x00")):
                kind = base64.b32encode(repr(value).encode()).decode()[:12]
                change = lambda found, name=name, value=value: found["tables"][3].update({name: value})  # noqa: E731
                sealed(backup, place / f"{name} {kind}.zip", change)
    sealed(backup, place / "no tables.zip", lambda found: found.update(tables=[]))
    rows = members(backup)[TASKS]
    for name, content in {
        "rows not JSON": b"{nope\n",
        "rows not text": b"\xff\xfe\n",
        "rows numbers": b"1\n2\n",
        "rows nested": b"[" * 100_000 + b"\n",
        "rows too short": b"[1]\n",
        "rows null": b"null\n" * 3,
        "rows of objects": rows.replace(b"[1, ", b"[{}, ", 1),
        "rows of huge numbers": rows.replace(b"[1, ", b"[" + b"9" * 30 + b", ", 1),
        "rows missing": rows.split(b"\n", 1)[1],
    }.items():
        sealed(backup, place / f"{name}.zip", lambda found: None, {TASKS: content})
    for name, called in {"staging": "media/.restore-x/evil", "twice": TASKS, "absolute": "media//etc/x"}.items():
        sealed(backup, place / f"name {name}.zip", lambda found: None, renamed={"media/evidence/graph.png": called})
    for name in ("data/plans.task.jsonl", "data/accounts.user.jsonl"):
        left = [n for n in members(backup) if n != name]
        kept = {n: members(backup)[n] for n in left}
        tables = [table for table in manifest["tables"] if table["member"] != name]
        bare(place / f"left out {name[5:-6]}.zip", json.dumps(manifest | {"tables": tables}).encode(), kept)
    unknown = {"model": "x.y", "columns": [], "rows": 0, "last_id": None, "member": "data/x.y.jsonl", "size": 0}
    unknown["sha256"] = hashlib.sha256(b"").hexdigest()
    added = json.dumps(manifest | {"tables": [*manifest["tables"], unknown]}).encode()
    bare(place / "unknown table.zip", added, members(backup) | {"data/x.y.jsonl": b""})
    bomb = manifest | {"files": [{"member": "media/bomb", "size": 1, "sha256": ""}]}
    data = {name: content for name, content in members(backup).items() if name.startswith("data/")}
    bare(place / "bomb.zip", json.dumps(bomb).encode(), data | {"media/bomb": b"\0" * 50_000_000})
    (place / "encrypted.zip").write_bytes(with_flag(backup, 1, 8))
    (place / "packed otherwise.zip").write_bytes(with_flag(backup, 0, 97))
    (place / "nothing.zip").write_bytes(b"")
    (place / "end alone.zip").write_bytes(backup.read_bytes()[-500:])
    (place / "folder.zip").mkdir()
    other = BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "no backup")
    (place / "another archive.zip").write_bytes(other.getvalue())


def test_malformed_archives_end_in_words_and_change_nothing(source, backup, where):
    place = where / "malformed"
    place.mkdir()
    malformed(backup, place)
    said = ask_for(source, place, "None")
    assert len(said) > 60
    wrong = {name: words[:300] for name, words in said.items() if words.startswith("TRACEBACK")}
    assert not wrong
    assert "taken" not in said.values()
    assert "표가 하나도 없는 백업" in said["no tables"]
    assert "표가 다릅니다: plans.task" in said["left out plans.task"]
    assert all(any("가" <= letter <= "힣" for letter in words) for words in said.values())
    unchanged(source, backup, where)


# --- killed in between


def test_what_a_killed_backup_leaves_goes_with_the_next_and_one_under_way_stays(source, tmp_path):
    with (source.media / "large.bin").open("wb") as large:  # so that there is time to kill it
        large.truncate(3 * 1024**3)
    environment = os.environ | {"DATABASE_URL": source.url, "MEDIA_ROOT": str(source.media)}
    environment |= {"BACKUP_KEY": str(source.key)}
    command = [sys.executable, "manage.py", "backup", str(tmp_path / "killed.zip")]
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while not (parts := list(tmp_path.glob(".sdgplan-part-*"))) or parts[0].stat().st_size < 1000:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        (source.media / "large.bin").unlink()
        process.send_signal(signal.SIGSTOP)
        source.manage("backup", tmp_path / "beside.zip")
        assert parts[0].exists()  # it is under way
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert parts[0].exists()
        source.manage("backup", tmp_path / "next.zip")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["beside.zip", "next.zip"]
    finally:
        process.kill()
        (source.media / "large.bin").unlink(missing_ok=True)
