"""Forms of the committee's work: a rating, a comment, and the department's answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.form_fields import ProseField
from commons.forms import VersionedForm, WordsField
from indicators.checking.selectors.committee import asked_departments
from indicators.choices import GoalLink, MilestoneRating
from indicators.models import CommitteeComment, Rating

TEXT_LENGTH = 1000


class RatingForm(VersionedForm):
    """A member's rating of an indicator; anything but the best needs a reason."""

    milestones = forms.TypedChoiceField(
        label=_("목표치"), choices=MilestoneRating.choices, coerce=MilestoneRating, widget=forms.RadioSelect
    )
    goal_link = forms.TypedChoiceField(
        label=_("목표와의 연계"), choices=GoalLink.choices, coerce=GoalLink, widget=forms.RadioSelect
    )
    reason = WordsField(
        label=_("사유"), rows=3, max_length=TEXT_LENGTH, help_text=_("적정·밀접이 아니면 까닭을 적어 주십시오.")
    )

    def __init__(self, data=None, *, rating: Rating | None):
        initial = {"version": 0}
        if rating:
            initial = {name: getattr(rating, name) for name in ("version", "milestones", "goal_link", "reason")}
        super().__init__(data, initial=initial, auto_id="id_rating_%s")

    def clean(self):
        data = super().clean()
        given = data.get("milestones"), data.get("goal_link")
        is_doubtful = None not in given and given != (MilestoneRating.ADEQUATE, GoalLink.CLOSE)
        if is_doubtful and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("적정·밀접이 아닌 까닭을 적어 주십시오."))
        return data


class CommitteeCommentForm(forms.Form):
    """A comment on an indicator or an area, addressed to a department that carries its tasks."""

    department = forms.ModelChoiceField(
        label=_("답할 부서"),
        queryset=Department.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": _("이 부서는 여기에 답할 과제를 맡고 있지 않습니다.")},
    )
    text = ProseField(
        label=_("의견"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("위원, 총괄 담당자, 답할 부서에 보입니다. 시민에게는 보이지 않습니다."),
    )

    def __init__(self, data=None, *, area, indicator=None):
        super().__init__(data, auto_id="id_comment_%s")
        self.fields["department"].queryset = asked_departments(area=area, indicator=indicator)


class AnswerForm(VersionedForm):
    """A department's answer to a comment."""

    answer = ProseField(
        label=_("답변"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("위원과 총괄 담당자에게 보입니다. 저장한 뒤에도 고칠 수 있습니다."),
    )

    def __init__(self, data=None, *, comment: CommitteeComment):
        super().__init__(data, initial={"version": comment.version, "answer": comment.answer})
