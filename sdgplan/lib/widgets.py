"""Form widgets shared by the rooms."""

from functools import lru_cache

from django import forms
from django.forms.utils import flatatt
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[str, str], ...]) -> str:
    """The options of a select of which none is chosen."""
    return format_html_join("", '\n  <option value="{}">{}</option>', pairs)


class QuickSelect(forms.Select):
    """A list of choices without groups, printed without a template for each: on lists these were most of a page."""

    def render(self, name, value, attrs=None, renderer=None):
        options = _options(tuple(("" if code is None else str(code), str(label)) for code, label in self.choices))
        for code in self.format_value(value):
            start = f'<option value="{escape(code)}"'
            options = options.replace(f"{start}>", f"{start} selected>", 1)
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}\n</select>', name, attributes, mark_safe(options))
