"""Forms of a forum: opening it, its papers with their meetings, and their points."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commons.form_fields import ClockField, DayField, LineField
from commons.forms import WordsField
from commons.personal import mask_names
from commons.validators import validate_public_text
from plans.models import Plan
from stakeholders.forms.references import ReferenceField
from stakeholders.models import Deliberation, Opinion, PositionPaper, StakeholderGroup
from stakeholders.services import Meeting

MAX_MEETINGS = 12


class DeliberationForm(forms.ModelForm):
    class Meta:
        model = Deliberation
        fields = ["year", "title"]

    def __init__(self, *args, plan: Plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        self.fields["year"].widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def clean_year(self):
        year = self.cleaned_data["year"]
        plan = self.instance.plan
        if year not in plan.years:
            raise ValidationError(
                _("%(first)s년부터 %(last)s년까지의 연도를 입력해 주십시오.")
                % {"first": plan.start_year, "last": plan.end_year}
            )
        return year

    def _get_validation_exclusions(self):
        # The plan is set by the view, not typed, and the year must be unique within it.
        return super()._get_validation_exclusions() - {"plan"}


class NewPaperForm(forms.Form):
    """Whose paper is added: a group of the plan without one, or a new group by its name."""

    group = forms.ModelChoiceField(
        label=_("이해관계자 그룹"), queryset=StakeholderGroup.objects.none(), required=False, empty_label=_("새 그룹")
    )
    name = LineField(label=_("새 그룹의 이름"), max_length=60, required=False)

    def __init__(self, data=None, *, deliberation: Deliberation):
        super().__init__(data)
        self.deliberation = deliberation
        self.fields["group"].queryset = deliberation.plan.groups.exclude(papers__deliberation=deliberation)

    def clean(self):
        data = super().clean()
        name = (data.get("name") or "").strip()
        if data.get("group") or "group" in self.errors or "name" in self.errors:
            return data
        if not name:
            self.add_error("name", _("그룹을 고르거나 새 그룹의 이름을 적어 주십시오."))
        elif self.deliberation.plan.groups.filter(name=name).exists():
            self.add_error("name", _("같은 이름의 그룹이 있습니다. 목록에서 골라 주십시오."))
        data["name"] = name
        return data


class SeenForm(forms.Form):
    """A form on a stored record; `seen` says what was stored when it was opened."""

    seen = LineField(widget=forms.HiddenInput, required=False, max_length=64)

    def rebase(self, seen: str) -> None:
        """Keep what was typed, but on top of what is stored now."""
        self.data = self.data.copy()
        self.data[self.add_prefix("seen")] = seen


class PaperForm(SeenForm):
    dated = DayField(label=_("작성일"), required=False)
    overall = WordsField(label=_("종합의견"), rows=4, validators=[validate_public_text])
    participants = WordsField(
        label=_("참여자"),
        rows=4,
        help_text=_("한 줄에 한 사람씩, 이름과 동을 적습니다. 이름은 저장할 때 ‘김○수(홍제동)’처럼 가립니다."),
    )

    def __init__(self, data=None, *, paper: PositionPaper, **kwargs):
        initial = {name: getattr(paper, name) for name in ("dated", "overall", "participants")}
        super().__init__(data, initial=initial | kwargs.pop("initial", {}), **kwargs)

    def clean_participants(self):
        validate_public_text(self.cleaned_data["participants"])
        return mask_names(self.cleaned_data["participants"])

    @property
    def new_values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("dated", "overall", "participants")}


class MeetingForm(forms.Form):
    held_on = DayField(label=_("날짜"), required=False)
    held_at = ClockField(label=_("시각"), required=False)

    def clean(self):
        data = super().clean()
        if data.get("held_at") and not data.get("held_on") and "held_on" not in self.errors:
            self.add_error("held_on", _("시각을 적으려면 날짜도 적어 주십시오."))
        return data


class BaseMeetings(forms.BaseFormSet):
    @property
    def meetings(self) -> list[Meeting]:
        """The rows that have a day."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("held_on")]
        return [Meeting(row["held_on"], row.get("held_at")) for row in rows]


Meetings = forms.formset_factory(MeetingForm, formset=BaseMeetings, extra=3, max_num=MAX_MEETINGS, absolute_max=40)


def meetings_formset(data=None, *, paper: PositionPaper) -> BaseMeetings:
    stored = [{"held_on": m.held_on, "held_at": m.held_at} for m in paper.meetings.all()]
    return Meetings(data, initial=stored, prefix="meetings")


class OpinionForm(SeenForm):
    """One point of a paper, in our own short words."""

    summary = WordsField(
        label=_("요지"),
        rows=4,
        validators=[validate_public_text],
        help_text=_("그룹이 말한 것을 빠뜨리지 않고 짧게 적습니다. 사람 이름이나 연락처는 적지 않습니다."),
    )
    kind = forms.ChoiceField(label=_("종류"), choices=Opinion._meta.get_field("kind").choices)
    reference = ReferenceField(label=_("가리키는 것"))
    cited_code = LineField(
        label=_("적힌 번호"),
        max_length=40,
        required=False,
        help_text=_("입장문서에 적힌 번호를 맞든 틀리든 그대로 적습니다."),
    )

    def __init__(self, data=None, *, opinion: Opinion, plan: Plan, **kwargs):
        initial = {
            "summary": opinion.summary,
            "kind": opinion.kind or "proposal",
            "reference": ReferenceField.value_of(opinion),
            "cited_code": opinion.cited_code,
        }
        super().__init__(data, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["summary"].required = True
        self.fields["summary"].error_messages["required"] = _("의견의 요지를 적어 주십시오.")
        self.fields["reference"].offer(plan)

    @property
    def new_values(self) -> dict:
        data = self.cleaned_data
        return {"summary": data["summary"], "kind": data["kind"], "cited_code": data["cited_code"], **data["reference"]}
