"""Form widgets shared by the rooms."""

from functools import lru_cache

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@lru_cache(maxsize=1024)
def _options(pairs: tuple[tuple[str, str], ...], chosen: frozenset[str]) -> SafeString:
    """The options of a select: *pairs* of code and label, and the codes that are *chosen*."""
    rows = ((code, " selected" if code in chosen else "", label) for code, label in pairs)
    return format_html_join("", '\n  <option value="{}"{}>{}</option>', rows)


class QuickSelect(forms.Select):
    """A list of choices without groups, printed without a template for each: on lists these were most of a page."""

    def render(self, name, value, attrs=None, renderer=None):
        pairs = tuple(("" if code is None else str(code), str(label)) for code, label in self.choices)
        wanted = self.format_value(value)
        chosen = frozenset(code for code, _label in pairs if code in wanted)
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}\n</select>', name, attributes, _options(pairs, chosen))
