"""The data check as a page: what is doubtful, and what the coordinator decided about it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import can_run_rounds, require_overseer, require_round_runner
from indicators.checking.forms.checks import CheckFilter, MarkForm
from indicators.checking.selectors.checks import check_rows
from indicators.checking.services.committee import StaleFindings, mark_findings
from indicators.choices import CheckState
from plans.models import Plan
from plans.stamps import shared_reads

PER_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@shared_reads
def checks(request, slug):
    """The findings, narrowed as the address says. Those who keep the plan tick some and decide about them at once."""
    plan = get_object_or_404(Plan, slug=slug)
    require_overseer(request.user)
    if request.method == "POST":
        return _mark(request, plan)
    return _page(request, plan, form=MarkForm())


def _page(request, plan, *, form, status=200, stale=frozenset()):
    rows = check_rows(plan)
    narrowed = CheckFilter(request.GET, rows, plan)
    page = Paginator(narrowed.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "plan": plan,
        "round": plan.rounds.filter(is_demo=True).first(),
        "filterset": narrowed,
        "page": page,
        "total": len(rows),
        "undecided": sum(row.state in CheckState.undecided() for row in rows),
        "form": form,
        "stale": stale,
        "can_mark": can_run_rounds(request.user),
        "query": request.GET.urlencode(),
    }
    return render(request, "indicators/checks.html", context, status=status)


def _mark(request, plan):
    require_round_runner(request.user)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _page(request, plan, form=form, status=422)
    data = form.cleaned_data
    try:
        marked = mark_findings(
            actor=request.user, plan=plan, tokens=data["chosen"], state=data["state"], reason=data["reason"]
        )
    except StaleFindings as stale:
        return _page(request, plan, form=form, status=409, stale=stale.keys)
    done = _("점검 결과 %(count)d건을 처리했습니다. (%(state)s)") % {"count": marked, "state": data["state"].label}
    messages.success(request, done if marked else _("이미 그렇게 처리되어 있어 바뀐 것이 없습니다."))
    return redirect(request.get_full_path())
