"""Events and Atom feeds: what became public and when, nothing before its time, and XML that readers can read."""

from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import Department
from plans.models import Plan, Task
from stakeholders.choices import ReportState
from stakeholders.models import (
    Commitment,
    CommitmentReport,
    Consolidation,
    Deliberation,
    Opinion,
    PositionPaper,
    Question,
    Reply,
    ReplyDraft,
    ReplyPublication,
    StakeholderGroup,
)
from stakeholders.selectors.events import events_of
from stakeholders.services.publications import publish_replies

from .conftest import tight
from .planting import plant

ATOM = "{http://www.w3.org/2005/Atom}"
SEOUL = timezone.get_default_timezone()


def at(day: int, hour: int = 0) -> datetime:
    """A moment of March 2025."""
    return datetime(2025, 3, day, hour, tzinfo=SEOUL)


@pytest.fixture
def forum(plan):
    """A forum of 2025 that nobody has seen yet: two points of 여성, one of them on a task."""
    forum = Deliberation.objects.create(plan=plan, year=2025, title="2025년 숙의공론장")
    group = StakeholderGroup.objects.get(plan=plan, slug="women")
    paper = PositionPaper.objects.create(deliberation=forum, group=group, dated=date(2025, 2, 20))
    task = Task.objects.get_by_natural_key(plan.slug, 1, "1-1-2")
    Opinion.objects.create(paper=paper, number=1, kind="proposal", summary="야간 돌봄을 늘려 달라.")
    Opinion.objects.create(
        paper=paper, number=2, kind="proposal", summary="자활 교육을 늘려 달라.", area=task.target.goal.area, task=task
    )
    return forum


@pytest.fixture
def opened(forum):
    """The same forum, published on 3 March."""
    forum.is_published, forum.published_on = True, date(2025, 3, 3)
    forum.save()
    return forum


def point(forum, number=1) -> Opinion:
    return Opinion.objects.get(paper__deliberation=forum, number=number)


@pytest.fixture
def question(opened, welfare):
    """A question of 5 March drawn from both points, and the reply of 사회복지과, which is ready."""
    question = Question.objects.create(
        deliberation=opened,
        number=1,
        summary="야간 돌봄과 자활 교육을 늘릴 수 있는가?",
        sent_on=date(2025, 3, 5),
        due_on=date(2025, 4, 4),
    )
    question.opinions.set(Opinion.objects.filter(paper__deliberation=opened))
    question.groups.set([StakeholderGroup.objects.get(slug="women")])
    ReplyDraft.objects.create(
        question=question, department=welfare, is_lead=True, state="submitted", stance="accepted", summary="늘리겠다."
    )
    Consolidation.objects.create(question=question, stance="accepted", summary="내년에 두 배로 늘린다.", is_ready=True)
    return question


@pytest.fixture
def promise(question, welfare):
    return Commitment.objects.create(
        question=question, department=welfare, text="교육을 10회로 늘림", due_on=date(2025, 12, 31)
    )


@pytest.fixture
def answered(promise, coordinator, opened):
    """Edition 1 of 10 March, 9:00, with its promise."""
    publish_replies(actor=coordinator, deliberation=opened, now=at(10, 9))
    promise.refresh_from_db()
    return promise


def correct(question, coordinator, day, words):
    Consolidation.objects.filter(question=question).update(summary=words, published_in=None)
    publish_replies(actor=coordinator, deliberation=question.deliberation, reason="횟수를 잘못 적음", now=at(day))


def titles(events) -> list[str]:
    return [event.title for event in events]


def told(plan, holds) -> list:
    return [about for event in events_of(plan) if (about := event.told_of(holds))]


def events_in(plan, forum) -> list:
    return told(plan, lambda point: point.paper.deliberation == forum)


def events_about(plan, followed) -> list:
    return told(plan, lambda point: point == followed)


# --- events


def test_before_the_forum_is_published_nothing_has_happened(plan, forum):
    assert events_in(plan, forum) == []


def test_a_paper_is_told_on_the_day_of_publication(plan, opened):
    (event,) = events_in(plan, opened)
    assert (event.title, event.text, event.at, event.is_day) == ("입장문서: 여성 (2025)", "의견 2건", at(3), True)
    assert event.path == "/plans/seodaemun-2022/voices/women/"
    (one,) = events_about(plan, point(opened))
    assert (one.text, one.path) == ("야간 돌봄을 늘려 달라.", point(opened).get_absolute_url())
    assert one.tag == event.tag


def test_the_printed_report_gives_no_day_to_its_replies(plan):
    """Four papers of 2022 carry a date; replies and questions of the report do not, and are no events."""
    events = events_of(plan)
    dated = PositionPaper.objects.filter(dated__isnull=False).order_by("-dated")
    assert [event.at.date() for event in events] == [paper.dated for paper in dated]
    assert all(event.title.startswith("입장문서") for event in events)
    assert Reply.objects.exists()


def test_the_whole_way_newest_first(plan, answered, opened):
    CommitmentReport.objects.create(
        commitment=answered, state="delayed", text="강사를 구하지 못함", review=ReportState.PUBLISHED, decided_at=at(20)
    )
    events = events_in(plan, opened)
    asked = "야간 돌봄과 자활 교육을 늘릴 수 있는가?"
    assert titles(events) == [
        "이행 보고(지연): 교육을 10회로 늘림",
        "이행 약속: 교육을 10회로 늘림",
        f"부서의 답변: {asked}",
        f"부서에 보낸 질의: {asked}",
        "입장문서: 여성 (2025)",
    ]
    assert [event.at for event in events] == [at(20), at(10, 9), at(10, 9), at(5), at(3)]
    assert [event.is_day for event in events] == [False, False, False, True, True]
    assert [event.text for event in events] == [
        "사회복지과: 강사를 구하지 못함",
        "사회복지과: 교육을 10회로 늘림 (기한 2025-12-31)",
        "사회복지과 – 수용: 내년에 두 배로 늘린다.",
        asked,
        "의견 2건",
    ]
    assert len({event.tag for event in events}) == 5
    assert all(event.tag.startswith("tag:127.0.0.1,2026:seodaemun-2022/2025/") for event in events)


def test_a_draft_a_ready_answer_and_a_waiting_report_are_no_events(plan, promise, opened):
    assert titles(events_in(plan, opened))[0].startswith("부서에 보낸 질의")
    Question.objects.update(sent_on=None)
    assert titles(events_in(plan, opened)) == ["입장문서: 여성 (2025)"]


@pytest.mark.parametrize("review", [ReportState.SUBMITTED, ReportState.RETURNED])
def test_a_report_is_told_once_it_is_published(plan, answered, opened, review):
    CommitmentReport.objects.create(commitment=answered, state="kept", text="다 함", review=review, decided_at=at(20))
    assert not any("보고" in title for title in titles(events_in(plan, opened)))


def test_a_question_sent_before_the_forum_was_published_is_told_with_the_forum(plan, question, opened):
    Deliberation.objects.filter(pk=opened.pk).update(published_on=date(2025, 3, 9))
    assert [event.at for event in events_in(plan, opened)] == [at(9), at(9)]


def test_a_changed_reply_is_told_and_the_old_words_are_not_spread(plan, answered, question, coordinator, opened):
    correct(question, coordinator, 12, "내년에 반으로 줄인다.")
    events = [event for event in events_in(plan, opened) if "답변" in event.title]
    assert [(event.title.split(":")[0], event.at) for event in events] == [
        ("바뀐 답변", at(12)),
        ("부서의 답변", at(10, 9)),
    ]
    assert events[0].text == "사회복지과 – 수용: 내년에 반으로 줄인다.\n바뀐 까닭: 횟수를 잘못 적음"
    assert events[1].text == "이 답변은 나중에 바뀌었습니다. 지금의 답변은 화면에서 볼 수 있습니다."
    assert not any("두 배" in event.text for event in events)


def test_an_edition_that_only_carries_a_reply_on_tells_nothing_of_it(plan, answered, question, coordinator, opened):
    other = Question.objects.create(
        deliberation=opened, number=2, summary="또 하나", sent_on=date(2025, 3, 6), due_on=date(2025, 4, 4)
    )
    other.opinions.set([point(opened, 2)])
    ReplyDraft.objects.create(
        question=other, department=question.drafts.get().department, is_lead=True, state="submitted",
        stance="done", summary="하고 있다.",
    )  # fmt: skip
    Consolidation.objects.create(question=other, stance="done", summary="하고 있다.", is_ready=True)
    publish_replies(actor=coordinator, deliberation=opened, reason="새 답변", now=at(15))
    first = [event for event in events_about(plan, point(opened, 1)) if "답변" in event.title]
    assert [event.at for event in first] == [at(10, 9)]
    second = [event for event in events_about(plan, point(opened, 2)) if "답변" in event.title]
    assert [event.at for event in second] == [at(15), at(10, 9)]
    assert "바뀐 까닭" not in second[0].text


def test_a_reply_of_several_departments_names_them_all_and_its_reason(plan, question, coordinator, opened):
    ReplyDraft.objects.create(
        question=question, department=Department.objects.get(slug="medical"), state="submitted",
        stance="partly", summary="일부만",
    )  # fmt: skip
    Consolidation.objects.update(stance="partly", summary="하나만 늘린다.", reason="예산이 모자람")
    publish_replies(actor=coordinator, deliberation=opened, now=at(10))
    texts = [event.text for event in events_in(plan, opened)]
    assert "사회복지과, 의약과 – 일부수용: 하나만 늘린다. 사유: 예산이 모자람" in texts


def test_a_later_edition_on_a_printed_reply_is_a_change(plan, coordinator, welfare):
    """The printed edition has no day; what the site publishes over it has one."""
    question = Question.objects.filter(replies__isnull=False, opinions__isnull=False).first()
    Consolidation.objects.create(question=question, stance="done", summary="이미 마쳤다.", is_ready=True)
    publish_replies(actor=coordinator, deliberation=question.deliberation, reason="새로 살핌", now=at(12))
    (event,) = [e for e in events_about(plan, question.opinions.first()) if not e.is_day]
    assert event.title.startswith("바뀐 답변")
    assert ReplyPublication.objects.get(edition=1).published_at is None


def test_events_of_a_demo_forum_are_marked(plan, answered, opened):
    Deliberation.objects.filter(pk=opened.pk).update(is_demo=True)
    assert all(event.title.startswith("(시범) ") for event in events_in(plan, opened))


def test_what_has_only_a_day_is_settled_when_it_is_over(plan, answered, opened):
    for event in events_in(plan, opened):
        assert event.settled_at - event.at == (timedelta(days=1) if event.is_day else timedelta(0))


def test_an_event_is_narrowed_to_the_points_that_somebody_follows(plan, answered, opened):
    first, second = point(opened, 1), point(opened, 2)
    for event in events_in(plan, opened):
        assert event.told_of(lambda p: p == second).path == second.get_absolute_url()
        assert event.told_of(lambda p: p == first).points == (first,)
        assert event.told_of(lambda p: False) is None


def test_long_titles_are_cut(plan, opened, question):
    Question.objects.filter(pk=question.pk).update(summary="가나다 " * 60)
    title = events_about(plan, point(opened))[0].title
    assert title.endswith("…")
    assert len(title) < 80


@pytest.mark.parametrize("more", [0, 1, 4])
def test_a_fixed_number_of_queries(plan, answered, question, coordinator, opened, django_assert_num_queries, more):
    for number in range(more):
        extra = Opinion.objects.create(paper=point(opened).paper, number=10 + number, kind="other", summary="더")
        question.opinions.add(extra)
        correct(question, coordinator, 12 + number, f"다시 {number}")
    with django_assert_num_queries(6):
        list(events_of(plan))


# --- feeds


def entries(response) -> list[ElementTree.Element]:
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


def text_of(element, name) -> str:
    return element.find(f"{ATOM}{name}").text


FEEDS = {
    "group": "/plans/seodaemun-2022/voices/women/",
    "task": "/plans/seodaemun-2022/tasks/1/1-1-2/",
    "point": "/plans/seodaemun-2022/voices/women/2025/1/",
}


@pytest.mark.parametrize("page", FEEDS.values(), ids=FEEDS)
def test_each_has_a_feed_that_its_page_names(client, answered, page):
    feed = f"{page}feed/"
    html = tight(client.get(page).text)
    assert '<link rel="alternate" type="application/atom+xml" title="' in html
    assert html.count(f'href="{feed}"') == 2
    assert "소식 받기(Atom)" in html
    response = client.get(feed)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ko"
    assert text_of(root, "id") == f"http://testserver{page}"
    assert {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")} == {
        "alternate": f"http://testserver{page}",
        "self": f"http://testserver{feed}",
    }
    assert root.find(f"{ATOM}author/{ATOM}name").text == "서대문구"


@pytest.mark.parametrize("page", FEEDS.values(), ids=FEEDS)
def test_a_feed_tells_the_chain_of_its_points(client, answered, page):
    found = entries(client.get(f"{page}feed/"))
    kinds = [text_of(entry, "title").split(":")[0] for entry in found]
    assert kinds[:4] == ["이행 약속", "부서의 답변", "부서에 보낸 질의", "입장문서"]
    assert parse_datetime(text_of(found[0], "updated")) == at(10, 9)
    assert parse_datetime(text_of(found[0], "published")) == at(10, 9)
    assert text_of(found[1], "id").endswith("seodaemun-2022/2025/2-question/1/3-reply/1")
    assert "내년에 두 배로 늘린다." in text_of(found[1], "summary")
    where = "2" if "tasks" in page else "1"
    assert found[1].find(f"{ATOM}link").get("href") == (
        f"http://testserver/plans/seodaemun-2022/voices/women/2025/{where}/"
    )


@pytest.mark.parametrize(
    "path", ["voices/children-youth/feed/", "tasks/1/1-1-2/feed/", "voices/children-youth/2022/1/feed/"]
)
def test_a_feed_without_events_is_valid_and_empty(client, plan, path):
    first, second = (client.get(f"/plans/{plan.slug}/{path}") for _turn in range(2))
    root = ElementTree.fromstring(first.content)
    assert root.findall(f"{ATOM}entry") == []
    assert text_of(root, "updated") == "2022-01-01T00:00:00+09:00"
    assert first.content == second.content


def test_nothing_before_its_time(client, plan, forum, question):
    """Points of an unpublished forum have no feed, and no other feed tells of them."""
    Deliberation.objects.filter(pk=forum.pk).update(is_published=False, published_on=None)
    assert client.get(f"{FEEDS['point']}feed/").status_code == 404
    for page in (FEEDS["group"], FEEDS["task"]):
        assert "2025" not in client.get(f"{page}feed/").text


@pytest.mark.parametrize(
    "path",
    [
        "plans/seodaemun-2022/voices/nobody/feed/",
        "plans/seodaemun-2022/voices/women/2025/99/feed/",
        "plans/seodaemun-2022/voices/women/2021/1/feed/",
        "plans/seodaemun-2022/tasks/1/9-9-9/feed/",
        "plans/seodaemun-2022/tasks/9/1-1-2/feed/",
        "plans/nowhere/voices/women/feed/",
    ],
)
def test_what_does_not_exist_has_no_feed(client, opened, path):
    assert client.get(f"/{path}").status_code == 404


def test_a_feed_of_another_plan_knows_nothing_of_this_one(client, plan, answered):
    other = Plan.objects.create(slug="other", municipality="다른 구", title="다른 계획", start_year=2022, end_year=2026)
    StakeholderGroup.objects.create(plan=other, name="여성", slug="women")
    assert entries(client.get("/plans/other/voices/women/feed/")) == []
    assert client.get("/plans/other/voices/women/2025/1/feed/").status_code == 404
    assert client.get("/plans/other/tasks/1/1-1-2/feed/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_feeds_are_only_read(client, plan, method):
    assert getattr(client, method)(f"{FEEDS['group']}feed/").status_code == 405


def test_a_reader_that_has_it_already_gets_nothing_more(client, answered, question, coordinator):
    feed = f"{FEEDS['group']}feed/"
    stamp = client.get(feed).headers["ETag"]
    again = client.get(feed, headers={"If-None-Match": stamp})
    assert (again.status_code, again.content) == (304, b"")
    correct(question, coordinator, 12, "달라짐")
    assert client.get(feed, headers={"If-None-Match": stamp}).status_code == 200


def test_words_are_text_whatever_they_hold(client, opened, question):
    summary = "<b>R&D</b> \x0b\x01]]> 예산은?"
    plant(question, summary=summary)
    entry = entries(client.get(f"{FEEDS['point']}feed/"))[0]
    assert text_of(entry, "summary") == "<p>&lt;b&gt;R&amp;D&lt;/b&gt;  ]]&gt; 예산은?</p>"
    assert text_of(entry, "title") == "부서에 보낸 질의: <b>R&D</b> ]]> 예산은?"


def test_a_long_feed_is_cut_at_the_newest(client, plan, opened):
    paper = point(opened).paper
    for number in range(3, 60):
        one = Opinion.objects.create(paper=paper, number=number, kind="other", summary="더")
        question = Question.objects.create(
            deliberation=opened,
            number=number,
            summary=f"질의 {number}",
            sent_on=date(2025, 3, 5),
            due_on=date(2025, 4, 4),
        )
        question.opinions.add(one)
    assert len(entries(client.get(f"{FEEDS['group']}feed/"))) == 50


@pytest.mark.parametrize("page", FEEDS.values(), ids=FEEDS)
def test_a_feed_asks_a_fixed_number_of_queries(client, answered, page, django_assert_num_queries):
    with django_assert_num_queries(9):
        client.get(f"{page}feed/")
