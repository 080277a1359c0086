"""Pages of the committee's work: indicators one after the other, comments and answers, the list for the revision."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can_run_rounds, require_overseer
from commons.acts import NotAllowedNow
from indicators.checking.forms.committee import AnswerForm, CommitteeCommentForm, RatingForm
from indicators.checking.revision import SHEET, revision_csv, revision_workbook
from indicators.checking.selectors.checks import check_rows
from indicators.checking.selectors.committee import comments_about, rated_indicator, rating_rows, revision_entries
from indicators.checking.services.committee import (
    StaleComment,
    StaleRating,
    add_committee_comment,
    answer_comment,
    rate_indicator,
)
from indicators.figures.selectors.shared import board_of, indicator_at, series_of_indicator
from indicators.models import Indicator
from indicators.permissions import answers_comment, get_committee_comment_for, require_answerer, require_rater
from plans.models import Area, Plan
from plans.stamps import shared_reads

FILES = {
    "csv": ("text/csv; charset=utf-8", revision_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", revision_workbook),
}


def _plan_for_overseer(request, slug) -> Plan:
    plan = get_object_or_404(Plan, slug=slug)
    require_overseer(request.user)
    return plan


@login_required
@require_safe
@shared_reads
def committee_list(request, slug):
    """Every indicator with the reader's rating and everybody's, by area; where a member goes on."""
    plan = _plan_for_overseer(request, slug)
    rows = rating_rows(plan, request.user)
    context = {
        "plan": plan,
        "rows": rows,
        "rated": sum(row.own is not None for row in rows),
        "first_left": next((row for row in rows if row.own is None), None),
        "rates": request.user.is_committee,
    }
    return render(request, "indicators/committee_list.html", context)


# --- one indicator


def _indicator(plan, area_number, code) -> Indicator:
    indicators = Indicator.objects.of_plan(plan).select_related("area__plan")
    return get_object_or_404(indicators, area__number=area_number, code=code)


def _address(indicator, name="committee_indicator") -> str:
    area = indicator.area
    return reverse(f"indicators:{name}", args=[area.plan.slug, area.number, indicator.code])


def _indicator_page(request, plan, area_number, code, *, rating_form=None, comment_form=None, status=200, **context):
    indicator = indicator_at(plan, area_number, code)
    if indicator is None:
        raise Http404
    rated = rated_indicator(plan, indicator, request.user)
    key = f"indicator/{indicator.area.number}/{indicator.code}"
    rates = request.user.is_committee
    context |= {
        "plan": plan,
        "area": indicator.area,
        "indicator": indicator,
        "board": board_of(plan),
        "series": series_of_indicator(plan, indicator),
        "goals": list(dict.fromkeys(task.target.goal for task in indicator.tasks.all())),
        "departments": list(dict.fromkeys(task.department for task in indicator.tasks.all())),
        "findings": [row for row in check_rows(plan) if row.finding.subject.key == key],
        "row": rated,
        "number": rated.number,
        "count": rated.count,
        "previous": rated.previous,
        "next": rated.next,
        "rating_form": rating_form or (RatingForm(rating=rated.own) if rates else None),
        "comments": comments_about(area=indicator.area, indicator=indicator),
        "comment_form": comment_form or CommitteeCommentForm(area=indicator.area, indicator=indicator),
        "comments_url": _address(indicator, "committee_comments"),
    }
    return render(request, "indicators/committee_indicator.html", context, status=status)


@login_required
@require_safe
@shared_reads
def committee_indicator(request, slug, area_number, code):
    """One indicator's published figures beside the member's rating and the comments on it."""
    plan = _plan_for_overseer(request, slug)
    return _indicator_page(request, plan, area_number, code)


@login_required
@require_POST
def rate(request, slug, area_number, code):
    """Store the member's rating; then the next indicator is shown, unless another button was pressed."""
    plan = _plan_for_overseer(request, slug)
    indicator = _indicator(plan, area_number, code)
    require_rater(request.user)
    form = RatingForm(request.POST, rating=None)
    if not form.is_valid():
        return _indicator_page(request, plan, area_number, code, rating_form=form, status=422)
    try:
        rate_indicator(actor=request.user, indicator=indicator, **form.cleaned_data)
    except StaleRating as stale:
        form.rebase(stale.current.version)
        return _indicator_page(
            request, plan, area_number, code, rating_form=form, stale_rating=stale.current, status=409
        )
    messages.success(request, _("‘%(title)s’ 평가를 저장했습니다.") % {"title": indicator.title})
    if request.POST.get("then") == "stay":
        return redirect(_address(indicator))
    indicators = list(Indicator.objects.of_plan(plan).select_related("area__plan"))
    place = indicators.index(indicator) + 1
    if place < len(indicators):
        return redirect(_address(indicators[place]))
    return redirect("indicators:committee_list", plan.slug)


# --- comments


@login_required
@require_POST
def committee_comments(request, slug, area_number, code):
    """Address a comment on an indicator to a department."""
    plan = _plan_for_overseer(request, slug)
    indicator = _indicator(plan, area_number, code)
    form = CommitteeCommentForm(request.POST, area=indicator.area, indicator=indicator)
    if not form.is_valid():
        return _indicator_page(request, plan, area_number, code, comment_form=form, status=422)
    try:
        add_committee_comment(actor=request.user, area=indicator.area, indicator=indicator, **form.cleaned_data)
    except NotAllowedNow as refusal:
        return _indicator_page(request, plan, area_number, code, comment_form=form, refusal=str(refusal), status=409)
    messages.success(request, _sent(form))
    return redirect(f"{_address(indicator)}#comments")


def _sent(form) -> str:
    return _("%(department)s에 의견을 보냈습니다.") % {"department": form.cleaned_data["department"]}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def committee_area(request, slug, number):
    """The comments on an area as a whole."""
    plan = _plan_for_overseer(request, slug)
    area = get_object_or_404(Area.objects.select_related("plan"), plan=plan, number=number)
    form, status, context = CommitteeCommentForm(request.POST or None, area=area), 200, {}
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                add_committee_comment(actor=request.user, area=area, indicator=None, **form.cleaned_data)
            except NotAllowedNow as refusal:
                context["refusal"], status = str(refusal), 409
            else:
                messages.success(request, _sent(form))
                return redirect(request.path + "#comments")
    context |= {
        "plan": plan,
        "area": area,
        "areas": Area.objects.filter(plan=plan),
        "comments": comments_about(area=area, indicator=None),
        "comment_form": form,
        "comments_url": request.path,
    }
    return render(request, "indicators/committee_area.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def committee_comment(request, slug, pk):
    """One comment with its answer, which the officers of the addressed department write."""
    plan = get_object_or_404(Plan, slug=slug)
    comment = get_committee_comment_for(request.user, plan, pk)
    answers = answers_comment(request.user, comment)
    form, status, context = AnswerForm(comment=comment) if answers else None, 200, {}
    if request.method == "POST":
        require_answerer(request.user, comment)
        form, status = AnswerForm(request.POST, comment=comment), 422
        if form.is_valid():
            comment.version = form.cleaned_data["version"]
            try:
                answer_comment(actor=request.user, comment=comment, text=form.cleaned_data["answer"])
            except StaleComment as stale:
                comment, status, context["stale"] = stale.current, 409, True
                form.rebase(comment.version)
            else:
                messages.success(request, _("답변을 저장했습니다. 위원과 총괄 담당자에게 보입니다."))
                return redirect("indicators:work", plan.slug)
    context |= {"plan": plan, "comment": comment, "form": form}
    return render(request, "indicators/committee_comment.html", context, status=status)


# --- the list for the next revision


@login_required
@require_safe
@shared_reads
def revision(request, slug):
    """What was rated, marked for revision or commented on, gathered for the next revision of the plan."""
    plan = _plan_for_overseer(request, slug)
    context = {
        "plan": plan,
        "round": plan.rounds.filter(is_demo=True).first(),
        "entries": revision_entries(plan),
        "can_mark": can_run_rounds(request.user),
    }
    return render(request, "indicators/revision.html", context)


@login_required
@require_safe
@shared_reads
def revision_file(request, slug, file_format):
    """The same list as a file."""
    plan = _plan_for_overseer(request, slug)
    content_type, write = FILES[file_format]
    response = HttpResponse(write(revision_entries(plan)), content_type=content_type)
    name = f"{plan} {SHEET}.{file_format}"
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
