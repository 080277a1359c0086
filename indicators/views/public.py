"""Public pages of indicators: the list and the page of one."""

from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from plans.models import Plan, Task
from plans.stamps import public_page
from stakeholders.selectors.chain import counted, opinions_on

from ..filters import IndicatorFilter
from ..models import Indicator
from ..permissions import sees_approver
from ..selectors.evidence import public_evidence_by_year
from ..selectors.explanation import explanation_of
from ..selectors.figures import FigureBoard, corrections, series_of


@require_safe
@public_page
def indicator_list(request, slug):
    plan = get_object_or_404(Plan, slug=slug)
    board = FigureBoard(plan)
    filterset = IndicatorFilter(
        request.GET,
        Indicator.objects.of_plan(plan).select_related("area__plan").prefetch_related("tasks__department"),
        plan=plan,
        headline=board.headline,
    )
    rows = []
    for indicator in filterset.qs:
        departments = dict.fromkeys(task.department.name for task in indicator.tasks.all())
        rows.append((indicator, board.indicator(indicator.pk), list(departments)))
    context = {
        "plan": plan,
        "filterset": filterset,
        "board": board,
        "rows": rows,
        "distribution": board.distribution(indicator.pk for indicator, _h, _d in rows),
    }
    return render(request, "indicators/indicator_list.html", context)


@require_safe
@public_page
def indicator(request, slug, area_number, code):
    plan = get_object_or_404(Plan, slug=slug)
    tasks = Task.objects.select_related("department", "team", "target__goal__area__plan")
    indicator = get_object_or_404(
        Indicator.objects.of_plan(plan)
        .select_related("area__plan")
        .prefetch_related("milestones", Prefetch("tasks", tasks)),
        area__number=area_number,
        code=code,
    )
    board = FigureBoard(plan)
    order = list(Indicator.objects.of_plan(plan).values("area__number", "code", "title"))
    place = next(i for i, row in enumerate(order) if row["area__number"] == area_number and row["code"] == code)
    series = series_of([indicator], board.publications)[indicator.pk]
    files = public_evidence_by_year(plan, indicator)
    opinions = opinions_on(plan, indicator.tasks.all(), indicator)
    context = {
        "plan": plan,
        "indicator": indicator,
        "area": indicator.area,
        "board": board,
        "series": series,
        "told_years": [
            (row, files.get(row.year, []))
            for row in reversed(series.rows)
            if row.has_text or row.breakdowns or row.year in files
        ],
        "tasks": indicator.tasks.all(),
        "departments": dict.fromkeys(task.department for task in indicator.tasks.all()),
        "department_names": sorted({task.department.name for task in indicator.tasks.all()}),
        "corrections": corrections(plan, indicator),
        "opinions": opinions,
        "opinions_counted": counted(opinions),
        "previous": order[place - 1] if place else None,
        "next": order[place + 1] if place + 1 < len(order) else None,
    }
    return render(request, "indicators/indicator.html", context)


@require_safe
@public_page
def why(request, slug, area_number, code, year):
    """Why a published figure has its status and its track; `?edition=` asks for an earlier edition."""
    indicator = get_object_or_404(
        Indicator.objects.select_related("area__plan"), area__plan__slug=slug, area__number=area_number, code=code
    )
    edition = request.GET.get("edition", "")
    if edition and not (edition.isascii() and edition.isdigit() and len(edition) < 6):
        raise Http404
    explanation = explanation_of(indicator, year, int(edition) if edition else None)
    if explanation is None:
        raise Http404
    context = {
        "plan": indicator.area.plan,
        "indicator": indicator,
        "area": indicator.area,
        "year": year,
        "explanation": explanation,
        "round": explanation.publication.round,
        "sees_approver": sees_approver(request.user),
    }
    return render(request, "indicators/why.html", context)
