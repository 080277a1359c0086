"""What history and thread show to whom: the tables of docs/permissions.md, entry by entry on the running site."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.choices import Action
from indicators import services
from indicators.models import Result
from stakeholders import services as voices
from stakeholders.choices import CommitmentState

from .conftest import answer, draft_of, tight, values
from .test_permissions import compare, walk
from .world import _file

RESULTS = walk("What the history of a result shows", "entry")
QUESTIONS = walk("What the history of a question shows", "entry")
PROMISES = walk("What the history of a promise shows", "entry")
PEOPLE = ["owner", "colleague", "head", "partner", "coordinator", "administrator", "committee"]
PEOPLE += ["stranger", "other head", "citizen"]


@pytest.fixture
def clients(request, as_user, plan, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    users = {name: None if name == "citizen" else request.getfixturevalue(name.replace(" ", "_")) for name in PEOPLE}
    return {name: as_user(user) for name, user in users.items()}


def cell_of(client, address: str, mark: str) -> str:
    """Whether the page shows a mark, in the words of the table."""
    response = client.get(address)
    if response.status_code == 302:
        assert response.url.startswith("/accounts/login/")
        return "login"
    if response.status_code != 200:
        return str(response.status_code)
    return "yes" if mark in tight(response.text) else "no"


def hold(table, marks, clients, address) -> None:
    """Every cell of *table* against the page; *marks* say by which words an entry is known."""
    assert {entry for (entry,) in table} == set(marks)
    expected, found = {}, {}
    for (entry,), cells in table.items():
        for name, cell in cells.items():
            expected[name, entry] = cell
            found[name, entry] = cell_of(clients[name], address, marks[entry])
    compare(expected, found)


def told(action: Action) -> str:
    """An act as the history tells it, and nothing else on the page."""
    return f"</span>{action.label}"


def saved(owner, result, number, words):
    return services.save_result(actor=owner, result=result, new=values(number, explanation=words))


@pytest.fixture
def gone_through(open_round, indicator, owner, coordinator):
    """A result that was drafted, handed in, returned, handed in again, approved and corrected, with marks on it."""
    result = saved(owner, Result(round=open_round, indicator=indicator, version=0), 300, "초안의 말")
    services.add_comment(actor=owner, result=result, text="초안에 붙인 의견")
    services.add_evidence(actor=owner, result=result, **_file("1", is_public=False) | {"name": "초안근거.pdf"})
    result = services.submit_result(actor=owner, result=result, new=values(301, explanation="낸 말"))
    services.add_comment(actor=coordinator, result=result, text="낸 뒤의 의견")
    result = services.return_result(actor=coordinator, result=result, comment="돌려보낸 까닭")
    result = saved(owner, result, 302, "반려 뒤의 말")
    result = services.submit_result(actor=owner, result=result, new=values(303, explanation="다시 낸 말"))
    result = services.approve_result(actor=coordinator, result=result)
    services.close_round(actor=coordinator, reporting_round=open_round)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    result.refresh_from_db()
    new = values(304, explanation="바로잡은 말")
    return services.correct_result(actor=coordinator, result=result, new=new, comment="정정 사유")


def test_the_history_of_a_result(clients, gone_through):
    marks = {
        "words of a draft": "초안의 말",
        "remark on a draft": "초안에 붙인 의견",
        "file of a draft": "<br>초안근거.pdf</li>",
        "handing in": told(Action.RESULT_SUBMITTED),
        "approval": told(Action.RESULT_APPROVED),
        "remark once handed in": "낸 뒤의 의견",
        "return": "돌려보낸 까닭",
        "words between return and handing in": "반려 뒤의 말",
        "words of a correction": "다시 낸 말 → 바로잡은 말",
    }
    # The list of files shows that file to all who see the value; the mark is that of the history.
    table = {entry: cells for entry, cells in RESULTS.items() if entry[0] in marks}
    hold(table, marks, clients, gone_through.get_absolute_url())


def test_the_draft_that_a_correction_replaced(clients, draft, open_round, owner, coordinator):
    """A result that was never handed in: what the correction says is for all, the draft it replaced is not."""
    result = saved(owner, draft, 299, "끝까지 초안")
    services.close_round(actor=coordinator, reporting_round=open_round)
    services.publish_round(actor=coordinator, reporting_round=open_round)
    new = values(304, explanation="바로잡은 말")
    services.correct_result(actor=coordinator, result=result, new=new, comment="정정 사유")
    entry = ("draft that a correction replaced",)
    hold({entry: RESULTS[entry]}, {entry[0]: "끝까지 초안"}, clients, result.get_absolute_url())
    page = tight(clients["committee"].get(result.get_absolute_url()).text)
    assert "– → 바로잡은 말" in page
    assert "정정 사유" in page


def test_the_review_queue_shows_the_same_history(clients, submitted, coordinator, url_of):
    page = tight(clients["coordinator"].get(url_of("indicators:review_queue", 2022)).text)
    assert told(Action.RESULT_SAVED) in page
    assert told(Action.RESULT_SUBMITTED) in page


def _worded(question, coordinator, words):
    new = {name: getattr(question, name) for name in ("area", "goal", "target", "task")} | {"summary": words}
    points = voices.points_of(question)
    seen = voices.token_of(question, voices.points_in_words(points))
    return voices.save_question(actor=coordinator, question=question, new=new, opinions=points, seen=seen)


def _returned(question, user, coordinator, mark):
    """The reply of a user's department: drafted, handed in, returned, handed in again."""
    voices.save_reply(actor=user, draft=draft_of(question, user), new=answer(summary=f"{mark}의 초안"))
    voices.submit_reply(actor=user, draft=draft_of(question, user), new=answer(summary=f"{mark}의 답변"))
    voices.return_reply(actor=coordinator, draft=draft_of(question, user), comment=f"{mark}에 보완 요청")
    voices.submit_reply(actor=user, draft=draft_of(question, user), new=answer(summary=f"{mark}의 나은 답변"))


def _consolidated(question, coordinator):
    """The answer worded twice, so that its history tells what was thrown away."""
    for version, words in enumerate(["버린 종합", "내보낸 종합"]):
        voices.consolidate_replies(
            actor=coordinator, question=question, new=answer(summary=words), version=version, is_ready=version == 1
        )
        question = type(question).objects.get(pk=question.pk)


@pytest.mark.parametrize("is_published", [False, True], ids=["ready", "published"])
def test_the_history_of_a_question(clients, unsent, owner, partner, coordinator, welfare, is_published):
    voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
    question = _worded(_worded(unsent, coordinator, "버린 질의"), coordinator, "다듬은 질의")
    voices.add_question_comment(actor=coordinator, question=question, text="보내기 전의 의견")
    later = timezone.localdate() + timedelta(days=30)
    others = [partner.department]
    question = voices.send_question(actor=coordinator, question=question, lead=welfare, others=others, due_on=later)
    voices.add_question_comment(actor=coordinator, question=question, text="보낸 뒤의 의견")
    _returned(question, owner, coordinator, "주관")
    _returned(question, partner, coordinator, "협조")
    _consolidated(question, coordinator)
    if is_published:
        voices.publish_replies(actor=coordinator, deliberation=question.deliberation)
    marks = {
        "earlier words of the question": "버린 질의",
        "remark before sending": "보내기 전의 의견",
        "sending": told(Action.QUESTION_SENT),
        "remark after sending": "보낸 뒤의 의견",
        "words of lead's draft": "주관의 초안",
        "return of lead": "주관에 보완 요청",
        "handing in of lead": told(Action.REPLY_SUBMITTED),
        "words of own draft": "협조의 초안",
        "return of own": "협조에 보완 요청",
        "words of the consolidated answer": "버린 종합",
    }
    hold(QUESTIONS, marks, clients, question.get_absolute_url())


def test_the_history_of_a_promise(clients, promise, owner, partner, coordinator):
    new = {"text": "일자리 여섯 개를 늘린다.", "due_on": promise.due_on, "task": promise.task, "indicator": None}
    voices.save_commitment(actor=owner, commitment=promise, new=new)
    for user in (owner, partner):
        voices.submit_reply(actor=user, draft=draft_of(promise.question, user), new=answer())
    ready = {"new": answer(), "version": 0, "is_ready": True}
    voices.consolidate_replies(actor=coordinator, question=promise.question, **ready)
    voices.publish_replies(actor=coordinator, deliberation=promise.question.deliberation)
    promise.refresh_from_db()
    for text, is_good in [("모자란 보고", False), ("충분한 보고", True)]:
        report = voices.report_commitment(actor=owner, commitment=promise, state=CommitmentState.KEPT, text=text)
        words = "" if is_good else "더 적어 달라는 말"
        voices.decide_report(actor=coordinator, report=report, publish=is_good, comment=words)
    marks = {
        "words before publication": "일자리 다섯 개를 늘린다.",
        "return of a report": "더 적어 달라는 말",
        "report": "모자란 보고",
        "publication of a report": told(Action.COMMITMENT_DECIDED),
    }
    hold(PROMISES, marks, clients, promise.get_absolute_url())
