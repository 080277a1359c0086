"""On paper a task sheet is an official form: what it says and nothing of the site around it, on one or two A4 pages."""

import re

from django.db.models import Count
from playwright.sync_api import expect

from plans.models import Task

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
