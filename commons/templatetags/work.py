"""Rows of the work's long lists, made here as strings, because a page holds a hundred of them; texts are escaped."""

from functools import lru_cache
from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language
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


@register.simple_tag(takes_context=True)
def queue_items(context, items) -> SafeString:
    """List items of results that wait for a decision, each with its value beside its target and last year's.

    The page says which one is shown (`row`, `is_chosen`), whether a head decides (`by_head`), whether items can be
    ticked (`tickable`), and whom those wait for that are decided elsewhere (`waits_for`: coordinator or head).
    """
    shown, page = context.get("row"), "endorse" if context.get("by_head") else "review"
    shown_pk = shown.result.pk if shown else None
    current = ' aria-current="true"' if context.get("is_chosen") else ""
    tickable, waits_for = context.get("tickable"), context.get("waits_for")
    words = _QueueWords()
    written = []
    for item in items:
        result, indicator, area = item.result, item.result.indicator, item.result.indicator.area
        url = address(f"indicators:{page}", area.plan.slug, result.round.year, area.number, indicator.code)
        marked, here = (' class="is-shown"', current) if result.pk == shown_pk else ("", "")
        written.append(
            f"\n<li{marked}>\n{words.tick(result) if tickable else ''}<div>\n"
            f'<a class="name" href="{escape(url)}"{here}><span class="code">{area.number}/{escape(indicator.code)}'
            f"</span>{escape(indicator.title)}</a>\n{words.figures(item)}{words.tags(item)}"
            f"{words.waiting(item, waits_for) if waits_for else ''}</div>\n</li>"
        )
    return SafeString("".join(written))


class _QueueWords:
    """What every item of a queue says in the same words."""

    def __init__(self):
        self.target, self.last = _("목표"), _("작년")
        self.choose = _("‘%(title)s’ 고르기")
        self.late = f' <span class="tag tag-late">{_("늦음")}</span>'
        self.again = f' <span class="tag">{_("다시 제출")}</span>'
        self.doubts, self.evidence = _("확인할 점"), _("증빙")

    def tick(self, result) -> str:
        name = f"chosen-{result.pk}"
        return (
            f'<span class="tick"><input type="checkbox" name="chosen" value="{result.pk}:{result.version}" id="{name}">'
            f'<label class="visually-hidden" for="{name}">{self.choose % {"title": escape(result.indicator.title)}}'
            "</label></span>\n"
        )

    def figures(self, item) -> str:
        change = f" · {escape(item.change)}" if item.change else ""
        return (
            f'<p class="small"><b class="num">{escape(item.actual)}</b> <span class="soft">{self.target} '
            f"{escape(item.target)} · {self.last} {escape(item.last)}{change}</span></p>\n"
        )

    def tags(self, item) -> str:
        result, evidence = item.result, len(item.result.evidence.all())
        return (
            f'<p class="small soft">{escape(", ".join(item.departments))} · '
            f'<span class="num">{_day(result.submitted_at)}</span>{self.late if result.is_late else ""}'
            f"{self.again if item.since_return else ''}{_counted_tag(self.doubts, len(item.doubts))}"
            f"{_counted_tag(self.evidence, evidence)}</p>\n"
        )

    @staticmethod
    def waiting(item, waits_for: str) -> str:
        if waits_for == "coordinator":
            said = _("총괄 담당자의 승인을 기다립니다.")
        elif item.heads:
            said = _("부서장 %(names)s의 확인을 기다립니다.") % {"names": escape(", ".join(item.heads))}
        else:
            said = _("부서장 계정이 없습니다. 기준정보 관리에서 만들어 주십시오.")
        return f'<p class="small soft">{said}</p>\n'


def _counted_tag(label: str, count: int) -> str:
    return f' <span class="tag">{label} {count}</span>' if count else ""


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
    groups = zip(_tally_words(get_language()), (found.milestones, found.goal_link), strict=True)
    listed = "".join(f"<div><dt>{name}</dt><dd>{_counted(counts)}</dd></div>\n" for name, counts in groups)
    return SafeString(f'<dl class="tally">\n{listed}</dl>')


@lru_cache
def _tally_words(language: str) -> tuple[str, str]:
    return _("목표치"), _("연계")


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
