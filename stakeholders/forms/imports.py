"""Forms by which papers come in: a workbook, and the text of one paper that is split into points."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commons.form_fields import LineField, ProseField
from commons.sheets.forms import ConfirmForm, WorkbookForm
from commons.validators import validate_public_text
from stakeholders.choices import OpinionKind
from stakeholders.models import Opinion
from stakeholders.selectors.references import Meant, PlanIndex

MOST_POINTS = 120  # times the fields of a row; Django refuses a form of more than 1,000 fields
LONGEST_PAPER = 60_000  # characters; the longest of 2022 has about 9,000


class PaperWorkbookForm(WorkbookForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _(
            "내려받은 파일(.xlsx)이나 ‘의견’ 시트를 CSV로 저장한 파일입니다. 10MB까지 올릴 수 있습니다."
        )


class PaperConfirmForm(ConfirmForm):
    """What was seen, and whether groups that are not there yet may be made."""

    add_groups = forms.BooleanField(label=_("새 그룹을 만듭니다."), required=False)


class PaperTextForm(forms.Form):
    text = ProseField(
        label=_("입장문서의 글"),
        max_length=LONGEST_PAPER,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("문서에서 복사해 붙여 넣습니다. 글머리표와 번호가 있는 줄, 빈 줄에서 나눕니다."),
        error_messages={"required": _("나눌 글을 붙여 넣어 주십시오.")},
    )


class PointForm(forms.Form):
    """One proposed point. What is not kept, or joined to the one before, needs no more than that."""

    keep = forms.BooleanField(label=_("등록"), required=False, initial=True)
    join = forms.BooleanField(label=_("앞 의견에 붙이기"), required=False)
    summary = ProseField(
        label=_("요지"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_public_text],
    )
    kind = forms.ChoiceField(label=_("종류"), choices=OpinionKind.choices)
    area = forms.ChoiceField(label=_("분야"), required=False)
    code = LineField(label=_("가리키는 것"), required=False, max_length=40)
    cited_code = LineField(
        label=_("적힌 번호"), required=False, max_length=Opinion._meta.get_field("cited_code").max_length
    )

    def __init__(self, *args, index: PlanIndex, **kwargs):
        super().__init__(*args, **kwargs)
        self.index = index
        self.fields["area"].choices = [("", "–"), *[(str(number), str(area)) for number, area in index.areas.items()]]

    def clean(self):
        data = super().clean()
        if not data.get("keep"):
            self.errors.clear()  # what is left out need not be right
            return data
        if not data.get("summary") and "summary" not in self.errors:
            self.add_error("summary", _("의견의 요지를 적거나 ‘등록’을 끄십시오."))
        area = self.index.area(data.get("area") or "")
        self.meant = self.index.meant_by(area, data["code"]) if data.get("code") else Meant(area)
        if self.meant is None:
            message = (
                _("이 분야에 없는 번호입니다. 고치거나 비우고, 문서의 번호는 ‘적힌 번호’에 남겨 주십시오.")
                if area
                else _("분야를 먼저 고르거나 번호를 비워 주십시오.")
            )
            self.add_error("code", message)
        return data

    @property
    def point(self) -> dict:
        """The fields of Opinion that this form stores."""
        meant = self.meant
        return {
            "summary": self.cleaned_data["summary"],
            "kind": self.cleaned_data["kind"],
            "cited_code": self.cleaned_data["cited_code"],
            "area": meant.area,
            "goal": meant.goal,
            "target": meant.target,
            "task": meant.task,
        }


class BasePointFormSet(forms.BaseFormSet):
    """Proposed points, in the order of the text."""

    def clean(self):
        if not any(form["keep"].value() for form in self.forms):
            raise ValidationError(_("등록할 의견이 없습니다. 하나 이상에서 ‘등록’을 켜 주십시오."))

    @property
    def points(self) -> list[dict]:
        return [form.point for form in self.forms if form.cleaned_data["keep"]]

    @classmethod
    def data_of(cls, rows: list[dict]) -> dict:
        """*rows* as a browser would send them."""
        data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
        for place, row in enumerate(rows):
            data |= {f"form-{place}-{name}": value for name, value in row.items()}
        return data


PointFormSet = forms.formset_factory(
    PointForm, formset=BasePointFormSet, extra=0, max_num=MOST_POINTS, absolute_max=MOST_POINTS
)


def rows_of(data) -> list[dict]:
    """The rows of a sent formset as they were typed, unchecked."""
    total = data.get("form-TOTAL_FORMS", "")
    count = min(int(total), MOST_POINTS) if total.isdecimal() and len(total) < 6 else 0
    names = [name for name in PointForm.base_fields if name not in ("keep", "join")]
    return [
        {name: data.get(f"form-{place}-{name}", "") for name in names}
        | {name: f"form-{place}-{name}" in data for name in ("keep", "join")}
        for place in range(count)
    ]


def merge_joined(rows: list[dict]) -> list[dict]:
    """*rows* with each one that is to be joined put behind the words of the kept row before it."""
    merged: list[dict] = []
    for row in rows:
        before = next((other for other in reversed(merged) if other["keep"]), None)
        if row["join"] and row["keep"] and before is not None:
            before["summary"] = f"{before['summary']} {row['summary']}".strip()
        else:
            merged.append(row | {"join": False})
    return merged
