"""Checks that every door of the stakeholders app shares."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commons.personal import is_masked
from commons.validators import validate_public_text


def validate_participants(text: str) -> None:
    """Refuse names that are not masked: everybody may read who took part."""
    bare = [line.strip() for line in text.splitlines() if line.strip() and not is_masked(line)]
    if bare:
        raise ValidationError(
            _("이름을 가리지 않은 줄이 있습니다: %(names)s. ‘김○수(홍제동)’처럼 적어 주십시오.")
            % {"names": ", ".join(bare)}
        )
    validate_public_text(text)
