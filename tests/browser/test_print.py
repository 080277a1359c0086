"""A task's sheet on paper."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_task_sheet(demo_plan, new_page):
    page = new_page()
    page.emulate_media(media="print")
    root = demo_plan.get_absolute_url()

    page.goto(f"{root}tasks/")
    expect(page.locator("form.filters")).to_be_hidden()

    page.goto(f"{root}tasks/1/1-1-2/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="303")).to_be_visible()
    for furniture in (".nav", ".site-search", ".skip", ".site-foot", ".site-head .button"):
        assert page.locator(furniture).count(), furniture
        for part in page.locator(furniture).all():
            expect(part).to_be_hidden()

    pdf = page.pdf(format="A4")
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 1 <= pages <= 2
