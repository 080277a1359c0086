"""Public pages of departments: those of today with their tasks, and those of the past with what became of them."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Department
from indicators.figures.selectors.shared import board_of
from plans.selectors import Lineage, departments_in_charge, departments_of, departments_today, lineage, plan_of
from plans.stamps import public_page
from sdgplan.pages.plan import headlines, ids_of, tasks_of


@require_safe
@public_page
def department_list(request, slug):
    plan = plan_of(slug)
    departments, of_all = departments_today(plan), lineage()
    shown = {department.pk for department in departments}
    changes = [
        change
        for change in of_all.changes()
        if any(department.pk in shown or of_all.heirs_of(department) & shown for department in change.new)
    ]
    rows = [(department, ", ".join(team.name for team in department.teams.all())) for department in departments]
    context = {"plan": plan, "rows": rows, "changes": changes}
    return render(request, "plans/department_list.html", context)


@require_safe
@public_page
def department(request, slug, department_slug):
    plan = plan_of(slug)
    department = departments_in_charge(plan).get(department_slug)
    if department is None:
        return _past_department(request, plan, department_slug, lineage())
    board = board_of(plan)
    rows = headlines((task for task in tasks_of(plan).values() if task.department_id == department.pk), board)
    context = {
        "plan": plan,
        "department": department,
        "board": board,
        "rows": rows,
        "began": lineage().start_of(department),
        "distribution": board.distribution(ids_of(rows)),
        "tracks": board.tracks(ids_of(rows)),
    }
    return render(request, "plans/department.html", context)


def _past_department(request, plan, department_slug, of_all: Lineage):
    """The address of a department stays valid after its end, as long as others carry on its tasks of this plan."""
    department = get_object_or_404(Department, slug=department_slug)
    if not departments_of(plan).filter(pk__in=of_all.heirs_of(department)).exists():
        raise Http404
    context = {
        "plan": plan,
        "department": department,
        "ended": of_all.end_of(department),
        "began": of_all.start_of(department),
    }
    return render(request, "plans/department_past.html", context)
