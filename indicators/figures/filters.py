"""Filters of the public indicator list; every choice stands in the address."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.read_model import kept
from indicators.choices import Direction, Status, ValueKind
from indicators.figures.selectors.readings import FigureYear, Outline, Place
from indicators.figures.selectors.tables import newest_figures
from indicators.models import Figure, Indicator
from plans.filters import NOT_AMONG_THEM, GoalFilter, ListFilter, OneOf, WordsFilter, plan_choices


def unit_choices(plan) -> list[tuple[str, str]]:
    """The units that the plan's indicators have. One query."""

    def build():
        units = Indicator.objects.of_plan(plan).order_by("unit").values_list("unit", flat=True).distinct()
        return [(unit, unit) for unit in units if unit]

    return kept(("units", plan.pk), build)


class IndicatorFilter(ListFilter):
    q = WordsFilter(label=_("검색어"), fields=["title", "definition", "code", "formula"])
    area = OneOf(field_name="area__number", label=_("핵심전환분야"))
    goal = GoalFilter(field_name="tasks__target__goal", label=_("목표"), distinct=True)
    department = OneOf(label=_("담당부서"), method="reported_by")
    status = OneOf(label=_("판정"), choices=Status.choices, method="with_status")
    unit = OneOf(label=_("단위"))
    kind = OneOf(field_name="value_kind", label=_("값의 종류"), choices=ValueKind.choices)
    direction = OneOf(label=_("방향"), choices=Direction.choices)

    class Meta:
        model = Indicator
        fields: list[str] = []

    def __init__(self, data, queryset, *, plan, headline, choices=()):
        super().__init__(data, queryset, choices=plan_choices(plan) | {"unit": unit_choices(plan)} | dict(choices))
        self.headline = headline

    def reported_by(self, queryset, name, slug):
        return queryset.of_department(Department.objects.filter(slug=slug)[:1])

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

    year = OneOf(label=_("연도"), method="as_they_are")
    edition = OneOf(label=_("판"), choices=[(LATEST, _("최신 판"))], method="as_they_are")

    def __init__(self, data, queryset, *, plan, headline):
        years = plan.rounds.exclude(publications=None).order_by("year").values_list("year", flat=True)
        choices = {"year": [(str(year), str(year)) for year in years]}
        super().__init__(data, queryset, plan=plan, headline=headline, choices=choices)
        self.plan = plan

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
        error = str(NOT_AMONG_THEM) if typed and typed not in choices else ""
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
