"""A real Chromium on the live server, and the data it walks through.

live_server commits, so each test begins with a copy of the database it needs (tests/databases.py).
"""

import os
import shutil

import pytest
from django.db import connections
from playwright.sync_api import Page, sync_playwright

from indicators import demo
from plans.models import Plan

BROWSER_NAMES = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 30_000  # milliseconds; a busy machine with two workers may need them


def find_chromium() -> str | None:
    return next((path for name in BROWSER_NAMES if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="package")  # its event loop must not run while other tests want one of their own
def chromium():
    path = find_chromium()
    if path is None:
        message = "no Chromium found; install it or name its path in CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    # While its event loop runs, this thread has other connections: one left open would be found dead afterwards.
    connections.close_all()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def loaded_plan(live_server):
    """The real plan with the demo accounts, and no round."""
    demo.create_accounts()
    return Plan.objects.get(is_current=True)


@pytest.fixture
def demo_plan(live_server, databases):
    """The plan with the demo rounds: 2022 and 2023 published, 2024 open."""
    databases.put("demo", play_demo)
    return Plan.objects.get(is_current=True)


def play_demo() -> None:
    demo.create_accounts()
    demo.DemoRounds(Plan.objects.get(is_current=True)).play()


@pytest.fixture
def new_page(chromium, live_server):
    """Return a function that opens the site as somebody who was never here before; all are closed after the test."""
    contexts = []

    def open_page(**options) -> Page:
        options = {"viewport": {"width": 1280, "height": 800}} | options
        context = chromium.new_context(base_url=live_server.url, locale="ko-KR", timezone_id="Asia/Seoul", **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def citizen_sees(new_page):
    """Return a function that gives pages by address, as somebody gets them who was never here before.

    They are asked for by the browser and not drawn: what it does not get, it cannot show.
    """

    def look(paths) -> dict[str, str]:
        context = new_page().context
        answers = {path: context.request.get(path) for path in paths}
        assert {path for path, answer in answers.items() if answer.status != 200} == set()
        seen = {path: answer.text() for path, answer in answers.items()}
        context.close()
        return seen

    return look


@pytest.fixture
def sign_in(new_page):
    """Return a function that signs somebody in through the login page and gives the page it leads to."""

    def signed_in(username: str, **options) -> Page:
        page = new_page(**options)
        page.goto("/accounts/login/")
        page.get_by_label("아이디").fill(username)
        page.get_by_label("비밀번호").fill(demo.PASSWORD)
        page.get_by_role("button", name="로그인").click()
        page.wait_for_url("**/work/**")
        return page

    return signed_in
