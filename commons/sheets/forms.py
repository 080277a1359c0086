"""Forms of every upload of a spreadsheet: the file, and the confirmation of what was previewed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.form_fields import LineField


class WorkbookForm(forms.Form):
    # An empty file is answered by the reader, in the same words as every other file that cannot be taken.
    file = forms.FileField(
        label=_("엑셀 파일"),
        allow_empty_file=True,
        error_messages={"required": _("올릴 파일을 골라 주십시오.")},
        help_text=_("내려받은 파일(.xlsx)이나 그것을 CSV로 저장한 파일입니다. 10MB까지 올릴 수 있습니다."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class ConfirmForm(forms.Form):
    """What was seen when the confirmation was given."""

    fingerprint = LineField(max_length=64, widget=forms.HiddenInput)
