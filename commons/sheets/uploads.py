"""Uploads that are kept between their preview and their confirmation."""

import hashlib
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commons.acts import NotAllowedNow
from commons.models import KeptUpload

KEPT_FOR = timedelta(hours=24)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def is_expired(upload: KeptUpload, now=None) -> bool:
    """Whether an upload waited too long for its confirmation."""
    return (now or timezone.now()) - upload.uploaded_at >= KEPT_FOR


def expired_uploads(kept: type[KeptUpload], now=None):
    """Uploads that are to be cleared away, confirmed or not; what was written has its activity entries."""
    return kept.objects.filter(uploaded_at__lte=(now or timezone.now()) - KEPT_FOR)


def kept_data(upload: KeptUpload) -> bytes | None:
    """The content of an upload as it was sent; None once it has expired."""
    if is_expired(upload) or not upload.file.storage.exists(upload.file.name):
        return None
    with upload.file.open("rb") as file:
        data = file.read()
    return data if hashlib.sha256(data).hexdigest() == upload.sha256 else None


def waiting_upload(kept: type[KeptUpload], user, **what) -> KeptUpload | None:
    """The newest file of *user* about *what* (``round=…``), if it can still be confirmed.

    Once it was confirmed, older files are what it took the place of: they are not offered again.
    """
    newest = kept.objects.filter(owner=user, **what).order_by("-uploaded_at", "-pk").first()
    return None if newest is None or newest.confirmed_at or is_expired(newest) else newest


def store_upload(upload: KeptUpload, data: bytes, now=None) -> KeptUpload:
    """Store a new upload with its content, and clear expired ones of its kind away. Runs inside an act."""
    kept = type(upload)
    expired = list(expired_uploads(kept, now))
    files = [old.file for old in expired]
    kept.objects.filter(pk__in=[old.pk for old in expired]).delete()
    transaction.on_commit(lambda: [file.delete(save=False) for file in files])
    upload.uploaded_at = now or timezone.now()
    upload.file.save("upload", ContentFile(data), save=False)
    upload.save()
    return upload


def upload_to_confirm(actor, upload: KeptUpload, now=None) -> KeptUpload:
    """The stored state of an upload that *actor* confirms, once whatever it writes to is locked.

    Raises PermissionDenied for somebody else's, NotAllowedNow when it was confirmed before or has expired.
    """
    if upload.owner_id != actor.pk:
        raise PermissionDenied
    current = type(upload).objects.get(pk=upload.pk)
    if current.confirmed_at is not None:
        raise NotAllowedNow(_("이미 반영한 파일입니다."))
    if is_expired(current, now):
        raise NotAllowedNow(_("올린 지 하루가 지나 반영할 수 없습니다. 파일을 다시 올려 주십시오."))
    return current


class PreviewChanged(Exception):
    """What would be written is no longer what was shown; `preview` is what would be written now."""

    def __init__(self, preview):
        super().__init__("the preview that was confirmed is out of date")
        self.preview = preview
