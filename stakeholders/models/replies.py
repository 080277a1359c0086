"""What the departments replied, as it was published: written once, corrected only by a new edition."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.fields import LineField, ProseField
from commons.models import FrozenModel, FrozenQuerySet
from plans.models import SourcedModel
from stakeholders.models.papers import Deliberation
from stakeholders.models.questions import AnswerModel, Question


class ReplyPublicationQuerySet(FrozenQuerySet):
    def get_by_natural_key(self, plan_slug, year, edition):
        return self.get(deliberation__plan__slug=plan_slug, deliberation__year=year, edition=edition)

    def latest_editions(self):
        """The newest edition of each forum: what the public sees."""
        later = ReplyPublication.objects.filter(deliberation=OuterRef("deliberation"), edition__gt=OuterRef("edition"))
        return self.filter(~Exists(later))


class ReplyPublication(SourcedModel, FrozenModel):
    """A numbered edition of all replies of a forum. `sha256` is over its canonical content.

    The first edition of a forum that was held before this site has the day of a printed report, where that is known.
    """

    deliberation = models.ForeignKey(
        Deliberation, models.PROTECT, related_name="reply_publications", verbose_name=_("숙의공론장")
    )
    edition = models.PositiveSmallIntegerField(_("판"))
    published_at = models.DateTimeField(_("공개 일시"), null=True, blank=True)
    published_by_name = LineField(_("공개한 사람"), max_length=120, blank=True)
    reason = ProseField(_("바뀐 까닭"), blank=True)
    sha256 = LineField(_("내용 해시"), max_length=64)

    objects = ReplyPublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("답변 공개본")
        verbose_name_plural = _("답변 공개본")
        ordering = ["deliberation", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["deliberation", "edition"], name="reply_publication_unique_edition"),
            models.CheckConstraint(
                condition=Q(edition=1) | ~Q(reason=""),
                name="reply_publication_later_has_reason",
                violation_error_message=_("두 번째 판부터는 바뀐 까닭을 적어야 합니다."),
            ),
        ]

    def __str__(self):
        return f"{self.deliberation.year}년 답변 {self.edition}판"

    def natural_key(self):
        return (*self.deliberation.natural_key(), self.edition)

    natural_key.dependencies = ["stakeholders.deliberation"]


class ReplyQuerySet(FrozenQuerySet):
    def get_by_natural_key(self, plan_slug, year, edition, number, department_slug):
        return self.get(
            publication__deliberation__plan__slug=plan_slug,
            publication__deliberation__year=year,
            publication__edition=edition,
            question__number=number,
            department__slug=department_slug,
        )

    def current(self):
        """Replies of the newest edition of each forum."""
        return self.filter(publication__in=ReplyPublication.objects.latest_editions())


def frozen_inputs(question: Question, departments: list[Department], commitments=()) -> dict:
    """What a reply keeps of the question, of the departments that give it, the leading one first, and of the promises
    made with it, in the words of today."""
    return {
        "question": {"number": question.number, "summary": question.summary},
        "departments": [{"slug": department.slug, "name": department.name} for department in departments],
        "commitments": [
            {
                "department": promise.department.slug,
                "text": promise.text,
                "due_on": promise.due_on.isoformat(),
                "task": str(promise.task or ""),
                "indicator": str(promise.indicator or ""),
            }
            for promise in commitments
        ],
    }


class Reply(SourcedModel, AnswerModel, FrozenModel):
    """A department's published reply (검토의견). The stance of printed replies is our reading of them.

    A reply that several departments gave together stands under the leading one; the others are `together_with`.
    `inputs` keeps what the reply was published with, as `frozen_inputs` tells it: the record of the edition and its
    hash are made of it, whatever is renamed later.
    """

    publication = models.ForeignKey(
        ReplyPublication, models.PROTECT, related_name="replies", verbose_name=_("답변 공개본")
    )
    question = models.ForeignKey(Question, models.PROTECT, related_name="replies", verbose_name=_("질의"))
    department = models.ForeignKey(Department, models.PROTECT, related_name="replies", verbose_name=_("부서"))
    together_with = models.ManyToManyField(
        Department, related_name="joint_replies", blank=True, verbose_name=_("함께 답한 부서")
    )
    stance_is_ours = models.BooleanField(
        _("읽어서 정한 결과"), default=False, help_text=_("부서가 고르지 않고 답변을 읽어 분류한 것입니다.")
    )

    inputs = models.JSONField(_("공개할 때의 질의·부서·약속"))

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("검토의견")
        verbose_name_plural = _("검토의견")
        ordering = ["question", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "question", "department"], name="reply_unique_in_publication"
            ),
            models.CheckConstraint(
                condition=~Q(summary="") | Q(stance=""),
                name="reply_stance_needs_words",
                violation_error_message=_("답변 내용 없이 검토 결과만 정할 수 없습니다."),
            ),
        ]

    def __str__(self):
        return f"{self.question.number} {self.department}"

    def natural_key(self):
        return (*self.publication.natural_key(), self.question.number, self.department.slug)

    natural_key.dependencies = ["stakeholders.question", "stakeholders.replypublication", "accounts.department"]
