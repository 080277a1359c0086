"""Checks of what people write that the rooms share: the same rule and the same words at every door."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commons.personal import find_personal_data

SHOWN = 10  # findings named in one message; whoever mends these is told of the rest


def validate_public_text(text: str) -> None:
    """Refuse telephone numbers, resident numbers and e-mail addresses, saying on which line each stands."""
    found = find_personal_data(text)
    if found:
        raise ValidationError(
            [
                _("%(line)d번째 줄에 %(what)s로 보이는 내용(%(found)s)이 있습니다. 공개되는 글이니 지워 주십시오.")
                % {"line": data.line, "found": data.found, "what": data.what}
                for data in found[:SHOWN]
            ]
        )
