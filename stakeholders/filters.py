"""Filters of the public list of points; every choice stands in the address."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.read_model import kept
from commons.text import search_words
from plans.filters import ListFilter, OneOf, TypedWords
from plans.models import Plan
from stakeholders.choices import CommitmentState, OpinionKind, Stance
from stakeholders.models import Commitment, Opinion
from stakeholders.selectors.chain import READING_ORDER, public_questions, published_replies
from stakeholders.selectors.shared import forums_of, groups_of


def point_choices(plan: Plan) -> dict[str, list[tuple[str, str]]]:
    """The forums, the groups that spoke in them, the areas, and the departments that answered. Four queries."""

    def build():
        forums = forums_of(plan)
        replies = published_replies().filter(publication__deliberation__in=forums)
        answered = Q(pk__in=replies.values("department")) | Q(pk__in=replies.values("together_with"))
        groups = plan.groups.filter(papers__deliberation__in=forums).distinct()
        return {
            "year": [(str(forum.year), forum.title) for forum in forums],
            "group": [(group.slug, str(group)) for group in groups],
            "area": [(str(area.number), str(area)) for area in plan.areas.all()],
            "department": [(department.slug, str(department)) for department in Department.objects.filter(answered)],
        }

    return kept(("choices of points", plan.pk), build)


def shown_replies():
    """Published replies that say something."""
    return published_replies().exclude(summary="")


def shown_promises():
    """Promises that everybody may see: published, of a published forum."""
    return Commitment.objects.promised().filter(question__deliberation__is_published=True)


def texts_of_points(plan: Plan) -> dict[int, str]:
    """What is searched of each published point, in small letters: its own text, and what is public of the questions,
    replies and promises that followed. Four queries; a plan is small enough to be looked through in memory."""

    def build():
        said = {pk: [text] for pk, text in Opinion.objects.published(plan).values_list("pk", "summary")}
        asked = public_questions().filter(deliberation__plan=plan).values_list("opinions", "summary")
        replies = shown_replies().filter(question__deliberation__plan=plan)
        promises = shown_promises().filter(question__deliberation__plan=plan)
        answers = replies.values_list("question__opinions", "summary", "reason")
        for pk, *texts in [*asked, *answers, *promises.values_list("question__opinions", "text")]:
            if pk in said:
                said[pk] += texts
        return {pk: "\n".join(texts).casefold() for pk, texts in said.items()}

    return kept(("texts of points", plan.pk), build)


class OpinionFilter(ListFilter):
    """Points of the newest forum but demo ones, unless a year is chosen. Words are looked for in what is public."""

    UNANSWERED, PROMISED = "none", "promised"

    q = TypedWords(label=_("검색어"), method="with_words")
    year = OneOf(label=_("숙의공론장"), field_name="paper__deliberation__year")
    group = OneOf(label=_("이해관계자 그룹"), field_name="paper__group__slug")
    area = OneOf(label=_("핵심전환분야"), field_name="area__number")
    kind = OneOf(label=_("종류"), choices=OpinionKind.choices)
    stance = OneOf(label=_("검토 결과"), choices=[*Stance.choices, (UNANSWERED, _("답변 없음"))], method="with_stance")
    promise = OneOf(
        label=_("이행 약속"), choices=[(PROMISED, _("약속 있음")), *CommitmentState.choices], method="with_promise"
    )
    department = OneOf(label=_("답변한 부서"), method="answered_by")

    class Meta:
        model = Opinion
        fields: list[str] = []

    def __init__(self, data, queryset, *, plan):
        super().__init__(data, queryset.order_by(*READING_ORDER), choices=point_choices(plan))
        self.plan = plan

    def filter_queryset(self, queryset):
        queryset = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("year") or self._spoke_in_demos_alone(self.form.cleaned_data.get("group")):
            return queryset
        return queryset.exclude(paper__deliberation__is_demo=True)

    def _spoke_in_demos_alone(self, group: str) -> bool:
        return bool(group) and all(paper.deliberation.is_demo for paper in groups_of(self.plan)[group].papers.all())

    def _replies(self):
        return shown_replies().filter(question__opinions=OuterRef("pk"))

    def _promises(self):
        return shown_promises().filter(question__opinions=OuterRef("pk"))

    def with_words(self, queryset, name, typed):
        """Points that hold every word, in their own text or in a public question, reply or promise that followed."""
        words = [word.casefold() for word in search_words(typed)]
        texts = texts_of_points(self.plan)
        return queryset.filter(pk__in=[pk for pk, text in texts.items() if all(word in text for word in words)])

    def with_stance(self, queryset, name, stance):
        if stance == self.UNANSWERED:
            return queryset.filter(~Exists(self._replies()))
        return queryset.filter(Exists(self._replies().filter(stance=stance)))

    def with_promise(self, queryset, name, state):
        promises = self._promises()
        return queryset.filter(Exists(promises if state == self.PROMISED else promises.filter(state=state)))

    def answered_by(self, queryset, name, slug):
        by = Q(department__slug=slug) | Q(together_with__slug=slug)
        return queryset.filter(Exists(self._replies().filter(by)))
