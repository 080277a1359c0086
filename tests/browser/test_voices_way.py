"""A point's whole way by hand: paper, points, question to two departments, return, answer, promise, kept; and who sees
what on the way."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stakeholders.models import Commitment, Opinion, Question, ReplyPublication

pytestmark = pytest.mark.browser

POINTS = ["자활 일자리를 늘려야 한다.", "자활 참여자의 상담을 늘려야 한다.", "공원에 그늘을 늘려야 한다."]
QUESTION = "자활 일자리와 상담을 늘릴 수 있는지 묻는다."
FIRST, SECOND = "검토해 보겠습니다.", "내년에 자활 일자리 열 자리를 늘리겠습니다."
OTHER = "상담 인력 한 사람을 더 두었습니다."
ANSWER = "내년에 자활 일자리 열 자리를 늘리고, 상담 인력은 이미 한 사람 늘렸습니다."
PROMISE = "자활 일자리 열 자리를 늘린다."
REPORT = "열 자리를 늘려 모두 채웠습니다."
RETURN = "언제 얼마나 늘리는지 적어 주십시오."
UNSEEN = [FIRST, SECOND, OTHER, PROMISE, REPORT, RETURN]


def button(page: Page, name: str):
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str):
    return page.get_by_role("link", name=name, exact=True)


def told(page: Page, words: str) -> None:
    """The page says so in a message."""
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def choose(page: Page, label: str, words: str) -> None:
    """Take the option of a list whose words begin so."""
    field = page.get_by_label(label, exact=True)
    option = field.locator("option").filter(has_text=re.compile(re.escape(words))).first
    field.select_option(value=option.get_attribute("value"))


def test_from_a_point_to_a_kept_promise(loaded_plan, new_page, sign_in, citizen_sees):
    root = loaded_plan.get_absolute_url()
    task = f"{root}tasks/1/1-1-2/"

    # The coordinator opens a forum and writes down a paper; the names are masked.
    coordinator = sign_in("coordinator")
    link(coordinator, "숙의공론장").click()
    coordinator.get_by_label("연도").fill("2024")
    coordinator.get_by_label("이름").fill("2024년 숙의공론장")
    button(coordinator, "숙의공론장 만들기").click()
    told(coordinator, "자리를 만들었습니다")
    coordinator.get_by_label("이해관계자 그룹").select_option(label="여성")
    button(coordinator, "입장문서 더하기").click()
    coordinator.get_by_label("종합의견").fill("일자리와 쉴 자리를 함께 늘려 달라고 한다.")
    coordinator.get_by_label("참여자").fill("홍길동(홍제동)")
    coordinator.get_by_label("날짜").first.fill("2024-04-06")
    button(coordinator, "입장문서 저장").click()
    told(coordinator, "저장했습니다")
    expect(coordinator.get_by_label("참여자")).to_have_value("홍○동(홍제동)")

    # Three points.
    link(coordinator, "의견 적기").click()
    for number, words in enumerate(POINTS):
        coordinator.get_by_label("요지").fill(words)
        choose(coordinator, "가리키는 것", "1/1-1-2 " if number < 2 else "6분야 전체")
        button(coordinator, "저장하고 다음 의견 적기" if number < 2 else "저장").click()
        told(coordinator, "저장했습니다")
    opinions = list(Opinion.objects.filter(paper__deliberation__year=2024).select_related("paper__group__plan"))
    assert [opinion.summary for opinion in opinions] == POINTS
    chain = opinions[0].get_absolute_url()
    citizen = new_page()
    assert citizen.goto(chain).status == 404

    # Public: what was said, and that nothing was asked yet.
    coordinator.goto(f"{root}work/deliberations/2024/")
    link(coordinator, "입장문서 공개").click()
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("입장문서를 공개할까요?")
    assert citizen.goto(chain).status == 404
    button(coordinator, "입장문서 공개").click()
    told(coordinator, "공개했습니다")
    citizen.goto(chain)
    expect(citizen.get_by_role("main")).to_contain_text(POINTS[0])
    expect(citizen.get_by_role("main")).to_contain_text("부서에 질의로 보내지")

    # Two points become a question; until it is sent nobody outside sees it.
    link(coordinator, "의견을 모아 질의 만들기").click()
    for words in POINTS[:2]:
        coordinator.get_by_label(re.compile(re.escape(words))).check()
    coordinator.get_by_label("질의 요지").fill(QUESTION)
    choose(coordinator, "가리키는 것", "1/1-1-2 ")
    button(coordinator, "질의 저장").click()
    told(coordinator, "아직 부서에 보내지 않았습니다")
    citizen.goto(chain)
    expect(citizen.get_by_role("main")).not_to_contain_text(QUESTION)
    link(coordinator, "부서에 보내기").click()
    coordinator.get_by_label("주관부서").select_option(label="사회복지과")
    coordinator.get_by_label("보건위생과").check()
    button(coordinator, "질의 보내기").click()
    told(coordinator, "부서에 보냈습니다")
    citizen.goto(chain)
    for shown in (QUESTION, "사회복지과"):
        expect(citizen.get_by_role("main")).to_contain_text(shown)
    question = Question.objects.select_related("deliberation__plan").get(deliberation__year=2024)
    work = question.get_absolute_url()

    def nothing_outside() -> None:
        for path, html in citizen_sees([chain, task, f"{root}voices/women/"]).items():
            assert not [words for words in UNSEEN if words in html], path

    # The leading department finds the question in its work, promises and answers; another department does not see it.
    welfare, health = sign_in("officer-social-welfare"), sign_in("officer-public-health")
    assert sign_in("officer-tax-1").goto(work).status == 404
    welfare.get_by_role("link", name=re.compile("답변하기")).click()
    expect(welfare.get_by_role("main")).to_contain_text(POINTS[1])
    welfare.get_by_text("약속 더하기").first.click()
    welfare.get_by_label("약속 내용").fill(PROMISE)
    welfare.get_by_label("이행 기한").fill((timezone.localdate() + timedelta(days=90)).isoformat())
    choose(welfare, "나타날 과제나 지표", "지표 1/1-1-2-1 ")
    button(welfare, "약속 더하기").click()
    told(welfare, "약속을 더했습니다")
    welfare.get_by_label("검토 결과").select_option(label="일부수용")
    welfare.get_by_label("답변", exact=True).fill(FIRST)
    button(welfare, "제출").click()
    expect(welfare.get_by_label("사유")).to_have_attribute("aria-invalid", "true")
    welfare.get_by_label("검토 결과").select_option(label="검토")
    button(welfare, "제출").click()
    told(welfare, "제출했습니다")
    nothing_outside()
    health.goto(work)
    health.get_by_label("검토 결과").select_option(label="기시행")
    health.get_by_label("답변", exact=True).fill(OTHER)
    button(health, "저장").click()
    told(health, "아직 제출하지 않았습니다")
    assert OTHER not in welfare.goto(work).text()
    button(health, "제출").click()
    told(health, "제출했습니다")
    nothing_outside()

    # The committee reads and comments; the coordinator asks for more; the department answers again.
    committee = sign_in("committee")
    committee.goto(work)
    expect(committee.get_by_role("main")).to_contain_text(FIRST)
    committee.get_by_label("의견 쓰기").fill("시기를 밝혀 주십시오.")
    button(committee, "의견 남기기").click()
    told(committee, "의견을 남겼습니다")
    coordinator.goto(work)
    lead = coordinator.get_by_role("article").filter(has_text="주관")
    lead.get_by_text("보완 요청하기").click()
    lead.get_by_label("보완할 내용").fill(RETURN)
    lead.get_by_role("button", name=re.compile("보완 요청")).click()
    told(coordinator, "보완을 요청했습니다")
    welfare.goto(f"{root}work/")
    expect(welfare.get_by_role("main")).to_contain_text(RETURN)
    welfare.get_by_role("link", name=re.compile("보완하기")).click()
    welfare.get_by_label("검토 결과").select_option(label="수용")
    welfare.get_by_label("답변", exact=True).fill(SECOND)
    button(welfare, "제출").click()
    told(welfare, "제출했습니다")
    nothing_outside()

    # One answer of both, shown before it is published.
    coordinator.goto(work)
    expect(coordinator.get_by_label("답변", exact=True)).to_have_value(f"사회복지과: {SECOND}\n보건위생과: {OTHER}")
    coordinator.get_by_label("검토 결과").select_option(label="수용")
    coordinator.get_by_label("답변", exact=True).fill(ANSWER)
    button(coordinator, "공개 준비로 저장").click()
    told(coordinator, "공개 준비로 저장했습니다")
    coordinator.goto(f"{root}work/deliberations/2024/")
    link(coordinator, "준비된 답변 1건 공개").click()
    for shown in (ANSWER, PROMISE):
        expect(coordinator.get_by_role("main")).to_contain_text(shown)
    assert not ReplyPublication.objects.filter(deliberation__year=2024).exists()
    nothing_outside()
    button(coordinator, "답변 공개").click()
    told(coordinator, "공개했습니다")

    # The public chain: answer, promise and the task it will show in; no word of the drafts.
    citizen.goto(chain)
    main = citizen.get_by_role("main")
    for shown in (ANSWER, PROMISE, "수용", "사회복지과", "보건위생과", "추진중", "자활사업 참여자 수"):
        expect(main).to_contain_text(shown)
    for unseen in (FIRST, SECOND, OTHER, RETURN, "시기를 밝혀 주십시오."):
        expect(main).not_to_contain_text(unseen)
    citizen.goto(opinions[2].get_absolute_url())
    expect(main).not_to_contain_text(ANSWER)

    # The department reports that the promise is kept; the public sees it once the coordinator has looked.
    welfare.goto(f"{root}work/")
    welfare.get_by_role("link", name=re.compile("보고하기")).click()
    welfare.get_by_label("이행 상태").select_option(label="이행완료")
    welfare.get_by_label("추진 내용과 사유").fill(REPORT)
    button(welfare, "보고").click()
    told(welfare, "보고했습니다")
    citizen.goto(chain)
    expect(main).not_to_contain_text(REPORT)
    link(coordinator, "숙의공론장").first.click()
    link(coordinator, PROMISE).click()
    button(coordinator, "공개").click()
    told(coordinator, "이행 보고를 공개했습니다")
    assert Commitment.objects.get().state == "kept"
    citizen.goto(chain)
    for shown in (REPORT, "이행완료"):
        expect(main).to_contain_text(shown)
