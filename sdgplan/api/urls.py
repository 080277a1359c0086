"""Addresses of the API. Keys are read by their parameters, so that a bad one is told in JSON as well."""

import re

from django.urls import path

from sdgplan.api import views
from sdgplan.api.catalogue import RESOURCES


def _route(described: str) -> str:
    return re.sub(r"{(\w+)}", r"<str:\1>", described)


app_name = "api"
urlpatterns = [
    path("", views.docs, name="docs"),
    path("openapi.json", views.description, name="description"),
    *(path(_route(resource.path), views.LISTS[resource.name], name=resource.name) for resource in RESOURCES),
    *(
        path(_route(resource.item_path), views.ITEMS[resource.name], name=f"{resource.name}_item")
        for resource in RESOURCES
    ),
    path("<path:rest>", views.elsewhere, name="elsewhere"),
]
