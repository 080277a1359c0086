"""Forms of the workbook: which one to download, which file to upload, and the confirmation of what was previewed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from indicators.models import ReportingRound


class DepartmentChoiceForm(forms.Form):
    """Whose workbook the person who runs the round downloads."""

    department = forms.ModelChoiceField(
        label=_("부서"),
        queryset=Department.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("모든 부서"),
    )

    def __init__(self, data=None, *, reporting_round: ReportingRound):
        super().__init__(data)
        self.fields["department"].queryset = Department.objects.filter(
            tasks__target__goal__area__plan=reporting_round.plan
        ).distinct()
