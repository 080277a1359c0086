"""The public chain of a point, step by step: each step shown in its time and nothing before, whoever looks."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Department
from indicators.models import Figure, Publication, ReportingRound
from plans.models import Task
from stakeholders import services as voices
from stakeholders.models import (
    Commitment,
    CommitmentEvidence,
    Consolidation,
    Deliberation,
    Opinion,
    PositionPaper,
    Question,
    Reply,
    ReplyPublication,
    StakeholderGroup,
    frozen_inputs,
)
from stakeholders.selectors.chain import figures_for
from stakeholders.selectors.tables import opinion_table

from .conftest import answer, draft_of, tight


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def point(forum):
    return Opinion.objects.select_related("paper__group__plan", "paper__deliberation", "task").get(
        paper__deliberation=forum, number=1
    )


@pytest.fixture
def pages(point, plan):
    """Every public page on which the point or what followed may stand."""
    year = point.paper.deliberation.year
    return [
        point.get_absolute_url(),
        point.paper.group.get_absolute_url(),
        point.task.get_absolute_url(),
        point.task.indicators.first().get_absolute_url(),
        f"/plans/{plan.slug}/voices/?year={year}",
        f"/plans/{plan.slug}/voices/points/?year={year}",
    ]


def shown(client, pages, words):
    """The pages that hold the words."""
    return [page for page in pages if words in client.get(page).text]


def test_a_point_is_seen_when_its_forum_is_public(client, forum, point, coordinator):
    assert client.get(point.get_absolute_url()).status_code == 404
    voices.publish_papers(actor=coordinator, deliberation=forum)
    page = client.get(point.get_absolute_url()).text
    assert point.summary in page
    assert "이 의견은 부서에 질의로 보내지지 않아 답변이 없습니다." in page


def test_a_question_is_seen_when_it_is_sent_and_says_what_is_awaited(
    client, point, unsent, pages, coordinator, welfare
):
    voices.publish_papers(actor=coordinator, deliberation=unsent.deliberation)
    assert shown(client, pages, unsent.summary) == []
    search = f"/plans/{point.paper.group.plan.slug}/voices/points/?year=2024&q=얼마나"
    assert client.get(search).context["page"].paginator.count == 0  # a word of the unsent question alone
    due_on = timezone.localdate() + timedelta(days=30)
    voices.send_question(actor=coordinator, question=unsent, lead=welfare, others=[], due_on=due_on)
    page = client.get(point.get_absolute_url()).text
    assert unsent.summary in page
    assert "사회복지과" in page
    assert f"사회복지과의 답변을 기다리고 있습니다. 기한은 {due_on}입니다." in page
    assert client.get(search).context["page"].paginator.count == 2


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "ready"])
def test_no_draft_is_seen_in_any_state(client, asked, pages, owner, partner, coordinator, promise, state):
    said = answer(summary="아직 알릴 수 없는 답변")
    voices.save_reply(actor=owner, draft=draft_of(asked, owner), new=said)
    if state != "draft":
        voices.submit_reply(actor=owner, draft=draft_of(asked, owner), new=said)
    if state == "returned":
        voices.return_reply(actor=coordinator, draft=draft_of(asked, owner), comment="아직 알릴 수 없는 요청")
    if state == "ready":
        voices.consolidate_replies(actor=coordinator, question=asked, new=said, version=0, is_ready=True)
    assert shown(client, pages, "아직 알릴 수 없는") == []
    assert shown(client, pages, promise.text) == []
    search = pages[-1] + "&q=알릴"
    assert client.get(search).context["page"].paginator.count == 0


def test_the_answer_stands_with_its_promise_on_every_page_of_the_point(client, replied, point, pages):
    page = client.get(point.get_absolute_url()).text
    for words in (
        "내년에 늘리겠습니다.",
        "수용",
        "2024년 답변 1판",
        "일자리 다섯 개를 늘린다.",
        "추진중",
        "보건위생과",
    ):
        assert words in page
    with_promise = shown(client, pages, "일자리 다섯 개를 늘린다.")
    assert with_promise == [pages[0], pages[1], pages[2], pages[3], pages[5]]
    outcome = client.get(pages[4]).context["outcome"]
    assert (outcome.points, outcome.answered, outcome.taken_up, outcome.promises, outcome.kept) == (3, 2, 2, 1, 0)


def test_a_report_and_its_proof_are_seen_once_published(client, replied, point, owner, coordinator):
    promise = Commitment.objects.select_related("question__deliberation").get()
    report = voices.report_commitment(actor=owner, commitment=promise, state="kept", text="다섯 개를 늘렸습니다.")
    proofs = []
    for name, is_public in (("공개.pdf", True), ("비공개.pdf", False)):
        proof = CommitmentEvidence(
            report=report, name=name, size=3, content_type="application/pdf", sha256="0" * 64, is_public=is_public
        )
        proof.file.save(name, ContentFile(b"%PDF"), save=False)
        proof.save()
        proofs.append(f"/plans/{point.paper.group.plan.slug}/voices/evidence/{proof.pk}/")
    assert "다섯 개를 늘렸습니다." not in client.get(point.get_absolute_url()).text
    assert [client.get(address).status_code for address in proofs] == [404, 404]
    voices.decide_report(actor=coordinator, report=report, publish=True)
    page = client.get(point.get_absolute_url()).text
    for words in ("다섯 개를 늘렸습니다.", "이행완료", "공개.pdf"):
        assert words in page
    assert "비공개.pdf" not in page
    first, second = (client.get(address) for address in proofs)
    assert (first.status_code, second.status_code) == (200, 404)
    assert first.headers["Content-Disposition"].startswith("attachment")


def test_a_later_edition_shows_what_it_changed(client, replied, point, coordinator, plan):
    made = Consolidation.objects.get(question=replied)
    new = answer("declined", "늘리지 못합니다.", "예산이 줄었습니다.")
    voices.consolidate_replies(actor=coordinator, question=replied, new=new, version=made.version, is_ready=True)
    assert "늘리지 못합니다." not in client.get(point.get_absolute_url()).text
    voices.publish_replies(actor=coordinator, deliberation=replied.deliberation, reason="예산이 바뀜")
    page = client.get(point.get_absolute_url()).text
    for words in ("늘리지 못합니다.", "예산이 줄었습니다.", "앞선 판의 답변", "내년에 늘리겠습니다."):
        assert words in page
    first = client.get(f"/plans/{plan.slug}/voices/editions/2024/1/").text
    second = client.get(f"/plans/{plan.slug}/voices/editions/2024/2/").text
    assert "내년에 늘리겠습니다." in first
    assert "늘리지 못합니다." not in first
    for words in ("늘리지 못합니다.", "이 판에서 바뀜", "예산이 바뀜", ReplyPublication.objects.get(edition=2).sha256):
        assert words in second


def test_the_printed_replies_are_an_edition_without_a_made_up_day(client, plan):
    page = client.get(f"/plans/{plan.slug}/voices/editions/2022/1/")
    assert len(page.context["rows"]) == 138
    assert "공개한 날은 적혀 있지 않음." in page.text


@pytest.mark.parametrize("path", ["editions/2022/2/", "editions/2021/1/", "evidence/999/", "?year=2031", "?year=x"])
def test_what_does_not_exist_is_not_found(client, plan, path):
    assert client.get(f"/plans/{plan.slug}/voices/{path}").status_code == 404


def test_editions_of_a_forum_that_is_not_public_are_not_found(client, plan):
    Deliberation.objects.update(is_published=False)
    assert client.get(f"/plans/{plan.slug}/voices/editions/2022/1/").status_code == 404


def test_texts_are_shown_as_they_were_typed(client, asked, owner, partner, coordinator, point):
    said = answer(summary='<b>굵게</b> & "따옴표"\n다음 줄')
    for user in (owner, partner):
        voices.submit_reply(actor=user, draft=draft_of(asked, user), new=said)
    voices.consolidate_replies(actor=coordinator, question=asked, new=said, version=0, is_ready=True)
    voices.publish_replies(actor=coordinator, deliberation=asked.deliberation)
    page = client.get(point.get_absolute_url()).text
    assert "&lt;b&gt;굵게&lt;/b&gt; &amp; &quot;따옴표&quot;<br>다음 줄" in page


def test_demo_forums_are_marked_and_never_counted(client, plan, replied, point):
    before = client.get(f"/plans/{plan.slug}/").context["voices"]
    assert before[1].points == 272
    Deliberation.objects.filter(year=2024).update(is_demo=True)
    groups, outcome = client.get(f"/plans/{plan.slug}/").context["voices"]
    assert (groups, outcome.points, outcome.promises) == (11, 269, 0)
    assert client.get(f"/plans/{plan.slug}/voices/").context["forum"].year == 2022
    assert client.get(f"/plans/{plan.slug}/voices/points/").context["page"].paginator.count == 269
    for path in (f"/plans/{plan.slug}/voices/?year=2024", point.get_absolute_url(), point.task.get_absolute_url()):
        assert re.search(r'tag-demo">\s*시범', client.get(path).text), path


def test_a_group_sees_the_figures_of_its_people(client, plan, published, indicator):
    women = plan.groups.get(slug="women")
    rows = {row.indicator.code: row for row in figures_for(plan, women) if row.indicator.area.number == 1}
    assert rows, "indicators that must be reported by sex"
    assert all(row.indicator.by_sex for row in rows.values())
    assert figures_for(plan, plan.groups.get(slug="business")) == []
    page = client.get(women.get_absolute_url()).text
    assert "이 그룹의 사람들에 관한 수치" in page
    assert "보고된 값 없음" in page


PER_GROUP = {
    "교육": (14, 4), "기업·산업": (8, 3), "노동자": (21, 17), "노인": (17, 11), "시민사회": (16, 9),
    "아동청소년": (51, 21), "여성": (46, 20), "이주다문화": (25, 14), "자원봉사": (22, 8), "장애인": (29, 15),
    "청년": (20, 15),
}  # fmt: skip


def test_points_and_questions_per_group_are_those_of_the_report(plan):
    counted = {
        group.name: (
            Opinion.objects.filter(paper__group=group).count(),
            group.questions.filter(deliberation__year=2022).count(),
        )
        for group in plan.groups.all()
    }
    assert counted == PER_GROUP


FULL = {"chain": 17, "group": 23, "list": 18, "edition": 6}


def test_pages_with_every_step_ask_a_fixed_number_of_queries(client, replied, point, owner, coordinator, plan):
    """The same for one promise and for many, in one edition and in two."""
    promise = Commitment.objects.select_related("question__deliberation").get()
    pages = {
        "chain": point.get_absolute_url(),
        "group": point.paper.group.get_absolute_url(),
        "list": f"/plans/{plan.slug}/voices/points/?year=2024",
        "edition": f"/plans/{plan.slug}/voices/editions/2024/1/",
    }
    report = voices.report_commitment(actor=owner, commitment=promise, state="delayed", text="늦습니다.")
    voices.decide_report(actor=coordinator, report=report, publish=True)
    for _turn in range(2):
        asked = {}
        for name, path in pages.items():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            asked[name] = len(queries)
        assert asked == FULL
        for number in range(3):
            Commitment.objects.create(
                question=replied,
                department=owner.department,
                text=f"약속 {number}",
                due_on=timezone.localdate(),
                task=point.task,
                promised_in=ReplyPublication.objects.get(deliberation=replied.deliberation),
            )
    assert Reply.objects.filter(question=replied).count() == 1


def test_points_of_a_demo_forum_do_not_count_with_a_group_s_real_ones(client, plan, replied, point):
    Deliberation.objects.filter(year=2024).update(is_demo=True)
    points = f"/plans/{plan.slug}/voices/points/?group="
    assert client.get(f"{points}women").context["outcome"].points == 46
    assert client.get(f"{points}women&year=2024").context["outcome"].points == 3
    new = StakeholderGroup.objects.create(plan=plan, name="시범 모임", slug="demo-only", position=99)
    paper = PositionPaper.objects.create(deliberation=point.paper.deliberation, group=new)
    Opinion.objects.create(paper=paper, number=1, kind="proposal", summary="시범 의견")
    assert client.get(f"{points}demo-only").context["outcome"].points == 1  # it spoke nowhere else


def test_an_earlier_answer_shows_even_where_another_question_has_the_same_words(client, replied, point, welfare):
    """Question two says now what question one said before: that hides nothing of question one."""
    first = ReplyPublication.objects.get(deliberation=replied.deliberation)
    other = Question.objects.create(deliberation=replied.deliberation, number=90, summary="다른 질의")
    other.opinions.add(point)
    second = ReplyPublication.objects.create(
        deliberation=replied.deliberation, edition=2, reason="예산이 바뀜", sha256="0" * 64
    )
    old = Reply.objects.get(publication=first, question=replied)
    said = {"department": welfare, "publication": second}
    Reply.objects.create(question=replied, stance="considered", summary="다시 살핍니다.", inputs=old.inputs, **said)
    said |= {"stance": old.stance, "summary": old.summary, "reason": old.reason}
    Reply.objects.create(question=other, inputs=frozen_inputs(other, [welfare]), **said)
    page = client.get(point.get_absolute_url()).text
    assert page.count(old.summary) == 2
    assert "앞선 판의 답변" in page
    assert "예산이 바뀜" in page  # why it was changed


def test_a_department_that_joins_later_is_a_change(client, replied, point, welfare):
    old = Reply.objects.get(question=replied)
    second = ReplyPublication.objects.create(
        deliberation=replied.deliberation, edition=2, reason="부서가 더해짐", sha256="0" * 64
    )
    together = [*old.together_with.all(), Department.objects.get(slug="climate-environment")]
    new = Reply.objects.create(
        publication=second,
        question=replied,
        department=old.department,
        stance=old.stance,
        summary=old.summary,
        inputs=frozen_inputs(replied, [old.department, *together]),
    )
    new.together_with.set(together)
    edition = f"/plans/{point.paper.group.plan.slug}/voices/editions/2024/2/"
    assert "앞선 판의 답변" in client.get(point.get_absolute_url()).text
    assert "이 판에서 바뀜" in client.get(edition).text


def test_an_edition_shows_what_the_one_before_said(client, replied, point, welfare):
    old = Reply.objects.get(question=replied)
    second = ReplyPublication.objects.create(
        deliberation=replied.deliberation, edition=2, reason="예산이 바뀜", sha256="0" * 64
    )
    Reply.objects.create(
        publication=second,
        question=replied,
        department=old.department,
        stance="considered",
        summary="다시 살핍니다.",
        inputs=old.inputs,
    )
    page = client.get(f"/plans/{point.paper.group.plan.slug}/voices/editions/2024/2/").text
    assert "다시 살핍니다." in page
    assert old.summary in page


def test_the_step_of_promises_says_what_is_awaited(client, asked, point, plan, partner):
    page = client.get(point.get_absolute_url()).text
    assert "사회복지과·보건위생과의 답변을 기다리고 있습니다." in page
    assert "답변이 공개되면 부서가 약속한 일이 여기에 실립니다." in page
    assert "기한이 지났습니다." not in page
    Question.objects.filter(pk=asked.pk).update(sent_on="2024-01-01", due_on="2024-01-31")
    page = client.get(point.get_absolute_url()).text
    assert "기한은 2024-01-31입니다." in page
    assert "기한이 지났습니다." in page
    printed = Opinion.objects.filter(questions__replies__publication__deliberation__year=2022).first()
    assert "이 답변에는 이행 약속이 없습니다." in client.get(printed.get_absolute_url()).text


def test_a_printed_row_without_words_is_an_awaited_step(client, plan):
    silent = Reply.objects.get(summary="", publication__deliberation__year=2022)
    page = tight(client.get(silent.question.opinions.first().get_absolute_url()).text)
    assert re.search(r'class="awaited"><h2>부서의 답변', page)
    assert "답변이 적혀 있지 않습니다." in page


def test_a_task_tells_of_questions_and_promises_on_it(client, replied, point, plan):
    """A promise shows on the task it will show in, though no point means that task."""
    promise = Commitment.objects.get(question=replied)
    elsewhere = Task.objects.exclude(opinions__isnull=False).exclude(questions__isnull=False).first()
    assert promise.text not in client.get(elsewhere.get_absolute_url()).text
    Commitment.objects.filter(pk=promise.pk).update(task=elsewhere, indicator=None)
    page = client.get(elsewhere.get_absolute_url())
    assert promise.text in page.text
    assert point.summary in page.text
    Commitment.objects.filter(pk=promise.pk).update(promised_in=None)
    assert point.summary not in client.get(elsewhere.get_absolute_url()).text


def test_demo_points_do_not_count_in_the_heading_of_a_task(client, replied, point):
    real = len(client.get(point.task.get_absolute_url()).context["opinions"])
    Deliberation.objects.filter(year=2024).update(is_demo=True)
    page = client.get(point.task.get_absolute_url())
    assert len(page.context["opinions"]) == real
    heading = re.search(r'id="opinions">[^<]*(?:<span[^>]*>(\d+)</span>)?', page.text)
    on_task = Opinion.objects.filter(task=point.task, paper__deliberation__year=2022).count()
    assert (heading.group(1) or "0") == str(on_task)


def test_a_department_that_only_joined_in_can_be_chosen(client, replied, plan):
    joined = Department.objects.create(slug="joined-only", name="함께한과", valid_from="2020-01-01")
    Reply.objects.get(question=replied).together_with.add(joined)
    points = client.get(f"/plans/{plan.slug}/voices/points/?year=2024&department={joined.slug}")
    assert points.context["filterset"].form.errors == {}
    assert points.context["page"].paginator.count == 2


def test_words_are_looked_for_in_reasons_and_promises(client, replied, plan):
    points = f"/plans/{plan.slug}/voices/points/?year=2024"
    Reply._base_manager.filter(question=replied).update(reason="조례에 따름")
    for words in ("다섯", "조례"):
        assert client.get(f"{points}&q={words}").context["page"].paginator.count == 2, words


def test_a_value_of_an_earlier_year_is_not_taken_for_never_reported(client, plan, published, indicator):
    """The newest edition has no breakdown, the one of the year before has: that one is shown."""
    women = plan.groups.get(slug="women")
    indicator.by_sex = True
    indicator.save(update_fields=["by_sex"])
    earlier = Figure.objects.get(publication=published, indicator=indicator)
    next_round = ReportingRound.objects.create(
        plan=plan, year=2023, opens_on="2024-01-02", due_on="2024-02-28", state="published"
    )
    later = Publication.objects.create(
        round=next_round,
        edition=1,
        published_at=timezone.now(),
        sha256="1" * 64,
        method_version=published.method_version,
    )
    Figure.objects.bulk_create(
        [
            Figure(
                publication=later, indicator=indicator, actual_value=320, status="met",
                inputs={**earlier.inputs, "breakdowns": []},
            )
        ]
    )  # fmt: skip
    Figure._base_manager.filter(pk=earlier.pk)._raw_delete("default")
    earlier.pk = None
    earlier.inputs = {**earlier.inputs, "breakdowns": [["female", "190"], ["male", "120"]]}
    Figure.objects.bulk_create([earlier])
    row = next(row for row in figures_for(plan, women) if row.indicator == indicator)
    assert (row.year, row.own, row.total) == (2022, "190명", "310명")


# Points of each group in the report: in no area, then in areas 1 to 7 (fixtures/README.md).
PER_AREA = {
    "교육": [3, 2, 2, 1, 2, 3, 1, 0],
    "기업·산업": [2, 0, 0, 3, 1, 0, 0, 2],
    "노동자": [4, 10, 2, 2, 2, 1, 0, 0],
    "노인": [1, 2, 2, 4, 1, 1, 4, 2],
    "시민사회": [0, 5, 3, 4, 3, 1, 0, 0],
    "아동청소년": [8, 27, 5, 0, 1, 3, 2, 5],
    "여성": [6, 15, 6, 7, 0, 3, 5, 4],
    "이주다문화": [6, 4, 2, 3, 1, 0, 7, 2],
    "자원봉사": [1, 2, 2, 5, 3, 4, 4, 1],
    "장애인": [2, 11, 3, 5, 2, 1, 3, 2],
    "청년": [4, 4, 1, 3, 3, 2, 2, 1],
}


def test_exported_points_per_group_and_area_are_those_of_the_report(plan):
    found = {name: [0] * 8 for name in PER_AREA}
    for group, _number, area, *_rest in opinion_table(plan):
        found[group][int(area or 0)] += 1
    assert found == PER_AREA


def test_the_list_is_downloaded_as_it_is_filtered(client, plan, replied):
    path = f"/plans/{plan.slug}/voices/points/"
    file = f"/plans/{plan.slug}/data/opinions.csv"
    whole = client.get(f"{file}?year=")
    rows = list(csv.reader(io.StringIO(whole.content.decode("utf-8-sig"))))
    assert rows[0] == ["group", "number", "area_no", "ref_level", "ref_code", "cited_code", "kind", "summary"]
    assert len(rows) - 1 == client.get(path).context["page"].paginator.count
    some = client.get(f"{file}?group=women&area=1")
    rows = list(csv.reader(io.StringIO(some.content.decode("utf-8-sig"))))[1:]
    assert {(row[0], row[2]) for row in rows} == {("여성", "1")}
    assert f"{file}?group=women" in client.get(f"{path}?group=women").text
    assert client.post(file).status_code == 405
