"""Checks that every door of the stakeholders app shares."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sdgplan.lib.personal import MASK, find_personal_data


def validate_public_text(text: str) -> None:
    """Refuse telephone numbers, resident numbers and e-mail addresses, saying on which line each stands."""
    found = find_personal_data(text)
    if found:
        raise ValidationError(
            [
                _("%(line)d번째 줄에 %(what)s로 보이는 내용(%(found)s)이 있습니다. 공개되는 글이니 지워 주십시오.")
                % {"line": data.line, "found": data.found, "what": data.what}
                for data in found
            ]
        )


def validate_participants(text: str) -> None:
    """Refuse names that are not masked: everybody may read who took part."""
    bare = [line.strip() for line in text.splitlines() if line.strip() and MASK not in line]
    if bare:
        raise ValidationError(
            _("이름을 가리지 않은 줄이 있습니다: %(names)s. ‘김○수(홍제동)’처럼 적어 주십시오.")
            % {"names": ", ".join(bare)}
        )
    validate_public_text(text)
