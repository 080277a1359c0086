"""One figure's whole way, by hand: planned, entered, returned, approved, published, corrected."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TITLE = "자활사업 참여자 수"
RETURN_COMMENT = "12월 참여자가 빠져 있습니다. 더해 주십시오."
CORRECTION_REASON = "중복 참여자 10명을 뺐습니다."


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str):
    return page.get_by_role("link", name=name, exact=True)


def row_of(page: Page, title: str):
    return page.get_by_role("row").filter(has_text=title)


def to_review(page: Page, board: str) -> None:
    """From the board to the review of the figure."""
    page.goto(board)
    page.locator("summary").filter(has_text="검토할 실적").click()
    row_of(page, TITLE).get_by_role("link", name="검토").click()
    expect(page.get_by_role("heading", level=2, name=TITLE)).to_be_focused()


def test_from_entry_to_correction(loaded_plan, new_page, sign_in, citizen_sees):
    root = loaded_plan.get_absolute_url()
    indicator_path = f"{root}indicators/1/1-1-2-1/"
    public_paths = [
        root,
        f"{root}areas/1/",
        f"{root}tasks/1/1-1-2/",
        f"{root}indicators/?department=social-welfare",
        indicator_path,
        f"{root}search/?q=자활사업",
    ]

    at_first = citizen_sees(public_paths)
    assert "아직 공표된 실적이 없습니다." in at_first[indicator_path]
    assert all("304" not in html and "310" not in html for html in at_first.values())

    # The coordinator plans and opens the round.
    coordinator = sign_in("coordinator")
    coordinator.get_by_label("실적 연도").fill("2022")
    coordinator.get_by_label("입력 시작일").fill("2023-01-02")
    coordinator.get_by_label("제출 기한").fill("2023-02-28")
    button(coordinator, "회차 계획하기").click()
    expect(coordinator.get_by_role("heading", level=1)).to_contain_text("2022년 이행점검")
    assert citizen_sees(public_paths) == at_first
    board = coordinator.url
    link(coordinator, "회차 시작").click()
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("회차를 시작할까요?")
    assert citizen_sees(public_paths) == at_first
    button(coordinator, "회차 시작").click()
    expect(coordinator.get_by_role("status")).to_contain_text("시작했습니다")
    assert coordinator.url == board
    assert citizen_sees(public_paths) == at_first

    # The officer finds it in 내 업무, errs, and is told so at the field.
    officer = sign_in("officer-social-welfare")
    expect(officer.get_by_role("heading", level=1)).to_have_text("내 업무")
    row_of(officer, TITLE).get_by_role("link", name="입력").click()
    value = officer.get_by_label("실적", exact=True)
    value.fill("삼백")
    officer.get_by_label("설명").fill("참여자가 늘었습니다.")
    button(officer, "저장").click()
    expect(value).to_have_attribute("aria-invalid", "true")
    expect(value).to_have_accessible_description(re.compile("숫자로 입력해 주십시오"))
    expect(value).to_have_value("삼백")
    expect(value).to_be_focused()
    expect(officer.get_by_label("설명")).to_have_value("참여자가 늘었습니다.")
    assert citizen_sees(public_paths) == at_first

    value.fill("304")
    button(officer, "저장").click()
    expect(officer.get_by_role("status")).to_contain_text("아직 제출하지 않았습니다")
    expect(value).to_have_value("304")
    assert citizen_sees(public_paths) == at_first
    button(officer, "제출").click()
    expect(officer.get_by_role("status")).to_contain_text("제출했습니다")
    assert citizen_sees(public_paths) == at_first

    # The coordinator reviews it and returns it with a comment.
    to_review(coordinator, board)
    expect(coordinator.locator(".big-figure .value")).to_have_text("실적304명")
    coordinator.get_by_label("검토 의견").fill(RETURN_COMMENT)
    button(coordinator, "반려").click()
    expect(coordinator.get_by_role("status")).to_contain_text("반려했습니다")
    assert citizen_sees(public_paths) == at_first

    # The officer reads why, changes the value and submits again.
    officer.goto(f"{root}work/")
    expect(row_of(officer, TITLE)).to_contain_text(RETURN_COMMENT)
    row_of(officer, TITLE).get_by_role("link", name="고치기").click()
    expect(officer.get_by_role("main")).to_contain_text(RETURN_COMMENT)
    value.fill("310")
    button(officer, "제출").click()
    expect(officer.get_by_role("status")).to_contain_text("제출했습니다")
    row_of(officer, TITLE).get_by_role("link", name="보기").click()
    expect(officer.get_by_role("main")).to_contain_text("검토를 기다리고 있습니다")
    expect(value).to_have_count(0)
    assert citizen_sees(public_paths) == at_first

    # Approved and closed, it is still nobody's business outside.
    to_review(coordinator, board)
    expect(coordinator.locator(".review-detail")).to_contain_text("304명 → 310명")
    button(coordinator, "승인").click()
    expect(coordinator.get_by_role("status")).to_contain_text("승인했습니다")
    assert citizen_sees(public_paths) == at_first
    coordinator.goto(board)
    link(coordinator, "회차 마감").click()
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("회차를 마감할까요?")
    button(coordinator, "회차 마감").click()
    expect(coordinator.get_by_role("status")).to_contain_text("마감했습니다")
    assert citizen_sees(public_paths) == at_first

    # Published: the citizen sees the figure, its verdict, and why. The page shown before changes nothing.
    link(coordinator, "공표").click()
    expect(coordinator.get_by_role("main")).to_contain_text("승인한 실적 1건이 공표되고")
    assert citizen_sees(public_paths) == at_first
    button(coordinator, "공표").click()
    expect(coordinator.get_by_role("status")).to_contain_text("이제 누구나 볼 수 있습니다")
    citizen = new_page()
    citizen.goto(root)
    expect(citizen.get_by_role("main")).to_contain_text("2022년 실적 1판")
    citizen.goto(f"{root}indicators/?department=social-welfare")
    for shown in ("310명", "102.3%", "달성"):
        expect(row_of(citizen, TITLE)).to_contain_text(shown)
    citizen.get_by_role("link", name=TITLE).click()
    headline = citizen.locator(".big-figure")
    for shown in ("310명", "102.3%", "달성", "2022년 실적 1판"):
        expect(headline).to_contain_text(shown)
    reason = headline.get_by_text("310 ÷ 303 = 102.3%. 100% 이상이면 달성입니다.")
    expect(reason).to_be_hidden()
    headline.get_by_text("왜?").click()
    expect(reason).to_be_visible()
    expect(citizen.get_by_role("main")).to_contain_text("참여자가 늘었습니다.")
    published = citizen_sees(public_paths)

    # The coordinator corrects it; nothing changes outside until the correction is published.
    row_of(coordinator, TITLE).get_by_role("link", name="정정").click()
    expect(coordinator.get_by_label("실적", exact=True)).to_have_value("310")
    coordinator.get_by_label("실적", exact=True).fill("300")
    coordinator.get_by_label("정정 사유").fill("복지부 확인 결과")
    button(coordinator, "바뀌는 내용 보기").click()
    effect = coordinator.get_by_role("region", name="정정 공표하면 바뀌는 내용")
    expect(row_of(effect, "310명")).to_contain_text("300명")
    button(coordinator, "정정할 값 저장").click()
    expect(coordinator.get_by_role("status")).to_contain_text("정정할 값을 저장했습니다")
    assert citizen_sees(public_paths) == published
    link(coordinator, "정정 공표").click()
    changed = row_of(coordinator, TITLE).filter(has_text="310명")
    expect(changed).to_contain_text("300명")
    button(coordinator, "정정 공표").click()  # without a reason it is refused
    reason = coordinator.get_by_label("정정 사유")
    expect(reason).to_have_attribute("aria-invalid", "true")
    expect(coordinator.get_by_role("status").filter(has_text="공표했습니다")).to_have_count(0)
    assert citizen_sees(public_paths) == published
    reason.fill(CORRECTION_REASON)
    button(coordinator, "정정 공표").click()
    expect(coordinator.get_by_role("status")).to_contain_text("공표했습니다")

    # Edition 2: the new value, and what it was before and why.
    citizen.reload()
    for shown in ("300명", "99%", "근접", "2022년 실적 2판"):
        expect(headline).to_contain_text(shown)
    expect(headline).not_to_contain_text("310")
    corrections = citizen.get_by_role("region", name="정정")
    for old, new in (("310명", "300명"), ("달성", "근접")):
        correction = corrections.get_by_role("row").filter(has_text=old)
        for shown in ("2022년 실적 2판", new, CORRECTION_REASON):
            expect(correction).to_contain_text(shown)
    citizen.goto(root)
    recent = citizen.get_by_role("listitem").filter(has_text=CORRECTION_REASON)
    for shown in (TITLE, "310명", "300명"):
        expect(recent).to_contain_text(shown)
