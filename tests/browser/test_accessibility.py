"""Every kind of page, wide and narrow: no axe violation, no sideways scrolling, nothing in the console."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from indicators.choices import MissingReason, ResultState, ValueKind
from indicators.models import Indicator, Milestone, Result

pytestmark = pytest.mark.browser

WIDTHS = [1280, 320]
AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
}
MEASURE = """() => ({
    lang: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    scroll: document.documentElement.scrollWidth,
    client: document.documentElement.clientWidth,
})"""
# Which elements stick out at the right, for the report of a page that scrolls sideways.
STICKING_OUT = """() => [...document.querySelectorAll("body *")]
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .slice(0, 4).map(e => e.tagName.toLowerCase() + "." + e.getAttribute("class"))"""
OPEN_DETAILS = "() => { for (const box of document.querySelectorAll('details')) box.open = true; }"


@dataclass
class Stop:
    """One page of a walk; `arrive` does what must be done on it before it is looked at."""

    name: str
    path: str
    arrive: Callable[[Page], None] | None = None
    status: int = 200


class Walk:
    """Goes to page after page in one browser and collects what is wrong with each."""

    def __init__(self, page: Page):
        self.page = page
        self.faults: list[str] = []
        self._noise: list[tuple[str, str]] = []
        self._statuses: dict[str, int] = {}
        page.on("console", lambda m: self._noise.append((m.text, m.location["url"])) if m.type == "error" else None)
        page.on("pageerror", lambda error: self._noise.append((str(error), "")))
        page.on("response", lambda r: self._statuses.update({r.url: r.status}))

    def visit(self, stop: Stop) -> None:
        self._noise.clear()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        self.page.goto(stop.path)
        if stop.arrive:
            stop.arrive(self.page)
        self.page.wait_for_load_state()
        if self._statuses[self.page.url] != stop.status:
            self._note(stop, "", f"status {self._statuses[self.page.url]}")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            self._measure(stop, f"{width}px")
            self.page.evaluate(OPEN_DETAILS)
            self._measure(stop, f"{width}px, all opened")
            self._inspect(stop, f"{width}px")

    def _note(self, stop: Stop, where: str, what: str) -> None:
        self.faults.append(f"{stop.name} ({where}): {what}" if where else f"{stop.name}: {what}")

    def _measure(self, stop: Stop, where: str) -> None:
        found = self.page.evaluate(MEASURE)
        if found["lang"] != "ko":
            self._note(stop, where, f"lang is {found['lang']!r}")
        if found["headings"] != 1:
            self._note(stop, where, f"{found['headings']} h1")
        if found["scroll"] > found["client"]:
            sticking = self.page.evaluate(STICKING_OUT)
            self._note(stop, where, f"scrolls sideways: {found['scroll']} > {found['client']}, {sticking}")

    def _inspect(self, stop: Stop, where: str) -> None:
        # Taken before axe runs, which may itself speak in the console.
        for text, source in self._noise:
            # The browser reports the page's own error status as a failed resource.
            is_own_status = stop.status >= 400 and source == self.page.url and str(stop.status) in text
            if not is_own_status:
                self._note(stop, where, f"console: {text}")
        self._noise.clear()
        for violation in Axe().run(self.page, options=AXE_OPTIONS).response["violations"]:
            nodes = [f"{n['target'][0]} {n['html'][:160]} {n['failureSummary'][:300]}" for n in violation["nodes"][:3]]
            self._note(stop, where, f"axe {violation['id']} on {len(violation['nodes'])}: " + "\n    ".join(nodes))
        self._noise.clear()


def faults_of(page: Page, stops: list[Stop]) -> list[str]:
    walk = Walk(page)
    for stop in stops:
        walk.visit(stop)
    return walk.faults


def report(faults: list[str]) -> str:
    return f"{len(faults)} faults\n" + "\n".join(faults)


def by_kind(plan, kind: ValueKind) -> Indicator:
    return Indicator.objects.of_plan(plan).filter(value_kind=kind).first()


def test_public_pages(demo_plan, new_page):
    root = demo_plan.get_absolute_url()
    without_target = Milestone.objects.filter(year=2023, missing_reason=MissingReason.NONE_PLANNED).first().indicator
    corrected = Result.objects.filter(round__year=2023, version__gt=3).first().indicator
    faults = faults_of(
        new_page(),
        [
            Stop("front door", "/"),
            Stop("area", f"{root}areas/1/"),
            Stop("task list", f"{root}tasks/"),
            Stop("task list filtered", f"{root}tasks/?area=1&q=자활"),
            Stop("task list without hits", f"{root}tasks/?q=없는낱말"),
            Stop("task", f"{root}tasks/1/1-1-2/"),
            Stop("indicator list", f"{root}indicators/"),
            Stop("indicator list filtered", f"{root}indicators/?status=short"),
            Stop("indicator with number", f"{root}indicators/1/1-1-2-1/"),
            Stop("indicator with text", by_kind(demo_plan, ValueKind.TEXT).get_absolute_url()),
            Stop("indicator with grade", by_kind(demo_plan, ValueKind.GRADE).get_absolute_url()),
            Stop("indicator without target", without_target.get_absolute_url()),
            Stop("indicator corrected", corrected.get_absolute_url()),
            Stop("department list", f"{root}departments/"),
            Stop("department", f"{root}departments/social-welfare/"),
            Stop("search", f"{root}search/"),
            Stop("search with hits", f"{root}search/?q=환경"),
            Stop("search without hits", f"{root}search/?q=없는낱말"),
            Stop("method", f"{root}method/"),
            Stop("about", f"{root}about/"),
            Stop("login", "/accounts/login/"),
            Stop("login refused", "/accounts/login/", refused_login),
            Stop("404", f"{root}no-such-page/", status=404),
            Stop("style guide", "/style-guide/"),
        ],
    )
    assert not faults, report(faults)


def refused_login(page: Page) -> None:
    page.get_by_label("아이디").fill("nobody")
    page.get_by_label("비밀번호").fill("wrong")
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("alert").wait_for()


def wrong_number(page: Page) -> None:
    page.get_by_label("실적", exact=True).fill("삼백")
    page.get_by_role("button", name="제출").click()
    page.get_by_text("숫자로 입력해 주십시오.").wait_for()


def empty_plan(page: Page) -> None:
    page.get_by_role("button", name="회차 계획하기").click()
    page.locator(".errorlist").first.wait_for()


def saved_in_between(page: Page) -> None:
    page.locator("[name=version]").evaluate("field => { field.value = 99; }")
    page.get_by_role("button", name="저장").click()
    page.get_by_text("그 사이 다른 사람이 먼저 저장했습니다.").wait_for()


def test_work_pages(demo_plan, sign_in):
    root = demo_plan.get_absolute_url()
    work, rounds = f"{root}work/", f"{root}work/rounds/"
    results = Result.objects.select_related("indicator__area__plan", "round")
    of_2024 = {state: results.filter(round__year=2024, state=state).first() for state in ResultState}
    draft, submitted = of_2024[ResultState.DRAFT], of_2024[ResultState.SUBMITTED]
    returned, approved = of_2024[ResultState.RETURNED], of_2024[ResultState.APPROVED]
    in_words = by_kind(demo_plan, ValueKind.TEXT)
    corrigible = results.filter(round__year=2023, state=ResultState.APPROVED, value__isnull=False).first()

    def officer_of(indicator: Indicator) -> str:
        return f"officer-{indicator.tasks.all()[0].department.slug}"

    walks = [
        (
            "officer-social-welfare",
            [
                Stop("my work", work),
                Stop("entry form", f"{rounds}2024/1/1-1-2-1/"),
                Stop("entry with errors", f"{rounds}2024/1/1-1-2-1/", wrong_number, status=422),
                Stop("result of a published round", f"{rounds}2023/1/1-1-2-1/"),
                Stop("password", "/accounts/password/"),
            ],
        ),
        (
            officer_of(in_words),
            [Stop("entry in words", f"{rounds}2024/{in_words.area.number}/{in_words.code}/")],
        ),
        (
            officer_of(draft.indicator),
            [Stop("saved in between", draft.get_absolute_url(), saved_in_between, status=409)],
        ),
        (
            officer_of(returned.indicator),
            [Stop("my work with a returned result", work), Stop("returned result", returned.get_absolute_url())],
        ),
        (officer_of(submitted.indicator), [Stop("locked result", submitted.get_absolute_url())]),
        (
            "coordinator",
            [
                Stop("rounds", rounds),
                Stop("rounds with errors", rounds, empty_plan, status=422),
                Stop("board, open", f"{rounds}2024/"),
                Stop("board, published", f"{rounds}2023/"),
                Stop("result to review", submitted.get_absolute_url()),
                Stop("approved result", approved.get_absolute_url()),
                Stop("correction form", f"{corrigible.get_absolute_url()}correct/"),
            ],
        ),
        (
            "committee",
            [
                Stop("committee: rounds", rounds),
                Stop("committee: board", f"{rounds}2024/"),
                Stop("committee: result", submitted.get_absolute_url()),
                Stop("committee: draft", draft.get_absolute_url()),
                Stop("committee: correction refused", f"{corrigible.get_absolute_url()}correct/", status=403),
            ],
        ),
    ]
    faults = []
    for username, stops in walks:
        faults += faults_of(sign_in(username), stops)
    assert not faults, report(faults)
