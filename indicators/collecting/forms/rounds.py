"""Forms of a reporting round: plan, change, extend, remind, publish."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.form_fields import DayField, LineField, ProseField, SeveralRowsField
from commons.validators import validate_public_text
from indicators.collecting.selectors.work import DepartmentProgress
from indicators.models import ReportingRound
from plans.models import Task


class RoundForm(forms.ModelForm):
    class Meta:
        model = ReportingRound
        fields = ["year", "opens_on", "due_on", "instructions"]
        field_classes = {"opens_on": DayField, "due_on": DayField}
        widgets = {
            "instructions": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        self.fields["year"].widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def _get_validation_exclusions(self):
        # The plan is set by the view, not typed, and the year must be unique within it.
        return super()._get_validation_exclusions() - {"plan"}


class RoundWindowForm(forms.ModelForm):
    """What may still change in a round that is planned or open."""

    class Meta(RoundForm.Meta):
        fields = ["opens_on", "due_on", "instructions"]


def departments_of(reporting_round: ReportingRound):
    """Departments that report in a round."""
    in_charge = Task.objects.filter(target__goal__area__plan=reporting_round.plan, indicators__isnull=False)
    return Department.objects.filter(pk__in=in_charge.values("department"))


class DepartmentField(forms.ModelChoiceField):
    """A department together with what it still has to do, so that one sees for what time is given."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Department.objects.none(), empty_label=_("선택"), **kwargs)
        self.progress: dict[int, DepartmentProgress] = {}

    def label_from_instance(self, department):
        row = self.progress.get(department.pk)
        if row is None:
            return str(department)
        return _("%(department)s – 남은 지표 %(left)d개, 지금 기한 %(due)s") % {
            "department": department,
            "left": row.left,
            "due": row.due_on,
        }


class ExtensionForm(forms.Form):
    department = DepartmentField(label=_("부서"))
    until = DayField(label=_("연장 기한"))

    def __init__(self, data=None, *, reporting_round, progress: list[DepartmentProgress], **kwargs):
        super().__init__(data, **kwargs)
        self.reporting_round = reporting_round
        self.fields["department"].queryset = departments_of(reporting_round)
        self.fields["department"].progress = {row.department.pk: row for row in progress}

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until < self.reporting_round.due_on:
            raise ValidationError(_("처음 제출 기한보다 뒤의 날짜를 입력해 주십시오."))
        if until < timezone.localdate():
            raise ValidationError(_("지난 날짜로는 늘릴 수 없습니다. 오늘이나 그 뒤의 날짜를 입력해 주십시오."))
        return until


class RemindForm(forms.Form):
    """Whom to remind: the ticked departments, or all that are late."""

    CHOSEN, LATE = "chosen", "late"

    whom = forms.ChoiceField(choices=[(CHOSEN, _("고른 부서")), (LATE, _("기한 지난 부서"))])
    department = SeveralRowsField(queryset=Department.objects.none(), required=False)

    def __init__(self, data=None, *, reporting_round):
        super().__init__(data)
        self.fields["department"].queryset = departments_of(reporting_round)

    def clean(self):
        data = super().clean()
        if data.get("whom") == self.CHOSEN and not data.get("department") and "department" not in self.errors:
            self.add_error("department", _("독촉할 부서를 골라 주십시오."))
        return data


class PublishForm(forms.Form):
    """The act of publication; a reason is asked for from the second edition on.

    `seen` is the fingerprint of the preview on the page, so that nothing is published that was not shown.
    """

    seen = LineField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = ProseField(
        label=_("정정 사유"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_public_text],
    )

    def __init__(self, data=None, *, is_correction: bool, seen: str):
        super().__init__(data, initial={"seen": seen})
        if is_correction:
            self.fields["reason"].help_text = _("공개 화면에 이전 값, 새 값과 함께 보입니다.")
        else:
            del self.fields["reason"]
