"""How a plan does, on one page: what is published for the public, and for overseers also what is being collected."""

from collections import Counter

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import require_overseer
from indicators.choices import ResultState, Status
from indicators.figures.filters import DashboardFilter
from indicators.figures.selectors.dashboard import Dashboard, weakest
from indicators.figures.selectors.readings import (
    FigureYear,
    Outline,
    Place,
    collected_years,
    published_years,
    structure_of,
)
from indicators.figures.selectors.shared import readings_of
from indicators.wording import percent
from plans.models import Plan
from plans.selectors import plan_of
from plans.stamps import public_page

FURTHEST = 10  # rows of the list of indicators that are furthest behind


class Links:
    """Addresses of indicators and of what explains a verdict. A page has hundreds, so each kind is reversed once."""

    def __init__(self, plan: Plan, years: list[FigureYear]):
        self._indicators = self._root("indicators:indicator", plan.slug)
        self.unpublished = tuple(year.year for year in years if not year.is_published)
        self._results = {year: self._root("indicators:result", plan.slug, year) for year in self.unpublished}

    @staticmethod
    def _root(name: str, *args) -> str:
        return reverse(name, args=[*args, 0, "0"]).removesuffix("0/0/")

    def tail(self, place: Place) -> str:
        return f"{place.area}/{place.code}/"

    def indicator(self, place: Place) -> str:
        return self._indicators + self.tail(place)

    def why_root(self, year: int) -> str:
        """What explains the verdicts of *year*: their figures if it is published, the results if not."""
        return self._results.get(year, self._indicators)

    def why_end(self, year: int) -> str:
        """What stands behind the indicator in the address: the page of the figure, of a year that is published."""
        return "" if year in self._results else f"why/{year}/"

    def why(self, place: Place, year: int) -> str:
        return self.why_root(year) + self.tail(place) + self.why_end(year)


@require_safe
@public_page
def dashboard(request, slug):
    plan = plan_of(slug)
    return _page(request, plan, *readings_of(plan))


@login_required
@require_safe
def work_dashboard(request, slug):
    """The public page with the years that are being collected, for coordinator, administrator and committee."""
    plan = get_object_or_404(Plan, slug=slug)
    require_overseer(request.user)
    places, outline = structure_of(plan)
    years = sorted([*published_years(plan), *collected_years(plan, places)], key=lambda year: year.year)
    return _page(request, plan, places, outline, years, overseen=True)


def _page(request, plan: Plan, places: list[Place], outline: Outline, years: list[FigureYear], *, overseen=False):
    filters = DashboardFilter(request.GET, outline=outline, places=places, years=years)
    board = Dashboard(plan, outline, filters.places, years, filters.year)
    context = {
        "plan": plan,
        "filters": filters,
        "board": board,
        "links": Links(plan, years),
        "overseen": overseen,
        "statuses": list(Status),
        "floor": percent(plan.coverage_floor, 0),
    }
    if board.shown and board.places:
        context |= _answers(board, filters)
    return render(request, "indicators/dashboard.html", context)


def _answers(board: Dashboard, filters: DashboardFilter) -> dict:
    """All that the page says about the places in the shown year."""
    changes = board.changes()
    parts = board.parts(changes, area=filters.area, goal=filters.goal)
    behind = board.behind(FURTHEST)
    lines = board.lines(behind, filters.places if filters.is_narrow else ())
    states = Counter(board.shown.states.get(place.pk) for place in board.places)
    return {
        "year": str(board.shown.year),
        "download": filters.query(year=board.shown.year, edition="latest") if board.shown.is_published else "",
        "distribution": board.distribution(board.places),
        "collected": [(state, states[state]) for state in ResultState if state in ResultState.handed_in()],
        "changes": changes,
        "since": str(changes.since) if changes else "",
        "weakest": weakest(parts),
        "parts": [(_narrowed(filters, part.key), part) for part in parts],
        "gaps": board.gaps(),
        "behind": [lines[place.pk] for place in behind],
        "in_depth": [lines[place.pk] for place in board.places if place.pk in lines] if filters.is_narrow else [],
        "columns": [(str(year), board.year(year)) for year in board.plan.years],
        "departments": [(filters.query(department=part.key), part) for part in board.departments()],
        "years": [(filters.query(year=part.key), part) for part in board.by_year()],
    }


def _narrowed(filters: DashboardFilter, key) -> str:
    """The address that narrows the page to a part; a target has none."""
    if isinstance(key, int):
        return filters.query(area=key)
    return "" if filters.goal else filters.query(area=key[0], goal=f"{key[0]}-{key[1]}")
