"""Numbers of thousands of digits, years of thirty, null characters: at every field of every form, one at a time.

Where test_fuzz.py tries at random, this walks: each field of each form and each filter gets each value once, while all
others hold what the page offers. The answer is a page with words, or a refusal, and never a failure.
"""

import re
from itertools import cycle
from urllib.parse import urlencode

import pytest

from .access_table import client_of
from .test_fuzz import NEVER_ASKED, ask, doors_with_role, fields_of
from .world import ROLES

ODD = {
    "5,000 digits": "9" * 5000,
    "thirty digits": "9" * 30,
    "a negative of 5,000 digits": "-" + "1" * 5000,
    "5,000 decimals": "0." + "3" * 5000,
    "a null character": "ab\x00c",
}


def with_odd(fields: dict[str, list[bytes]], name: str, odd: str) -> bytes:
    """A body with all fields as the page offers them, but *name*."""
    sent = [(other, odd if other == name else (offers or [b""])[0]) for other, offers in fields.items()]
    return urlencode(sent).encode()


def forms_of(world):
    """(role, address, fields of POST, fields of GET) of each kind of form, as the first role that has it."""
    seen = set()
    for door, role in [*doors_with_role("get"), *doors_with_role("post")]:
        address = world.address(door)
        if NEVER_ASKED.search(address):
            continue
        page = client_of(world.people[role]).get(address)
        if page.status_code != 200 or page.streaming or "html" not in page.headers["Content-Type"]:
            continue
        fields = fields_of(page.text)
        kind = re.sub(r"[0-9]+", "0", " ".join([*sorted(fields["post"]), "?", *sorted(fields["get"])]))
        if kind not in seen:
            seen.add(kind)
            yield role, address, fields["post"], fields["get"]


def test_every_field_takes_or_refuses_it(world):
    """Each field one odd value in turn, so that over all forms every kind of field meets every value."""
    clients = {role: client_of(world.people[role]) for role in ROLES}
    turn, failed, tried = cycle(ODD.values()), [], 0
    for role, address, posted, asked in forms_of(world):
        requests = [("POST", address, with_odd(posted, name, next(turn))) for name in posted]
        requests += [("GET", f"{address}?{urlencode([(name, next(turn))])}", b"") for name in asked]
        for method, place, body in requests:
            tried += 1
            try:
                ask(clients[role], method, place, body)
            except Exception as error:  # all are told at once
                failed.append(f"{method} {place[:200]} {body[:200]!r}: {error!r:.200}")
    assert tried > 200
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_lock_a_tick_and_the_parts_of_a_split(as_user, administrator, welfare, url_of, odd):
    """Fields that no form of the project reads."""
    client = as_user(administrator)
    assert client.post("/accounts/locks/", {"username": odd}).status_code == 404
    assert client.post("/accounts/locks/", {"address": odd}).status_code == 404
    ticked = {"action": "delete_selected", "_selected_action": [odd], "index": "0"}
    assert client.post("/admin/plans/area/", ticked).status_code == 400
    split = url_of("plans:split", welfare.slug)
    assert client.post(split, {"part_total": odd, "step": "more"}).status_code == 200


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_year(as_user, coordinator, plan, url_of, odd):
    client = as_user(coordinator)
    window = {"opens_on": "2025-01-02", "due_on": "2025-02-28", "instructions": ""}
    assert client.post(url_of("indicators:rounds"), {"year": odd} | window).status_code == 422
    assert client.post(url_of("stakeholders:deliberations"), {"year": odd, "title": "공론장"}).status_code == 422
    address = f"/plans/{plan.slug}/voices/?{urlencode({'year': odd})}"
    assert client.get(address).status_code == 404
    day = {"opens_on": f"{odd}-01-02", "due_on": f"{odd}-02-28", "instructions": ""}
    assert client.post(url_of("indicators:rounds"), {"year": "2024"} | day).status_code == 422
