"""The rooms depend downwards only, and inside a room the layers keep their order (docs/architecture.md)."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

# Each room may import those before it, and nothing else of the project. `indicators` is a house of its own: its ground
# floor (choices to acts) serves the rooms in it, and its doors (services, admin, demo, commands) stand above them.
ROOMS = ["commons", "accounts", "plans", "indicators", "stakeholders", "sdgplan"]
ROOMS_INSIDE = {"indicators": ["figures", "reports", "checking", "people", "collecting", "exchange"]}
DOORS = {"services", "admin", "apps", "demo", "management"}
LAYERS = [
    {"choices", "validators", "assessment", "doubts", "rules", "splitting"},
    {"models"},
    {"wording"},
    {"permissions"},
    {"selectors", "stamps", "documents"},
    {"notifications", "acts"},
    {"services"},
    {"forms", "filters"},
    {"workbooks", "revision", "blocks", "layout", "pdf", "hwpx", "xlsx", "producing"},
    {"views", "admin", "admin_base", "middleware", "lockout", "urls", "demo", "management"},
]
FREE = {"apps", "migrations", "__init__"}
LAYERED = ["accounts", "plans", "indicators", "stakeholders"]  # commons and the roof have modules by subject alone
MOST_LINES = 400


def place_of(parts) -> tuple[int, int]:
    """The floor of a module: its room, and where it stands in a room that has rooms inside."""
    inside = ROOMS_INSIDE.get(parts[0], [])
    part = parts[1] if len(parts) > 1 else ""
    if part in inside:
        return ROOMS.index(parts[0]), 1 + inside.index(part)
    above = len(inside) + 1 if inside and part in DOORS else 0
    return ROOMS.index(parts[0]), above


def layered_part(parts) -> str:
    """The part of a module's name that tells its layer."""
    inside = ROOMS_INSIDE.get(parts[0], [])
    own = parts[2:] if len(parts) > 1 and parts[1] in inside else parts[1:]
    return own[0] if own else "__init__"


def layer_of(part: str) -> int:
    for number, names in enumerate(LAYERS):
        if part in names:
            return number
    raise AssertionError(f"{part} is in no layer: name it in tests/test_layers.py and docs/architecture.md")


def is_view(parts) -> bool:
    return "views" in parts or parts[:2] == ("sdgplan", "pages")


def modules(*rooms):
    for room in rooms:
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
    dotted = ".".join(parts)
    for name in imported_names(path, parts):
        target = tuple(name.split("."))
        if target[0] not in ROOMS:
            continue
        if place_of(target) > place_of(parts):
            yield f"{dotted} imports {name}: rooms look downwards only"
        elif target[0] != parts[0] and is_view(parts) and is_view(target) and not parts[-1].endswith("urls"):
            yield f"{dotted} imports {name}: a view imports no view of another room"
        elif place_of(target) == place_of(parts) and parts[0] in LAYERED:
            own, other = layered_part(parts), layered_part(target)
            if own not in FREE and other not in FREE and layer_of(other) > layer_of(own):
                yield f"{dotted} imports {name}: against the order of the layers"


def test_imports_keep_rooms_and_layers():
    found = [breach for path, parts in modules(*ROOMS) for breach in breaches_of(path, parts)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("plans/models.py", "from indicators.models import Figure"),
        ("plans/views/public.py", "from indicators.models import Figure"),
        ("indicators/models/rounds.py", "from indicators.services import publish_round"),
        ("indicators/models/rounds.py", "def f():\n    from indicators.collecting.views import work"),
        ("indicators/figures/selectors/shared.py", "from indicators.collecting.selectors import work"),
        ("indicators/collecting/selectors/work.py", "from indicators.collecting.services import results"),
        ("indicators/collecting/services/results.py", "from indicators.services import publish_round"),
        ("accounts/services/sign_in.py", "from plans import models"),
        ("commons/values.py", "import accounts.models"),
        ("indicators/figures/selectors/shared.py", "from sdgplan.pages.house import home"),
        ("stakeholders/views/public.py", "from indicators.figures.views.embed import embed"),
        ("sdgplan/pages/plan.py", "from indicators.figures.views.embed import embed"),
    ],
)
def test_a_breach_is_noticed(tmp_path, place, line):
    path = tmp_path / "module.py"
    path.write_text(line, encoding="utf-8")
    assert list(breaches_of(path, Path(place).with_suffix("").parts))


def test_modules_stay_readable():
    long = [
        f"{path.relative_to(settings.BASE_DIR)}: {lines}"
        for path, _parts in modules(*ROOMS)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    ]
    assert not long, "split by noun: " + ", ".join(long)
