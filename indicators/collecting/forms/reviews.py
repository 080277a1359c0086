"""Forms of those who decide: one result, many at once, a remark in the thread."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from commons.form_fields import ProseField
from commons.forms import COMMENT_LENGTH, VersionedForm

RETURN_TEMPLATES = [
    ("basis", _("산출근거를 적어 주십시오. 어떤 자료를 어떻게 셈했는지 알 수 있어야 합니다.")),
    ("evidence", _("값을 확인할 수 있는 증빙을 올려 주십시오.")),
    ("explanation", _("설명이 부족합니다. 성과와 부진 사유를 적어 주십시오.")),
    ("unit", _("단위와 자릿수가 맞는지 확인해 주십시오.")),
    ("last_year", _("지난해 실적과 차이가 큽니다. 값을 확인하고 까닭을 적어 주십시오.")),
    ("breakdowns", _("세분화 값을 입력해 주십시오. 합이 전체와 맞아야 합니다.")),
]


class ReviewForm(VersionedForm):
    """A decision on a result that was handed in: the coordinator's, or the department head's."""

    APPROVE, ENDORSE, RETURN = "approve", "endorse", "return"

    decision = forms.ChoiceField(choices=[(APPROVE, _("승인")), (RETURN, _("반려"))])
    template = forms.ChoiceField(
        label=_("자주 쓰는 반려 의견"), required=False, choices=[("", _("선택 안 함")), *RETURN_TEMPLATES]
    )
    comment = ProseField(
        label=_("검토 의견"),
        max_length=COMMENT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("반려할 때는 무엇을 고쳐야 하는지 적어 주십시오. 담당자에게 보입니다."),
    )

    def __init__(self, data=None, *, by_head: bool = False, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["template"].widget.attrs["data-fills"] = self["comment"].auto_id
        if by_head:
            self.fields["decision"].choices = [(self.ENDORSE, _("확인")), (self.RETURN, _("반려"))]

    def clean(self):
        data = super().clean()
        if data.get("decision") != self.RETURN or "comment" in self.errors:
            return data
        # Where the script ran, the chosen words stand in the comment already.
        chosen = str(dict(RETURN_TEMPLATES).get(data.get("template"), ""))
        if chosen and chosen not in data["comment"]:
            data["comment"] = f"{chosen}\n{data['comment']}".strip()
        if not data["comment"]:
            self.add_error("comment", _("반려하는 까닭을 적어 주십시오."))
        elif len(data["comment"]) > COMMENT_LENGTH:
            self.add_error("comment", _("고른 의견과 합하여 %(max)d자까지 적을 수 있습니다.") % {"max": COMMENT_LENGTH})
        return data


class VersionsField(forms.MultipleChoiceField):
    """Ticked results, each as "id:version"; cleans to a dict. Which of them may be approved the service says."""

    default_error_messages = {
        "required": _("승인할 실적을 골라 주십시오."),
        "invalid_choice": _("고른 실적을 알아볼 수 없습니다. 화면을 새로 열어 다시 골라 주십시오."),
    }

    def valid_value(self, value):
        return re.fullmatch(r"[0-9]{1,15}:[0-9]{1,9}", value) is not None

    def clean(self, value):
        return dict(map(int, pair.split(":")) for pair in super().clean(value))


class ApproveManyForm(forms.Form):
    """Many approvals at once; the versions see to it that nothing is approved that was not seen."""

    chosen = VersionsField()
