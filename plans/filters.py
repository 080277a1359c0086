"""Filters of the public task list; every choice stands in the address."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from sdgplan.lib.text import search_words

from .models import Area, Goal, Task


class GoalChoiceField(forms.ModelChoiceField):
    def label_from_instance(self, goal):
        return f"{goal.area.number}-{goal.number}. {goal.title}"


class GoalFilter(django_filters.ModelChoiceFilter):
    field_class = GoalChoiceField


class WordsFilter(django_filters.CharFilter):
    """Every word must stand in at least one of *fields*."""

    def __init__(self, *args, fields: list[str], **kwargs):
        self.searched_fields = fields
        super().__init__(*args, **kwargs)

    def filter(self, queryset, typed):
        for word in search_words(typed or ""):
            condition = Q()
            for name in self.searched_fields:
                condition |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(condition)
        return queryset


class PlanFilterSet(django_filters.FilterSet):
    """A filter set whose choices are those of one plan."""

    def __init__(self, data, queryset, *, plan, **kwargs):
        super().__init__(data, queryset=queryset, **kwargs)
        self.filters["area"].queryset = Area.objects.filter(plan=plan)
        self.filters["goal"].queryset = Goal.objects.filter(area__plan=plan).select_related("area")
        self.filters["department"].queryset = Department.objects.filter(tasks__target__goal__area__plan=plan).distinct()

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(self.data.get(name)) for name in self.filters)


class TaskFilter(PlanFilterSet):
    q = WordsFilter(label=_("검색어"), fields=["title", "purpose", "contents", "future_plan", "code"])
    area = django_filters.ModelChoiceFilter(
        field_name="target__goal__area",
        label=_("핵심전환분야"),
        to_field_name="number",
        queryset=Area.objects.none(),
        empty_label=_("전체"),
    )
    goal = GoalFilter(field_name="target__goal", label=_("목표"), queryset=Goal.objects.none(), empty_label=_("전체"))
    department = django_filters.ModelChoiceFilter(
        label=_("담당부서"), to_field_name="slug", queryset=Department.objects.none(), empty_label=_("전체")
    )

    class Meta:
        model = Task
        fields: list[str] = []
