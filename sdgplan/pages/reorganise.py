"""Pages on which the coordinator renames, merges and splits departments: fill in, look, confirm."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Department
from accounts.permissions import require_round_runner
from commons.acts import NotAllowedNow
from commons.values import small_whole
from indicators.people.selectors.reorganisation import preview_of
from indicators.people.services.reorganisation import reorganise
from plans.forms import FEWEST_PARTS, MOST_PARTS, MergeForm, RenameForm, SplitForm
from plans.models import Plan
from plans.selectors import Lineage, organisation_rows
from plans.services import CannotReorganise


def _plan_for_keeper(request, slug) -> Plan:
    plan = get_object_or_404(Plan, slug=slug)
    require_round_runner(request.user)
    return plan


@login_required
@require_safe
def organisation(request, slug):
    """Today's departments with what they hold, and all reorganisations so far."""
    plan = _plan_for_keeper(request, slug)
    context = {"plan": plan, "rows": organisation_rows(plan), "changes": Lineage().changes()}
    return render(request, "plans/reorganise_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename_department(request, slug, department_slug):
    plan = _plan_for_keeper(request, slug)
    department = get_object_or_404(Department, slug=department_slug)
    form = RenameForm(request.POST or None, department=department)
    return _step(request, plan, form, "plans/reorganise_rename.html", department=department)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def merge_departments(request, slug):
    plan = _plan_for_keeper(request, slug)
    form = MergeForm(request.POST or None)
    chosen = set(request.POST.getlist("departments"))
    rows = [(row, str(row.department.pk) in chosen) for row in organisation_rows(plan)]
    return _step(request, plan, form, "plans/reorganise_merge.html", rows=rows)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split_department(request, slug, department_slug):
    plan = _plan_for_keeper(request, slug)
    department = get_object_or_404(Department, slug=department_slug)
    count = small_whole(request.POST.get("part_total", "")) or FEWEST_PARTS
    count = min(max(count, FEWEST_PARTS), MOST_PARTS)
    if request.POST.get("step") == "more":
        return _one_more_part(request, plan, department, min(count + 1, MOST_PARTS))
    form = SplitForm(request.POST or None, department=department, part_count=count)
    context = {"department": department, "most_parts": MOST_PARTS}
    return _step(request, plan, form, "plans/reorganise_split.html", **context)


def _one_more_part(request, plan, department, count: int):
    """The same form with what was typed and one part more; nothing is checked yet."""
    form = SplitForm(department=department, part_count=count)
    form.initial = {name: value for name, value in request.POST.items() if name != "part_total"}
    context = {"plan": plan, "department": department, "form": form, "most_parts": MOST_PARTS}
    return render(request, "plans/reorganise_split.html", context)


def _step(request, plan, form, template: str, **context):
    """Show the form, then what would be done, then do it."""
    context = {"plan": plan, "form": form} | context
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return render(request, template, context, status=422)
    step = request.POST.get("step")
    if step == "edit":
        return render(request, template, context)
    what = {"old": form.old, "parts": form.parts, "on": form.cleaned_data["on"]}
    status = 200
    if step == "confirm":
        try:
            done = reorganise(
                actor=request.user,
                act=form.act,
                arguments=form.arguments,
                seen=request.POST.get("seen", ""),
                **what,
            )
        except CannotReorganise as refusal:
            for where, message in refusal.problems:
                form.refuse(where, message)
            return render(request, template, context, status=409)
        except NotAllowedNow as refusal:
            context["refusal"], status = str(refusal), 409
        else:
            names = ", ".join(department.name for department in done.new)
            messages.success(request, _("조직 개편을 반영했습니다. 새 부서: %(names)s") % {"names": names})
            return redirect("plans:organisation", plan.slug)
    context["preview"] = preview_of(**what)
    return render(request, "plans/reorganise_confirm.html", context, status=status)
