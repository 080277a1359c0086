"""Filters of the public indicator list; every choice stands in the address."""

from dataclasses import dataclass

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from plans.filters import GoalFilter, PlanFilterSet, WordsFilter
from plans.models import Area, Goal

from .choices import Direction, Status, ValueKind
from .models import Figure, Indicator
from .selectors.readings import FigureYear, Outline, Place
from .selectors.tables import newest_figures


def unit_choices(plan) -> list[tuple[str, str]]:
    """The units that the plan's indicators have."""
    units = Indicator.objects.of_plan(plan).order_by("unit").values_list("unit", flat=True).distinct()
    return [(unit, unit) for unit in units if unit]


class IndicatorFilter(PlanFilterSet):
    q = WordsFilter(label=_("검색어"), fields=["title", "definition", "code", "formula"])
    area = django_filters.ModelChoiceFilter(
        label=_("핵심전환분야"), to_field_name="number", queryset=Area.objects.none(), empty_label=_("전체")
    )
    goal = GoalFilter(
        field_name="tasks__target__goal",
        label=_("목표"),
        queryset=Goal.objects.none(),
        empty_label=_("전체"),
        distinct=True,
    )
    department = django_filters.ModelChoiceFilter(
        label=_("담당부서"),
        to_field_name="slug",
        queryset=Department.objects.none(),
        empty_label=_("전체"),
        method="reported_by",
    )
    status = django_filters.ChoiceFilter(
        label=_("판정"), choices=Status.choices, empty_label=_("전체"), method="with_status"
    )
    unit = django_filters.ChoiceFilter(label=_("단위"), empty_label=_("전체"))
    kind = django_filters.ChoiceFilter(
        field_name="value_kind", label=_("값의 종류"), choices=ValueKind.choices, empty_label=_("전체")
    )
    direction = django_filters.ChoiceFilter(label=_("방향"), choices=Direction.choices, empty_label=_("전체"))

    class Meta:
        model = Indicator
        fields: list[str] = []

    def __init__(self, data, queryset, *, plan, headline, **kwargs):
        super().__init__(data, queryset, plan=plan, **kwargs)
        self.headline = headline
        self.filters["unit"].extra["choices"] = unit_choices(plan)

    def reported_by(self, queryset, name, department):
        return queryset.of_department(department)

    def with_status(self, queryset, name, status):
        if self.headline is None:
            return queryset.none()
        return queryset.filter(
            Exists(Figure.objects.filter(publication=self.headline, indicator=OuterRef("pk"), status=status))
        )


class FigureFilter(IndicatorFilter):
    """Published figures of the indicators of a list, on request of one year and of the newest editions alone.

    Figures of a demo round are found only when its year is chosen, so that they never stand among real ones.
    """

    LATEST = "latest"

    year = django_filters.ChoiceFilter(label=_("연도"), empty_label=_("전체"), method="as_they_are")
    edition = django_filters.ChoiceFilter(
        label=_("판"), choices=[(LATEST, _("최신 판"))], empty_label=_("전체"), method="as_they_are"
    )

    def __init__(self, data, queryset, *, plan, headline):
        super().__init__(data, queryset, plan=plan, headline=headline)
        self.plan = plan
        years = plan.rounds.exclude(publications=None).order_by("year").values_list("year", flat=True)
        self.filters["year"].extra["choices"] = [(str(year), str(year)) for year in years]

    def as_they_are(self, queryset, name, value):
        return queryset

    @property
    def figures(self):
        """The figures as filtered."""
        indicators = self.qs
        chosen = self.form.cleaned_data
        figures = newest_figures(self.plan) if chosen.get("edition") else Figure.objects.all()
        figures = figures.filter(publication__round__plan=self.plan)
        if chosen.get("year"):
            figures = figures.filter(publication__round__year=chosen["year"])
        else:
            figures = figures.filter(publication__round__is_demo=False)
        narrows = any(value for name, value in chosen.items() if name not in ("year", "edition"))
        return figures.filter(indicator__in=indicators.order_by().values("pk")) if narrows else figures


@dataclass(frozen=True)
class ChoiceField:
    """One choice of the dashboard; `options` are (value, label, whether it is chosen)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]
    error: str


class DashboardFilter:
    """Narrows a dashboard to an area, a goal, a department and a year. Every choice stands in the address.

    The choices are those that were read for the page, so that neither they nor the narrowing ask the database. What is
    not among them counts as not chosen and is named at its field.
    """

    def __init__(self, data, *, outline: Outline, places: list[Place], years: list[FigureYear]):
        self._data = data
        self._kept: dict[str, str] = {}  # what is typed in the address and can be chosen
        self.fields: list[ChoiceField] = []
        areas = {str(number): (number, f"{number}. {title}") for number, title in outline.areas.items()}
        self.area: int | None = self._choose("area", gettext("핵심전환분야"), areas)
        goals = {
            f"{area}-{number}": ((area, number), f"{area}-{number}. {title}")
            for (area, number), title in outline.goals.items()
            if self.area in (None, area)
        }
        self.goal: tuple[int, int] | None = self._choose("goal", gettext("목표"), goals)
        names = {slug: name for place in places for slug, name in place.departments.items()}
        departments = {slug: (slug, names[slug]) for slug in sorted(names, key=names.get)}
        self.department: str | None = self._choose("department", gettext("담당부서"), departments)
        newest_first = {str(year.year): (year, _year_label(year)) for year in reversed(years)}
        newest = years[-1] if years else None
        self.year: FigureYear | None = self._choose("year", gettext("연도"), newest_first, default=newest)
        self.places = [place for place in places if self._fits(place)]
        self.area_name = areas[str(self.area)][1] if self.area else ""
        self.goal_name = goals["{}-{}".format(*self.goal)][1] if self.goal else ""
        self.department_name = names.get(self.department, "")

    def _choose(self, name: str, label: str, choices: dict[str, tuple], default=None):
        typed = self._data.get(name, "")
        found = choices[typed][0] if typed in choices else default
        options = [] if default else [("", gettext("전체"), found is None)]
        options += [(value, words, chosen == found) for value, (chosen, words) in choices.items()]
        if typed in choices:
            self._kept[name] = typed
        error = gettext("고를 수 없는 값이라 빼고 보입니다.") if typed and typed not in choices else ""
        self.fields.append(ChoiceField(name, label, options, error))
        return found

    def _fits(self, place: Place) -> bool:
        return (
            self.area in (None, place.area)
            and (self.goal is None or self.goal in place.goals)
            and (self.department is None or self.department in place.departments)
        )

    @property
    def is_narrow(self) -> bool:
        """Whether the page is about less than the whole plan."""
        return bool(self.area or self.goal or self.department)

    @property
    def chosen(self) -> int:
        """How many choices were made."""
        return len(self._kept)

    @property
    def faults(self) -> int:
        """How many choices could not be made; on narrow screens the form is folded unless there are some."""
        return sum(bool(field.error) for field in self.fields)

    def query(self, **changes) -> str:
        """The address of this page with other choices. All are numbers and slugs, so nothing needs quoting."""
        return "?" + "&".join(f"{name}={value}" for name, value in (self._kept | changes).items())


def _year_label(year: FigureYear) -> str:
    return year.name if year.is_published else f"{year.name} ({gettext('미공표')})"
