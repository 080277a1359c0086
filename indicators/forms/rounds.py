"""Forms of a reporting round: plan, extend, publish."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

from ..models import ReportingRound


class RoundForm(forms.ModelForm):
    class Meta:
        model = ReportingRound
        fields = ["year", "opens_on", "due_on", "instructions"]
        widgets = {
            "opens_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "instructions": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        self.fields["year"].widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def _get_validation_exclusions(self):
        # The plan is set by the view, not typed, and the year must be unique within it.
        return super()._get_validation_exclusions() - {"plan"}


class ExtensionForm(forms.Form):
    department = forms.ModelChoiceField(label=_("부서"), queryset=Department.objects.none(), empty_label=_("선택"))
    until = forms.DateField(label=_("연장 기한"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data=None, *, reporting_round):
        super().__init__(data)
        self.reporting_round = reporting_round
        self.fields["department"].queryset = Department.objects.filter(
            tasks__target__goal__area__plan=reporting_round.plan
        ).distinct()

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until < self.reporting_round.due_on:
            raise ValidationError(_("처음 제출 기한보다 뒤의 날짜를 입력해 주십시오."))
        return until


class PublishForm(forms.Form):
    """The act of publication; a reason is asked for from the second edition on."""

    reason = forms.CharField(label=_("정정 사유"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data=None, *, is_correction: bool):
        super().__init__(data)
        if is_correction:
            self.fields["reason"].help_text = _("공개 화면에 이전 값, 새 값과 함께 보입니다.")
        else:
            del self.fields["reason"]
