"""The plan's data as it is loaded, exported and bootstrapped."""

import csv
import hashlib
import io
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.models import Count, QuerySet

from accounts.models import ActivityEntry, Department, Team, User
from commons.codes import parent_code, sort_code
from indicators import demo
from indicators.models import Figure, Indicator, Milestone, Publication, ReportingRound, Result
from plans.models import Area, Budget, Goal, Plan, PublicChange, Target, Task
from sdgplan.open_data.tables import TABLES
from stakeholders.models import (
    Deliberation,
    Opinion,
    PositionPaper,
    Question,
    Reply,
    ReplyPublication,
    StakeholderGroup,
)

from .checksum import database_checksum

PLAN_FILES = sorted((settings.BASE_DIR / "fixtures" / "seodaemun-2022").glob("*.json"))
COLUMNS = {
    "areas": "area_no,title",
    "goals": "area_no,goal_no,title",
    "targets": "area_no,goal_no,target_code,title",
    "tasks": "area_no,target_code,task_code,title,department,team",
    "indicators": "area_no,indicator_code,title,unit,direction,value_kind,task_codes,departments",
    "milestones": "area_no,indicator_code,year,value,text,missing_reason",
    "figures": "area_no,indicator_code,year,edition,target,actual,text,missing_reason,attainment,status",
    "groups": "group,paper_date,meetings,participants",
    "opinions": "group,number,area_no,ref_level,ref_code,cited_code,kind,summary",
    "replies": "question_no,groups,area_no,ref_level,ref_code,cited_code,department,stance,question_summary,"
    "reply_summary",
}
ROWS = {
    "areas": 7,
    "goals": 22,
    "targets": 49,
    "tasks": 112,
    "indicators": 115,
    "milestones": 575,
    "groups": 11,
    "opinions": Opinion,
    "replies": Reply,
}


# --- the plan


def test_the_plan_is_whole(plan):
    assert (Area.objects.count(), Goal.objects.count(), Target.objects.count()) == (7, 22, 49)
    per_area = Area.objects.order_by("number").annotate(
        task_count=Count("goals__targets__tasks", distinct=True), indicator_count=Count("indicators", distinct=True)
    )
    assert [area.task_count for area in per_area] == [28, 12, 17, 9, 9, 18, 19]
    assert [area.indicator_count for area in per_area] == [33, 13, 19, 9, 8, 18, 15]
    assert Department.objects.count() == 25
    assert Department.objects.filter(tasks=None).count() == 0
    assert Team.objects.filter(tasks=None).count() == 0
    assert Milestone.objects.count() == 115 * 5


def test_every_record_obeys_the_rules_of_its_model(plan):
    for model in (Department, Team, Plan, Area, Goal, Target, Task, Budget, Indicator, Milestone):
        for record in model.objects.all():
            record.full_clean(validate_unique=False, validate_constraints=False)


def test_codes_are_consistent(plan):
    for model in (Target, Task, Indicator):
        for record in model.objects.all():
            assert record.sort_code == sort_code(record.code)
    for indicator in Indicator.objects.prefetch_related("tasks__target__goal"):
        tasks = indicator.tasks.all()
        assert tasks
        assert parent_code(indicator.code) in {task.code for task in tasks}
        assert {task.target.goal.area_id for task in tasks} == {indicator.area_id}


def test_every_record_names_its_line(plan):
    for model in (Department, Team, Area, Goal, Target, Task, Budget, Indicator):
        assert not model.objects.filter(source_line=None).exists(), model


@pytest.mark.parametrize(
    ("area", "code", "year", "value", "text", "missing"),
    [
        (1, "1-1-2-1", 2023, 320, "", ""),
        (1, "2-3-3-1", 2026, "11.44", "", ""),
        (1, "3-1-3-1", 2025, None, "수요조사", ""),
        (1, "3-1-2-1", 2022, None, "", "none_planned"),
        (3, "2-1-1-1", 2023, None, "1,500/510", ""),
        (6, "4-1-2-1", 2023, 900, "", ""),
        (6, "4-1-2-1", 2025, 1000, "", ""),
        (6, "2-2-3-1", 2026, None, "", "none_planned"),
        (7, "1-1-2-1", 2022, 2, "", ""),
        (2, "2-4-2-1", 2024, 10000, "", ""),
        (4, "1-2-1-1", 2022, 450, "", ""),
        (3, "2-3-1-1", 2022, "0.88", "", ""),
    ],
)
def test_figures_stand_as_printed(plan, area, code, year, value, text, missing):
    milestone = Milestone.objects.get_by_natural_key(plan.slug, area, code, year)
    assert milestone.value == (None if value is None else Decimal(value))
    assert (milestone.text, milestone.missing_reason) == (text, missing)


def test_a_shared_indicator_belongs_to_its_tasks(plan):
    shared = Indicator.objects.get_by_natural_key(plan.slug, 5, "1-1-1-1")
    assert [task.code for task in shared.tasks.all()] == ["1-1-1", "1-1-2"]
    assert not Indicator.objects.filter(area=shared.area, code="1-1-2-1").exists()


def test_loading_again_changes_nothing(plan):
    before = database_checksum(PublicChange)
    call_command("loaddata", *map(str, PLAN_FILES), verbosity=0)
    assert database_checksum(PublicChange) == before


# --- open data


def export(tmp_path):
    call_command("export_open_data", str(tmp_path), verbosity=0, stdout=io.StringIO())
    tables = {}
    for path in tmp_path.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            tables[path.stem] = list(csv.reader(file))
    return tables


def test_the_export_has_the_promised_tables_columns_and_rows(plan, tmp_path):
    tables = export(tmp_path)
    assert {name: ",".join(rows[0]) for name, rows in tables.items()} == COLUMNS
    counts = {name: n if isinstance(n, int) else n.objects.count() for name, n in ROWS.items()}
    assert {name: len(rows) - 1 for name, rows in tables.items() if name in ROWS} == counts
    assert list(COLUMNS) == [table.name for table in TABLES]


def test_each_exported_year_has_a_value_a_text_or_a_reason(plan, tmp_path):
    _header, *rows = export(tmp_path)["milestones"]
    assert all(sum(map(bool, row[3:])) == 1 for row in rows)
    assert ["1", "2-3-3-1", "2022", "10.93", "", ""] in rows


def test_published_figures_are_exported_and_demo_is_not(published, plan, tmp_path):
    _header, *rows = export(tmp_path)["figures"]
    assert ["1", "1-1-2-1", "2022", "1", "303", "310", "", "", "1.023102", "met"] in rows
    assert len(rows) == 115
    ReportingRound.objects.update(is_demo=True)
    assert export(tmp_path)["figures"] == [COLUMNS["figures"].split(",")]


def test_the_export_of_an_unknown_plan_is_refused(plan, tmp_path):
    with pytest.raises(CommandError, match="그런 계획이 없습니다"):
        call_command("export_open_data", str(tmp_path), plan="nowhere")


# --- bootstrap and the demo


def bootstrap(**options):
    out = io.StringIO()
    call_command("bootstrap", stdout=out, **options)
    return out.getvalue()


def test_bootstrap_never_overwrites_what_people_entered(plan):
    Indicator.objects.filter(code="1-1-2-1", area__number=1).update(note="담당자가 적은 메모")
    Milestone.objects.filter(indicator__code="1-1-2-1", year=2026).update(value=999)
    before = database_checksum(PublicChange)
    bootstrap()
    assert database_checksum(PublicChange) == before


@pytest.mark.django_db
def test_bootstrap_fills_an_empty_database():
    for model in (Reply, ReplyPublication):
        QuerySet(model).delete()  # past the guard of what is published
    for model in (Question, Opinion, PositionPaper, StakeholderGroup, Deliberation, Indicator):
        model.objects.all().delete()
    Plan.objects.all().delete()
    Team.objects.all().delete()
    Department.objects.all().delete()
    printed = bootstrap()
    assert Indicator.objects.count() == 115
    assert "서대문구 지속가능발전 이행계획 (2022–2026)" in printed
    assert not User.objects.exists()


def test_demo_is_refused_outside_debug(plan, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=true"):
        bootstrap(demo=True)
    assert not User.objects.exists()


@pytest.fixture
def demo_round(plan, settings):
    settings.DEBUG = True
    return bootstrap(demo=True)


def test_the_demo_plays_three_rounds_and_is_marked(demo_round, client, plan):
    rounds = {r.year: r for r in ReportingRound.objects.all()}
    assert {year: (r.state, r.is_demo) for year, r in rounds.items()} == {
        2022: ("published", True),
        2023: ("published", True),
        2024: ("open", True),
    }
    assert Publication.objects.filter(round__year=2023).count() == 2
    results = Result.objects.all()
    assert any(result.is_late for result in results.select_related("round"))
    assert results.filter(state="returned").exists()
    assert results.exclude(missing_reason="").exists()
    assert Figure.objects.filter(actual_missing="not_submitted").exists()
    states = set(results.filter(round__year=2024).values_list("state", flat=True))
    assert states >= {"draft", "submitted", "approved"}
    for path in ("", "areas/1/", "indicators/", "indicators/1/1-1-2-1/", "tasks/1/1-1-2/", "departments/tax-1/"):
        assert "시범 자료이며 실제 실적이 아닙니다." in client.get(f"/plans/{plan.slug}/{path}").text
    assert demo.PASSWORD in demo_round
    assert User.objects.count() == 2 * 25 + 3

    # Again: nothing is made twice, nothing is lost, and passwords people changed stay.
    user = User.objects.get(username="coordinator")
    user.set_password("changed-by-a-person")
    user.save()
    before = (Result.objects.count(), ActivityEntry.objects.count(), User.objects.count())
    bootstrap(demo=True)
    assert (Result.objects.count(), ActivityEntry.objects.count(), User.objects.count()) == before
    user.refresh_from_db()
    assert user.check_password("changed-by-a-person")


# A demo that changes is a demo nobody can point at: raise this with any change of its rules.
DEMO_2023 = "035071599dac8657"


def test_the_demo_is_the_same_every_time(demo_round):
    figures = Figure.objects.filter(publication__round__year=2023, publication__edition=1).order_by("indicator_id")
    content = "\n".join(f"{f.inputs['code']} {f.actual_value} {f.actual_missing} {f.status}" for f in figures)
    assert hashlib.sha256(content.encode()).hexdigest()[:16] == DEMO_2023
