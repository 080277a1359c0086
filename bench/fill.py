"""Fill a PostgreSQL database with plans: `python -m bench.fill PREFIX [CYCLES] [INDICATORS] [YEARS]`.

The defaults are ten plan cycles of 1,150 indicators, ten years and ten breakdowns of each year's result: above a
million values. The first plan is made with the models and its figures by the code that publishes; the other
cycles are copies that the database makes of its rows, each with ids of its own. Nothing of it is anybody's real figure.
"""

import argparse
import os
import random
import time
from datetime import date
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sdgplan.settings")
FIRST_YEAR, AREAS, TASKS_OF_TARGET, INDICATORS_OF_TASK = 2010, 7, 4, 4
STEP = 10_000_000  # between the ids of one copy and the next

# Each table that belongs to a plan: which columns point into the plan, and so move with the copy.
COPIED = {
    "plans_area": ["plan_id"],
    "plans_goal": ["area_id"],
    "plans_target": ["goal_id"],
    "plans_task": ["target_id"],
    "indicators_indicator": ["area_id"],
    "indicators_indicator_tasks": ["indicator_id", "task_id"],
    "indicators_milestone": ["indicator_id"],
    "indicators_reportinground": ["plan_id"],
    "indicators_result": ["round_id", "indicator_id"],
    "indicators_breakdownvalue": ["result_id"],
    "indicators_publication": ["round_id"],
    "indicators_figure": ["publication_id", "indicator_id"],
}
OWN_ROWS = {  # how the rows of one plan are found
    "plans_area": "plan_id = %(plan)s",
    "plans_goal": "area_id IN (SELECT id FROM plans_area WHERE plan_id = %(plan)s)",
    "plans_target": "goal_id IN (SELECT g.id FROM plans_goal g JOIN plans_area a ON a.id = g.area_id"
    " WHERE a.plan_id = %(plan)s)",
    "plans_task": "target_id IN (SELECT t.id FROM plans_target t JOIN plans_goal g ON g.id = t.goal_id"
    " JOIN plans_area a ON a.id = g.area_id WHERE a.plan_id = %(plan)s)",
    "indicators_indicator": "area_id IN (SELECT id FROM plans_area WHERE plan_id = %(plan)s)",
    "indicators_reportinground": "plan_id = %(plan)s",
    "indicators_publication": "round_id IN (SELECT id FROM indicators_reportinground WHERE plan_id = %(plan)s)",
    "indicators_result": "round_id IN (SELECT id FROM indicators_reportinground WHERE plan_id = %(plan)s)",
    "indicators_breakdownvalue": "result_id IN (SELECT r.id FROM indicators_result r"
    " JOIN indicators_reportinground o ON o.id = r.round_id WHERE o.plan_id = %(plan)s)",
    "indicators_figure": "publication_id IN (SELECT p.id FROM indicators_publication p"
    " JOIN indicators_reportinground o ON o.id = p.round_id WHERE o.plan_id = %(plan)s)",
}
_OF_INDICATOR = (
    "indicator_id IN (SELECT i.id FROM indicators_indicator i JOIN plans_area a ON a.id = i.area_id"
    " WHERE a.plan_id = %(plan)s)"
)
OWN_ROWS |= {"indicators_indicator_tasks": _OF_INDICATOR, "indicators_milestone": _OF_INDICATOR}


def fill(prefix: str, cycles: int = 10, indicators: int = 1150, years: int = 10, say=print) -> dict[str, int]:
    """Make *cycles* plans PREFIX-1 … and return how many rows of each table they have."""
    from django.db import connection, transaction

    if connection.vendor != "postgresql":
        raise SystemExit("bench.fill copies rows with PostgreSQL's means; set DATABASE_URL to one")
    started = time.monotonic()
    with transaction.atomic():
        plan = make_plan(f"{prefix}-1", indicators, years)
    say(f"{plan.slug}: {time.monotonic() - started:.1f} s", flush=True)
    counts = dict.fromkeys(COPIED, 0)
    with connection.cursor() as cursor:
        for number in range(1, cycles):
            with transaction.atomic():
                copy_plan(cursor, plan, f"{prefix}-{number + 1}", number * STEP)
        for table in COPIED:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {OWN_ROWS[table]}", {"plan": plan.pk})
            counts[table] = cursor.fetchone()[0] * cycles
            _move_sequence(cursor, table)
        _move_sequence(cursor, "plans_plan")
        cursor.execute("ANALYZE")
    say(f"{cycles} cycles: {time.monotonic() - started:.1f} s", flush=True)
    return counts


def _move_sequence(cursor, table: str) -> None:
    cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")


def copy_plan(cursor, plan, slug: str, step: int) -> None:
    """Another cycle: the same rows, each id and each pointer into the plan moved by *step*."""
    for table, moved in {"plans_plan": [], **COPIED}.items():
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s",
            [table],
        )
        names = [name for (name,) in cursor.fetchall()]
        values = {name: f'"{name}"' for name in names} | {name: f'"{name}" + {step}' for name in ["id", *moved]}
        if table == "plans_plan":
            values |= {"slug": f"'{slug}'", "is_current": "false"}
            where = "id = %(plan)s"
        else:
            where = OWN_ROWS[table]
        listed = ", ".join(f'"{name}"' for name in names)
        chosen = ", ".join(values[name] for name in names)
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {chosen} FROM {table} WHERE {where}", {"plan": plan.pk})


def make_plan(slug: str, count: int, years: int):
    """One plan with *count* indicators, each with a target, a result, its breakdowns and a figure for each year."""
    from accounts.models import Department
    from indicators.models import Indicator
    from plans.models import Goal, Plan, Target, Task

    chance = random.Random(slug)
    plan = Plan.objects.create(
        slug=slug,
        municipality="시험구",
        title=f"크기 시험 계획 {slug}",
        start_year=FIRST_YEAR,
        end_year=FIRST_YEAR + years - 1,
    )
    departments = list(Department.objects.order_by("pk")[:30]) or [
        Department.objects.create(slug=f"{slug}-{n}", name=f"시험부서 {n}") for n in range(30)
    ]
    areas = [plan.areas.create(number=n, title=f"{n}번째 전환분야") for n in range(1, AREAS + 1)]
    places = _places(count)
    goals, targets, tasks = {}, {}, {}
    for area, goal, *_rest in places:
        goals.setdefault((area, goal), Goal(area=areas[area - 1], number=goal, title=f"목표 {goal}"))
    Goal.objects.bulk_create(goals.values())
    for area, goal, target, *_rest in places:
        targets.setdefault(
            (area, goal, target), Target(goal=goals[area, goal], code=f"{goal}-{target}", title=f"세부목표 {target}")
        )
    Target.objects.bulk_create(targets.values())
    for area, goal, target, task, _indicator in places:
        tasks.setdefault(
            (area, goal, target, task),
            Task(
                target=targets[area, goal, target],
                code=f"{goal}-{target}-{task}",
                title=f"{goal}-{target}-{task} 이행과제의 이름",
                department=chance.choice(departments),
            ),
        )
    Task.objects.bulk_create(tasks.values())
    indicators = [
        Indicator(
            area=areas[area - 1],
            code=f"{goal}-{target}-{task}-{number}",
            title=f"{goal}-{target}-{task}-{number} 지표의 이름",
            unit=chance.choice(["명", "건", "%", "개소"]),
            direction=chance.choice(["up", "up", "up", "down"]),
            decimals=1,
            by_sex=True,
            by_age=True,
            by_disability=True,
            by_migrant=True,
        )
        for area, goal, target, task, number in places
    ]
    Indicator.objects.bulk_create(indicators)
    through = Indicator.tasks.through
    pairs = zip(indicators, places, strict=True)
    through.objects.bulk_create(through(indicator=one, task=tasks[place[:4]]) for one, place in pairs)
    _years_of(plan, indicators, chance)
    return plan


def _places(count: int) -> list[tuple[int, int, int, int, int]]:
    """Area, goal, target, task and number of each indicator, spread evenly over the areas."""
    places = []
    for number in range(count):
        area, rank = number % AREAS + 1, number // AREAS
        task_rank, of_task = divmod(rank, INDICATORS_OF_TASK)
        target_rank, task = divmod(task_rank, TASKS_OF_TARGET)
        goal, target = divmod(target_rank, 3)
        places.append((area, goal + 1, target + 1, task + 1, of_task + 1))
    return places


def _years_of(plan, indicators, chance) -> None:
    from django.db import connection

    from indicators.assessment import METHOD_VERSION
    from indicators.choices import BreakdownGroup, ResultState, RoundState
    from indicators.figures.services.publications import build_figures, digest_of
    from indicators.models import Figure, Milestone, Publication, ReportingRound, Result

    starts = {one.pk: Decimal(chance.randint(1000, 90_000)) / 10 for one in indicators}
    Milestone.objects.bulk_create(
        [
            Milestone(indicator=one, year=year, value=round(starts[one.pk] * (100 + 3 * step) / 100, 1))
            for one in indicators
            for step, year in enumerate(plan.years)
        ],
        batch_size=2000,
    )
    for step, year in enumerate(plan.years):
        reporting_round = ReportingRound.objects.create(
            plan=plan,
            year=year,
            state=RoundState.PUBLISHED,
            opens_on=date(year + 1, 1, 2),
            due_on=date(year + 1, 2, 28),
            closed_on=date(year + 1, 3, 1),
        )
        Result.objects.bulk_create(
            [
                Result(
                    round=reporting_round,
                    indicator=one,
                    state=ResultState.APPROVED,
                    value=round(starts[one.pk] * (90 + 3 * step + chance.randint(0, 20)) / 100, 1),
                    explanation="올해 거둔 성과를 적은 글입니다.",
                )
                for one in indicators
            ]
        )
        groups = ", ".join(f"('{BreakdownGroup(g).dimension.value}', '{g}')" for g in BreakdownGroup.values)
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO indicators_breakdownvalue (result_id, dimension, "group", value)'
                f" SELECT r.id, g.d, g.g, round(r.value / 10, 1) FROM indicators_result r, (VALUES {groups}) AS g(d, g)"
                " WHERE r.round_id = %s",
                [reporting_round.pk],
            )
        figures = build_figures(reporting_round)
        publication = Publication.objects.create(
            round=reporting_round,
            edition=1,
            published_by_name="크기 시험",
            method_version=METHOD_VERSION,
            sha256=digest_of(figures),
        )
        for figure in figures:
            figure.publication = publication
        Figure.objects.bulk_create(figures, batch_size=1000)


def main() -> None:
    import django

    django.setup()
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("prefix")
    parser.add_argument("cycles", type=int, nargs="?", default=10)
    parser.add_argument("indicators", type=int, nargs="?", default=1150)
    parser.add_argument("years", type=int, nargs="?", default=10)
    given = parser.parse_args()
    for table, rows in fill(given.prefix, given.cycles, given.indicators, given.years).items():
        print(f"{table:35} {rows:>12,}")


if __name__ == "__main__":
    main()
