"""Review: the coordinator's queue, the department head's consent, many at once, comments, and who is told by mail."""

from decimal import Decimal

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import ActivityEntry, Department
from commons.acts import NotAllowedNow
from indicators import services
from indicators.choices import ResultState
from indicators.models import Indicator, Result, ResultComment

from .conftest import make_user, tight, values

KEY = (2022, 1, "1-1-2-1")


@pytest.fixture
def queue(url_of):
    return url_of("indicators:review_queue", 2022)


@pytest.fixture
def review(url_of):
    return url_of("indicators:review", *KEY)


@pytest.fixture
def endorse(url_of):
    return url_of("indicators:endorse", *KEY)


@pytest.fixture
def comments(url_of):
    return url_of("indicators:comments", *KEY)


@pytest.fixture
def two_levels(plan):
    plan.needs_endorsement = True
    plan.save()
    return plan


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Carry out an act as if its transaction ended, and return the mails it sent."""

    def of(act):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return list(mail.outbox)

    return of


def submit_more(reporting_round, officer, count, number=50):
    """Hand in *count* further results of the officer's department, in the order of their codes."""
    own = Indicator.objects.of_department(officer.department).exclude(area__number=1, code="1-1-2-1")
    own = own.filter(value_kind="number").select_related("area__plan").prefetch_related("tasks__department")
    handed_in = []
    for indicator in own[:count]:
        blank = Result(round=reporting_round, indicator=indicator, version=0)
        handed_in.append(services.submit_result(actor=officer, result=blank, new=values(number)))
    assert len(handed_in) == count
    return handed_in


def address_of(name, result, url_of):
    return url_of(f"indicators:{name}", 2022, result.indicator.area.number, result.indicator.code)


# --- the queue


def test_the_queue_shows_what_a_result_is_judged_by(as_user, coordinator, owner, published, queue, url_of, plan):
    following = published.round
    following.pk, following.year, following.state = None, 2023, "open"
    following._state.adding = True
    following.save()
    blank = Result(round=following, indicator=Indicator.objects.get_by_natural_key(plan.slug, 1, "1-1-2-1"), version=0)
    services.submit_result(
        actor=owner,
        result=blank,
        new=values(240, explanation="사업 축소", basis="명부", doubt_answer="예산이 줄었습니다."),
    )
    page = as_user(coordinator).get(url_of("indicators:review_queue", 2023))
    [row] = page.context["queue"]
    assert (row.actual, row.last, row.change) == ("240명", "310명", "−70명 (−22.5%)")
    assert row.target != "–"
    for words in ("사업 축소", "명부", "지난해보다 20% 넘게 나빠짐", "예산이 줄었습니다."):
        assert words in page.text


def test_the_queue_shows_what_changed_since_the_return(as_user, coordinator, owner, submitted, queue, review):
    services.return_result(actor=coordinator, result=submitted, comment="중복을 빼 주십시오.")
    again = services.save_result(actor=owner, result=Result.objects.get(), new=values(305))
    services.submit_result(actor=owner, result=again, new=values(304, basis="명부"))
    [row] = as_user(coordinator).get(queue).context["queue"]
    assert row.since_return.entry.comment == "중복을 빼 주십시오."
    assert row.since_return.changes == [("값", "310명", "304명"), ("산출근거", "", "명부")]
    assert "310명 → 304명" in as_user(coordinator).get(review).text


def test_a_result_handed_in_again_unchanged_says_so(as_user, coordinator, owner, submitted, review):
    services.return_result(actor=coordinator, result=submitted, comment="확인")
    services.submit_result(actor=owner, result=Result.objects.get(), new=values(310))
    assert "값과 설명을 바꾸지 않고 다시 제출했습니다." in as_user(coordinator).get(review).text


def test_an_empty_queue_says_what_will_be_here(as_user, coordinator, open_round, queue):
    assert "지금 승인할 실적이 없습니다." in as_user(coordinator).get(queue).text


def test_the_queue_asks_as_often_for_many_as_for_few(
    as_user, coordinator, owner, submitted, queue, review, django_assert_num_queries
):
    client = as_user(coordinator)
    with django_assert_num_queries(17):
        client.get(queue)
    with django_assert_num_queries(22):
        client.get(review)
    for slug in ("medical", "climate-environment"):
        submit_more(submitted.round, make_user(slug, "officer", Department.objects.get(slug=slug)), 4)
    submit_more(submitted.round, owner, 4)
    services.return_result(actor=coordinator, result=submitted, comment="확인")
    services.submit_result(actor=owner, result=Result.objects.get(pk=submitted.pk), new=values(311))
    with django_assert_num_queries(17):
        client.get(queue)
    with django_assert_num_queries(22):
        client.get(review)


READERS = [
    ("coordinator", 200),
    ("administrator", 200),
    ("committee", 403),
    ("owner", 404),
    ("head", 404),
    ("stranger", 404),
    (None, 302),
]


@pytest.mark.parametrize(("role", "status"), READERS)
def test_who_opens_the_queue(request, as_user, submitted, queue, role, status):
    user = role and request.getfixturevalue(role)
    assert as_user(user).get(queue).status_code == status


@pytest.mark.parametrize(
    ("role", "status"), [*[pair for pair in READERS if pair[0] not in ("owner", "head")], ("owner", 404), ("head", 404)]
)
def test_who_opens_a_review(request, as_user, submitted, review, role, status):
    user = role and request.getfixturevalue(role)
    assert as_user(user).get(review).status_code == status


def test_what_was_never_saved_has_nothing_to_review(as_user, coordinator, open_round, review):
    assert as_user(coordinator).get(review).status_code == 404
    assert as_user(coordinator).post(review, {"decision": "approve", "version": 0}).status_code == 404


# --- one decision after the other


def test_the_next_result_opens_by_itself(as_user, coordinator, owner, submitted, url_of, review, queue):
    second, third = submit_more(submitted.round, owner, 2)
    client = as_user(coordinator)
    response = client.post(
        address_of("review", second, url_of), {"decision": "approve", "version": second.version}, follow=True
    )
    assert response.redirect_chain[-1][0] == address_of("review", third, url_of)
    assert "실적을 승인했습니다. 다음 실적을 열었습니다." in response.text
    response = client.post(
        address_of("review", third, url_of),
        {"decision": "return", "comment": "근거", "version": third.version},
    )
    assert response.url == review  # after the last of the queue comes its first
    response = client.post(review, {"decision": "approve", "version": submitted.version}, follow=True)
    assert response.redirect_chain[-1][0] == queue
    assert "기다리는 실적이 더 없습니다." in response.text


def test_a_template_and_own_words_are_joined(as_user, coordinator, submitted, review):
    typed = {"decision": "return", "template": "basis", "comment": "12월 말 기준으로.", "version": submitted.version}
    as_user(coordinator).post(review, typed)
    comment = Result.objects.get().review_comment
    assert comment.startswith("산출근거를 적어 주십시오.")
    assert comment.endswith("12월 말 기준으로.")


def test_a_template_alone_is_a_comment_and_is_never_doubled(as_user, coordinator, owner, submitted, review):
    as_user(coordinator).post(
        review, {"decision": "return", "template": "unit", "comment": "", "version": submitted.version}
    )
    comment = Result.objects.get().review_comment
    assert comment == "단위와 자릿수가 맞는지 확인해 주십시오."
    again = services.submit_result(actor=owner, result=Result.objects.get(), new=values(311))
    typed = {"decision": "return", "template": "unit", "comment": f"{comment} 급합니다.", "version": again.version}
    as_user(coordinator).post(review, typed)
    assert Result.objects.get().review_comment == f"{comment} 급합니다."


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ({"comment": "  "}, "comment", "반려하는 까닭을 적어 주십시오."),
        ({"comment": "가" * 1001}, "comment", "1000"),
        ({"comment": "가" * 1000, "template": "unit"}, "comment", "고른 의견과 합하여 1000자까지"),
        ({"comment": "x", "template": "nonsense"}, "template", ""),
        ({"comment": "x", "decision": "endorse"}, "decision", "무엇을 할지 알아볼 수 없습니다."),
    ],
)
def test_a_bad_return_is_answered_at_its_field(as_user, coordinator, submitted, review, typed, field, message):
    response = as_user(coordinator).post(review, {"decision": "return", "version": submitted.version} | typed)
    assert response.status_code == 422
    assert field in response.context["review_form"].errors
    assert message in response.text
    assert Result.objects.get().state == "submitted"


def test_a_decision_on_a_stale_page_is_refused_with_what_is_there_now(as_user, coordinator, owner, submitted, review):
    seen = submitted.version
    services.return_result(actor=coordinator, result=submitted, comment="확인")
    services.submit_result(actor=owner, result=Result.objects.get(), new=values(288))
    response = as_user(coordinator).post(review, {"decision": "return", "comment": "내 의견", "version": seen})
    assert response.status_code == 409
    assert "그 사이 실적이 바뀌었습니다." in response.text
    assert "288명" in response.text
    assert "내 의견" in response.text
    stale_no_more = response.context["review_form"]["version"].value()
    assert int(stale_no_more) == Result.objects.get().version


def test_an_approval_with_words_keeps_them(as_user, coordinator, owner, submitted, review, sent):
    owner.email = "officer@localhost"
    owner.save()
    typed = {"decision": "approve", "comment": "설명이 좋습니다.", "version": submitted.version}
    [message] = sent(lambda: as_user(coordinator).post(review, typed))
    assert "설명이 좋습니다." in message.body
    assert ActivityEntry.objects.about(submitted).first().comment == "설명이 좋습니다."


# --- many at once


def test_many_are_approved_after_ticking(as_user, coordinator, owner, submitted, queue):
    more = submit_more(submitted.round, owner, 2)
    chosen = [f"{result.pk}:{result.version}" for result in [submitted, more[0]]]
    response = as_user(coordinator).post(queue, {"chosen": chosen}, follow=True)
    assert "2건을 승인했습니다." in response.text
    assert Result.objects.approved().count() == 2
    assert Result.objects.get(pk=more[1].pk).state == "submitted"


def test_those_that_changed_meanwhile_are_left_and_named(as_user, coordinator, owner, submitted, queue):
    [other] = submit_more(submitted.round, owner, 1)
    chosen = [f"{other.pk}:{other.version}", f"{submitted.pk}:{submitted.version}"]
    services.return_result(actor=coordinator, result=submitted, comment="확인")
    services.submit_result(actor=owner, result=Result.objects.get(pk=submitted.pk), new=values(299))
    response = as_user(coordinator).post(queue, {"chosen": chosen}, follow=True)
    assert "1건을 승인했습니다." in response.text
    assert "그대로 둔 실적 1건: ‘자활사업 참여자 수’" in response.text
    assert Result.objects.get(pk=submitted.pk).state == "submitted"
    assert Result.objects.get(pk=other.pk).state == "approved"


@pytest.mark.parametrize("chosen", [[], ["x"], ["1"], ["1:"], ["1:2:3"], ["-1:2"], ["9" * 30 + ":1"]])
def test_a_bad_choice_is_refused_with_words(as_user, coordinator, submitted, queue, chosen):
    response = as_user(coordinator).post(queue, {"chosen": chosen})
    assert response.status_code == 422
    assert "many_form" in response.context
    assert Result.objects.get().state == "submitted"


def test_the_result_of_another_round_is_not_approved_here(as_user, coordinator, submitted, queue, plan):
    submitted.round.__class__.objects.create(
        plan=plan, year=2023, opens_on="2024-01-02", due_on="2024-02-28", state="open"
    )
    other = queue.replace("2022/review", "2023/review")
    as_user(coordinator).post(other, {"chosen": [f"{submitted.pk}:{submitted.version}"]})
    assert Result.objects.get().state == "submitted"


@pytest.mark.parametrize(("role", "status"), READERS)
def test_who_approves_many(request, as_user, submitted, queue, role, status):
    user = role and request.getfixturevalue(role)
    response = as_user(user).post(queue, {"chosen": [f"{submitted.pk}:{submitted.version}"]})
    approves = role in ("coordinator", "administrator")
    assert response.status_code == (302 if approves else status)
    assert Result.objects.get().state == ("approved" if approves else "submitted")


# --- the second level


def test_the_second_level_is_switched_on_in_the_admin(as_user, coordinator, plan):
    page = as_user(coordinator).get(f"/admin/plans/plan/{plan.pk}/change/")
    typed = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    as_user(coordinator).post(page.request["PATH_INFO"], typed | {"needs_endorsement": "on"})
    plan.refresh_from_db()
    assert plan.needs_endorsement


def test_the_head_confirms_and_then_the_coordinator_approves(
    as_user, coordinator, head, two_levels, submitted, queue, review, endorse, url_of
):
    page = as_user(coordinator).get(queue)
    assert page.context["queue"] == []
    assert "부서장 head의 확인을 기다립니다." in page.text
    refused = as_user(coordinator).post(review, {"decision": "approve", "version": submitted.version})
    assert refused.status_code == 409
    assert "부서장이 아직 확인하지 않았습니다." in refused.text

    own = url_of("indicators:endorse_queue", 2022)
    assert len(as_user(head).get(own).context["queue"]) == 1
    response = as_user(head).post(endorse, {"decision": "endorse", "version": submitted.version}, follow=True)
    assert "실적을 확인했습니다. 총괄 담당자가 검토합니다." in response.text
    assert "총괄 담당자의 승인을 기다립니다." in response.text
    result = Result.objects.get()
    assert result.state == ResultState.ENDORSED
    assert len(as_user(coordinator).get(queue).context["queue"]) == 1
    as_user(coordinator).post(review, {"decision": "approve", "version": result.version})
    assert Result.objects.get().state == "approved"
    actions = [entry.action for entry in ActivityEntry.objects.about(result)]
    assert actions[:2] == ["result_approved", "result_endorsed"]


def test_the_head_returns_with_a_comment(as_user, head, two_levels, submitted, endorse, sent, owner):
    owner.email = "officer@localhost"
    owner.save()
    silent = as_user(head).post(endorse, {"decision": "return", "comment": "", "version": submitted.version})
    assert silent.status_code == 422
    typed = {"decision": "return", "comment": "팀에서 다시 보십시오.", "version": submitted.version}
    [message] = sent(lambda: as_user(head).post(endorse, typed))
    assert Result.objects.get().state == "returned"
    assert "반려한 사람: head" in message.body


def test_a_head_cannot_take_back_what_was_endorsed(as_user, head, two_levels, submitted, endorse):
    as_user(head).post(endorse, {"decision": "endorse", "version": submitted.version})
    version = Result.objects.get().version
    response = as_user(head).post(endorse, {"decision": "return", "comment": "x", "version": version})
    assert response.status_code == 409
    assert Result.objects.get().state == "endorsed"


def test_a_department_without_a_head_is_named(as_user, coordinator, two_levels, submitted, queue):
    assert "부서장 계정이 없습니다." in as_user(coordinator).get(queue).text


def test_without_the_second_level_the_head_only_reads(as_user, head, submitted, endorse, url_of):
    assert "부서장 확인을 쓰지 않습니다." in as_user(head).get(url_of("indicators:endorse_queue", 2022)).text
    for decision in ("endorse", "return"):
        response = as_user(head).post(endorse, {"decision": decision, "comment": "x", "version": submitted.version})
        assert response.status_code == 409
        assert "이 계획에서는 부서장 확인을 쓰지 않습니다." in response.text
    assert Result.objects.get().state == "submitted"


def test_many_at_once_skip_what_the_head_has_not_confirmed(as_user, coordinator, two_levels, submitted, queue):
    chosen = [f"{submitted.pk}:{submitted.version}"]
    response = as_user(coordinator).post(queue, {"chosen": chosen}, follow=True)
    assert "아직 승인할 수 없어 그대로 둔 실적 1건" in response.text
    assert Result.objects.get().state == "submitted"


def test_a_round_goes_on_when_the_second_level_is_switched_off(
    as_user, coordinator, head, two_levels, submitted, endorse, review, queue, plan
):
    as_user(head).post(endorse, {"decision": "endorse", "version": submitted.version})
    plan.needs_endorsement = False
    plan.save()
    assert len(as_user(coordinator).get(queue).context["queue"]) == 1
    as_user(coordinator).post(review, {"decision": "approve", "version": Result.objects.get().version})
    assert Result.objects.get().state == "approved"


HEADS = [
    ("head", 302),
    ("other_head", 404),
    ("owner", 403),
    ("stranger", 404),
    ("coordinator", 403),
    ("administrator", 403),
    ("committee", 403),
    (None, 302),
]


@pytest.mark.parametrize(("role", "status"), HEADS)
def test_who_endorses(request, as_user, two_levels, submitted, endorse, role, status):
    user = role and request.getfixturevalue(role)
    response = as_user(user).post(endorse, {"decision": "endorse", "version": submitted.version})
    assert response.status_code == status
    assert Result.objects.get().state == ("endorsed" if role == "head" else "submitted")
    if role is None:
        assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("role", "status"),
    [("head", 200), ("other_head", 200), ("owner", 404), ("coordinator", 403), ("committee", 403), (None, 302)],
)
def test_who_opens_the_heads_queue(request, as_user, two_levels, submitted, url_of, role, status):
    user = role and request.getfixturevalue(role)
    response = as_user(user).get(url_of("indicators:endorse_queue", 2022))
    assert response.status_code == status
    if role == "other_head":
        assert response.context["queue"] == []
        assert "310명" not in response.text


def test_the_head_is_led_to_the_newest_round(as_user, head, owner, open_round, url_of):
    home = url_of("indicators:endorse_home")
    assert as_user(head).get(home).url == url_of("indicators:endorse_queue", 2022)
    assert as_user(owner).get(home).status_code == 404
    assert as_user(None).get(home).status_code == 302
    open_round.delete()
    assert "아직 이행점검 회차가 없습니다." in as_user(head).get(home).text


# --- the officer is told


@pytest.fixture
def with_addresses(owner, colleague, stranger):
    for user, email in ((owner, "owner@localhost"), (colleague, "colleague@localhost"), (stranger, "x@localhost")):
        user.email = email
        user.save()


def test_a_return_is_told_to_the_officers_of_the_department(
    with_addresses, coordinator, submitted, sent, url_of, settings
):
    settings.SITE_URL = "https://plan.example.kr"
    act = lambda: services.return_result(actor=coordinator, result=submitted, comment="A & B를 <확인>")  # noqa: E731
    [message] = sent(act)
    assert message.to == ["owner@localhost", "colleague@localhost"]
    assert message.subject == "[서대문구] 실적이 반려되었습니다: 자활사업 참여자 수"
    assert "A & B를 <확인>" in message.body
    assert "https://plan.example.kr" + url_of("indicators:result", *KEY) in message.body


def test_approvals_are_told_once_for_each_department(with_addresses, coordinator, owner, submitted, sent):
    more = submit_more(submitted.round, owner, 2)
    versions = {result.pk: result.version for result in [submitted, *more]}
    [message] = sent(
        lambda: services.approve_results(actor=coordinator, reporting_round=submitted.round, versions=versions)
    )
    assert message.subject == "[서대문구] 실적 3건이 승인되었습니다"
    assert "1/1-1-2-1 자활사업 참여자 수: 310명" in message.body


def test_those_who_left_and_those_without_address_get_no_mail(coordinator, owner, colleague, submitted, sent):
    colleague.email, colleague.is_active = "gone@localhost", False
    colleague.save()
    assert sent(lambda: services.approve_result(actor=coordinator, result=submitted)) == []


def test_a_refused_act_tells_nobody(with_addresses, coordinator, draft, sent):
    def refused():
        with pytest.raises(NotAllowedNow):
            services.approve_result(actor=coordinator, result=draft)

    assert sent(refused) == []


def test_a_dead_mail_server_does_not_undo_the_decision(
    with_addresses, as_user, coordinator, submitted, review, sent, monkeypatch, caplog
):
    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
    typed = {"decision": "return", "comment": "확인", "version": submitted.version}
    assert sent(lambda: as_user(coordinator).post(review, typed)) == []
    assert Result.objects.get().state == "returned"
    assert "mails not sent" in caplog.text


# --- comments


WRITERS = {
    "draft": {"owner", "colleague", "head", "coordinator", "administrator"},
    "submitted": {"owner", "colleague", "head", "coordinator", "administrator", "committee"},
}
REFUSED = {"committee": 403, "stranger": 404, "other_head": 404, None: 302}


@pytest.mark.parametrize("state", ["draft", "submitted"])
@pytest.mark.parametrize("role", [*sorted(WRITERS["submitted"]), "stranger", "other_head", None])
def test_who_comments(request, as_user, comments, url_of, state, role):
    request.getfixturevalue(state)
    user = role and request.getfixturevalue(role)
    response = as_user(user).post(comments, {"text": "확인했습니다."}, follow=role is not None)
    if role in WRITERS[state]:
        assert response.status_code == 200
        assert "의견을 남겼습니다." in response.text
        assert "확인했습니다." in response.text
        assert ResultComment.objects.get().author_name == role
    else:
        assert response.status_code == REFUSED[role]
        assert not ResultComment.objects.exists()


@pytest.mark.parametrize(("text", "message"), [("", "필수"), ("   ", "필수"), ("가" * 1001, "1000")])
def test_a_bad_comment_is_refused_at_its_field(as_user, owner, draft, comments, text, message):
    response = as_user(owner).post(comments, {"text": text})
    assert response.status_code == 422
    assert message in str(response.context["comment_form"].errors["text"])
    assert 'id="id_remark_text_error"' in response.text
    assert 'value="300"' in response.text  # the entry form is still there
    assert not ResultComment.objects.exists()


def test_a_thread_tells_who_in_which_role_and_when(as_user, coordinator, committee, submitted, comments, url_of):
    at = timezone.now()
    services.add_comment(actor=coordinator, result=submitted, text="첫째", now=at)
    services.add_comment(actor=committee, result=submitted, text="둘째 <b>", now=at)
    text = as_user(coordinator).get(url_of("indicators:result", *KEY)).text
    thread = text[text.index('class="thread"') : text.index("의견 쓰기")]
    assert thread.index("첫째") < thread.index("둘째 &lt;b&gt;")
    assert "총괄 담당자" in thread
    assert "위원" in thread
    assert timezone.localtime(at).strftime("%Y-%m-%d %H:%M") in thread


def test_a_thread_is_not_shown_to_those_who_do_not_see_the_value(as_user, owner, committee, draft, url_of):
    services.add_comment(actor=owner, result=draft, text="아직 쓰는 중")
    assert "아직 쓰는 중" not in as_user(committee).get(url_of("indicators:result", *KEY)).text


def test_there_is_nothing_to_comment_on_before_the_first_save(as_user, owner, open_round, comments):
    response = as_user(owner).post(comments, {"text": "미리"})
    assert response.status_code == 409
    assert "실적이 저장된 뒤에 의견을 남길 수 있습니다." in response.text


def test_a_comment_outlives_its_author(as_user, coordinator, colleague, submitted, url_of):
    services.add_comment(actor=colleague, result=submitted, text="남는 말")
    colleague.delete()
    text = as_user(coordinator).get(url_of("indicators:result", *KEY)).text
    assert "남는 말" in text
    assert "colleague" in text


# --- traces


def test_every_act_on_a_result_reads_as_a_sentence(
    as_user, coordinator, owner, head, two_levels, submitted, review, endorse, comments, url_of
):
    as_user(head).post(endorse, {"decision": "endorse", "version": submitted.version})
    as_user(coordinator).post(
        review, {"decision": "return", "comment": "세분화를 넣어 주십시오.", "version": Result.objects.get().version}
    )
    again = services.save_result(
        actor=owner,
        result=Result.objects.get(),
        new=values(310) | {"breakdowns": {"male": Decimal(100), "female": Decimal(210)}},
    )
    as_user(owner).post(comments, {"text": "넣었습니다."})
    assert again.breakdowns.count() == 2
    text = tight(as_user(coordinator).get(url_of("indicators:result", *KEY)).text)
    trace = text[text.index('class="trace"') :]
    for words in (
        "부서장</span>부서장 확인",
        "총괄 담당자</span>실적 반려<br>세분화를 넣어 주십시오.",
        "남성: – → 100",
        "부서 담당자</span>의견<br>넣었습니다.",
        "부서 담당자</span>실적 제출",
    ):
        assert words in trace
