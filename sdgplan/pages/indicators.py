"""Public pages of indicators: the list and the page of one."""

from django.http import Http404
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from commons.read_model import kept
from indicators.figures.filters import IndicatorFilter
from indicators.figures.selectors.embedding import embed_snippet
from indicators.figures.selectors.explanation import explanation_of
from indicators.figures.selectors.shared import (
    board_of,
    corrections_of,
    evidence_by_year,
    indicator_at,
    indicators_of,
    listed_indicators,
    series_of_indicator,
)
from indicators.models import Indicator
from indicators.permissions import sees_approver
from plans.selectors import by_area, plan_of
from plans.stamps import public_page
from stakeholders.selectors.chain import counted
from stakeholders.selectors.shared import chain_of


@require_safe
@public_page
def indicator_list(request, slug):
    plan = plan_of(slug)
    board = board_of(plan)
    filterset = SimpleLazyObject(
        lambda: IndicatorFilter(request.GET, Indicator.objects.of_plan(plan), plan=plan, headline=board.headline)
    )
    listed = listed_indicators(plan)
    ids = filterset.qs.values_list("pk", flat=True) if request.GET else listed
    rows = [listed[pk] for pk in ids]
    context = {
        "plan": plan,
        "filterset": filterset,
        "board": board,
        "rows": rows,
        "rows_by_area": by_area(rows, lambda row: row.indicator.area),
        "distribution": board.distribution(ids),
    }
    return render(request, "indicators/indicator_list.html", context)


@require_safe
@public_page
def indicator(request, slug, area_number, code):
    plan = plan_of(slug)
    order = list(indicators_of(plan).values())
    place = next((n for n, i in enumerate(order) if i.area.number == area_number and i.code == code), None)
    if place is None:
        raise Http404
    indicator, tasks = order[place], order[place].tasks.all()
    board = board_of(plan)
    series = series_of_indicator(plan, indicator)
    files = evidence_by_year(plan, indicator)
    opinions = chain_of(plan).on(tasks, indicator)
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
        "tasks": tasks,
        "departments": dict.fromkeys(task.department for task in tasks),
        "department_names": sorted({task.department.name for task in tasks}),
        "corrections": [found for found in corrections_of(plan) if found.indicator.pk == indicator.pk],
        "snippet": embed_snippet(request, plan, indicator),
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
    plan = plan_of(slug)
    indicator = indicator_at(plan, area_number, code)
    if indicator is None:
        raise Http404
    edition = request.GET.get("edition", "")
    if edition and not (edition.isascii() and edition.isdigit() and len(edition) < 6):
        raise Http404
    board, number = board_of(plan), int(edition) if edition else None
    newest = next((found for found in board.publications if found.round.year == year), None)
    if newest is None or (number or 0) > newest.edition:  # so that nothing is kept of what there is not
        raise Http404
    explanation = kept(
        ("explanation", indicator.pk, year, number), lambda: explanation_of(indicator, year, number, board)
    )
    if explanation is None:
        raise Http404
    context = {
        "plan": plan,
        "indicator": indicator,
        "area": indicator.area,
        "year": year,
        "explanation": explanation,
        "round": explanation.publication.round,
        "sees_approver": sees_approver(request.user),
    }
    return render(request, "indicators/why.html", context)
