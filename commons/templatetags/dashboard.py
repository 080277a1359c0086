"""Rows of the dashboard, made here as strings: a page holds hundreds, and a template for each would be slow.

Every filter takes all rows of a list at once, so that a word is looked up once and not in every row. What leads
somewhere takes the view's Links beside them. Texts are escaped here.
"""

from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commons.read_model import kept
from commons.templatetags.ui import spark, status, tag

register = template.Library()


class _Once(dict):
    """What *make* makes of a key, made once for each."""

    def __init__(self, make):
        self.make = make

    def __missing__(self, key):
        self[key] = made = self.make(key)
        return made


@register.filter
def selects(fields) -> SafeString:
    """Form fields with a select each; `options` are (value, label, whether it is chosen), `error` a sentence or ''."""
    written = []
    for field in fields:
        choices = "".join(
            f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'
            for value, label, chosen in field.options
        )
        id_ = f"id_{field.name}"
        fault = f' aria-invalid="true" aria-describedby="{id_}_error"' if field.error else ""
        said = f'<p class="errorlist" id="{id_}_error">{escape(field.error)}</p>' if field.error else ""
        written.append(
            f'<div class="field"><label for="{id_}">{escape(field.label)}</label>'
            f'<select name="{field.name}" id="{id_}"{fault}>{choices}</select>{said}</div>'
        )
    return SafeString("".join(written))


def _bar(distribution) -> str:
    parts = "".join(
        f'<rect class="dist-{part.choice.value}" x="{part.x}%" width="{part.width}%" height="100%"/>'
        for part in distribution.parts
        if part.count
    )
    return f'<svg class="dist-bar" aria-hidden="true">{parts}</svg>'


@register.filter
def bar(distribution) -> SafeString:
    """The bar alone, for places that say its numbers beside it."""
    return SafeString(_bar(distribution))


def _cells(distribution, labels) -> str:
    """Bar, counts, coverage and the share of met; the bar says nothing that the counts do not."""
    counts = "".join(
        f'<td class="n" data-label="{labels[choice]}">{count}</td>' for choice, count in distribution.counts.items()
    )
    coverage = distribution.coverage
    return (
        f'<td class="dist-cell">{_bar(distribution)}</td>{counts}'
        f'<td class="n" data-label="{labels["coverage"]}">{coverage.rated}/{coverage.total}</td>'
        f'<td class="n" data-label="{labels["share"]}">{distribution.met_share or labels["low"]}</td>'
    )


def _labels() -> _Once:
    labels = _Once(lambda choice: str(choice.label))
    labels["coverage"], labels["share"] = _("판정한 지표"), _("달성 비율")
    labels["low"] = f'<span class="soft">{_("판정 부족")}</span>'
    return labels


@register.filter
def dist_head(statuses) -> SafeString:
    """The column heads of a table of distributions, after the first."""
    counts = "".join(f'<th scope="col" class="n">{status(choice)}</th>' for choice in statuses)
    return SafeString(
        f'<th scope="col" class="dist-cell">{_("분포")}</th>{counts}<th scope="col" class="n">{_("판정한 지표")}</th>'
        f'<th scope="col" class="n">{_("달성 비율")}</th>'
    )


@register.filter
def dist_rows(rows, moves=None) -> SafeString:
    """Table rows of (address or '', part); with *moves* also how many verdicts of the part rose and fell."""
    labels, rose, fell = _labels(), _("나아짐"), _("나빠짐")
    written = []
    for link, part in rows:
        name = f'<span class="code">{part.code}</span>{escape(part.title)}' if part.code else escape(part.title)
        name = f'<a href="{escape(link)}">{name}</a>' if link else name
        name += "".join(f' <span class="tag tag-{kind}">{word}</span>' for kind, word in part.marks)
        written.append(f'<tr><th scope="row">{name}</th>{_cells(part.distribution, labels)}')
        if moves:
            written.append(f'<td class="n" data-label="{rose}">{part.better}</td>')
            written.append(f'<td class="n" data-label="{fell}">{part.worse}</td>')
        written.append("</tr>")
    return SafeString("".join(written))


def _mark(choice) -> str:
    """A verdict as shape and word, in few characters: a heat map holds hundreds."""
    return f'<svg aria-hidden="true"><use href="#status-{choice.value}"/></svg>{choice.short}'


def _name(place, links) -> str:
    """The indicator by its code, where its area is said above."""
    return f'<a href="{links.indicator(place)}"><span class="code">{place.code}</span>{escape(place.title)}</a>'


def _full_name(place, links, area: str) -> str:
    """The indicator by area and code, because codes begin anew in every area. *area* is the word for one."""
    return (
        f'<a href="{links.indicator(place)}"><span class="code">{area} {place.area} · {place.code}</span>'
        f"{escape(place.title)}</a>"
    )


@register.filter
def heat_bodies(board, links) -> SafeString:
    """The bodies of a Dashboard's heat map; every verdict leads to its explanation.

    What is printed for a place does not depend on which places are chosen, so that is ready for the next choice.
    """
    begin = _Once(lambda cell: f'<td><a class="heat-{cell[1].value}" href="{links.why_root(cell[0])}')
    end = _Once(lambda cell: f'{links.why_end(cell[0])}">{_mark(cell[1])}</a></td>')
    rated = _("%(year)s년 판정") % {"year": board.shown.year}
    span = len(board.plan.years) + 1

    def row(place) -> str:
        tail = links.tail(place)
        cells = [begin[cell] + tail + end[cell] if cell[1] else "<td></td>" for cell in board.verdicts(place)]
        return f'<tr><th scope="row">{_name(place, links)}</th>{"".join(cells)}</tr>'

    written = []
    for name, distribution, places in board.by_area():
        coverage = distribution.coverage
        written.append(
            f'<tbody><tr class="group"><th scope="rowgroup" colspan="{span}"><span>{escape(name)} '
            f'<span class="soft num">{rated} {coverage.rated}/{coverage.total}</span></span></th></tr>'
        )
        written += [kept(("heat row", place.pk, links.unpublished), lambda place=place: row(place)) for place in places]
        written.append("</tbody>")
    return SafeString("".join(written))


@register.filter
def place_items(places, links) -> SafeString:
    """List items of indicators with their departments."""
    area = _("분야")
    return SafeString(
        "".join(
            f"<li>{_full_name(place, links, area)} "
            f'<span class="soft">{escape(", ".join(place.departments.values()))}</span></li>'
            for place in places
        )
    )


@register.filter
def change_items(changes, links) -> SafeString:
    """List items of verdicts that moved: the old and the new one, with their rates."""
    badges, area = _Once(status), _("분야")
    return SafeString(
        "".join(
            f'<li>{_full_name(change.place, links, area)}<div class="list-row small">'
            f'<span class="moved">{badges[change.before]} → {badges[change.now]}</span>'
            f'<span class="num soft">{change.rates}</span></div></li>'
            for change in changes
        )
    )


@register.filter
def line_items(lines, links) -> SafeString:
    """List items of indicators with result, target and verdict, as short as a first screen needs them."""
    badges, area, actual, target = _Once(status), _("분야"), _("실적"), _("목표")
    return SafeString(
        "".join(
            f'<li>{_full_name(line.place, links, area)}<div class="list-row small">{_verdict(line, links, badges)}'
            f'<span class="soft">{actual} <b class="num">{_amount(line.actual, line.actual_unit)}</b>'
            f' / {target} <span class="num">{_amount(line.target, line.target_unit)}</span></span>'
            "</div></li>"
            for line in lines
        )
    )


@register.filter
def line_rows(lines, links) -> SafeString:
    """Table rows of indicators: department, target, result, rate, course and verdict."""
    badges, tags, course = _Once(status), _Once(tag), _("실적 추이")
    area, by, target, actual = _("분야"), _("담당부서"), _("목표"), _("실적")
    rate, trend, verdict = _("달성률"), _("추이"), _("판정")
    return SafeString(
        "".join(
            f'<tr><th scope="row" class="wide">{_full_name(line.place, links, area)}</th>'
            f'<td data-label="{by}">{escape(line.departments)}</td>'
            f'<td class="n" data-label="{target}">{_amount(line.target, line.target_unit)}</td>'
            f'<td class="n" data-label="{actual}">{_amount(line.actual, line.actual_unit)}</td>'
            f'<td class="n" data-label="{rate}">{line.rate or "–"}</td>'
            f'<td data-label="{trend}">{spark(line.course, course) or "–"}</td>'
            f'<td data-label="{verdict}">{_verdict(line, links, badges)}'
            f"{tags[line.state] if line.state else ''}</td></tr>"
            for line in lines
        )
    )


def _amount(written: str, unit: str) -> str:
    return f'{escape(written)}<span class="unit">{escape(unit)}</span>' if unit else escape(written)


def _verdict(line, links, badges) -> str:
    return f'<a class="verdict" href="{links.why(line.place, line.year)}">{badges[line.status]}</a>'
