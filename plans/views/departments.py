"""Public pages of departments: those of today with their tasks, and those of the past with what became of them."""

from django.db.models import Prefetch, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Department, Team
from indicators.selectors.figures import FigureBoard

from ..selectors import Lineage, departments_of, plan_of
from ..stamps import public_page
from .public import headlines, ids_of, tasks_with_indicators


@require_safe
@public_page
def department_list(request, slug):
    plan = plan_of(slug)
    today = timezone.localdate()
    teams = Team.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    departments = list(departments_of(plan).valid_on(today).prefetch_related(Prefetch("teams", teams)))
    shown = {department.pk for department in departments}
    lineage = Lineage()
    changes = [
        change
        for change in lineage.changes()
        if any(department.pk in shown or lineage.heirs_of(department) & shown for department in change.new)
    ]
    context = {"plan": plan, "departments": departments, "changes": changes}
    return render(request, "plans/department_list.html", context)


@require_safe
@public_page
def department(request, slug, department_slug):
    plan = plan_of(slug)
    lineage = Lineage()
    department = departments_of(plan).filter(slug=department_slug).first()
    if department is None:
        return _past_department(request, plan, department_slug, lineage)
    board = FigureBoard(plan)
    rows = headlines(tasks_with_indicators().of_plan(plan).filter(department=department), board)
    context = {
        "plan": plan,
        "department": department,
        "board": board,
        "rows": rows,
        "began": lineage.start_of(department),
        "distribution": board.distribution(ids_of(rows)),
        "tracks": board.tracks(ids_of(rows)),
    }
    return render(request, "plans/department.html", context)


def _past_department(request, plan, department_slug, lineage: Lineage):
    """The address of a department stays valid after its end, as long as others carry on its tasks of this plan."""
    department = get_object_or_404(Department, slug=department_slug)
    if not departments_of(plan).filter(pk__in=lineage.heirs_of(department)).exists():
        raise Http404
    context = {
        "plan": plan,
        "department": department,
        "ended": lineage.end_of(department),
        "began": lineage.start_of(department),
    }
    return render(request, "plans/department_past.html", context)
