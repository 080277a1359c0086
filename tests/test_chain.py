"""The public chain of a point, step by step: each step shown in its time and nothing before, whoever looks."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from stakeholders import services as voices
from stakeholders.models import (
    Commitment,
    CommitmentEvidence,
    Consolidation,
    Deliberation,
    Opinion,
    Reply,
    ReplyPublication,
)
from stakeholders.selectors.chain import figures_for

from .conftest import answer, draft_of


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def point(forum):
    return Opinion.objects.select_related("paper__group__plan", "paper__deliberation", "task").get(
        paper__deliberation=forum, number=1
    )


@pytest.fixture
def pages(point, plan):
    """Every public page on which the point or what followed may stand."""
    year = point.paper.deliberation.year
    return [
        point.get_absolute_url(),
        point.paper.group.get_absolute_url(),
        point.task.get_absolute_url(),
        point.task.indicators.first().get_absolute_url(),
        f"/plans/{plan.slug}/voices/?year={year}",
        f"/plans/{plan.slug}/voices/points/?year={year}",
    ]


def shown(client, pages, words):
    """The pages that hold the words."""
    return [page for page in pages if words in client.get(page).text]


def test_a_point_is_seen_when_its_forum_is_public(client, forum, point, coordinator):
    assert client.get(point.get_absolute_url()).status_code == 404
    voices.publish_papers(actor=coordinator, deliberation=forum)
    page = client.get(point.get_absolute_url()).text
    assert point.summary in page
    assert "이 의견은 부서에 질의로 보내지지 않아 답변이 없습니다." in page


def test_a_question_is_seen_when_it_is_sent_and_says_what_is_awaited(
    client, point, unsent, pages, coordinator, welfare
):
    voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
    assert shown(client, pages, unsent.summary) == []
    search = f"/plans/{point.paper.group.plan.slug}/voices/points/?year=2024&q=얼마나"
    assert client.get(search).context["page"].paginator.count == 0  # a word of the unsent question alone
    due_on = timezone.localdate() + timedelta(days=30)
    voices.send_question(actor=coordinator, question=unsent, lead=welfare, others=[], due_on=due_on)
    page = client.get(point.get_absolute_url()).text
    assert unsent.summary in page
    assert "사회복지과" in page
    assert f"부서의 답변을 기다리고 있습니다. 기한은 {due_on}입니다." in page
    assert client.get(search).context["page"].paginator.count == 2


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "ready"])
def test_no_draft_is_seen_in_any_state(client, asked, pages, owner, partner, coordinator, promise, state):
    said = answer(summary="아직 알릴 수 없는 답변")
    voices.save_reply(actor=owner, draft=draft_of(asked, owner), new=said)
    if state != "draft":
        voices.submit_reply(actor=owner, draft=draft_of(asked, owner), new=said)
    if state == "returned":
        voices.return_reply(actor=coordinator, draft=draft_of(asked, owner), comment="아직 알릴 수 없는 요청")
    if state == "ready":
        voices.consolidate_replies(actor=coordinator, question=asked, new=said, version=0, is_ready=True)
    assert shown(client, pages, "아직 알릴 수 없는") == []
    assert shown(client, pages, promise.text) == []
    search = pages[-1] + "&q=알릴"
    assert client.get(search).context["page"].paginator.count == 0


def test_the_answer_stands_with_its_promise_on_every_page_of_the_point(client, replied, point, pages):
    page = client.get(point.get_absolute_url()).text
    for words in (
        "내년에 늘리겠습니다.",
        "수용",
        "2024년 답변 1판",
        "일자리 다섯 개를 늘린다.",
        "추진중",
        "보건위생과",
    ):
        assert words in page
    with_promise = shown(client, pages, "일자리 다섯 개를 늘린다.")
    assert with_promise == [pages[0], pages[1], pages[2], pages[3], pages[5]]
    outcome = client.get(pages[4]).context["outcome"]
    assert (outcome.points, outcome.answered, outcome.taken_up, outcome.promises, outcome.kept) == (3, 2, 2, 1, 0)


def test_a_report_and_its_proof_are_seen_once_published(client, replied, point, owner, coordinator):
    promise = Commitment.objects.select_related("question__deliberation").get()
    report = voices.report_commitment(actor=owner, commitment=promise, state="kept", text="다섯 개를 늘렸습니다.")
    proofs = []
    for name, is_public in (("공개.pdf", True), ("비공개.pdf", False)):
        proof = CommitmentEvidence(
            report=report, name=name, size=3, content_type="application/pdf", sha256="0" * 64, is_public=is_public
        )
        proof.file.save(name, ContentFile(b"%PDF"), save=False)
        proof.save()
        proofs.append(f"/plans/{point.paper.group.plan.slug}/voices/evidence/{proof.pk}/")
    assert "다섯 개를 늘렸습니다." not in client.get(point.get_absolute_url()).text
    assert [client.get(address).status_code for address in proofs] == [404, 404]
    voices.decide_report(actor=coordinator, report=report, publish=True)
    page = client.get(point.get_absolute_url()).text
    for words in ("다섯 개를 늘렸습니다.", "이행완료", "공개.pdf"):
        assert words in page
    assert "비공개.pdf" not in page
    first, second = (client.get(address) for address in proofs)
    assert (first.status_code, second.status_code) == (200, 404)
    assert first.headers["Content-Disposition"].startswith("attachment")


def test_a_later_edition_shows_what_it_changed(client, replied, point, coordinator, plan):
    made = Consolidation.objects.get(question=replied)
    new = answer("declined", "늘리지 못합니다.", "예산이 줄었습니다.")
    voices.consolidate_replies(actor=coordinator, question=replied, new=new, version=made.version, is_ready=True)
    assert "늘리지 못합니다." not in client.get(point.get_absolute_url()).text
    voices.publish_replies(actor=coordinator, deliberation=replied.deliberation, reason="예산이 바뀜")
    page = client.get(point.get_absolute_url()).text
    for words in ("늘리지 못합니다.", "예산이 줄었습니다.", "앞선 판의 답변", "내년에 늘리겠습니다."):
        assert words in page
    first = client.get(f"/plans/{plan.slug}/voices/editions/2024/1/").text
    second = client.get(f"/plans/{plan.slug}/voices/editions/2024/2/").text
    assert "내년에 늘리겠습니다." in first
    assert "늘리지 못합니다." not in first
    for words in ("늘리지 못합니다.", "이 판에서 바뀜", "예산이 바뀜", ReplyPublication.objects.get(edition=2).sha256):
        assert words in second


def test_the_printed_replies_are_an_edition_without_a_made_up_day(client, plan):
    page = client.get(f"/plans/{plan.slug}/voices/editions/2022/1/")
    assert len(page.context["rows"]) == 138
    assert "공개한 날은 적혀 있지 않음." in page.text


@pytest.mark.parametrize("path", ["editions/2022/2/", "editions/2021/1/", "evidence/999/", "?year=2031", "?year=x"])
def test_what_does_not_exist_is_not_found(client, plan, path):
    assert client.get(f"/plans/{plan.slug}/voices/{path}").status_code == 404


def test_editions_of_a_forum_that_is_not_public_are_not_found(client, plan):
    Deliberation.objects.update(is_published=False)
    assert client.get(f"/plans/{plan.slug}/voices/editions/2022/1/").status_code == 404


def test_texts_are_shown_as_they_were_typed(client, asked, owner, partner, coordinator, point):
    said = answer(summary='<b>굵게</b> & "따옴표"\n다음 줄')
    for user in (owner, partner):
        voices.submit_reply(actor=user, draft=draft_of(asked, user), new=said)
    voices.consolidate_replies(actor=coordinator, question=asked, new=said, version=0, is_ready=True)
    voices.publish_replies(actor=coordinator, deliberation=asked.deliberation)
    page = client.get(point.get_absolute_url()).text
    assert "&lt;b&gt;굵게&lt;/b&gt; &amp; &quot;따옴표&quot;<br>다음 줄" in page


def test_demo_forums_are_marked_and_never_counted(client, plan, replied, point):
    before = client.get(f"/plans/{plan.slug}/").context["voices"]
    assert before[1].points == 272
    Deliberation.objects.filter(year=2024).update(is_demo=True)
    groups, outcome = client.get(f"/plans/{plan.slug}/").context["voices"]
    assert (groups, outcome.points, outcome.promises) == (11, 269, 0)
    assert client.get(f"/plans/{plan.slug}/voices/").context["forum"].year == 2022
    assert client.get(f"/plans/{plan.slug}/voices/points/").context["page"].paginator.count == 269
    for path in (f"/plans/{plan.slug}/voices/?year=2024", point.get_absolute_url(), point.task.get_absolute_url()):
        assert re.search(r'tag-demo">\s*시범', client.get(path).text), path


def test_a_group_sees_the_figures_of_its_people(client, plan, published, indicator):
    women = plan.groups.get(slug="women")
    rows = {row.indicator.code: row for row in figures_for(plan, women) if row.indicator.area.number == 1}
    assert rows, "indicators that must be reported by sex"
    assert all(row.indicator.by_sex for row in rows.values())
    assert figures_for(plan, plan.groups.get(slug="business")) == []
    page = client.get(women.get_absolute_url()).text
    assert "이 그룹의 사람들에 관한 수치" in page
    assert "보고된 값 없음" in page


PER_GROUP = {
    "교육": (14, 4), "기업·산업": (8, 3), "노동자": (21, 17), "노인": (17, 11), "시민사회": (16, 9),
    "아동청소년": (51, 21), "여성": (46, 20), "이주다문화": (25, 14), "자원봉사": (22, 8), "장애인": (29, 15),
    "청년": (20, 15),
}  # fmt: skip


def test_points_and_questions_per_group_are_those_of_the_report(plan):
    counted = {
        group.name: (
            Opinion.objects.filter(paper__group=group).count(),
            group.questions.filter(deliberation__year=2022).count(),
        )
        for group in plan.groups.all()
    }
    assert counted == PER_GROUP


FULL = {"chain": 14, "group": 18, "list": 16, "edition": 6}


def test_pages_with_every_step_ask_a_fixed_number_of_queries(
    client, replied, point, owner, coordinator, plan, django_assert_num_queries
):
    """The same for one promise and for many, in one edition and in two."""
    promise = Commitment.objects.select_related("question__deliberation").get()
    pages = {
        "chain": point.get_absolute_url(),
        "group": point.paper.group.get_absolute_url(),
        "list": f"/plans/{plan.slug}/voices/points/?year=2024",
        "edition": f"/plans/{plan.slug}/voices/editions/2024/1/",
    }
    report = voices.report_commitment(actor=owner, commitment=promise, state="delayed", text="늦습니다.")
    voices.decide_report(actor=coordinator, report=report, publish=True)
    for _turn in range(2):
        for name, path in pages.items():
            with django_assert_num_queries(FULL[name]):
                assert client.get(path).status_code == 200
        for number in range(3):
            Commitment.objects.create(
                question=replied,
                department=owner.department,
                text=f"약속 {number}",
                due_on=timezone.localdate(),
                task=point.task,
                promised_in=ReplyPublication.objects.get(deliberation=replied.deliberation),
            )
    assert Reply.objects.filter(question=replied).count() == 1
