"""Pages on paper."""

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


def test_unpublished_dashboard(demo_plan, sign_in):
    """Nothing of the heat map is cut off, what was folded is there, and the mark stays on paper."""
    page = sign_in("committee", viewport={"width": 688, "height": 1000})  # A4 without its margins
    page.emulate_media(media="print")
    page.goto(f"{demo_plan.get_absolute_url()}work/dashboard/?area=1")
    for box in page.locator(".table-wrap, .heat-wrap").all():
        assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), box.get_attribute("aria-labelledby")
    page.goto(f"{demo_plan.get_absolute_url()}work/dashboard/")
    expect(page.get_by_text("2024년 값은 아직 공표하지 않았습니다.")).to_be_visible()
    expect(page.locator("form.filters")).to_be_hidden()
    sizes = page.locator(".heat-wrap").evaluate("box => [box.clientHeight, box.scrollHeight]")
    assert sizes[0] == sizes[1] > 2000
    expect(page.locator(".heat tbody tr").last).to_be_visible()
    expect(page.locator(".gap li").first).to_be_visible()
