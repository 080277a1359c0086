"""Filters of the public list of points; every choice stands in the address."""

import django_filters
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from plans.filters import WordsFilter
from plans.models import Area

from .choices import OpinionKind, Stance
from .models import Opinion, StakeholderGroup
from .selectors.chain import published_replies


class OpinionFilter(django_filters.FilterSet):
    UNANSWERED = "none"

    q = WordsFilter(label=_("검색어"), fields=["summary", "questions__summary", "questions__replies__summary"])
    group = django_filters.ModelChoiceFilter(
        field_name="paper__group",
        label=_("이해관계자 그룹"),
        to_field_name="slug",
        queryset=StakeholderGroup.objects.none(),
        empty_label=_("전체"),
    )
    area = django_filters.ModelChoiceFilter(
        label=_("핵심전환분야"), to_field_name="number", queryset=Area.objects.none(), empty_label=_("전체")
    )
    kind = django_filters.ChoiceFilter(label=_("종류"), choices=OpinionKind.choices, empty_label=_("전체"))
    stance = django_filters.ChoiceFilter(
        label=_("검토 결과"),
        choices=[*Stance.choices, (UNANSWERED, _("답변 없음"))],
        empty_label=_("전체"),
        method="with_stance",
    )
    department = django_filters.ModelChoiceFilter(
        label=_("답변한 부서"),
        to_field_name="slug",
        queryset=Department.objects.none(),
        empty_label=_("전체"),
        method="answered_by",
    )

    class Meta:
        model = Opinion
        fields: list[str] = []

    def __init__(self, data, queryset, *, plan):
        super().__init__(data, queryset=queryset.distinct())
        self.filters["group"].queryset = plan.groups.all()
        self.filters["area"].queryset = plan.areas.all()
        self.filters["department"].queryset = Department.objects.filter(
            replies__question__deliberation__plan=plan
        ).distinct()

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(self.data.get(name)) for name in self.filters)

    def _replies(self):
        return published_replies().filter(question__opinions=OuterRef("pk")).exclude(summary="")

    def with_stance(self, queryset, name, stance):
        if stance == self.UNANSWERED:
            return queryset.filter(~Exists(self._replies()))
        return queryset.filter(Exists(self._replies().filter(stance=stance)))

    def answered_by(self, queryset, name, department):
        return queryset.filter(Exists(self._replies().filter(department=department)))
