"""The site without scripts, and the site without a mouse."""

import pytest
from playwright.sync_api import Locator, Page, expect

from indicators import demo
from indicators.choices import ResultState
from indicators.models import Indicator, Result

pytestmark = pytest.mark.browser

TITLE = "자활사업 참여자 수"
# What the person at the keyboard sees of the focus: an outline, and not all of the element hidden behind another.
FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const inset = Math.min(4, box.width / 4, box.height / 4);
    const top = Math.max(box.top, 0) + inset, bottom = Math.min(box.bottom, innerHeight) - inset;
    const left = Math.max(box.left, 0) + inset, right = Math.min(box.right, innerWidth) - inset;
    const points = [];
    for (const x of [left, (left + right) / 2, right])
        for (const y of [top, (top + bottom) / 2, bottom]) points.push([x, y]);
    const shows = ([x, y]) => {
        const hit = document.elementFromPoint(x, y);
        return hit !== null && (element.contains(hit) || hit.contains(element));
    };
    return {
        what: element.outerHTML.slice(0, 120),
        is_body: element === document.body,
        outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        showing: points.some(shows),
    };
}"""


def test_without_script(demo_plan, new_page, sign_in):
    root = demo_plan.get_absolute_url()
    page = new_page(java_script_enabled=False)
    page.goto(root)
    page.get_by_label("과제·지표·부서 검색").fill("자활사업")
    page.get_by_role("search").get_by_role("button", name="검색").click()
    expect(page.get_by_role("status")).to_contain_text("‘자활사업’ 검색 결과")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)

    headline = page.locator(".big-figure")
    expect(headline.locator("details p")).to_be_hidden()
    headline.get_by_text("왜?").click()
    expect(headline.locator("details p")).to_be_visible()

    page.goto(f"{root}indicators/")
    page.get_by_label("핵심전환분야").select_option("1")
    page.get_by_role("button", name="적용").click()
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    in_area = Indicator.objects.of_plan(demo_plan).filter(area__number=1).count()
    expect(page.get_by_role("status")).to_have_text(f"지표 {in_area}개")

    officer = sign_in("officer-social-welfare", java_script_enabled=False)
    officer.get_by_role("row").filter(has_text=TITLE).get_by_role("link", name="입력").click()
    officer.get_by_label("실적", exact=True).fill("삼백")
    officer.get_by_role("button", name="저장").click()
    expect(officer.get_by_label("실적", exact=True)).to_have_value("삼백")
    officer.get_by_label("실적", exact=True).fill("304")
    officer.get_by_role("button", name="저장").click()
    expect(officer.get_by_role("status")).to_contain_text("저장했습니다")
    expect(officer.get_by_label("실적", exact=True)).to_have_value("304")


class Keyboard:
    """Somebody who uses the keyboard alone and watches where the focus is."""

    def __init__(self, page: Page):
        self.page = page

    def look(self) -> dict:
        focus = self.page.evaluate(FOCUS)
        if not focus["is_body"]:
            assert focus["outline"] > 0, f"focus without an outline: {focus['what']}"
            assert focus["showing"], f"focus behind something else: {focus['what']}"
        return focus

    def press(self, key: str) -> dict:
        self.page.keyboard.press(key)
        return self.look()

    def tab_to(self, wanted: Locator, limit: int = 60) -> None:
        for _ in range(limit):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.press("Tab")
        pytest.fail(f"{wanted} is not reached with the Tab key")

    def tab_through(self, limit: int = 300) -> int:
        """Tab from where the focus is to the end of the page; return the number of stops."""
        for stops in range(limit):
            if self.press("Tab")["is_body"]:
                return stops
        pytest.fail("the page has no end for the Tab key")


def test_keyboard_alone(demo_plan, new_page):
    root = demo_plan.get_absolute_url()
    page = new_page()
    keyboard = Keyboard(page)

    # The skip link comes first and leads into the page's own content.
    page.goto(root)
    keyboard.press("Tab")
    expect(page.get_by_role("link", name="본문 바로가기")).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()

    # The focus can be followed through whole pages.
    for path in (root, f"{root}areas/1/", f"{root}indicators/1/1-1-2-1/", f"{root}tasks/1/1-1-2/"):
        page.goto(path)
        assert keyboard.tab_through() > 20

    # An officer signs in, enters a result, mends an error and submits.
    page.goto("/accounts/login/")
    keyboard.tab_to(page.get_by_label("아이디"))
    page.keyboard.type("officer-social-welfare")
    keyboard.press("Tab")
    expect(page.get_by_label("비밀번호")).to_be_focused()
    page.keyboard.type(demo.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("내 업무")
    keyboard.tab_to(page.get_by_role("row").filter(has_text=TITLE).get_by_role("link", name="입력"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    value, explanation = page.get_by_label("실적", exact=True), page.get_by_label("설명")
    keyboard.tab_to(value)
    page.keyboard.type("삼백")
    page.keyboard.press("Enter")  # saves, and does not submit
    expect(value).to_have_attribute("aria-invalid", "true")
    expect(value).to_be_focused()
    keyboard.look()
    page.keyboard.press("Control+A")
    page.keyboard.type("304")
    keyboard.tab_to(explanation)
    page.keyboard.type("참여자가 늘었습니다.")
    keyboard.tab_to(page.get_by_role("button", name="저장"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("저장했습니다")
    for width in (320, 1280):  # nothing hides behind the bar with the buttons, however many lines it takes
        page.set_viewport_size({"width": width, "height": 640})
        page.reload()
        assert keyboard.tab_through() > 20
    keyboard.tab_to(page.get_by_role("button", name="제출"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("제출했습니다")
    result = Result.objects.get(round__year=2024, indicator__area__number=1, indicator__code="1-1-2-1")
    assert (result.value, result.state) == (304, ResultState.SUBMITTED)
    assert result.explanation == "참여자가 늘었습니다."
