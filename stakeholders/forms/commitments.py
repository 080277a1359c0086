"""Forms of promises and of the reports on them."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commons.evidence_forms import EvidenceField, EvidenceForm
from commons.form_fields import DayField
from commons.forms import VersionedForm, WordsField
from commons.validators import validate_public_text
from stakeholders.choices import CommitmentState
from stakeholders.forms.references import PlaceField
from stakeholders.models import Commitment


class CommitmentForm(VersionedForm):
    """What is promised, until when, and in which task or indicator it will show."""

    text = WordsField(label=_("약속 내용"), rows=2, validators=[validate_public_text])
    due_on = DayField(label=_("이행 기한"))
    place = PlaceField(label=_("나타날 과제나 지표"))

    def __init__(self, data=None, *, commitment: Commitment, **kwargs):
        initial = {
            "text": commitment.text,
            "due_on": commitment.due_on,
            "place": PlaceField.value_of(commitment),
            "version": commitment.version,
        }
        super().__init__(data, initial=initial, auto_id="id_promise_%s", **kwargs)
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("무엇을 약속하는지 적어 주십시오.")
        self.fields["place"].offer(commitment.question.deliberation.plan, commitment.department)

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if due_on < timezone.localdate():
            raise ValidationError(_("오늘이나 그 뒤의 날짜를 입력해 주십시오."))
        return due_on

    @property
    def new_values(self) -> dict:
        data = self.cleaned_data
        return {"text": data["text"], "due_on": data["due_on"], **data["place"]}


class ReportForm(EvidenceForm):
    """How far a promise is, with why and with proof."""

    state = forms.ChoiceField(label=_("이행 상태"), choices=[("", _("선택")), *CommitmentState.choices])
    text = WordsField(
        label=_("추진 내용과 사유"),
        rows=4,
        validators=[validate_public_text],
        help_text=_("지연되거나 중단되었으면 까닭을 적습니다. 총괄 담당자가 공개하면 누구나 봅니다."),
    )
    files = EvidenceField(
        label=_("증빙 파일"),
        required=False,
        allow_empty_file=True,
        help_text=EvidenceForm.base_fields["files"].help_text,
    )
    is_public = forms.BooleanField(label=_("증빙도 함께 공개"), required=False)

    field_order = ["state", "text", "files", "is_public"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _("무엇을 했는지, 왜 늦거나 그만두는지 적어 주십시오.")
