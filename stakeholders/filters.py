"""Filters of the public list of points; every choice stands in the address."""

import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from plans.models import Area
from sdgplan.lib.text import search_words

from .choices import CommitmentState, OpinionKind, Stance
from .models import Commitment, Opinion, StakeholderGroup
from .selectors.chain import READING_ORDER, public_questions, published_replies


class OpinionFilter(django_filters.FilterSet):
    """Points of the newest forum but demo ones, unless a year is chosen. Words are looked for in what is public."""

    UNANSWERED, PROMISED = "none", "promised"

    q = django_filters.CharFilter(label=_("검색어"), method="with_words")
    year = django_filters.ChoiceFilter(label=_("숙의공론장"), empty_label=_("전체"), method="of_year")
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
    promise = django_filters.ChoiceFilter(
        label=_("이행 약속"),
        choices=[(PROMISED, _("약속 있음")), *CommitmentState.choices],
        empty_label=_("전체"),
        method="with_promise",
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

    def __init__(self, data, queryset, *, plan, forums):
        super().__init__(data, queryset=queryset.order_by(*READING_ORDER))
        self.forums = forums
        self.filters["year"].extra["choices"] = [(str(forum.year), forum.title) for forum in forums]
        self.filters["group"].queryset = plan.groups.filter(papers__deliberation__in=forums).distinct()
        self.filters["area"].queryset = plan.areas.all()
        replies = published_replies().filter(publication__deliberation__in=forums)
        self.filters["department"].queryset = Department.objects.filter(
            Q(pk__in=replies.values("department")) | Q(pk__in=replies.values("together_with"))
        )

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(self.data.get(name)) for name in self.filters)

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("year") or self._spoke_in_demos_alone(self.form.cleaned_data.get("group")):
            return queryset
        return queryset.exclude(paper__deliberation__is_demo=True)

    def _spoke_in_demos_alone(self, group) -> bool:
        real = [forum for forum in self.forums if not forum.is_demo]
        return group is not None and not group.papers.filter(deliberation__in=real).exists()

    def _replies(self):
        return published_replies().filter(question__opinions=OuterRef("pk")).exclude(summary="")

    def _promises(self):
        return Commitment.objects.promised().filter(
            question__opinions=OuterRef("pk"), question__deliberation__is_published=True
        )

    def with_words(self, queryset, name, typed):
        """Points that hold every word, in their own text or in a public question, reply or promise that followed."""
        for word in search_words(typed):
            asked = public_questions().filter(opinions=OuterRef("pk"), summary__icontains=word)
            said = self._replies().filter(Q(summary__icontains=word) | Q(reason__icontains=word))
            promised = self._promises().filter(text__icontains=word)
            queryset = queryset.filter(Q(summary__icontains=word) | Exists(asked) | Exists(said) | Exists(promised))
        return queryset

    def of_year(self, queryset, name, year):
        return queryset.filter(paper__deliberation__year=year)

    def with_stance(self, queryset, name, stance):
        if stance == self.UNANSWERED:
            return queryset.filter(~Exists(self._replies()))
        return queryset.filter(Exists(self._replies().filter(stance=stance)))

    def with_promise(self, queryset, name, state):
        promises = self._promises()
        return queryset.filter(Exists(promises if state == self.PROMISED else promises.filter(state=state)))

    def answered_by(self, queryset, name, department):
        by = Q(department=department) | Q(together_with=department)
        return queryset.filter(Exists(self._replies().filter(by)))
