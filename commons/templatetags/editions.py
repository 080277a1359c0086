"""The rows of an edition's record, made as strings, because a loop in a template costs several times as much."""

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commons.templatetags.ui import verdict

register = template.Library()


@register.simple_tag
def record_rows(plan, publication, rows) -> SafeString:
    """The figures of an edition as table rows; each verdict leads to what explains it in this very edition."""
    year, edition = publication.round.year, publication.edition
    root = reverse("indicators:why", args=[plan.slug, 0, "0", 0]).removesuffix("0/0/why/0/")
    target, actual, rate, status = _("목표"), _("실적"), _("달성률"), _("판정")
    departments, why = _("담당부서"), _("판정 근거")
    marks = {}
    parts = []
    for row in rows:
        number = f"{row.area}/{conditional_escape(row.code)}"
        if row.status not in marks:
            marks[row.status] = verdict(row.status)
        unit = f'<span class="unit">{conditional_escape(row.unit)}</span>' if row.unit else ""
        planned = f"{conditional_escape(row.target)}{unit if row.target_number else ''}"
        reached = f"{conditional_escape(row.actual)}{unit if row.actual_number else ''}"
        parts.append(
            f'<tr><th scope="row" class="wide"><span class="code">{number}</span>{conditional_escape(row.title)}</th>'
            f'<td data-label="{departments}">{conditional_escape(row.departments)}</td>'
            f'<td class="n" data-label="{target}">{planned}</td>'
            f'<td class="n" data-label="{actual}">{reached}</td>'
            f'<td class="n" data-label="{rate}">{row.rate or "–"}</td>'
            f'<td data-label="{status}"><a class="why-mark" href="{root}{number}/why/{year}/?edition={edition}">'
            f'{marks[row.status]}<span class="visually-hidden"> – {_("지표")} {number} {why}</span></a></td></tr>'
        )
    return SafeString("".join(parts))
