"""What is done with a request before any page: the answer to a health probe, and whose address it came from."""

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpResponse

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
