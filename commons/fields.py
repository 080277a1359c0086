"""Model fields shared by the rooms.

`LineField`, `ProseField` and `MailField` keep text in one form (`commons.text`), whatever door it comes through: forms,
the admin, files, services, `update`, `bulk_create` and `loaddata` all end at a field. Only SQL written by hand does
not, and cleans by itself. Every text of a model is one of them (tests/test_text.py).
"""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from commons import form_fields
from commons.codes import CODE_PATTERN, sort_code
from commons.text import clean_data, clean_line, clean_text


class _CleanedField:
    """A field that cleans what it is given, on its way into the database and into the object that is saved."""

    cleaning = staticmethod(clean_line)
    django_field: str

    def _cleaned(self, value):
        return self.cleaning(value) if isinstance(value, str) else value

    def to_python(self, value):
        return self._cleaned(super().to_python(value))

    def get_prep_value(self, value):
        return self._cleaned(super().get_prep_value(value))

    def pre_save(self, instance, add):
        value = self._cleaned(super().pre_save(instance, add))
        setattr(instance, self.attname, value)
        return value

    def deconstruct(self):
        """To a migration it is Django's own field: how text is cleaned is no matter of the table."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.django_field}", args, kwargs


class LineField(_CleanedField, models.CharField):
    """One line of text."""

    django_field = "CharField"

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": form_fields.LineField} | kwargs)


class ProseField(_CleanedField, models.TextField):
    """Text of any number of lines."""

    cleaning = staticmethod(clean_text)
    django_field = "TextField"

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": form_fields.ProseField} | kwargs)


class MailField(_CleanedField, models.EmailField):
    """A mail address."""

    django_field = "EmailField"

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": form_fields.MailField} | kwargs)


class DataField(_CleanedField, models.JSONField):
    """Lists and dictionaries that hold text."""

    cleaning = staticmethod(clean_data)
    django_field = "JSONField"

    def _cleaned(self, value):
        return self.cleaning(value)


def tidied(instance: models.Model) -> models.Model:
    """*instance* with its texts as they would be stored, for what is computed over it before it is."""
    for field in instance._meta.concrete_fields:
        if isinstance(field, _CleanedField):
            field.pre_save(instance, add=True)
    return instance


class CodeField(LineField):
    """A code of the plan, such as 2-1-10."""

    default_validators = [RegexValidator(rf"^{CODE_PATTERN}$", _("번호는 1-1-1처럼 숫자와 붙임표로 적습니다."))]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 20)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, f"{__name__}.CodeField", args, kwargs


class SortCodeField(models.CharField):
    """The natural order of the field ``code`` of the same row, filled in on every save."""

    def __init__(self, *args, **kwargs):
        kwargs.update(max_length=40, editable=False)
        super().__init__(*args, **kwargs)

    def pre_save(self, instance, add):
        value = sort_code(instance.code)
        setattr(instance, self.attname, value)
        return value
