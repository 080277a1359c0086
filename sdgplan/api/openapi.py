"""The OpenAPI 3.1 description, made of the declarations that serve the resources."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sdgplan.api.answers import ALLOWED
from sdgplan.api.catalogue import RESOURCES
from sdgplan.api.parameters import PAGING, PLAN, Parameter
from sdgplan.api.resources import Resource, array, exact, flag, or_null, text, whole

LICENCE = {
    "name": "공공누리 제1유형 (출처표시)",
    "url": "https://www.kogl.or.kr/info/licenseType1.do",
}
VERSION = "1.0.0"

_ANSWER_HEADERS = {
    "ETag": {
        "description": "같은 내용이면 같은 값입니다. If-None-Match로 보내면 304를 받습니다.",
        "schema": {"type": "string"},
    },
    "Access-Control-Allow-Origin": {"schema": {"const": "*"}},
}


def _problem() -> dict:
    fault = exact({"parameter": text(_("매개변수")), "detail": text(_("무엇이 잘못되었는지"))})
    return exact(
        {
            "type": text(_("오류의 종류"), format="uri-reference"),
            "title": text(_("오류의 이름")),
            "status": whole(_("HTTP 상태")),
            "detail": text(_("설명")),
            "errors": array(fault, _("잘못된 매개변수")),
        },
        _("오류 (RFC 9457)"),
    )


def _page_of(resource: Resource) -> dict:
    return exact(
        {
            "count": whole(_("조건에 맞는 항목의 수")),
            "page": whole(_("쪽 번호")),
            "page_size": whole(_("한 쪽의 항목 수")),
            "previous": or_null(text(_("앞쪽의 주소"), format="uri")),
            "next": or_null(text(_("다음 쪽의 주소. 마지막 쪽이면 null입니다."), format="uri")),
            "is_demo": flag(_("이 쪽에 실제 실적이 아닌 시범 자료가 있는지")),
            "items": array({"$ref": f"#/components/schemas/{resource.one}"}, str(resource.title)),
        }
    )


def _parameter(parameter: Parameter, place: str) -> dict:
    described = {
        "name": parameter.name,
        "in": place,
        "description": str(parameter.description),
        "required": place == "path",
        "schema": parameter.schema,
    }
    if parameter.example:
        described["example"] = parameter.read(parameter.example)
    return described


def _refusal(description: str, **headers) -> dict:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": description, "content": content} | ({"headers": headers} if headers else {})


def _operation(resource: Resource, operation_id: str, summary: str, schema: str, parameters: list[dict]) -> dict:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {
        "operationId": operation_id,
        "summary": summary,
        "description": str(resource.description),
        "tags": [resource.name],
        "parameters": parameters,
        "responses": {
            "200": {"description": _("자료"), "headers": _ANSWER_HEADERS, "content": content},
            "304": {"description": _("If-None-Match로 보낸 것과 같음"), "headers": _ANSWER_HEADERS},
            "400": _refusal(_("잘못된 매개변수")),
            "404": _refusal(_("찾는 자료가 없음")),
            "405": _refusal(
                _("쓸 수 없는 방법"), Allow={"description": ALLOWED, "required": True, "schema": {"type": "string"}}
            ),
        },
    }


def _paths() -> dict:
    paths = {}
    for resource in RESOURCES:
        of_plan = [_parameter(PLAN, "path")] if resource.is_of_plan else []
        asked = [_parameter(parameter, "query") for parameter in (*resource.filters, *PAGING)]
        key = [_parameter(parameter, "path") for parameter in resource.key]
        several = _operation(
            resource,
            f"list_{resource.name}",
            _("%(title)s 목록") % {"title": resource.title},
            f"{resource.one}List",
            of_plan + asked,
        )
        one = _operation(
            resource,
            f"get_{resource.one.lower()}",
            _("%(title)s 하나") % {"title": resource.title},
            resource.one,
            of_plan + key,
        )
        paths[f"/api/v1/{resource.path}"] = {"get": several}
        paths[f"/api/v1/{resource.item_path}"] = {"get": one}
    return paths


def document() -> dict:
    """The whole description as plain values."""
    schemas = {"Problem": _problem()}
    for resource in RESOURCES:
        schemas[resource.one] = exact(resource.fields, str(resource.title))
        schemas[f"{resource.one}List"] = _page_of(resource)
    return _in_words(
        {
            "openapi": "3.1.0",
            "info": {
                "title": _("지속가능발전 이행계획 자료 API"),
                "version": VERSION,
                "summary": _("계획, 공표된 수치, 공개된 의견과 답변을 읽습니다."),
                "description": _(
                    "공개된 것만 읽을 수 있고 계정이 필요 없습니다. "
                    "숫자는 JSON 숫자이며 유효숫자 15자리까지 정확합니다. "
                    "is_demo가 true이면 기능을 보이려고 만든 시범 자료이며 실제 실적이 아닙니다."
                ),
                "license": LICENCE,
            },
            "servers": [{"url": "/"}],
            "tags": [{"name": r.name, "description": r.description} for r in RESOURCES],
            "paths": _paths(),
            "components": {"schemas": schemas},
        }
    )


def _in_words(value):
    """*value* with its translated strings made plain ones."""
    if isinstance(value, dict):
        return {key: _in_words(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_in_words(item) for item in value]
    return str(value) if isinstance(value, Promise) else value
