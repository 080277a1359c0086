"""What is done with a request before any page: the answer to a health probe and to who means another host, whose
address it came from, and what no database can look for."""

import logging

from django.conf import settings
from django.core.exceptions import BadRequest, DisallowedHost
from django.db import DatabaseError, InterfaceError, connection
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)


class HealthMiddleware:
    """Answers `/healthz` for proxies and monitoring: 200 while this server reaches the database, else 503.

    It stands before everything else, so that a probe may come over HTTP and by the server's own address. It tells no
    more than a word; what is wrong stands in the log.
    """

    PATH = "/healthz"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path != self.PATH:
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except (DatabaseError, InterfaceError) as error:
            logger.error("the database does not answer: %s", error)
            return self._say("database unreachable\n", 503)
        return self._say("ok\n", 200)

    @staticmethod
    def _say(text, status):
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)


class KnownHostMiddleware:
    """Answers a request for a host that is not ours with a short page, before anything is asked or written of it.

    Anybody can send such requests without end; they say nothing of the site.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            request.get_host()
        except DisallowedHost:
            page = render_to_string("errors/host.html")
            headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
            headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
            return HttpResponse(page, status=400, headers=headers)
        return self.get_response(request)


class VisitorAddressMiddleware:
    """Behind a proxy, puts the visitor's address where everything looks for it (REMOTE_ADDR).

    Only what the proxy itself noted last in `X-Forwarded-For` is believed: what stands before it a visitor can make up.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.BEHIND_PROXY:
            noted = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            if noted:
                request.META["REMOTE_ADDR"] = noted
        return self.get_response(request)


class AddressTooLong(BadRequest):
    """An address with more in it than any page of the site asks for (HTTP 414)."""


class UnusableAddressMiddleware:
    """Answers an address that no database can look for before a query fails on it.

    PostgreSQL refuses a null character: in the path it names nothing that exists; among the filters of the admin, which
    asks with whatever it gets, it is a bad request. SQLite refuses a pattern of more than 50,000 bytes, and no list is
    narrowed by so much. Forms, the search of the site and the API, which says it in JSON, have their own checks.
    """

    LONGEST_PATH = 1_000  # bytes; twice what the longest names of all parts come to
    LONGEST_QUERY = 6_000  # bytes, as a browser writes them: nine for a Korean syllable. The servers take 8,190 a line.

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        if len(request.path_info.encode(errors="replace")) > self.LONGEST_PATH:
            raise AddressTooLong
        if not request.path_info.startswith("/api/"):
            if "\x00" in request.path_info:
                raise Http404
            if len(query) > self.LONGEST_QUERY:
                raise AddressTooLong
        if request.path_info.startswith("/admin/") and "%00" in query:
            raise BadRequest
        return self.get_response(request)
