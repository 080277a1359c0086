"""Abstract models that several rooms build on: what is frozen, evidence, comments, kept uploads."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from commons.fields import LineField, ProseField


class AppendOnlyError(TypeError):
    """Raised on any attempt to change or delete a trace."""


class FrozenQuerySet(models.QuerySet):
    """Rows that are written once: a published record is corrected by a new edition, never changed."""

    def update(self, **fields):
        raise AppendOnlyError("published records are immutable")

    def delete(self):
        raise AppendOnlyError("published records are immutable")


class FrozenModel(models.Model):
    is_frozen = True  # asked by the admin, which knows no room

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise AppendOnlyError("published records are immutable")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError("published records are immutable")


def upload_path(upload, name: str) -> str:
    return f"workbooks/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class EvidenceModel(models.Model):
    """A file that proves something, as it was found to be; each kind adds its `file` and what it belongs to."""

    name = LineField(_("파일명"), max_length=200)
    size = models.PositiveIntegerField(_("크기"))
    content_type = LineField(_("형식"), max_length=100)
    sha256 = LineField(_("내용 해시"), max_length=64)
    is_public = models.BooleanField(_("공표되면 공개"), default=False)
    uploaded_at = models.DateTimeField(_("올린 일시"), default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("올린 사람")
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.name


class CommentModel(models.Model):
    """One remark in a thread; it keeps its author's name."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("쓴 사람")
    )
    author_name = LineField(_("쓴 사람 이름"), max_length=120)
    at = models.DateTimeField(_("쓴 일시"), default=timezone.now)
    text = ProseField(_("의견"))

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.author_name}: {self.text[:40]}"


class KeptUpload(models.Model):
    """A file between its preview and its confirmation; it belongs to the person who sent it."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("올린 사람"))
    file = models.FileField(_("파일"), upload_to=upload_path, max_length=200)
    name = LineField(_("파일명"), max_length=200)
    sha256 = LineField(_("내용 해시"), max_length=64)
    uploaded_at = models.DateTimeField(_("올린 일시"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("반영 일시"), null=True, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("업로드")
        verbose_name_plural = _("업로드")
        ordering = ["-uploaded_at"]

    def __str__(self):
        return self.name
