"""The stamp of what the public sees, and public pages that are made once for each stamp.

Everything a public page reads is watched: saving or deleting such a row leaves a `PublicChange` in the same
transaction, so that pages kept under the stamp before are not used again the moment the change can be seen. Writes that
send no signals (`update`, `bulk_create` …) call `renew_stamp` themselves.
"""

import hashlib
from functools import cache, wraps
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers

from commons.read_model import reading
from plans.models import PublicChange

LAST_CHANGES = 8  # more than can be committed out of the order of their numbers
LAST_TOKENS = f"SELECT CAST(token AS text) FROM {PublicChange._meta.db_table} ORDER BY id DESC LIMIT {LAST_CHANGES}"
KEEP_PAGE = 60 * 60  # seconds; a page under an outdated stamp is never asked for again and goes by itself


def renew_stamp(**_signal) -> None:
    """Say that the public may see something else from now on, once the running transaction ends."""
    change = PublicChange.objects.create()
    if change.pk % 100 == 0:
        PublicChange.objects.filter(pk__lt=change.pk - 100).delete()


def watch(*models) -> None:
    """Renew the stamp with every row of *models* that is saved or deleted, and with what is linked to it."""
    for model in models:
        where = {"sender": model, "dispatch_uid": f"stamp of {model._meta.label}"}
        post_save.connect(renew_stamp, **where)
        post_delete.connect(renew_stamp, **where)
        for field in model._meta.local_many_to_many:
            through = getattr(model, field.name).through
            m2m_changed.connect(renew_stamp, sender=through, dispatch_uid=f"stamp of {through._meta.label}")


@cache
def release() -> str:
    """A digest of the code, templates and styles that this process serves: pages change with them, too."""
    digest = hashlib.sha256()
    for room in ("accounts", "plans", "indicators", "stakeholders", "sdgplan", "templates", "static"):
        for path in sorted(Path(settings.BASE_DIR / room).rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".svg", ".txt"}:
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def public_stamp() -> str:
    """What all public pages depend on, as a short word. One query.

    It changes with what is published, with the day (pages say what is due and which departments are of today) and with
    the release. The last few changes count, not the last one alone: they may become visible out of their order.
    """
    known = ":".join([release(), timezone.localdate().isoformat(), *_last_tokens()])
    return hashlib.sha256(known.encode()).hexdigest()[:32]


def _last_tokens() -> list[str]:
    """The newest changes. Asking shows whether a kept connection still works; one that does not is opened anew."""
    connection.health_check_done = True
    try:
        return _ask_tokens()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return _ask_tokens()


def _ask_tokens() -> list[str]:
    with connection.cursor() as cursor:  # by hand, because putting the query together costs more than asking it
        cursor.execute(LAST_TOKENS)
        return [token for (token,) in cursor.fetchall()]


def stamp_of(request) -> str:
    """The stamp under which a request is answered, asked for once."""
    if not hasattr(request, "public_stamp"):
        request.public_stamp = public_stamp()
    return request.public_stamp


def is_anybodys(request) -> bool:
    """Whether the answer may be everybody's: without a session nobody is signed in, and no message waits."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES and "messages" not in request.COOKIES


def _name_of(request) -> str:
    """What the page at this address is called under the request's stamp."""
    address = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    return hashlib.sha256(f"{stamp_of(request)} {address}".encode()).hexdigest()


def _etag_of(request) -> str:
    return f'"{_name_of(request)[:32]}"'


def public_page(view):
    """A public page that reads what is published and nothing else: the same for everybody under the same stamp.

    It is public to proxies, which may keep it for one second, and 304 for who has it already. PublicPageMiddleware
    keeps it. A reader with a session or waiting messages gets a page of their own.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        stamp = stamp_of(request)
        with reading(stamp if settings.KEEP_READ_MODEL else None):
            if not is_anybodys(request):
                response = view(request, *args, **kwargs)
                patch_cache_control(response, private=True, no_cache=True)
                return response
            etag = _etag_of(request)
            response = get_conditional_response(request, etag=etag)
            if response is None or response.status_code != 304:
                response = view(request, *args, **kwargs)
            is_ones_own = response.cookies or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
            if response.status_code in (200, 304) and not is_ones_own:
                response.headers["ETag"] = etag
                patch_cache_control(response, public=True, max_age=0, s_maxage=1, must_revalidate=True)
                patch_vary_headers(response, ["Cookie"])
                response.is_public_page = response.status_code == 200 and not response.streaming
            return response

    return answer


class PublicPageMiddleware:
    """Keeps public pages as they leave, headers and all, and hands them out again before anything is done for people.

    It stands before sessions and accounts, which cost more than the page then does. Where the stamp cannot be asked
    for, or the host is not ours, the request goes on and is refused where everything else is.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in ("GET", "HEAD") or not is_anybodys(request):
            return self.get_response(request)
        pages = caches["pages"]
        try:
            name = _name_of(request)
        except (DatabaseError, InterfaceError, SuspiciousOperation):
            return self.get_response(request)
        kept = pages.get(name)
        if kept is not None:
            return self._again(request, *kept)
        response = self.get_response(request)
        if getattr(response, "is_public_page", False) and not response.cookies:
            pages.set(name, (response.content, dict(response.items())), KEEP_PAGE)
        return response

    @staticmethod
    def _again(request, content: bytes, headers: dict):
        response = get_conditional_response(request, etag=headers["ETag"])
        if response is None or response.status_code != 304:
            return HttpResponse(content, headers=headers)
        about_content = {"Content-Type", "Content-Length", "Content-Disposition", "Content-Language"}
        return HttpResponseNotModified(headers={n: v for n, v in headers.items() if n not in about_content})


def shared_reads(view):
    """A page that shows more than what is published, and so is never kept, but reads that from what all pages share.

    That is while it is only read. Who writes reads anew: the stamp of the request would be older than what was written.
    """

    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method not in ("GET", "HEAD"):
            return view(request, *args, **kwargs)
        with reading(stamp_of(request) if settings.KEEP_READ_MODEL else None):
            return view(request, *args, **kwargs)

    return answer
