"""Opening a forum, writing down papers and points, making questions of them, and sending them."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import ActivityEntry, Department
from plans.models import Task
from stakeholders import services as voices
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PositionPaper, Question, StakeholderGroup

from .conftest import tight

# Built from parts, because the project's own files may hold no real numbers.
TELEPHONE = "-".join(["02", "330", "1234"])
EMAIL = "someone" + "@" + "example.org"
RESIDENT = "-".join(["900101", "1234567"])


@pytest.fixture
def keeper(as_user, coordinator):
    return as_user(coordinator)


@pytest.fixture
def paper(forum):
    return PositionPaper.objects.select_related("group", "deliberation__plan").get(deliberation=forum)


@pytest.fixture
def paper_page(paper):
    return f"{paper.deliberation.get_absolute_url()}papers/{paper.group.slug}/"


def typed_paper(paper, **fields):
    meetings = {"meetings-TOTAL_FORMS": "3", "meetings-INITIAL_FORMS": "0"}
    seen = voices.token_of(paper, voices.meetings_in_words(paper))
    return {"dated": "", "overall": "", "participants": "", "seen": seen} | meetings | fields


# --- the forum


def test_a_forum_is_opened_and_nobody_outside_sees_it(keeper, client, url_of, plan):
    response = keeper.post(url_of("stakeholders:deliberations"), {"year": "2025", "title": "2025년 숙의공론장"})
    forum = Deliberation.objects.get(year=2025)
    assert response.url == forum.get_absolute_url()
    assert not forum.is_published
    assert "2025년 숙의공론장" not in client.get(url_of("stakeholders:voices")).text
    assert ActivityEntry.objects.about(forum).get().action == "forum_opened"


@pytest.mark.parametrize(
    ("year", "title", "said"),
    [
        ("2022", "다시", "이 연도의 숙의공론장이 이미 있습니다."),
        ("2031", "먼 해", "2022년부터 2026년까지의 연도를 입력해 주십시오."),
        ("이천이십오", "말", "정수를 입력하세요."),
        ("2025", "", "필수 항목입니다."),
    ],
)
def test_a_bad_forum_is_answered_at_the_field(keeper, url_of, plan, year, title, said):
    before = Deliberation.objects.count()
    response = keeper.post(url_of("stakeholders:deliberations"), {"year": year, "title": title})
    assert response.status_code == 422
    assert said in response.text, response.context["form"].errors
    assert f'value="{year}"' in response.text
    assert Deliberation.objects.count() == before


def test_a_group_gets_one_paper(keeper, forum, plan):
    add = forum.get_absolute_url() + "papers/"
    women = plan.groups.get(slug="women")
    assert keeper.post(add, {"group": women.pk, "name": ""}).status_code == 422
    assert "그룹을 고르거나" in keeper.post(add, {"group": "", "name": " "}).text
    assert "같은 이름의 그룹이 있습니다" in keeper.post(add, {"group": "", "name": "노인"}).text
    assert PositionPaper.objects.filter(deliberation=forum).count() == 1
    for name in ("농업인", "Points", "농업인 둘"):
        keeper.post(add, {"group": "", "name": name})
    made = StakeholderGroup.objects.filter(position__gt=11).values_list("name", "slug", "position")
    # No group takes the address of another page.
    assert list(made) == [("농업인", "group-12", 12), ("Points", "group-13", 13), ("농업인 둘", "group-14", 14)]
    assert PositionPaper.objects.filter(deliberation=forum).count() == 4


# --- papers


def test_participants_are_masked_on_entry_and_meetings_stand_by_date(keeper, paper, paper_page):
    typed = typed_paper(
        paper,
        dated="2024-05-01",
        overall="함께 살자는 뜻이다.",
        participants="홍길동(홍제동)\n\n선우재덕(연희동)\n이○나",
        **{
            "meetings-0-held_on": "2024-04-20",
            "meetings-0-held_at": "14:00",
            "meetings-1-held_on": "2024-04-06",
        },
    )
    assert keeper.post(paper_page, typed).status_code == 302
    paper.refresh_from_db()
    assert paper.participants == "홍○동(홍제동)\n선○○덕(연희동)\n이○나"
    meetings = [(m.number, m.held_on) for m in ForumMeeting.objects.filter(paper=paper)]
    assert meetings == [(1, date(2024, 4, 6)), (2, date(2024, 4, 20))]


@pytest.mark.parametrize(
    ("field", "words", "what"),
    [
        ("overall", f"첫 줄\n연락처는 {TELEPHONE}", "2번째 줄에 전화번호로 보이는 내용"),
        ("overall", f"보낼 곳 {EMAIL}", "1번째 줄에 전자우편 주소로 보이는 내용"),
        ("participants", f"홍길동 {RESIDENT}", "1번째 줄에 주민등록번호로 보이는 내용"),
    ],
)
def test_personal_data_is_refused_where_it_stands(keeper, paper, paper_page, field, words, what):
    response = keeper.post(paper_page, typed_paper(paper, **{field: words}))
    assert response.status_code == 422
    assert what in response.text
    paper.refresh_from_db()
    assert getattr(paper, field) == ""


def test_a_bad_meeting_is_answered_at_its_row(keeper, paper, paper_page):
    response = keeper.post(
        paper_page,
        typed_paper(paper, overall="남는 글", **{"meetings-1-held_at": "14:00", "meetings-0-held_on": "어제"}),
    )
    assert response.status_code == 422
    assert "시각을 적으려면 날짜도 적어 주십시오." in response.text
    assert "2025-05-28처럼 적어 주십시오." in response.text
    assert "남는 글" in response.text


def test_of_two_who_write_a_paper_the_second_is_told(keeper, paper, paper_page):
    stale = typed_paper(paper, overall="둘째 사람")
    keeper.post(paper_page, typed_paper(paper, overall="첫째 사람"))
    response = keeper.post(paper_page, stale)
    assert response.status_code == 409
    assert "첫째 사람" in response.text
    assert "둘째 사람" in response.text
    paper.refresh_from_db()
    assert paper.overall == "첫째 사람"
    # What was typed stands on top of what is stored now, so that a second try is a decision.
    seen = response.context["form"]["seen"].value()
    assert keeper.post(paper_page, stale | {"seen": seen}).status_code == 302
    paper.refresh_from_db()
    assert paper.overall == "둘째 사람"


# --- points


def test_a_point_keeps_the_printed_code_beside_what_it_means(keeper, paper, paper_page, plan):
    task = Task.objects.get_by_natural_key(plan.slug, 5, "4-1-1")
    typed = {"summary": "하수도", "kind": "addition", "reference": f"task:{task.pk}", "cited_code": "4-3-1", "seen": ""}
    keeper.post(paper_page + "points/", typed)
    opinion = Opinion.objects.get(paper=paper, number=4)
    assert (opinion.area.number, opinion.task, opinion.cited_code) == (5, task, "4-3-1")
    assert opinion.reference_level == "task"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"summary": " "}, "의견의 요지를 적어 주십시오."),
        ({"summary": f"{TELEPHONE}로 연락"}, "전화번호로 보이는 내용"),
        ({"kind": "nonsense"}, "올바르게 선택해 주세요"),
        ({"reference": "task:999999"}, "올바르게 선택해 주세요"),
    ],
)
def test_a_bad_point_is_answered_at_the_field(keeper, paper_page, fields, said):
    before = Opinion.objects.count()
    response = keeper.post(
        paper_page + "points/", {"summary": "요지", "kind": "proposal", "reference": "", "seen": ""} | fields
    )
    assert response.status_code == 422
    assert said in response.text
    assert Opinion.objects.count() == before


def test_a_point_is_changed_by_one_at_a_time_and_taken_out_only_when_nothing_draws_on_it(
    keeper, paper, paper_page, unsent
):
    opinion = Opinion.objects.get(paper=paper, number=1)
    change = {
        "summary": "고친 요지",
        "kind": "question",
        "reference": "",
        "cited_code": "",
        "seen": voices.token_of(opinion),
    }
    assert keeper.post(paper_page + "points/1/", change).status_code == 302
    response = keeper.post(paper_page + "points/1/", change | {"summary": "늦은 요지"})
    assert response.status_code == 409
    assert "고친 요지" in response.text
    assert "늦은 요지" in response.text
    response = keeper.post(paper_page + "points/1/remove/", follow=True)
    assert "이 의견으로 만든 질의가 있어 지울 수 없습니다." in response.text
    keeper.post(paper_page + "points/3/remove/")
    assert set(Opinion.objects.filter(paper=paper).values_list("number", flat=True)) == {1, 2}


def test_what_is_public_is_closed_and_says_so(keeper, forum, paper, paper_page, coordinator):
    voices.publish_papers(actor=coordinator, deliberation=forum)
    words = "이미 공개된 입장문서와 의견이라 고칠 수 없습니다."
    assert words in keeper.get(paper_page).text
    assert keeper.post(paper_page, typed_paper(paper, overall="고침")).status_code == 409
    point = {"summary": "요지", "kind": "proposal", "reference": "", "seen": ""}
    response = keeper.post(paper_page + "points/", point)
    assert response.status_code == 409
    assert words in response.text
    assert words in keeper.post(forum.get_absolute_url() + "papers/", {"name": "새 그룹"}, follow=True).text


def test_publishing_papers_shows_first_what_everybody_will_see(keeper, client, forum, paper):
    page = keeper.get(forum.get_absolute_url() + "publish/")
    assert "입장문서 1건과 의견 3건이 바로 누구에게나 공개됩니다." in page.text
    point = paper.opinions.first()
    assert client.get(point.get_absolute_url()).status_code == 404
    keeper.post(forum.get_absolute_url() + "publish/")
    assert point.summary in client.get(point.get_absolute_url()).text
    again = keeper.post(forum.get_absolute_url() + "publish/", follow=True)
    assert "이미 공개된 숙의공론장입니다." in again.text


def test_an_empty_forum_is_not_published(keeper, plan, coordinator):
    empty = voices.open_deliberation(
        actor=coordinator, deliberation=Deliberation(plan=plan, year=2026, title="빈 자리")
    )
    page = keeper.get(empty.get_absolute_url() + "publish/", follow=True)
    assert "의견이 적힌 입장문서가 없습니다." in page.text
    keeper.post(empty.get_absolute_url() + "publish/")
    empty.refresh_from_db()
    assert not empty.is_published


# --- questions


def test_points_become_a_question_of_their_groups(keeper, forum, paper):
    chosen = [opinion.pk for opinion in paper.opinions.all()[1:]]
    typed = {"summary": "일자리를 묻는다.", "opinions": chosen, "reference": "", "seen": ""}
    response = keeper.post(forum.get_absolute_url() + "questions/", typed)
    question = Question.objects.get(deliberation=forum)
    assert response.url == question.get_absolute_url()
    assert question.number == 1
    assert [group.slug for group in question.groups.all()] == ["women"]
    assert {opinion.pk for opinion in question.opinions.all()} == set(chosen)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"opinions": []}, "질의로 만들 의견을 하나 이상 골라 주십시오."),
        ({"summary": ""}, "질의 요지를 적어 주십시오."),
        ({"opinions": ["x"]}, "고른 의견을 알아볼 수 없습니다."),
    ],
)
def test_a_bad_question_keeps_what_was_ticked_and_typed(keeper, forum, paper, fields, said):
    first = paper.opinions.first()
    typed = {"summary": "남는 글", "opinions": [first.pk], "reference": "", "seen": ""} | fields
    response = keeper.post(forum.get_absolute_url() + "questions/", typed)
    assert response.status_code == 422
    assert said in response.text, response.context["form"].errors
    ticked = f'value="{first.pk}" id="point-{first.pk}" checked' in tight(response.text)
    assert ticked == (typed["opinions"] == [first.pk])
    assert not Question.objects.filter(deliberation=forum).exists()


def test_points_of_another_forum_are_refused(keeper, forum):
    foreign = Opinion.objects.filter(paper__deliberation__year=2022).first()
    typed = {"summary": "질의", "opinions": [foreign.pk], "reference": "", "seen": ""}
    assert keeper.post(forum.get_absolute_url() + "questions/", typed).status_code == 422


def test_a_question_is_changed_until_it_is_sent(keeper, unsent, welfare, plan):
    page = unsent.get_absolute_url()
    seen = voices.token_of(unsent, voices.points_in_words(voices.points_of(unsent)))
    third = Opinion.objects.get(paper__deliberation=unsent.deliberation, number=3)
    change = {"summary": "고친 질의", "opinions": [third.pk], "reference": "", "seen": seen}
    keeper.post(page + "edit/", change)
    unsent.refresh_from_db()
    assert unsent.summary == "고친 질의"
    assert [opinion.number for opinion in unsent.opinions.all()] == [3]
    stale = keeper.post(page + "edit/", change | {"summary": "늦게 고침"})
    assert stale.status_code == 409
    assert "고친 질의" in stale.text
    later = timezone.localdate() + timedelta(days=30)
    keeper.post(page + "send/", {"lead": welfare.pk, "due_on": later.isoformat()})
    for path in ("edit/", "send/"):
        assert "이미 부서에 보낸 질의라 고칠 수 없습니다." in keeper.get(page + path, follow=True).text
    assert "이미 부서에 보낸" in keeper.post(page + "remove/", follow=True).text


def test_a_printed_question_is_neither_changed_nor_sent(keeper, plan):
    printed = Question.objects.select_related("deliberation__plan").get(deliberation__year=2022, number=5)
    page = printed.get_absolute_url()
    assert "이미 답변이 공개된 질의라 고칠 수 없습니다." in keeper.get(page + "send/", follow=True).text
    assert keeper.get(page).status_code == 200


def test_sending_offers_thirty_days_and_the_department_of_the_task(keeper, unsent, welfare):
    form = keeper.get(unsent.get_absolute_url() + "send/").context["form"]
    assert form["due_on"].value() == timezone.localdate() + timedelta(days=30)
    assert form["lead"].value() == welfare.pk


def test_sending_tells_the_officers_and_the_public_sees_what_is_awaited(
    keeper, client, unsent, owner, partner, coordinator, settings, django_capture_on_commit_callbacks
):
    voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
    for user in (owner, partner):
        user.email = f"{user.username}@localhost"
        user.save()
    later = (timezone.localdate() + timedelta(days=20)).isoformat()
    typed = {"lead": owner.department.pk, "others": [partner.department.pk], "due_on": later}
    with django_capture_on_commit_callbacks(execute=True):
        keeper.post(unsent.get_absolute_url() + "send/", typed)
    assert sorted(letter.to[0] for letter in mail.outbox) == ["owner@localhost", "partner@localhost"]
    assert unsent.summary in mail.outbox[0].body
    assert unsent.get_absolute_url() in mail.outbox[0].body
    page = client.get(unsent.opinions.first().get_absolute_url()).text
    assert unsent.summary in page
    unsent.refresh_from_db()
    drafts = {draft.department.slug: draft.is_lead for draft in unsent.drafts.select_related("department")}
    assert drafts == {"social-welfare": True, "public-health": False}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lead": ""}, "필수 항목입니다."),
        ({"due_on": "2020-01-01"}, "오늘이나 그 뒤의 날짜를 입력해 주십시오."),
        ({"due_on": "모레"}, "2025-05-28처럼 적어 주십시오."),
        ({"others": "lead"}, "주관부서는 협조부서에서 빼 주십시오."),
    ],
)
def test_a_bad_address_sends_nothing(keeper, unsent, welfare, fields, said):
    later = (timezone.localdate() + timedelta(days=20)).isoformat()
    typed = {"lead": welfare.pk, "others": [], "due_on": later} | fields
    if typed["others"] == "lead":
        typed["others"] = [welfare.pk]
    response = keeper.post(unsent.get_absolute_url() + "send/", typed)
    assert response.status_code == 422
    assert said in response.text
    unsent.refresh_from_db()
    assert unsent.sent_on is None


def test_a_department_that_was_closed_down_is_not_asked(keeper, unsent):
    gone = Department.objects.create(name="없어진 과", slug="gone", valid_to=date(2023, 1, 1))
    later = (timezone.localdate() + timedelta(days=20)).isoformat()
    assert keeper.post(unsent.get_absolute_url() + "send/", {"lead": gone.pk, "due_on": later}).status_code == 422


def test_the_board_puts_the_late_first_and_counts_where_questions_are(keeper, asked, coordinator):
    Question.objects.filter(pk=asked.pk).update(
        sent_on=timezone.localdate() - timedelta(days=40), due_on=timezone.localdate() - timedelta(days=10)
    )
    page = keeper.get(asked.deliberation.get_absolute_url())
    assert [(str(stage.label), count) for stage, count in page.context["counts"] if count] == [("답변 대기", 1)]
    assert page.context["late"] == 1
    assert "늦음" in page.text


PAGES = {"work/deliberations/": 5, "work/deliberations/2022/": 11, "work/deliberations/2022/?stage=published": 11}


@pytest.mark.parametrize(("path", "queries"), PAGES.items(), ids=PAGES)
def test_pages_of_the_work_ask_a_fixed_number_of_queries(keeper, plan, path, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        assert keeper.get(f"/plans/{plan.slug}/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "work/deliberations/2030/",
        "work/deliberations/2024/papers/nobody/",
        "work/deliberations/2024/papers/women/points/99/",
        "work/deliberations/2024/questions/99/",
        "work/commitments/999/",
        "work/commitments/evidence/999/",
    ],
)
def test_what_does_not_exist_is_not_found(keeper, forum, plan, path):
    assert keeper.get(f"/plans/{plan.slug}/{path}").status_code == 404
    assert keeper.get(f"/plans/elsewhere/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "papers/",
        "papers/women/points/1/remove/",
        "questions/1/remove/",
        "questions/1/reply/",
        "questions/1/consolidate/",
    ],
)
def test_acts_are_not_read(keeper, unsent, path):
    assert keeper.get(unsent.deliberation.get_absolute_url() + path).status_code == 405
