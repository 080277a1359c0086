"""The public pages of the plan. They compose what the other rooms know about it."""

from collections import defaultdict

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from commons.read_model import kept
from commons.text import search_words
from indicators.assessment import METHOD_VERSION
from indicators.choices import MissingReason, Status, Track, ValueKind
from indicators.figures.filters import unit_choices
from indicators.figures.selectors.examples import method_examples
from indicators.figures.selectors.figures import FigureBoard
from indicators.figures.selectors.shared import board_of, corrections_of, indicators_of, series_of_indicator
from indicators.figures.selectors.verdicts import bands_of
from indicators.models import Indicator
from indicators.wording import percent, track_band_in_words
from plans.filters import LONGEST_WORDS, TaskFilter
from plans.models import Area, Goal, Plan, Target, Task
from plans.selectors import area_summaries, by_area, departments_in_charge, goals_of, plan_of
from plans.stamps import public_page
from stakeholders.forms.following import FollowForm
from stakeholders.models import Followed
from stakeholders.selectors.chain import counted, outcome_in_short
from stakeholders.selectors.shared import chain_of

SHORT_LIST = 5


@require_safe
@public_page
def home(request, slug):
    plan = plan_of(slug)
    board = board_of(plan)
    summaries = kept(("areas", plan.pk), lambda: area_summaries(plan))
    areas = [(summary, board.distribution(summary.indicator_ids)) for summary in summaries]
    ranked = [indicator_id for indicator_id, _rate in board.ranked()]
    shown = indicators_of(plan)
    context = {
        "plan": plan,
        "board": board,
        "areas": areas,
        "distribution": board.distribution(i for summary, _d in areas for i in summary.indicator_ids),
        "tracks": board.tracks(i for summary, _d in areas for i in summary.indicator_ids),
        "indicator_count": sum(len(summary.indicator_ids) for summary, _d in areas),
        "task_count": sum(summary.tasks for summary, _d in areas),
        "ahead": [(shown[i], board.indicator(i)) for i in ranked[:SHORT_LIST]],
        "behind": [(shown[i], board.indicator(i)) for i in reversed(ranked[-SHORT_LIST:])],
        "corrections": corrections_of(plan)[:SHORT_LIST],
        "voices": kept(("voices in short", plan.pk), lambda: outcome_in_short(plan)),
    }
    return render(request, "plans/home.html", context)


def tasks_with_indicators():
    indicators = Indicator.objects.select_related("area__plan")
    return Task.objects.select_related("department", "team", "target__goal__area__plan").prefetch_related(
        Prefetch("indicators", indicators)
    )


def tasks_of(plan: Plan) -> dict[int, Task]:
    """Every task by its id, in the plan's order, with what rows and heads of pages show. Two queries."""
    return kept(("tasks", plan.pk), lambda: {task.pk: task for task in tasks_with_indicators().of_plan(plan)})


def headlines(tasks, board: FigureBoard):
    """Each task of the plan with its indicators and their published headlines."""

    def build():
        return {
            task.pk: [(i, board.indicator(i.pk)) for i in task.indicators.all()]
            for task in tasks_of(board.plan).values()
        }

    of_all = kept(("headlines", board.plan.pk), build)
    return [(task, of_all[task.pk]) for task in tasks]


def ids_of(tasks) -> set[int]:
    """The indicators of tasks with their headlines, each once however many tasks share it."""
    return {indicator.pk for _task, rows in tasks for indicator, _headline in rows}


@require_safe
@public_page
def area(request, slug, number):
    plan = plan_of(slug)
    areas = [summary.area for summary in kept(("areas", plan.pk), lambda: area_summaries(plan))]
    area = next((area for area in areas if area.number == number), None)
    if area is None:
        raise Http404
    board = board_of(plan)
    tasks = defaultdict(list)
    for task in tasks_of(plan).values():
        tasks[task.target_id].append(task)
    tree, indicator_ids = [], set()
    for goal in goals_of(area):
        targets = [(target, headlines(tasks[target.pk], board)) for target in goal.targets.all()]
        held = [ids_of(tasks) for _target, tasks in targets]
        rows = [(*pair, board.distribution(ids)) for pair, ids in zip(targets, held, strict=True)]
        of_goal = set().union(*held)
        tree.append((goal, rows, board.distribution(of_goal)))
        indicator_ids |= of_goal
    context = {
        "plan": plan,
        "area": area,
        "areas": areas,
        "board": board,
        "tree": tree,
        "indicator_count": len(indicator_ids),
        "task_count": sum(len(tasks) for _g, targets, _d in tree for _t, tasks, _e in targets),
        "distribution": board.distribution(indicator_ids),
        "tracks": board.tracks(indicator_ids),
    }
    return render(request, "plans/area.html", context)


def filtered_tasks(data, plan: Plan, tasks, headline) -> TaskFilter:
    """The filter of the task list over *tasks*, for the page and for what is downloaded of it."""
    choices = {"status": Status.choices, "unit": unit_choices(plan), "kind": ValueKind.choices}
    return TaskFilter(data, tasks, plan=plan, headline=headline, choices=choices)


@require_safe
@public_page
def task_list(request, slug):
    plan = plan_of(slug)
    board, tasks = board_of(plan), tasks_of(plan)
    filterset = SimpleLazyObject(lambda: filtered_tasks(request.GET, plan, Task.objects.of_plan(plan), board.headline))
    ids = filterset.qs.values_list("pk", flat=True) if request.GET else tasks
    rows = headlines((tasks[pk] for pk in ids), board)
    context = {
        "plan": plan,
        "filterset": filterset,
        "rows": rows,
        "rows_by_area": by_area(rows, lambda row: row[0].target.goal.area),
        "board": board,
    }
    return render(request, "plans/task_list.html", context)


@require_safe
@public_page
def task(request, slug, area_number, code):
    plan = plan_of(slug)
    tasks = [task for task in tasks_of(plan).values() if task.target.goal.area.number == area_number]
    task = next((task for task in tasks if task.code == code), None)
    if task is None:
        raise Http404
    board = board_of(plan)
    indicators = [indicators_of(plan)[indicator.pk] for indicator in task.indicators.all()]
    opinions = chain_of(plan).on([task])
    context = {
        "plan": plan,
        "task": task,
        "follow": FollowForm(followed=Followed(task)),
        "target": task.target,
        "goal": task.target.goal,
        "area": task.target.goal.area,
        "board": board,
        "indicators": [(i, series_of_indicator(plan, i)) for i in indicators],
        "opinions": opinions,
        "opinions_counted": counted(opinions),
        "budgets": task.budgets.prefetch_related("shares"),
        "siblings": [other for other in tasks if other.target_id == task.target_id and other.pk != task.pk],
    }
    return render(request, "plans/task.html", context)


def searched_texts(plan: Plan) -> dict[str, list[tuple]]:
    """What the search finds, by kind and in the plan's order, each with the texts in which it looks, in small letters.

    A plan is small enough to be looked through in memory, where a query for each kind and word would cost more.
    """

    def rows(found, *fields):
        return [(row, [getattr(row, field).casefold() for field in fields]) for row in found]

    departments = [
        (department, [name.casefold() for name in (department.name, *(team.name for team in department.teams.all()))])
        for department in departments_in_charge(plan).values()
    ]
    return {
        "areas": rows(Area.objects.filter(plan=plan).select_related("plan"), "title"),
        "goals": rows(Goal.objects.filter(area__plan=plan).select_related("area__plan"), "title"),
        "targets": rows(Target.objects.filter(goal__area__plan=plan).select_related("goal__area__plan"), "title"),
        "tasks": rows(tasks_of(plan).values(), "title", "purpose", "contents", "future_plan", "code"),
        "indicators": rows(indicators_of(plan).values(), "title", "definition", "formula", "code"),
        "departments": departments,
    }


@require_safe
@public_page
def search(request, slug):
    plan = plan_of(slug)
    asked = request.GET.get("q", "")
    typed = " ".join(search_words(asked[:LONGEST_WORDS]))

    kinds, board = {}, None
    if typed:
        board = board_of(plan)
        words = [word.casefold() for word in typed.split()]
        kinds = {
            kind: [found for found, texts in rows if all(any(word in text for text in texts) for word in words)]
            for kind, rows in kept(("searched", plan.pk), lambda: searched_texts(plan)).items()
        }
        kinds["indicators"] = [(indicator, board.indicator(indicator.pk)) for indicator in kinds["indicators"]]
    context = {
        "plan": plan,
        "typed": typed,
        "is_cut": len(asked) > LONGEST_WORDS,
        "board": board,
        "found": kinds,
        "total": sum(len(rows) for rows in kinds.values()),
    }
    return render(request, "plans/search.html", context)


@require_safe
@public_page
def method(request, slug):
    plan = plan_of(slug)
    context = {
        "plan": plan,
        "statuses": {status.value: status for status in Status},
        "bands": {
            "met": percent(plan.band_met),
            "near": percent(plan.band_near),
            "short": percent(plan.band_short),
        },
        "floor": percent(plan.coverage_floor),
        "tracks": [(track, track_band_in_words(track)) for track in Track.rated()],
        "undefined": Track.UNDEFINED,
        "missing_reasons": [*MissingReason.for_results(), MissingReason.NOT_SUBMITTED],
        "examples": kept(("method", plan.pk), lambda: method_examples(plan, bands_of(plan))),
        "version": METHOD_VERSION,
    }
    return render(request, "plans/method.html", context)


@require_safe
@public_page
def about(request, slug):
    return render(request, "plans/about.html", {"plan": plan_of(slug)})
