"""Random data at every door: whatever is typed, sent or asked for, the site answers and never fails.

The suite tries few examples, the same every time; `FUZZ_EXAMPLES=20000 python -m pytest tests/test_fuzz.py` goes on for
as long as one likes (docs/access.md says what a long run found).
"""

import os
import re
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .access_table import client_of, read_table
from .world import ROLES, doors

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", 150))
AS_MANY = settings(
    max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck), print_blob=True
)
NEVER_ASKED = re.compile(r"/logout/$|^/admin/jsi18n/")
BOUNDARY = "----a-boundary-that-no-value-holds"

# Bytes as a client may send them: what no database takes, what no calendar has, what no integer holds.
NASTY = [
    b"", b" ", b"\x00", b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"\xf0\x9f\x98\x80", b"-1", b"0", b"00", b"1", b"2",
    b"9" * 19, b"9" * 400, b"1e400", b"1E-400", b"-0", b"NaN", b"Infinity", b"0x10", b"1,2,3", b"1.5.2", b"1_000",
    b"0001-01-01", b"9999-12-31", b"99999-01-01", b"2023-02-30", b"2023-13-45T99:99", b"25:61", b"on", b"None", b"null",
    b"[]", b"{}", b"../../etc/passwd", b"%00", b"%s%n", b"' OR 1=1 --", b"<script>alert(1)</script>", b"=1+1",
    b"a:b:c", b":::", b"1:2:3", b"seodaemun-2022", b"social-welfare", b"women", b"2022", b"2023", b"2024", b"asc",
    "가".encode() * 3000, "\u202e가".encode(), "\ud55c\u0301".encode(), b"x" * 70000, b"\r\nX-Injected: 1", b"1\n2\n",
    "１２３".encode(), "٣".encode(), "²".encode(), "−5".encode(), b"2022-1", b"a@b", b"//evil.example", b"\t",
]  # fmt: skip
VALUES = st.sampled_from(NASTY) | st.binary(max_size=40) | st.integers().map(lambda n: str(n).encode())
NAMES = [
    "page",
    "year",
    "q",
    "sort",
    "edition",
    "department",
    "area",
    "status",
    "format",
    "kind",
    "next",
    "row",
    "fragment",
]
NAMES += ["state", "action", "version", "is_demo", "o", "p", "_to_field", "_popup", "all", "e", "id", "chosen"]


class Fields(HTMLParser):
    """The names of all fields in the forms of a page, by method, and the values that its own fields offer."""

    def __init__(self):
        super().__init__()
        self.method, self.names = "get", {"get": {}, "post": {}}

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.method = (found.get("method") or "get").lower()
        if tag in ("input", "select", "textarea", "button") and found.get("name"):
            self.select = found["name"]
            offered = self.names[self.method].setdefault(found["name"], [])
            if found.get("value"):
                offered.append(found["value"].encode())
        if tag == "option" and found.get("value"):
            self.names[self.method][self.select].append(found["value"].encode())


def fields_of(text: str) -> dict[str, dict[str, list[bytes]]]:
    parser = Fields()
    parser.feed(text)
    return parser.names


def doors_with_role(wanted: str):
    """(door, role) of every door at which a role gets *wanted* ("yes" for GET, "form" or "done" for POST)."""
    table = read_table()
    for door in doors():
        for role in ("owner", "coordinator", "committee", "head", "citizen"):
            said = table[door.route][ROLES.index(role)]
            read, _slash, written = said.partition("/")
            if (read in ("yes", "moved")) if wanted == "get" else (written in ("form", "done", "409")):
                yield door, role
                break


def ask(client, method, address, body=b"", content_type="application/x-www-form-urlencoded"):
    """Ask once; what it changed is undone. The client raises whatever the site raises."""
    savepoint = transaction.savepoint()
    response = client.generic(method, address, body, content_type=content_type)
    transaction.savepoint_rollback(savepoint)
    assert response.status_code < 500, f"{method} {address} {body[:2000]!r}: {response.status_code}"
    return response


def multipart(pairs: list[tuple[str, bytes]], files: list[tuple[str, bytes, bytes]]) -> bytes:
    """A body as a browser sends it, but of any bytes."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value
        for name, value in pairs
    ]
    for name, filename, content in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="'.encode()
        parts.append(head + filename + b'"\r\nContent-Type: application/octet-stream\r\n\r\n' + content)
    return b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def clients_of(world):
    return {role: client_of(world.people[role]) for role in ROLES}


def test_every_form_answers_whatever_is_sent(world):
    clients = clients_of(world)
    forms = []
    for door, role in doors_with_role("post"):
        address = world.address(door)
        shown = {}
        if not NEVER_ASKED.search(address):
            page = clients[role].get(address)
            if page.status_code == 200 and not page.streaming and "html" in page.headers["Content-Type"]:
                shown = fields_of(page.text)["post"]
            forms.append((address, role, shown))
    assert len(forms) > 60
    # Acts without a page of their own (comments, uploads) stand on others: all names and offers together.
    everywhere = {name: offers for _address, _role, shown in forms for name, offers in shown.items()}
    everywhere |= {"file": [], "files": [], "is_public": [], "text": []}

    @AS_MANY
    @given(st.data())
    def attempt(data):
        address, role, shown = data.draw(st.sampled_from(forms))
        known = shown or everywhere
        some = st.lists(st.sampled_from(sorted(known)), max_size=12, unique=True)
        names = sorted(known) if len(known) <= 14 else data.draw(some)
        sane = data.draw(st.integers(0, 3))  # few fields wrong at a time reach deeper than all of them
        pairs = []
        for place, name in enumerate([*names, *data.draw(st.lists(st.sampled_from(NAMES), max_size=2))]):
            offers = known.get(name)
            is_sane = offers and sane and (place + sane) % 4
            value = data.draw(st.sampled_from(offers) if is_sane else VALUES)
            pairs += [(name, value)] * data.draw(st.sampled_from([1, 1, 1, 2]))
        if data.draw(st.booleans()):
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        else:
            files = [
                (name, data.draw(VALUES).replace(b'"', b"")[:200], data.draw(st.binary(max_size=200) | st.just(PK)))
                for name in ("file", "files")
                if data.draw(st.booleans())
            ]
            body, kind = multipart(pairs, files), f"multipart/form-data; boundary={BOUNDARY}"
        ask(clients[role], "POST", address, body, kind)

    attempt()


PK = b"PK\x03\x04" + b"\x00" * 60


def test_every_page_answers_whatever_is_asked(world):
    clients = clients_of(world)
    pages = []
    for door, role in doors_with_role("get"):
        address = world.address(door)
        if not NEVER_ASKED.search(address):
            page = ask(clients[role], "GET", address)
            is_page = page.status_code == 200 and not page.streaming and "html" in page.headers["Content-Type"]
            pages.append((address, role, sorted(fields_of(page.text)["get"]) if is_page else []))

    @AS_MANY
    @given(st.data())
    def attempt(data):
        address, role, names = data.draw(st.sampled_from(pages))
        asked = data.draw(st.lists(st.tuples(st.sampled_from(names + NAMES), VALUES), min_size=1, max_size=5))
        ask(clients[role], "GET", f"{address}?{urlencode(asked)}"[:60_000])

    attempt()


def test_every_address_answers_whatever_stands_in_it(world):
    """Numbers no column holds, characters no database takes, texts instead of codes: 404 or the like, no failure."""
    clients = clients_of(world)
    found = [(door, role) for door, role in doors_with_role("get") if door.parameters]
    found += [(door, role) for door, role in doors_with_role("post") if door.parameters]

    @AS_MANY
    @given(st.data())
    def attempt(data):
        door, role = data.draw(st.sampled_from(found))
        known = world.known(door)
        changed = data.draw(st.sampled_from(door.parameters))
        value = data.draw(VALUES)[:300] or b"0"
        known[changed] = quote(value, safe="")
        method = data.draw(st.sampled_from(["GET", "POST", "PUT", "HEAD"]))
        ask(clients[role], method, world.fill(door, known))

    attempt()
