"""The static edition in a real browser, from a plain file server under a sub-path."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.core.management import call_command

from ..test_public_pages import publish, small_plan  # noqa: F401 (a fixture)

PAGES = ["", "dashboard/", "tasks/", "indicators/", "voices/", "voices/points/", "reports/", "data/", "search/"]


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        """Say nothing of each request."""


@pytest.fixture
def address(plan, small_plan, coordinator, tmp_path):  # noqa: F811
    """Where the edition of a small plan is served from."""
    call_command("export_site", tmp_path / "under" / "plan", plan=small_plan.slug, processes=1, verbosity=0)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=tmp_path))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/under/plan/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_every_kind_of_page_looks_whole_and_search_finds(chromium, address, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
    left = "net::ERR_ABORTED"  # asked for by a page that was left meanwhile
    page.on("requestfailed", lambda asked: faults.append(asked.url) if asked.failure != left else None)
    for path in PAGES:
        page.goto(f"{address}{path}index.html")
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        # What is left out (forms, filters) leaves no hole: what stands in the page takes its whole width.
        for part in page.locator("main .with-filters > .stack").all():
            assert part.bounding_box()["width"] == part.locator("..").bounding_box()["width"], path
        assert page.locator("main details.filters-box").count() == 0, path
    page.goto(f"{address}tasks/index.html")
    page.locator(".site-search input[name=q]").fill("자활")
    page.locator(".site-search input[name=q]").press("Enter")
    page.get_by_role("link", name="복지 자활").click()
    page.wait_for_url(f"{address}tasks/1/1-1-2/index.html")
    assert faults == []
    page.close()
