"""Open-data tables: one tidy table each, with the columns of docs/open-data.md."""

from plans.models import Plan
from sdgplan.lib.values import Value, plain_number

from ..models import Figure, Indicator, Milestone

INDICATOR_COLUMNS = [
    "area_no",
    "indicator_code",
    "title",
    "unit",
    "direction",
    "value_kind",
    "task_codes",
    "departments",
]
MILESTONE_COLUMNS = ["area_no", "indicator_code", "year", "value", "text", "missing_reason"]
FIGURE_COLUMNS = [
    "area_no",
    "indicator_code",
    "year",
    "edition",
    "target",
    "actual",
    "text",
    "missing_reason",
    "attainment",
    "status",
]


def indicator_table(plan: Plan):
    indicators = Indicator.objects.of_plan(plan).select_related("area").prefetch_related("tasks__department")
    for i in indicators:
        tasks = list(i.tasks.all())
        departments = dict.fromkeys(task.department.name for task in tasks)
        yield (
            i.area.number,
            i.code,
            i.title,
            i.unit,
            i.direction,
            i.value_kind,
            ";".join(task.code for task in tasks),
            ";".join(departments),
        )


def milestone_table(plan: Plan):
    """One row per indicator and year of the plan; a year without a stored milestone has its reason."""
    stored = {(m.indicator_id, m.year): m for m in Milestone.objects.filter(indicator__area__plan=plan)}
    for i in Indicator.objects.of_plan(plan).select_related("area"):
        for year in plan.years:
            milestone = stored.get((i.pk, year))
            value = milestone.reading if milestone else Value(missing="none_planned")
            yield i.area.number, i.code, year, plain_number(value.number), value.text, value.missing


def figure_table(plan: Plan):
    """Every figure of every edition; demo rounds are left out."""
    figures = Figure.objects.filter(publication__round__plan=plan, publication__round__is_demo=False).select_related(
        "publication__round"
    )
    for f in figures.order_by("publication__round__year", "publication__edition", "indicator__area__number", "pk"):
        yield (
            f.inputs["area"],
            f.inputs["code"],
            f.publication.round.year,
            f.publication.edition,
            plain_number(f.target_value) or f.target_text,
            plain_number(f.actual_value),
            f.actual_text,
            f.actual_missing,
            plain_number(f.attainment),
            f.status,
        )
