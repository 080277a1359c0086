"""Fields and forms that several rooms build on."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.form_fields import ProseField

COMMENT_LENGTH = 1000


class WordsField(ProseField):
    """Words of several lines."""

    def __init__(self, *, rows: int, max_length: int = 2000, **kwargs):
        super().__init__(max_length=max_length, required=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class VersionedForm(forms.Form):
    """A form on a result; `version` is the save it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def rebase(self, version: int) -> None:
        """Keep what was typed, but on top of the save *version*."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)

    def show_faults(self, faults: dict[str, list[str]], elsewhere: str | None = None) -> None:
        """Show each fault at its field; what is about a field that this form does not have, at *elsewhere*."""
        for name, messages in faults.items():
            place = name if name in self.fields else elsewhere
            if place not in self.errors:
                self.add_error(place, messages)


class CommentForm(forms.Form):
    """A remark in the thread of a result."""

    text = ProseField(
        label=_("의견 쓰기"),
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("이 실적을 볼 수 있는 담당자, 부서장, 총괄 담당자, 위원에게 보입니다. 시민에게는 보이지 않습니다."),
    )

    def __init__(self, data=None):
        # The pages that show the thread have other forms with fields of these names.
        super().__init__(data, auto_id="id_remark_%s")
