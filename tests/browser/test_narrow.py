"""On a telephone a table turns each row into a block, in which every value keeps the name of its column."""

import pytest

pytestmark = pytest.mark.browser

PAGES = {
    "officer-social-welfare": ["work/", "work/rounds/2024/grid/"],
    "committee": ["work/indicators/"],
    "coordinator": ["work/checks/", "work/rounds/2024/"],
}
UNNAMED = """() => [...document.querySelectorAll('.table-cards td[data-label]')]
    .filter((cell) => cell.checkVisibility())
    .filter((cell) => {
        const before = getComputedStyle(cell, '::before');
        return before.display === 'none' || !before.content.includes(cell.dataset.label);
    })
    .map((cell) => cell.dataset.label)"""


def test_values_keep_the_names_of_their_columns(demo_plan, sign_in):
    for person, pages in PAGES.items():
        page = sign_in(person, viewport={"width": 390, "height": 844})
        for place in pages:
            page.goto(f"{demo_plan.get_absolute_url()}{place}")
            assert page.locator(".table-cards td[data-label]").count(), place
            assert page.evaluate(UNNAMED) == [], place
