"""Form widgets shared by the rooms."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join


class QuickSelect(forms.Select):
    """A list of choices without groups, printed without a template for each: on lists these were most of a page."""

    def render(self, name, value, attrs=None, renderer=None):
        chosen = set(self.format_value(value))
        pairs = [("" if code is None else str(code), label) for code, label in self.choices]
        options = format_html_join(
            "",
            '\n  <option value="{}"{}>{}</option>',
            ((code, " selected" if code in chosen else "", label) for code, label in pairs),
        )
        return format_html(
            '<select name="{}"{}>{}\n</select>', name, flatatt(self.build_attrs(self.attrs, attrs)), options
        )
