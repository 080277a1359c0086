"""The committee's work: ratings, comments with answers, the list for the next revision, and who may do what."""

import csv
import re
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from accounts.choices import Action, Role
from accounts.models import ActivityEntry, Department
from commons.acts import NotAllowedNow
from indicators.checking.selectors.checks import check_rows
from indicators.checking.services.committee import (
    StaleComment,
    StaleRating,
    add_committee_comment,
    answer_comment,
    mark_findings,
    rate_indicator,
)
from indicators.choices import CheckState, GoalLink, MilestoneRating
from indicators.models import CommitteeComment, Indicator, Rating
from indicators.people.selectors.reorganisation import preview_of
from indicators.people.services.reorganisation import reorganise
from plans.models import Area, Plan
from plans.services import everything_of, rename_department

from .conftest import make_user, tight

HERE = (1, "1-1-2-1")  # 자활사업 참여자 수, 사회복지과
NEXT = (1, "1-1-3-1")
EVERYBODY = [
    "owner",
    "colleague",
    "stranger",
    "head",
    "other_head",
    "coordinator",
    "administrator",
    "committee",
    "other_member",
    "citizen",
]


@pytest.fixture
def other_member(db):
    return make_user("other_member", Role.COMMITTEE)


@pytest.fixture
def client_of(request, as_user):
    return lambda who: as_user(None if who == "citizen" else request.getfixturevalue(who))


@pytest.fixture
def page(url_of):
    return url_of("indicators:committee_indicator", *HERE)


@pytest.fixture
def rating_url(url_of):
    return url_of("indicators:rate", *HERE)


@pytest.fixture
def comments_url(url_of):
    return url_of("indicators:committee_comments", *HERE)


@pytest.fixture
def comment(committee, indicator, welfare):
    return add_committee_comment(
        actor=committee,
        area=indicator.area,
        indicator=indicator,
        department=welfare,
        text="목표의 근거를 알려 주십시오.",
    )


@pytest.fixture
def answer_url(url_of, comment):
    return url_of("indicators:committee_comment", comment.pk)


def rating(**changes):
    return {"version": 0, "milestones": "too_low", "goal_link": "weak", "reason": "수요보다 낮음"} | changes


def asked(**changes):
    return {"department": "social-welfare", "text": "목표의 근거를 알려 주십시오."} | changes


def rate_as(member, indicator, milestones="adequate", goal_link="close", reason="", version=0):
    return rate_indicator(
        actor=member,
        indicator=indicator,
        version=version,
        milestones=MilestoneRating(milestones),
        goal_link=GoalLink(goal_link),
        reason=reason,
    )


def picture():
    return (
        list(Rating.objects.order_by("pk").values()),
        list(CommitteeComment.objects.order_by("pk").values()),
        ActivityEntry.objects.count(),
    )


# --- who may


def who(**answers):
    """What each person gets; `rest` is for those not named."""
    rest = answers.pop("rest")
    return [(name, answers.get(name, rest)) for name in EVERYBODY]


OVERSEERS = {"coordinator": 200, "administrator": 200, "committee": 200, "other_member": 200, "citizen": 302}


@pytest.mark.parametrize(("name", "status"), who(**OVERSEERS, rest=404))
@pytest.mark.parametrize(
    "path", ["indicators/", "indicators/1/1-1-2-1/", "areas/1/", "revision/", "revision/csv/", "revision/xlsx/"]
)
def test_who_reads_the_pages(client_of, plan, path, name, status):
    response = client_of(name).get(f"/plans/{plan.slug}/work/{path}")
    assert response.status_code == status
    assert status != 302 or response.url.startswith("/accounts/login/")


def attempt(client, address, typed, *, allowed: bool, status: int):
    before = picture()
    response = client.post(address, typed)
    assert response.status_code == status
    assert (picture() != before) == allowed
    return response


@pytest.mark.parametrize(
    ("name", "status"),
    who(committee=302, other_member=302, coordinator=403, administrator=403, citizen=302, rest=404),
)
def test_who_rates(client_of, rating_url, name, status):
    allowed = name in ("committee", "other_member")
    response = attempt(client_of(name), rating_url, rating(), allowed=allowed, status=status)
    assert (name == "citizen") == (status == 302 and response.url.startswith("/accounts/login/"))


@pytest.mark.parametrize(
    ("name", "status"),
    who(committee=302, other_member=302, coordinator=302, administrator=302, citizen=302, rest=404),
)
@pytest.mark.parametrize("place", ["indicator", "area"])
def test_who_comments(client_of, comments_url, url_of, place, name, status):
    address = comments_url if place == "indicator" else url_of("indicators:committee_area", 1)
    allowed = name in ("committee", "other_member", "coordinator", "administrator")
    attempt(client_of(name), address, asked(), allowed=allowed, status=status)


@pytest.mark.parametrize(
    ("name", "reads", "answers"),
    [
        ("owner", 200, 302),
        ("colleague", 200, 302),
        ("stranger", 404, 404),
        ("head", 200, 403),
        ("other_head", 404, 404),
        ("coordinator", 200, 403),
        ("administrator", 200, 403),
        ("committee", 200, 403),
        ("other_member", 200, 403),
        ("citizen", 302, 302),
    ],
)
def test_who_reads_and_answers_a_comment(client_of, answer_url, name, reads, answers):
    client = client_of(name)
    shown = client.get(answer_url)
    assert shown.status_code == reads
    may = name in ("owner", "colleague")
    assert ('name="answer"' in shown.text) == may
    attempt(client, answer_url, {"version": 1, "answer": "최근 실적을 보았습니다."}, allowed=may, status=answers)


def test_the_services_refuse_the_wrong_person(
    owner, stranger, head, coordinator, committee, indicator, welfare, comment
):
    before = picture()
    for person in (owner, head, coordinator):
        with pytest.raises(PermissionDenied):
            rate_as(person, indicator)
    for person in (owner, stranger, head):
        with pytest.raises(PermissionDenied):
            add_committee_comment(
                actor=person, area=indicator.area, indicator=indicator, department=welfare, text="의견"
            )
    for person in (stranger, head, coordinator, committee):
        with pytest.raises(PermissionDenied):
            answer_comment(actor=person, comment=comment, text="답변")
    assert picture() == before


@pytest.mark.parametrize(
    "path",
    ["indicators/1/9-9-9-9/", "indicators/9/1-1-2-1/", "areas/8/", "areas/0/", "comments/999999/", "revision/pdf/"],
)
def test_what_does_not_exist_is_not_found(as_user, committee, plan, path):
    assert as_user(committee).get(f"/plans/{plan.slug}/work/{path}").status_code == 404


@pytest.mark.parametrize("path", ["indicators/1/9-9-9-9/rating/", "indicators/1/9-9-9-9/comments/", "areas/8/"])
def test_what_does_not_exist_takes_nothing(as_user, committee, plan, path):
    attempt(as_user(committee), f"/plans/{plan.slug}/work/{path}", rating() | asked(), allowed=False, status=404)


def test_a_comment_of_another_plan_is_not_found(as_user, committee, comment):
    Plan.objects.create(slug="small", municipality="작은구", title="작은 계획", start_year=2022, end_year=2026)
    assert as_user(committee).get(f"/plans/small/work/comments/{comment.pk}/").status_code == 404


def test_wrong_methods(as_user, committee, page, rating_url, comments_url, answer_url, url_of):
    client = as_user(committee)
    for address in (rating_url, comments_url):
        assert client.get(address).status_code == 405
    for address in (page, url_of("indicators:committee_list"), url_of("indicators:revision")):
        assert client.post(address).status_code == 405
    assert client.put(answer_url).status_code == 405


def test_nothing_of_it_is_public(as_user, plan, committee, indicator, comment):
    rate_as(committee, indicator, "too_high", "none", "지나치게 높은 목표")
    for path in (
        "",
        "areas/1/",
        "indicators/",
        "indicators/1/1-1-2-1/",
        "tasks/1/1-1-2/",
        "departments/social-welfare/",
    ):
        text = as_user(None).get(f"/plans/{plan.slug}/{path}").text
        assert "지나치게 높은 목표" not in text
        assert "목표의 근거를 알려" not in text
        assert "평가·점검" not in text


# --- ratings


def test_a_rating_is_stored_with_its_trace_and_the_next_indicator_is_shown(as_user, committee, rating_url, url_of):
    done = as_user(committee).post(rating_url, rating(), follow=True)
    assert done.request["PATH_INFO"] == url_of("indicators:committee_indicator", *NEXT)
    assert "‘자활사업 참여자 수’ 평가를 저장했습니다." in done.text
    stored = Rating.objects.get()
    assert (stored.member, stored.milestones, stored.goal_link, stored.reason, stored.version) == (
        committee,
        "too_low",
        "weak",
        "수요보다 낮음",
        1,
    )
    entry = ActivityEntry.objects.get(action=Action.INDICATOR_RATED)
    assert (entry.actor_name, entry.comment) == ("committee", "수요보다 낮음")
    assert entry.changes == [["목표치", "", "낮음"], ["목표와의 연계", "", "약함"]]


def test_staying_and_the_last_indicator(as_user, committee, plan, page, rating_url, url_of):
    client = as_user(committee)
    assert client.post(rating_url, rating(then="stay")).url == page
    last = Indicator.objects.of_plan(plan).select_related("area").last()
    done = client.post(url_of("indicators:rate", last.area.number, last.code), rating())
    assert done.url == url_of("indicators:committee_list")


def test_one_rating_for_each_member_that_can_be_changed(as_user, committee, other_member, indicator, rating_url, page):
    rate_as(other_member, indicator)
    client = as_user(committee)
    client.post(rating_url, rating())
    shown = client.get(page).text
    assert re.search(r'name="milestones" value="too_low"[^>]* checked', shown)
    assert "수요보다 낮음" in shown
    client.post(rating_url, rating(version=1, milestones="adequate", goal_link="close", reason=""))
    assert list(Rating.objects.order_by("pk").values_list("member__username", "milestones", "version")) == [
        ("other_member", "adequate", 1),
        ("committee", "adequate", 2),
    ]
    assert ActivityEntry.objects.first().changes[0] == ["목표치", "낮음", "적정"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "적정·밀접이 아닌 까닭을 적어 주십시오."),
        ({"milestones": "adequate", "goal_link": "none", "reason": " "}, "적정·밀접이 아닌 까닭을 적어 주십시오."),
        ({"milestones": "unsuitable", "goal_link": "close", "reason": ""}, "적정·밀접이 아닌 까닭을 적어 주십시오."),
        ({"milestones": ""}, "필수"),
        ({"goal_link": "perfect"}, "올바르게"),
        ({"reason": "가" * 1001}, "1000"),
    ],
)
def test_a_rating_that_cannot_be_stored_is_shown_again(as_user, committee, rating_url, changes, words):
    response = attempt(as_user(committee), rating_url, rating(**changes), allowed=False, status=422)
    assert words in response.text
    if "reason" not in changes:
        assert "수요보다 낮음" in response.text
    if "milestones" not in changes:
        assert re.search(r'name="milestones" value="too_low"[^>]* checked', response.text)


def test_the_best_rating_needs_no_reason(as_user, committee, rating_url):
    typed = rating(milestones="adequate", goal_link="close", reason="")
    attempt(as_user(committee), rating_url, typed, allowed=True, status=302)


def test_a_rating_changed_in_another_window_is_refused_with_both(as_user, committee, indicator, rating_url):
    rate_as(committee, indicator, "too_high", "close", "먼저 저장한 사유")
    response = attempt(as_user(committee), rating_url, rating(), allowed=False, status=409)
    assert "먼저 저장한 사유" in response.text
    assert "수요보다 낮음" in response.text
    assert 'name="version" value="1"' in response.text
    attempt(as_user(committee), rating_url, rating(version=1), allowed=True, status=302)
    with pytest.raises(StaleRating):
        rate_as(committee, indicator, version=1)


def test_service_and_database_ask_for_a_reason_too(committee, indicator):
    with pytest.raises(NotAllowedNow, match="까닭"):
        rate_as(committee, indicator, "too_low")
    blank = Rating(indicator=indicator, member=committee, milestones="too_low", goal_link="close")
    with pytest.raises(IntegrityError), transaction.atomic():
        blank.save()


def test_the_list_shows_own_and_everybody_s_ratings(as_user, committee, other_member, indicator, url_of):
    rate_as(committee, indicator, "too_low", "close", "낮음")
    rate_as(other_member, indicator)
    page = as_user(committee).get(url_of("indicators:committee_list"))
    row = next(row for row in page.context["rows"] if row.indicator == indicator)
    assert row.own.milestones == "too_low"
    assert [(choice.value, count) for choice, count in row.tally.milestones if count] == [
        ("adequate", 1),
        ("too_low", 1),
    ]
    assert (page.context["rated"], len(page.context["rows"])) == (1, 115)
    assert page.context["first_left"].indicator.code == "1-1-1-1"
    assert "이어서 평가하기" in page.text
    assert "내 평가" not in as_user(make_user("k", Role.COORDINATOR)).get(url_of("indicators:committee_list")).text


def test_the_page_has_figures_findings_and_neighbours(as_user, committee, page, published):
    text = as_user(committee).get(page).text
    assert "310" in text
    assert "보충한 방향" in text
    assert 'rel="prev"' in text
    assert 'rel="next"' in text
    assert "(2/115)" in text


def test_unpublished_results_are_not_shown(as_user, committee, page, submitted):
    assert "310" not in as_user(committee).get(page).text


# --- comments and answers


def test_a_comment_reaches_its_department_and_the_answer_its_author(
    as_user, committee, owner, stranger, head, comments_url, url_of, page
):
    as_user(committee).post(comments_url, asked())
    comment = CommitteeComment.objects.get()
    assert (comment.department.name, comment.author_name, comment.area.number) == ("사회복지과", "committee", 1)
    entry = ActivityEntry.objects.get(action=Action.COMMITTEE_COMMENTED)
    assert (entry.changes, entry.comment) == ([["답할 부서", "", "사회복지과"]], "목표의 근거를 알려 주십시오.")
    work = url_of("indicators:work")
    for person, count in ((owner, 1), (head, 1), (stranger, 0)):
        shown = as_user(person).get(work)
        assert len(shown.context["comments"]) == count
        assert ("목표의 근거를 알려 주십시오." in shown.text) == bool(count)
    done = as_user(owner).post(comment.get_absolute_url(), {"version": 1, "answer": "세 해 실적을 보았습니다."})
    assert done.url == work
    comment.refresh_from_db()
    assert (comment.answer, comment.answered_by_name, comment.version) == ("세 해 실적을 보았습니다.", "owner", 2)
    answered = ActivityEntry.objects.get(action=Action.COMMENT_ANSWERED)
    assert answered.changes == [["답변", "", "세 해 실적을 보았습니다."]]
    assert not as_user(owner).get(work).context["comments"]
    assert "세 해 실적을 보았습니다." in as_user(committee).get(page).text


def test_the_count_of_comments_to_answer(as_user, owner, comment, url_of):
    assert "답할 의견</dt><dd>1</dd>" in tight(as_user(owner).get(url_of("indicators:work")).text)


def test_a_comment_on_an_area(as_user, coordinator, committee, plan, url_of):
    address = url_of("indicators:committee_area", 6)
    done = as_user(coordinator).post(address, asked(department="climate-environment", text="분야 의견"), follow=True)
    assert "의견을 보냈습니다" in done.text
    comment = CommitteeComment.objects.get()
    assert (comment.area.number, comment.indicator) == (6, None)
    assert "분야 의견" not in as_user(committee).get(url_of("indicators:committee_area", 1)).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "필수"),
        ({"text": "  "}, "필수"),
        ({"text": "가" * 1001}, "1000"),
        ({"department": "medical"}, "이 부서는 여기에 답할 과제를 맡고 있지 않습니다."),
        ({"department": "nowhere"}, "이 부서는 여기에 답할 과제를 맡고 있지 않습니다."),
        ({"department": ""}, "필수"),
    ],
)
@pytest.mark.parametrize("place", ["indicator", "area"])
def test_a_comment_that_cannot_be_sent_is_shown_again(
    as_user, committee, comments_url, url_of, plan, place, changes, words
):
    address = comments_url if place == "indicator" else url_of("indicators:committee_area", 4)
    typed = asked(**({"department": "climate-environment"} if place == "area" else {})) | changes
    if place == "area" and changes.get("department") == "medical":
        assert not Department.objects.get(slug="medical").tasks.filter(target__goal__area__number=4).exists()
    response = attempt(as_user(committee), address, typed, allowed=False, status=422)
    assert words in response.text
    if "text" not in changes:
        assert "목표의 근거를 알려 주십시오." in response.text


def test_the_service_checks_the_department_too(committee, indicator):
    with pytest.raises(NotAllowedNow, match="답할 부서를 다시"):
        add_committee_comment(
            actor=committee,
            area=indicator.area,
            indicator=indicator,
            department=Department.objects.get(slug="medical"),
            text="의견",
        )


@pytest.mark.parametrize("answer", ["", "  ", "가" * 2001])
def test_an_answer_that_cannot_be_stored_is_shown_again(as_user, owner, answer_url, answer):
    response = attempt(as_user(owner), answer_url, {"version": 1, "answer": answer}, allowed=False, status=422)
    assert 'aria-invalid="true"' in response.text
    assert not answer.strip() or answer in response.text


def test_two_colleagues_answer_at_once(as_user, owner, colleague, comment, answer_url):
    as_user(colleague).post(answer_url, {"version": 1, "answer": "동료의 답변"})
    late = attempt(as_user(owner), answer_url, {"version": 1, "answer": "나의 답변"}, allowed=False, status=409)
    assert "동료의 답변" in late.text
    assert "나의 답변" in late.text
    assert 'name="version" value="2"' in late.text
    with pytest.raises(StaleComment):
        answer_comment(actor=owner, comment=comment, text="나의 답변")
    attempt(as_user(owner), answer_url, {"version": 2, "answer": "나의 답변"}, allowed=True, status=302)
    assert ActivityEntry.objects.first().changes == [["답변", "동료의 답변", "나의 답변"]]


def test_a_waiting_comment_follows_the_department_into_its_new_name(
    as_user, coordinator, owner, welfare, comment, url_of
):
    on = date(2026, 1, 1)
    part = everything_of([welfare], "복지미래과", "welfare-future")
    seen = preview_of([welfare], [part], on).fingerprint
    arguments = {"department": welfare, "new_name": part.name, "new_slug": part.slug}
    reorganise(
        actor=coordinator, act=rename_department, arguments=arguments, old=[welfare], parts=[part], on=on, seen=seen
    )
    comment.refresh_from_db()
    assert comment.department.slug == "welfare-future"
    owner.refresh_from_db()
    assert len(as_user(owner).get(url_of("indicators:work")).context["comments"]) == 1
    assert ActivityEntry.objects.about(comment).first().changes == [["답할 부서", "사회복지과", "복지미래과"]]


# --- the list for the next revision


@pytest.fixture
def gathered(plan, committee, other_member, coordinator, owner, indicator, comment):
    """Two ratings and an answered comment on one indicator, two findings to revise, a comment on an area."""
    rate_as(committee, indicator, "too_low", "weak", "=1+1")
    rate_as(other_member, indicator)
    answer_comment(actor=owner, comment=comment, text="-근거 자료")
    keys = {"unit_not_of_title:indicator/4/1-2-1-1", "target_without_tasks:target/1/2-4"}
    tokens = [row.token for row in check_rows(plan) if row.key in keys]
    mark_findings(actor=coordinator, plan=plan, tokens=tokens, state=CheckState.TO_REVISE, reason="단위를 정할 것")
    accepted = [row.token for row in check_rows(plan) if row.key == "jump_by_ten:indicator/1/2-1-2-1"]
    mark_findings(actor=coordinator, plan=plan, tokens=accepted, state=CheckState.ACCEPTED, reason="12월 개원")
    area = Area.objects.get(plan=plan, number=4)
    climate = Department.objects.get(slug="climate-environment")
    add_committee_comment(actor=coordinator, area=area, indicator=None, department=climate, text="분야 의견")


def test_the_list_gathers_ratings_findings_and_comments(as_user, committee, gathered, url_of):
    page = as_user(committee).get(url_of("indicators:revision"))
    entries = page.context["entries"]
    assert [entry.subject.key for entry in entries] == [
        "target/1/2-4",
        "indicator/1/1-1-2-1",
        "area/4",
        "indicator/4/1-2-1-1",
    ]
    rated = entries[1]
    assert [count for _choice, count in rated.tally.milestones] == [1, 1, 0, 0]
    assert [count for _choice, count in rated.tally.goal_link] == [1, 1, 0]
    assert rated.departments == ["사회복지과"]
    for words in ("말(비율)과 단위(kW)", "단위를 정할 것", "목표의 근거를 알려", "-근거 자료", "분야 의견", "답변 전"):
        assert words in page.text
    assert "12월 개원" not in page.text


def test_an_empty_list_says_what_will_be_there(as_user, coordinator, plan, url_of):
    assert "아직 모인 것이 없습니다." in as_user(coordinator).get(url_of("indicators:revision")).text


def test_a_finding_whose_values_changed_leaves_the_list(as_user, committee, plan, gathered, url_of):
    Indicator.objects.filter(area__plan=plan, area__number=4, code="1-2-1-1").update(unit="kWh")
    entries = as_user(committee).get(url_of("indicators:revision")).context["entries"]
    assert "indicator/4/1-2-1-1" not in [entry.subject.key for entry in entries]


def test_both_files_say_the_same_and_start_no_formula(as_user, committee, gathered, url_of):
    client = as_user(committee)
    response = client.get(url_of("indicators:revision_csv"))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 5
    rated = dict(zip(rows[0], rows[2], strict=True))
    assert (rated["번호"], rated["이름"], rated["담당부서"]) == ("1-1-2-1", "자활사업 참여자 수", "사회복지과")
    assert (rated["목표치 낮음"], rated["목표치 적정"], rated["연계 없음"]) == ("1", "1", "0")
    assert rated["평가 사유"] == "committee (낮음 · 연계 약함): =1+1"
    assert "답변: -근거 자료" in rated["의견과 답변"]
    assert dict(zip(rows[0], rows[1], strict=True))["목표치 적정"] == ""
    sheet = load_workbook(BytesIO(client.get(url_of("indicators:revision_xlsx")).content)).active
    cells = [["" if c.value is None else str(c.value) for c in row] for row in sheet.iter_rows()]
    assert cells == rows
    assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n"}


def test_a_title_that_looks_like_a_formula_is_written_as_text(as_user, committee, indicator, gathered, url_of):
    Indicator.objects.filter(pk=indicator.pk).update(title='=HYPERLINK("x")')
    client = as_user(committee)
    assert "'=HYPERLINK" in client.get(url_of("indicators:revision_csv")).content.decode("utf-8-sig")
    sheet = load_workbook(BytesIO(client.get(url_of("indicators:revision_xlsx")).content)).active
    cell = next(c for row in sheet.iter_rows() for c in row if c.value == '=HYPERLINK("x")')
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


# --- navigation, admin, queries


@pytest.mark.parametrize(("name", "sees"), [("committee", True), ("coordinator", True), ("owner", False)])
def test_the_menu_leads_there(client_of, plan, url_of, name, sees):
    text = client_of(name).get(plan.get_absolute_url()).text
    assert (url_of("indicators:committee_list") in text) == sees


def test_the_admin_only_shows_what_was_said(as_user, administrator, gathered):
    client = as_user(administrator)
    for model in ("rating", "committeecomment", "checkmark"):
        assert client.get(f"/admin/indicators/{model}/").status_code == 200
        assert client.get(f"/admin/indicators/{model}/add/").status_code == 403


def test_the_pages_ask_a_fixed_number_of_queries(
    as_user, committee, other_member, plan, page, url_of, published, gathered, owner, django_assert_num_queries
):
    client = as_user(committee)
    wanted = {
        url_of("indicators:committee_list"): 9,
        page: 22,
        url_of("indicators:revision"): 22,
        url_of("indicators:revision_csv"): 21,
        url_of("indicators:committee_area", 1): 8,
    }
    for round_of in range(2):
        for address, queries in wanted.items():
            client.get(address)  # what a process keeps from its first request on is there
            with django_assert_num_queries(queries):
                client.get(address)
        if not round_of:
            for indicator in Indicator.objects.of_plan(plan).select_related("area")[20:60]:
                rate_as(other_member, indicator, "too_low", "weak", "낮음")
                department = indicator.tasks.first().department
                for at in (indicator, None):
                    add_committee_comment(
                        actor=committee, area=indicator.area, indicator=at, department=department, text="의견"
                    )
