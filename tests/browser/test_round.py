"""A whole round by hand: two departments, grid and workbook, a conflict, a return, two editions, and who sees what."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from indicators.choices import ResultState, RoundState
from indicators.models import Indicator, ReportingRound, Result
from tests.workbook_files import edited

pytestmark = pytest.mark.browser

VALUE = "2022년 실적"  # the column of the workbook
RETURN_COMMENT = "12월 참여자가 빠져 있습니다. 더해 주십시오."
CORRECTION_REASON = "두 번 센 세대 220명을 뺐습니다."
# Area and code of the indicators that are reported; the others stay without a result.
BASIC, WORKFARE, DISABLED = (1, "1-1-1-1"), (1, "1-1-2-1"), (3, "1-1-6-1")  # of 사회복지과
GREEN, ENERGY = (3, "2-2-1-1"), (4, "1-1-1-1")  # of 기후환경과
REPORTED = [BASIC, WORKFARE, DISABLED, GREEN, ENERGY]
# What nobody outside may read before publication: 17,200 and 17,250 never, the others as edition 1.
FIGURES = ["17,200", "17,250", "17,300", "304명", "306명", "277명", "55.7", "33가구"]


def indicator_of(key: tuple[int, str]) -> Indicator:
    return Indicator.objects.select_related("area__plan").get(area__number=key[0], code=key[1])


def stored(key: tuple[int, str]) -> Result:
    return Result.objects.get(indicator=indicator_of(key))


def button(page: Page, name: str | re.Pattern):
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str):
    return page.get_by_role("link", name=name, exact=True)


def row_of(page: Page, text: str):
    return page.get_by_role("row").filter(has_text=text)


def told(page: Page, words: str) -> None:
    """The page says so in a message."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def type_into_grid(page: Page, key: tuple[int, str], value: str) -> None:
    """Type a value into the grid and go down with Enter: the row that was left saves itself."""
    row = page.locator(f"#row-{indicator_of(key).pk}")
    row.locator("td.grid-value input:not([type=hidden])").fill(value)
    expect(row).to_have_class(re.compile("is-unsaved"))
    row.locator("td.grid-value input:not([type=hidden])").press("Enter")
    expect(row.locator(".grid-outcome")).to_have_text(re.compile(r"저장됨\s+\d\d:\d\d"))
    expect(row).not_to_have_class(re.compile("is-unsaved"))


def download(page: Page, workbook: str) -> bytes:
    page.goto(workbook)
    with page.expect_download() as started:
        link(page, "엑셀 내려받기").click()
    assert started.value.suggested_filename == "2022년 실적 사회복지과.xlsx"
    return started.value.path().read_bytes()


def upload(page: Page, workbook: str, data: bytes) -> None:
    """Send a workbook from its page and arrive at the preview."""
    page.goto(workbook)
    file = {"name": "실적.xlsx", "mimeType": "application/octet-stream", "buffer": data}
    page.get_by_label("파일").set_input_files(file)
    button(page, "올리고 미리 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("바뀌는 내용 확인")


def submit_grid(page: Page, grid: str, count: int) -> None:
    page.goto(grid)
    button(page, "입력한 지표 모두 제출").click()
    expect(page.get_by_role("main")).to_contain_text(f"{count}개를 제출했습니다.")


def test_a_whole_round(loaded_plan, new_page, sign_in, citizen_sees):
    root = loaded_plan.get_absolute_url()
    board, grid, workbook = (f"{root}work/rounds/2022/{part}" for part in ("", "grid/", "workbook/"))
    titles = {key: indicator_of(key).title for key in REPORTED}
    public_paths = [
        root,
        *(f"{root}areas/{number}/" for number in (1, 3, 4)),
        f"{root}indicators/?department=social-welfare",
        f"{root}indicators/?department=climate-environment",
        f"{root}departments/social-welfare/",
        f"{root}tasks/1/1-1-2/",
        f"{root}search/?q=자활사업",
        *(indicator_of(key).get_absolute_url() for key in REPORTED),
    ]
    at_first = citizen_sees(public_paths)
    for path, html in at_first.items():
        assert not [figure for figure in FIGURES if figure in html], path

    def nothing_outside() -> None:
        now = citizen_sees(public_paths)
        assert [path for path in public_paths if now[path] != at_first[path]] == []

    # The coordinator plans the round and opens it; the page in between changes nothing.
    coordinator = sign_in("coordinator")
    coordinator.get_by_label("실적 연도").fill("2022")
    coordinator.get_by_label("입력 시작일").fill("2023-01-02")
    coordinator.get_by_label("제출 기한").fill("2023-02-28")
    button(coordinator, "회차 계획하기").click()
    told(coordinator, "계획했습니다")
    link(coordinator, "회차 시작").click()
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("회차를 시작할까요?")
    assert ReportingRound.objects.get().state == RoundState.PLANNED
    button(coordinator, "회차 시작").click()
    told(coordinator, "시작했습니다")
    assert ReportingRound.objects.get().state == RoundState.OPEN
    nothing_outside()

    # Two departments type into the grid; every row saves itself when it is left.
    welfare, climate = sign_in("officer-social-welfare"), sign_in("officer-climate-environment")
    for officer, typed in (
        (welfare, {BASIC: "17,200", WORKFARE: "304"}),
        (climate, {GREEN: "55.7", ENERGY: "33"}),
    ):
        officer.get_by_role("link", name="한 표에서 입력").click()
        for key, value in typed.items():
            type_into_grid(officer, key, value)
    values = {key: stored(key).value for key in (BASIC, WORKFARE, GREEN, ENERGY)}
    assert values == {BASIC: 17200, WORKFARE: 304, GREEN: Decimal("55.7"), ENERGY: 33}
    nothing_outside()

    # A workbook in which a cell is changed while the same cell is saved in the grid: a conflict, nothing is written.
    old = download(welfare, workbook)
    colleague = sign_in("officer-social-welfare")
    colleague.goto(grid)
    type_into_grid(colleague, BASIC, "17,250")
    upload(welfare, workbook, edited(old, {(*BASIC, VALUE): 17300, (*DISABLED, VALUE): 277}))
    expect(welfare.locator("#preview-counts")).to_contain_text("충돌 1")
    conflict = welfare.get_by_role("region", name="충돌 표").get_by_role("row").filter(has_text=titles[BASIC])
    for shown in ("17300", "17,250", "사회복지과 담당자(시범)"):
        expect(conflict).to_contain_text(shown)
    expect(welfare.get_by_role("main")).to_contain_text("아직 아무것도 저장하지 않았습니다.")
    expect(button(welfare, re.compile("칸 저장"))).to_have_count(0)
    assert stored(BASIC).value == 17250
    assert not Result.objects.filter(indicator=indicator_of(DISABLED)).exists()
    nothing_outside()

    # Downloaded anew, changed and sent: the changed cells are shown, and written once that is confirmed.
    fresh = download(welfare, workbook)
    upload(welfare, workbook, edited(fresh, {(*BASIC, VALUE): 17300, (*DISABLED, VALUE): 277}))
    expect(welfare.locator("#preview-counts")).to_have_text("바뀌는 칸 2 · 오류 0 · 충돌 0")
    changes = welfare.get_by_role("region", name="바뀌는 칸 표")
    for key, before, after in ((BASIC, "17,250", "17,300"), (DISABLED, "–", "277")):
        change = changes.get_by_role("row").filter(has_text=titles[key])
        for shown in (VALUE, before, after):
            expect(change).to_contain_text(shown)
    assert stored(BASIC).value == 17250
    button(welfare, "지표 2개의 2칸 저장").click()
    told(welfare, "지표 2개의 2칸을 저장했습니다.")
    assert (stored(BASIC).value, stored(DISABLED).value) == (17300, 277)
    nothing_outside()

    # Both departments hand in.
    submit_grid(welfare, grid, 3)
    submit_grid(climate, grid, 2)
    assert Result.objects.filter(state=ResultState.SUBMITTED).count() == 5
    nothing_outside()

    # The coordinator returns one with a comment; the next one opens.
    coordinator.goto(board)
    link(coordinator, "실적 검토").click()
    coordinator.locator("ol.queue").get_by_role("link", name=titles[WORKFARE]).click()
    expect(coordinator.locator(".big-figure .value")).to_contain_text("304명")
    button(coordinator, "반려").click()  # not without saying why
    expect(coordinator.get_by_label("검토 의견")).to_have_attribute("aria-invalid", "true")
    assert stored(WORKFARE).state == ResultState.SUBMITTED
    coordinator.get_by_label("검토 의견").fill(RETURN_COMMENT)
    button(coordinator, "반려").click()
    told(coordinator, "반려했습니다")
    expect(coordinator.locator("ol.queue")).not_to_contain_text(titles[WORKFARE])
    nothing_outside()

    # The officer reads why, changes the value and hands in again.
    welfare.goto(f"{root}work/")
    expect(row_of(welfare, titles[WORKFARE])).to_contain_text(RETURN_COMMENT)
    row_of(welfare, titles[WORKFARE]).get_by_role("link", name="고치기").click()
    welfare.get_by_label("실적", exact=True).fill("306")
    button(welfare, "제출").click()
    told(welfare, "제출했습니다")
    nothing_outside()

    # The coordinator sees what changed since, ticks all and approves them at once.
    coordinator.goto(f"{board}review/")
    coordinator.locator("ol.queue").get_by_role("link", name=titles[WORKFARE]).click()
    expect(coordinator.locator(".review-detail")).to_contain_text("304명 → 306명")
    for key in REPORTED:
        coordinator.get_by_label(f"‘{titles[key]}’ 고르기", exact=True).check()
    button(coordinator, "고른 실적 승인").click()
    told(coordinator, "5건을 승인했습니다.")
    assert Result.objects.filter(state=ResultState.APPROVED).count() == 5
    nothing_outside()

    # Closed, and shown what will be published: still nothing outside.
    coordinator.goto(board)
    link(coordinator, "회차 마감").click()
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("회차를 마감할까요?")
    button(coordinator, "회차 마감").click()
    told(coordinator, "마감했습니다")
    nothing_outside()
    link(coordinator, "공표").click()
    expect(coordinator.get_by_role("heading", level=1)).to_contain_text("2022년 실적 1판")
    expect(coordinator.get_by_role("main")).to_contain_text(
        "승인한 실적 5건이 공표되고, 나머지 110개 지표는 ‘미제출’로 공표됩니다."
    )
    shown = coordinator.get_by_role("region", name="공표될 수치").locator("dl.counts")
    expect(shown.locator("div").filter(has_text="달성").first).to_contain_text("5")
    nothing_outside()

    # Edition 1: every citizen sees the values, and only those that were approved.
    button(coordinator, "공표").click()
    told(coordinator, "이제 누구나 볼 수 있습니다")
    published = {BASIC: "17,300명", WORKFARE: "306명", DISABLED: "277명", GREEN: "55.7%", ENERGY: "33가구"}
    citizen = new_page()
    for key, value in published.items():
        citizen.goto(indicator_of(key).get_absolute_url())
        for shown in (value, "달성", "2022년 실적 1판"):
            expect(citizen.locator(".big-figure")).to_contain_text(shown)
    for department, keys in (
        ("social-welfare", [BASIC, WORKFARE, DISABLED]),
        ("climate-environment", [GREEN, ENERGY]),
    ):
        citizen.goto(f"{root}indicators/?department={department}")
        for key in keys:
            expect(row_of(citizen, titles[key])).to_contain_text(published[key])
    citizen.goto(root)
    expect(citizen.get_by_role("main")).to_contain_text("2022년 실적 1판")
    edition_1 = citizen_sees(public_paths)
    for path, html in edition_1.items():
        for unseen in ("17,200", "17,250", "304명", RETURN_COMMENT):
            assert unseen not in html, (path, unseen)

    # A correction changes nothing outside until edition 2 is published with its reason.
    row_of(coordinator, titles[BASIC]).get_by_role("link", name="정정").click()
    coordinator.get_by_label("실적", exact=True).fill("17,080")
    coordinator.get_by_label("정정 사유").fill("자체 점검에서 찾음")
    button(coordinator, "바뀌는 내용 보기").click()
    effect = coordinator.get_by_role("region", name="정정 공표하면 바뀌는 내용")
    expect(row_of(effect, "17,300명")).to_contain_text("17,080명")
    button(coordinator, "정정할 값 저장").click()
    told(coordinator, "정정할 값을 저장했습니다")
    link(coordinator, "정정 공표").click()
    expect(coordinator.get_by_role("heading", level=1)).to_contain_text("2022년 실적 2판")
    changes = coordinator.get_by_role("region", name="바뀌는 수치 표")
    expect(row_of(changes, "17,300명")).to_contain_text("17,080명")
    assert citizen_sees(public_paths) == edition_1
    coordinator.get_by_label("정정 사유").fill(CORRECTION_REASON)
    button(coordinator, "정정 공표").click()
    told(coordinator, "공표했습니다")

    # Edition 2: the new value, and what it was before and why; the other values stand.
    citizen.goto(indicator_of(BASIC).get_absolute_url())
    for shown in ("17,080명", "근접", "2022년 실적 2판"):
        expect(citizen.locator(".big-figure")).to_contain_text(shown)
    expect(citizen.locator(".big-figure")).not_to_contain_text("17,300")
    corrections = citizen.get_by_role("region", name="정정")
    for before, after in (("17,300명", "17,080명"), ("달성", "근접")):
        for shown in ("2022년 실적 2판", after, CORRECTION_REASON):
            expect(row_of(corrections, before)).to_contain_text(shown)
    for key in (WORKFARE, DISABLED, GREEN, ENERGY):
        citizen.goto(indicator_of(key).get_absolute_url())
        expect(citizen.locator(".big-figure")).to_contain_text(published[key])
        expect(citizen.get_by_role("region", name="정정")).to_have_count(0)
    citizen.goto(root)
    recent = citizen.get_by_role("listitem").filter(has_text=CORRECTION_REASON)
    for shown in (titles[BASIC], "17,300명", "17,080명"):
        expect(recent).to_contain_text(shown)
    for path, html in citizen_sees(public_paths).items():
        assert "자체 점검에서 찾음" not in html, path
