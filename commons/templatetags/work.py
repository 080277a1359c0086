"""Rows of the work's long lists, made here as strings, because a page holds a hundred of them; texts are escaped."""

from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from commons.addresses import address
from commons.templatetags.ui import choice_label, tag

register = template.Library()


def _lines(text: str) -> str:
    """A text as it was typed, line by line."""
    return escape(text).replace("\r\n", "\n").replace("\r", "\n").replace("\n", "<br>")


def _day(at) -> str:
    return f"{localtime(at):%Y-%m-%d}" if at else ""


@register.simple_tag
def queue_rows(rows, verb: str, page: str) -> SafeString:
    """Table rows of results, each with its value and departments in words, and a button *verb* that leads to *page*.

    *rows* are triples: the result, its value, and the names of its departments.
    """
    department, actual_label, handed_in = _("부서"), _("실적"), _("제출")
    late = f' <span class="tag tag-late">{_("늦음")}</span>'
    written = []
    for result, actual, departments in rows:
        indicator, area = result.indicator, result.indicator.area
        title, number = escape(indicator.title), f"{area.number}/{escape(indicator.code)}"
        url = address(f"indicators:{page}", area.plan.slug, result.round.year, area.number, indicator.code)
        written.append(
            f'<tr><th scope="row" class="wide"><span class="code">{number}</span>{title}</th>\n'
            f'<td data-label="{department}">{escape(", ".join(departments))}</td>'
            f'<td data-label="{actual_label}" class="n">{escape(actual)}</td>\n'
            f'<td data-label="{handed_in}" class="num">{_day(result.submitted_at)}'
            f"{late if result.is_late else ''}</td>\n"
            f'<td><a class="button button-small" href="{escape(url)}">{verb}'
            f'<span class="visually-hidden"> – {title}</span></a></td></tr>'
        )
    return SafeString("".join(written))


DEMO = ' <span class="tag tag-demo">{}</span>'


def _decision(row) -> str:
    """What was decided about a finding, by whom and when; nothing while nobody has."""
    mark = row.mark
    if not mark:
        return ""
    changed = ""
    if row.state.value == "outdated":
        changed = f"{_('처리한 뒤 값이 바뀌었습니다. 앞선 처리')}: {escape(mark.get_state_display())}<br>"
    return (
        f'<p class="small">{changed}{_lines(mark.reason)} <span class="soft">{escape(mark.marked_by_name)} '
        f'<span class="num">{_day(mark.marked_at)}</span></span></p>'
    )


@register.simple_tag
def check_rows(rows, can_mark: bool, ticked, stale) -> SafeString:
    """Table rows of findings under a heading for each kind; with boxes to tick for those who may mark them.

    *ticked* and *stale* are keys of rows: those that were chosen, and of them those that no longer fit.
    """
    reason, decision = _("까닭"), _("처리")
    demo = DEMO.format(_("시범"))
    marked = ' class="is-stale"'
    written, code = [], None
    for row in rows:
        if row.finding.code != code:
            code = row.finding.code
            columns = 4 if can_mark else 3
            written.append(
                f'\n<tr class="group"><th colspan="{columns}" scope="rowgroup">{escape(row.label)}</th></tr>'
            )
        title, is_stale = escape(row.title), row.key in stale
        box = ""
        if can_mark:
            checked = " checked" if row.key in ticked and not is_stale else ""
            label = f"{escape(row.label)} {escape(row.place)} {title}"
            box = (
                f'<td class="tick"><input type="checkbox" name="chosen" value="{row.token}" aria-label="{label}"'
                f"{checked}></td>"
            )
        written.append(
            f"\n<tr{marked if is_stale else ''}>{box}\n"
            f'<th scope="row" class="wide"><a href="{escape(row.url)}"><span class="small soft">'
            f"{escape(row.place)}</span><br>{title}</a></th>\n"
            f'<td data-label="{reason}">{escape(row.reason)}{demo if row.finding.rests_on_demo else ""}</td>\n'
            f'<td data-label="{decision}">{tag(row.state)}{_decision(row)}</td></tr>\n'
        )
    return SafeString("".join(written))


@register.simple_tag
def tally(found) -> SafeString:
    """How many members rated an indicator how; a dash where nobody did."""
    if not found or not found.total:
        return SafeString('<span class="soft">–</span>')
    groups = ((_("목표치"), found.milestones), (_("연계"), found.goal_link))
    listed = "".join(f"<div><dt>{name}</dt><dd>{_counted(counts)}</dd></div>\n" for name, counts in groups)
    return SafeString(f'<dl class="tally">\n{listed}</dl>')


def _counted(counts) -> str:
    return "".join(
        f'<span>{choice_label(choice)} <b class="num">{count}</b></span>' for choice, count in counts if count
    )


@register.simple_tag
def revision_entry(entry) -> SafeString:
    """What was said about one part of the plan, but for the comments: its name, its ratings and its findings.

    *entry* has `kind`, `subject.number`, `departments`, `title` and `url`, a `tally` or None, and rows of findings.
    """
    departments = f" · {escape(', '.join(entry.departments))}" if entry.departments else ""
    head = f"{escape(entry.kind)} {escape(entry.subject.number)}{departments}"
    written = [
        f'<h2><span class="small soft">{head}</span><br><a href="{escape(entry.url)}">{escape(entry.title)}</a></h2>\n'
    ]
    if entry.tally:
        written.append(tally(entry.tally))
        written += [
            f'<p class="said"><b>{escape(member)}</b> <span class="small soft">{escape(verdict)}</span>'
            f"<br>{_lines(reason)}</p>"
            for member, verdict, reason in entry.tally.reasons
        ]
    return SafeString("".join([*written, "\n", *(_said(row) for row in entry.findings)]))


def _said(row) -> str:
    demo = DEMO.format(_("시범")) if row.finding.rests_on_demo else ""
    mark, reason = row.mark, ""
    if mark.reason:
        reason = f'<br><span class="soft">{escape(mark.marked_by_name)}: {escape(mark.reason)}</span>'
    return f'<p class="said">{tag(row.state)}{demo} <b>{escape(row.label)}</b><br>{escape(row.reason)}{reason}</p>'
