"""Small parts of pages that print many times: made here as strings, because a template for each would be slow."""

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sdgplan.lib.charts import SPARK_HEIGHT, SPARK_WIDTH, sparkline
from sdgplan.lib.values import format_number

register = template.Library()


@lru_cache(maxsize=64)
def _badge(family: str, code: str, label: str) -> SafeString:
    if family == "status":
        return format_html(
            '<span class="status status-{0}"><svg class="status-icon" aria-hidden="true" focusable="false">'
            '<use href="#status-{0}"></use></svg>{1}</span>',
            code,
            label,
        )
    return format_html('<span class="tag tag-{}">{}</span>', code, label)


@register.filter
def status(choice) -> SafeString:
    """A verdict as shape and word; *choice* is a member of the Status choices."""
    return _badge("status", choice.value, str(choice.label))


@register.filter
def tag(choice) -> SafeString:
    """A state as a small labelled tag; *choice* is a member of any choices."""
    return _badge("tag", choice.value, str(choice.label))


@register.simple_tag
def spark(values, label: str) -> SafeString:
    """A sparkline of the numbers in *values* (None leaves a gap), read out as *label*."""
    lines, last = sparkline(values)
    if last is None:
        return SafeString("")
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}<circle cx="{}" cy="{}" r="3"/></svg>',
        SPARK_WIDTH,
        SPARK_HEIGHT,
        label,
        format_html_join("", '<polyline points="{}"/>', ((line,) for line in lines)),
        *last,
    )


@register.filter
def number(value, decimals: int = 0) -> str:
    """A Decimal with grouped thousands."""
    return "" if value is None else format_number(value, decimals)


@register.simple_tag(takes_context=True)
def query(context, **changes) -> str:
    """The present address's query with *changes* made; empty values are left out. Begins with '?'."""
    params = context["request"].GET.copy()
    params.pop("page", None)
    for name, value in changes.items():
        if value in (None, ""):
            params.pop(name, None)
        else:
            params[name] = value
    return f"?{params.urlencode()}"
