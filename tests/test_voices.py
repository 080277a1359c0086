"""What the groups said and what became of it: public pages, filters, open data, and nothing before publication."""

import csv
import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from accounts.models import Department
from plans.models import Target, Task
from stakeholders.choices import Stance
from stakeholders.models import Deliberation, ForumMeeting, Opinion, PositionPaper, Question, Reply, StakeholderGroup

GROUPS = {
    "education": (3, "2022-06-04"),
    "business": (2, "2022-05-30"),
    "labour": (3, None),
    "elderly": (2, None),
    "civil-society": (3, None),
    "children-youth": (3, None),
    "women": (3, "2022-05-10"),
    "migrants": (3, None),
    "volunteers": (3, None),
    "disabled-people": (3, None),
    "young-adults": (2, "2022-05-20"),
}


@pytest.fixture
def voices(plan):
    return f"/plans/{plan.slug}/voices/"


def test_the_forum_of_2022_is_whole(plan):
    papers = PositionPaper.objects.select_related("group").prefetch_related("meetings")
    held = {p.group.slug: (len(p.meetings.all()), p.dated and str(p.dated)) for p in papers}
    assert held == GROUPS
    assert ForumMeeting.objects.count() == 30
    assert 255 <= Opinion.objects.count() <= 285
    assert Question.objects.count() == 137
    assert set(Reply.objects.values_list("department__name", flat=True)) <= set(
        Department.objects.values_list("name", flat=True)
    )
    assert Reply.objects.exclude(stance="").filter(stance_is_ours=False).count() == 0


def test_every_record_obeys_the_rules_of_its_model(plan):
    for model in (Deliberation, StakeholderGroup, PositionPaper, ForumMeeting, Opinion, Question, Reply):
        for record in model.objects.all():
            record.full_clean(validate_unique=False, validate_constraints=False)


def test_references_lie_in_their_area_and_links_in_their_group(plan):
    for record in [*Opinion.objects.all(), *Question.objects.all()]:
        if record.task:
            assert record.task.target.goal.area == record.area
        if record.target:
            assert record.target.goal.area == record.area
        if record.goal:
            assert record.goal.area == record.area
    for question in Question.objects.prefetch_related("groups", "opinions__paper"):
        assert {o.paper.group_id for o in question.opinions.all()} <= {g.pk for g in question.groups.all()}


def test_participants_stand_masked(plan):
    for paper in PositionPaper.objects.exclude(participants=""):
        assert all("○" in person for person in paper.participants.splitlines())


def test_a_point_has_one_reference_and_no_stance_without_words(plan):
    opinion = Opinion.objects.filter(task__isnull=False).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Opinion.objects.filter(pk=opinion.pk).update(target=Target.objects.first())
    opinion.target = opinion.task.target
    with pytest.raises(ValidationError, match="하나만 고르십시오"):
        opinion.full_clean()
    silent = Reply.objects.get(summary="")
    with pytest.raises(IntegrityError, match="reply_stance_needs_words"), transaction.atomic():
        Reply(
            publication=silent.publication,
            question=silent.question,
            department=Department.objects.exclude(pk=silent.department_id).first(),
            stance=Stance.ACCEPTED,
            inputs=silent.inputs,
        ).save()


PAGES = {
    "": 10,
    "points/": 16,
    "points/?group=women&area=1&kind=proposal&stance=informed&department=medical&q=건강": 23,
    "children-youth/": 22,
    "business/": 20,
    "education/2022/2/": 16,
}


@pytest.mark.parametrize(("path", "queries"), PAGES.items(), ids=PAGES)
def test_pages_ask_a_fixed_number_of_queries(client, voices, published, path, queries, django_assert_num_queries):
    with django_assert_num_queries(queries):
        assert client.get(voices + path).status_code == 200


@pytest.mark.parametrize("path", ["nobody/", "education/2022/999/", "nobody/2022/1/", "education/2021/1/"])
def test_what_does_not_exist_is_not_found(client, voices, path):
    assert client.get(voices + path).status_code == 404


@pytest.mark.parametrize("path", ["", "points/", "education/", "education/2022/1/"])
def test_public_pages_are_only_read(client, voices, path):
    assert client.post(voices + path).status_code == 405


def test_a_group_page_holds_every_point_with_what_became_of_it(client, voices):
    for slug in GROUPS:
        page = client.get(f"{voices}{slug}/")
        points = Opinion.objects.filter(paper__group__slug=slug)
        assert sum(len(rows) for _paper, rows in page.context["papers"]) == points.count()
        assert page.context["outcome"].answered <= points.count()
        assert page.text.count("point-row") == points.count()


def test_the_chain_leads_from_the_point_to_the_figure(client, voices, published):
    question = Question.objects.filter(task__code="1-1-2", area__number=1).first()
    opinion = question.opinions.filter(task=question.task).first()
    page = client.get(opinion.get_absolute_url()).text
    for step in (opinion.summary, question.summary, question.replies.get().summary, opinion.task.title):
        assert step.replace("'", "&#x27;") in page
    assert "자활사업 참여자 수" in page
    assert "310" in page


def test_an_unanswered_point_says_so(client, voices):
    silent = Opinion.objects.filter(questions=None).first()
    page = client.get(silent.get_absolute_url()).text
    assert "이 의견은 부서에 질의로 보내지지 않아 답변이 없습니다." in page


def test_a_wrong_code_is_kept_beside_what_it_means(client, voices, plan):
    opinion = Opinion.objects.get(paper__group__slug="volunteers", cited_code="4-3-1")
    assert opinion.task == Task.objects.get_by_natural_key(plan.slug, 5, "4-1-1")
    assert "적힌 번호 4-3-1" in client.get(opinion.get_absolute_url()).text


@pytest.mark.parametrize("stance", [*Stance.values, "none"])
def test_points_are_filtered_by_what_became_of_them(client, voices, stance):
    page = client.get(f"{voices}points/?stance={stance}")
    count = page.context["page"].paginator.count
    assert 0 < count < Opinion.objects.count()
    for _opinion, replies, _promises in page.context["rows"]:
        assert (not replies) if stance == "none" else stance in {reply.stance for reply in replies}


def test_the_parts_of_the_list_add_up(client, voices):
    answered = client.get(voices).context["outcome"].answered
    silent = client.get(f"{voices}points/?stance=none").context["page"].paginator.count
    assert answered + silent == Opinion.objects.count()


def test_long_lists_come_in_pages_that_keep_the_filters(client, voices):
    page = client.get(f"{voices}points/?group=children-youth&page=2")
    assert page.context["page"].number == 2
    assert "?group=children-youth&amp;page=1" in page.text
    assert client.get(f"{voices}points/?page=999").status_code == 200
    assert client.get(f"{voices}points/?page=x").status_code == 200


def test_nothing_is_seen_before_the_forum_is_published(client, voices, plan, tmp_path):
    Deliberation.objects.update(is_published=False)
    opinion = Opinion.objects.first()
    assert "아직 공개된 숙의공론장이 없습니다." in client.get(voices).text
    assert client.get(f"{voices}points/").context["page"].paginator.count == 0
    assert opinion.summary not in client.get(f"{voices}education/").text
    assert client.get(opinion.get_absolute_url()).status_code == 404
    task = Task.objects.exclude(opinions=None).first()
    assert task.opinions.first().summary not in client.get(task.get_absolute_url()).text
    tables = export(tmp_path)
    assert [len(tables[name]) for name in ("groups", "opinions", "replies")] == [1, 1, 1]


def export(tmp_path):
    call_command("export_open_data", str(tmp_path), stdout=io.StringIO())
    tables = {}
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = list(csv.reader(file))
    return tables


def test_the_open_data_holds_groups_opinions_and_replies(plan, tmp_path):
    tables = export(tmp_path)
    groups = {row[0]: row for row in tables["groups"][1:]}
    assert len(groups) == 11
    assert groups["교육"] == ["교육", "2022-06-04", "3", "3"]
    assert groups["노인"][1] == ""
    assert sum(int(row[2]) for row in groups.values()) == 30
    assert len(tables["opinions"]) - 1 == Opinion.objects.count()
    assert {row[0] for row in tables["replies"][1:]} == {str(n) for n in range(1, 138)}
    assert {row[7] for row in tables["replies"][1:]} <= {*(str(s.label) for s in Stance), ""}
    levels = {row[3] for row in tables["opinions"][1:]}
    assert levels <= {"task", "target", "goal", "area", "none"}


def test_task_and_indicator_tell_what_was_said_of_them(client, plan):
    opinion = Opinion.objects.filter(task__isnull=False, questions__isnull=False).first()
    assert opinion.summary in client.get(opinion.task.get_absolute_url()).text
    indicator = opinion.task.indicators.first()
    assert opinion.summary in client.get(indicator.get_absolute_url()).text


def test_points_are_found_by_the_words_of_what_followed(client, plan):
    """A word that stands in the reply alone, together with one of the point itself, finds the point."""
    reply = Reply.objects.filter(question__opinions__isnull=False).exclude(summary="").order_by("pk").first()
    opinion = reply.question.opinions.first()
    own = set(opinion.summary.split())
    alone = next(word for word in reply.summary.split() if len(word) > 3 and word not in opinion.summary)
    for typed in (alone, f"{alone} {max(own, key=len)}", alone[1:].upper()):
        page = client.get(f"/plans/{plan.slug}/voices/points/", {"q": typed})
        assert opinion.summary in page.text
    page = client.get(f"/plans/{plan.slug}/voices/points/", {"q": f"{alone} 어디에도없는말"})
    assert page.context["page"].paginator.count == 0
    assert "어디에도없는말" in page.text


@pytest.mark.parametrize("typed", ["자활", "일자리", "장애인 지원", "%", "_", "\\"])
def test_points_that_are_found_hold_every_word(client, plan, typed):
    page = client.get(f"/plans/{plan.slug}/voices/points/", {"q": typed})
    found = page.context["page"].paginator.count
    texts = []
    for opinion in Opinion.objects.published(plan).prefetch_related("questions__replies"):
        said = [opinion.summary]
        for question in opinion.questions.all():
            said += [question.summary, *(t for r in question.replies.all() for t in (r.summary, r.reason) if r.summary)]
        texts.append("\n".join(said))
    assert found == sum(all(word in text for word in typed.split()) for text in texts)
