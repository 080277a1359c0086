"""Rounds, review, publication and correction: the coordinator's acts, and who may not do them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import ActivityEntry, Department
from commons.models import AppendOnlyError
from indicators import services
from indicators.models import Figure, Indicator, Publication, Reminder, ReportingRound, Result, RoundExtension

from .conftest import correct_after_looking, make_user, tight, values

PLANNED = {"year": "2023", "opens_on": "2024-01-08", "due_on": "2024-02-29", "instructions": "기한을 지켜 주십시오."}


@pytest.fixture
def board(url_of):
    return url_of("indicators:round", 2022)


# --- who may


CHANGED = {"opens_on": "2023-01-02", "due_on": "2023-03-15", "instructions": "기한을 늦춥니다."}

ACTS = [
    ("indicators:rounds", [], PLANNED),
    ("indicators:round_change", [2022], CHANGED),
    ("indicators:round_open", [2022], {}),
    ("indicators:round_close", [2022], {}),
    ("indicators:round_remind", [2022], {"whom": "late"}),
    ("indicators:review_queue", [2022], {"chosen": "1:1"}),
    ("indicators:round_extend", [2022], {"department": "1", "until": "2030-01-01"}),
    ("indicators:round_publish", [2022], {}),
    ("indicators:review", [2022, 1, "1-1-2-1"], {"decision": "approve", "version": "3"}),
    ("indicators:correct", [2022, 1, "1-1-2-1"], {"value": "1", "version": "3", "comment": "x"}),
]


def everything():
    """A picture of all that the acts could change."""
    return (
        list(ReportingRound.objects.order_by("pk").values()),
        list(Result.objects.order_by("pk").values()),
        list(RoundExtension.objects.values()),
        list(Reminder.objects.values()),
        Publication.objects.count(),
        ActivityEntry.objects.count(),
    )


@pytest.mark.parametrize(("name", "args", "data"), ACTS, ids=[act[0] for act in ACTS])
class TestWhoMayAct:
    def test_a_citizen_is_sent_to_sign_in(self, as_user, submitted, url_of, name, args, data):
        before = everything()
        response = as_user(None).post(url_of(name, *args), data)
        assert response.status_code == 302
        assert response.url.startswith("/accounts/login/")
        assert everything() == before

    def test_the_committee_reads_and_does_not_act(self, as_user, committee, submitted, url_of, name, args, data):
        before = everything()
        assert as_user(committee).post(url_of(name, *args), data).status_code == 403
        assert everything() == before

    def test_officers_have_no_such_page(self, as_user, owner, stranger, submitted, url_of, name, args, data):
        before = everything()
        for officer in (owner, stranger):
            response = as_user(officer).post(url_of(name, *args), data)
            assert response.status_code == 404
        assert everything() == before


STEPS = ["round_change", "round_open", "round_close", "round_extend", "round_publish"]


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("state", ["planned", "open", "closed", "published"])
def test_acts_are_never_done_by_looking(as_user, coordinator, published, url_of, name, state):
    ReportingRound.objects.update(state=state)
    before = everything()
    response = as_user(coordinator).get(url_of(f"indicators:{name}", 2022))
    assert response.status_code in (200, 302)
    assert everything() == before


def test_reminders_and_comments_are_not_sent_by_looking(as_user, coordinator, draft, url_of):
    client = as_user(coordinator)
    assert client.get(url_of("indicators:round_remind", 2022)).status_code == 405
    assert client.get(url_of("indicators:comments", 2022, 1, "1-1-2-1")).status_code == 405


@pytest.mark.parametrize("name", STEPS)
def test_the_steps_are_shown_to_the_coordinator_alone(as_user, committee, owner, head, open_round, url_of, name):
    address = url_of(f"indicators:{name}", 2022)
    assert as_user(committee).get(address).status_code == 403
    assert as_user(owner).get(address).status_code == 404
    assert as_user(head).get(address).status_code == 404
    assert as_user(None).get(address).status_code == 302
    assert as_user(committee).get(url_of(f"indicators:{name}", 1999)).status_code == 403


@pytest.mark.parametrize(("role", "status"), [("coordinator", 200), ("committee", 200), ("owner", 404), (None, 302)])
def test_who_reads_the_board(request, as_user, open_round, board, url_of, role, status):
    user = role and request.getfixturevalue(role)
    assert as_user(user).get(board).status_code == status
    assert as_user(user).get(url_of("indicators:rounds")).status_code == status


def test_the_committee_sees_no_buttons(as_user, committee, submitted, board):
    text = as_user(committee).get(board).text
    assert "회차 마감" not in text
    assert "기한 연장" not in text
    assert "310명" in text


@pytest.mark.parametrize(
    ("act", "arguments"),
    [
        (services.open_round, {}),
        (services.close_round, {}),
        (services.publish_round, {}),
        (services.approve_result, None),
        (services.return_result, {"comment": "x"}),
        (services.correct_result, {"new": {}, "comment": "x"}),
        (services.save_result, {"new": {}}),
        (services.submit_result, {"new": {}}),
    ],
)
def test_the_services_themselves_refuse_the_wrong_person(committee, stranger, submitted, act, arguments):
    subject = "reporting_round" if arguments == {} else "result"
    target = submitted.round if subject == "reporting_round" else submitted
    before = everything()
    for person in (committee, stranger):
        with pytest.raises(PermissionDenied):
            act(actor=person, **{subject: target}, **(arguments or {}))
    assert everything() == before


# --- each step says beforehand what it will do


def test_opening_tells_how_many_are_asked_and_who_has_no_account(as_user, coordinator, planned_round, owner, url_of):
    make_user("with_address", "officer", Department.objects.get(slug="medical"))
    Department.objects.get(slug="medical").users.update(email="officer@localhost")
    page = as_user(coordinator).get(url_of("indicators:round_open", 2022))
    assert "25개 부서가 입력할 수 있게 되고" in page.text
    assert page.context["counts"][0] == (None, 115)
    assert len(page.context["without_officer"]) == 23
    assert [row.department.slug for row in page.context["without_address"]] == ["social-welfare"]
    assert "담당자 계정이 없는 부서 23곳" in page.text


def test_opening_again_tells_what_stays(as_user, coordinator, approved, url_of):
    services.close_round(actor=coordinator, reporting_round=approved.round)
    page = as_user(coordinator).get(url_of("indicators:round_open", 2022))
    assert "다시 입력을 받을까요?" in page.text
    assert dict(page.context["counts"])["approved"] == 1


def test_closing_tells_what_is_left_and_with_whom(as_user, coordinator, draft, welfare, url_of):
    until = timezone.localdate() + timedelta(days=5)
    services.extend_round(actor=coordinator, reporting_round=draft.round, department=welfare, until=until)
    page = as_user(coordinator).get(url_of("indicators:round_close", 2022))
    assert dict(page.context["counts"]) == {
        None: 114,
        "returned": 0,
        "draft": 1,
        "submitted": 0,
        "endorsed": 0,
        "approved": 0,
    }
    assert len(page.context["unfinished"]) == 25
    left = {row.department: (row.draft, until) for row, until in page.context["unfinished"]}
    assert left[welfare] == (1, until)
    assert f"{until}까지 입력" in page.text
    assert page.text.count("입력할 수 없음") == 24


def test_publishing_shows_the_figures_as_they_will_be(as_user, coordinator, approved, url_of):
    services.close_round(actor=coordinator, reporting_round=approved.round)
    address = url_of("indicators:round_publish", 2022)
    page = as_user(coordinator).get(address)
    preview = page.context["preview"]
    assert (preview.edition, preview.with_result, preview.not_submitted) == (1, 1, 114)
    assert dict(preview.statuses) == {"met": 1, "near": 0, "short": 0, "poor": 0, "unrated": 114}
    assert not Publication.objects.exists()
    as_user(coordinator).post(address, {"seen": page.context["form"]["seen"].value()})
    publication = Publication.objects.get()
    assert publication.sha256 == preview.sha256


def test_what_was_not_shown_is_not_published(as_user, coordinator, owner, approved, url_of):
    services.close_round(actor=coordinator, reporting_round=approved.round)
    address = url_of("indicators:round_publish", 2022)
    seen = as_user(coordinator).get(address).context["form"]["seen"].value()
    services.return_result(actor=coordinator, result=approved, comment="다시 확인")
    response = as_user(coordinator).post(address, {"seen": seen}, follow=True)
    assert "그 사이 공표할 내용이 바뀌어" in response.text
    assert response.context["preview"].with_result == 0
    assert not Publication.objects.exists()


def test_a_correction_is_shown_before_it_is_published(as_user, coordinator, published, url_of):
    address = url_of("indicators:round_publish", 2022)
    assert "달라진 것이 없어 공표할 내용이 없습니다." in as_user(coordinator).get(address).text
    services.correct_result(
        actor=coordinator, result=Result.objects.get(), new={"value": Decimal(295), "basis": "명부"}, comment="중복"
    )
    page = as_user(coordinator).get(address)
    [(figure, changes)] = page.context["preview"].changes
    assert figure.inputs["code"] == "1-1-2-1"
    assert changes == [("실적", "310명", "295명"), ("판정", "달성", "근접"), ("산출근거", "", "명부")]
    assert "310명" in page.text
    refused = as_user(coordinator).post(address, {"reason": "", "seen": ""})
    assert refused.status_code == 422
    assert "310명" in refused.text
    assert Publication.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "name", "message"),
    [
        ("closed", "round_change", "시작 전이거나 입력 중인 회차만 고칠 수 있습니다."),
        ("open", "round_open", "시작 전이거나 마감된 회차만 시작할 수 있습니다."),
        ("planned", "round_close", "입력 중인 회차만 마감할 수 있습니다."),
        ("planned", "round_extend", "입력 중이거나 마감된 회차에서만 기한을 연장하거나 독촉할 수 있습니다."),
        ("published", "round_remind", "입력 중이거나 마감된 회차에서만 기한을 연장하거나 독촉할 수 있습니다."),
        ("open", "round_publish", "회차를 마감한 뒤에 공표할 수 있습니다."),
    ],
)
def test_a_step_that_cannot_be_taken_says_why(as_user, coordinator, open_round, welfare, url_of, state, name, message):
    ReportingRound.objects.update(state=state)
    typed = {"department": welfare.pk, "until": "2030-01-01", "whom": "chosen", **CHANGED}
    before = everything()
    response = as_user(coordinator).post(url_of(f"indicators:{name}", 2022), typed, follow=True)
    assert message in response.text
    if name != "round_remind":
        assert message in as_user(coordinator).get(url_of(f"indicators:{name}", 2022), follow=True).text
    assert everything() == before


# --- rounds


def test_the_window_is_changed_while_planned_or_open(as_user, coordinator, open_round, url_of):
    address = url_of("indicators:round_change", 2022)
    page = as_user(coordinator).get(address)
    assert "25개 부서의 내 업무에 새 기한과 안내가 바로 보입니다." in page.text
    as_user(coordinator).post(address, CHANGED)
    open_round.refresh_from_db()
    assert (str(open_round.due_on), open_round.instructions, open_round.state) == (
        "2023-03-15",
        "기한을 늦춥니다.",
        "open",
    )
    changes = ActivityEntry.objects.about(open_round).first().changes
    assert ["제출 기한", "2023-02-28", "2023-03-15"] in changes
    assert "2023-02-28 → 2023-03-15" in tight(as_user(coordinator).get(open_round.get_absolute_url()).text)


def test_a_bad_window_comes_back_filled_in(as_user, coordinator, open_round, url_of):
    response = as_user(coordinator).post(url_of("indicators:round_change", 2022), CHANGED | {"due_on": "2022-12-31"})
    assert response.status_code == 422
    assert "제출 기한은 입력 시작일보다 빠를 수 없습니다." in response.text
    assert "기한을 늦춥니다." in response.text
    open_round.refresh_from_db()
    assert str(open_round.due_on) == "2023-02-28"


def test_a_round_is_planned_opened_and_closed(as_user, coordinator, plan, url_of):
    client = as_user(coordinator)
    client.post(url_of("indicators:rounds"), PLANNED)
    planned = ReportingRound.objects.get(plan=plan, year=2023)
    assert (planned.state, planned.is_demo) == ("planned", False)
    client.post(url_of("indicators:round_open", 2023))
    planned.refresh_from_db()
    assert planned.state == "open"
    client.post(url_of("indicators:round_close", 2023))
    planned.refresh_from_db()
    assert (planned.state, planned.closed_on) == ("closed", timezone.localdate())
    assert list(ActivityEntry.objects.about(planned).values_list("action", flat=True)) == [
        "round_closed",
        "round_opened",
        "round_planned",
    ]


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"year": "2031"}, "year", "2022년부터 2026년까지의 연도를 입력해 주십시오."),
        ({"year": "작년"}, "year", ""),
        ({"due_on": "2023-12-31"}, "__all__", "제출 기한은 입력 시작일보다 빠를 수 없습니다."),
        ({"due_on": "내일"}, "due_on", "2025-05-28처럼"),
        ({"opens_on": ""}, "opens_on", "필수"),
    ],
)
def test_a_bad_plan_of_a_round_comes_back_filled_in(as_user, coordinator, plan, url_of, typed, field, message):
    response = as_user(coordinator).post(url_of("indicators:rounds"), PLANNED | typed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert message in response.text
    assert "기한을 지켜 주십시오." in response.text
    assert not ReportingRound.objects.exists()


def test_a_year_has_one_round(as_user, coordinator, planned_round, url_of):
    response = as_user(coordinator).post(url_of("indicators:rounds"), PLANNED | {"year": "2022"})
    assert "이 연도의 이행점검 회차가 이미 있습니다." in response.text
    assert ReportingRound.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("round_close", "입력 중인 회차만 마감할 수 있습니다."),
        ("round_publish", "회차를 마감한 뒤에 공표할 수 있습니다."),
    ],
)
def test_steps_out_of_order_are_refused_with_the_reason(as_user, coordinator, planned_round, url_of, name, message):
    response = as_user(coordinator).post(url_of(f"indicators:{name}", 2022), follow=True)
    assert message in response.text
    planned_round.refresh_from_db()
    assert planned_round.state == "planned"


def test_an_open_round_is_not_published(as_user, coordinator, approved, url_of):
    response = as_user(coordinator).post(url_of("indicators:round_publish", 2022), follow=True)
    assert "회차를 마감한 뒤에 공표할 수 있습니다." in response.text
    assert not Publication.objects.exists()


def test_an_extension_before_the_due_day_is_refused_at_its_field(as_user, coordinator, open_round, welfare, url_of):
    address = url_of("indicators:round_extend", 2022)
    response = as_user(coordinator).post(address, {"department": welfare.pk, "until": "2023-01-05"})
    assert response.status_code == 422
    assert "처음 제출 기한보다 뒤의 날짜를" in response.text
    assert not RoundExtension.objects.exists()
    past = as_user(coordinator).post(address, {"department": welfare.pk, "until": "2023-03-31"})
    assert past.status_code == 422
    assert "지난 날짜로는 늘릴 수 없습니다." in past.text
    for until in ("2090-03-31", "2090-04-30"):
        as_user(coordinator).post(address, {"department": welfare.pk, "until": until})
    assert str(RoundExtension.objects.get().until) == "2090-04-30"


def fill(reporting_round, coordinator, count, *, state="approved"):
    """Store *count* results in a state, as many departments would have handed them in."""
    indicators = Indicator.objects.of_plan(reporting_round.plan).exclude(area__number=1, code="1-1-2-1")
    for indicator in indicators[:count]:
        Result.objects.create(
            round=reporting_round,
            indicator=indicator,
            state=state,
            value=1,
            version=1,
            submitted_at=timezone.now(),
            updated_by=coordinator,
        )


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_the_board_asks_as_often_for_many_as_for_few(
    as_user, coordinator, submitted, board, django_assert_num_queries, state
):
    client = as_user(coordinator)
    fill(submitted.round, coordinator, 1, state=state)
    with django_assert_num_queries(19):
        client.get(board)
    Result.objects.exclude(pk=submitted.pk).delete()
    fill(submitted.round, coordinator, 60, state=state)
    with django_assert_num_queries(19):
        client.get(board)


def test_the_board_puts_the_late_ones_first(as_user, coordinator, open_round, welfare, board):
    medical = Department.objects.get(slug="medical")
    tomorrow = timezone.localdate() + timedelta(days=1)
    services.extend_round(actor=coordinator, reporting_round=open_round, department=medical, until=tomorrow)
    fill(open_round, coordinator, 3)
    progress = as_user(coordinator).get(board).context["progress"]
    assert [row.is_late for row in progress] == sorted((row.is_late for row in progress), reverse=True)
    by_slug = {row.department.slug: row for row in progress}
    assert by_slug["social-welfare"].is_late
    assert not by_slug["medical"].is_late
    assert by_slug["medical"].due_on == tomorrow


def test_late_means_after_the_departments_own_last_day(as_user, coordinator, owner, submitted, welfare, url_of):
    pages = [
        (coordinator, url_of("indicators:result", 2022, 1, "1-1-2-1"), "기한 후 제출"),
        (coordinator, url_of("indicators:review_queue", 2022), "기한 후 제출"),
        (coordinator, url_of("indicators:round", 2022), "1명</td>"),
        (coordinator, url_of("indicators:round_department", 2022, "social-welfare"), "늦음"),
    ]
    late = {address: as_user(user).get(address).text for user, address, _word in pages}
    assert all("tag-late" in page for page in late.values())
    today = timezone.localdate()
    services.extend_round(actor=coordinator, reporting_round=submitted.round, department=welfare, until=today)
    for user, address, _word in pages[:2]:
        assert "tag-late" not in as_user(user).get(address).text
    row = as_user(coordinator).get(pages[2][1]).context["progress"]
    assert [r.due_on for r in row if r.department == welfare] == [today]
    assert "기한 후 제출" not in as_user(coordinator).get(pages[3][1]).text


@pytest.mark.parametrize("name", ["work", "grid", "result"])
def test_an_extended_department_reads_its_own_last_day(as_user, coordinator, owner, draft, welfare, url_of, name):
    address = url_of(f"indicators:{name}", *{"work": [], "grid": [2022], "result": [2022, 1, "1-1-2-1"]}[name])
    assert "2023-02-28" in as_user(owner).get(address).text
    until = timezone.localdate() + timedelta(days=1)
    services.extend_round(actor=coordinator, reporting_round=draft.round, department=welfare, until=until)
    page = as_user(owner).get(address).text
    assert str(until) in page
    assert "2023-02-28" not in page


def test_a_department_is_one_click_away(as_user, coordinator, committee, draft, board, url_of):
    address = url_of("indicators:round_department", 2022, "social-welfare")
    assert f'href="{address}"' in as_user(coordinator).get(board).text
    page = as_user(coordinator).get(address)
    assert "300명" in page.text
    assert url_of("indicators:result", 2022, 1, "1-1-2-1") in page.text
    hidden = as_user(committee).get(address)
    assert "300명" not in hidden.text
    assert "작성하는 중" in hidden.text
    assert "독촉 보내기" not in hidden.text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("coordinator", 200),
        ("administrator", 200),
        ("committee", 200),
        ("head", 200),
        ("other_head", 404),
        ("owner", 404),
        ("stranger", 404),
        (None, 302),
    ],
)
def test_who_reads_a_departments_list(request, as_user, open_round, url_of, role, status):
    user = role and request.getfixturevalue(role)
    address = url_of("indicators:round_department", 2022, "social-welfare")
    assert as_user(user).get(address).status_code == status
    assert as_user(user).post(address).status_code == (405 if role else 302)


def test_the_list_of_a_department_that_reports_nothing_is_not_found(as_user, coordinator, open_round, url_of):
    Department.objects.create(name="새 부서", slug="new")
    for slug in ("new", "nowhere"):
        assert as_user(coordinator).get(url_of("indicators:round_department", 2022, slug)).status_code == 404


def test_the_board_counts_every_department(as_user, coordinator, submitted, board):
    progress = {row.department.slug: row for row in as_user(coordinator).get(board).context["progress"]}
    assert len(progress) == 25
    welfare = progress["social-welfare"]
    assert (welfare.submitted, welfare.not_started, welfare.total) == (1, welfare.total - 1, welfare.total)
    assert sum(row.total for row in progress.values()) >= 115


# --- review


@pytest.fixture
def review(url_of):
    return url_of("indicators:review", 2022, 1, "1-1-2-1")


def test_a_return_needs_a_comment_and_reaches_the_department(as_user, coordinator, owner, submitted, review, url_of):
    client = as_user(coordinator)
    silent = client.post(review, {"decision": "return", "comment": "", "version": submitted.version})
    assert silent.status_code == 422
    assert "반려하는 까닭을 적어 주십시오." in silent.text
    client.post(review, {"decision": "return", "comment": "자활센터 몫을 더해 주십시오.", "version": submitted.version})
    result = Result.objects.get()
    assert (result.state, result.review_comment) == ("returned", "자활센터 몫을 더해 주십시오.")
    assert "자활센터 몫을 더해 주십시오." in as_user(owner).get(url_of("indicators:work")).text
    entry = url_of("indicators:result", 2022, 1, "1-1-2-1")
    again = {"value": "320", "missing_reason": "", "explanation": "", "version": result.version, "action": "submit"}
    assert as_user(owner).post(entry, again).status_code == 302
    assert Result.objects.get().state == "submitted"


def test_an_approval_closes_the_result(as_user, coordinator, submitted, review, url_of):
    response = as_user(coordinator).post(review, {"decision": "approve", "version": submitted.version})
    assert response.url == url_of("indicators:review_queue", 2022)
    assert Result.objects.get().state == "approved"


def test_an_approval_of_something_else_than_was_seen_is_refused(as_user, coordinator, owner, submitted, review):
    seen = submitted.version
    services.return_result(actor=coordinator, result=submitted, comment="확인")
    again = services.submit_result(actor=owner, result=Result.objects.get(), new=values(999))
    response = as_user(coordinator).post(review, {"decision": "approve", "version": seen})
    assert response.status_code == 409
    assert "그 사이 실적이 바뀌었습니다." in response.text
    assert "999명" in response.text
    assert Result.objects.get().state == again.state == "submitted"


@pytest.mark.parametrize("typed", [{"decision": "burn", "version": "3"}, {"decision": "approve"}, {}])
def test_a_bad_review_changes_nothing(as_user, coordinator, submitted, review, typed):
    assert as_user(coordinator).post(review, typed).status_code == 422
    assert Result.objects.get().state == "submitted"


def test_a_draft_is_not_approved(as_user, coordinator, draft, review):
    response = as_user(coordinator).post(review, {"decision": "approve", "version": draft.version})
    assert response.status_code == 409
    assert Result.objects.get().state == "draft"


# --- publication


def test_a_publication_covers_the_whole_plan(published):
    assert (published.edition, published.reason, len(published.sha256)) == (1, "", 64)
    assert published.figures.count() == 115
    figure = published.figures.get(indicator__code="1-1-2-1", indicator__area__number=1)
    assert (figure.target_value, figure.actual_value, figure.status) == (303, 310, "met")
    assert figure.attainment == Decimal("1.023102")
    assert figure.inputs["departments"] == ["사회복지과"]
    others = published.figures.exclude(pk=figure.pk)
    assert set(others.values_list("status", "actual_missing")) == {("unrated", "not_submitted")}


def test_a_published_figure_keeps_the_plan_of_its_day(published, indicator):
    indicator.milestones.filter(year=2022).update(value=1)
    indicator.title = "바뀐 이름"
    indicator.save()
    figure = published.figures.get(indicator=indicator)
    assert (figure.target_value, figure.inputs["title"]) == (303, "자활사업 참여자 수")


def test_published_records_cannot_be_changed(published):
    figure = published.figures.first()
    for act in (
        published.save,
        published.delete,
        figure.save,
        figure.delete,
        published.figures.all().delete,
        lambda: Figure.objects.update(status="met"),
        lambda: Publication.objects.update(reason="x"),
    ):
        with pytest.raises(AppendOnlyError):
            act()


def test_only_approved_results_are_published(submitted, open_round, coordinator):
    services.close_round(actor=coordinator, reporting_round=open_round)
    publication = services.publish_round(actor=coordinator, reporting_round=open_round)
    figure = publication.figures.get(indicator=submitted.indicator)
    assert (figure.actual_value, figure.actual_missing) == (None, "not_submitted")


def test_the_same_content_has_the_same_hash(published, coordinator):
    figures = list(published.figures.select_related("indicator"))
    assert services.digest_of(figures) == published.sha256
    figures[0].actual_value = Decimal(1)
    assert services.digest_of(figures) != published.sha256


def test_a_correction_is_a_new_edition_with_old_new_and_reason(as_user, coordinator, published, url_of):
    client = as_user(coordinator)
    correct = url_of("indicators:correct", 2022, 1, "1-1-2-1")
    publish = url_of("indicators:round_publish", 2022)
    citizen = as_user(None)
    public = url_of("indicators:indicator", 1, "1-1-2-1")

    assert "정정 사유" in client.get(correct).text
    unchanged = client.post(publish, {"reason": "다시"}, follow=True)
    assert "달라진 수치가 없어" in unchanged.text

    typed = {"value": "295", "missing_reason": "", "explanation": "", "comment": "중복을 뺌"}
    version = Result.objects.get().version
    assert client.post(correct, typed | {"version": version, "comment": ""}).status_code == 422
    assert client.post(correct, typed | {"version": version - 1}).status_code == 409
    shown = client.post(correct, typed | {"version": version})
    assert (shown.status_code, Result.objects.get().value) == (200, 310)
    assert shown.context["preview"].changes == [("실적", "310명", "295명"), ("판정", "달성", "근접")]
    assert 'value="295"' in shown.text
    seen = {"version": version, "seen": shown.context["preview"].sha256}
    other = client.post(correct, typed | seen | {"value": "294"})  # is not what was shown, so it is shown first
    assert (other.status_code, Result.objects.get().value) == (200, 310)
    assert other.context["preview"].changes[0] == ("실적", "310명", "294명")
    small = client.post(correct, typed | seen | {"value": "309"})
    assert small.context["preview"].changes == [("실적", "310명", "309명")]
    assert "판정은 그대로입니다." in small.text
    assert client.post(correct, typed | seen).status_code == 302
    again = correct_after_looking(client, correct, typed | {"version": version + 1})
    assert "바뀐 내용이 없어 저장하지 않았습니다." in client.get(again.url).text
    assert Result.objects.get().version == version + 1
    assert "295" not in citizen.get(public).text

    assert client.post(publish, {"reason": ""}).status_code == 422
    client.post(publish, {"reason": "중복 집계를 바로잡음"})
    second = Publication.objects.get(edition=2)
    assert second.figures.get(indicator__code="1-1-2-1", indicator__area__number=1).actual_value == 295
    page = citizen.get(public).text
    assert "310명" in page
    assert "295명" in page
    assert "중복 집계를 바로잡음" in page
    assert "중복 집계를 바로잡음" in citizen.get(url_of("plans:home")).text


def test_a_correction_of_the_explanation_is_told_too(as_user, coordinator, published, url_of):
    services.correct_result(
        actor=coordinator, result=Result.objects.get(), new={"explanation": "고친 설명"}, comment="오기"
    )
    services.publish_round(actor=coordinator, reporting_round=published.round, reason="설명을 고침")
    page = as_user(None).get(url_of("indicators:indicator", 1, "1-1-2-1"))
    assert [item.changes for item in page.context["corrections"]] == [[("설명", "", "고친 설명")]]


def test_a_rate_just_below_its_band_never_reads_as_reached(plan, open_round, owner, coordinator, indicator, client):
    indicator.milestones.filter(year=2022).update(value=10_000_000)
    result = Result(round=open_round, indicator=indicator, version=0)
    services.submit_result(actor=owner, result=result, new=values(9_999_999))
    services.approve_result(actor=coordinator, result=Result.objects.get())
    services.close_round(actor=coordinator, reporting_round=open_round)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    row = client.get(indicator.get_absolute_url()).context["series"].rows[0]
    assert (row.rate, row.status) == ("99.9%", "near")


def test_a_correction_waits_for_a_publication(as_user, coordinator, approved, url_of):
    typed = {"value": "309", "missing_reason": "", "explanation": "", "comment": "x", "version": approved.version}
    client, address = as_user(coordinator), url_of("indicators:correct", 2022, 1, "1-1-2-1")
    for response in (client.get(address), client.post(address, typed)):
        assert response.status_code == 409
        assert "공표된 회차에서만 정정할 수 있습니다." in response.text
        assert "정정할 값" not in response.text
    assert Result.objects.get().value == 310


def test_publishing_does_not_query_per_indicator(open_round, approved, coordinator, django_assert_max_num_queries):
    services.close_round(actor=coordinator, reporting_round=open_round)
    with django_assert_max_num_queries(26):
        services.publish_round(actor=coordinator, reporting_round=open_round)
    assert Indicator.objects.count() == Figure.objects.count()
