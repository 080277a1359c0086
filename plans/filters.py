"""Filters of the public task list; every choice stands in the address."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from sdgplan.lib.text import search_words

from .models import Area, Goal, Task


class GoalChoiceField(forms.ModelChoiceField):
    """A goal stands in the address by its area and number ("1-2"), which stay when the plan is loaded anew."""

    def prepare_value(self, value):
        return f"{value.area.number}-{value.number}" if isinstance(value, Goal) else value

    def to_python(self, value):
        area, hyphen, number = str(value or "").partition("-")
        if not hyphen:
            return super().to_python(value)
        if area.isascii() and area.isdigit() and number.isascii() and number.isdigit() and len(value) < 10:
            goal = self.queryset.filter(area__number=int(area), number=int(number)).first()
            if goal is not None:
                return goal
        raise forms.ValidationError(
            self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
        )

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
    status = django_filters.ChoiceFilter(label=_("지표의 판정"), empty_label=_("전체"), method="with_status")
    unit = django_filters.ChoiceFilter(
        field_name="indicators__unit", label=_("지표의 단위"), empty_label=_("전체"), distinct=True
    )
    kind = django_filters.ChoiceFilter(
        field_name="indicators__value_kind", label=_("지표 값의 종류"), empty_label=_("전체"), distinct=True
    )

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, data, queryset, *, plan, headline, choices):
        """*choices* are those of status, unit and kind: rooms above this one know what indicators can be."""
        super().__init__(data, queryset, plan=plan)
        self.headline = headline
        for name, pairs in choices.items():
            self.filters[name].extra["choices"] = pairs

    def with_status(self, queryset, name, status):
        """Tasks of which an indicator has *status* in the headline publication."""
        published = {"indicators__figures__publication": self.headline, "indicators__figures__status": status}
        return queryset.filter(**published).distinct() if self.headline else queryset.none()
