"""docs/access.md: every pattern of the map, tried as every role, against the cell that the page has for it."""

import os

from .access_table import HEADINGS, read_table, walk, write_table
from .world import ROLES, doors


def test_every_pattern_has_one_row_and_every_row_a_pattern():
    if os.environ.get("WRITE_ACCESS_TABLE"):
        return
    table, routes = read_table(), {door.route for door in doors()}
    assert routes - set(table) == set(), "patterns without a row: see the head of docs/access.md"
    assert set(table) - routes == set(), "rows without a pattern: see the head of docs/access.md"
    assert all(len(row) == len(ROLES) for row in table.values())
    assert all(sum(belongs(route) for belongs in HEADINGS.values()) == 1 for route in routes)


def test_every_role_gets_what_its_cell_says(world):
    found = walk(world, doors())
    if os.environ.get("WRITE_ACCESS_TABLE"):
        write_table(found)
        return
    expected = read_table()
    wrong = [
        f"{route} as {role}: the page says {said}, the site {got}"
        for route in found
        for role, said, got in zip(ROLES, expected.get(route, [""] * len(ROLES)), found[route], strict=True)
        if said != got
    ]
    assert not wrong, "\n".join(wrong)
