"""docs/permissions.md is walked cell by cell against the real pages, so that the page and the code cannot differ."""

import re
from contextlib import nullcontext
from datetime import timedelta
from itertools import product

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import ActivityEntry
from indicators import services
from indicators.checking.selectors.checks import check_rows
from indicators.checking.services.committee import add_committee_comment
from indicators.choices import RoundState
from indicators.models import Publication, Reminder, ReportingRound, Result, RoundExtension

from .conftest import values
from .workbook_files import edited, upload_of
from .world import undrawn

PAGE = django_settings.BASE_DIR / "docs" / "permissions.md"
PEOPLE = [
    "owner",
    "colleague",
    "stranger",
    "head",
    "other head",
    "coordinator",
    "administrator",
    "committee",
    "citizen",
]
RESULT_STATES = ["none", "draft", "submitted", "endorsed", "returned", "approved"]
ROUND_STATES = ["planned", "open", "closed", "extended", "published"]
FOR_REASONS_OF_PERSON = {"403", "404", "422", "login", "no"}
KEY = (2022, 1, "1-1-2-1")


# --- the page


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the first table under *heading*, by column."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[2:]]


def walk(heading: str, *keys: str) -> dict[tuple[str, ...], dict[str, str]]:
    """A table with its grouped rows ("draft, returned") spread out; no combination may stand in it twice."""
    found = {}
    for row in table(heading):
        cells = {name: cell for name, cell in row.items() if name not in keys}
        for key in product(*(re.split(r",\s*", row[name]) for name in keys)):
            assert key not in found, f"{heading}: {key} stands there twice"
            found[key] = cells
    return found


OPEN_ROUND = walk("Results while the round is open", "who", "result")
WITHOUT_HEADS = walk("Where the heads do not confirm", "who", "result")
OTHER_ROUNDS = walk("Results in the other states of a round", "round", "result")
ROUND_ACTS = walk("Pages and acts of a round", "act")
ROUND_STEPS = walk("In which state of the round", "act")
PLAN_ACTS = walk("What is said about the plan itself", "act")


# --- what is done for each column


@pytest.fixture
def upload():
    return lambda: SimpleUploadedFile("근거.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n")


@pytest.fixture
def try_act(request, as_user, url_of, upload, welfare, indicator):
    """Do one act of a table as a client does it; returns the response."""

    def entry(client, version, action):
        typed = {"value": "318", "missing_reason": "", "explanation": "", "version": version, "action": action}
        return client.post(url_of("indicators:result", *KEY), typed)

    def decide(client, name, decision, version):
        typed = {"decision": decision, "comment": "확인해 주십시오.", "version": version}
        return client.post(url_of(f"indicators:{name}", *KEY), typed)

    def correct(client, version):
        typed = {"value": "319", "missing_reason": "", "explanation": "", "comment": "오기", "version": version}
        shown = client.post(url_of("indicators:correct", *KEY), typed)
        if shown.status_code != 200:
            return shown
        return client.post(url_of("indicators:correct", *KEY), typed | {"seen": shown.context["preview"].sha256})

    workbooks: dict[int, bytes] = {}

    def save_row(client, version):
        row = f"r{indicator.pk}"
        typed = {
            f"{row}-version": version,
            f"{row}-value": "318",
            f"{row}-missing_reason": "",
            f"{row}-explanation": "",
        }
        return client.post(f"{url_of('indicators:grid', 2022)}?department=social-welfare", typed)

    def send_back(client, version):
        if version not in workbooks:
            download = as_user(request.getfixturevalue("owner")).get(url_of("indicators:workbook_download", 2022))
            workbooks[version] = edited(download.content, {(1, "1-1-2-1", "2022년 실적"): 318})
        sent = client.post(url_of("indicators:workbook_upload", 2022), {"file": upload_of(workbooks[version])})
        if sent.status_code != 302 or sent.url.startswith("/accounts/"):
            return sent
        seen = {"fingerprint": client.get(sent.url).context["preview"].fingerprint}
        return client.post(f"{sent.url}confirm/", seen)

    acts = {
        "view": lambda client, version: client.get(url_of("indicators:result", *KEY)),
        "value": lambda client, version: client.get(url_of("indicators:result", *KEY)),
        "save": lambda client, version: entry(client, version, "save"),
        "save row": save_row,
        "send workbook": send_back,
        "submit": lambda client, version: entry(client, version, "submit"),
        "evidence": lambda client, version: client.post(url_of("indicators:evidence_add", *KEY), {"files": [upload()]}),
        "comment": lambda client, version: client.post(url_of("indicators:comments", *KEY), {"text": "의견"}),
        "endorse": lambda client, version: decide(client, "endorse", "endorse", version),
        "return as head": lambda client, version: decide(client, "endorse", "return", version),
        "approve": lambda client, version: decide(client, "review", "approve", version),
        "return": lambda client, version: decide(client, "review", "return", version),
        "correct": correct,
    }
    window = {"opens_on": "2023-01-02", "due_on": "2023-03-01", "instructions": "고침"}
    new_round = {"year": "2024", "opens_on": "2025-01-02", "due_on": "2025-02-28", "instructions": ""}
    more_time = {"department": welfare.pk, "until": "2090-01-01"}
    remind = {"whom": "chosen", "department": [welfare.pk]}
    department = (2022, "social-welfare")

    def chosen(result):
        return {"chosen": [f"{result.pk}:{result.version}"]}

    rounds = {
        "list of rounds": lambda client, result: client.get(url_of("indicators:rounds")),
        "plan": lambda client, result: client.post(url_of("indicators:rounds"), new_round),
        "board": lambda client, result: client.get(url_of("indicators:round", 2022)),
        "department's list": lambda client, result: client.get(url_of("indicators:round_department", *department)),
        "change": lambda client, result: client.post(url_of("indicators:round_change", 2022), window),
        "open": lambda client, result: client.post(url_of("indicators:round_open", 2022)),
        "close": lambda client, result: client.post(url_of("indicators:round_close", 2022)),
        "extend": lambda client, result: client.post(url_of("indicators:round_extend", 2022), more_time),
        "remind": lambda client, result: client.post(url_of("indicators:round_remind", 2022), remind),
        "publish": lambda client, result: client.post(url_of("indicators:round_publish", 2022), {"reason": "정정"}),
        "queue": lambda client, result: client.get(url_of("indicators:review_queue", 2022)),
        "approve many": lambda client, result: client.post(url_of("indicators:review_queue", 2022), chosen(result)),
        "head's queue": lambda client, result: client.get(url_of("indicators:endorse_queue", 2022)),
        "unpublished dashboard": lambda client, result: client.get(url_of("indicators:work_dashboard")),
        "my work": lambda client, result: client.get(url_of("indicators:work")),
        "grid": lambda client, result: client.get(url_of("indicators:grid", 2022)),
        "workbook": lambda client, result: client.get(url_of("indicators:workbook", 2022)),
    }
    return acts | rounds


PAGES = {
    "unpublished dashboard",
    "view",
    "value",
    "list of rounds",
    "board",
    "department's list",
    "queue",
    "head's queue",
    "my work",
    "grid",
    "workbook",
    "list of indicators",
    "page of an indicator",
    "page of an area",
    "findings",
    "list for the revision",
    "file of the revision",
    "comment to answer",
}


DRAWN = {"value", "correct", "send workbook"}  # where something is read in a page


def picture():
    """All that an act could change."""
    return (
        list(ReportingRound.objects.order_by("pk").values()),
        list(Result.objects.order_by("pk").values()),
        list(RoundExtension.objects.values()),
        Reminder.objects.count(),
        Publication.objects.count(),
        ActivityEntry.objects.count(),
    )


def outcome_of(act, attempt) -> str:
    """What came of an attempt, in the words of the page; whatever it changed is undone."""
    before = picture()
    savepoint = transaction.savepoint()
    with nullcontext() if act in DRAWN else undrawn():
        response = attempt()
    changed = picture() != before
    transaction.savepoint_rollback(savepoint)
    status = response.status_code
    if status == 302 and response.url.startswith("/accounts/login/"):
        said = "login"
    elif status >= 400:
        said = str(status)
    elif act == "value":
        said = "yes" if re.search(r'317명|value="317"', response.text) else "no"
    elif act in PAGES:
        said = "yes" if status == 200 else "no"
    else:
        said = "yes" if changed else "no"
    assert changed == (said == "yes" and act not in PAGES), f"{act}: {said}, but the data changed: {changed}"
    return said


# --- the situations of the tables


@pytest.fixture
def clients(request, as_user, plan, settings, tmp_path):
    """One signed-in client for each of PEOPLE."""
    settings.MEDIA_ROOT = tmp_path
    users = {name: None if name == "citizen" else request.getfixturevalue(name.replace(" ", "_")) for name in PEOPLE}
    users["owner"].email = "owner@localhost"
    users["owner"].save()
    return {name: as_user(user) for name, user in users.items()}


@pytest.fixture
def situation(plan, open_round, indicator, owner, head, coordinator, welfare):
    """Bring the round and the result into a state through the services; returns the result's id and version."""

    def bring(result_state, round_state="open", *, heads_confirm=True):
        plan.needs_endorsement = heads_confirm or result_state == "endorsed"
        plan.save()
        result = Result(round=ReportingRound.objects.get(), indicator=indicator, version=0)
        if result_state == "draft":
            result = services.save_result(actor=owner, result=result, new=values(317))
        elif result_state != "none":
            result = services.submit_result(actor=owner, result=result, new=values(317))
        if result_state == "returned":
            result = services.return_result(actor=coordinator, result=result, comment="확인")
        if result_state == "endorsed" or (result_state == "approved" and plan.needs_endorsement):
            result = services.endorse_result(actor=head, result=result)
        if result_state == "approved":
            result = services.approve_result(actor=coordinator, result=result)
        if not heads_confirm:
            plan.needs_endorsement = False
            plan.save()
        _bring_round(open_round, round_state, coordinator, welfare)
        return result

    return bring


def _bring_round(reporting_round, state, coordinator, welfare):
    if state == "planned":
        ReportingRound.objects.update(state=RoundState.PLANNED)
    if state in ("closed", "extended", "published"):
        services.close_round(actor=coordinator, reporting_round=reporting_round)
    if state == "extended":
        until = timezone.localdate() + timedelta(days=5)
        services.extend_round(actor=coordinator, reporting_round=reporting_round, department=welfare, until=until)
    if state == "published":
        services.publish_round(actor=coordinator, reporting_round=reporting_round)


def compare(expected: dict, found: dict) -> None:
    wrong = [
        f"{key}: the page says {expected[key]}, the site {found[key]}" for key in found if expected[key] != found[key]
    ]
    assert not wrong, "\n".join(wrong)


# --- the walks


def test_the_tables_are_complete():
    assert set(OPEN_ROUND) == set(product(PEOPLE, RESULT_STATES))
    later = set(product(["closed", "extended", "published"], RESULT_STATES))
    assert set(OTHER_ROUNDS) == later | {("planned", "none")}
    assert set(WITHOUT_HEADS) <= set(OPEN_ROUND)
    assert all(set(row) == set(PEOPLE) for row in ROUND_ACTS.values())
    assert all(set(row) == set(ROUND_STATES) for row in ROUND_STEPS.values())
    assert {key for key in ROUND_ACTS if key[0] not in PAGES} == set(ROUND_STEPS)


def test_every_column_is_tried(try_act):
    columns = {name for row in OPEN_ROUND.values() for name in row}
    assert all(set(row) == columns for row in OPEN_ROUND.values())
    assert columns | {act for (act,) in ROUND_ACTS} == set(try_act)


@pytest.mark.parametrize("result_state", RESULT_STATES)
def test_results_while_the_round_is_open(clients, situation, try_act, result_state):
    result = situation(result_state)
    expected, found = {}, {}
    for name, client in clients.items():
        for act, cell in OPEN_ROUND[name, result_state].items():
            expected[name, act] = cell
            found[name, act] = outcome_of(act, lambda c=client, a=act: try_act[a](c, result.version))
    compare(expected, found)


@pytest.mark.parametrize("result_state", RESULT_STATES)
def test_results_where_the_heads_do_not_confirm(clients, situation, try_act, result_state):
    """All cells of the first table hold, but for those that the second one replaces."""
    result = situation(result_state, heads_confirm=False)
    expected, found = {}, {}
    for name in ("owner", "head", "coordinator", "administrator"):
        cells = OPEN_ROUND[name, result_state] | WITHOUT_HEADS.get((name, result_state), {})
        for act, cell in cells.items():
            expected[name, act] = cell
            found[name, act] = outcome_of(act, lambda c=clients[name], a=act: try_act[a](c, result.version))
    compare(expected, found)


@pytest.mark.parametrize(("round_state", "result_state"), sorted(OTHER_ROUNDS))
def test_results_in_the_other_states_of_a_round(clients, situation, try_act, round_state, result_state):
    """Who is refused as a person is refused alike in every state of the round; for all others this table counts."""
    result = situation(result_state, round_state)
    everybody = result_state in ("none", "submitted")
    expected, found = {}, {}
    for name in PEOPLE if everybody else ["owner", "head", "coordinator"]:
        for act, cell in OPEN_ROUND[name, result_state].items():
            if cell not in FOR_REASONS_OF_PERSON:
                cell = OTHER_ROUNDS[round_state, result_state].get(act, cell)
            expected[name, act] = cell
            found[name, act] = outcome_of(act, lambda c=clients[name], a=act: try_act[a](c, result.version))
    compare(expected, found)


STATE_FOR = {"open": "planned", "publish": "closed"}  # acts that need another state than an open round


@pytest.mark.parametrize("act", [act for (act,) in ROUND_ACTS])
def test_pages_and_acts_of_a_round(clients, situation, try_act, act):
    result = situation("endorsed" if act == "approve many" else "draft", STATE_FOR.get(act, "open"))
    cells = ROUND_ACTS[act,]
    found = {name: outcome_of(act, lambda c=client: try_act[act](c, result)) for name, client in clients.items()}
    compare(cells, found)


@pytest.mark.parametrize("round_state", ROUND_STATES)
def test_in_which_state_of_the_round(clients, situation, try_act, indicator, round_state):
    expected, found = {}, {}
    for (act,), cells in ROUND_STEPS.items():
        savepoint = transaction.savepoint()
        result = situation("endorsed" if act == "approve many" else "draft", round_state)
        if act == "publish" and round_state == "published":
            indicator.milestones.update(value=1)  # so that there is something to correct
        expected[act] = cells[round_state]
        found[act] = outcome_of(act, lambda a=act, r=result: try_act[a](clients["coordinator"], r))
        transaction.savepoint_rollback(savepoint)
    compare(expected, found)


# --- what is said about the plan itself


@pytest.fixture
def try_plan_act(url_of, plan, indicator, welfare, coordinator):
    """Do one act of the last table; every act leaves an entry, so that `picture` shows it."""
    comment = add_committee_comment(
        actor=coordinator, area=indicator.area, indicator=indicator, department=welfare, text="근거"
    )
    key = (1, "1-1-2-1")
    rating = {"version": 0, "milestones": "adequate", "goal_link": "close", "reason": ""}
    asked = {"department": "social-welfare", "text": "의견"}
    token = check_rows(plan)[0].token
    gets = {
        "list of indicators": url_of("indicators:committee_list"),
        "page of an indicator": url_of("indicators:committee_indicator", *key),
        "page of an area": url_of("indicators:committee_area", 1),
        "findings": url_of("indicators:checks"),
        "list for the revision": url_of("indicators:revision"),
        "file of the revision": url_of("indicators:revision_xlsx"),
        "comment to answer": comment.get_absolute_url(),
    }
    posts = {
        "rate": (url_of("indicators:rate", *key), rating),
        "comment on an indicator": (url_of("indicators:committee_comments", *key), asked),
        "comment on an area": (url_of("indicators:committee_area", 1), asked),
        "decide about a finding": (url_of("indicators:checks"), {"chosen": [token], "state": "to_revise"}),
        "answer": (comment.get_absolute_url(), {"version": 1, "answer": "답변"}),
    }
    acts = {name: lambda client, a=address: client.get(a) for name, address in gets.items()}
    return acts | {
        name: lambda client, a=address, t=typed: client.post(a, t) for name, (address, typed) in posts.items()
    }


def test_every_act_about_the_plan_is_tried(try_plan_act):
    assert {act for (act,) in PLAN_ACTS} == set(try_plan_act)


@pytest.mark.parametrize("act", [act for (act,) in PLAN_ACTS])
def test_what_is_said_about_the_plan_itself(clients, try_plan_act, act):
    found = {name: outcome_of(act, lambda c=client: try_plan_act[act](c)) for name, client in clients.items()}
    compare(PLAN_ACTS[act,], found)
