"""The public pages of the plan. They compose what the other rooms know about it."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from indicators.assessment import METHOD_VERSION
from indicators.choices import MissingReason, Status, Track, ValueKind
from indicators.filters import unit_choices
from indicators.models import Indicator
from indicators.selectors.examples import method_examples
from indicators.selectors.figures import FigureBoard, corrections, series_of
from indicators.selectors.verdicts import bands_of
from indicators.wording import percent, track_band_in_words
from sdgplan.lib.text import search_words
from stakeholders.forms.following import FollowForm
from stakeholders.models import Followed
from stakeholders.selectors.chain import counted, opinions_on, outcome_in_short

from ..filters import TaskFilter, WordsFilter
from ..models import Area, Goal, Plan, Target, Task
from ..selectors import area_summaries, departments_of
from ..stamps import public_page

SHORT_LIST = 5


@require_safe
@public_page
def home(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
    board = FigureBoard(plan)
    areas = [(summary, board.distribution(summary.indicator_ids)) for summary in area_summaries(plan)]
    ranked = [indicator_id for indicator_id, _rate in board.ranked()]
    shown = Indicator.objects.select_related("area__plan").in_bulk(ranked[:SHORT_LIST] + ranked[-SHORT_LIST:])
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
        "corrections": corrections(plan, limit=SHORT_LIST),
        "voices": outcome_in_short(plan),
    }
    return render(request, "plans/home.html", context)


def tasks_with_indicators():
    indicators = Indicator.objects.select_related("area__plan")
    return Task.objects.select_related("department", "team", "target__goal__area__plan").prefetch_related(
        Prefetch("indicators", indicators)
    )


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
    board = FigureBoard(plan)
    goals = area.goals.prefetch_related(
        Prefetch("targets__tasks", tasks_with_indicators().filter(target__goal__area=area))
    )
    tree, indicator_ids = [], set()
    for goal in goals:
        targets = [(target, headlines(target.tasks.all(), board)) for target in goal.targets.all()]
        held = [ids_of(tasks) for _target, tasks in targets]
        rows = [(*pair, board.distribution(ids)) for pair, ids in zip(targets, held, strict=True)]
        of_goal = set().union(*held)
        tree.append((goal, rows, board.distribution(of_goal)))
        indicator_ids |= of_goal
    context = {
        "plan": plan,
        "area": area,
        "areas": Area.objects.filter(plan=plan).select_related("plan"),
        "board": board,
        "tree": tree,
        "indicator_count": len(indicator_ids),
        "task_count": sum(len(tasks) for _g, targets, _d in tree for _t, tasks, _e in targets),
        "distribution": board.distribution(indicator_ids),
        "tracks": board.tracks(indicator_ids),
    }
    return render(request, "plans/area.html", context)


@require_safe
@public_page
def task_list(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
    board = FigureBoard(plan)
    choices = {"status": Status.choices, "unit": unit_choices(plan), "kind": ValueKind.choices}
    filterset = TaskFilter(
        request.GET, tasks_with_indicators().of_plan(plan), plan=plan, headline=board.headline, choices=choices
    )
    rows = headlines(filterset.qs, board)
    context = {"plan": plan, "filterset": filterset, "rows": rows, "board": board}
    return render(request, "plans/task_list.html", context)


@require_safe
@public_page
def task(request, slug, area_number, code):
    plan = get_object_or_404(Plan, slug=slug)
    task = get_object_or_404(
        Task.objects.of_plan(plan)
        .select_related("department", "team", "target__goal__area__plan")
        .prefetch_related(
            "budgets__shares",
            Prefetch("indicators", Indicator.objects.select_related("area__plan").prefetch_related("milestones")),
        ),
        target__goal__area__number=area_number,
        code=code,
    )
    board = FigureBoard(plan)
    indicators = list(task.indicators.all())
    series = series_of(indicators, board.publications)
    opinions = opinions_on(plan, [task])
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
        "siblings": task.target.tasks.exclude(pk=task.pk).select_related("target__goal__area__plan"),
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
        "examples": method_examples(plan, bands_of(plan)),
        "version": METHOD_VERSION,
    }
    return render(request, "plans/method.html", context)


@require_safe
@public_page
def about(request, slug):
    return render(request, "plans/about.html", {"plan": get_object_or_404(Plan, slug=slug)})
