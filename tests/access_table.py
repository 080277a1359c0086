"""The table of docs/access.md: how it is found by walking the site, written, and read back.

`WRITE_ACCESS_TABLE=1 python -m pytest tests/test_access.py` writes the table anew, for a person to read through before
it is committed; without the variable that test only compares.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.test import Client

from .world import ROLES, Door, World, doors, undrawn

PAGE = settings.BASE_DIR / "docs" / "access.md"
REFUSALS = {"login", "403", "404"}
HEADINGS = {
    "The house": lambda route: not route.startswith(("plans/", "admin/", "accounts/")),
    "Accounts": lambda route: route.startswith("accounts/"),
    "Public pages of a plan": lambda route: route.startswith("plans/<slug:slug>/") and "/work/" not in route,
    "Work pages of a plan": lambda route: route.startswith("plans/<slug:slug>/work/"),
    "Reference data (admin)": lambda route: route.startswith("admin/"),
}

Table = dict[str, list[str]]


def client_of(user) -> Client:
    """A client signed in as the user (None is a citizen), which raises what the site raises."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    return client


def _said(response, *, is_post: bool) -> str:
    """What an answer says, in the words of the page."""
    if response.status_code in (301, 302):
        if urlsplit(response.url).path in ("/accounts/login/", "/admin/login/"):
            return "login"
        return "done" if is_post else "moved"
    if response.status_code in (200, 422):
        return "form" if is_post else "yes"
    return str(response.status_code)


def _ask(client: Client, method: str, address: str) -> str:
    """Ask once, and undo whatever the answer changed in the database or in the client's session."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    savepoint = transaction.savepoint()
    response = getattr(client, method)(address)
    transaction.savepoint_rollback(savepoint)
    client.cookies.load(cookies)
    return _said(response, is_post=method == "post")


def cell_of(client: Client, address: str) -> str:
    """The cell of one role for one address."""
    read, written = (_ask(client, method, address) for method in ("get", "post"))
    if written == "405" or (written == read and read in REFUSALS):
        return read
    return f"{read}/{written}"


def walk(world: World, chosen: list[Door]) -> Table:
    """Try doors as every role; returns the row of each route. Nothing is drawn; tests/test_fuzz.py draws."""
    clients = [client_of(world.people[role]) for role in ROLES]
    with undrawn():
        return {door.route: [cell_of(client, world.address(door)) for client in clients] for door in chosen}


def _spelled(route: str) -> str:
    """A route as a cell of a table can hold it."""
    return f"`{route}`".replace("|", "\\|")


def read_table() -> Table:
    """The rows of docs/access.md by route."""
    found: Table = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = re.match(r"\| `(.*)` \| \S+ \|(.*)\|$", line)
        if row:
            route = row[1].replace("\\|", "|")
            assert route not in found, f"{route} stands there twice"
            found[route] = [cell.strip() for cell in row[2].split("|")]
    return found


def write_table(table: Table) -> None:
    """Put the table below the text of docs/access.md that a person wrote."""
    text = PAGE.read_text(encoding="utf-8").split("\n## The house\n")[0]
    lines = [text.rstrip("\n")]
    for heading, belongs in HEADINGS.items():
        lines += [f"\n## {heading}\n", f"| route | name | {' | '.join(role.replace('_', ' ') for role in ROLES)} |"]
        lines.append("|---|---|" + "---|" * len(ROLES))
        for door in doors():
            if belongs(door.route):
                lines.append(f"| {_spelled(door.route)} | {door.name} | {' | '.join(table[door.route])} |")
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
