"""Forms of a question: making it of points, sending it, and the thread beside it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.form_fields import DayField, SeveralRowsField
from commons.forms import CommentForm, WordsField
from commons.validators import validate_public_text
from stakeholders.forms.papers import SeenForm
from stakeholders.forms.references import ReferenceField
from stakeholders.models import Opinion, Question
from stakeholders.services import due_day


class QuestionForm(SeenForm):
    """A question drawn from ticked points."""

    opinions = SeveralRowsField(
        label=_("의견"),
        queryset=Opinion.objects.none(),
        error_messages={
            "required": _("질의로 만들 의견을 하나 이상 골라 주십시오."),
            "invalid_pk_value": _("고른 의견을 알아볼 수 없습니다. 화면을 새로 열어 다시 골라 주십시오."),
            "invalid_choice": _("고른 의견을 알아볼 수 없습니다. 화면을 새로 열어 다시 골라 주십시오."),
        },
    )
    summary = WordsField(
        label=_("질의 요지"),
        rows=4,
        validators=[validate_public_text],
        help_text=_("고른 의견이 부서에 묻는 것을 한 질의로 적습니다. 보내면 누구나 볼 수 있습니다."),
    )
    reference = ReferenceField(label=_("가리키는 것"))

    def __init__(self, data=None, *, question: Question, chosen: list[Opinion] = (), **kwargs):
        deliberation = question.deliberation
        initial = {
            "summary": question.summary,
            "reference": ReferenceField.value_of(question),
            "opinions": [opinion.pk for opinion in chosen],
        }
        super().__init__(data, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["opinions"].queryset = Opinion.objects.filter(paper__deliberation=deliberation).select_related(
            "paper__group", "paper__deliberation"
        )
        self.fields["summary"].required = True
        self.fields["summary"].error_messages["required"] = _("질의 요지를 적어 주십시오.")
        self.fields["reference"].offer(deliberation.plan)

    @property
    def ticked(self) -> set[str]:
        """The points that are ticked on the page, as their ids are written there."""
        return {str(value) for value in self["opinions"].value() or []}

    @property
    def new_values(self) -> dict:
        return {"summary": self.cleaned_data["summary"], **self.cleaned_data["reference"]}


class SendForm(forms.Form):
    """Whom a question goes to, and until when it is to be answered."""

    lead = forms.ModelChoiceField(label=_("주관부서"), queryset=Department.objects.none(), empty_label=_("선택"))
    others = SeveralRowsField(
        label=_("협조부서"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("함께 답할 부서를 모두 고릅니다. 없으면 비워 둡니다."),
    )
    due_on = DayField(label=_("답변 기한"))

    def __init__(self, data=None, *, question: Question):
        today = timezone.localdate()
        task = question.task
        super().__init__(data, initial={"due_on": due_day(today), "lead": task.department_id if task else None})
        departments = Department.objects.valid_on(today)
        self.fields["lead"].queryset = departments
        self.fields["others"].queryset = departments

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise ValidationError(_("오늘이나 그 뒤의 날짜를 입력해 주십시오."))
        return due_on

    def clean(self):
        data = super().clean()
        if data.get("lead") and data["lead"] in (data.get("others") or []):
            self.add_error("others", _("주관부서는 협조부서에서 빼 주십시오."))
        return data


class QuestionCommentForm(CommentForm):
    """A remark in the thread of a question."""

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["text"].help_text = _(
            "이 질의를 받은 부서, 총괄 담당자, 위원에게 보입니다. 시민에게는 보이지 않습니다."
        )
