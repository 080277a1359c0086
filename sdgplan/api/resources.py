"""What a resource of the API is, and the words its fields are described with."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from commons.text import search_words
from plans.models import Plan
from sdgplan.api.parameters import PLAN, Parameter


@dataclass(frozen=True)
class Scope:
    """What an answer is about: the plan (None for the list of plans), where the site stands, what was asked for."""

    site: str  # "https://host" without a slash at its end
    plan: Plan | None = None
    chosen: dict[str, Any] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """Beginning of the addresses of the plan's resources."""
        return f"{self.site}/api/v1/plans/{self.plan.slug}"

    @property
    def pages(self) -> str:
        """Beginning of the addresses of the plan's pages."""
        return f"{self.site}/plans/{self.plan.slug}"


@dataclass(frozen=True)
class Resource:
    """One kind of thing with its list and its items.

    `find` narrows to what was asked for, in a stable order; values of `key` come to it like those of `filters`.
    `show` turns a slice of that into dicts with exactly `fields`, or into their JSON.
    """

    name: str
    title: str | Promise
    description: str | Promise
    fields: dict[str, dict]
    key: tuple[Parameter, ...]
    filters: tuple[Parameter, ...]
    find: Callable[[Scope], QuerySet]
    show: Callable[[Scope, QuerySet], list[dict] | list[str]]

    @property
    def is_of_plan(self) -> bool:
        return PLAN not in self.key

    @property
    def path(self) -> str:
        """Address of the list under /api/v1/, with the plan as a parameter."""
        return f"plans/{{plan}}/{self.name}/" if self.is_of_plan else f"{self.name}/"

    @property
    def item_path(self) -> str:
        return self.path + "".join(f"{{{parameter.name}}}/" for parameter in self.key)

    @property
    def one(self) -> str:
        """Name of the schema of an item."""
        return self.name.removesuffix("s").capitalize() if self.name != "replies" else "Reply"


# --- schemas of fields


def text(description, **more) -> dict:
    return {"type": "string", "description": description, **more}


def whole(description, **more) -> dict:
    return {"type": "integer", "description": description, **more}


def number(description) -> dict:
    return {"type": "number", "description": description}


def flag(description) -> dict:
    return {"type": "boolean", "description": description}


def coded(choices, description, *more: str) -> dict:
    """One of a closed list; its Korean words stand in the description."""
    words = ", ".join(f"{value} {label}" for value, label in choices.choices)
    return {"type": "string", "enum": [*choices.values, *more], "description": f"{description}: {words}"}


def or_null(schema: dict) -> dict:
    if "enum" in schema:
        schema = schema | {"enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}


def array(items: dict, description) -> dict:
    return {"type": "array", "items": items, "description": description}


def exact(properties: dict[str, dict], description="") -> dict:
    """An object with all of *properties* and no other."""
    said = {"description": description} if description else {}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
        **said,
    }


def links(**described) -> dict:
    """The field of addresses; self and the HTML page come first."""
    return exact({name: text(words, format="uri") for name, words in described.items()})


# --- values and conditions


quoted = json.encoder.encode_basestring  # one text as JSON writes it


def as_json(content) -> str:
    """*content* as one line of JSON without spaces, letters as they are."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def plain(value: Decimal | float | None) -> int | float | None:
    """A number as JSON writes it. Exact for up to 15 significant digits, which is what is stored."""
    if value is None:
        return None
    whole = int(value)
    return whole if whole == value else float(value)


def having_words(typed: str | None, *fields: str) -> Q:
    """Every word of *typed* stands in at least one of *fields*."""
    condition = Q()
    for word in search_words(typed or ""):
        somewhere = Q()
        for name in fields:
            somewhere |= Q(**{f"{name}__icontains": word})
        condition &= somewhere
    return condition


def matching(chosen: dict, **lookups: str) -> dict:
    """Conditions of those of *lookups* (parameter=field) that were chosen."""
    return {lookup: chosen[name] for name, lookup in lookups.items() if name in chosen}
