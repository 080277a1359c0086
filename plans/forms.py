"""Forms of a reorganisation: rename, merge and split a department. Each knows the act it stands for."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from commons.form_fields import DayField, LineField, SeveralRowsField
from plans import services
from plans.services import Part, everything_of, problems_of

FEWEST_PARTS, MOST_PARTS = 2, 6


class DepartmentNameField(LineField):
    """A department's name, with single spaces."""

    def clean(self, value):
        return " ".join(super().clean(value).split())


class ReorganisationForm(forms.Form):
    """What the three have in common: the day, and name and address of each department to be.

    When valid, `old`, `parts` and `on` tell what would be done, `act` and `arguments` do it.
    """

    on = DayField(
        label=_("시행일"),
        initial=timezone.localdate,
        help_text=_(
            "새 부서가 시작하는 날입니다. 앞선 부서는 그 전날까지로 남습니다. 앞으로의 개편은 시행일에 입력합니다."
        ),
    )

    def __init__(self, data=None, *, part_count: int = 1):
        super().__init__(data)
        self.part_count = part_count
        self.old: list[Department] = []
        self.parts: list[Part] = []
        for number in range(1, part_count + 1):
            self.fields[f"name_{number}"] = DepartmentNameField(label=_("새 부서명"), max_length=60)
            self.fields[f"slug_{number}"] = forms.SlugField(
                label=_("주소용 이름"),
                max_length=50,
                help_text=_("공개 주소에 쓰입니다. 영문 소문자, 숫자, 붙임표(-)로 적습니다. 예: welfare-support"),
            )

    def named(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and address fields of each part."""
        return [(self[f"name_{n}"], self[f"slug_{n}"]) for n in range(1, self.part_count + 1)]

    def clean(self):
        data = super().clean()
        if self.errors:
            return data
        self.old = self.find_old()
        self.parts = self.build_parts()
        for where, message in problems_of(self.old, self.parts, data["on"]):
            self.refuse(where, message)
        return data

    def refuse(self, where: str, message: str) -> None:
        """Show a refusal of the services at its field, or above the form where there is none."""
        self.add_error(where if where in self.fields else None, message)

    @property
    def new_name(self) -> dict:
        return {"new_name": self.cleaned_data["name_1"], "new_slug": self.cleaned_data["slug_1"]}


class RenameForm(ReorganisationForm):
    act = staticmethod(services.rename_department)

    def __init__(self, data=None, *, department: Department):
        super().__init__(data)
        self.department = department

    def find_old(self):
        return [self.department]

    def build_parts(self):
        return [everything_of(self.old, self.cleaned_data["name_1"], self.cleaned_data["slug_1"])]

    @property
    def arguments(self) -> dict:
        return {"department": self.department, **self.new_name}


class MergeForm(ReorganisationForm):
    act = staticmethod(services.merge_departments)

    departments = SeveralRowsField(
        label=_("합칠 부서"), queryset=Department.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data=None):
        super().__init__(data)
        self.fields["departments"].queryset = Department.objects.valid_on(timezone.localdate())

    def clean_departments(self):
        chosen = list(self.cleaned_data["departments"])
        if len(chosen) < 2:
            raise forms.ValidationError(_("합칠 부서를 두 곳 이상 골라 주십시오."))
        return chosen

    def find_old(self):
        return self.cleaned_data["departments"]

    def build_parts(self):
        return [everything_of(self.old, self.cleaned_data["name_1"], self.cleaned_data["slug_1"])]

    @property
    def arguments(self) -> dict:
        return {"departments": self.old, **self.new_name}


class SplitForm(ReorganisationForm):
    """The parts of one department. Each team, person, and task without a team is given to a part by number.

    A task with a team goes where its team goes unless a part is chosen for it.
    """

    act = staticmethod(services.split_department)

    part_total = forms.IntegerField(widget=forms.HiddenInput, min_value=FEWEST_PARTS, max_value=MOST_PARTS)

    def __init__(self, data=None, *, department: Department, part_count: int = FEWEST_PARTS):
        super().__init__(data, part_count=part_count)
        self.department = department
        self.fields["part_total"].initial = part_count
        self.held = everything_of([department], "", "")
        numbers = [(str(n), _("%(number)d번 부서") % {"number": n}) for n in range(1, part_count + 1)]
        current = {team.pk for team in self.held.teams}
        for number in range(1, part_count + 1):
            self.fields[f"name_{number}"].label = _("%(number)d번 부서의 이름") % {"number": number}
        for team in self.held.teams:
            self._choose(f"team_{team.pk}", team.name, numbers)
        for task in self.held.tasks:
            follows = [("", _("팀과 함께"))] if task.team_id in current else []
            self._choose(f"task_{task.pk}", str(task), [*follows, *numbers], required=not follows)
        for person in self.held.people:
            self._choose(f"person_{person.pk}", str(person), numbers)

    def _choose(self, name: str, label: str, choices, *, required=True) -> None:
        self.fields[name] = forms.ChoiceField(
            label=label, choices=choices, required=required, widget=forms.Select(attrs={"aria-label": label})
        )

    def rows(self, kind: str, held: list):
        return [(row, self[f"{kind}_{row.pk}"]) for row in held]

    @property
    def team_rows(self):
        return self.rows("team", self.held.teams)

    @property
    def task_rows(self):
        return self.rows("task", self.held.tasks)

    @property
    def person_rows(self):
        return self.rows("person", self.held.people)

    def find_old(self):
        return [self.department]

    def build_parts(self):
        data = self.cleaned_data
        number_of_team = {team.pk: data[f"team_{team.pk}"] for team in self.held.teams}

        def number_of(task) -> str:
            return data[f"task_{task.pk}"] or number_of_team[task.team_id]

        return [
            Part(
                data[f"name_{n}"],
                data[f"slug_{n}"],
                tasks=[task for task in self.held.tasks if number_of(task) == str(n)],
                teams=[team for team in self.held.teams if number_of_team[team.pk] == str(n)],
                people=[person for person in self.held.people if data[f"person_{person.pk}"] == str(n)],
            )
            for n in range(1, self.part_count + 1)
        ]

    @property
    def arguments(self) -> dict:
        return {"department": self.department, "parts": self.parts}
