"""Small parts of pages that print many times: made here as strings, because a template for each would be slow."""

from functools import lru_cache

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from sdgplan.lib.charts import SPARK_HEIGHT, SPARK_WIDTH, sparkline
from sdgplan.lib.values import format_number

register = template.Library()


@lru_cache(maxsize=64)
def _badge(family: str, code: str, label: str) -> SafeString:
    if family in ("status", "track"):
        return format_html(
            '<span class="status {0}-{1}"><svg class="status-icon" aria-hidden="true" focusable="false">'
            '<use href="#{0}-{1}"></use></svg>{2}</span>',
            family,
            code,
            label,
        )
    return format_html('<span class="tag tag-{}">{}</span>', code, label)


@register.filter
def status(choice) -> SafeString:
    """A verdict as shape and word; *choice* is a member of the Status choices."""
    return _badge("status", choice.value, str(choice.label))


@register.filter
def track(choice) -> SafeString:
    """A verdict on the way to the last target as shape and word; *choice* is a member of the Track choices."""
    return _badge("track", choice.value, str(choice.label))


@register.filter
def verdict(choice) -> SafeString:
    """A member of the Status or of the Track choices, whichever it is."""
    return _badge(type(choice).__name__.lower(), choice.value, str(choice.label))


@register.simple_tag
def why(indicator, year: int, choice) -> SafeString:
    """The mark of a published verdict as a link to the page that explains it.

    *indicator* knows its area, code and `why_url(year)`; *choice* is a member of the Status or the Track choices. The
    link is named by the word of the verdict, the indicator's number, the year and what it leads to.
    """
    number = conditional_escape(f"{indicator.area.number}/{indicator.code}")
    return SafeString(
        f'<a class="why-mark" href="{conditional_escape(indicator.why_url(year))}">{verdict(choice)}'
        f'<span class="visually-hidden"> – {gettext("지표")} {number} {year} {gettext("판정 근거")}</span></a>'
    )


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
