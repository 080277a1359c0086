"""Form widgets shared by the rooms, and how all widgets are printed."""

from functools import lru_cache

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html, format_html_join
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


def _attributes(widget: dict) -> str:
    given = ((name, value) for name, value in widget["attrs"].items() if value is not False)
    return "".join(f" {name}" if value is True else f' {name}="{conditional_escape(value)}"' for name, value in given)


def _input(context: dict) -> str:
    widget = context["widget"]
    value = "" if widget["value"] is None else f' value="{conditional_escape(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{conditional_escape(widget["name"])}"{value}{_attributes(widget)}>'


def _textarea(context: dict) -> str:
    widget = context["widget"]
    text = conditional_escape(widget["value"] or "")
    return f'<textarea name="{conditional_escape(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>'


def _select(context: dict) -> str:
    widget = context["widget"]
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _group(name: str | None, options: list[dict]) -> str:
    listed = "".join(
        f'\n  <option value="{conditional_escape(option["value"])}"{_attributes(option)}>'
        f"{conditional_escape(option['label'])}</option>"
        for option in options
    )
    return f'\n  <optgroup label="{conditional_escape(name)}">{listed}\n  </optgroup>' if name else listed


def _errors(context: dict) -> str:
    errors = context["errors"]
    if not errors:
        return ""
    name = f' id="{errors.field_id}_error"' if errors.field_id else ""
    listed = "".join(f"<li>{conditional_escape(error)}</li>" for error in errors)
    return f'<ul class="{context["error_class"]}"{name}>{listed}</ul>'


_WIDGETS = "django/forms/widgets/"
_INPUTS = ("text", "number", "hidden", "email", "password", "url", "search", "date", "checkbox")
_PRINTED = {f"{_WIDGETS}{kind}.html": _input for kind in _INPUTS} | {
    f"{_WIDGETS}textarea.html": _textarea,
    f"{_WIDGETS}select.html": _select,
    "django/forms/errors/list/default.html": _errors,
}


class PrintingRenderer(TemplatesSetting):
    """Prints the common widgets, and lists of errors, as Django's own templates do.

    A template for each, and one more for its attributes, was most of a page with many fields. Templates of ours that
    stand in for those of Django are not asked for what is printed here.
    """

    def render(self, template_name, context, request=None):
        printed = _PRINTED.get(template_name)
        return printed(context) if printed else super().render(template_name, context, request)
