"""Pages on paper: a task sheet is an official form on one or two A4 pages, and nothing of a dashboard is cut off."""

import re

import pytest
from django.db.models import Count
from playwright.sync_api import expect

from plans.models import Task

pytestmark = pytest.mark.browser

PAGE = re.compile(rb"/Type\s*/Page\b")


def test_the_longest_task_sheets_print_on_two_pages(demo_plan, new_page):
    page = new_page()
    page.emulate_media(media="print")
    longest = [
        Task.objects.of_plan(demo_plan).annotate(count=Count(what, distinct=True)).order_by("-count").first()
        for what in ("opinions", "indicators", "budgets")
    ]
    for task in longest:
        page.goto(task.get_absolute_url())
        assert 1 <= len(PAGE.findall(page.pdf(format="A4"))) <= 2, task
        for shown in (page.get_by_role("heading", level=1), page.get_by_role("table").first):
            expect(shown).to_be_visible()
        for around in (page.get_by_role("navigation"), page.get_by_role("search"), page.get_by_role("contentinfo")):
            expect(around.first).to_be_hidden()


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
