"""Filters of the public task list; every choice stands in the address."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.read_model import kept
from commons.text import search_words
from commons.widgets import QuickSelect
from plans.models import Area, Goal, Plan, Task

NOT_AMONG_THEM = _("고를 수 없는 값이라 빼고 보입니다.")
LONGEST_WORDS = 100  # characters of what is searched for
TOO_LONG = _("검색어가 100자를 넘어 빼고 보입니다. 줄여서 다시 찾아 주십시오.")


class TypedWords(django_filters.CharFilter):
    """What somebody searches for, in at most LONGEST_WORDS characters; more is said at the field and left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, max_length=LONGEST_WORDS, error_messages={"max_length": TOO_LONG}, **kwargs)


class OneOf(django_filters.ChoiceFilter):
    """One of some choices, or all. The choices are words that stand in the address: numbers, slugs and codes."""

    def __init__(self, *args, choices=(), **kwargs):
        refusal = {"invalid_choice": NOT_AMONG_THEM}
        super().__init__(*args, empty_label=_("전체"), widget=QuickSelect, error_messages=refusal, **kwargs)
        self.offer(choices)

    def offer(self, choices):
        """Say what can be chosen: by a function, as Django would copy a list three times for each page."""
        self.extra["choices"] = lambda: choices


class GoalFilter(OneOf):
    """A goal stands in the address by its area and number ("1-2"), which stay when the plan is loaded anew."""

    def filter(self, queryset, chosen):
        if not chosen:
            return queryset
        area, _hyphen, number = chosen.partition("-")
        goal = {f"{self.field_name}__area__number": area, f"{self.field_name}__number": number}
        queryset = queryset.filter(**goal)
        return queryset.distinct() if self.distinct else queryset


class WordsFilter(TypedWords):
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


class ListFilter(django_filters.FilterSet):
    """A filter set of a list, whose choices are given when it is made."""

    def __init__(self, data, queryset, *, choices: dict[str, list[tuple[str, str]]]):
        super().__init__(data, queryset=queryset)
        for name, pairs in choices.items():
            self.filters[name].offer(pairs)

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(self.data.get(name)) for name in self.filters)


def plan_choices(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """The areas, goals and departments of *plan* as lists are narrowed by them. Three queries."""

    def build():
        goals = Goal.objects.filter(area__plan=plan).select_related("area")
        departments = Department.objects.filter(tasks__target__goal__area__plan=plan).distinct()
        return {
            "area": [(str(area.number), str(area)) for area in Area.objects.filter(plan=plan)],
            "goal": [
                (f"{goal.area.number}-{goal.number}", f"{goal.area.number}-{goal.number}. {goal.title}")
                for goal in goals
            ],
            "department": [(department.slug, str(department)) for department in departments],
        }

    return kept(("choices", plan.pk), build)


class TaskFilter(ListFilter):
    q = WordsFilter(label=_("검색어"), fields=["title", "purpose", "contents", "future_plan", "code"])
    area = OneOf(field_name="target__goal__area__number", label=_("핵심전환분야"))
    goal = GoalFilter(field_name="target__goal", label=_("목표"))
    department = OneOf(field_name="department__slug", label=_("담당부서"))
    status = OneOf(label=_("지표의 판정"), method="with_status")
    unit = OneOf(field_name="indicators__unit", label=_("지표의 단위"), distinct=True)
    kind = OneOf(field_name="indicators__value_kind", label=_("지표 값의 종류"), distinct=True)

    class Meta:
        model = Task
        fields: list[str] = []

    def __init__(self, data, queryset, *, plan, headline, choices):
        """*choices* are those of status, unit and kind: rooms above this one know what indicators can be."""
        super().__init__(data, queryset, choices=plan_choices(plan) | choices)
        self.headline = headline

    def with_status(self, queryset, name, status):
        """Tasks of which an indicator has *status* in the headline publication."""
        published = {"indicators__figures__publication": self.headline, "indicators__figures__status": status}
        return queryset.filter(**published).distinct() if self.headline else queryset.none()
