"""Reports as accessible PDF (PDF/UA-1) through WeasyPrint, which needs the system library Pango."""

import mimetypes
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from commons.acts import Lock
from commons.text import writable
from indicators.reports.blocks import Document

PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"  # of Debian and Ubuntu
DENSITIES = 4  # classes density-0 to density-3 of static/css/report.css
_BASE = "https://static.invalid/"  # stands for the folder of static files; no host is ever asked


class PdfUnavailable(Exception):
    """Raised when the library or what it needs from the system is missing; the message says what to install."""


def _weasyprint():
    """The library, loaded when the first PDF is made, since the rest of the site does without it."""
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            _(
                "서버에 PDF를 만드는 데 필요한 프로그램(Pango)이 없습니다. 서버 관리자가 다음을 설치하면 "
                "만들 수 있습니다: apt-get install %(packages)s"
            )
            % {"packages": PACKAGES}
        ) from error
    return weasyprint


@cache
def _fonts():
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def pdf_lock() -> Lock | None:
    """Why the site cannot make a PDF; None when it can, or when a worker beside it does."""
    if not settings.WORKER_IN_SITE:
        return None
    try:
        _weasyprint()
    except PdfUnavailable as missing:
        return Lock(str(missing))
    return None


def _fetcher():
    """Hands style sheet and fonts to the library: files of `static/`, and nothing else from anywhere."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticOnly(URLFetcher):
        def fetch(self, url, headers=None):
            found = finders.find(unquote(url.removeprefix(_BASE))) if url.startswith(_BASE) else None
            if not found:
                raise ValueError(f"reports take nothing but static files: {url}")
            kind = mimetypes.guess_type(found)[0] or "application/octet-stream"
            return URLFetcherResponse(url, Path(found).read_bytes(), {"Content-Type": kind})

    return StaticOnly()


def write_pdf(document: Document, *, author: str, tell: Callable[[str], None] = lambda doing: None) -> bytes:
    """The document as a tagged PDF. *tell* hears what is done next.

    A document that asks for one page is set closer until it fits; what does not fit at the closest runs on.
    Raises PdfUnavailable.
    """
    library = _weasyprint()
    for density in range(DENSITIES):
        tell(_("본문을 짜고 있습니다."))
        context = {"document": document, "author": author, "density": density}
        html = writable(render_to_string("reports/document.html", context))
        tell(_("쪽을 나누고 있습니다."))
        pages = library.HTML(string=html, base_url=_BASE, url_fetcher=_fetcher()).render(
            font_config=_fonts(), presentational_hints=True
        )
        if not document.one_page or len(pages.pages) == 1:
            break
    tell(_("PDF로 쓰고 있습니다."))
    return pages.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
