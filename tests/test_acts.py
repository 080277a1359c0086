"""Every act refuses by itself what may not be stored: no form is in sight here, and nothing is written."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ActivityEntry
from commons.acts import NotTaken
from indicators import services
from indicators.models import Indicator, Milestone, Result
from stakeholders import services as voices
from stakeholders.models import Commitment, Opinion, Question, ReplyDraft

from .conftest import values

TELEPHONE = "문의는 010-1234-5678로 해 주십시오."
DRAFTS = {
    "below the minimum": (values(-5), "value"),
    "too many decimals": (values("1.23456"), "value"),
    "too many digits": (values("1234567890123456"), "value"),
    "no number at all": (values("NaN"), "value"),
    "a number and a reason": (values(310, missing_reason="source_pending"), "missing_reason"),
    "a reason nobody may give": (values(missing_reason="not_submitted"), "missing_reason"),
    "a reason that does not exist": (values(missing_reason="tired"), "missing_reason"),
    "words where a number is asked": (values(text="많이 늘었다"), "text"),
    "a verdict on a number": (values(310, verdict="met"), "verdict"),
    "a telephone number in public words": (values(310, explanation=TELEPHONE), "explanation"),
    "a telephone number in what comes next": (values(310, next_steps=TELEPHONE), "next_steps"),
    "too long an explanation": (values(310, explanation="가" * 2001), "explanation"),
    "parts that are more than the total": (
        values(5, breakdowns={"male": Decimal(100), "female": Decimal(200)}),
        "part_",
    ),
    "a part below zero": (values(5, breakdowns={"male": Decimal(-1), "female": Decimal(6)}), "part_"),
    "a part that does not exist": (values(5, breakdowns={"cats": Decimal(5)}), "value"),
}
SUBMISSIONS = DRAFTS | {
    "nothing": (values(), "value"),
    "a doubt without an answer": (values(99_999_999, doubt_answer=""), "doubt_answer"),
}


@pytest.fixture
def measured(indicator):
    """The indicator, which must not fall below zero and is reported by sex."""
    indicator.minimum, indicator.by_sex = Decimal(0), True
    indicator.save()
    return indicator


def refuse(act, field: str) -> None:
    """*act* raises NotTaken that names *field*, and leaves no trace."""
    before = ActivityEntry.objects.count()
    with pytest.raises(NotTaken) as refusal:
        act()
    assert any(name.startswith(field) for name in refusal.value.faults), refusal.value.faults
    assert ActivityEntry.objects.count() == before


@pytest.mark.parametrize(("new", "field"), DRAFTS.values(), ids=DRAFTS)
def test_a_draft(owner, open_round, measured, new, field):
    blank = Result(round=open_round, indicator=measured, version=0)
    refuse(lambda: services.save_result(actor=owner, result=blank, new=new), field)
    assert not Result.objects.exists()


@pytest.mark.parametrize(("new", "field"), SUBMISSIONS.values(), ids=SUBMISSIONS)
def test_a_submission(owner, draft, measured, new, field):
    draft.indicator = measured
    refuse(lambda: services.submit_result(actor=owner, result=draft, new=new), field)
    draft.refresh_from_db()
    assert (draft.state, draft.value, draft.version) == ("draft", 300, 1)


@pytest.mark.parametrize(("new", "field"), SUBMISSIONS.values(), ids=SUBMISSIONS)
def test_a_correction(coordinator, published, measured, new, field):
    result = Result.objects.get()
    result.indicator = measured
    act = services.correct_result
    refuse(lambda: act(actor=coordinator, result=result, new=new, comment="다시 셈"), field)
    assert Result.objects.get().value == 310


@pytest.mark.parametrize("comment", ["", "  ", TELEPHONE, "가" * 1001])
def test_the_reason_of_a_correction(coordinator, published, comment):
    act = services.correct_result
    refuse(lambda: act(actor=coordinator, result=Result.objects.get(), new=values(311), comment=comment), "comment")


def test_a_grade_is_whole(owner, open_round, plan, measured):
    measured.value_kind = "grade"
    measured.save()
    blank = Result(round=open_round, indicator=measured, version=0)
    refuse(lambda: services.save_result(actor=owner, result=blank, new=values("2.5")), "value")


def test_words_need_a_verdict_and_take_no_number(owner, open_round, measured):
    Indicator.objects.filter(pk=measured.pk).update(value_kind="text")
    Milestone.objects.filter(indicator=measured).update(value=None, text="계획을 세운다")
    blank = Result(round=open_round, indicator=Indicator.objects.get(pk=measured.pk), version=0)
    refuse(lambda: services.save_result(actor=owner, result=blank, new=values(310)), "value")
    refuse(
        lambda: services.save_result(actor=owner, result=blank, new=values(text="세웠다", verdict="unrated")), "verdict"
    )
    refuse(lambda: services.submit_result(actor=owner, result=blank, new=values(text="세웠다")), "verdict")
    refuse(lambda: services.save_result(actor=owner, result=blank, new=values(text=TELEPHONE)), "text")


def test_a_comment_says_something(owner, draft):
    refuse(lambda: services.add_comment(actor=owner, result=draft, text="  "), "text")


def test_handing_in_is_one_write_with_one_trace(owner, open_round, indicator):
    """One row is written once: the query log knows no second INSERT or UPDATE of it."""
    before = ActivityEntry.objects.count()
    blank = Result(round=open_round, indicator=indicator, version=0)
    with CaptureQueriesContext(
        connection,
    ) as log:
        handed_in = services.submit_result(actor=owner, result=blank, new=values(310))
    writes = [q["sql"] for q in log if q["sql"].startswith(("INSERT", "UPDATE")) and "indicators_result" in q["sql"]]
    assert len(writes) == 1, writes
    assert (ActivityEntry.objects.count() - before, handed_in.version, handed_in.state) == (1, 1, "submitted")


OPINIONS = {
    "a telephone number": ({"summary": TELEPHONE}, "summary"),
    "nothing said": ({"summary": ""}, "summary"),
    "a kind that does not exist": ({"kind": "wish"}, "kind"),
}


@pytest.mark.parametrize(("bad", "field"), OPINIONS.values(), ids=OPINIONS)
def test_a_point_of_a_paper(coordinator, forum, bad, field):
    opinion = Opinion.objects.filter(paper__deliberation=forum).first()
    new = {"summary": "일자리", "kind": "proposal"} | bad
    seen = voices.token_of(opinion)
    refuse(lambda: voices.save_opinion(actor=coordinator, opinion=opinion, new=new, seen=seen), field)
    refuse(
        lambda: voices.save_opinion(actor=coordinator, opinion=Opinion(paper=opinion.paper), new=new, seen=""), field
    )


REPLIES = {
    "a telephone number in the answer": ({"summary": TELEPHONE}, "summary"),
    "a telephone number in the reason": ({"reason": TELEPHONE}, "reason"),
    "a stance that does not exist": ({"stance": "perhaps"}, "stance"),
}


@pytest.mark.parametrize(("bad", "field"), REPLIES.values(), ids=REPLIES)
def test_a_reply(owner, coordinator, asked, bad, field):
    draft = ReplyDraft.objects.get(question=asked, department=owner.department)
    new = {"stance": "accepted", "summary": "받아들입니다.", "reason": ""} | bad
    refuse(lambda: voices.save_reply(actor=owner, draft=draft, new=new), field)
    refuse(lambda: voices.submit_reply(actor=owner, draft=draft, new=new), field)


def test_a_promise_and_a_remark(owner, asked):
    promise = Commitment(question=asked, department=owner.department, text=TELEPHONE, due_on="2026-12-31")
    refuse(lambda: voices.add_commitment(actor=owner, commitment=promise), "text")
    refuse(
        lambda: voices.add_question_comment(actor=owner, question=Question.objects.get(pk=asked.pk), text=" "), "text"
    )
