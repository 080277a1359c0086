"""The public pages of the plan. They compose what the other rooms know about it."""

from collections import defaultdict

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from indicators.assessment import METHOD_VERSION
from indicators.choices import MissingReason, Status, Track, ValueKind
from indicators.filters import unit_choices
from indicators.models import Indicator
from indicators.selectors.examples import method_examples
from indicators.selectors.figures import FigureBoard, series_of
from indicators.selectors.shared import board_of, corrections_of, indicators_of
from indicators.selectors.verdicts import bands_of
from indicators.wording import percent, track_band_in_words
from sdgplan.lib.read_model import kept
from sdgplan.lib.text import search_words
from stakeholders.forms.following import FollowForm
from stakeholders.models import Followed
from stakeholders.selectors.chain import counted, outcome_in_short
from stakeholders.selectors.shared import chain_of

from ..filters import TaskFilter, WordsFilter
from ..models import Area, Goal, Plan, Target, Task
from ..selectors import area_summaries, departments_of
from ..stamps import public_page

SHORT_LIST = 5


@require_safe
@public_page
def home(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
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
    tasks = tasks_with_indicators().of_plan(plan)
    return kept(("tasks", plan.pk), lambda: {task.pk: task for task in tasks})


def headlines(tasks, board: FigureBoard):
    """Each task with its indicators and their published headlines."""
    return [(task, [(i, board.indicator(i.pk)) for i in task.indicators.all()]) for task in tasks]


def ids_of(tasks) -> set[int]:
    """The indicators of tasks with their headlines, each once however many tasks share it."""
    return {indicator.pk for _task, rows in tasks for indicator, _headline in rows}


@require_safe
@public_page
def area(request, slug, number):
    plan = get_object_or_404(Plan, slug=slug)
    area = get_object_or_404(Area.objects.select_related("plan"), plan=plan, number=number)
    board = board_of(plan)
    tasks = defaultdict(list)
    for task in tasks_of(plan).values():
        tasks[task.target_id].append(task)
    tree, indicator_ids = [], set()
    for goal in area.goals.prefetch_related("targets"):
        targets = [(target, headlines(tasks[target.pk], board)) for target in goal.targets.all()]
        held = [ids_of(tasks) for _target, tasks in targets]
        rows = [(*pair, board.distribution(ids)) for pair, ids in zip(targets, held, strict=True)]
        of_goal = set().union(*held)
        tree.append((goal, rows, board.distribution(of_goal)))
        indicator_ids |= of_goal
    context = {
        "plan": plan,
        "area": area,
        "areas": [summary.area for summary in kept(("areas", plan.pk), lambda: area_summaries(plan))],
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
    plan = get_object_or_404(Plan, slug=slug)
    board, tasks = board_of(plan), tasks_of(plan)
    filterset = SimpleLazyObject(lambda: filtered_tasks(request.GET, plan, Task.objects.of_plan(plan), board.headline))
    ids = filterset.qs.values_list("pk", flat=True) if request.GET else tasks
    rows = headlines((tasks[pk] for pk in ids), board)
    context = {"plan": plan, "filterset": filterset, "rows": rows, "board": board}
    return render(request, "plans/task_list.html", context)


@require_safe
@public_page
def task(request, slug, area_number, code):
    plan = get_object_or_404(Plan, slug=slug)
    tasks = [task for task in tasks_of(plan).values() if task.target.goal.area.number == area_number]
    task = next((task for task in tasks if task.code == code), None)
    if task is None:
        raise Http404
    board = board_of(plan)
    indicators = [indicators_of(plan)[indicator.pk] for indicator in task.indicators.all()]
    series = series_of(indicators, board.publications)
    opinions = chain_of(plan).on([task])
    context = {
        "plan": plan,
        "task": task,
        "follow": FollowForm(followed=Followed(task)),
        "target": task.target,
        "goal": task.target.goal,
        "area": task.target.goal.area,
        "board": board,
        "indicators": [(i, series[i.pk]) for i in indicators],
        "opinions": opinions,
        "opinions_counted": counted(opinions),
        "budgets": task.budgets.prefetch_related("shares"),
        "siblings": [other for other in tasks if other.target_id == task.target_id and other.pk != task.pk],
    }
    return render(request, "plans/task.html", context)


@require_safe
@public_page
def search(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
    typed = " ".join(search_words(request.GET.get("q", "")[:100]))

    def matching(queryset, *fields):
        return WordsFilter(fields=list(fields)).filter(queryset, typed)

    kinds, board = {}, None
    if typed:
        board = FigureBoard(plan)
        tasks = matching(tasks_with_indicators().of_plan(plan), "title", "purpose", "contents", "future_plan", "code")
        indicators = matching(
            Indicator.objects.of_plan(plan).select_related("area__plan"), "title", "definition", "formula", "code"
        )
        kinds = {
            "areas": matching(Area.objects.filter(plan=plan).select_related("plan"), "title"),
            "goals": matching(Goal.objects.filter(area__plan=plan).select_related("area__plan"), "title"),
            "targets": matching(
                Target.objects.filter(goal__area__plan=plan).select_related("goal__area__plan"), "title"
            ),
            "tasks": tasks,
            "indicators": [(i, board.indicator(i.pk)) for i in indicators],
            "departments": matching(departments_of(plan), "name", "teams__name"),
        }
    context = {
        "plan": plan,
        "typed": typed,
        "board": board,
        "found": kinds,
        "total": sum(len(rows) for rows in kinds.values()),
    }
    return render(request, "plans/search.html", context)


@require_safe
@public_page
def method(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
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
    return render(request, "plans/about.html", {"plan": get_object_or_404(Plan, slug=slug)})
