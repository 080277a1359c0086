"""Rows of voices, made here as strings, because a page holds a hundred of them. Texts are escaped here."""

from html import escape

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


def _lines(text: str) -> str:
    """A text as it was typed, line by line."""
    return "<br>".join(escape(text).splitlines())


def _said(reply, stances: dict[str, str]) -> str:
    """Stance and words of a reply. *stances* keeps each label, because looking one up costs more than printing it."""
    stance = stances.get(reply.stance)
    if stance is None:
        label = escape(reply.get_stance_display())
        stance = reply.stance and f'<span class="tag tag-{reply.stance}">{label}</span> '
        stances[reply.stance] = stance
    reason = f'<br><span class="small">{_("사유")}: {_lines(reply.reason)}</span>' if reply.reason else ""
    return f"{stance}{_lines(reply.summary) or '–'}{reason}"


@register.filter
def edition_items(rows) -> SafeString:
    """List items of an edition's replies: the question, the departments, the answer, and the one before if it changed.

    A row has `reply`, the names of its `departments`, `change` ('', 'new' or 'changed') and `before`.
    """
    question = _("질의 %(number)s")
    marks = {"": "", "new": _("이 판에 새로 실림"), "changed": _("이 판에서 바뀜")}
    marks = {change: word and f' <span class="tag tag-open">{word}</span>' for change, word in marks.items()}
    earlier = _("앞선 판의 답변")
    stances, written = {}, []
    for row in rows:
        reply, asked = row.reply, row.reply.inputs["question"]
        number, names = question % {"number": asked["number"]}, escape(", ".join(row.departments))
        before = ""
        if row.before:
            before = f"<details><summary>{earlier}</summary><p>{_said(row.before, stances)}</p></details>"
        written.append(
            f'<li class="point-row"><p class="small soft">{number} · {names}{marks[row.change]}</p>'
            f'<p class="said">{escape(asked["summary"])}</p>'
            f'<div class="answers">{_said(reply, stances)}</div>{before}</li>'
        )
    return SafeString("".join(written))


@register.simple_tag
def stance_bar(outcome) -> SafeString:
    """The stances of replies as a bar; words where there are none."""
    if not outcome.replies:
        return SafeString(f'<p class="soft small">{_("답변이 없습니다.")}</p>')
    parts = outcome.parts
    said = ", ".join(f"{part.choice.label} {part.count}" for part in parts)
    drawn = "".join(_bar_part(part) for part in parts if part.count)
    return SafeString(f'<svg class="dist-bar" role="img" aria-label="{escape(said)}">{drawn}</svg>')


ON_DARK = {"accepted", "partly"}  # parts of the bar on which white reads better


def _bar_part(part) -> str:
    code, count = part.choice.value, ""
    if part.is_wide:
        colour = ' class="on-dark"' if code in ON_DARK else ""
        count = f'<text{colour} x="50%" y="50%" aria-hidden="true">{part.count}</text>'
    return (
        f'<svg x="{part.x}%" y="0" width="{part.width}%" height="100%">'
        f'<rect class="dist-{code}" width="100%" height="100%"/>{count}</svg>'
    )
