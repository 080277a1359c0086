"""What serves the site gets by with what is installed to serve it; what tests and checks is pinned beside it."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

SERVING_ROOMS = ["commons", "accounts", "plans", "indicators", "stakeholders", "sdgplan"]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: str) -> dict[str, str]:
    """Version of each package by its name in a file of pins."""
    text = (settings.BASE_DIR / file).read_text(encoding="utf-8")
    return {normal(name): version for name, version in re.findall(r"^(\S+?)(?:\[\S+\])?==(\S+)", text, re.MULTILINE)}


def asked_for(file: str) -> set[str]:
    lines = (settings.BASE_DIR / file).read_text(encoding="utf-8").splitlines()
    return {normal(NAME.match(line)[0]) for line in lines if NAME.match(line)}


def imported(path: Path) -> set[str]:
    """The first parts of all absolute imports of a file, wherever they stand."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def named_in_settings() -> set[str]:
    dotted = [*settings.INSTALLED_APPS, *settings.MIDDLEWARE, *settings.AUTHENTICATION_BACKENDS]
    return {name.partition(".")[0] for name in dotted}


def test_what_serves_uses_only_what_is_installed_to_serve():
    serving, foreign = asked_for("requirements.in"), packages_distributions()
    used = dict.fromkeys(named_in_settings(), "sdgplan/settings.py")
    for room in SERVING_ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            used |= dict.fromkeys(imported(path), str(path.relative_to(settings.BASE_DIR)))
    wrong = {
        name: where
        for name, where in used.items()
        if name not in [*SERVING_ROOMS, *sys.stdlib_module_names]
        and not serving & {normal(package) for package in foreign.get(name, [])}
    }
    assert not wrong
    assert {"django", "import_export", "openpyxl"} <= used.keys()


@pytest.mark.parametrize("file", ["requirements", "requirements-dev"])
def test_what_is_asked_for_is_pinned_with_hashes_and_without_a_place(file):
    assert asked_for(f"{file}.in") <= pinned(f"{file}.txt").keys()
    text = (settings.BASE_DIR / f"{file}.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(?:index-url|extra-index-url|find-links|trusted-host)|file:", text)
    for block in re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_both_files_pin_the_same_versions_and_no_tool_of_the_tests_serves():
    serving, checking = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert {name: version for name, version in checking.items() if serving.get(name, version) != version} == {}
    assert not asked_for("requirements-dev.in") & serving.keys()
