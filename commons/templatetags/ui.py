"""Small parts of pages that print many times: made here as strings, because a template for each would be slow."""

import json
from functools import lru_cache
from html import escape

from django import template
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from commons.charts import SPARK_HEIGHT, SPARK_WIDTH, sparkline
from commons.read_model import kept
from commons.tables import FORMATS
from commons.values import format_number

register = template.Library()


@lru_cache(maxsize=256, typed=True)  # members of two lists may be equal and yet have other labels
def _badge(family: str, choice, language: str) -> SafeString:
    """One badge for each choice and language, because looking up a label costs more than printing it."""
    code, label = choice.value, str(choice.label)
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
    return _badge("status", choice, get_language())


@register.filter
def track(choice) -> SafeString:
    """A verdict on the way to the last target as shape and word; *choice* is a member of the Track choices."""
    return _badge("track", choice, get_language())


@register.filter
def verdict(choice) -> SafeString:
    """A member of the Status or of the Track choices, whichever it is."""
    return _badge(type(choice).__name__.lower(), choice, get_language())


@register.simple_tag
def why(indicator, year: int, choice) -> SafeString:
    """The mark of a published verdict as a link to the page that explains it.

    *indicator* knows its area, code and `why_url(year)`; *choice* is a member of the Status or the Track choices. The
    link is named by the word of the verdict, the indicator's number, the year and what it leads to.
    """
    number = conditional_escape(f"{indicator.area.number}/{indicator.code}")
    return SafeString(
        f'<a class="why-mark" href="{conditional_escape(indicator.why_url(year))}">{verdict(choice)}'
        f'<span class="visually-hidden"> – {_("지표")} {number} {year} {_("판정 근거")}</span></a>'
    )


@register.filter
def tag(choice) -> SafeString:
    """A state as a small labelled tag; *choice* is a member of any choices."""
    return _badge("tag", choice, get_language())


@register.filter
def notice(level: str) -> str:
    """The kind of box in which a message stands; *level* is the name of the message's level."""
    return {"error": "error", "warning": "warn"}.get(level, "done")


ON_DARK = {"met", "poor", "on_track", "regress"}  # parts of a bar on which white reads better


@register.simple_tag
def distribution_figure(distribution, small: bool = False) -> SafeString:
    """The bar of a distribution with its legend and coverage; *small*: the bar and n/N alone."""
    parts, coverage = distribution.parts, distribution.coverage
    is_of_tracks = distribution.is_of_tracks
    rated = _("궤도를 산정한 지표") if is_of_tracks else _("판정한 지표")
    number = f"{coverage.rated}/{coverage.total}"
    said = ", ".join(f"{choice_label(part.choice)} {part.count}" for part in parts)
    bar = "".join(_part(part) for part in parts if part.count)
    figure = f'<svg class="dist-bar" role="img" aria-label="{said}, {rated} {number}">{bar}</svg>'
    if small:
        cover = f'<span class="dist-cover"><span class="visually-hidden">{rated} </span>{number}</span>'
        return SafeString(f'<div class="dist dist-small">{figure}{cover}</div>')
    share = distribution.met_share
    if share:
        score = f"{_('산정한 지표 가운데 정상 추진') if is_of_tracks else _('판정한 지표 가운데 달성')} {share}"
    elif is_of_tracks:
        score = _("산정한 지표가 적어 집계하지 않음")
    else:
        score = _("판정한 지표가 적어 집계하지 않음")
    legend = "".join(f"<li>{verdict(part.choice)} <b>{part.count}</b></li>" for part in parts)
    legend += f'<li class="dist-cover">{rated} {number} · {score}</li>'
    return SafeString(f'<div class="dist">{figure}</div><ul class="dist-legend">{legend}</ul>')


@lru_cache(maxsize=256, typed=True)
def _label_in(choice, language: str) -> str:
    return escape(str(choice.label))


def choice_label(choice) -> str:
    """The label of a member of any choices, escaped."""
    return _label_in(choice, get_language())


def _part(part) -> SafeString:
    code = part.choice.value
    count = ""
    if part.is_wide:
        colour = ' class="on-dark"' if code in ON_DARK else ""
        count = f'<text{colour} x="50%" y="50%" aria-hidden="true">{part.count}</text>'
    return SafeString(
        f'<svg x="{part.x}%" y="0" width="{part.width}%" height="100%">'
        f'<rect class="dist-{code}" width="100%" height="100%"/>{count}</svg>'
    )


@register.simple_tag
def spark(values, label: str) -> SafeString:
    """A sparkline of the numbers in *values* (None leaves a gap), read out as *label*."""
    lines, last = sparkline(values)
    if last is None:
        return SafeString("")
    drawn = "".join(f'<polyline points="{line}"/>' for line in lines)  # numbers alone, as all below but the label
    return SafeString(
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'{drawn}<circle cx="{last[0]}" cy="{last[1]}" r="3"/></svg>'
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


class FixedNode(template.Node):
    """A sentence that stands in the template itself: translated once for each language."""

    def __init__(self, sentence: TranslateNode):
        self.sentence, self.translated = sentence, {}

    def render(self, context):
        language = get_language()
        if language not in self.translated:
            self.translated[language] = self.sentence.render(context)
        return self.translated[language]


@register.tag
def translate(parser, token):
    """Django's tag of this name. What depends on nothing but the language is not looked up with every page."""
    node = do_translate(parser, token)
    said = node.filter_expression
    is_fixed = said.var.literal is not None and not (said.filters or node.asvar or node.message_context)
    return FixedNode(node) if is_fixed else node


class ReadyNode(template.Node):
    def __init__(self, nodes, name: str, keys):
        self.nodes, self.name, self.keys = nodes, name, keys

    def render(self, context):
        keys = [key.resolve(context, ignore_failures=True) for key in self.keys]
        return kept(("html", self.name, *keys), lambda: self.nodes.render(context))


@register.tag
def ready(parser, token):
    """`{% ready "name" key … %}…{% endready %}`: a part that is printed once for each state of what is public.

    The keys must say all that the part depends on besides what is public: never who reads it.
    """
    _tag, name, *keys = token.split_contents()
    nodes = parser.parse(("endready",))
    parser.delete_first_token()
    return ReadyNode(nodes, name.strip("\"'"), [parser.compile_filter(key) for key in keys])


@register.simple_tag
def json_ld(data: dict) -> SafeString:
    """A description for search engines. It is a block of data, no script, so the content policy lets it stand."""
    text = json.dumps(data, ensure_ascii=False).translate(
        {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
    )
    return SafeString(f'<script type="application/ld+json">{text}</script>')


@register.filter
def file_size(size: int) -> str:
    """A number of bytes as people read it."""
    return (
        f"{size:,}B" if size < 1000 else f"{size / 1000:,.1f}KB" if size < 1_000_000 else f"{size / 1_000_000:,.1f}MB"
    )


@register.simple_tag
def download_links(plan, *tables) -> SafeString:
    """Links to tables of the open data in every format, each named by what it holds.

    *tables* are triples: name of a table, what people call it, and the query that narrows it ('?…').
    """
    lines = [
        format_html(
            '<li><span class="soft">{}</span> {}</li>',
            title,
            format_html_join(
                " ",
                '<a href="{}{}"><span class="visually-hidden">{} </span>{}</a>',
                (
                    (reverse("data:table", args=[plan.slug, name, kind.suffix]), query.rstrip("?"), title, kind.label)
                    for kind in FORMATS.values()
                ),
            ),
        )
        for name, title, query in zip(tables[::3], tables[1::3], tables[2::3], strict=True)
    ]
    return format_html(
        '<div class="downloads small"><b>{}</b><ul>{}</ul></div>',
        _("이 목록 내려받기"),
        format_html_join("", "{}", ((line,) for line in lines)),
    )
