"""Editions say for ever what they were published with: whatever is renamed, reworded or deleted beside them."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department
from indicators.models import Figure, Indicator, Publication, PublishedFile
from plans.models import Task
from stakeholders import services as voices
from stakeholders.models import Commitment, ForumMeeting, Opinion, PositionPaper, Question, Reply, ReplyPublication
from stakeholders.selectors.tables import reply_table

from .conftest import answer, draft_of

CLOSED_PAPERS = "이미 공개된 입장문서와 의견이라 고칠 수 없습니다."
CLOSED_QUESTION = "이미 부서에 보낸 질의라 고칠 수 없습니다."


@pytest.fixture
def keeper(as_user, coordinator):
    return as_user(coordinator)


@pytest.fixture
def ready_anew(replied, coordinator, owner):
    """A second question of the forum whose answer is ready for the next edition."""
    points = list(Opinion.objects.filter(paper__deliberation=replied.deliberation)[2:])
    where = {"area": None, "goal": None, "target": None, "task": None}
    question = voices.save_question(
        actor=coordinator,
        question=Question(deliberation=replied.deliberation),
        new={"summary": "다른 질의"} | where,
        opinions=points,
        seen="",
    )
    later = timezone.localdate() + timedelta(days=30)
    voices.send_question(actor=coordinator, question=question, lead=owner.department, others=[], due_on=later)
    voices.submit_reply(actor=owner, draft=draft_of(question, owner), new=answer())
    return voices.consolidate_replies(actor=coordinator, question=question, new=answer(), version=0, is_ready=True)


@pytest.fixture
def page(client, replied, plan):
    return lambda: client.get(f"/plans/{plan.slug}/voices/editions/2024/1/").text


def of(obj, act, *args) -> str:
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_{act}", args=[obj.pk, *args])


def typed_on(response) -> dict:
    """What a form of the admin sends when nothing was changed."""
    return {bound.html_name: bound.value() for bound in response.context["adminform"].form if bound.value() is not None}


def check(capsys) -> tuple[int, str]:
    """Exit code and output of the check of editions."""
    try:
        call_command("check_editions")
    except CommandError as fault:
        return fault.returncode, capsys.readouterr().out + str(fault)
    return 0, capsys.readouterr().out


def put(table: str, column: str, value, pk: int) -> None:
    """Change a published row behind the back of the program, as somebody with the database can."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", [value, pk])


# --- frozen content


def test_renaming_and_rewording_leaves_every_edition_and_hash_as_it_was(page, replied, published, capsys):
    before = page()
    Question.objects.filter(pk=replied.pk).update(summary="나중에 바꾼 질의", number=99)
    Task.objects.update(title="나중에 바꾼 과제")
    Indicator.objects.update(title="나중에 바꾼 지표", unit="개")
    Department.objects.update(name="나중에 바꾼 부서")
    Commitment.objects.update(text="나중에 바꾼 약속", due_on=date(2090, 1, 1))
    assert page() == before
    assert "나중에" not in before
    assert check(capsys)[0] == 0


def test_the_next_edition_carries_what_did_not_change_in_its_own_words(replied, ready_anew, coordinator, page):
    """A second edition, made for another question, says of the first what the first edition said."""
    Question.objects.filter(pk=replied.pk).update(summary="나중에 바꾼 질의")
    second = voices.publish_replies(actor=coordinator, deliberation=replied.deliberation, reason="답변을 더함")
    old, new = (Reply.objects.get(publication__edition=n, question=replied) for n in (1, 2))
    assert (new.publication, new.inputs) == (second, old.inputs)
    assert old.inputs["commitments"]


def test_api_and_table_tell_the_question_as_it_was_published(client, replied, plan):
    Question.objects.filter(pk=replied.pk).update(summary="나중에 바꾼 질의")
    item = client.get(f"/api/v1/plans/{plan.slug}/replies/?year=2024").text
    assert "나중에" not in item
    assert not [row for row in reply_table(plan) if "나중에 바꾼 질의" in row]


def test_the_migration_gives_editions_of_before_what_they_were_hashed_with(replied, capsys):
    """Also with a promise and a reply of two departments; the historical models know no method of today."""
    step = MigrationLoader(connection).get_migration("stakeholders", "0005_reply_inputs")
    known = {reply.pk: reply.inputs for reply in Reply.objects.all()}
    assert any(inputs["commitments"] and len(inputs["departments"]) > 1 for inputs in known.values())
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {Reply._meta.db_table} SET inputs = %s", ["{}"])
    apps = MigrationLoader(connection).project_state((step.app_label, step.name)).apps
    step.operations[1].code(apps, None)
    assert {reply.pk: reply.inputs for reply in Reply.objects.all()} == known
    assert check(capsys)[0] == 0


# --- the check


def test_the_check_passes_the_printed_and_the_made_editions(replied, published, capsys):
    code, said = check(capsys)
    assert code == 0
    assert said.splitlines() == ["공표본 1건", f"공표본 파일 {PublishedFile.objects.count()}건", "답변 공개본 2건"]


@pytest.mark.parametrize(
    ("model", "column", "value", "named"),
    [
        (Figure, "explanation", "나중에 적은 설명", "2022년 실적 1판"),
        (PublishedFile, "content", b"other bytes", "2022년 실적 1판 figures.csv"),
        (Publication, "sha256", "0" * 64, "2022년 실적 1판"),
        (Reply, "summary", "나중에 적은 답변", "년 답변 1판"),
        (ReplyPublication, "sha256", "0" * 64, "년 답변 1판"),
    ],
)
def test_the_check_names_what_differs_and_fails(replied, published, capsys, model, column, value, named):
    rows = model.objects.filter(name="figures.csv") if model is PublishedFile else model.objects.order_by("-pk")
    row = rows.first()
    put(model._meta.db_table, column, value, row.pk)
    code, said = check(capsys)
    assert code == 1
    assert f"{named}: 내용이 공개할 때의 확인값과 다릅니다." in said
    assert said.count("확인값과 다릅니다.") == 1
    assert "다른 것이 1건 있습니다." in said


# --- the admin


def closed_things(replied):
    point = Opinion.objects.filter(paper__deliberation=replied.deliberation).first()
    return [
        (replied.deliberation, CLOSED_PAPERS),
        (point.paper, CLOSED_PAPERS),
        (point, CLOSED_PAPERS),
        (replied, CLOSED_QUESTION),
        (Question.objects.filter(deliberation__year=2022).first(), "이미 답변이 공개된 질의라 고칠 수 없습니다."),
    ]


@pytest.mark.parametrize("number", range(5), ids=["forum", "paper", "point", "question", "printed question"])
def test_what_is_published_can_be_looked_up_but_not_written(keeper, replied, number):
    thing, reason = closed_things(replied)[number]
    shown = keeper.get(of(thing, "change"))
    assert shown.status_code == 200
    assert reason in shown.text
    assert 'name="_save"' not in shown.text


@pytest.mark.parametrize("number", range(5), ids=["forum", "paper", "point", "question", "printed question"])
def test_what_is_published_cannot_be_deleted(keeper, replied, number):
    thing, reason = closed_things(replied)[number]
    asked = keeper.get(of(thing, "delete"))
    assert reason in asked.text
    refused = keeper.post(of(thing, "delete"), {"post": "yes"})
    assert refused.status_code == 200
    assert reason in refused.text
    assert type(thing).objects.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("number", range(5), ids=["forum", "paper", "point", "question", "printed question"])
def test_what_is_published_cannot_be_deleted_among_others(keeper, replied, number):
    thing, reason = closed_things(replied)[number]
    chosen = {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"}
    refused = keeper.post(of(thing, "change").split(f"{thing.pk}/change")[0], chosen)
    assert refused.status_code == 200
    assert reason in refused.text
    assert type(thing).objects.filter(pk=thing.pk).exists()


def test_an_unpublished_point_is_free(keeper, forum):
    point = Opinion.objects.filter(paper__deliberation=forum).last()
    form = keeper.get(of(point, "change"))
    saved = keeper.post(of(point, "change"), typed_on(form) | {"summary": "고친 의견"})
    assert saved.status_code == 302
    point.refresh_from_db()
    assert point.summary == "고친 의견"
    assert keeper.post(of(point, "delete"), {"post": "yes"}).status_code == 302
    assert not Opinion.objects.filter(pk=point.pk).exists()


def test_a_form_that_was_opened_before_the_publication_keeps_what_was_typed(keeper, forum, coordinator):
    point = Opinion.objects.filter(paper__deliberation=forum).first()
    typed = typed_on(keeper.get(of(point, "change"))) | {"summary": "늦게 고친 의견"}
    voices.publish_papers(actor=coordinator, deliberation=forum)
    refused = keeper.post(of(point, "change"), typed)
    assert refused.status_code == 200
    assert CLOSED_PAPERS in refused.text
    assert "늦게 고친 의견" in refused.text
    point.refresh_from_db()
    assert point.summary != "늦게 고친 의견"


def test_nothing_is_added_to_a_published_paper(keeper, replied):
    paper = PositionPaper.objects.get(deliberation=replied.deliberation)
    new = {"paper": paper.pk, "number": 90, "kind": "proposal", "summary": "나중에 더한 의견", "cited_code": ""}
    refused = keeper.post(reverse("admin:stakeholders_opinion_add"), new)
    assert refused.status_code == 200
    assert CLOSED_PAPERS in refused.text
    assert not Opinion.objects.filter(number=90).exists()


def test_a_meeting_of_a_published_paper_stays_with_it(keeper, replied):
    paper = PositionPaper.objects.get(deliberation=replied.deliberation)
    ForumMeeting.objects.create(paper=paper, number=1, held_on=date(2024, 5, 1))
    keeper.post(of(paper, "delete"), {"post": "yes"})
    assert ForumMeeting.objects.filter(paper=paper).count() == 1


def test_a_department_that_answered_with_another_cannot_be_deleted(keeper, replied):
    """Nothing else protects it: the link of a published reply would go with it."""
    extra = Department.objects.create(name="함께 답한 과", slug="together")
    reply = Reply.objects.get(question=replied)
    reply.together_with.add(extra)
    for refused in (
        keeper.post(of(extra, "delete"), {"post": "yes"}),
        keeper.post(
            reverse("admin:accounts_department_changelist"),
            {"action": "delete_selected", "_selected_action": [extra.pk], "post": "yes"},
        ),
    ):
        assert "공개된 기록이라 지울 수 없습니다." in refused.text
    assert extra in reply.together_with.all()


@pytest.mark.parametrize("model", [Publication, Figure, Reply])
def test_editions_themselves_are_only_read(keeper, replied, published, model):
    row = model.objects.order_by("pk").last()
    assert keeper.post(of(row, "change"), {"reason": "x"}).status_code == 403
    assert keeper.post(of(row, "delete"), {"post": "yes"}).status_code == 403
