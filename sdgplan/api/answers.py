"""How the API answers: JSON with an ETag for everybody alike, and problems (RFC 9457) in words."""

from functools import wraps

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from plans.stamps import public_page
from sdgplan.api.resources import as_json

METHODS = ("GET", "HEAD", "OPTIONS")
ALLOWED = ", ".join(METHODS)
PREFLIGHT_AGE = 86_400  # seconds a browser may remember that other sites may read


def json_response(text: str, status: int = 200, content_type: str = "application/json") -> HttpResponse:
    """*text* is JSON already."""
    return HttpResponse(text.encode(), status=status, content_type=content_type)


def problem(status: int, title: str, detail: str, faults: list[tuple[str, str]] = ()) -> HttpResponse:
    """An error as application/problem+json; *faults* name the parameters that were wrong."""
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    content["errors"] = [{"parameter": name, "detail": message} for name, message in faults]
    return json_response(as_json(content), status, "application/problem+json")


def bad_parameters(faults: list[tuple[str, str]]) -> HttpResponse:
    detail = " ".join(f"{name}: {message}" for name, message in faults)
    return problem(400, _("잘못된 매개변수"), detail, faults)


def not_found(detail: str) -> HttpResponse:
    return problem(404, _("찾는 자료가 없음"), detail)


def open_to_all(view):
    """A view of the API: it reads and nothing else, knows nobody, and may be read from every other site.

    Cookies count for nothing, so that everybody gets the same answer under the same ETag.
    """
    kept = public_page(view)

    @csrf_exempt
    @wraps(view)
    def answer(request, *args, **kwargs):
        if request.method not in METHODS:
            response = problem(
                405, _("쓸 수 없는 방법"), _("읽기만 할 수 있습니다. 쓸 수 있는 것: %(allowed)s") % {"allowed": ALLOWED}
            )
            response.headers["Allow"] = ALLOWED
            return response
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
            response.headers["Allow"] = ALLOWED
            response.headers["Access-Control-Allow-Methods"] = ALLOWED
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_AGE)
        else:
            request.COOKIES = {}
            response = kept(request, *args, **kwargs)
            response.headers["Access-Control-Expose-Headers"] = "ETag"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    return answer
