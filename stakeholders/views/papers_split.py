"""Splitting the text of a paper: paste, look over the proposed points, store them. The text itself is not stored."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from commons.acts import NotAllowedNow
from commons.values import small_whole
from plans.models import Plan
from stakeholders.forms.imports import MOST_POINTS, PaperTextForm, PointFormSet, merge_joined, rows_of
from stakeholders.models import PositionPaper
from stakeholders.permissions import get_deliberation_to_write, papers_lock
from stakeholders.selectors.papers import last_number
from stakeholders.selectors.references import PlanIndex, plain_code
from stakeholders.services.paper_imports import add_points
from stakeholders.splitting import Piece, split_text

TEMPLATE = "stakeholders/paper_split.html"


def _paper(request, slug, year, group_slug) -> PositionPaper:
    deliberation = get_deliberation_to_write(request.user, get_object_or_404(Plan, slug=slug), year)
    papers = PositionPaper.objects.select_related("deliberation__plan", "group")
    return get_object_or_404(papers, deliberation=deliberation, group__slug=group_slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request, slug, year, group_slug):
    paper = _paper(request, slug, year, group_slug)
    if lock := papers_lock(paper.deliberation):
        return _page(request, paper, status=409, refusal=str(lock))
    if request.method != "POST":
        return _page(request, paper, form=PaperTextForm())
    step = request.POST.get("step")
    if step == "save":
        return _save(request, paper)
    if step == "arrange":
        rows = merge_joined(rows_of(request.POST))
        return _page(request, paper, points=_proposals(paper, rows), after=request.POST.get("after", ""))
    return _propose(request, paper)


def _page(request, paper: PositionPaper, *, status=200, **context):
    context |= {"plan": paper.deliberation.plan, "deliberation": paper.deliberation, "paper": paper}
    return render(request, TEMPLATE, context, status=status)


def _propose(request, paper: PositionPaper):
    """The text, split; nothing is stored."""
    form = PaperTextForm(request.POST)
    if not form.is_valid():
        return _page(request, paper, form=form, status=422)
    index = PlanIndex(paper.deliberation.plan)
    pieces = split_text(form.cleaned_data["text"], {number: area.title for number, area in index.areas.items()})
    found = [piece for piece in pieces if not piece.is_heading and piece.text]
    if not found:
        form.add_error("text", _("의견으로 나눌 글이 없습니다. 제목만 있는지 확인해 주십시오."))
    elif len(found) > MOST_POINTS:
        message = _("한 번에 %(most)s개까지 나눌 수 있습니다. 지금은 %(count)s개이니 글을 나누어 붙여 넣어 주십시오.")
        form.add_error("text", message % {"most": MOST_POINTS, "count": len(found)})
    if form.errors:
        return _page(request, paper, form=form, status=422)
    points = PointFormSet(initial=[_row(piece, index) for piece in found], form_kwargs={"index": index})
    headings = [piece.text for piece in pieces if piece.is_heading]
    return _page(request, paper, points=points, headings=headings, after=last_number(paper))


def _row(piece: Piece, index: PlanIndex) -> dict:
    """What the form of a piece begins with: a code is proposed where it exists in the area."""
    code = plain_code(piece.codes[0]) if len(piece.codes) == 1 else ""
    meant = index.meant_by(index.areas.get(piece.area), code) if code else None
    return {
        "summary": piece.text,
        "kind": piece.hint.value,
        "area": str(piece.area) if piece.area in index.areas else "",
        "code": meant.code if meant else "",
        "cited_code": ", ".join(plain_code(each) for each in piece.codes),
    }


def _proposals(paper: PositionPaper, rows: list[dict]):
    return PointFormSet(initial=rows, form_kwargs={"index": PlanIndex(paper.deliberation.plan)})


def _save(request, paper: PositionPaper):
    """Store what is kept, after joining what is to be joined; faults leave everything as it was typed."""
    rows, after = merge_joined(rows_of(request.POST)), request.POST.get("after", "")
    index = PlanIndex(paper.deliberation.plan)
    points = PointFormSet(PointFormSet.data_of(rows), form_kwargs={"index": index})
    if not points.is_valid():
        return _page(request, paper, points=points, after=after, status=422)
    try:
        seen = small_whole(after)
        stored = add_points(actor=request.user, paper=paper, points=points.points, after=-1 if seen is None else seen)
    except NotAllowedNow as refusal:
        return _page(request, paper, points=points, after=last_number(paper), refusal=str(refusal), status=409)
    numbers = {"count": len(stored), "first": stored[0].number, "last": stored[-1].number}
    messages.success(request, _("의견 %(count)s건을 %(first)s번부터 %(last)s번까지 등록했습니다.") % numbers)
    return redirect("stakeholders:paper", paper.deliberation.plan.slug, paper.deliberation.year, paper.group.slug)
