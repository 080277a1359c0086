"""Following by mail: only with a mail server, only after the owner confirmed, told once, left with one click."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.conf import settings
from django.contrib import admin
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ActivityEntry
from plans.models import Plan, Task
from stakeholders.models import (
    Consolidation,
    Deliberation,
    Followed,
    Opinion,
    Question,
    ReplyDraft,
    StakeholderGroup,
    Subscription,
)
from stakeholders.services import following as service
from stakeholders.services.following import PER_ADDRESS, PER_VISITOR, SETTLING, send_news
from stakeholders.services.publications import publish_replies

ADDRESS = "hong@localhost.test"
PAGES = {
    "group": "/plans/seodaemun-2022/voices/women/",
    "task": "/plans/seodaemun-2022/tasks/1/1-1-2/",
    "point": "/plans/seodaemun-2022/voices/women/2022/1/",
}
LINK = re.compile(r"http://127\.0\.0\.1:8000(/\S+/(confirm|leave)/)")


@pytest.fixture(autouse=True)
def _mail_and_cache(settings):
    settings.FOLLOW_BY_MAIL = True
    settings.SITE_URL = "http://127.0.0.1:8000"
    cache.clear()
    yield
    cache.clear()


def links(message) -> dict[str, str]:
    """The paths of the links in a mail, by what they are for."""
    return {purpose: path for path, purpose in LINK.findall(message.body)}


def ask(client, page=PAGES["point"], address=ADDRESS, **options):
    return client.post(f"{page}follow/", {"email": address}, **options)


@pytest.fixture
def asked(client, plan):
    """A subscription to a point of 여성 that waits for its owner; the client is the owner's."""
    ask(client)
    return Subscription.objects.get()


@pytest.fixture
def follower(client, asked):
    client.post(asked.confirm_path)
    asked.refresh_from_db()
    return asked


def begin_following(plan, subject, address=ADDRESS, since=None):
    since = since or timezone.now() - timedelta(days=3)
    field = Followed(subject).field
    return Subscription.objects.create(
        plan=plan, address=address, confirmed_at=since, told_until=since, **{field: subject}
    )


# --- only where mail is sent


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("consolemail://", "False"),
        ("dummymail://", "False"),
        ("smtp://mail.example:25", "True"),
        ("smtp+tls://mail.example:587", "True"),
    ],
)
def test_the_setting_follows_from_the_mail_server(url, expected):
    """Asked of a process of its own, because a test run writes its mail into memory."""
    code = "from django.conf import settings; print(settings.FOLLOW_BY_MAIL)"
    environment = {**os.environ, "EMAIL_URL": url, "DJANGO_SETTINGS_MODULE": "sdgplan.settings"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == expected


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_without_a_mail_server_there_is_no_form_and_no_door(client, plan, settings, page):
    settings.FOLLOW_BY_MAIL = False
    html = client.get(page).text
    assert "소식 받기(Atom)" in html
    assert "전자우편" not in html
    assert f"{page}follow/" not in html
    assert client.get(f"{page}follow/").status_code == 404
    assert ask(client, page).status_code == 404
    assert not Subscription.objects.exists()


# --- asking


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_page_leads_to_the_form_which_says_what_happens_to_the_address(client, plan, page):
    assert f'href="{page}follow/"' in client.get(page).text
    html = client.get(f"{page}follow/").text
    assert f'action="{page}follow/" method="post"' in html
    assert 'name="email"' in html
    assert "적으신 주소는 이 소식을 보내는 데에만 쓰고 누구에게도 보이지 않습니다. 3일 안에" in html
    assert "csrfmiddlewaretoken" in html


@pytest.mark.parametrize(("kind", "page"), PAGES.items(), ids=PAGES)
def test_asking_sends_one_mail_with_a_link_and_nothing_else(client, plan, kind, page):
    response = ask(client, page, " Hong@Localhost.Test ", follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert "적으신 주소로 메일을 보냈습니다. 3일 안에 메일에 적힌 주소를 열어 확인해 주십시오." in response.text
    subscription = Subscription.objects.get()
    assert (subscription.address, subscription.plan, subscription.confirmed_at) == (ADDRESS, plan, None)
    assert subscription.followed.page_path == page
    assert [field for field in ("group", "task", "opinion") if getattr(subscription, field)] == [
        {"point": "opinion"}.get(kind, kind)
    ]
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert message.subject == f"[서대문구] 소식 받기를 확인해 주십시오: {subscription.followed.name}"
    assert list(links(message)) == ["confirm", "leave"]
    assert [subscription.followed.name in client.get(path).text for path in links(message).values()] == [True, True]
    assert "3일 뒤에 이 주소를 지웁니다." in message.body


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "적어 주십시오"),
        ("hong", "모양이 아닙니다"),
        ("a@x.test, b@x.test", "모양이 아닙니다"),
        ("a@x.test\nBcc: b@x.test", "모양"),
    ],
)
def test_bad_input_is_answered_at_the_field(client, plan, typed, words):
    response = ask(client, address=typed)
    assert response.status_code == 422
    assert words in response.context["follow"].errors["email"][0]
    assert 'aria-invalid="true"' in response.text
    if typed == "hong":
        assert 'value="hong"' in response.text
    assert not mail.outbox
    assert not Subscription.objects.exists()


def test_the_page_of_the_form_can_be_opened_by_itself(client, plan):
    page = client.get(f"{PAGES['point']}follow/")
    assert page.status_code == 200
    assert "여성 그룹 의견 1에 새 질의" in page.text
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("path", ["voices/nobody/", "voices/women/2022/999/", "voices/women/2021/1/", "tasks/1/9-9-9/"])
def test_what_does_not_exist_cannot_be_followed(client, plan, path):
    assert ask(client, f"/plans/{plan.slug}/{path}").status_code == 404
    assert client.get(f"/plans/{plan.slug}/{path}follow/").status_code == 404


def test_what_is_not_public_cannot_be_followed(client, plan):
    Deliberation.objects.update(is_published=False)
    assert ask(client).status_code == 404
    assert not mail.outbox


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, asked, method):
    for path in (f"{PAGES['point']}follow/", asked.confirm_path, asked.leave_path):
        assert getattr(client, method)(path).status_code == 405


def test_forms_of_other_sites_are_refused(plan):
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict).status_code == 403
    assert not mail.outbox


def test_the_answer_tells_nothing_of_the_address(client, follower):
    """Known, waiting and unknown addresses get the same page, and each a mail."""
    ask(client, PAGES["group"], "waiting@localhost.test")
    mail.outbox.clear()
    pages = []
    for address, page in ((ADDRESS, PAGES["point"]), ("waiting@localhost.test", PAGES["group"]), ("new@x.test", None)):
        response = ask(Client(), page or PAGES["point"], address)
        pages.append((response.status_code, sorted(response.headers), response.cookies.keys()))
    assert pages[0] == pages[1] == pages[2]
    assert len(mail.outbox) == 3


def test_who_follows_already_is_told_so(client, follower):
    mail.outbox.clear()
    ask(client)
    (message,) = mail.outbox
    assert message.subject == "[서대문구] 이미 소식을 받고 계십니다: 여성 그룹 의견 1"
    assert list(links(message)) == ["leave"]
    assert Subscription.objects.get().confirmed_at == follower.confirmed_at


def test_asking_again_begins_the_days_anew(client, asked):
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=2))
    ask(client)
    assert timezone.now() - Subscription.objects.get().created_at < timedelta(minutes=1)
    assert len(mail.outbox) == 2


def test_a_dead_mail_server_is_said(client, plan, monkeypatch):
    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", refuse)
    response = ask(client)
    assert response.status_code == 503
    assert "메일을 보내지 못했습니다. 잠시 뒤에 다시 해 주십시오." in response.text


# --- limits


def test_an_address_is_not_flooded_and_nobody_learns_of_the_limit(client, plan):
    answers = {ask(client, page).status_code for page in [*PAGES.values()] * 2}
    assert answers == {302}
    assert len(mail.outbox) == PER_ADDRESS == 3
    ask(client, address="other@x.test")
    assert len(mail.outbox) == 4


def test_one_visitor_does_not_flood_many_addresses(client, plan):
    for number in range(PER_VISITOR):
        assert ask(client, address=f"a{number}@x.test").status_code == 302
    response = ask(client, address="one@too.many")
    assert response.status_code == 429
    assert "한 시간 뒤에 다시 해 주십시오." in response.text
    assert len(mail.outbox) == PER_VISITOR == 20
    assert not Subscription.objects.filter(address="one@too.many").exists()
    assert ask(client, address="one@too.many", REMOTE_ADDR="192.0.2.7").status_code == 302


@pytest.mark.parametrize("behind", [True, False])
def test_behind_a_proxy_visitors_are_told_apart_by_what_the_proxy_noted(client, plan, settings, behind):
    settings.BEHIND_PROXY = behind
    for number in range(PER_VISITOR):
        ask(client, address=f"a{number}@x.test", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.1"})
    other = ask(client, address="b@x.test", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.2"})
    assert other.status_code == (302 if behind else 429)
    forged = ask(client, address="c@x.test", headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1"})
    assert forged.status_code == 429


# --- confirming


def test_looking_at_the_link_confirms_nothing(client, asked):
    """Mail programs open links by themselves."""
    page = client.get(asked.confirm_path)
    assert "받기 시작" in page.text
    assert ADDRESS not in page.text
    assert "no-store" in page.headers["Cache-Control"]
    asked.refresh_from_db()
    assert asked.confirmed_at is None


def test_the_button_confirms(client, asked):
    link = asked.confirm_path
    page = client.post(link, follow=True)
    assert page.redirect_chain == [(link, 302)]
    assert "소식을 받고 계십니다" in page.text
    asked.refresh_from_db()
    assert timezone.now() - asked.confirmed_at < timedelta(minutes=1)
    assert asked.told_until == asked.confirmed_at
    client.post(asked.confirm_path)
    assert Subscription.objects.get().confirmed_at == asked.confirmed_at


def test_the_button_needs_the_page(asked):
    assert Client(enforce_csrf_checks=True).post(asked.confirm_path).status_code == 403
    assert Subscription.objects.get().confirmed_at is None


def test_after_three_days_the_link_is_over(client, asked):
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    for response in (client.get(asked.confirm_path), client.post(asked.confirm_path)):
        assert response.status_code == 410
        assert "기한이 지난 주소입니다" in response.text
    assert Subscription.objects.get().confirmed_at is None


@pytest.mark.parametrize("purpose", ["confirm", "leave"])
@pytest.mark.parametrize("token", ["1", "1.x", "x", "1:abc", "999999999.ab-cd_ef"])
def test_forged_links_are_not_found(client, asked, purpose, token):
    for act in (client.get, client.post):
        assert act(f"/plans/seodaemun-2022/following/{token}/{purpose}/").status_code == 404
    assert Subscription.objects.count() == 1


def test_a_link_is_good_for_one_thing_and_one_plan(client, follower):
    assert client.get(follower.leave_path.replace("leave", "confirm")).status_code == 404
    assert client.post(follower.confirm_path.replace("confirm", "leave")).status_code == 404
    Plan.objects.create(slug="other", municipality="다른 구", title="다른 계획", start_year=2022, end_year=2026)
    client.post(follower.leave_path.replace("seodaemun-2022", "other"))
    assert Subscription.objects.count() == 1


# --- leaving


def test_looking_at_the_link_ends_nothing(client, follower):
    page = client.get(follower.leave_path)
    assert "소식을 그만 받으시겠습니까?" in page.text
    assert ADDRESS not in page.text
    assert Subscription.objects.exists()


@pytest.mark.parametrize("body", [{}, {"List-Unsubscribe": "One-Click"}])
def test_one_click_deletes_the_address(follower, body):
    """A mail program sends this by itself, without a cookie or a token of ours; it must not be led elsewhere."""
    response = Client(enforce_csrf_checks=True).post(follower.leave_path, body)
    assert response.status_code == 200
    assert "더는 보내지 않습니다" in response.text
    assert not Subscription.objects.exists()


def test_leaving_again_is_no_error(client, follower):
    client.post(follower.leave_path)
    for response in (client.post(follower.leave_path), client.get(follower.leave_path)):
        assert response.status_code == 200
        assert "이미 끝난 소식 받기입니다." in response.text
    assert client.get(follower.confirm_path).status_code == 410


def test_who_never_asked_can_end_it_before_confirming(client, asked):
    client.post(links(mail.outbox[0])["leave"])
    assert not Subscription.objects.exists()


def test_every_mail_has_the_one_click_headers(client, plan, follower, news):
    ask(client)
    send_news(plan=plan, now=news)
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        leave = f"http://127.0.0.1:8000{links(message)['leave']}"
        assert message.extra_headers == {
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        assert leave in message.body


# --- news


def reply_to_first(plan, welfare, coordinator, words="내년에 늘린다.", now=None):
    """Publish an answer to a new question on point 1 of 여성, which is on task 1-1-2 here."""
    forum = Deliberation.objects.get(plan=plan)
    opinion = Opinion.objects.get(paper__group__slug="women", number=1)
    question = Question.objects.create(deliberation=forum, number=901, summary="늘릴 수 있는가?")
    question.opinions.set([opinion])
    ReplyDraft.objects.create(
        question=question, department=welfare, is_lead=True, state="submitted", stance="accepted", summary=words
    )
    Consolidation.objects.create(question=question, stance="accepted", summary=words, is_ready=True)
    publish_replies(actor=coordinator, deliberation=forum, reason="새 답변", now=now)
    return question


@pytest.fixture
def news(plan, welfare, coordinator):
    """A reply to a point of 여성 was published now; the moment at which a run tells of it."""
    now = timezone.now() + timedelta(seconds=1)
    reply_to_first(plan, welfare, coordinator, now=now)
    return now + SETTLING + timedelta(seconds=1)


def test_a_follower_gets_what_became_public_in_one_mail(plan, follower, news):
    mail.outbox.clear()
    report = send_news(plan=plan, now=news)
    assert (report.sent, report.failed) == (1, 0)
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert message.subject == "[서대문구] 여성 그룹 의견 1: 새 소식 1건"
    assert "■ 부서의 답변: 늘릴 수 있는가?" in message.body
    assert "사회복지과 – 수용: 내년에 늘린다." in message.body
    assert "http://127.0.0.1:8000/plans/seodaemun-2022/voices/women/2022/1/" in message.body


def test_nothing_is_told_twice(plan, follower, news):
    mail.outbox.clear()
    for later in (0, 1, 60):
        send_news(plan=plan, now=news + timedelta(minutes=later))
    assert len(mail.outbox) == 1


def test_what_was_there_before_is_not_told(plan, follower, news):
    Subscription.objects.update(told_until=news)
    mail.outbox.clear()
    send_news(plan=plan, now=news + timedelta(hours=1))
    assert not mail.outbox


def test_who_has_not_confirmed_gets_nothing(plan, asked, news):
    mail.outbox.clear()
    assert send_news(plan=plan, now=news).sent == 0
    assert not mail.outbox


def test_who_left_gets_nothing(plan, client, follower, news):
    client.post(follower.leave_path)
    mail.outbox.clear()
    send_news(plan=plan, now=news)
    assert not mail.outbox


def test_each_gets_only_what_concerns_it(plan, news):
    women = StakeholderGroup.objects.get(plan=plan, slug="women")
    first = Opinion.objects.get(paper__group=women, number=1)
    task = Task.objects.filter(opinions=first).first() or Task.objects.get_by_natural_key(plan.slug, 1, "1-1-2")
    Opinion.objects.filter(pk=first.pk).update(goal=None, target=None, task=task, area=task.target.goal.area)
    follows = {
        "group": women,
        "task": task,
        "point": first,
        "other-group": StakeholderGroup.objects.get(plan=plan, slug="elderly"),
        "other-task": Task.objects.exclude(pk=task.pk).first(),
        "other-point": Opinion.objects.get(paper__group=women, number=2),
    }
    for name, subject in follows.items():
        begin_following(plan, subject, f"{name}@x.test")
    send_news(plan=plan, now=news)
    assert sorted(message.to[0] for message in mail.outbox) == ["group@x.test", "point@x.test", "task@x.test"]


def test_what_has_only_a_day_is_told_when_the_day_is_over(plan, follower):
    """A question that is sent at noon is not lost to the run of the same morning."""
    today = timezone.localdate()
    morning = timezone.now().replace(microsecond=0)
    Subscription.objects.update(told_until=morning - timedelta(days=1), confirmed_at=morning - timedelta(days=1))
    send_news(plan=plan, now=morning)
    mail.outbox.clear()
    question = Question.objects.create(
        deliberation=Deliberation.objects.get(plan=plan), number=901, summary="물음", sent_on=today, due_on=today
    )
    question.opinions.set([follower.opinion])
    send_news(plan=plan, now=morning + timedelta(minutes=1))
    assert not mail.outbox
    send_news(plan=plan, now=morning + timedelta(days=1, minutes=2))
    (message,) = mail.outbox
    assert f"부서에 보낸 질의: 물음\n{today.isoformat()}\n" in message.body


def test_several_events_come_in_one_mail(plan, follower, news, welfare, coordinator):
    mail.outbox.clear()
    Consolidation.objects.update(summary="아니, 후년에.", published_in=None)
    forum = Deliberation.objects.get(plan=plan)
    publish_replies(actor=coordinator, deliberation=forum, reason="잘못 적음", now=news)
    send_news(plan=plan, now=news + timedelta(minutes=5))
    (message,) = mail.outbox
    assert message.subject.endswith("새 소식 2건")
    assert "아니, 후년에." in message.body
    assert "내년에 늘린다." not in message.body


def test_a_refused_mail_is_tried_again_by_the_next_run(plan, follower, news, monkeypatch, caplog):
    mail.outbox.clear()
    other = begin_following(plan, follower.opinion, "other@x.test")
    send = EmailBackend.send_messages

    def refuse_one(self, messages):
        if messages[0].to == [ADDRESS]:
            raise SMTPRecipientsRefused({})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_one)
    report = send_news(plan=plan, now=news)
    assert (report.sent, report.failed) == (1, 1)
    assert ADDRESS not in "".join(record.getMessage() for record in caplog.records)
    monkeypatch.setattr(EmailBackend, "send_messages", send)
    send_news(plan=plan, now=news + timedelta(minutes=1))
    assert [message.to for message in mail.outbox] == [[other.address], [ADDRESS]]
    send_news(plan=plan, now=news + timedelta(minutes=2))
    assert len(mail.outbox) == 2


def test_two_runs_at_once_tell_it_once(plan, follower, news, monkeypatch):
    """The second run has read the follower before the first one was done."""
    mail.outbox.clear()
    send = service.send_mails

    def second_run(mails):
        monkeypatch.setattr(service, "send_mails", send)
        stale = Subscription.objects.get()
        stale.told_until = follower.told_until
        assert not service._claim(stale, news)
        return send(mails)

    monkeypatch.setattr(service, "send_mails", second_run)
    send_news(plan=plan, now=news)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("followers", [1, 4])
def test_reading_the_news_takes_a_fixed_number_of_queries(plan, news, followers, django_assert_num_queries):
    """Each follower who has news costs the one query that notes it."""
    women = StakeholderGroup.objects.get(plan=plan, slug="women")
    for number in range(followers):
        begin_following(plan, women, f"a{number}@x.test")
    with django_assert_num_queries(6 + 2 + followers):  # reading, the transaction, one note each
        send_news(plan=plan, now=news)
    assert len(mail.outbox) == followers


# --- the command


def run(**options) -> str:
    out = StringIO()
    call_command("send_news", stdout=out, **options)
    return out.getvalue()


def test_the_command_sends_and_prints_numbers_alone(plan, follower, welfare, coordinator):
    now = timezone.now()
    reply_to_first(plan, welfare, coordinator, now=now - timedelta(minutes=5))
    Subscription.objects.update(told_until=now - timedelta(hours=1))
    mail.outbox.clear()
    printed = run()
    assert "seodaemun-2022: 소식 1통을 보냈습니다." in printed
    assert "@" not in printed
    assert "소식 0통" in run()
    assert len(mail.outbox) == 1
    with pytest.raises(CommandError, match="그런 계획이 없습니다"):
        run(plan="nowhere")


def test_the_command_clears_what_nobody_confirmed(plan, asked, client):
    begin_following(plan, asked.opinion, "kept@x.test", since=timezone.now() - timedelta(days=400))
    Subscription.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(days=2, hours=23))
    assert "지웠습니다" not in run()
    Subscription.objects.filter(pk=asked.pk).update(created_at=timezone.now() - timedelta(days=3, minutes=1))
    assert "기한 안에 확인하지 않은 주소 1개를 지웠습니다." in run()
    assert [s.address for s in Subscription.objects.all()] == ["kept@x.test"]


def test_the_next_request_clears_them_too(client, asked):
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=4))
    ask(client, PAGES["group"], "new@x.test")
    assert [s.address for s in Subscription.objects.all()] == ["new@x.test"]


def test_without_a_mail_server_the_command_tells_nothing(plan, follower, news, settings):
    settings.FOLLOW_BY_MAIL = False
    mail.outbox.clear()
    assert "메일 서버(EMAIL_URL)를 정하지 않아" in run()
    assert not mail.outbox
    assert Subscription.objects.get().told_until == follower.told_until


def test_the_command_ends_with_a_fault_when_mail_was_refused(plan, follower, monkeypatch, welfare, coordinator):
    now = timezone.now()
    reply_to_first(plan, welfare, coordinator, now=now - timedelta(minutes=5))
    Subscription.objects.update(told_until=now - timedelta(hours=1))

    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "open", refuse)
    with pytest.raises(CommandError, match="소식 1통을 보내지 못했습니다"):
        run()


# --- what is stored


def test_an_address_is_shown_to_nobody(as_user, coordinator, administrator, follower):
    assert not admin.site.is_registered(Subscription)
    assert not ActivityEntry.objects.filter(subject_label__contains=ADDRESS).exists()
    assert ADDRESS not in str(follower)
    for page in PAGES.values():
        assert ADDRESS not in as_user(administrator).get(page).text


def test_the_database_keeps_one_subscription_per_address_and_thing(plan, follower):
    with pytest.raises(IntegrityError), transaction.atomic():
        begin_following(plan, follower.opinion)
    begin_following(plan, StakeholderGroup.objects.get(plan=plan, slug="women"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=follower.pk).update(task=Task.objects.first())
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.filter(pk=follower.pk).update(opinion=None)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_form_costs_its_page_no_query(client, plan, settings, page):
    counts = []
    for by_mail in (False, True):
        settings.FOLLOW_BY_MAIL = by_mail
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1]
