"""Forms of the people pages: who is in charge of what, and the hand-over to a successor."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from commons.form_fields import LineField
from indicators.people.selectors.handover import Desk, Handover, active_officers, desks_of
from indicators.people.services.handover import successor_problem
from plans.models import Plan


class DesksForm(forms.Form):
    """One select for each indicator of a department. Each row carries who was in charge when the page was opened."""

    def __init__(self, data=None, *, department: Department, plan: Plan):
        super().__init__(data)
        self.desks = desks_of(department, plan)
        self.officers = {str(user.pk): user for user in active_officers(department)}
        people = [(token, str(user)) for token, user in self.officers.items()]
        if people and not all(desk.users for desk in self.desks):
            self.fields["rest"] = forms.ChoiceField(
                label=_("담당자가 없는 지표를 모두 맡길 사람"),
                required=False,
                choices=[("", _("맡기지 않음")), *people],
            )
        for desk in self.desks:
            now = [] if desk.token in {"", *self.officers} else [(desk.token, self.names_of(desk))]
            self.fields[f"officer_{desk.indicator.pk}"] = forms.ChoiceField(
                required=False,
                initial=desk.token,
                choices=[("", _("정하지 않음")), *now, *people],
                widget=forms.Select(attrs={"aria-label": _("%(title)s 담당자") % {"title": desk.indicator.title}}),
            )
            self.fields[f"was_{desk.indicator.pk}"] = LineField(
                required=False, initial=desk.token, widget=forms.HiddenInput
            )

    @staticmethod
    def names_of(desk: Desk) -> str:
        """Those in charge as an option that keeps things as they are: several, or somebody who cannot be chosen."""
        return ", ".join(
            str(user) if user.is_active else _("%(name)s (사용 중지)") % {"name": user} for user in desk.users
        )

    def rows(self):
        return [(d, self[f"officer_{d.indicator.pk}"], self[f"was_{d.indicator.pk}"]) for d in self.desks]

    @property
    def wanted(self) -> dict[int, tuple[str, User | None]]:
        """What the service is to store: the rows that were changed on the page."""
        rest = self.cleaned_data.get("rest", "")
        found = {}
        for desk in self.desks:
            pk = desk.indicator.pk
            was = self.cleaned_data[f"was_{pk}"]
            chosen = self.cleaned_data[f"officer_{pk}"] or rest
            if chosen != was:
                found[pk] = (was, self.officers.get(chosen))
        return found

    def rebase(self, desks: list[Desk]) -> None:
        """Keep what was chosen, but on top of what others stored meanwhile, and say so at each row."""
        self.data = self.data.copy()
        for desk in desks:
            self.data[f"was_{desk.indicator.pk}"] = desk.token
            names = self.names_of(desk) or _("정하지 않음")
            self.add_error(
                f"officer_{desk.indicator.pk}",
                _("그 사이 다른 사람이 바꾸었습니다. 지금 담당자: %(names)s") % {"names": names},
            )


class HandoverForm(forms.Form):
    """The successor, and what goes along. `seen` is what the page showed to move."""

    successor = forms.ModelChoiceField(label=_("인계받을 사람"), queryset=User.objects.all(), empty_label=_("선택"))
    with_unassigned = forms.BooleanField(label=_("담당자가 정해지지 않은 지표도 함께 인계"), required=False)
    switch_off = forms.BooleanField(label=_("인계하는 사람의 계정을 사용 중지"), required=False)
    seen = LineField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, leaver: User, moving: Handover):
        super().__init__(data, initial={"seen": moving.fingerprint, "with_unassigned": not moving.in_charge})
        self.leaver = leaver
        self.moving = moving
        officers = active_officers(leaver.department).exclude(pk=leaver.pk)
        # Only those who can are offered; who else is named in a request gets told why not.
        self.fields["successor"].choices = [("", _("선택")), *((user.pk, str(user)) for user in officers)]
        if not moving.unassigned:
            del self.fields["with_unassigned"]
        if not leaver.is_active:
            del self.fields["switch_off"]

    def clean_successor(self):
        successor = self.cleaned_data["successor"]
        problem = successor_problem(self.leaver, successor)
        if problem:
            raise forms.ValidationError(problem)
        return successor

    def clean(self):
        data = super().clean()
        if not self.moving.in_charge and not data.get("with_unassigned"):
            self.add_error(
                "with_unassigned" if "with_unassigned" in self.fields else None,
                _("맡은 지표가 없습니다. 담당자가 정해지지 않은 지표를 함께 인계하거나 담당을 먼저 정해 주십시오."),
            )
        return data

    def rebase(self, moving: Handover) -> None:
        """Keep what was chosen, on top of what would move now."""
        self.data = self.data.copy()
        self.data["seen"] = moving.fingerprint

    @property
    def choices(self) -> dict:
        """What the service is told."""
        return {
            "successor": self.cleaned_data["successor"],
            "seen": self.cleaned_data["seen"],
            "with_unassigned": self.cleaned_data.get("with_unassigned", False),
            "switch_off": self.cleaned_data.get("switch_off", False),
        }
