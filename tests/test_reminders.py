"""Reminders of results: who gets one and when, what it says, and that nobody gets the same one twice.

Those of questions and promises are in test_work_reminders.py.
"""

from datetime import date, timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import ActivityEntry, Department
from commons.reminding import ReminderKind
from indicators import services
from indicators.models import Indicator, Reminder, ReportingRound, Result
from plans.models import Plan

from .conftest import make_user, values

DUE = date(2023, 2, 28)


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
def remind(url_of):
    return url_of("indicators:round_remind", 2022)


def run(day: date, **options) -> str:
    """Run the command for *day*; return what it printed."""
    out = StringIO()
    call_command("send_reminders", date=day, stdout=out, **options)
    return out.getvalue()


def days_from_due(days: int) -> date:
    return DUE + timedelta(days=days)


# --- automatic ones


@pytest.mark.parametrize(
    ("days", "kind"),
    [(-7, "before"), (-1, "before"), (0, "on_due"), (7, "overdue"), (14, "overdue"), (70, "overdue")],
)
def test_the_days_on_which_departments_are_reminded(open_round, addresses, days, kind):
    run(days_from_due(days))
    assert {(r.department.slug, r.kind, r.recipients) for r in Reminder.objects.all()} == {
        ("social-welfare", kind, 2),
        ("medical", kind, 1),
    }
    assert sorted(message.to for message in mail.outbox) == [
        ["owner@localhost", "colleague@localhost"],
        ["stranger@localhost"],
    ]


@pytest.mark.parametrize("days", [-30, -8, -6, -2, 1, 6, 8, 13])
def test_on_other_days_nobody_is_reminded(open_round, addresses, days):
    run(days_from_due(days))
    assert not mail.outbox
    assert not Reminder.objects.exists()
    assert not ActivityEntry.objects.filter(action="reminded").exists()


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
def test_only_a_round_that_takes_results_reminds(open_round, addresses, state):
    ReportingRound.objects.update(state=state)
    run(days_from_due(-7))
    assert not mail.outbox


def test_a_second_run_on_the_same_day_sends_nothing_more(open_round, addresses):
    run(days_from_due(-7))
    printed = run(days_from_due(-7))
    assert len(mail.outbox) == Reminder.objects.count() == 2
    assert "이미 보낸 부서" in printed
    assert ActivityEntry.objects.about(open_round).filter(action="reminded").count() == 1
    run(days_from_due(-1))
    assert len(mail.outbox) == 4


def test_a_moved_due_day_does_not_remind_twice_on_one_day(open_round, addresses, coordinator):
    run(days_from_due(-1))
    services.change_round(actor=coordinator, reporting_round=open_round, new={"due_on": days_from_due(-1)})
    run(days_from_due(-1))  # by now the due day itself
    assert len(mail.outbox) == 2
    assert set(Reminder.objects.values_list("kind", flat=True)) == {"before"}
    services.change_round(actor=coordinator, reporting_round=open_round, new={"due_on": days_from_due(14)})
    run(days_from_due(0))
    assert len(mail.outbox) == 2
    run(days_from_due(7))
    assert len(mail.outbox) == 4


def test_an_extended_department_goes_by_its_own_due_day(open_round, addresses, coordinator, medical):
    services.extend_round(actor=coordinator, reporting_round=open_round, department=medical, until=days_from_due(10))
    run(days_from_due(0))
    assert [r.department.slug for r in Reminder.objects.all()] == ["social-welfare"]
    run(days_from_due(3))
    assert Reminder.objects.get(department=medical).kind == "before"
    assert "2023년 3월 10일까지" in mail.outbox[-1].body
    services.close_round(actor=coordinator, reporting_round=open_round)
    run(days_from_due(7))
    assert len(mail.outbox) == 2  # closed for 사회복지과, and not a day of 의약과
    run(days_from_due(10))
    assert Reminder.objects.filter(department=medical, kind="on_due").exists()
    run(days_from_due(17))
    assert len(mail.outbox) == 3  # the extension is over and the round closed: nothing can be entered any more


def test_who_has_handed_in_all_is_left_alone(open_round, addresses, owner, coordinator):
    own = Indicator.objects.of_department(owner.department)
    for indicator in own:
        Result.objects.create(round=open_round, indicator=indicator, state="submitted", value=1, version=1)
    run(days_from_due(-7))
    assert [message.to for message in mail.outbox] == [["stranger@localhost"]]
    Result.objects.filter(indicator=own[0]).update(state="returned")
    run(days_from_due(-1))
    assert len(mail.outbox) == 3


def test_the_mail_says_what_is_due_by_when_and_where(open_round, addresses, draft, url_of, settings):
    settings.SITE_URL = "https://plan.example.kr"
    open_round.instructions = "R&D 예산은 <빼고> 적어 주십시오."
    open_round.save()
    run(days_from_due(-7))
    message = next(m for m in mail.outbox if "owner@localhost" in m.to)
    total = Indicator.objects.of_department(Department.objects.get(slug="social-welfare")).count()
    assert message.subject == "[서대문구] 2022년 이행점검 실적을 제출해 주십시오"
    assert "사회복지과에서는 2023년 2월 28일까지 제출해 주십시오." in message.body
    assert f"아직 제출하지 않은 지표 {total}개" in message.body
    assert "- 1/1-1-2-1 자활사업 참여자 수 (작성중)" in message.body
    assert message.body.count("(시작 전)") == total - 1
    assert "https://plan.example.kr" + url_of("indicators:work") in message.body
    assert "R&D 예산은 <빼고>" in message.body


@pytest.mark.parametrize(("days", "words"), [(0, "제출 기한입니다."), (7, "제출 기한(2023년 2월 28일)이 지났습니다.")])
def test_the_mail_fits_the_day(open_round, addresses, days, words):
    run(days_from_due(days))
    assert all(words in message.body for message in mail.outbox)


def test_departments_without_an_address_are_named(open_round, owner):
    printed = run(days_from_due(-7))
    assert "0개 부서에 보냈습니다." in printed
    assert "메일 주소가 없는 부서" in printed
    assert "사회복지과" in printed
    assert not Reminder.objects.exists()
    owner.email = "owner@localhost"
    owner.save()
    run(days_from_due(-7))
    assert len(mail.outbox) == 1


def test_the_command_keeps_to_one_plan_when_asked(open_round, addresses):
    Plan.objects.create(slug="other", municipality="다른 구", title="다른 계획", start_year=2022, end_year=2026)
    assert "입력을 받고 있는 회차가 없습니다." in run(days_from_due(-7), plan="other")
    assert not mail.outbox
    assert "2개 부서에 보냈습니다." in run(days_from_due(-7), plan="seodaemun-2022")
    with pytest.raises(CommandError, match="그런 계획이 없습니다"):
        run(DUE, plan="nowhere")


def test_a_bad_date_is_answered_in_words(db):
    with pytest.raises(CommandError, match="2025-02-28처럼"):
        call_command("send_reminders", "--date", "내일")


def test_without_a_date_it_is_today(open_round, addresses):
    ReportingRound.objects.update(due_on=timezone.localdate() + timedelta(days=1))
    call_command("send_reminders", verbosity=0)
    assert {r.day for r in Reminder.objects.all()} == {timezone.localdate()}


# --- mail that does not go


def test_a_refused_mail_is_logged_counted_and_tried_again(open_round, addresses, monkeypatch, caplog):
    send = EmailBackend.send_messages

    def refuse_medical(self, messages):
        if "stranger@localhost" in messages[0].to:
            raise SMTPRecipientsRefused({})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_medical)
    with pytest.raises(CommandError, match="1개 부서에 메일을 보내지 못했습니다"):
        run(days_from_due(-7))
    assert len(mail.outbox) == 1
    assert dict(Reminder.objects.values_list("department__slug", "recipients")) == {"social-welfare": 2, "medical": 0}
    assert "mail not sent" in caplog.text
    newest = ActivityEntry.objects.about(open_round).first()
    assert newest.comment == "메일을 보내지 못한 부서: 의약과"

    monkeypatch.setattr(EmailBackend, "send_messages", send)
    run(days_from_due(-7))
    assert [message.to for message in mail.outbox[1:]] == [["stranger@localhost"]]
    run(days_from_due(-7))
    assert len(mail.outbox) == 2


def test_a_dead_server_loses_no_record(open_round, addresses, monkeypatch, as_user, coordinator, remind, medical):
    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", refuse)
    page = as_user(coordinator).post(remind, {"whom": "chosen", "department": [medical.pk]}, follow=True)
    assert "메일을 보내지 못했습니다." in page.text
    assert "의약과" in page.text
    assert Reminder.objects.get().recipients == 0
    assert next(row for row in page.context["progress"] if row.department == medical).reminded_on is None


# --- by hand


def test_ticked_departments_are_reminded(open_round, addresses, as_user, coordinator, remind, welfare, medical):
    page = as_user(coordinator).post(remind, {"whom": "chosen", "department": [medical.pk]}, follow=True)
    assert "1개 부서에 독촉을 보냈습니다: 의약과" in page.text
    assert [message.to for message in mail.outbox] == [["stranger@localhost"]]
    reminder = Reminder.objects.get()
    assert (reminder.kind, reminder.day, reminder.department) == ("by_hand", timezone.localdate(), medical)
    entry = ActivityEntry.objects.about(open_round).first()
    assert (entry.action, entry.actor_name, entry.comment) == ("reminded", "coordinator", "직접 보냄: 의약과(1)")


def test_by_hand_once_a_day_and_it_says_so(open_round, addresses, as_user, coordinator, remind, welfare, medical):
    client = as_user(coordinator)
    client.post(remind, {"whom": "chosen", "department": [medical.pk]})
    page = client.post(remind, {"whom": "chosen", "department": [medical.pk, welfare.pk]}, follow=True)
    assert "1개 부서에 독촉을 보냈습니다: 사회복지과" in page.text
    assert "오늘 이미 보내어 다시 보내지 않았습니다: 의약과" in page.text
    assert len(mail.outbox) == 2
    Reminder.objects.update(day=timezone.localdate() - timedelta(days=1))
    client.post(remind, {"whom": "chosen", "department": [medical.pk]})
    assert len(mail.outbox) == 3


def test_all_that_are_late_are_reminded_with_one_click(open_round, addresses, as_user, coordinator, remind, medical):
    services.extend_round(
        actor=coordinator,
        reporting_round=open_round,
        department=medical,
        until=timezone.localdate() + timedelta(days=3),
    )
    page = as_user(coordinator).post(remind, {"whom": "late"}, follow=True)
    assert "1개 부서에 독촉을 보냈습니다: 사회복지과" in page.text
    assert "메일 주소가 있는 담당자가 없어 보내지 않았습니다." in page.text
    assert "의약과" not in " ".join(str(m) for m in page.context["messages"])
    assert "제출 기한(2023년 2월 28일)이 지났습니다." in mail.outbox[0].body


def test_nobody_late_is_said(planned_round, addresses, as_user, coordinator, remind):
    ReportingRound.objects.update(state="open", due_on=timezone.localdate())
    page = as_user(coordinator).post(remind, {"whom": "late"}, follow=True)
    assert "기한이 지난 부서가 없어 보내지 않았습니다." in page.text
    assert not mail.outbox


def test_a_department_that_cannot_write_is_not_reminded(open_round, addresses, as_user, coordinator, remind, medical):
    services.close_round(actor=coordinator, reporting_round=open_round)
    page = as_user(coordinator).post(remind, {"whom": "chosen", "department": [medical.pk]}, follow=True)
    assert "지금 제출할 것이 없어 보내지 않았습니다: 의약과" in page.text
    assert not mail.outbox


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"whom": "chosen"}, "독촉할 부서를 골라 주십시오."),
        ({"whom": "chosen", "department": ["999999"]}, "올바르게 선택해"),
        ({"whom": "chosen", "department": ["x"]}, ""),
        ({"whom": "everybody"}, "올바르게 선택해"),
        ({}, "필수"),
    ],
)
def test_a_bad_choice_is_refused_on_the_board(open_round, addresses, as_user, coordinator, remind, typed, message):
    response = as_user(coordinator).post(remind, typed)
    assert response.status_code == 422
    assert response.context["remind_form"].errors
    assert message in response.text
    assert not mail.outbox


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("coordinator", 302),
        ("administrator", 302),
        ("committee", 403),
        ("owner", 404),
        ("head", 404),
        ("stranger", 404),
        (None, 302),
    ],
)
def test_who_reminds(request, open_round, addresses, as_user, remind, role, status, medical):
    user = role and request.getfixturevalue(role)
    response = as_user(user).post(remind, {"whom": "chosen", "department": [medical.pk]})
    assert response.status_code == status
    assert len(mail.outbox) == (1 if role in ("coordinator", "administrator") else 0)


# --- never twice (two runs at once: test_concurrency.py)


def test_the_database_itself_refuses_the_same_reminder(open_round, medical):
    row = {"round": open_round, "department": medical, "kind": "before", "day": DUE, "recipients": 1}
    Reminder.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(**row)


def test_reminding_reads_once_for_all_departments(open_round, addresses, django_assert_max_num_queries):
    """Each mail costs its own claim; what the mails hold is read once for all."""
    departments = list(Department.objects.filter(slug__in=["social-welfare", "medical"]))
    with django_assert_max_num_queries(15 + 5 * len(departments)):
        services.send_reminders(
            reporting_round=open_round,
            departments=departments,
            kind=ReminderKind.BEFORE,
            actor=None,
            day=days_from_due(-7),
        )


def test_a_reminder_does_not_hold_back_a_submission(open_round, addresses, owner, indicator):
    run(days_from_due(-7))
    blank = Result(round=open_round, indicator=indicator, version=0)
    assert services.submit_result(actor=owner, result=blank, new=values(300)).state == "submitted"


def test_inactive_officers_and_heads_are_not_written_to(open_round, owner, welfare):
    for name, role in (("gone", "officer"), ("chief", "head")):
        user = make_user(name, role, welfare)
        user.email = f"{name}@localhost"
        user.is_active = name != "gone"
        user.save()
    run(days_from_due(-7))
    assert not mail.outbox
