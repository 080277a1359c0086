"""Headers of every answer that neither Django nor django-csp sets."""

from django.conf import settings
from django.utils.cache import patch_cache_control

# Nothing here uses a camera, a place or a payment; so neither may anything that would get into a page.
UNUSED = ["accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone"]
UNUSED += ["midi", "payment", "publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"]
PERMISSIONS = ", ".join(f"{feature}=()" for feature in UNUSED)


def strict_headers(get_response):
    """Close what the site does not use, and let nothing be kept that was made for a person who is signed in.

    A view that sets one of these headers itself (an API that other sites read, a page that is kept) has the last word.
    """

    def answer(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return answer
