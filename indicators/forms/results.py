"""Forms of one result: entry, correction, review."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sdgplan.lib.values import NotANumber, Value, parse_number

from ..choices import MissingReason, Status, ValueKind
from ..models import ONE_ONLY_MESSAGE, Result
from ..wording import format_value


class NumberField(forms.CharField):
    """A number as people type it; cleans to a Decimal or None."""

    def __init__(self, **kwargs):
        super().__init__(max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def clean(self, value):
        try:
            return parse_number(super().clean(value))
        except NotANumber as error:
            raise ValidationError(str(error)) from error


class VersionedForm(forms.Form):
    """A form on a result; `version` is the save it was opened on."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def rebase(self, version: int) -> None:
        """Keep what was typed, but on top of the save *version*."""
        self.data = self.data.copy()
        self.data["version"] = str(version)


class ResultForm(VersionedForm):
    """A year's result of one indicator."""

    value = NumberField(label=_("실적"), required=False)
    text = forms.CharField(label=_("실적(서술)"), max_length=200, required=False)
    missing_reason = forms.ChoiceField(label=_("값이 없는 사유"), required=False)
    verdict = forms.ChoiceField(label=_("담당자 판정"), required=False)
    explanation = forms.CharField(
        label=_("설명"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("성과, 부진한 까닭, 앞으로의 계획을 적습니다. 공표되면 누구나 봅니다."),
    )

    def __init__(self, data=None, *, result: Result, target: Value, must_be_given: bool = False):
        self.indicator = result.indicator
        self.must_be_given = must_be_given
        super().__init__(
            data,
            initial={
                "value": "" if result.value is None else format_value(result.reading, "", self.indicator.decimals),
                "text": result.text,
                "missing_reason": result.missing_reason,
                "verdict": result.verdict,
                "explanation": result.explanation,
                "version": result.version,
            },
        )
        self.fields["missing_reason"].choices = [
            ("", _("값이 있음")),
            *[(r.value, r.label) for r in MissingReason.for_results()],
        ]
        self.fields["verdict"].choices = [("", _("선택")), *[(s.value, s.label) for s in Status.rated()]]
        in_words = self.indicator.value_kind == ValueKind.TEXT
        if in_words:
            del self.fields["value"]
        elif not target.text:
            del self.fields["text"], self.fields["verdict"]
        if "verdict" in self.fields:
            self.fields["verdict"].help_text = _("서술 값은 셈할 수 없으므로 담당자가 목표와 견주어 판정합니다.")

    def clean_value(self):
        number = self.cleaned_data["value"]
        minimum = self.indicator.minimum
        if number is not None and minimum is not None and number < minimum:
            if minimum == 0:
                raise ValidationError(_("0보다 작은 값은 입력할 수 없습니다."))
            raise ValidationError(_("%(minimum)s보다 작은 값은 입력할 수 없습니다.") % {"minimum": minimum.normalize()})
        if number is not None and self.indicator.value_kind == ValueKind.GRADE and (number < 1 or number % 1):
            raise ValidationError(_("등급은 1 이상의 자연수로 입력해 주십시오."))
        return number

    def clean(self):
        data = super().clean()
        given = [name for name in ("value", "text", "missing_reason") if data.get(name) not in (None, "")]
        if len(given) > 1:
            for name in given:
                self.add_error(name, ONE_ONLY_MESSAGE)
        first = next(name for name in ("value", "text") if name in self.fields)
        if self.must_be_given and not given and not self.errors:
            self.add_error(first, _("값을 입력하거나 값이 없는 사유를 골라 주십시오."))
        needs_verdict = "verdict" in self.fields and given and given != ["missing_reason"]
        if self.must_be_given and needs_verdict and not data.get("verdict"):
            self.add_error("verdict", _("판정을 골라 주십시오."))
        return data

    @property
    def new_values(self) -> dict:
        """What the service is to store."""
        data = self.cleaned_data
        return {
            "value": data.get("value"),
            "text": data.get("text", ""),
            "missing_reason": data["missing_reason"],
            "verdict": data.get("verdict", ""),
            "explanation": data["explanation"],
        }


class CorrectionForm(ResultForm):
    """A change to a published result, with its reason for the trace."""

    comment = forms.CharField(
        label=_("정정 사유"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("기록에 남습니다.")
    )


class ReviewForm(VersionedForm):
    """The coordinator's decision on a submitted result."""

    APPROVE, RETURN = "approve", "return"

    decision = forms.ChoiceField(choices=[(APPROVE, _("승인")), (RETURN, _("반려"))])
    comment = forms.CharField(
        label=_("검토 의견"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("반려할 때는 무엇을 고쳐야 하는지 적어 주십시오. 담당자에게 보입니다."),
    )

    def clean(self):
        data = super().clean()
        if data.get("decision") == self.RETURN and not data.get("comment"):
            self.add_error("comment", _("반려하는 까닭을 적어 주십시오."))
        return data
