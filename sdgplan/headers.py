"""Headers of every answer: the content security policy, and what neither Django nor django-csp sets."""

from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.utils.cache import patch_cache_control

# Nothing here uses a camera, a place or a payment; so neither may anything that would get into a page.
UNUSED = ["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone"]
UNUSED += ["midi", "payment", "publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"]
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED)
LONGEST_LOCATION = 2_000  # bytes of a redirect, whose head proxies read into one buffer


def keep_location_short(response) -> None:
    """Let a redirect that repeats what was asked for lead to its page without that, where it would be too long.

    Signing in leads back to the page asked for, and a forgotten slash is added: both repeat an address of a visitor's.
    """
    where = response.headers.get("Location", "")
    if len(where) > LONGEST_LOCATION:
        response.headers["Location"] = where.partition("?")[0][:LONGEST_LOCATION]


def strict_headers(get_response):
    """Close what the site does not use, and let nothing be kept that was made for a person who is signed in.

    A view that sets one of these headers itself (an API that other sites read, a page that is kept) has the last word.
    """

    def answer(request):
        response = get_response(request)
        keep_location_short(response)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer


class ContentSecurityMiddleware(CSPMiddleware):
    """django-csp, which would write the same policy anew for every answer: here it is written once.

    An answer whose view changes the policy (a decorator of django-csp) goes the library's way.
    """

    CHANGED = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace")

    @cached_property
    def policy(self) -> str:
        return build_policy()

    def process_response(self, request, response):
        if any(hasattr(response, name) for name in self.CHANGED) or getattr(request, "_csp_nonce", None):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response
