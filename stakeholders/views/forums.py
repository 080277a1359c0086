"""Work pages of a forum: opening it, its papers and points, and making them public."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import ActivityEntry
from accounts.permissions import can_run_rounds, require_round_runner
from commons.acts import NotAllowedNow
from stakeholders import services
from stakeholders.choices import QuestionStage
from stakeholders.forms.papers import DeliberationForm, NewPaperForm, OpinionForm, PaperForm, meetings_formset
from stakeholders.models import Deliberation, Opinion, PositionPaper
from stakeholders.permissions import (
    get_deliberation_for,
    papers_lock,
    papers_publication_lock,
    replies_publication_lock,
)
from stakeholders.selectors.work import (
    deliberations_with_counts,
    papers_with_counts,
    points_to_ask_about,
    question_rows,
    stage_counts,
    waiting_reports,
)
from stakeholders.services import StaleForm, meetings_in_words, token_of
from stakeholders.views.panels import forum_for_keeper, plan_for_overseer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deliberation_list(request, slug):
    """All forums of a plan, what waits in them, and a form to open the next one."""
    plan = plan_for_overseer(request, slug)
    form, status = DeliberationForm(plan=plan) if can_run_rounds(request.user) else None, 200
    if request.method == "POST":
        require_round_runner(request.user)
        form = DeliberationForm(request.POST, plan=plan)
        if form.is_valid():
            opened = services.open_deliberation(actor=request.user, deliberation=form.instance)
            messages.success(
                request, _("‘%(title)s’ 자리를 만들었습니다. 입장문서를 적어 주십시오.") % {"title": opened.title}
            )
            return redirect(opened)
        status = 422
    context = {
        "plan": plan,
        "forums": deliberations_with_counts(plan),
        "form": form,
        "reports": waiting_reports(plan) if can_run_rounds(request.user) else [],
    }
    return render(request, "stakeholders/deliberation_list.html", context, status=status)


def _board(request, forum: Deliberation, *, paper_form=None, status=200):
    rows = question_rows(forum)
    runs = can_run_rounds(request.user)
    chosen = request.GET.get("stage", "")
    # What is done is folded away unless it is asked for, or all there is.
    shown = [row for row in rows if (row.stage == chosen if chosen else row.stage != QuestionStage.PUBLISHED)]
    context = {
        "plan": forum.plan,
        "deliberation": forum,
        "runs": runs,
        "papers": papers_with_counts(forum),
        "rows": shown,
        "total": len(rows),
        "chosen": chosen,
        "late": sum(row.is_late for row in rows),
        "counts": stage_counts(rows),
        "lock": papers_lock(forum),
        "papers_wait": papers_publication_lock(forum),
        "replies_wait": replies_publication_lock(forum),
        "ready": sum(row.stage == QuestionStage.READY for row in rows),
        "paper_form": paper_form or (NewPaperForm(deliberation=forum) if runs and not papers_lock(forum) else None),
        "editions": forum.reply_publications.order_by("-edition"),
        "history": ActivityEntry.objects.about(forum).select_related("actor"),
    }
    return render(request, "stakeholders/deliberation.html", context, status=status)


@login_required
@require_safe
def deliberation(request, slug, year):
    """One forum: its papers, its questions with where they are, the late ones first, and what can be done."""
    return _board(request, get_deliberation_for(request.user, plan_for_overseer(request, slug), year))


@login_required
@require_POST
def paper_add(request, slug, year):
    """Give a group its paper."""
    forum = forum_for_keeper(request, slug, year)
    if lock := papers_lock(forum):
        messages.error(request, str(lock))
        return redirect(forum)
    form = NewPaperForm(request.POST, deliberation=forum)
    if not form.is_valid():
        return _board(request, forum, paper_form=form, status=422)
    chosen = form.cleaned_data
    try:
        paper = services.add_paper(actor=request.user, deliberation=forum, group=chosen["group"], name=chosen["name"])
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
        return redirect(forum)
    return redirect("stakeholders:paper", slug, year, paper.group.slug)


def _paper(request, slug, year, group_slug) -> PositionPaper:
    forum = forum_for_keeper(request, slug, year)
    return get_object_or_404(
        PositionPaper.objects.select_related("group__plan", "deliberation__plan"),
        deliberation=forum,
        group__slug=group_slug,
    )


def _seen(paper: PositionPaper) -> str:
    return token_of(paper, meetings_in_words(paper))


def _paper_page(request, paper, *, form=None, meetings=None, status=200, **context):
    context |= {
        "plan": paper.deliberation.plan,
        "deliberation": paper.deliberation,
        "paper": paper,
        "lock": papers_lock(paper.deliberation),
        "form": form or PaperForm(paper=paper, initial={"seen": _seen(paper)}),
        "meetings": meetings or meetings_formset(paper=paper),
        "points": points_to_ask_about(paper.deliberation).filter(paper=paper),
        "history": ActivityEntry.objects.about(paper).select_related("actor"),
    }
    return render(request, "stakeholders/paper.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def paper(request, slug, year, group_slug):
    """One paper: its date, overall opinion, participants and meetings, and its points below."""
    paper = _paper(request, slug, year, group_slug)
    if request.method != "POST":
        return _paper_page(request, paper)
    form, meetings = PaperForm(request.POST, paper=paper), meetings_formset(request.POST, paper=paper)
    if not (form.is_valid() and meetings.is_valid()):
        return _paper_page(request, paper, form=form, meetings=meetings, status=422)
    try:
        services.save_paper(
            actor=request.user,
            paper=paper,
            new=form.new_values,
            meetings=meetings.meetings,
            seen=form.cleaned_data["seen"],
        )
    except StaleForm as stale:
        form.rebase(_seen(stale.current))
        return _paper_page(request, paper, form=form, meetings=meetings, status=409, stale=stale.current)
    except NotAllowedNow as refusal:
        return _paper_page(request, paper, form=form, meetings=meetings, status=409, refusal=str(refusal))
    messages.success(request, _("%(group)s 입장문서를 저장했습니다.") % {"group": paper.group})
    return redirect("stakeholders:paper", slug, year, group_slug)


def _opinion_page(request, opinion, *, form=None, status=200, **context):
    paper = opinion.paper
    context |= {
        "plan": paper.deliberation.plan,
        "deliberation": paper.deliberation,
        "paper": paper,
        "opinion": opinion,
        "lock": papers_lock(paper.deliberation),
        "form": form or OpinionForm(opinion=opinion, plan=paper.deliberation.plan, initial={"seen": token_of(opinion)}),
    }
    return render(request, "stakeholders/opinion_form.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_form(request, slug, year, group_slug, number=None):
    """Write down a point of a paper, or change one, until the forum is public."""
    paper = _paper(request, slug, year, group_slug)
    if number is None:
        opinion = Opinion(paper=paper)
    else:
        opinion = get_object_or_404(Opinion.objects.select_related("area"), paper=paper, number=number)
        opinion.paper = paper
    if request.method != "POST":
        return _opinion_page(request, opinion)
    form = OpinionForm(request.POST, opinion=opinion, plan=paper.deliberation.plan)
    if not form.is_valid():
        return _opinion_page(request, opinion, form=form, status=422)
    try:
        saved = services.save_opinion(
            actor=request.user, opinion=opinion, new=form.new_values, seen=form.cleaned_data["seen"]
        )
    except StaleForm as stale:
        form.rebase(token_of(stale.current))
        return _opinion_page(request, opinion, form=form, status=409, stale=stale.current)
    except NotAllowedNow as refusal:
        return _opinion_page(request, opinion, form=form, status=409, refusal=str(refusal))
    messages.success(request, _("의견 %(number)d번을 저장했습니다.") % {"number": saved.number})
    if "again" in request.POST:
        return redirect("stakeholders:opinion_add", slug, year, group_slug)
    return redirect("stakeholders:paper", slug, year, group_slug)


@login_required
@require_POST
def opinion_remove(request, slug, year, group_slug, number):
    """Take out a point that was written down by mistake."""
    paper = _paper(request, slug, year, group_slug)
    opinion = get_object_or_404(Opinion.objects.select_related("paper__deliberation"), paper=paper, number=number)
    try:
        services.remove_opinion(actor=request.user, opinion=opinion)
    except NotAllowedNow as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("의견 %(number)d번을 지웠습니다.") % {"number": number})
    return redirect("stakeholders:paper", slug, year, group_slug)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def papers_publish(request, slug, year):
    """Make papers and points public, after showing what everybody will see."""
    forum = forum_for_keeper(request, slug, year)
    if request.method == "POST":
        try:
            services.publish_papers(actor=request.user, deliberation=forum)
        except NotAllowedNow as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("입장문서와 의견을 공개했습니다. 이제 누구나 볼 수 있습니다."))
        return redirect(forum)
    if lock := papers_publication_lock(forum):
        messages.error(request, str(lock))
        return redirect(forum)
    papers = papers_with_counts(forum)
    context = {
        "plan": forum.plan,
        "deliberation": forum,
        "papers": papers,
        "points": sum(paper.point_count for paper in papers),
        "empty": [paper for paper in papers if not paper.point_count],
    }
    return render(request, "stakeholders/papers_publish.html", context)
