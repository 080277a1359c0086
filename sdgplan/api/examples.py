"""The resources as the page about the API explains them, each with addresses that answer something today."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from plans.models import Plan
from sdgplan.api.catalogue import RESOURCES
from sdgplan.api.resources import Resource, Scope


@dataclass(frozen=True)
class Example:
    """A resource with the addresses of its list, of a narrowed list and of an item; '' where there is none yet."""

    resource: Resource
    path: str
    item_path: str
    list_url: str
    narrow_url: str
    item_url: str


def _narrowed(resource: Resource) -> str:
    """A query with the examples of two filters."""
    named = {parameter.name: parameter.example for parameter in resource.filters if parameter.example}
    wanted = {
        "plans": ("is_current",),
        "areas": ("q",),
        "tasks": ("area", "department"),
        "indicators": ("area", "year"),
        "figures": ("year", "edition"),
        "opinions": ("group",),
        "replies": ("area", "year"),
    }[resource.name]
    return "?" + "&".join(f"{name}={quote(named[name])}" for name in wanted)


def examples_of(plan: Plan | None) -> list[Example]:
    """Every resource with examples from *plan*."""
    examples = []
    for resource in RESOURCES:
        path, item_path = f"/api/v1/{resource.path}", f"/api/v1/{resource.item_path}"
        if plan is None:
            examples.append(Example(resource, path, item_path, "" if resource.is_of_plan else path, "", ""))
            continue
        scope = Scope("", plan)
        found = resource.show(scope, resource.find(scope)[:1])
        here = path.replace("{plan}", plan.slug)
        first = json.loads(found[0]) if found and isinstance(found[0], str) else next(iter(found), None)
        item = first["links"]["self"] if first else ""
        examples.append(Example(resource, path, item_path, here, here + _narrowed(resource), item))
    return examples
