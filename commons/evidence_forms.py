"""The upload of evidence files, several at once, each checked by its content."""

import hashlib

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from commons.evidence import MAX_BYTES, MAX_FILES, FileKind, kind_of, shown_name


class SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class EvidenceField(forms.FileField):
    """Cleans to a list of (file, kind). One bad file refuses all, each fault said with its file's name."""

    widget = SeveralFiles(attrs={"accept": ".pdf,.hwp,.hwpx,.xlsx,.docx,.png,.jpg,.jpeg,.csv,.txt"})

    def clean(self, data, initial=None) -> list[tuple[object, FileKind]]:
        checked, faults = [], []
        for file in data or ([None] if self.required else []):
            try:
                kind = kind_of(super().clean(file, initial))
            except ValidationError as error:
                faults += [f"{file.name}: {message}" if file else message for message in error.messages]
            else:
                checked.append((file, kind))
        if faults:
            raise ValidationError(faults)
        return checked


class EvidenceForm(forms.Form):
    files = EvidenceField(
        label=_("파일"),
        allow_empty_file=True,  # so that kind_of says what is wrong in its own words
        help_text=_(
            "PDF, 한글, 엑셀, 워드, 그림, CSV·TXT 파일을 한 번에 여럿 고를 수 있습니다. "
            "파일마다 %(size)dMB, 지표마다 %(count)d개까지 올릴 수 있습니다."
        )
        % {"size": MAX_BYTES // 1024 // 1024, "count": MAX_FILES},
        error_messages={"required": _("올릴 파일을 골라 주십시오.")},
    )
    is_public = forms.BooleanField(label=_("공표되면 공개"), required=False)

    def __init__(self, *args, room: int = MAX_FILES, **kwargs):
        super().__init__(*args, **kwargs)
        self.room = room

    def clean_files(self):
        checked = self.cleaned_data["files"]
        if len(checked) > self.room:
            raise ValidationError(
                _("증빙은 지표마다 %(limit)d개까지입니다. 지금은 %(room)d개를 더 올릴 수 있습니다.")
                % {"limit": MAX_FILES, "room": max(self.room, 0)}
            )
        return checked

    @property
    def uploads(self) -> list[dict]:
        """Each file with what the service stores about it."""
        return [
            {
                "file": file,
                "name": shown_name(file.name, kind),
                "content_type": kind.content_type,
                "sha256": _digest(file),
                "is_public": self.cleaned_data["is_public"],
            }
            for file, kind in self.cleaned_data["files"]
        ]


def _digest(file) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
