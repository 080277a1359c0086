"""No file that is tracked holds a secret or a real person's address: what must never be published is looked for."""

import re
import runpy
import subprocess

import pytest
from django.conf import settings

PATTERNS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b",
    "token of a forge": r"\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{40,}|glpat-[0-9A-Za-z_-]{20,})\b",
    "token of a messenger": r"\bxox[abprs]-[0-9A-Za-z-]{10,}",
    "signed token": r"\beyJ[0-9A-Za-z_-]{15,}\.eyJ[0-9A-Za-z_-]{15,}\.[0-9A-Za-z_-]{15,}",
    "password in an address": r"\b[a-z][a-z0-9+.]{2,}://[^\s:/@<>{}\"'$]+:[^\s:/@<>{}\"'$]{3,}@[^\s/]+",
    "key in a setting": r"(?:SECRET_KEY|PASSWORD|TOKEN|API_KEY)\s*=\s*['\"]?[0-9A-Za-z+/_-]{32,}",
    "mail address": r"\b[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+\.(?:com|net|kr|org|go\.kr|co\.kr)\b",
    "mobile telephone": r"(?<![\d-])01[016789][-. ]?\d{3,4}[-. ]\d{4}(?!\d)",
}
# What stands for itself: examples of documentation, and the made-up numbers that the check of personal data reads.
EXAMPLES = re.compile(
    r":[A-Z-]+@|put-the-output-of-|example\.|비밀번호|password@|:secret@|user:pass|@(?:localhost|test)|noreply@|name@"
)
MADE_UP = ("tests/test_", "tests/browser/", "static/js/", "requirements.txt", "requirements-dev.txt")
LICENCES = ("LICENSE", "NOTICE", "OFL", "static/fonts/")


def findings(text: str) -> list[tuple[str, str]]:
    """What looks like a secret in a text: what it is, and its beginning, never the whole of it."""
    found = [(what, match) for what, pattern in PATTERNS.items() for match in re.finditer(pattern, text)]
    return [(what, match[0][:12]) for what, match in found if not EXAMPLES.search(match[0])]


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=settings.BASE_DIR, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a working copy of git")
    return done.stdout.strip("\0").split("\0")


def test_no_tracked_file_holds_a_secret():
    found = []
    for name in tracked():
        path = settings.BASE_DIR / name
        if not path.is_file() or name.startswith(LICENCES) or b"\0" in path.open("rb").read(1024):
            continue
        for what, begins in findings(path.read_text(encoding="utf-8", errors="replace")):
            if what in ("mail address", "mobile telephone") and name.startswith(MADE_UP):
                continue
            found.append(f"{name}: {what} ({begins}…)")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "private key"),
        ("AKIA" + "A1" * 8, "key of a cloud"),
        ("ghp_" + "a1" * 20, "token of a forge"),
        ("DATABASE_URL=postgres://plan:" + "hunter22@db.internal/plan", "password in an address"),
        ("SECRET_KEY=" + "k9" * 25, "key in a setting"),
        ("kim@" + "seoul.go.kr", "mail address"),
        ("010-" + "9876-5432", "mobile telephone"),
    ],
)
def test_what_the_scan_finds(text, what):
    assert [name for name, _begins in findings(text)] == [what]


@pytest.mark.parametrize(
    ("vulns", "code", "said"),
    [([{"id": "X-1", "aliases": [], "fix_versions": ["2"]}], 1, "VULNERABLE: a 1: X-1"), ([], 0, "1 packages, 0 open")],
)
def test_the_audit_fails_on_a_known_vulnerability(capsys, vulns, code, said):
    audit = runpy.run_path(str(settings.BASE_DIR / ".ci" / "audit.py"))
    main = audit["main"]
    main.__globals__["asked"] = lambda service: [{"name": "a", "version": "1", "vulns": vulns}]
    assert main() == code
    assert said in capsys.readouterr().out


def test_the_audit_says_when_it_can_ask_nobody(capsys):
    main = runpy.run_path(str(settings.BASE_DIR / ".ci" / "audit.py"))["main"]
    main.__globals__["asked"] = lambda service: []
    assert main() == 0
    assert "NOT CHECKED" in capsys.readouterr().out
