"""Attacks tried on the whole site at once. Those on one door stand with that door; docs/access.md names them all."""

import csv
import io
import os
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.db import IntegrityError, models, transaction
from openpyxl import load_workbook

from accounts.models import ActivityEntry, User
from commons.numbers import read_number
from commons.personal import find_personal_data, mask_names
from commons.text import search_words
from indicators.models import Result
from plans.models import Plan
from sdgplan.headers import PERMISSIONS
from stakeholders.splitting import split_text
from stakeholders.workbooks.parsing import tidy_people

from .access_table import client_of
from .test_fuzz import NEVER_ASKED, ask, doors_with_role
from .world import ROLES, undrawn

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def clients(world):
    return {role: client_of(world.people[role]) for role in ROLES}


def pages_of(world):
    """(address, role) of everything that can be read, by somebody who may."""
    found = [(world.address(door), role) for door, role in doors_with_role("get")]
    return [(address, role) for address, role in found if not NEVER_ASKED.search(address)]


# --- headers


def test_every_answer_has_strict_headers(world, clients):
    """All of them; only the page that is made to be embedded elsewhere may be framed."""
    missing = []
    framed = set()
    with undrawn():
        for address, role in pages_of(world):
            response = clients[role].get(address)
            headers = response.headers
            kind = headers["Content-Type"].split(";")[0]
            wanted = {
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Referrer-Policy": "same-origin",
                "Cross-Origin-Opener-Policy": "same-origin",
                "Cross-Origin-Resource-Policy": "same-origin",
                "Permissions-Policy": PERMISSIONS,
            }
            policy = headers.get("Content-Security-Policy", "")
            if "frame-ancestors *" in policy:
                framed.add(address)
                del wanted["X-Frame-Options"]
                policy = policy.replace("frame-ancestors *", "frame-ancestors 'none'")
            missing += [(address, name, headers.get(name)) for name in wanted if headers.get(name) != wanted[name]]
            if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
                missing.append((address, "Content-Security-Policy", policy))
            may_stay = "/work/" not in address and not address.startswith(("/accounts/", "/admin/"))
            if role != "citizen" and not may_stay and "no-store" not in headers.get("Cache-Control", ""):
                missing.append((address, "Cache-Control", headers.get("Cache-Control")))
            is_file = kind not in ("text/html", "application/atom+xml", "application/json")
            is_attached = headers.get("Content-Disposition", "").startswith("attachment")
            if is_file and response.status_code == 200 and not is_attached:
                missing.append((address, "Content-Disposition", kind))
    assert not missing, "\n".join(map(str, missing))
    assert framed == {"/plans/seodaemun-2022/embed/indicators/1/1-1-2-1/"}


def test_a_page_with_a_session_is_kept_nowhere(clients):
    response = clients["owner"].get("/plans/seodaemun-2022/")
    assert "private" in response.headers["Cache-Control"]
    assert "no-store" in clients["owner"].get("/style-guide/").headers["Cache-Control"]


def test_cookies_and_transport_in_production():
    wanted = ["SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT"]
    wanted += ["SECURE_HSTS_SECONDS", "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE"]
    code = f"from django.conf import settings as s\nprint([getattr(s, name) for name in {wanted}])"
    env = os.environ | {"DEBUG": "false", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "plan.example"}
    env |= {"DJANGO_SETTINGS_MODULE": "sdgplan.settings", "DATABASE_URL": "sqlite:///:memory:"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=django_settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([True, True, True, True, 31_536_000, "Lax", "Lax"])


# --- what is sent


def test_no_act_without_the_token_of_its_form(world, clients):
    """A page elsewhere that posts here: refused at every door, but at the one that mail programs use."""
    taken = []
    for client in clients.values():
        client.handler.enforce_csrf_checks = True
    for door, role in doors_with_role("post"):
        with undrawn():
            response = ask(clients[role], "POST", world.address(door))
        if response.status_code != 403:
            taken.append(door.name)
    assert taken == ["stakeholders:follow_leave"]


def test_other_methods_do_nothing(world, clients):
    before = ActivityEntry.objects.count(), Result.objects.count(), User.objects.count()
    with undrawn():
        for door, role in doors_with_role("post"):
            address = world.address(door)
            override = clients[role].get(address, headers={"X-HTTP-Method-Override": "POST"})
            assert override.status_code < 500, door.route
            for method in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
                response = clients[role].generic(method, address, b"decision=approve&post=yes")
                assert response.status_code < 500, (method, door.route)
                if door.route.startswith("plans/"):  # Django's own pages take PUT as they take POST, token and all
                    assert response.status_code in (403, 404, 405) or response.status_code == 302, (method, door.route)
    assert (ActivityEntry.objects.count(), Result.objects.count(), User.objects.count()) == before


@pytest.mark.parametrize("size", [2_000_000, 3_000_000])
def test_an_oversized_body_is_told_in_words(client, db, settings, size):
    settings.DEBUG = False
    response = client.post("/accounts/login/", {"username": "a" * size, "password": "b"})
    if size < settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        assert response.status_code == 200
    else:
        assert response.status_code == 413
        assert "너무 많아" in response.text


def test_too_many_fields_and_files_are_told_in_words(as_user, db, settings, owner, open_round, url_of):
    settings.DEBUG = False
    client = as_user(owner)
    many = client.post(url_of("indicators:grid", 2022), {f"f{n}": "" for n in range(4100)})
    files = {f"f{n}": io.BytesIO(b"x") for n in range(21)}
    crowd = client.post(url_of("indicators:workbook_upload", 2022), files)
    assert (many.status_code, crowd.status_code) == (413, 413)
    assert "너무 많아" in many.text


def test_fields_that_a_form_does_not_have_change_nothing(as_user, owner, draft, url_of, welfare):
    more = {"state": "approved", "round": 999, "is_demo": "on", "approved_by": owner.pk, "role": "administrator"}
    typed = {"value": "301", "missing_reason": "", "explanation": "", "version": draft.version, "action": "save"} | more
    response = as_user(owner).post(url_of("indicators:result", 2022, 1, "1-1-2-1"), typed)
    assert response.status_code == 302
    stored = Result.objects.get(pk=draft.pk)
    assert (stored.value, stored.state, stored.round_id) == (301, "draft", draft.round_id)


def test_nobody_gives_oneself_a_role(as_user, owner, coordinator, administrator):
    as_user(owner).post("/accounts/password/", {"role": "administrator", "is_superuser": "on"})
    page = f"/admin/accounts/user/{coordinator.pk}/change/"
    typed = {"username": "coordinator", "name": "이름", "email": "", "department": "", "is_active": "on"}
    raised = as_user(coordinator).post(page, typed | {"role": "administrator"})
    assert raised.status_code == 200  # the form is shown again: no such choice
    as_user(coordinator).post(page, typed | {"role": "coordinator", "is_superuser": "on", "user_permissions": "1"})
    other = as_user(coordinator).post(f"/admin/accounts/user/{administrator.pk}/password/", {"password1": "x"})
    assert other.status_code == 403
    roles = dict(User.objects.values_list("username", "role"))
    assert (roles["owner"], roles["coordinator"]) == ("officer", "coordinator")
    assert not User.objects.filter(is_superuser=True).exists()


def test_the_admin_cannot_take_away_what_is_published(world, clients):
    plan = Plan.objects.get(slug="seodaemun-2022")
    for model, kept in (("plan", plan.pk), ("area", plan.areas.first().pk)):
        shown = ask(clients["administrator"], "POST", f"/admin/plans/{model}/{kept}/delete/", b"post=yes")
        assert shown.status_code in (200, 403), "the act was done"
    assert Plan.objects.filter(pk=plan.pk).exists()


# --- what is asked for


def test_a_forged_host_reaches_no_page(client, db):
    assert client.get("/plans/seodaemun-2022/", headers={"Host": "evil.example"}).status_code == 400
    answer = client.get("/plans/seodaemun-2022/", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/media/reports/x.pdf",
        "/static/../sdgplan/settings.py",
        "/static/..%2f..%2f..%2fetc/passwd",
        "/plans/seodaemun-2022/reports/2022/1/area/..%2f..%2f..%2fetc%2fpasswd/",
        "/plans/..%2f..%2fetc/",
    ],
)
def test_no_path_leads_out(client, db, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/plans/seodaemun-2022/work/rounds/2022/1/%00/", 404),
        ("/admin/plans/task/?code=%00", 400),
        ("/admin/plans/task/export/?title=a%00", 400),
        ("/admin/plans/task/export/?page=x", 302),
        ("/admin/plans/task/export/?id=", 302),
        ("/admin/plans/task/1/change/?_to_field=", 200),
    ],
)
def test_what_no_database_can_look_for_is_answered(as_user, coordinator, open_round, settings, address, status):
    settings.DEBUG = False
    assert as_user(coordinator).get(address).status_code == status


@pytest.mark.parametrize("name", ["q", "title__contains"])
@pytest.mark.parametrize(
    "place", ["/admin/plans/task/", "/plans/seodaemun-2022/tasks/", "/plans/seodaemun-2022/voices/points/"]
)
def test_an_address_longer_than_any_search_is_told_in_words(as_user, coordinator, settings, place, name):
    """SQLite fails on a pattern of more than 50,000 bytes, in the search of every list."""
    settings.DEBUG = False
    client = as_user(coordinator)
    long = client.get(place, {name: "가" * 20_000})
    assert long.status_code == 414
    assert "너무 길어" in long.text
    assert client.get(place, {name: "가" * 600}).status_code == 200


def test_ids_of_one_plan_open_nothing_under_another(world, clients):
    """Every address with the id of an object, under another plan's slug: there is no such page."""
    Plan.objects.create(slug="other", title="다른 계획", municipality="다른 구", start_year=2022, end_year=2026)
    asked = 0
    for door, role in doors_with_role("get"):
        if "<slug:slug>" in door.route and {"pk", "code"} & set(door.parameters):
            address = world.fill(door, world.known(door) | {"slug": "other"})
            assert clients[role].get(address).status_code in (404, 410), address
            asked += 1
    assert asked > 15


def test_sign_in_does_not_tell_who_exists(client, owner):
    known = client.post("/accounts/login/", {"username": "owner", "password": "no"})
    unknown = client.post("/accounts/login/", {"username": "nobody", "password": "no"})
    told = [answer.context["form"].non_field_errors() for answer in (known, unknown)]
    assert told[0] == told[1]
    assert told[0]
    assert known.status_code == unknown.status_code


# --- what was stored


MARK = '=1+"><x9 y="1">'
PLAIN = {
    "slug",
    "code",
    "username",
    "password",
    "sha256",
    "form",
    "file",
    "cited_code",
    "task_code",
    "printed",
    "track_reason",
    "scope",
    "token",
    "subject",
}


def poison() -> int:
    """Put what could become markup or a formula into every text that people type; returns how many columns."""
    columns = 0
    for label in ("accounts", "plans", "indicators", "stakeholders"):
        for model in apps.get_app_config(label).get_models():
            fields = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, (models.TextField, models.CharField))
                and not isinstance(field, (models.SlugField, models.FileField, models.EmailField))
                and not field.choices
                and (field.max_length or 99) >= 20
                and field.name not in PLAIN
            ]
            for name in fields:
                rows = models.QuerySet(model)  # which may change rows that the models keep from changing
                with suppress(IntegrityError), transaction.atomic():  # some are unique, or empty beside a number
                    columns += bool(rows.exclude(**{name: ""}).update(**{name: MARK}))
    return columns


def cells_of(response) -> list:
    """All cells of a spreadsheet or a CSV, as (value, whether it is a formula)."""
    data = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers["Content-Type"].startswith("text/csv"):
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
        return [(cell, cell[:1] in ("=", "+", "@", "\t", "\r")) for row in rows for cell in row]
    book = load_workbook(io.BytesIO(data))
    return [(cell.value, cell.data_type == "f") for sheet in book for row in sheet for cell in row]


def test_stored_text_stays_text_on_every_page_and_in_every_file(world, clients):
    assert poison() > 30
    told, files = 0, 0
    for address, role in pages_of(world):
        response = clients[role].get(address)
        kind = response.headers["Content-Type"].split(";")[0]
        if kind in (SPREADSHEET, "text/csv") and not response.streaming:
            files += 1
            formulas = [value for value, is_formula in cells_of(response) if is_formula]
            assert not formulas, (address, formulas[:3])
        elif not response.streaming and (
            kind.startswith("text/") or kind.endswith("xml")
        ):  # what a browser reads as such
            assert "<x9" not in response.text, address
            told += "&lt;x9" in response.text
    assert told > 80
    assert files >= 3


# --- patterns that run away


def seconds(act, text: str) -> float:
    best = 9.9
    for _try in range(3):
        begin = time.process_time()
        act(text)
        best = min(best, time.process_time() - begin)
    return best


RUNAWAYS = {
    "digits": "1",
    "dashes": "-",
    "half a number": "010-1234-",
    "numbers": "02-",
    "at": "a@",
    "address": "a@a.",
    "dots": "a.",
    "codes": "1-1-",
    "spaces": " ",
    "lines": "\n",
    "bullets": "- \n",
    "brackets": "(",
    "commas": "1,111,",
    "syllables": "가",
    "names": "김철수(",
    "numbered": "1분야 ",
}


@pytest.mark.parametrize("act", [find_personal_data, mask_names, split_text, search_words, read_number, tidy_people])
def test_no_pattern_runs_away(act):
    """Eight times the text takes about eight times the time, whatever it is made of, and never sixty-four times."""

    def tried(text):
        try:
            act(text)
        except ValueError:
            return

    for name, unit in RUNAWAYS.items():
        short, long = (unit * (length // len(unit)) for length in (15_000, 120_000))
        ratio = seconds(tried, long) / max(seconds(tried, short), 0.0005)
        assert ratio < 24, f"{act.__name__} with {name}: {ratio:.1f} times the time for eight times the text"
