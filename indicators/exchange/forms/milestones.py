"""Forms of the table of yearly targets: the file, and what is agreed to when it is confirmed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.sheets.forms import ConfirmForm


class MilestoneFileForm(forms.Form):
    # An empty file is answered by the reader, in the same words as every other file that cannot be taken.
    file = forms.FileField(
        label=_("목표치 파일"),
        allow_empty_file=True,
        error_messages={"required": _("올릴 파일을 골라 주십시오.")},
        help_text=_("내려받아 고친 XLSX나 CSV 파일입니다. 30MB까지 올릴 수 있습니다."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class MilestoneConfirmForm(ConfirmForm):
    """Beside what was seen: the two things that have to be agreed to where they occur."""

    published = forms.BooleanField(
        required=False, label=_("공표된 연도의 목표치도 바꿉니다. 이미 공표한 수치는 바뀌지 않음을 확인했습니다.")
    )
    overwrite = forms.BooleanField(
        required=False, label=_("내려받은 때의 값이 없는 파일입니다. 지금 값을 확인했으며 파일의 값으로 바꿉니다.")
    )
