"""Replies of departments, the answer made of them, and their publication by edition."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import ActivityEntry
from commons.models import AppendOnlyError
from stakeholders import services as voices
from stakeholders.models import Consolidation, Deliberation, Question, Reply, ReplyDraft, ReplyPublication
from stakeholders.services.publications import digest_of, preview_replies

from .conftest import answer, draft_of


@pytest.fixture
def page(asked):
    return asked.get_absolute_url()


def typed(draft, action="save", **fields):
    return answer(**fields) | {"version": draft.version, "action": action}


# --- the department


def test_my_work_shows_what_was_asked_until_it_is_handed_in(as_user, owner, asked, url_of):
    officer = as_user(owner)
    work = officer.get(url_of("indicators:work"))
    assert [draft.question for draft in work.context["asked"]] == [asked]
    assert asked.summary in work.text
    voices.submit_reply(actor=owner, draft=draft_of(asked, owner), new=answer())
    assert officer.get(url_of("indicators:work")).context["asked"] == []


def test_a_reply_is_saved_then_handed_in(as_user, owner, asked, page):
    officer = as_user(owner)
    assert officer.post(page + "reply/", typed(draft_of(asked, owner))).status_code == 302
    draft = draft_of(asked, owner)
    assert (draft.state, draft.stance, draft.updated_by) == ("draft", "accepted", owner)
    officer.post(page + "reply/", typed(draft, "submit", summary="고친 답변"))
    draft = draft_of(asked, owner)
    assert (draft.state, draft.summary) == ("submitted", "고친 답변")
    entry = ActivityEntry.objects.about(draft).filter(action="reply_saved").first()
    assert ["답변 요지", "내년에 늘리겠습니다.", "고친 답변"] in entry.changes


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"stance": ""}, "검토 결과를 골라 주십시오."),
        ({"summary": " "}, "답변을 적어 주십시오."),
        ({"stance": "declined"}, "‘불수용’에는 사유를 적어 주십시오."),
        ({"stance": "partly", "reason": " "}, "‘일부수용’에는 사유를 적어 주십시오."),
        ({"stance": "yes"}, "올바르게 선택해 주세요"),
        ({"summary": "a" + "@" + "example.org로 보내십시오."}, "전자우편 주소로 보이는 내용"),
    ],
)
def test_a_reply_that_says_too_little_is_answered_at_the_field(as_user, owner, asked, page, fields, said):
    response = as_user(owner).post(page + "reply/", typed(draft_of(asked, owner), "submit", **fields))
    assert response.status_code == 422
    assert said in response.text
    if fields.get("summary", "").strip() or "summary" not in fields:
        assert fields.get("summary", "내년에 늘리겠습니다.") in response.text
    assert draft_of(asked, owner).state == "asked"


@pytest.mark.parametrize("stance", ["accepted", "done", "considered", "informed"])
def test_other_stances_need_no_reason(as_user, owner, asked, page, stance):
    as_user(owner).post(page + "reply/", typed(draft_of(asked, owner), "submit", stance=stance))
    assert draft_of(asked, owner).state == "submitted"


def test_a_draft_may_still_lack_its_reason(as_user, owner, asked, page):
    as_user(owner).post(page + "reply/", typed(draft_of(asked, owner), stance="declined", summary=""))
    assert draft_of(asked, owner).stance == "declined"


def test_of_two_colleagues_the_second_sees_both(as_user, owner, colleague, asked, page):
    opened = draft_of(asked, owner)
    as_user(colleague).post(page + "reply/", typed(opened, summary="동료의 답변"))
    response = as_user(owner).post(page + "reply/", typed(opened, summary="나의 답변", stance="done"))
    assert response.status_code == 409
    assert ("답변", "동료의 답변", "나의 답변") in response.context["comparison"]
    assert ("검토 결과", "수용", "기시행") in response.context["comparison"]
    assert draft_of(asked, owner).summary == "동료의 답변"
    version = response.context["reply_form"]["version"].value()
    as_user(owner).post(page + "reply/", typed(opened, summary="나의 답변") | {"version": version})
    assert draft_of(asked, owner).summary == "나의 답변"


def test_a_reply_that_was_handed_in_meanwhile_is_refused_with_what_was_typed(as_user, owner, colleague, asked, page):
    opened = draft_of(asked, owner)
    voices.submit_reply(actor=colleague, draft=draft_of(asked, owner), new=answer())
    response = as_user(owner).post(page + "reply/", typed(opened, summary="늦은 답변"))
    assert response.status_code == 409
    assert "제출되어 총괄 담당자의 검토를 기다리고 있습니다." in response.text
    assert "늦은 답변" in response.text


def test_departments_see_each_others_words_once_they_are_handed_in(as_user, owner, partner, asked, page):
    voices.save_reply(actor=owner, draft=draft_of(asked, owner), new=answer(summary="주관부서의 초안"))
    assert "주관부서의 초안" not in as_user(partner).get(page).text
    voices.submit_reply(actor=owner, draft=draft_of(asked, owner), new=answer(summary="주관부서의 초안"))
    assert "주관부서의 초안" in as_user(partner).get(page).text


def test_all_who_see_a_question_talk_in_its_thread(as_user, owner, partner, committee, coordinator, asked, page):
    for user in (owner, partner, committee, coordinator):
        as_user(user).post(page + "comments/", {"text": f"{user.username}의 말"})
    shown = as_user(committee).get(page).text
    assert all(f"{user.username}의 말" in shown for user in (owner, partner, committee, coordinator))
    assert as_user(owner).post(page + "comments/", {"text": ""}).status_code == 422


# --- the coordinator


def test_a_reply_that_does_not_answer_is_returned_and_the_officer_told(
    as_user, owner, coordinator, answered, page, django_capture_on_commit_callbacks
):
    owner.email = "owner@localhost"
    owner.save()
    keeper, draft = as_user(coordinator), draft_of(answered, owner)
    back = page + "drafts/social-welfare/return/"
    assert "무엇을 보완해야 하는지" in keeper.post(back, {"version": draft.version, "comment": ""}).text
    with django_capture_on_commit_callbacks(execute=True):
        keeper.post(back, {"version": draft.version, "comment": "언제까지인지 적어 주십시오."})
    draft = draft_of(answered, owner)
    assert (draft.state, draft.review_comment) == ("returned", "언제까지인지 적어 주십시오.")
    assert "언제까지인지" in mail.outbox[0].body
    assert "언제까지인지" in as_user(owner).get(page).text
    refused = keeper.post(back, {"version": draft.version, "comment": "또"})
    assert refused.status_code == 409
    assert "제출된 답변만 보완을 요청할 수 있습니다." in refused.text


def test_a_return_of_what_was_changed_meanwhile_is_refused(as_user, owner, coordinator, answered, page):
    old = draft_of(answered, owner).version
    ReplyDraft.objects.filter(question=answered, department=owner.department).update(version=old + 1)
    response = as_user(coordinator).post(page + "drafts/social-welfare/return/", {"version": old, "comment": "보완"})
    assert response.status_code == 409
    assert draft_of(answered, owner).state == "submitted"


def test_a_department_that_was_not_asked_cannot_be_returned_to(as_user, coordinator, answered, page):
    response = as_user(coordinator).post(page + "drafts/tax-1/return/", {"version": 1, "comment": "보완"})
    assert response.status_code == 404


def test_the_answer_begins_with_what_the_departments_said(as_user, coordinator, answered, page):
    shown = as_user(coordinator).get(page)
    proposed = shown.context["answer_form"]["summary"].value()
    assert proposed == "사회복지과: 내년에 늘리겠습니다.\n보건위생과: 내년에 늘리겠습니다."


def test_no_answer_is_made_before_the_lead_has_answered(as_user, coordinator, partner, asked, page):
    voices.submit_reply(actor=partner, draft=draft_of(asked, partner), new=answer())
    made = {"answer-stance": "accepted", "answer-summary": "종합", "answer-reason": "", "answer-version": 0}
    response = as_user(coordinator).post(page + "consolidate/", made | {"action": "ready"})
    assert response.status_code == 409
    assert "주관부서가 아직 답변을 제출하지 않았습니다." in response.text


def test_an_answer_that_says_too_little_is_not_made_ready(as_user, coordinator, answered, page):
    made = {"answer-stance": "declined", "answer-summary": "하지 않는다.", "answer-reason": "", "answer-version": 0}
    response = as_user(coordinator).post(page + "consolidate/", made | {"action": "ready"})
    assert response.status_code == 422
    assert "‘불수용’에는 사유를 적어 주십시오." in response.text
    assert "하지 않는다." in response.text
    as_user(coordinator).post(page + "consolidate/", made | {"action": "save"})
    assert not Consolidation.objects.get(question=answered).is_ready


def test_two_coordinators_see_each_others_answers(as_user, coordinator, administrator, answered, page):
    made = {
        "answer-stance": "accepted",
        "answer-summary": "먼저",
        "answer-reason": "",
        "answer-version": 0,
        "action": "save",
    }
    as_user(coordinator).post(page + "consolidate/", made)
    response = as_user(administrator).post(page + "consolidate/", made | {"answer-summary": "나중"})
    assert response.status_code == 409
    assert ("답변", "먼저", "나중") in response.context["comparison"]


def test_returning_takes_back_what_was_ready(coordinator, ready, owner):
    voices.return_reply(actor=coordinator, draft=draft_of(ready, owner), comment="더 적어 주십시오.")
    assert not Consolidation.objects.get(question=ready).is_ready
    assert not preview_replies(ready.deliberation).new


# --- publication


def test_publication_shows_first_what_everybody_will_see(as_user, client, coordinator, ready):
    keeper, forum = as_user(coordinator), ready.deliberation
    point = ready.opinions.first().get_absolute_url()
    page = keeper.get(forum.get_absolute_url() + "replies/")
    assert "내년에 늘리겠습니다." in page.text
    assert "일자리 다섯 개를 늘린다." in page.text
    assert "내년에 늘리겠습니다." not in client.get(point).text
    keeper.post(forum.get_absolute_url() + "replies/", {"seen": page.context["preview"].sha256})
    shown = client.get(point).text
    assert "내년에 늘리겠습니다." in shown
    assert "일자리 다섯 개를 늘린다." in shown


def test_a_joint_reply_names_all_who_answered_and_only_them(coordinator, asked, owner, partner):
    voices.submit_reply(actor=owner, draft=draft_of(asked, owner), new=answer())
    voices.consolidate_replies(actor=coordinator, question=asked, new=answer(), version=0, is_ready=True)
    edition = voices.publish_replies(actor=coordinator, deliberation=asked.deliberation)
    reply = edition.replies.get()
    assert (reply.department, list(reply.together_with.all())) == (owner.department, [])
    voices.submit_reply(actor=partner, draft=draft_of_unlocked(asked, partner), new=answer())
    made = Consolidation.objects.get(question=asked)
    new = answer(summary="함께 늘리겠습니다.")
    voices.consolidate_replies(actor=coordinator, question=asked, new=new, version=made.version, is_ready=True)
    edition = voices.publish_replies(
        actor=coordinator, deliberation=asked.deliberation, reason="협조부서의 답변을 더함"
    )
    assert list(edition.replies.get().together_with.all()) == [partner.department]


def draft_of_unlocked(question, user):
    """The draft of a department after the coordinator took the answer back to work."""
    made = Consolidation.objects.get(question=question)
    Consolidation.objects.filter(pk=made.pk).update(is_ready=False)
    return draft_of(question, user)


def test_nothing_is_published_that_was_not_shown(as_user, coordinator, ready):
    forum = ready.deliberation
    response = as_user(coordinator).post(forum.get_absolute_url() + "replies/", {"seen": "0" * 64}, follow=True)
    assert "그 사이 공개할 내용이 바뀌어 공개하지 않았습니다." in response.text
    assert not ReplyPublication.objects.filter(deliberation=forum).exists()


def test_a_later_edition_needs_a_reason_and_carries_the_rest_over(as_user, coordinator, replied):
    forum = replied.deliberation
    keeper, address = as_user(coordinator), forum.get_absolute_url() + "replies/"
    assert "새로 공개할 답변이 없습니다." in keeper.get(address).text
    assert "새로 공개할 답변이 없습니다." in keeper.post(address, {"reason": "까닭"}, follow=True).text
    made = Consolidation.objects.get(question=replied)
    new = answer("considered", "더 살펴보겠습니다.")
    voices.consolidate_replies(actor=coordinator, question=replied, new=new, version=made.version, is_ready=True)
    assert keeper.post(address, {"reason": ""}).status_code == 422
    keeper.post(address, {"reason": "검토 결과를 바로잡음"})
    editions = list(ReplyPublication.objects.filter(deliberation=forum))
    assert [edition.edition for edition in editions] == [1, 2]
    assert editions[0].replies.get().stance == "accepted"
    assert editions[1].replies.get().stance == "considered"


def test_an_answer_saved_anew_without_a_change_is_nothing_new(coordinator, replied):
    made = Consolidation.objects.get(question=replied)
    for new in (answer(summary="다른 말"), answer()):
        made = voices.consolidate_replies(
            actor=coordinator, question=replied, new=new, version=made.version, is_ready=True
        )
    assert preview_replies(replied.deliberation).new == []


def test_a_printed_reply_is_corrected_by_an_edition_of_its_own(coordinator, plan, client):
    forum = Deliberation.objects.select_related("plan").get(year=2022)
    question = Question.objects.select_related("deliberation__plan").get(deliberation=forum, number=5)
    old = question.replies.get()
    new = answer("accepted", "이제 하겠습니다.")
    voices.consolidate_replies(actor=coordinator, question=question, new=new, version=0, is_ready=True)
    edition = voices.publish_replies(actor=coordinator, deliberation=forum, reason="부서가 답변을 바꿈")
    assert edition.edition == 2
    assert edition.replies.count() == 138
    changed = edition.replies.get(question=question)
    assert (changed.department, changed.summary) == (old.department, "이제 하겠습니다.")
    untouched = edition.replies.get(question__number=6)
    assert untouched.summary == Reply.objects.get(publication__edition=1, question__number=6).summary
    assert untouched.stance_is_ours
    page = client.get(question.opinions.first().get_absolute_url()).text
    assert "이제 하겠습니다." in page


def test_replies_wait_for_the_papers(as_user, coordinator, forum):
    page = as_user(coordinator).get(forum.get_absolute_url() + "replies/", follow=True)
    assert "입장문서를 먼저 공개해야 답변을 공개할 수 있습니다." in page.text


def test_what_is_published_is_not_changed(replied):
    reply = Reply.objects.get(question=replied)
    for attempt in (reply.save, reply.delete, reply.publication.save, Reply.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            attempt()
    with pytest.raises(AppendOnlyError):
        Reply.objects.update(summary="바뀜")


def test_the_fingerprint_covers_all_that_is_published(plan, replied):
    for edition in ReplyPublication.objects.select_related("deliberation"):
        assert len(edition.sha256) == 64
    printed = Deliberation.objects.get(year=2022)
    assert preview_replies(printed).sha256 == printed.reply_publications.get().sha256
    replies = [each.reply for each in preview_replies(replied.deliberation).built]
    before = digest_of(replies)
    replies[0].reason = "덧붙인 사유"
    assert digest_of(replies) != before


def test_a_late_reply_is_marked(as_user, coordinator, owner, asked, page):
    Question.objects.filter(pk=asked.pk).update(
        sent_on=timezone.localdate() - timedelta(days=40), due_on=timezone.localdate() - timedelta(days=10)
    )
    assert "늦음" in as_user(owner).get(f"/plans/{asked.deliberation.plan.slug}/work/").text
    voices.submit_reply(actor=owner, draft=draft_of(asked, owner), new=answer())
    assert "기한 후 제출" in as_user(coordinator).get(page).text
