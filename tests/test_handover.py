"""People in charge and hand-over: who may, what moves, what is refused, and what the successor's sheet says."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.choices import Action
from accounts.models import ActivityEntry, Department, User
from commons.acts import NotAllowedNow
from indicators import services as round_services
from indicators.models import Assignment, Evidence, Indicator, Result
from indicators.people.selectors.handover import assigned_indicator_ids, desks_of, handover_of
from indicators.people.services.handover import assign_indicators, hand_over

from .conftest import make_user, values


@pytest.fixture
def successor(colleague):
    return colleague


@pytest.fixture
def head(welfare):
    return make_user("head", "head", welfare)


@pytest.fixture
def in_charge(owner, indicator):
    """The owner is in charge of 자활사업 참여자 수."""
    return Assignment.objects.create(indicator=indicator, user=owner)


@pytest.fixture
def department_page(url_of):
    return url_of("indicators:department_people", "social-welfare")


@pytest.fixture
def handover_page(url_of):
    return url_of("indicators:handover", "owner")


def shown(page) -> dict:
    """What the form of a page would send when nothing is touched."""
    form = page.context["form"]
    return {name: "" if form[name].value() is None else form[name].value() for name in form.fields}


def moving_to(person, owner, plan, **typed):
    return {"successor": person.pk, "seen": handover_of(owner, plan).fingerprint} | typed


def everything():
    """A picture of all that these pages could change."""
    return (
        list(Assignment.objects.order_by("pk").values()),
        list(User.objects.order_by("pk").values("pk", "is_active", "department")),
        list(Result.objects.order_by("pk").values()),
        ActivityEntry.objects.count(),
    )


@pytest.fixture
def handed_over(coordinator, owner, successor, plan, in_charge):
    seen = handover_of(owner, plan).fingerprint
    return hand_over(actor=coordinator, leaver=owner, successor=successor, plan=plan, seen=seen, switch_off=True)


@pytest.fixture
def sheet(url_of, handed_over):
    return url_of("indicators:handover_sheet", handed_over.pk)


# --- who may


class TestWhoMayAct:
    @pytest.fixture(params=["assign", "hand_over"])
    def act(self, request, plan, owner, colleague, indicator, in_charge, department_page, handover_page):
        if request.param == "assign":
            return department_page, {
                f"was_{indicator.pk}": str(owner.pk),
                f"officer_{indicator.pk}": str(colleague.pk),
            }
        return handover_page, moving_to(colleague, owner, plan)

    @pytest.mark.parametrize("role", ["coordinator", "administrator"])
    def test_keepers_of_the_plan_do(self, request, as_user, colleague, indicator, act, role):
        client = as_user(request.getfixturevalue(role))
        address, typed = act
        assert client.get(address).status_code == 200
        assert client.post(address, typed).status_code == 302
        assert assigned_indicator_ids(colleague) == {indicator.pk}

    def test_a_citizen_is_sent_to_sign_in(self, as_user, act):
        address, typed = act
        before = everything()
        for response in (as_user(None).get(address), as_user(None).post(address, typed)):
            assert response.status_code == 302
            assert response.url.startswith("/accounts/login/")
        assert everything() == before

    def test_the_committee_does_not(self, as_user, committee, act):
        address, typed = act
        before = everything()
        assert as_user(committee).post(address, typed).status_code == 403
        assert everything() == before

    def test_officers_and_heads_have_no_such_page(self, as_user, owner, colleague, stranger, head, act):
        address, typed = act
        before = everything()
        for person in (owner, colleague, stranger, head):
            assert as_user(person).get(address).status_code == 404
            assert as_user(person).post(address, typed).status_code == 404
        assert everything() == before

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_refused(self, as_user, coordinator, act, method):
        assert getattr(as_user(coordinator), method)(act[0]).status_code == 405


@pytest.mark.parametrize(
    ("role", "status"),
    [("coordinator", 200), ("administrator", 200), ("committee", 403), ("owner", 404), ("head", 404), (None, 302)],
)
def test_who_sees_the_people(request, as_user, plan, url_of, role, status):
    user = role and request.getfixturevalue(role)
    page = as_user(user).get(url_of("indicators:people"))
    assert page.status_code == status


@pytest.mark.parametrize("path", ["nowhere/", "nobody/handover/", "coordinator/handover/"])
def test_what_does_not_exist_is_not_found(as_user, coordinator, url_of, plan, path):
    client = as_user(coordinator)
    assert client.get(url_of("indicators:people") + path).status_code == 404
    assert client.post(url_of("indicators:people") + path).status_code == 404


def test_the_services_themselves_refuse_the_wrong_person(committee, owner, colleague, plan, welfare, indicator):
    before = everything()
    for person in (committee, owner):
        with pytest.raises(PermissionDenied):
            assign_indicators(actor=person, department=welfare, plan=plan, wanted={indicator.pk: ("", owner)})
        with pytest.raises(PermissionDenied):
            hand_over(actor=person, leaver=owner, successor=colleague, plan=plan, seen="")
    assert everything() == before


# --- people


def test_the_people_with_what_they_are_in_charge_of(
    as_user, coordinator, owner, colleague, head, welfare, indicator, in_charge, draft, url_of
):
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    page = as_user(coordinator).get(url_of("indicators:people"))
    group = next(g for g in page.context["departments"] if g.department == welfare)
    assert [(p.user, p.in_charge, p.open) for p in group.people] == [(head, 0, 0), (owner, 1, 1), (colleague, 0, 0)]
    assert (group.indicators, group.unassigned) == (7, 6)
    assert "사용 중지" in page.text
    assert "담당자 계정 없음" in page.text
    assert page.text.count("담당자 없는 지표 6개") >= 1


def test_what_is_handed_in_is_no_open_work(as_user, coordinator, owner, in_charge, submitted, url_of):
    page = as_user(coordinator).get(url_of("indicators:people"))
    people = [person for group in page.context["departments"] for person in group.people]
    assert [(p.in_charge, p.open) for p in people if p.user == owner] == [(1, 0)]


def test_somebody_who_moved_is_shown_and_can_be_replaced(
    as_user, coordinator, owner, colleague, indicator, in_charge, department_page, url_of
):
    User.objects.filter(pk=owner.pk).update(department=Department.objects.get(slug="medical"))
    page = as_user(coordinator).get(url_of("indicators:people"))
    assert "옛 부서 1개" in page.text
    client = as_user(coordinator)
    typed = shown(client.get(department_page))
    assert typed[f"officer_{indicator.pk}"] == str(owner.pk)
    client.post(department_page, typed | {f"officer_{indicator.pk}": str(colleague.pk)})
    assert list(Assignment.objects.values_list("user", flat=True)) == [colleague.pk]


def test_all_rows_are_saved_at_once_with_traces(as_user, coordinator, owner, colleague, department_page):
    client = as_user(coordinator)
    page = client.get(department_page)
    indicators = [desk.indicator for desk in page.context["form"].desks]
    assert len(indicators) == 7
    typed = shown(page) | {f"officer_{i.pk}": str(owner.pk) for i in indicators[:3]}
    typed[f"officer_{indicators[3].pk}"] = str(colleague.pk)
    done = client.post(department_page, typed, follow=True)
    assert "지표 4개의 담당자를 바꾸었습니다." in done.text
    assert assigned_indicator_ids(owner) == {i.pk for i in indicators[:3]}
    assert assigned_indicator_ids(colleague) == {indicators[3].pk}
    trace = ActivityEntry.objects.about(indicators[0]).get()
    assert (trace.actor_name, trace.changes) == ("coordinator", [["담당자", "", "owner"]])
    assert not ActivityEntry.objects.about(indicators[4]).exists()
    # One is taken off, and the same page sent again changes nothing.
    typed = shown(client.get(department_page)) | {f"officer_{indicators[0].pk}": ""}
    client.post(department_page, typed)
    assert assigned_indicator_ids(owner) == {i.pk for i in indicators[1:3]}
    assert ActivityEntry.objects.about(indicators[0]).first().changes == [["담당자", "owner", ""]]
    count = ActivityEntry.objects.count()
    assert (
        "바뀐 담당자가 없습니다." in client.post(department_page, shown(client.get(department_page)), follow=True).text
    )
    assert ActivityEntry.objects.count() == count


def test_the_rest_goes_to_one_person(as_user, coordinator, owner, colleague, welfare, plan, in_charge, department_page):
    client = as_user(coordinator)
    client.post(department_page, shown(client.get(department_page)) | {"rest": str(colleague.pk)})
    assert len(assigned_indicator_ids(colleague)) == 6
    assert assigned_indicator_ids(owner) == {in_charge.indicator_id}
    assert "rest" not in client.get(department_page).context["form"].fields


def test_a_row_that_somebody_else_changed_is_not_overwritten(
    as_user, coordinator, administrator, owner, colleague, welfare, plan, indicator, in_charge, department_page
):
    client = as_user(coordinator)
    typed = shown(client.get(department_page))
    third = make_user("third", "officer", welfare)
    other = next(d.indicator for d in desks_of(welfare, plan) if d.indicator != indicator)
    assign_indicators(
        actor=administrator, department=welfare, plan=plan, wanted={indicator.pk: (str(owner.pk), colleague)}
    )
    typed |= {f"officer_{indicator.pk}": str(third.pk), f"officer_{other.pk}": str(owner.pk)}
    before = everything()
    response = client.post(department_page, typed)
    assert response.status_code == 409
    assert "그 사이 다른 사람이 바꾸었습니다. 지금 담당자: colleague" in response.text
    assert everything() == before
    # What was chosen is still there, now on top of the newer state: saving again is a decision.
    assert shown(response)[f"officer_{indicator.pk}"] == str(third.pk)
    assert client.post(department_page, shown(response)).status_code == 302
    assert assigned_indicator_ids(third) == {indicator.pk}
    assert assigned_indicator_ids(owner) == {other.pk}


def test_only_active_officers_of_the_department_can_be_chosen(
    as_user, coordinator, owner, colleague, stranger, head, welfare, plan, indicator, department_page
):
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    client = as_user(coordinator)
    before = everything()
    for person in (colleague, stranger, head):
        typed = shown(client.get(department_page)) | {f"officer_{indicator.pk}": str(person.pk)}
        response = client.post(department_page, typed)
        assert response.status_code == 422
        assert list(response.context["form"].errors) == [f"officer_{indicator.pk}"]
        assert "저장하지 않았습니다." in response.text
        with pytest.raises(NotAllowedNow):
            assign_indicators(actor=coordinator, department=welfare, plan=plan, wanted={indicator.pk: ("", person)})
    foreign = Indicator.objects.get_by_natural_key(plan.slug, 1, "2-3-1-1")
    with pytest.raises(NotAllowedNow):
        assign_indicators(actor=coordinator, department=welfare, plan=plan, wanted={foreign.pk: ("", owner)})
    assert everything() == before


def test_a_shared_indicator_has_somebody_in_each_department(
    as_user, coordinator, owner, stranger, plan, indicator, in_charge, department_page, url_of
):
    medical = stranger.department
    indicator.tasks.add(medical.tasks.first())
    client = as_user(coordinator)
    theirs = url_of("indicators:department_people", "medical")
    typed = shown(client.get(theirs))
    assert typed[f"was_{indicator.pk}"] == ""
    client.post(theirs, typed | {f"officer_{indicator.pk}": str(stranger.pk)})
    assert set(Assignment.objects.values_list("user", flat=True)) == {owner.pk, stranger.pk}
    typed = shown(client.get(department_page)) | {f"officer_{indicator.pk}": ""}
    client.post(department_page, typed)
    assert list(Assignment.objects.values_list("user", flat=True)) == [stranger.pk]


def test_two_in_charge_stay_until_somebody_else_is_chosen(
    as_user, coordinator, owner, colleague, indicator, in_charge, department_page
):
    Assignment.objects.create(indicator=indicator, user=colleague)
    client = as_user(coordinator)
    page = client.get(department_page)
    assert "owner, colleague" in page.text
    client.post(department_page, shown(page))
    assert Assignment.objects.count() == 2
    client.post(department_page, shown(page) | {f"officer_{indicator.pk}": str(owner.pk)})
    assert list(Assignment.objects.values_list("user", flat=True)) == [owner.pk]


# --- hand-over


def test_the_page_shows_what_would_move(as_user, coordinator, owner, colleague, in_charge, submitted, handover_page):
    round_services.return_result(actor=coordinator, result=submitted, comment="근거를 덧붙여 주십시오.")
    page = as_user(coordinator).get(handover_page)
    assert page.context["moving"].in_charge == [in_charge.indicator]
    assert len(page.context["moving"].unassigned) == 6
    assert len(page.context["work"]) == 7
    for words in ("자활사업 참여자 수", "반려", "근거를 덧붙여 주십시오.", "시작 전"):
        assert words in page.text
    assert [label for _pk, label in page.context["form"].fields["successor"].choices] == ["선택", "colleague"]


def test_handing_over_moves_what_was_in_charge_and_switches_the_account_off(
    as_user, coordinator, owner, successor, plan, indicator, in_charge, draft, handover_page, url_of
):
    typed = moving_to(successor, owner, plan, switch_off="on")
    done = as_user(coordinator).post(handover_page, typed, follow=True)
    assert "owner의 업무를 colleague에게 인계했습니다." in done.text
    assert assigned_indicator_ids(successor) == {indicator.pk}
    assert assigned_indicator_ids(owner) == set()
    owner.refresh_from_db()
    assert (owner.is_active, owner.department) == (False, successor.department)
    entry = ActivityEntry.objects.about(successor).get()
    assert done.redirect_chain[-1][0] == url_of("indicators:handover_sheet", entry.pk)
    assert (entry.action, entry.actor_name) == (Action.HANDED_OVER, "coordinator")
    assert entry.changes == [
        ["담당자", "owner", "colleague"],
        ["1/1-1-2-1 자활사업 참여자 수", "owner", "colleague"],
        ["owner 계정", "사용 중", "사용 중지"],
    ]
    assert ActivityEntry.objects.about(indicator).get().changes == [["담당자", "owner", "colleague"]]
    assert ActivityEntry.objects.about(owner).get().changes == [["계정", "사용 중", "사용 중지"]]
    # History keeps the leaver's name.
    assert Result.objects.get().updated_by == owner
    assert ActivityEntry.objects.about(draft).get().actor_name == "owner"


def test_what_nobody_is_in_charge_of_goes_along_when_chosen(
    as_user, coordinator, owner, successor, plan, in_charge, handover_page
):
    as_user(coordinator).post(handover_page, moving_to(successor, owner, plan, with_unassigned="on"))
    assert len(assigned_indicator_ids(successor)) == 7
    owner.refresh_from_db()
    assert owner.is_active
    entry = ActivityEntry.objects.about(successor).get()
    assert [change[1] for change in entry.changes].count("") == 6


def test_a_colleague_who_shares_the_charge_keeps_it(coordinator, owner, successor, welfare, plan, in_charge, indicator):
    third = make_user("third", "officer", welfare)
    for person in (third, successor):
        Assignment.objects.create(indicator=indicator, user=person)
    hand_over(
        actor=coordinator, leaver=owner, successor=successor, plan=plan, seen=handover_of(owner, plan).fingerprint
    )
    assert set(Assignment.objects.values_list("user", flat=True)) == {third.pk, successor.pk}


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("owner", "인계하는 사람과 다른 사람을 골라 주십시오."),
        ("stranger", "다른 부서 사람입니다. 같은 부서의 담당자를 골라 주십시오."),
        ("head", "부서 담당자가 아닙니다."),
        ("coordinator", "다른 부서 사람입니다."),
        ("colleague", "사용이 중지된 계정입니다."),
        ("", "필수"),
        ("999999", "올바르게 선택해"),
        ("x", "올바르게 선택해"),
    ],
)
def test_the_wrong_successor_is_refused_at_the_field(
    request, as_user, coordinator, owner, colleague, plan, in_charge, handover_page, who, message
):
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    person = request.getfixturevalue(who) if who.isalpha() and len(who) > 1 else None
    typed = moving_to(coordinator, owner, plan, switch_off="on") | {"successor": person.pk if person else who}
    before = everything()
    response = as_user(coordinator).post(handover_page, typed)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["successor"]
    assert message in response.text
    assert response.context["form"]["switch_off"].value()
    assert everything() == before
    if person:
        person.refresh_from_db()
        with pytest.raises(NotAllowedNow, match=message):
            hand_over(actor=coordinator, leaver=owner, successor=person, plan=plan, seen=typed["seen"])
        assert everything() == before


def test_nothing_to_hand_over_is_said_at_its_field(as_user, coordinator, owner, successor, plan, handover_page):
    response = as_user(coordinator).post(handover_page, moving_to(successor, owner, plan))
    assert response.status_code == 422
    assert "맡은 지표가 없습니다." in response.text
    assert "with_unassigned" in response.context["form"].errors
    assert as_user(coordinator).get(handover_page).context["form"]["with_unassigned"].value() is True
    with pytest.raises(NotAllowedNow, match="인계할 지표가 없습니다"):
        hand_over(
            actor=coordinator, leaver=owner, successor=successor, plan=plan, seen=handover_of(owner, plan).fingerprint
        )


def test_nothing_moves_that_the_page_did_not_show(
    as_user, coordinator, owner, successor, welfare, plan, in_charge, handover_page
):
    client = as_user(coordinator)
    typed = shown(client.get(handover_page)) | {"successor": successor.pk}
    del typed["with_unassigned"], typed["switch_off"]
    other = next(d.indicator for d in desks_of(welfare, plan) if not d.users)
    Assignment.objects.create(indicator=other, user=owner)
    before = everything()
    response = client.post(handover_page, typed)
    assert response.status_code == 409
    assert "그 사이 담당이 바뀌었습니다." in response.text
    assert everything() == before
    typed["seen"] = response.context["form"]["seen"].value()
    assert client.post(handover_page, typed).status_code == 302
    assert len(assigned_indicator_ids(successor)) == 2


def test_a_department_without_a_successor_says_what_to_do(as_user, coordinator, owner, in_charge, handover_page):
    page = as_user(coordinator).get(handover_page)
    assert "이 부서에 인계받을 담당자가 없습니다." in page.text
    assert "사용자 등록" in page.text


# --- the sheet


def test_the_sheet_tells_what_is_open_what_was_said_and_how_numbers_are_made(
    as_user, coordinator, owner, successor, plan, indicator, in_charge, submitted, url_of
):
    Indicator.objects.filter(pk=indicator.pk).update(
        formula="참여자 수의 합", data_source="자활사업 전산", remarks="연인원이 아님", note="2022년부터 기준이 바뀜"
    )
    Result.objects.update(basis="자활센터 두 곳의 명부를 더함")
    result = Result.objects.get()
    round_services.add_comment(actor=coordinator, result=result, text="작년과 왜 다릅니까?")
    round_services.return_result(actor=coordinator, result=result, comment="근거를 덧붙여 주십시오.")
    Evidence.objects.create(
        result=result, file="evidence/x.pdf", name="명부.pdf", size=10, content_type="application/pdf", sha256="0" * 64
    )
    entry = hand_over(
        actor=coordinator, leaver=owner, successor=successor, plan=plan, seen=handover_of(owner, plan).fingerprint
    )
    page = as_user(successor).get(url_of("indicators:handover_sheet", entry.pk))
    for words in (
        "owner",
        "colleague",
        "사회복지과",
        "자활사업 참여자 수",
        "반려",
        "근거를 덧붙여 주십시오.",
        "작년과 왜 다릅니까?",
        "참여자 수의 합",
        "자활사업 전산",
        "연인원이 아님",
        "2022년부터 기준이 바뀜",
        "자활센터 두 곳의 명부를 더함",
        "명부.pdf",
        "303명",
        "310명",
    ):
        assert words in page.text, words
    assert [item.state for item in page.context["work"]] == ["returned"]
    assert [item.indicator for item in page.context["sheet"]] == [indicator]


def test_who_reads_the_sheet(as_user, coordinator, administrator, successor, head, sheet, url_of):
    for reader in (coordinator, administrator, successor, head):
        assert as_user(reader).get(sheet).status_code == 200
        assert sheet in as_user(reader).get(url_of("indicators:handovers")).text


def test_others_do_not(as_user, committee, stranger, owner, welfare, sheet, url_of):
    third = make_user("third", "officer", welfare)
    foreign_head = make_user("foreign-head", "head", stranger.department)
    for person in (committee, stranger, third, foreign_head):
        assert as_user(person).get(sheet).status_code == 404
        listed = as_user(person).get(url_of("indicators:handovers"))
        assert sheet not in listed.text
    assert as_user(committee).get(url_of("indicators:handovers")).status_code == 404
    assert as_user(None).get(sheet).url.startswith("/accounts/login/")
    assert as_user(owner).get(sheet).status_code == 302  # the leaver's account is switched off


def test_the_leaver_does_not_read_it_when_the_account_stays_on(as_user, owner, sheet):
    User.objects.filter(pk=owner.pk).update(is_active=True)
    assert as_user(owner).get(sheet).status_code == 404


def test_a_successor_who_left_the_department_no_longer_reads_its_work(as_user, successor, stranger, sheet):
    User.objects.filter(pk=successor.pk).update(department=stranger.department)
    assert as_user(successor).get(sheet).status_code == 404


def test_other_entries_have_no_sheet(as_user, coordinator, draft, handed_over, indicator, url_of):
    client = as_user(coordinator)
    for entry in (ActivityEntry.objects.about(draft).first(), ActivityEntry.objects.about(indicator).first()):
        assert client.get(url_of("indicators:handover_sheet", entry.pk)).status_code == 404
    assert client.get(url_of("indicators:handover_sheet", 999999)).status_code == 404
    assert client.post(url_of("indicators:handover_sheet", handed_over.pk)).status_code == 405


def test_the_handed_over_work_goes_on(as_user, successor, handed_over, draft, url_of):
    entry = url_of("indicators:result", 2022, 1, "1-1-2-1")
    assert 'value="300"' in as_user(successor).get(entry).text
    saved = round_services.save_result(actor=successor, result=Result.objects.get(), new=values(305))
    assert saved.updated_by == successor


def test_my_work_marks_what_is_mine_and_leads_to_the_sheet(as_user, owner, successor, handed_over, open_round, url_of):
    page = as_user(successor).get(url_of("indicators:work"))
    assert page.context["due"][0].indicator.pk == Assignment.objects.get().indicator_id
    assert page.text.count('<span class="tag">담당</span>') == 1
    assert "최근 인계: owner → colleague" in page.text
    assert url_of("indicators:handovers") in page.text
    third = make_user("third", "officer", successor.department)
    assert "최근 인계" not in as_user(third).get(url_of("indicators:work")).text


# --- queries


def test_the_pages_ask_a_fixed_number_of_queries(
    as_user, coordinator, owner, successor, welfare, plan, open_round, in_charge, url_of, django_assert_num_queries
):
    client = as_user(coordinator)
    pages = [
        (url_of("indicators:people"), 12),
        (url_of("indicators:department_people", "social-welfare"), 9),
        (url_of("indicators:handover", "owner"), 13),
    ]
    desks = [desk.indicator for desk in desks_of(welfare, plan)]
    for more in ([], desks[1:4]):
        for indicator in more:
            Assignment.objects.get_or_create(indicator=indicator, user=owner)
        for address, queries in pages:
            with django_assert_num_queries(queries):
                client.get(address)
    for number, moved in enumerate((desks[:1], desks), start=1):
        leaver = make_user(f"leaver-{number}", "officer", welfare)
        Assignment.objects.all().delete()
        for indicator in moved:
            Assignment.objects.create(indicator=indicator, user=leaver)
            Result.objects.get_or_create(round=open_round, indicator=indicator)
        entry = hand_over(
            actor=coordinator,
            leaver=leaver,
            successor=successor,
            plan=plan,
            seen=handover_of(leaver, plan).fingerprint,
            now=timezone.now() + timedelta(minutes=number),
        )
        with django_assert_num_queries(19):
            client.get(url_of("indicators:handover_sheet", entry.pk))
