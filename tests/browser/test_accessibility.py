"""Every kind of page, wide and narrow: no axe violation, no sideways scrolling, nothing in the console."""

from base64 import b32decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib.auth.tokens import default_token_generator
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import totp
from playwright.sync_api import Page

from accounts.choices import Role
from accounts.models import Department, User
from indicators import demo, services
from indicators.checking.selectors.checks import check_rows
from indicators.checking.services.committee import add_committee_comment, mark_findings, rate_indicator
from indicators.choices import CheckState, GoalLink, MilestoneRating, MissingReason, ResultState, ValueKind
from indicators.models import Indicator, Job, Milestone, Publication, ReportingRound, Result
from plans.models import Task
from stakeholders import services as services_of_voices
from stakeholders.demo import DemoForum
from stakeholders.models import Commitment, Deliberation, Opinion, Question, Subscription
from stakeholders.selectors.chain import opinions_with_chain, promises_to, replies_to
from tests.workbook_files import INPUT, column_of, opened, saved

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
        page.on("response", lambda r: self._statuses.update({r.url.partition("#")[0]: r.status}))

    def visit(self, stop: Stop) -> None:
        self._noise.clear()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        self.page.goto(stop.path)
        if stop.arrive:
            stop.arrive(self.page)
        self.page.wait_for_load_state()
        status = self._statuses[self.page.url.partition("#")[0]]
        if status != stop.status:
            self._note(stop, "", f"status {status}")
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
        for violation in violations_of(self.page):
            nodes = [f"{n['target'][0]} {n['html'][:160]} {n['failureSummary'][:300]}" for n in violation["nodes"][:3]]
            self._note(stop, where, f"axe {violation['id']} on {len(violation['nodes'])}: " + "\n    ".join(nodes))
        self._noise.clear()


def violations_of(page: Page) -> list[dict]:
    """What axe finds on the page as it stands. Its script is long, so that a page is given it once."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate("options => axe.run(options)", AXE_OPTIONS)["violations"]


def faults_of(page: Page, stops: list[Stop]) -> list[str]:
    walk = Walk(page)
    for stop in stops:
        walk.visit(stop)
    return walk.faults


def report(faults: list[str]) -> str:
    return f"{len(faults)} faults\n" + "\n".join(faults)


def by_kind(plan, kind: ValueKind) -> Indicator:
    return Indicator.objects.of_plan(plan).filter(value_kind=kind).first()


def faults_of_all(sign_in, walks: list[tuple[str, list[Stop]]]) -> list[str]:
    """The walks of several people, each signed in anew."""
    return [fault for username, stops in walks for fault in faults_of(sign_in(username), stops)]


def officer_of(indicator: Indicator) -> str:
    return f"officer-{indicator.tasks.all()[0].department.slug}"


def submitted_of(year: int) -> Result:
    results = Result.objects.select_related("indicator__area__plan", "round")
    return results.filter(round__year=year, state=ResultState.SUBMITTED).first()


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
            Stop("why, with both formulas", f"{root}indicators/1/1-1-2-1/why/2023/", open_details),
            Stop("why, an earlier edition", f"{root}indicators/1/1-1-2-1/why/2023/?edition=1"),
            Stop("why, of words", by_kind(demo_plan, ValueKind.TEXT).why_url(2023)),
            Stop("why, of a grade", by_kind(demo_plan, ValueKind.GRADE).why_url(2023)),
            Stop("why, without a target", without_target.why_url(2023)),
            Stop("department list", f"{root}departments/"),
            Stop("department", f"{root}departments/social-welfare/"),
            Stop("search", f"{root}search/"),
            Stop("search with hits", f"{root}search/?q=환경"),
            Stop("search without hits", f"{root}search/?q=없는낱말"),
            Stop("method", f"{root}method/"),
            Stop("about", f"{root}about/"),
            Stop("open data", f"{root}data/", unfold),
            Stop("edition", f"{root}publications/2022/1/"),
            Stop("edition that corrects", f"{root}publications/2023/2/"),
            Stop("page about the API", "/api/v1/", unfold),
            Stop("indicator to be embedded", f"{root}embed/indicators/1/1-1-2-1/"),
            Stop("indicator with its snippet", f"{root}indicators/1/1-1-2-1/", unfold),
            Stop("login", "/accounts/login/"),
            Stop("login refused", "/accounts/login/", refused_login),
            Stop("404", f"{root}no-such-page/", status=404),
            Stop("style guide", "/style-guide/"),
            *report_stops(demo_plan),
        ],
    )
    assert not faults, report(faults)


def open_details(page: Page) -> None:
    page.locator("main summary").last.click()
    page.get_by_text("해마다 같은 비율로 늘거나 준다고 봄").wait_for()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(box => { box.open = true; })")


def report_stops(plan) -> list[Stop]:
    """The pages of reports, with one report in each state."""
    publication = Publication.objects.of_plan(plan).select_related("round__plan").last()
    lately = timezone.now()
    told = [
        {"state": "waiting", "alive_at": lately},
        {"state": "running", "alive_at": lately, "doing": "쪽을 나누고 있습니다.", "step": 2, "steps": 4},
        {"state": "running", "doing": "그 뒤로 소식이 없습니다."},
        {"state": "failed", "error": "보고서를 만드는 가운데 오류가 났습니다."},
    ]
    jobs = [
        Job.objects.create(publication=publication, kind="area", scope=str(number), **fields)
        for number, fields in enumerate(told, start=1)
    ]
    edition = f"{plan.get_absolute_url()}reports/{publication.round.year}/{publication.edition}/"
    return [
        Stop("reports", f"{plan.get_absolute_url()}reports/"),
        Stop("reports of an edition", edition),
        Stop("report not asked for", f"{edition}hwpx/"),
        *(Stop(f"report {job.state} {job.doing}", job.get_absolute_url()) for job in jobs),
    ]


def refused_login(page: Page) -> None:
    page.get_by_label("아이디").fill("nobody")
    page.get_by_label("비밀번호").fill("wrong")
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("alert").wait_for()


def locked_out(page: Page) -> None:
    page.get_by_label("아이디").fill("officer-audit")
    page.get_by_label("비밀번호").fill("wrong")
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("heading", level=1, name="로그인이 잠겼습니다").wait_for()


def forged_login(page: Page) -> None:
    page.locator("main [name=csrfmiddlewaretoken]").evaluate("field => { field.value = 'x'; }")
    page.get_by_label("아이디").fill("nobody")
    page.get_by_label("비밀번호").fill("wrong")
    page.get_by_role("button", name="로그인").click()
    page.get_by_role("heading", level=1, name="화면을 연 지 오래되었습니다").wait_for()


def sent(**fields: str) -> Callable[[Page], None]:
    """Fill fields by name and press the button of the form."""

    def arrive(page: Page) -> None:
        for name, value in fields.items():
            page.locator(f"main [name={name}]").fill(value)
        page.locator("main button[type=submit]").first.click()

    return arrive


def fault_stops(page: Page) -> list[Stop]:
    """The pages that ask nothing of the site, and those of nginx, as the browser gets them."""
    proxy = django_settings.BASE_DIR / "deploy" / "errors"
    typed = {"sent": [("value", "310")], "action": "/", "csrf_token": "x"}
    bodies = {f"/{code}": render_to_string(f"errors/{code}.html", typed) for code in (500, 503, 507)}
    bodies |= {f"/proxy-{code}": (proxy / f"{code}.html").read_text() for code in (413, 429, 503)}

    def serve(path, body):
        status = int(path[-3:])
        page.route(f"**{path}", lambda route: route.fulfill(status=status, content_type="text/html", body=body))
        return Stop(f"fault {path}", path, status=status)

    page.route("**/sdgplan-errors.css", lambda route: route.fulfill(path=proxy / "errors.css"))
    return [serve(path, body) for path, body in bodies.items()]


def faults_of_accounts(new_page, sign_in, settings) -> list[str]:
    """Pages of signing in, of the own account, and of everything that goes wrong."""
    settings.RESET_BY_MAIL = True
    officer = User.objects.get(username="officer-audit")
    attempt = {"username": officer.username, "ip_address": "127.0.0.1", "failures_since_start": 10}
    AccessAttempt.objects.create(get_data="", post_data="", **attempt)
    link = [urlsafe_base64_encode(str(officer.pk).encode()), default_token_generator.make_token(officer)]
    confirm, reset = reverse("accounts:reset_confirm", args=link), reverse("accounts:reset")
    page = new_page()
    stops = [
        Stop("locked", "/accounts/login/", locked_out, status=429),
        Stop("form open for too long", "/accounts/login/", forged_login, status=403),
        Stop("reset", reset),
        Stop("reset refused", reset, sent(email="x"), status=422),
        Stop("reset sent", reverse("accounts:reset_sent")),
        Stop("new password", confirm),
        Stop("new password refused", confirm, sent(new_password1="1", new_password2="2"), status=422),
        Stop("link that is over", reverse("accounts:reset_confirm", args=[link[0], "over"])),
        Stop("address that cannot be read", "/admin/?a=%00", status=400),
        *fault_stops(page),
    ]
    faults = faults_of(page, stops)

    set_up, secret = "/accounts/second-factor/", []

    def finished(page: Page) -> None:
        secret.append(b32decode(page.locator("main strong").inner_text().replace(" ", "")))
        sent(password=demo.PASSWORD, code=f"{totp(secret[0]):06d}")(page)
        page.get_by_role("heading", level=1, name="복구 코드").wait_for()

    def half_way(page: Page) -> None:
        sent(username="administrator", password=demo.PASSWORD)(page)
        page.get_by_role("heading", level=1, name="2단계 인증").wait_for()

    def wrong_code(page: Page) -> None:
        half_way(page)
        sent(code="12")(page)
        page.locator(".errorlist").wait_for()

    password = "/accounts/password/"
    own = [
        Stop("account", "/accounts/account/"),
        Stop("password refused", password, sent(old_password="x", new_password1="1", new_password2="2"), status=422),
        Stop("locks", "/accounts/locks/"),
        Stop("no locks", "/accounts/locks/", lambda page: page.get_by_role("button", name="해제").click()),
        Stop("activity of sign-ins", "/admin/accounts/activityentry/?action__exact=signed_in"),
        Stop("set up", set_up),
        Stop("set up refused", set_up, sent(password=demo.PASSWORD, code="12"), status=422),
        Stop("recovery codes", set_up, finished),
        Stop("account with a second factor", "/accounts/account/"),
        Stop("new recovery codes", f"{set_up}codes/"),
        Stop("new recovery codes refused", f"{set_up}codes/", sent(password=demo.PASSWORD, code="12"), status=422),
        Stop("take the second factor out", f"{set_up}remove/"),
    ]
    faults += faults_of_all(sign_in, [("administrator", own)])
    second_step = [
        Stop("second step", "/accounts/login/", half_way),
        Stop("second step refused", "/accounts/login/", wrong_code, status=422),
    ]
    return faults + faults_of(new_page(), second_step)


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
    faults = faults_of_all(sign_in, walks)
    assert not faults, report(faults)


def test_dashboards(demo_plan, new_page, sign_in):
    root = demo_plan.get_absolute_url()
    public, work = f"{root}dashboard/", f"{root}work/dashboard/"
    faults = faults_of(
        new_page(),
        [
            Stop("dashboard", public),
            Stop("dashboard of a goal", f"{public}?area=1&goal=1-2&year=2022"),
            Stop("dashboard with a choice that is none", f"{public}?area=99"),
            Stop("dashboard without hits", f"{public}?area=7&department=medical"),
        ],
    )
    faults += faults_of(
        sign_in("committee"),
        [Stop("unpublished dashboard", work), Stop("unpublished dashboard of an area", f"{work}?area=2")],
    )
    assert not faults, report(faults)


def grid_with_errors(page: Page) -> None:
    page.locator("td.grid-value input:not([type=hidden])").first.fill("삼백")
    page.get_by_role("button", name="모두 저장").click()
    page.get_by_role("alert").wait_for()


def sent_workbook(value) -> Callable[[Page], None]:
    """Download the workbook, write *value* into the first cell that is free, send it, and arrive at the preview."""

    def arrive(page: Page) -> None:
        book = opened(page.request.get(f"{page.url}download/").body())
        sheet = book[INPUT]
        column = column_of(sheet, "2024년 실적")
        free = [row for row in range(2, sheet.max_row + 1) if not sheet.cell(row, column).protection.locked]
        sheet.cell(free[0], column).value = value
        file = {"name": "실적.xlsx", "mimeType": "application/octet-stream", "buffer": saved(book)}
        page.locator("[name=file]").set_input_files(file)
        page.get_by_role("button", name="올리고 미리 보기").click()
        page.locator("#preview-counts").wait_for()

    return arrive


def refused_workbook(page: Page) -> None:
    page.locator("[name=file]").set_input_files({"name": "글.txt", "mimeType": "text/plain", "buffer": b"no"})
    page.get_by_role("button", name="올리고 미리 보기").click()
    page.locator(".errorlist").wait_for()


def sent_milestones(value: str) -> Callable[[Page], None]:
    """Download the yearly targets, write *value* for the first, send them, and arrive at the preview."""

    def arrive(page: Page) -> None:
        head, first, rest = page.request.get(f"{page.url}csv/").body().split(b"\r\n", 2)
        cells = first.split(b",")
        cells[3] = value.encode()
        file = {"name": "목표치.csv", "mimeType": "text/csv", "buffer": b"\r\n".join([head, b",".join(cells), rest])}
        page.locator("[name=file]").set_input_files(file)
        page.get_by_role("button", name="올리고 미리 보기").click()
        page.locator("#preview-counts").wait_for()

    return arrive


def without_origin(page: Page) -> None:
    """Send a change of a published year without the column of states, so that both boxes must be agreed to."""
    table = "area_no,indicator_code,year,value,text,missing_reason\r\n1,1-1-2-1,2022,304,,\r\n"
    page.locator("[name=file]").set_input_files(
        {"name": "목표치.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    page.get_by_role("button", name="올리고 미리 보기").click()
    page.get_by_label("공표된 연도의 목표치도 바꿉니다.").wait_for()


def not_agreed(page: Page) -> None:
    without_origin(page)
    page.get_by_role("button", name="목표치 1개 저장").click()
    page.get_by_role("alert").wait_for()


def all_agreed(page: Page) -> None:
    without_origin(page)
    for box in page.locator("main input[type=checkbox]").all():
        box.check()
    page.get_by_role("button", name="목표치 1개 저장").click()
    page.get_by_role("status").wait_for()


def test_pages_of_yearly_targets_by_file(demo_plan, sign_in):
    desk = f"{demo_plan.get_absolute_url()}work/milestones/"
    stops = [
        Stop("desk", desk),
        Stop("refused", desk, refused_workbook, status=422),
        Stop("preview with errors", desk, sent_milestones("삼백")),
        Stop("preview with changes", desk, sent_milestones("77")),
        Stop("preview to be agreed to", desk, without_origin),
        Stop("not agreed", desk, not_agreed, status=409),
        Stop("desk after a file was saved", desk, all_agreed),
    ]
    faults = faults_of_all(sign_in, [("coordinator", stops)])
    assert not faults, report(faults)


def with_evidence(page: Page) -> None:
    file = {"name": "2024년 사업 결과 보고.txt", "mimeType": "text/plain", "buffer": "참여자 명단".encode()}
    page.locator("[name=files]").set_input_files(file)
    page.get_by_role("button", name="증빙 올리기").click()
    page.locator("ul.files").wait_for()


def test_entry_grid_and_workbook_pages(demo_plan, sign_in):
    rounds = f"{demo_plan.get_absolute_url()}work/rounds/"
    grid, workbook = f"{rounds}2024/grid/", f"{rounds}2024/workbook/"
    with_parts = Indicator.objects.get_by_natural_key(demo_plan.slug, 1, "3-2-2-2")
    assert with_parts.dimensions
    drafts = Result.objects.filter(round__year=2024, state=ResultState.DRAFT).select_related("indicator__area__plan")
    draft = drafts.select_related("round").first()
    walks = [
        (
            "officer-climate-environment",
            [
                Stop("grid", grid),
                Stop("grid with errors", grid, grid_with_errors, status=422),
                Stop("grid, published", f"{rounds}2023/grid/"),
                Stop("workbook", workbook),
                Stop("workbook refused", workbook, refused_workbook, status=422),
                Stop("preview with errors", workbook, sent_workbook("삼백")),
                Stop("preview with changes", workbook, sent_workbook(77)),
                Stop("preview without changes", workbook, sent_workbook(None)),
                Stop("workbook with a file that waits", workbook),
                Stop("workbook, published", f"{rounds}2023/workbook/"),
            ],
        ),
        ("head-climate-environment", [Stop("head: grid", grid)]),
        ("coordinator", [Stop("coordinator: workbook", workbook), Stop("all", workbook, sent_workbook(77))]),
        (officer_of(with_parts), [Stop("breakdowns", f"{rounds}2024/1/3-2-2-2/")]),
        (officer_of(draft.indicator), [Stop("evidence", draft.get_absolute_url(), with_evidence)]),
    ]
    faults = faults_of_all(sign_in, walks)
    assert not faults, report(faults)


def return_without_comment(page: Page) -> None:
    page.get_by_role("button", name="반려", exact=True).click()
    page.locator(".review-detail .errorlist").wait_for()


def press(name: str) -> Callable[[Page], None]:
    """Press a button that is answered with what is wrong."""

    def arrive(page: Page) -> None:
        page.get_by_role("button", name=name, exact=True).click()
        page.locator(".errorlist").first.wait_for()

    return arrive


def test_round_and_review_pages(demo_plan, sign_in):
    rounds = f"{demo_plan.get_absolute_url()}work/rounds/"
    coordinator = User.objects.get(username="coordinator")
    today = timezone.localdate()
    running = ReportingRound.objects.get(year=2024)
    planned = ReportingRound(plan=demo_plan, year=2025, opens_on=today, due_on=today + timedelta(days=30))
    services.plan_round(actor=coordinator, reporting_round=planned)
    submitted = submitted_of(2024)
    department = submitted.indicator.tasks.all()[0].department
    until = running.due_on + timedelta(days=7)
    services.extend_round(actor=coordinator, reporting_round=running, department=department, until=until)
    review = f"{submitted.get_absolute_url()}review/"
    published = Result.objects.filter(round__year=2023, state=ResultState.APPROVED, value__gt=100).first()
    services.correct_result(actor=coordinator, result=published, new={"value": published.value + 1}, comment="잘못 셈")
    while_open = [
        Stop("open", f"{rounds}2025/open/"),
        Stop("board, planned", f"{rounds}2025/"),
        Stop("change", f"{rounds}2024/change/"),
        Stop("extend", f"{rounds}2024/extend/"),
        Stop("extend with errors", f"{rounds}2024/extend/", press("기한 연장"), status=422),
        Stop("close", f"{rounds}2024/close/"),
        Stop("board with an extension", f"{rounds}2024/"),
        Stop("department of a round", f"{rounds}2024/departments/{department.slug}/"),
        Stop("remind nobody", f"{rounds}2024/", press("고른 부서에 독촉 보내기"), status=422),
        Stop("queue", f"{rounds}2024/review/"),
        Stop("approve nothing", f"{rounds}2024/review/", press("고른 실적 승인"), status=422),
        Stop("review", review),
        Stop("return without a comment", review, return_without_comment, status=422),
        Stop("publish a correction", f"{rounds}2023/publish/"),
        Stop("publish a correction without a reason", f"{rounds}2023/publish/", press("정정 공표"), status=422),
        Stop("nothing to correct", f"{rounds}2022/publish/"),
        Stop("empty queue", f"{rounds}2023/review/"),
    ]
    faults = faults_of_all(sign_in, [("coordinator", while_open)])

    demo_plan.needs_endorsement = True
    demo_plan.save()
    endorse = [
        Stop("head: my work", f"{demo_plan.get_absolute_url()}work/"),
        Stop("endorse queue", f"{rounds}2024/endorse/"),
        Stop("endorse", f"{submitted.get_absolute_url()}endorse/"),
        Stop("head: department of a round", f"{rounds}2024/departments/{department.slug}/"),
    ]
    with_heads = [Stop("queue with heads", f"{rounds}2024/review/"), Stop("board with heads", f"{rounds}2024/")]
    faults += faults_of_all(sign_in, [(f"head-{department.slug}", endorse), ("coordinator", with_heads)])

    services.close_round(actor=coordinator, reporting_round=running)
    closed = [
        Stop("board, closed", f"{rounds}2024/"),
        Stop("open again", f"{rounds}2024/open/"),
        Stop("extend after closing", f"{rounds}2024/extend/"),
        Stop("publish", f"{rounds}2024/publish/"),
    ]
    faults += faults_of_all(sign_in, [("coordinator", closed)])
    assert not faults, report(faults)


def renamed(page: Page) -> None:
    page.locator("[name=name_1]").fill("복지미래과")
    page.locator("[name=slug_1]").fill("welfare-future")
    page.get_by_role("button", name="무엇이 바뀌는지 보기").click()
    page.get_by_role("button", name="이대로 확정").wait_for()


def handed_over(page: Page) -> None:
    page.get_by_label("인계받을 사람").select_option(label="새 담당자")
    page.get_by_label("담당자가 정해지지 않은 지표도 함께 인계").check()
    page.get_by_role("button", name="인계하기").click()
    page.get_by_role("heading", level=1, name="업무 인계서").wait_for()


def test_pages_of_admin_and_accounts(demo_plan, new_page, sign_in, settings):
    task = Task.objects.of_plan(demo_plan).first()
    correct = reverse("indicators:correct", args=[demo_plan.slug, 2022, 1, "1-1-2-1"])
    stops = [
        Stop("admin", "/admin/"),
        Stop("admin list", "/admin/plans/task/"),
        Stop("admin filtered list", f"/admin/plans/task/?department__id__exact={task.department_id}"),
        Stop("admin form", f"/admin/plans/goal/{task.target.goal_id}/change/"),
        Stop("admin history", f"/admin/plans/goal/{task.target.goal_id}/history/"),
        Stop("correction", correct),
        Stop("correction as it would show", correct, look_at_correction),
    ]
    faults = faults_of(sign_in("coordinator"), stops)
    faults += faults_of_accounts(new_page, sign_in, settings)
    assert not faults, report(faults)


def look_at_correction(page: Page) -> None:
    page.get_by_label("정정 사유").fill("잘못 셈")
    page.get_by_label("실적", exact=True).fill("320")
    page.get_by_role("button", name="바뀌는 내용 보기").click()
    page.get_by_role("button", name="정정할 값 저장").wait_for()


def test_people_and_organisation_pages(demo_plan, sign_in):
    work = f"{demo_plan.get_absolute_url()}work/"
    welfare = Department.objects.get(slug="social-welfare")
    User.objects.create_user("successor", demo.PASSWORD, name="새 담당자", role=Role.OFFICER, department=welfare)
    handover = f"{work}people/officer-social-welfare/handover/"
    organisation = f"{work}organisation/"
    keeper = [
        Stop("people", f"{work}people/"),
        Stop("desks", f"{work}people/social-welfare/"),
        Stop("hand-over", handover),
        Stop("hand-over with errors", handover, press("인계하기"), status=422),
        Stop("hand-over sheet", handover, handed_over),
        Stop("people after a hand-over", f"{work}people/"),
        Stop("hand-overs", f"{work}handovers/"),
        Stop("organisation", organisation),
        Stop("rename", f"{organisation}social-welfare/rename/"),
        Stop("rename with errors", f"{organisation}social-welfare/rename/", press("무엇이 바뀌는지 보기"), status=422),
        Stop("reorganisation preview", f"{organisation}social-welfare/rename/", renamed),
        Stop("merge", f"{organisation}merge/"),
        Stop("split", f"{organisation}social-welfare/split/"),
    ]
    faults = faults_of_all(sign_in, [("coordinator", keeper), ("successor", [Stop("successor: my work", work)])])
    assert not faults, report(faults)


def refused_rating(page: Page) -> None:
    page.get_by_label("낮음").check()
    page.get_by_label("밀접").check()
    page.get_by_role("button", name="저장", exact=True).click()
    page.locator(".errorlist").wait_for()


def test_pages_of_committee_and_data_check(demo_plan, sign_in):
    work = f"{demo_plan.get_absolute_url()}work/"
    indicator = Indicator.objects.get_by_natural_key(demo_plan.slug, 6, "4-1-2-1")
    department = indicator.tasks.all()[0].department
    coordinator, member = (User.objects.get(username=name) for name in ("coordinator", "committee"))
    rows = [row for row in check_rows(demo_plan) if row.finding.subject.number == "6/4-1-2-1"]
    tokens = [row.token for row in rows]
    mark_findings(
        actor=coordinator, plan=demo_plan, tokens=tokens, state=CheckState.TO_REVISE, reason="다음 개정에서 바로잡음"
    )
    for place in (indicator, None):
        comment = add_committee_comment(
            actor=member,
            area=indicator.area,
            indicator=place,
            department=department,
            text="목표치의 근거를 알려 주십시오.",
        )
    rate_indicator(
        actor=member,
        indicator=indicator,
        version=0,
        milestones=MilestoneRating.UNSUITABLE,
        goal_link=GoalLink.CLOSE,
        reason="해마다 크게 달라집니다.",
    )
    here, checks = f"{work}indicators/6/4-1-2-1/", f"{work}checks/?kind=jump_by_ten"
    walks = [
        (
            "committee",
            [
                Stop("committee: indicators", f"{work}indicators/"),
                Stop("committee: one indicator", here),
                Stop("committee: rating refused", f"{work}indicators/1/1-1-1-1/", refused_rating, status=422),
                Stop("committee: area", f"{work}areas/6/"),
                Stop("committee: findings", checks),
                Stop("committee: revision", f"{work}revision/"),
            ],
        ),
        (
            "coordinator",
            [
                Stop("coordinator: findings", checks),
                Stop("coordinator: nothing chosen", checks, press("고른 것 처리"), status=422),
                Stop("coordinator: no finding", f"{checks}&area=2"),
                Stop("coordinator: one indicator", here),
            ],
        ),
        (
            f"officer-{department.slug}",
            [
                Stop("officer: comments to answer", work),
                Stop("officer: answer", comment.get_absolute_url()),
                Stop("officer: empty answer", comment.get_absolute_url(), press("답변하기"), status=422),
            ],
        ),
        (f"head-{department.slug}", [Stop("head: comment", comment.get_absolute_url())]),
    ]
    faults = faults_of_all(sign_in, walks)
    assert not faults, report(faults)


@pytest.fixture
def demo_forum(loaded_plan):
    """The demo forum: questions at every step, a promise kept, a report that waits."""
    DemoForum(loaded_plan).play()
    return Deliberation.objects.select_related("plan").get(is_demo=True)


def test_pages_of_voices(loaded_plan, demo_forum, new_page):
    root = f"{loaded_plan.get_absolute_url()}voices/"
    opinions = list(opinions_with_chain(loaded_plan))
    silent = next(opinion for opinion in opinions if not opinion.questions.all())
    printed = next(o for o in opinions if replies_to(o) and not o.paper.deliberation.is_demo)
    kept = next(o for o in opinions if promises_to(o))
    awaited = next(o for o in opinions if o.paper.deliberation.is_demo and o.questions.all() and not replies_to(o))
    stops = [
        Stop("voices", root),
        Stop("voices of the demo", f"{root}?year=2024"),
        Stop("longest group", f"{root}children-youth/"),
        Stop("group with codes put right", f"{root}women/"),
        Stop("points with codes put right", f"{root}points/?group=volunteers"),
        Stop("smallest group", f"{root}business/"),
        Stop("group of two papers", kept.paper.group.get_absolute_url()),
        Stop("all points", f"{root}points/"),
        Stop("points without hits", f"{root}points/?q=없는낱말"),
        Stop("printed edition", f"{root}editions/2022/1/"),
        Stop("edition", f"{root}editions/2024/1/"),
        Stop("task with promises", kept.task.get_absolute_url()),
        *(
            Stop(name, opinion.get_absolute_url())
            for name, opinion in (
                ("answered point", printed),
                ("unanswered point", silent),
                ("chain with all steps", kept),
                ("awaited reply", awaited),
            )
        ),
    ]
    faults = faults_of(new_page(), stops)
    assert not faults, report(faults)


def refused_reply(page: Page) -> None:
    page.get_by_label("검토 결과").select_option(label="불수용")
    page.get_by_label("답변", exact=True).fill("하지 않습니다.")
    page.get_by_role("button", name="제출").click()
    page.locator(".errorlist").first.wait_for()


def split_paper(page: Page) -> None:
    page.get_by_label("입장문서의 글").fill("1분야\n❍ 자활 일자리를 늘린다.\n❍ 상담을 늘린다.")
    page.get_by_role("button", name="나누어 보기").click()
    page.get_by_role("table").first.wait_for()


def test_work_pages_of_voices(loaded_plan, demo_forum, sign_in):
    root, coordinator = loaded_plan.get_absolute_url(), User.objects.get(username="coordinator")
    forum = services_of_voices.open_deliberation(
        actor=coordinator, deliberation=Deliberation(plan=loaded_plan, year=2025, title="2025년 숙의공론장")
    )
    paper = services_of_voices.add_paper(
        actor=coordinator, deliberation=forum, group=loaded_plan.groups.get(slug="women"), name=""
    )
    point = Opinion(paper=paper)
    new = {"summary": "일자리를 늘려 주십시오.", "kind": "proposal"}
    point = services_of_voices.save_opinion(actor=coordinator, opinion=point, new=new, seen="")
    question = services_of_voices.save_question(
        actor=coordinator, question=Question(deliberation=forum), new={"summary": "묻는다."}, opinions=[point], seen=""
    )
    board = forum.get_absolute_url()
    questions = list(demo_forum.questions.order_by("number"))
    awaited = next(q for q in questions if q.drafts.filter(state="asked").exists())
    promise, reported = Commitment.objects.order_by("due_on")
    keeper = [
        Stop("forums", f"{root}work/deliberations/"),
        Stop("board", demo_forum.get_absolute_url()),
        Stop("board of 2022", f"{root}work/deliberations/2022/?stage=published"),
        Stop("board of a new forum", board),
        Stop("paper", f"{board}papers/women/"),
        Stop("point", f"{board}papers/women/points/1/"),
        Stop("split", f"{board}papers/women/split/", split_paper),
        Stop("import", f"{board}import/"),
        Stop("publish papers", f"{board}publish/"),
        Stop("make a question", f"{board}questions/"),
        Stop("unsent question", question.get_absolute_url()),
        Stop("send", f"{question.get_absolute_url()}send/"),
        *(Stop(f"question {q.number}", q.get_absolute_url()) for q in questions),
        Stop("publish replies", f"{demo_forum.get_absolute_url()}replies/"),
        Stop("promises", f"{root}work/commitments/"),
        Stop("report that waits", reported.get_absolute_url()),
    ]
    officer = f"officer-{awaited.drafts.get().department.slug}"
    writer = [
        Stop("my work", f"{root}work/"),
        Stop("question to answer", awaited.get_absolute_url()),
        Stop("reply refused", awaited.get_absolute_url(), refused_reply, status=422),
    ]
    reader = [Stop("committee: question", questions[0].get_absolute_url()), Stop("promise", promise.get_absolute_url())]
    faults = faults_of_all(sign_in, [("coordinator", keeper), (officer, writer), ("committee", reader)])
    assert not faults, report(faults)


def refused_address(page: Page) -> None:
    page.locator(".follow-form").evaluate("form => { form.noValidate = true; }")
    page.get_by_label("전자우편 주소").fill("hong")
    page.get_by_role("button", name="메일로 받기").click()
    page.locator(".errorlist").wait_for()


def test_pages_of_following(loaded_plan, new_page, settings):
    settings.FOLLOW_BY_MAIL = True
    opinion = opinions_with_chain(loaded_plan).first()
    point = opinion.get_absolute_url()
    now = timezone.now()
    waiting, confirmed = (
        Subscription.objects.create(
            plan=loaded_plan, opinion=opinion, address=f"{name}@localhost", confirmed_at=since, told_until=since
        )
        for name, since in (("waiting", None), ("confirmed", now))
    )
    stops = [
        Stop("point that can be followed", point),
        Stop("group that can be followed", opinion.paper.group.get_absolute_url()),
        Stop("task that can be followed", f"{loaded_plan.get_absolute_url()}tasks/1/1-1-2/"),
        Stop("form", f"{point}follow/"),
        Stop("address refused", f"{point}follow/", refused_address, status=422),
        Stop("to confirm", waiting.confirm_path),
        Stop("confirmed", confirmed.confirm_path),
        Stop("to leave", confirmed.leave_path),
        Stop("left", confirmed.leave_path, lambda page: page.get_by_role("button", name="그만 받기").click()),
        Stop("over", confirmed.confirm_path, status=410),
    ]
    faults = faults_of(new_page(), stops)
    assert not faults, report(faults)
