"""The tables on questions, replies and promises in docs/permissions.md, walked cell by cell on the running site."""

import re
from contextlib import nullcontext
from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import ActivityEntry
from stakeholders import services as voices
from stakeholders.models import (
    Commitment,
    CommitmentReport,
    Consolidation,
    Deliberation,
    Opinion,
    PositionPaper,
    Question,
    QuestionComment,
    ReplyDraft,
    ReplyPublication,
)

from .conftest import answer, draft_of
from .test_permissions import compare, walk
from .world import undrawn

PEOPLE = [
    "owner",
    "colleague",
    "partner",
    "stranger",
    "head",
    "other head",
    "coordinator",
    "administrator",
    "committee",
    "citizen",
]
STATES = ["unsent", "asked", "draft", "submitted", "returned", "ready", "published"]
PROMISE_STATES = ["new", "open", "waiting", "done"]
QUESTIONS = walk("A question on its way", "who", "question")
PROMISES = walk("A promise", "who", "promise")
FORUM_ACTS = walk("Pages and acts of a forum", "act")
PAGES = {"view", "words", "see", "list of forums", "board", "list of promises"}
SECRET = "주관부서만 아는 답변"


@pytest.fixture
def clients(request, as_user, plan):
    users = {name: None if name == "citizen" else request.getfixturevalue(name.replace(" ", "_")) for name in PEOPLE}
    return {name: as_user(user) for name, user in users.items()}


def picture():
    """All that an act could change."""
    models = [Deliberation, PositionPaper, Opinion, Question, ReplyDraft, Consolidation, Commitment, CommitmentReport]
    counted = [QuestionComment, ReplyPublication, ActivityEntry]
    return [list(m.objects.order_by("pk").values()) for m in models] + [m.objects.count() for m in counted]


def outcome_of(act, attempt) -> str:
    """What came of an attempt, in the words of the page; whatever it changed is undone."""
    before = picture()
    savepoint = transaction.savepoint()
    with nullcontext() if act == "words" else undrawn():
        response = attempt()
    changed = picture() != before
    transaction.savepoint_rollback(savepoint)
    if response.status_code == 302 and response.url.startswith("/accounts/login/"):
        said = "login"
    elif response.status_code >= 400:
        said = str(response.status_code)
    elif act == "words":
        said = "yes" if SECRET in response.text else "no"
    elif act in PAGES:
        said = "yes" if response.status_code == 200 else "no"
    else:
        said = "yes" if changed else "no"
    assert changed == (said == "yes" and act not in PAGES), f"{act}: {said}, but the data changed: {changed}"
    return said


# --- questions


@pytest.fixture
def question_in(unsent, owner, partner, coordinator, welfare):
    """Bring the question into a state through the services."""

    def bring(state):
        if state == "unsent":
            return unsent
        voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
        due_on = timezone.localdate() + timedelta(days=30)
        question = voices.send_question(
            actor=coordinator, question=unsent, lead=welfare, others=[partner.department], due_on=due_on
        )
        said = answer(summary=SECRET)
        voices.save_reply(actor=owner, draft=draft_of(question, owner), new=said)
        if state == "asked":
            ReplyDraft.objects.filter(department=welfare).update(state="asked")
        if state in ("submitted", "returned", "ready", "published"):
            voices.submit_reply(actor=owner, draft=draft_of(question, owner), new=said)
        if state == "returned":
            voices.return_reply(actor=coordinator, draft=draft_of(question, owner), comment="더 적어 주십시오.")
        if state in ("ready", "published"):
            voices.submit_reply(actor=partner, draft=draft_of(question, partner), new=said)
            voices.consolidate_replies(actor=coordinator, question=question, new=said, version=0, is_ready=True)
        if state == "published":
            voices.publish_replies(actor=coordinator, deliberation=question.deliberation)
        return question

    return bring


def try_question(client, act, question, user_draft, lead_draft, opinions, welfare):
    base = question.get_absolute_url()
    typed = {
        "stance": "accepted",
        "summary": "고친 답변",
        "reason": "",
        "version": user_draft.version if user_draft else 1,
    }
    later = str(timezone.localdate() + timedelta(days=30))
    return {
        "view": lambda: client.get(base),
        "words": lambda: client.get(base),
        "save": lambda: client.post(base + "reply/", typed | {"action": "save"}),
        "submit": lambda: client.post(base + "reply/", typed | {"action": "submit"}),
        "promise": lambda: client.post(
            base + "commitments/", {"text": "하겠다.", "due_on": later, "place": "", "version": 1}
        ),
        "comment": lambda: client.post(base + "comments/", {"text": "의견"}),
        "return": lambda: client.post(
            base + "drafts/social-welfare/return/",
            {"comment": "더 적어 주십시오.", "version": lead_draft.version if lead_draft else 1},
        ),
        "consolidate": lambda: client.post(
            base + "consolidate/",
            {
                "answer-stance": "accepted",
                "answer-summary": "종합",
                "answer-reason": "",
                "answer-version": getattr(getattr(question, "consolidation", None), "version", 0),
                "action": "save",
            },
        ),
        "edit": lambda: client.post(
            base + "edit/",
            {
                "summary": "고친 질의",
                "opinions": opinions,
                "reference": "",
                "seen": voices.token_of(question, voices.points_in_words(voices.points_of(question))),
            },
        ),
        "send": lambda: client.post(base + "send/", {"lead": welfare.pk, "due_on": later}),
    }[act]()


def test_the_tables_are_complete():
    assert set(QUESTIONS) == set(product(PEOPLE, STATES))
    assert set(PROMISES) == set(product(PEOPLE, PROMISE_STATES))


@pytest.mark.parametrize("state", STATES)
def test_a_question_on_its_way(clients, question_in, welfare, partner, state):
    question = question_in(state)
    question = Question.objects.select_related("deliberation__plan", "consolidation").get(pk=question.pk)
    opinions = [opinion.pk for opinion in question.opinions.all()]
    drafts = {draft.department_id: draft for draft in question.drafts.all()}
    own = {"partner": drafts.get(partner.department_id)}
    expected, found = {}, {}
    for name, client in clients.items():
        for act, cell in QUESTIONS[name, state].items():
            mine, lead = own.get(name, drafts.get(welfare.pk)), drafts.get(welfare.pk)
            expected[name, act] = cell
            found[name, act] = outcome_of(
                act, lambda c=client, a=act, m=mine, d=lead: try_question(c, a, question, m, d, opinions, welfare)
            )
    compare(expected, found)


# --- promises


@pytest.fixture
def promise_in(promise, owner, partner, coordinator):
    """Bring the promise into a state through the services."""

    def bring(state):
        question = promise.question
        if state == "new":
            return promise
        for user in (owner, partner):
            voices.submit_reply(actor=user, draft=draft_of(question, user), new=answer())
        voices.consolidate_replies(actor=coordinator, question=question, new=answer(), version=0, is_ready=True)
        voices.publish_replies(actor=coordinator, deliberation=question.deliberation)
        promise.refresh_from_db()
        if state in ("waiting", "done"):
            report = voices.report_commitment(actor=owner, commitment=promise, state="kept", text="늘렸습니다.")
            if state == "done":
                voices.decide_report(actor=coordinator, report=report, publish=True)
                promise.refresh_from_db()
        return promise

    return bring


def try_promise(client, act, promise):
    base = promise.get_absolute_url()
    report = promise.reports.first()
    return {
        "see": lambda: client.get(base),
        "change": lambda: client.post(base + "remove/"),
        "report": lambda: client.post(base, {"state": "delayed", "text": "늦어지고 있습니다."}),
        "decide": lambda: client.post(f"{base}reports/{report.pk if report else 0}/", {"decision": "publish"}),
    }[act]()


@pytest.mark.parametrize("state", PROMISE_STATES)
def test_a_promise(clients, promise_in, state):
    promise = promise_in(state)
    expected, found = {}, {}
    for name, client in clients.items():
        for act, cell in PROMISES[name, state].items():
            expected[name, act] = cell
            found[name, act] = outcome_of(act, lambda c=client, a=act: try_promise(c, a, promise))
    compare(expected, found)


# --- the forum


def try_forum(client, act, question):
    forum = question.deliberation
    base = forum.get_absolute_url()
    lists = base.rsplit("/", 2)[0] + "/"
    paper = PositionPaper.objects.select_related("group").get(deliberation=forum)
    page = f"{base}papers/{paper.group.slug}/"
    last = paper.opinions.order_by("-number").first()
    seen = voices.token_of(paper, voices.meetings_in_words(paper))
    formset = {"meetings-TOTAL_FORMS": "0", "meetings-INITIAL_FORMS": "0"}
    point = {"summary": "새 의견", "kind": "proposal", "reference": "", "cited_code": "", "seen": ""}
    return {
        "list of forums": lambda: client.get(lists),
        "board": lambda: client.get(base),
        "list of promises": lambda: client.get(lists.replace("deliberations", "commitments")),
        "open forum": lambda: client.post(lists, {"year": "2025", "title": "2025년 숙의공론장"}),
        "add paper": lambda: client.post(base + "papers/", {"group": "", "name": "새 모임"}),
        "write paper": lambda: client.post(page, {"overall": "고침", "participants": "", "seen": seen} | formset),
        "write point": lambda: client.post(page + "points/", point),
        "take out point": lambda: client.post(f"{page}points/{last.number}/remove/"),
        "make question": lambda: client.post(
            base + "questions/", {"summary": "새 질의", "opinions": [last.pk], "reference": "", "seen": ""}
        ),
        "take out question": lambda: client.post(question.get_absolute_url() + "remove/"),
        "publish papers": lambda: client.post(base + "publish/"),
        "publish replies": lambda: client.post(base + "replies/"),
    }[act]()


@pytest.mark.parametrize("act", [act for (act,) in FORUM_ACTS])
def test_pages_and_acts_of_a_forum(request, clients, unsent, act):
    question = request.getfixturevalue("ready") if act == "publish replies" else unsent
    cells = FORUM_ACTS[act,]
    found = {name: outcome_of(act, lambda c=clients[name]: try_forum(c, act, question)) for name in cells}
    compare(cells, found)


def test_the_words_of_a_reply_are_in_no_other_page_before_publication(clients, question_in):
    question = question_in("submitted")
    opinion = question.opinions.first()
    pages = [opinion.get_absolute_url(), opinion.paper.group.get_absolute_url(), opinion.task.get_absolute_url()]
    for page in pages:
        assert not re.search(SECRET, clients["citizen"].get(page).text)
