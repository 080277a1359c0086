"""An edition as it was published: its page, and its files, which never change."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from commons.read_model import kept
from indicators.figures.selectors.editions import record_of
from indicators.figures.selectors.shared import publication_at
from indicators.figures.services.publications import keep_files
from indicators.models import PublishedFile
from plans.stamps import public_page

FOR_EVER = 31_536_000  # seconds; a year, the longest that caches heed


@require_safe
@public_page
def edition(request, slug, year, edition):
    """The permanent record of one edition: its figures, its files with their hashes, and what it changed."""
    publication = publication_at(slug, year, edition)
    rows, changes = kept(("record", publication.pk), lambda: record_of(publication))
    context = {
        "plan": publication.round.plan,
        "publication": publication,
        "round": publication.round,
        "rows": rows,
        "changes": changes,
        "files": kept(("files of an edition", publication.pk), lambda: keep_files(publication)),
    }
    return render(request, "indicators/edition.html", context)


@require_safe
def edition_file(request, slug, year, edition, name):
    """A file of an edition, byte for byte as it was made when it was published."""
    publication = publication_at(slug, year, edition)
    keep_files(publication)
    known = publication.files.filter(name=name).values_list("sha256", flat=True).first()
    if known is None:
        raise Http404
    etag = f'"{known}"'
    response = get_conditional_response(request, etag=etag)
    if response is None or response.status_code != 304:
        file = PublishedFile.objects.get(publication=publication, name=name)
        response = HttpResponse(bytes(file.content), content_type=file.content_type)
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=f"{slug}-{year}-{edition}-{name}"
        )
    response.headers["ETag"] = etag
    response.headers["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(response, public=True, max_age=FOR_EVER, immutable=True)
    return response
