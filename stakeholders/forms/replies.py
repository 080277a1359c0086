"""Forms of answers: a department's reply, the consolidated answer, the request to complete it, and publication."""

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.form_fields import LineField, ProseField
from commons.forms import VersionedForm, WordsField
from commons.validators import validate_public_text
from stakeholders.choices import Stance
from stakeholders.models import AnswerModel


class AnswerForm(VersionedForm):
    """A stance with its words. *is_final* asks for all that an answer needs to leave the desk."""

    stance = forms.ChoiceField(label=_("검토 결과"), required=False, choices=[("", _("선택")), *Stance.choices])
    summary = WordsField(
        label=_("답변"),
        rows=6,
        validators=[validate_public_text],
        help_text=_("묻는 것에 바로 답해 주십시오. 공개되면 누구나 봅니다."),
    )
    reason = WordsField(
        label=_("사유"),
        rows=3,
        validators=[validate_public_text],
        help_text=_("‘일부수용’과 ‘불수용’에는 까닭을 꼭 적어 주십시오."),
    )

    NAMES = ("stance", "summary", "reason")

    def __init__(self, data=None, *, answer: AnswerModel, version: int, is_final: bool = False, **kwargs):
        self.answer, self.is_final = answer, is_final
        initial = {name: getattr(answer, name) for name in self.NAMES} | {"version": version}
        super().__init__(data, initial=initial, **kwargs)

    def clean(self):
        data = super().clean()
        if not self.is_final:
            return data
        if not data.get("stance") and "stance" not in self.errors:
            self.add_error("stance", _("검토 결과를 골라 주십시오."))
        if not data.get("summary", "").strip() and "summary" not in self.errors:
            self.add_error("summary", _("답변을 적어 주십시오."))
        needs_reason = data.get("stance") in Stance.needing_reason()
        if needs_reason and not data.get("reason", "").strip() and "reason" not in self.errors:
            label = Stance(data["stance"]).label
            self.add_error("reason", _("‘%(stance)s’에는 사유를 적어 주십시오.") % {"stance": label})
        return data

    @property
    def new_values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.NAMES}

    def compare_with(self, stored: AnswerModel) -> list[tuple[str, str, str]]:
        """What differs between what is stored and what was typed: (label, stored, typed)."""
        rows = []
        for name in self.NAMES:
            typed, saved = self.cleaned_data.get(name, ""), getattr(stored, name)
            if name == "stance":
                typed, saved = (str(Stance(value).label) if value else "" for value in (typed, saved))
            if typed != saved:
                rows.append((self.fields[name].label, saved, typed))
        return rows


class ReturnForm(VersionedForm):
    """What a reply or report is missing."""

    comment = ProseField(
        label=_("보완할 내용"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("무엇을 보완해야 하는지 적어 주십시오.")},
    )


class PublishRepliesForm(forms.Form):
    """The act of publication; a reason is asked for from the second edition on."""

    seen = LineField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = ProseField(
        label=_("바뀐 까닭"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_public_text],
        help_text=_("예: 새로 보낸 질의 3건에 답했습니다. 공개 화면에 함께 보입니다."),
        error_messages={"required": _("두 번째 판부터는 무엇이 왜 바뀌는지 적어 주십시오.")},
    )

    def __init__(self, data=None, *, is_later: bool, seen: str):
        super().__init__(data, initial={"seen": seen})
        if not is_later:
            del self.fields["reason"]
