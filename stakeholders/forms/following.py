"""The form by which somebody without an account asks for news by mail."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from commons.form_fields import MailField
from stakeholders.models import DAYS_TO_CONFIRM, Followed


class FollowForm(forms.Form):
    """Stands on the pages of what can be followed, beside the feed. Cleans to an address in small letters."""

    email = MailField(
        label=_("전자우편 주소"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("소식을 받을 전자우편 주소를 적어 주십시오."),
            "invalid": _("전자우편 주소의 모양이 아닙니다. 골뱅이(@)와 점이 있는지 확인해 주십시오."),
        },
    )

    def __init__(self, data=None, *, followed: Followed):
        super().__init__(data, auto_id="follow-%s")
        self.followed = followed

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    @property
    def by_mail(self) -> bool:
        """Whether news can be had by mail here."""
        return settings.FOLLOW_BY_MAIL

    @property
    def days_to_confirm(self) -> int:
        return DAYS_TO_CONFIRM
