"""What people type to sign in and to keep their account."""

import re
from datetime import timedelta

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commons.form_fields import LineField, MailField

HANDED_OUT_FOR = timedelta(days=7)  # a password that an administrator set must be used and changed within
SECRET_FOR = 30 * 60  # seconds from showing a secret to proving that the app has it
SECRET_SALT = "accounts.second_factor"


REPEATED = _("잘못 입력하지 않도록 새 비밀번호를 한 번 더 입력합니다.")


class SignInForm(AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": _("아이디 또는 비밀번호가 맞지 않습니다. 영문 대문자와 소문자를 구별하여 입력해 주십시오."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Django only tells the browser; a longer name would be counted as a failure that no column holds.
        name = self.fields["username"]
        name.validators.append(MaxLengthValidator(name.max_length))

    def confirm_login_allowed(self, user):
        super().confirm_login_allowed(user)
        if user.handed_out_at and timezone.now() - user.handed_out_at > HANDED_OUT_FOR:
            raise ValidationError(_("임시 비밀번호를 쓸 수 있는 7일이 지났습니다. 총괄 부서에 다시 요청해 주십시오."))


class OwnPasswordForm(PasswordChangeForm):
    """Change of the own password. The old one counts as a sign-in does, so that it cannot be guessed here either."""

    def __init__(self, user, *args, request=None, **kwargs):
        self.request = request
        super().__init__(user, *args, **kwargs)
        self.fields["old_password"].label = _("지금 비밀번호")
        self.fields["new_password2"].help_text = REPEATED

    def clean_old_password(self):
        return _own_password(self.request, self.user, self.cleaned_data["old_password"])

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("old_password") and cleaned["old_password"] == cleaned.get("new_password1"):
            self.add_error("new_password1", _("지금 쓰는 비밀번호와 다른 비밀번호를 정해 주십시오."))
        return cleaned


class NewPasswordForm(SetPasswordForm):
    """A new password by the link of a mail."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password2"].help_text = REPEATED


def _own_password(request, user, typed: str) -> str:
    if authenticate(request, username=user.get_username(), password=typed) != user:
        raise ValidationError(_("비밀번호가 맞지 않습니다."))
    return typed


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code of ten."""

    code = LineField(
        label=_("인증 코드"),
        help_text=_("인증 앱에 보이는 숫자 6자리, 또는 복구 코드 10자리를 입력합니다."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self):
        code = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}|[0-9]{10}", code):
            raise ValidationError(_("숫자 6자리(인증 앱) 또는 10자리(복구 코드)를 입력해 주십시오."))
        return code


def password_field():
    return forms.CharField(
        label=_("지금 비밀번호"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ConfirmForm(CodeForm):
    """Password and code once more, before something that weakens the protection."""

    field_order = ["password", "code"]

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["password"] = password_field()
        self.order_fields(self.field_order)

    def clean_password(self):
        return _own_password(self.request, self.request.user, self.cleaned_data["password"])


class SetUpForm(forms.Form):
    """The first code of an app that was given the secret. The secret travels in the form, signed for this person."""

    secret = LineField(widget=forms.HiddenInput)
    password = password_field()
    code = LineField(
        label=_("인증 앱에 보이는 숫자 6자리"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    @staticmethod
    def sign(user, key: str) -> str:
        return signing.dumps([user.pk, key], salt=SECRET_SALT)

    @staticmethod
    def key_of(user, secret: str) -> str | None:
        """The key in a signed secret; None when it is another person's, too old, or made up."""
        try:
            pk, key = signing.loads(secret, salt=SECRET_SALT, max_age=SECRET_FOR)
        except signing.BadSignature:
            return None
        return key if pk == user.pk else None

    def clean_password(self):
        return _own_password(self.request, self.request.user, self.cleaned_data["password"])

    def clean_code(self):
        code = re.sub(r"\s", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}", code):
            raise ValidationError(_("인증 앱에 보이는 숫자 6자리를 입력해 주십시오."))
        return code


class ResetForm(forms.Form):
    email = MailField(
        label=_("전자우편"),
        max_length=254,
        help_text=_("계정에 등록된 주소를 입력합니다."),
        error_messages={"invalid": _("전자우편 주소의 형식이 맞지 않습니다. 다시 확인해 주십시오.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
