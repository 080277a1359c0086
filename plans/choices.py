"""Closed lists of the plans app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FundingSource(models.TextChoices):
    NATIONAL = "national", _("국비")
    CITY = "city", _("시비")
    DISTRICT = "district", _("구비")
    EDUCATION_OFFICE = "education_office", _("교육청")
    OTHER = "other", _("기타")


class MoneyUnit(models.TextChoices):
    """Units in which the report prints money; `won` says how many won one is."""

    THOUSAND = "1000", _("천원")
    TEN_THOUSAND = "10000", _("만원")
    MILLION = "1000000", _("백만원")

    @property
    def won(self) -> int:
        return int(self.value)
