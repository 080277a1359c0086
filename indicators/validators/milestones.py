"""What a planned value may be: one rule for the model, the admin and files that come in. Also which numbers an
indicator takes at all, which results share."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commons.validators import validate_public_text
from commons.values import Value
from indicators.choices import MissingReason, ValueKind

MAX_TEXT = 200
ONE_ONLY_MESSAGE = gettext_lazy("값과 값이 없는 사유 가운데 하나만 입력해 주십시오.")
REASONS = frozenset(reason.value for reason in MissingReason.for_milestones())


def number_fault(number: Decimal, *, kind: str, minimum: Decimal | None) -> str:
    """Why *number* cannot be a value of an indicator of this kind and minimum; empty when it can."""
    if minimum is not None and number < minimum:
        if minimum == 0:
            return _("0보다 작은 값은 입력할 수 없습니다.")
        return _("%(minimum)s보다 작은 값은 입력할 수 없습니다.") % {"minimum": minimum.normalize()}
    if kind == ValueKind.GRADE and (number < 1 or number % 1):
        return _("등급은 1 이상의 자연수로 입력해 주십시오.")
    return ""


def milestone_fault(value: Value, *, kind: str, minimum: Decimal | None) -> tuple[str, str] | None:
    """Name of the field and what is wrong with a planned value that has exactly one part; None when it can be taken."""
    if value.number is not None:
        if kind == ValueKind.TEXT:
            return "value", _("서술로 적는 지표입니다. 목표를 서술 값에 적어 주십시오.")
        fault = number_fault(value.number, kind=kind, minimum=minimum)
        return ("value", fault) if fault else None
    if value.missing:
        if value.missing not in REASONS:
            return "missing_reason", _("목표치가 없는 사유로 쓸 수 없습니다.")
        return None
    if len(value.text) > MAX_TEXT:
        return "text", _("%(limit)s자까지 적을 수 있습니다.") % {"limit": MAX_TEXT}
    try:
        validate_public_text(value.text)
    except ValidationError as error:
        return "text", " ".join(error.messages)
    return None
