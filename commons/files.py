"""Uploaded and made files on the disk: kept whole or not at all, and gone with the rows they belong to."""

import errno
import logging
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}

_made: ContextVar[list | None] = ContextVar("files made in the running transaction", default=None)


class StorageUnavailable(OSError):
    """A file could not be kept. Its text says why and what to do, in words for people; nothing of it was left."""


def is_storage_fault(error: BaseException | None) -> bool:
    """Whether *error* says that the disk is full or cannot be written."""
    return isinstance(error, OSError) and error.errno in NO_SPACE | NOT_WRITABLE


def storage_fault_in_words(error: OSError) -> str:
    if error.errno in NO_SPACE:
        return _(
            "서버의 저장 공간이 모자라 파일을 저장하지 못했습니다. 이미 저장된 자료는 그대로입니다. "
            "시스템 관리자에게 알리고, 공간이 생긴 뒤에 다시 시도해 주십시오."
        )
    return _(
        "서버의 파일 저장소에 지금은 쓸 수 없어 파일을 저장하지 못했습니다. 이미 저장된 자료는 그대로입니다. "
        "시스템 관리자에게 알리고, 잠시 뒤에 다시 시도해 주십시오."
    )


class WholeFileStorage(FileSystemStorage):
    """Files in MEDIA_ROOT, of which none is ever left half written."""

    def _save(self, name, content):
        is_new = not self.exists(name)
        try:
            kept = super()._save(name, content)
        except OSError as error:
            if not is_storage_fault(error):
                raise
            logger.error("a file could not be kept in MEDIA_ROOT: %s", error)
            if is_new:
                self.delete(name)
            raise StorageUnavailable(error.errno, storage_fault_in_words(error)) from error
        made = _made.get()
        if made is not None:
            made.append((self, kept))
        return kept

    def delete(self, name):
        """Remove a file. One that cannot be removed is named in the log: its row is gone, and the act stands."""
        try:
            super().delete(name)
        except OSError as error:
            if not is_storage_fault(error):
                raise
            logger.error("the file %s could not be removed from MEDIA_ROOT: %s", name, error)


@contextmanager
def atomic_with_files():
    """`transaction.atomic` for acts that keep files: when it is rolled back, the files made in it go, too.

    Serves as a context and as a decorator, and may be nested.
    """
    outer, made = _made.get(), []
    token = _made.set(made)
    try:
        with transaction.atomic():
            yield
    except BaseException:
        for storage, name in made:
            storage.delete(name)
        raise
    else:
        if outer is not None:
            outer.extend(made)
    finally:
        _made.reset(token)
