"""The project guards itself: migrations, settings and their page, commands, templates, words that do not belong."""

import ast
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import get_template
from django.urls import get_resolver

ROOT = settings.BASE_DIR
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def project_files(*suffixes):
    kept_out = {".venv", "var", ".git", "node_modules", ".hypothesis", ".pytest_cache", ".ruff_cache"}
    for path in ROOT.rglob("*"):
        if path.is_file() and path.suffix in suffixes and not kept_out & set(path.relative_to(ROOT).parts):
            yield path


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_template_compiles():
    for path in TEMPLATES:
        get_template(str(path.relative_to(ROOT / "templates")))


def test_templates_hold_no_inline_style_or_script():
    inline = re.compile(r"""\sstyle=|\son[a-z]+=["']|<style|<script(?![^>]*\bsrc=)|javascript:""")
    found = [str(path) for path in TEMPLATES if inline.search(path.read_text(encoding="utf-8"))]
    assert not found


def test_templates_mark_nothing_safe():
    found = [str(path) for path in TEMPLATES if re.search(r"\|safe\b|autoescape off", path.read_text(encoding="utf-8"))]
    assert not found


def test_ids_are_written_without_separators():
    """A number in a template is grouped in thousands; an id that is must not be: `row-1,050` is no row."""
    bare = re.compile(r"{{\s*[\w.]*\b(?:pk|id|_id)\s*}}")
    found = [
        f"{path.name}: {match}"
        for path in TEMPLATES
        for match in bare.findall(
            re.sub(r"{% with id=.*?%}.*?{% endwith %}", "", path.read_text(encoding="utf-8"), flags=re.S)
        )
    ]
    assert not found


def test_korean_in_templates_is_marked_for_translation():
    """Korean stands in translate tags, or as an argument of a tag or filter; never bare between tags."""
    bare = []
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", text, flags=re.S)
        text = re.sub(r"{%.*?%}|{{.*?}}|{#.*?#}", "", text, flags=re.S)
        bare += [f"{path.name}: {word}" for word in re.findall(r"[가-힣]+", text)]
    assert not bare


def test_pages_call_no_other_host():
    outside = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""")
    sources = [*TEMPLATES, *(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert not [str(path) for path in sources if outside.search(path.read_text(encoding="utf-8"))]


def settings_read() -> set[str]:
    """Names that the settings file reads from the environment."""
    tree = ast.parse((ROOT / "sdgplan" / "settings.py").read_text(encoding="utf-8"))
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, flags=re.M))
    assert documented == settings_read()


def test_every_command_is_documented():
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    pages = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    assert commands
    assert not {command for command in commands if f"manage.py {command}" not in pages}


def start(*arguments, **environment):
    """Start Django with nothing but *environment*; return its exit code and all it printed."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    # An empty value stands for "not set" where a working copy's .env would fill it in.
    done = subprocess.run(
        [sys.executable, "manage.py", "check", *arguments],
        cwd=ROOT,
        env={**kept, "DEBUG": "false", "SECRET_KEY": "", "ALLOWED_HOSTS": "", "DATABASE_URL": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


GOOD = {
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "plan.example.kr",
    "DATABASE_URL": "sqlite://:memory:",
}


def test_production_starts_with_what_it_needs():
    code, printed = start(**GOOD)
    assert code == 0, printed


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "put-the-output-of-the-command-in-docs/deployment.md-here"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
    ],
)
def test_production_refuses_to_start_and_names_what_is_missing(missing, named):
    code, printed = start(**GOOD | missing)
    assert code != 0
    assert "ImproperlyConfigured" in printed
    assert named in printed


def test_the_deployment_check_is_clean():
    varied = "".join(map(chr, range(40, 120)))
    code, printed = start("--deploy", "--fail-level", "WARNING", **GOOD | {"SECRET_KEY": varied})
    assert code == 0, printed


MADE_OF_NUMBERS = {
    "test_project.py",
    "requirements.txt",
    "requirements-dev.txt",
    "PretendardGOV-LICENSE.txt",
    "personal_found.txt",  # spellings of numbers that belong to nobody
    "personal_passes.txt",
}


def test_nothing_personal_or_foreign_stands_in_the_project():
    wrong = {
        "telephone number": re.compile(r"\b0(?:2|1[016789]|[3-6]\d)[-.)\s]\s?\d{3,4}[-.\s]\d{4}\b"),
        "resident number": re.compile(r"\b\d{6}-[1-4]\d{6}\b"),
        "e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+\.(?:kr|com|net|org)\b"),
        "path of a machine": re.compile(r"(?<![\w.>}])/(?:work|root|home)/\w"),
    }
    found = []
    for path in project_files(".py", ".html", ".md", ".json", ".toml", ".txt", ".css", ".js", ".in"):
        if path.name in MADE_OF_NUMBERS:
            continue
        text = path.read_text(encoding="utf-8")
        found += [f"{path.relative_to(ROOT)}: {what}" for what, pattern in wrong.items() if pattern.search(text)]
    assert not found


def patterns(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from patterns(entry, route)
        else:
            yield route


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/", "/plans/seodaemun-2022/", "/accounts/login/", "/style-guide/", "/nowhere/", "/admin/login/", "/plans/x/"],
)
def test_every_page_has_the_strict_policy_and_headers(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_map_of_addresses_is_the_promised_one():
    routes = set(patterns())
    for promised in (
        "plans/<slug:slug>/",
        "plans/<slug:slug>/areas/<int:number>/",
        "plans/<slug:slug>/tasks/<int:area_number>/<str:code>/",
        "plans/<slug:slug>/indicators/<int:area_number>/<str:code>/",
        "plans/<slug:slug>/departments/<slug:department_slug>/",
        "plans/<slug:slug>/search/",
    ):
        assert promised in routes
