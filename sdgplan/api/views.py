"""Lists and items of every resource, the description, and the page that explains the API to people."""

import json

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plans.models import Plan
from plans.selectors import plan_of
from plans.stamps import public_page
from sdgplan.api import openapi
from sdgplan.api.answers import bad_parameters, json_response, not_found, open_to_all
from sdgplan.api.catalogue import RESOURCES
from sdgplan.api.examples import examples_of
from sdgplan.api.parameters import DEFAULT_PAGE_SIZE, LARGEST_PAGE, PAGING, PLAN, BadValue, read_all
from sdgplan.api.resources import Resource, Scope, as_json


def site_of(request) -> str:
    """Where the site stands, as "https://host" with its prefix if it has one, without a slash at the end."""
    return request.build_absolute_uri(reverse("home")).rstrip("/")


def _scope(request, resource: Resource, typed: dict, declared) -> tuple[Scope | None, HttpResponse | None]:
    """What is asked for, or the answer that says what is wrong with it: 400 for the query, 404 for the address."""
    chosen, faults = read_all(declared, request.GET)
    if faults:
        return None, bad_parameters(faults)
    plan = None
    try:
        if resource.is_of_plan:
            plan = plan_of(PLAN.read(typed.pop("plan")))
        chosen |= {parameter.name: parameter.read(typed[parameter.name]) for parameter in resource.key if typed}
    except BadValue as fault:
        return None, not_found(str(fault))
    except Http404:
        return None, not_found(_("그런 계획이 없습니다. 계획의 목록: %(where)s") % {"where": "/api/v1/plans/"})
    return Scope(site_of(request), plan, chosen), None


def _list_view(resource: Resource):
    @open_to_all
    def answer(request, **typed):
        scope, refusal = _scope(request, resource, typed, (*resource.filters, *PAGING))
        if refusal:
            return refusal
        page, size = scope.chosen.setdefault("page", 1), scope.chosen.setdefault("page_size", DEFAULT_PAGE_SIZE)
        found = resource.find(scope)
        start = (page - 1) * size
        items = resource.show(scope, found[start : start + size])
        # A page that is neither full nor behind the end is the last one and tells how many there are.
        count = start + len(items) if len(items) < size and (items or page == 1) else found.count()
        shown = _in_json(items)
        envelope = {
            "count": count,
            "page": page,
            "page_size": size,
            "previous": _other_page(request, page - 1) if page > 1 else None,
            "next": _other_page(request, page + 1) if start + size < count else None,
            # Within a text the quotes would be escaped, so that this is found as a field alone.
            "is_demo": any('"is_demo":true' in item for item in shown),
        }
        return json_response(f'{as_json(envelope)[:-1]},"items":[{",".join(shown)}]}}')

    return answer


def _in_json(items: list[dict] | list[str]) -> list[str]:
    return [item if isinstance(item, str) else as_json(item) for item in items]


def _other_page(request, page: int) -> str:
    query = request.GET.copy()
    query["page"] = str(page)
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"


def _item_view(resource: Resource):
    @open_to_all
    def answer(request, **typed):
        scope, refusal = _scope(request, resource, typed, ())
        if refusal:
            return refusal
        if "edition" in scope.chosen:
            scope.chosen["edition"] = str(scope.chosen["edition"])
        items = resource.show(scope, resource.find(scope)[:1])
        if not items:
            return not_found(_("그런 항목이 없습니다. 목록에서 id와 links를 확인해 주십시오."))
        return json_response(_in_json(items)[0])

    return answer


LISTS = {resource.name: _list_view(resource) for resource in RESOURCES}
ITEMS = {resource.name: _item_view(resource) for resource in RESOURCES}


@open_to_all
def description(request):
    """The OpenAPI document."""
    _values, faults = read_all((), request.GET)
    if faults:
        return bad_parameters(faults)
    return json_response(json.dumps(openapi.document(), ensure_ascii=False, indent=1))


@open_to_all
def elsewhere(request, rest):
    """Any other address: the one with a slash at its end where that was forgotten, else 404."""
    if not rest.endswith("/") and resolve(f"{request.path_info}/").url_name != "elsewhere":
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    return not_found(_("그런 주소가 없습니다. 쓸 수 있는 주소: %(where)s") % {"where": reverse("api:docs")})


@require_safe
@public_page
def docs(request):
    """What the API offers, with examples that work."""
    plan = Plan.objects.filter(is_current=True).first() or Plan.objects.first()
    context = {
        "plan": plan,
        "resources": examples_of(plan),
        "default_size": DEFAULT_PAGE_SIZE,
        "largest_page": LARGEST_PAGE,
        "root": request.build_absolute_uri(reverse("api:docs")),
    }
    return render(request, "api/docs.html", context)
