"""Workbooks of papers on their way in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from commons.models import KeptUpload
from stakeholders.models.papers import Deliberation


class PaperUpload(KeptUpload):
    """A workbook of a forum's papers."""

    deliberation = models.ForeignKey(Deliberation, models.CASCADE, related_name="uploads", verbose_name=_("숙의공론장"))
