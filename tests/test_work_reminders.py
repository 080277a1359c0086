"""Reminders of questions and promises: who gets one and when, what it says, and never twice on a day."""

from datetime import date, datetime, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ActivityEntry, Department
from indicators.models import Reminder
from plans.models import Plan
from stakeholders.choices import CommitmentState, DraftState, ReportState
from stakeholders.models import (
    Commitment,
    CommitmentReport,
    Consolidation,
    Deliberation,
    Question,
    ReplyDraft,
    ReplyPublication,
    WorkReminder,
)
from stakeholders.services.reminders import send_work_reminders

DUE = date(2025, 4, 4)


def days_from_due(days: int) -> date:
    return DUE + timedelta(days=days)


def run(day: date, **options) -> str:
    out = StringIO()
    call_command("send_reminders", date=day, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def medical(plan):
    return Department.objects.get(slug="medical")


@pytest.fixture
def addresses(owner, colleague, stranger):
    """Two officers of 사회복지과 and one of 의약과 can be written to; nobody else has an account."""
    for user in (owner, colleague, stranger):
        user.email = f"{user.username}@localhost"
        user.save()


@pytest.fixture
def forum(plan):
    return Deliberation.objects.get(plan=plan)


def ask(forum, number, *departments, due=DUE, sent=date(2025, 3, 5), state=DraftState.ASKED):
    question = Question.objects.create(
        deliberation=forum, number=number, summary=f"물음 {number}입니다.", sent_on=sent, due_on=due
    )
    for department in departments:
        ReplyDraft.objects.create(
            question=question, department=department, is_lead=department == departments[0], state=state,
            stance="accepted", summary="답",
        )  # fmt: skip
    return question


@pytest.fixture
def question(forum, welfare, medical, addresses):
    """Question 901 to 사회복지과 and 의약과, due on 4 April 2025."""
    return ask(forum, 901, welfare, medical)


@pytest.fixture
def edition(forum):
    moment = datetime(2025, 3, 1, 9, tzinfo=timezone.get_default_timezone())
    return ReplyPublication.objects.create(
        deliberation=forum, edition=2, published_at=moment, reason="새 답변", sha256="0" * 64
    )


@pytest.fixture
def promise(forum, welfare, edition, addresses):
    """A published promise of 사회복지과, due on 4 April 2025, on a question that is answered."""
    question = ask(forum, 902, sent=date(2025, 2, 1), due=date(2025, 2, 20))
    return Commitment.objects.create(
        question=question, department=welfare, text="교육을 10회로 늘림", due_on=DUE, promised_in=edition
    )


def to_whom() -> list[str]:
    return sorted(address for message in mail.outbox for address in message.to)


BOTH = ["colleague@localhost", "owner@localhost", "stranger@localhost"]
WELFARE = BOTH[:2]


# --- when and to whom


@pytest.mark.parametrize("days", [-7, -1, 0, 7, 14, 70])
def test_the_days_on_which_a_reply_is_reminded_of(question, days):
    run(days_from_due(days))
    assert to_whom() == BOTH
    assert set(WorkReminder.objects.values_list("department__slug", "day", "recipients")) == {
        ("social-welfare", days_from_due(days), 2),
        ("medical", days_from_due(days), 1),
    }


@pytest.mark.parametrize("days", [-7, -1, 0, 7, 14, 70])
def test_the_days_on_which_a_promise_is_reminded_of(promise, days):
    run(days_from_due(days))
    assert to_whom() == WELFARE


@pytest.mark.parametrize("days", [-30, -8, -6, -2, 1, 6, 8, 13])
def test_on_other_days_nobody_is_reminded(question, promise, days):
    run(days_from_due(days))
    assert not mail.outbox
    assert not WorkReminder.objects.exists()
    assert not ActivityEntry.objects.filter(action="reminded").exists()


@pytest.mark.parametrize(
    ("state", "reminded"), [("asked", True), ("draft", True), ("returned", True), ("submitted", False)]
)
def test_only_what_the_department_still_works_on(question, welfare, state, reminded):
    question.drafts.filter(department=welfare).update(state=state)
    run(DUE)
    assert to_whom() == (BOTH if reminded else ["stranger@localhost"])


def test_a_question_that_was_not_sent_is_nobodys_work(question):
    Question.objects.filter(pk=question.pk).update(sent_on=None)
    run(DUE)
    assert not mail.outbox


@pytest.mark.parametrize(("is_ready", "count"), [(False, 3), (True, 0)])
def test_once_the_answer_is_made_nothing_can_be_handed_in(question, is_ready, count):
    Consolidation.objects.create(question=question, stance="accepted", summary="답", is_ready=is_ready)
    run(DUE)
    assert len(to_whom()) == count


@pytest.mark.parametrize(
    ("state", "reminded"), [("under_way", True), ("delayed", True), ("kept", False), ("dropped", False)]
)
def test_a_promise_is_reminded_of_until_it_is_kept_or_dropped(promise, state, reminded):
    assert state in CommitmentState.values
    Commitment.objects.update(state=state)
    run(DUE)
    assert to_whom() == (WELFARE if reminded else [])


def test_a_promise_that_is_not_published_is_none_yet(promise):
    Commitment.objects.update(promised_in=None)
    run(DUE)
    assert not mail.outbox


@pytest.mark.parametrize(
    ("review", "reminded"),
    [(ReportState.SUBMITTED, False), (ReportState.RETURNED, True), (ReportState.PUBLISHED, True)],
)
def test_whose_report_waits_is_left_alone(promise, review, reminded):
    CommitmentReport.objects.create(commitment=promise, state="under_way", text="하고 있음", review=review)
    run(DUE)
    assert to_whom() == (WELFARE if reminded else [])


# --- what it says


def test_one_mail_holds_both_and_all_that_is_near_or_late(question, promise, forum, welfare, url_of, settings):
    settings.SITE_URL = "https://plan.example.kr"
    ask(forum, 903, welfare, due=days_from_due(-3), state=DraftState.RETURNED)
    ask(forum, 904, welfare, due=days_from_due(6))
    ask(forum, 905, welfare, due=days_from_due(8))
    run(DUE)
    message = next(message for message in mail.outbox if "owner@localhost" in message.to)
    assert message.subject == "[서대문구] 답변할 질의 3건, 보고할 약속 1건이 있습니다"
    assert "사회복지과에서 기한이 다가오거나 지난 일입니다." in message.body
    assert "아직 제출하지 않은 답변 3건" in message.body
    lines = [line for line in message.body.splitlines() if line.startswith("- ")]
    assert lines == [
        "- 질의 903. 물음 903입니다. (기한 2025년 4월 1일 지남, 보완 요청)",
        "- 질의 901. 물음 901입니다. (기한 2025년 4월 4일, 작성 전)",
        "- 질의 904. 물음 904입니다. (기한 2025년 4월 10일, 작성 전)",
        "- 교육을 10회로 늘림 (기한 2025년 4월 4일)",
    ]
    assert "https://plan.example.kr" + url_of("indicators:work") in message.body
    assert sum("owner@localhost" in message.to for message in mail.outbox) == 1


def test_a_mail_about_promises_alone_speaks_of_no_replies(promise):
    run(days_from_due(7))
    (message,) = mail.outbox
    assert message.subject == "[서대문구] 답변할 질의 0건, 보고할 약속 1건이 있습니다"
    assert "답변 0건" not in message.body
    assert "- 교육을 10회로 늘림 (기한 2025년 4월 4일 지남)" in message.body


def test_the_words_of_a_question_stand_as_they_are(question, forum, welfare):
    Question.objects.filter(pk=question.pk).update(summary="R&D <예산>은?")
    run(DUE)
    assert all("질의 901. R&D <예산>은?" in message.body for message in mail.outbox)


# --- never twice


def test_a_second_run_on_the_same_day_sends_nothing_more(question, promise, plan):
    run(DUE)
    printed = run(DUE)
    assert len(mail.outbox) == WorkReminder.objects.count() == 2
    assert "이미 보낸 부서" in printed
    assert ActivityEntry.objects.about(plan).filter(action="reminded").count() == 1
    run(days_from_due(7))
    assert len(mail.outbox) == 4


def test_a_moved_due_day_does_not_remind_twice_on_one_day(question):
    run(days_from_due(-1))
    Question.objects.filter(pk=question.pk).update(due_on=days_from_due(-1))
    run(days_from_due(-1))
    assert len(mail.outbox) == 2


def test_the_database_keeps_one_reminder_a_day(question, plan, welfare):
    run(DUE)
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkReminder.objects.create(plan=plan, department=welfare, day=DUE, recipients=1)


def test_the_trace_names_the_departments(question, plan):
    run(DUE)
    entry = ActivityEntry.objects.about(plan).get(action="reminded")
    assert (entry.actor_name, sorted(entry.comment.removeprefix("질의·약속: ").split(", "))) == (
        "시스템",
        ["사회복지과(2)", "의약과(1)"],
    )


def test_a_refused_mail_is_logged_counted_and_tried_again(question, monkeypatch, caplog, plan):
    send = EmailBackend.send_messages

    def refuse_medical(self, messages):
        if "stranger@localhost" in messages[0].to:
            raise SMTPRecipientsRefused({})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_medical)
    with pytest.raises(CommandError, match="1개 부서에 메일을 보내지 못했습니다"):
        run(DUE)
    assert dict(WorkReminder.objects.values_list("department__slug", "recipients")) == {
        "social-welfare": 2,
        "medical": 0,
    }
    assert "1 reminders of questions and promises" in caplog.text
    assert ActivityEntry.objects.about(plan).first().comment == "메일을 보내지 못한 부서: 의약과"

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    run(DUE)
    assert [message.to for message in mail.outbox[1:]] == [["stranger@localhost"]]
    run(DUE)
    assert len(mail.outbox) == 2


def test_departments_without_an_address_are_named(question, stranger):
    stranger.email = ""
    stranger.save()
    printed = run(DUE)
    assert "seodaemun-2022 질의·약속: 1개 부서에 보냈습니다." in printed
    assert "메일 주소가 없는 부서: 의약과" in printed
    assert [r.department.slug for r in WorkReminder.objects.all()] == ["social-welfare"]


def test_the_command_keeps_to_one_plan_when_asked(question):
    Plan.objects.create(slug="other", municipality="다른 구", title="다른 계획", start_year=2022, end_year=2026)
    assert "other 질의·약속: 0개 부서에 보냈습니다." in run(DUE, plan="other")
    assert not mail.outbox


def test_results_and_work_are_reminded_of_in_mails_of_their_own(question, open_round):
    type(open_round).objects.update(due_on=DUE)
    run(DUE)
    assert Reminder.objects.count() == WorkReminder.objects.count() == 2
    assert len(mail.outbox) == 4


@pytest.mark.parametrize("more", [0, 3])
def test_a_fixed_number_of_queries(plan, question, promise, forum, welfare, django_assert_num_queries, more):
    for number in range(more):
        ask(forum, 910 + number, welfare)
    # transaction 2; drafts, promises, addresses; per department: look, savepoint, insert, release; the trace
    with django_assert_num_queries(2 + 3 + 2 * 4 + 1):
        send_work_reminders(plan=plan, day=DUE)
