"""Filters of the public indicator list; every choice stands in the address."""

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from plans.filters import GoalFilter, PlanFilterSet, WordsFilter
from plans.models import Area, Goal

from .choices import Direction, Status, ValueKind
from .models import Figure, Indicator


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
