"""Forms of the data check: which findings are listed, and what is decided about them."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.forms import WordsField
from indicators.checking.selectors.checks import CheckRow, kind_counts
from indicators.choices import CheckState
from plans.models import Area


class FindingsField(forms.MultipleChoiceField):
    """Ticked findings as their tokens. Whether they still are what was seen the service says."""

    default_error_messages = {
        "required": _("처리할 점검 결과를 골라 주십시오."),
        "invalid_choice": _("고른 점검 결과를 알아볼 수 없습니다. 화면을 새로 열어 다시 골라 주십시오."),
    }

    def valid_value(self, value):
        return re.fullmatch(r"[a-z_]+:[a-z]+(/[0-9-]+)+:[0-9a-f]{16}:[0-9]{1,9}", value) is not None


class MarkForm(forms.Form):
    """One decision about all ticked findings."""

    chosen = FindingsField(label=_("점검 결과"))
    state = forms.TypedChoiceField(
        label=_("처리"),
        choices=[(state.value, state.label) for state in CheckState.decisions()],
        coerce=CheckState,
        widget=forms.RadioSelect,
        error_messages={"required": _("인정할지 정비 대상으로 둘지 골라 주십시오.")},
    )
    reason = WordsField(
        label=_("사유"), rows=2, max_length=1000, help_text=_("인정할 때는 그대로 두어도 되는 사유를 적어야 합니다.")
    )

    def clean(self):
        data = super().clean()
        if data.get("state") == CheckState.ACCEPTED and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("인정하는 사유를 적어 주십시오."))
        return data

    @property
    def ticked(self) -> set[str]:
        """Keys of the findings that were ticked, whatever became of them."""
        return {token.rsplit(":", 2)[0] for token in (self["chosen"].value() or [])}


class CheckFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("종류"), required=False)
    area = forms.ModelChoiceField(
        label=_("핵심전환분야"),
        queryset=Area.objects.none(),
        to_field_name="number",
        required=False,
        empty_label=_("전체"),
    )
    state = forms.ChoiceField(label=_("처리"), required=False, choices=[("", _("전체")), *CheckState.choices])


class CheckFilter:
    """The findings of a plan narrowed by kind, area and state, as the address says; unknown choices narrow nothing."""

    def __init__(self, data, rows: list[CheckRow], plan):
        self.form = CheckFilterForm(data)
        kinds = [(kind.code, f"{kind.label} ({kind.total})") for kind in kind_counts(rows)]
        self.form.fields["kind"].choices = [("", _("전체")), *kinds]
        self.form.fields["area"].queryset = Area.objects.filter(plan=plan)
        self.form.is_valid()
        self._wanted = self.form.cleaned_data
        self.rows = [row for row in rows if self._fits(row)]

    def _fits(self, row: CheckRow) -> bool:
        kind, area, state = (self._wanted.get(name) for name in ("kind", "area", "state"))
        return (
            (not kind or row.finding.code == kind)
            and (not area or row.finding.subject.area == area.number)
            and (not state or row.state == state)
        )

    @property
    def chosen(self) -> int:
        """How many filters are set."""
        return sum(bool(value) for value in self._wanted.values())
