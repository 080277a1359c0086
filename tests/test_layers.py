"""The rooms depend downwards only, and inside a room the layers keep their order (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

ROOMS = ["accounts", "plans", "indicators", "stakeholders"]  # each may import those before it, and sdgplan.lib
LAYERS = [
    {"choices", "validators", "assessment", "doubts", "checks"},
    {"models"},
    {"wording", "check_wording"},
    {"permissions"},
    {"selectors", "stamps"},
    {"notifications"},
    {"services"},
    {"forms", "filters"},
    {"workbooks", "reports"},
    {"views", "admin", "middleware", "lockout", "api", "urls", "demo", "management"},
]
TOP = LAYERS[-1]
FREE = {"apps", "migrations", "__init__"}
HOUSE_FOR_ALL = {"commons", "accounts.admin_base"}  # what the rooms may take from the house


def layer_of(part: str) -> int:
    for number, names in enumerate(LAYERS):
        if part in names:
            return number
    raise AssertionError(f"{part} is in no layer: name it in tests/test_layers.py and docs/architecture.md")


def modules():
    for room in [*ROOMS, "sdgplan"]:
        for path in sorted((settings.BASE_DIR / room).rglob("*.py")):
            parts = path.relative_to(settings.BASE_DIR).with_suffix("").parts
            if "migrations" not in parts:
                yield path, parts


def imported_names(path: Path, parts: tuple[str, ...]):
    """Absolute dotted names of all project modules a file imports, wherever in the file the import stands."""
    package = list(parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def breaches_of(path, parts):
    room = parts[0]
    for name in imported_names(path, parts):
        target = name.split(".")
        if target[0] not in [*ROOMS, "sdgplan"]:
            continue
        dotted = ".".join(parts)
        if room == "sdgplan":
            if parts[1] == "lib" and target[:2] != ["sdgplan", "lib"]:
                yield f"{dotted} imports {name}: sdgplan.lib knows no room"
            if parts[1] == "templatetags" and target[:2] not in (["sdgplan", "lib"], ["sdgplan", "templatetags"]):
                yield f"{dotted} imports {name}: template tags know no room"
            continue
        is_view = len(parts) > 1 and parts[1] in TOP
        if target[0] == "sdgplan":
            if not any(name.startswith(allowed) for allowed in HOUSE_FOR_ALL):
                yield f"{dotted} imports {name}: rooms take only {sorted(HOUSE_FOR_ALL)} from the house"
        elif target[0] != room:
            if ROOMS.index(target[0]) > ROOMS.index(room) and not is_view:
                yield f"{dotted} imports {name}: only a view may look upwards"
        elif parts[1] not in FREE and target[1] not in FREE and layer_of(target[1]) > layer_of(parts[1]):
            yield f"{dotted} imports {name}: against the order of the layers"


def test_imports_keep_rooms_and_layers():
    found = [breach for path, parts in modules() for breach in breaches_of(path, parts)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("plans/models.py", "from indicators.models import Figure"),
        ("indicators/models.py", "from .services import publish_round"),
        ("indicators/models.py", "def f():\n    from .views import work"),
        ("accounts/services.py", "from plans import models"),
        ("commons/values.py", "import accounts.models"),
        ("indicators/selectors.py", "from sdgplan.views import home"),
    ],
)
def test_a_breach_is_noticed(tmp_path, place, line):
    path = tmp_path / "module.py"
    path.write_text(line, encoding="utf-8")
    assert list(breaches_of(path, Path(place).with_suffix("").parts))


def test_modules_stay_readable():
    long = [str(path) for path, _parts in modules() if len(path.read_text(encoding="utf-8").splitlines()) > 450]
    assert not long, "split by noun: " + ", ".join(long)
