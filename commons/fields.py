"""Model fields shared by the rooms."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from commons.codes import CODE_PATTERN, sort_code


class CodeField(models.CharField):
    """A code of the plan, such as 2-1-10."""

    default_validators = [RegexValidator(rf"^{CODE_PATTERN}$", _("번호는 1-1-1처럼 숫자와 붙임표로 적습니다."))]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 20)
        super().__init__(*args, **kwargs)


class SortCodeField(models.CharField):
    """The natural order of the field ``code`` of the same row, filled in on every save."""

    def __init__(self, *args, **kwargs):
        kwargs.update(max_length=40, editable=False)
        super().__init__(*args, **kwargs)

    def pre_save(self, instance, add):
        value = sort_code(instance.code)
        setattr(instance, self.attname, value)
        return value
