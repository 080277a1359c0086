"""Open data for everybody: the page of a plan's tables, the tables whole or as filtered on screen, and catalogues."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from commons.tables import FORMATS, write_table
from indicators.figures.filters import FigureFilter, IndicatorFilter
from indicators.figures.selectors.tables import DEMO, figure_rows, indicator_rows, milestone_rows, with_demo
from indicators.models import Indicator, Publication
from plans.models import Plan, Task
from plans.selectors import plan_of, task_rows
from plans.stamps import public_page
from sdgplan.open_data import catalogues
from sdgplan.open_data.tables import (
    IN_MEMORY,
    SDMX,
    TABLES,
    Table,
    all_publications,
    package_alone,
    temporary_file,
    write_zip,
)
from sdgplan.pages.plan import filtered_tasks
from stakeholders.filters import OpinionFilter
from stakeholders.models import Opinion
from stakeholders.selectors.tables import opinion_rows


@dataclass(frozen=True)
class Part:
    """Rows of a table as filtered on screen; all of them are of a demo, or none."""

    rows: Iterable[tuple]
    is_demo: bool = False


def _headline(plan: Plan) -> Publication | None:
    return Publication.objects.of_plan(plan).latest_editions().order_by("-round__year").first()


def _some_tasks(plan: Plan, data) -> Part:
    return Part(task_rows(filtered_tasks(data, plan, Task.objects.of_plan(plan), _headline(plan)).qs))


def _filtered(kind: type[IndicatorFilter], plan: Plan, data):
    return kind(data, Indicator.objects.of_plan(plan), plan=plan, headline=_headline(plan))


def _some_indicators(plan: Plan, data) -> Part:
    return Part(indicator_rows(_filtered(IndicatorFilter, plan, data).qs))


def _some_milestones(plan: Plan, data) -> Part:
    return Part(milestone_rows(plan, _filtered(IndicatorFilter, plan, data).qs))


def _some_figures(plan: Plan, data) -> Part:
    figures = _filtered(FigureFilter, plan, data).figures
    return Part(figure_rows(figures), figures.filter(publication__round__is_demo=True).exists())


def _some_opinions(plan: Plan, data) -> Part:
    points = OpinionFilter(data, Opinion.objects.published(plan), plan=plan).qs
    return Part(opinion_rows(points), points.filter(paper__deliberation__is_demo=True).exists())


# Tables that a list on screen shows, each with the filter of that list. What it cannot choose is left out, as there.
NARROWED = {
    "tasks": _some_tasks,
    "indicators": _some_indicators,
    "milestones": _some_milestones,
    "figures": _some_figures,
    "opinions": _some_opinions,
}


@require_safe
@public_page
def data_page(request, slug):
    """All that can be taken home of a plan, for people, with its description for search engines."""
    plan = plan_of(slug)
    publications = all_publications(plan)
    site = request.build_absolute_uri("/")[:-1]
    context = {
        "plan": plan,
        "tables": [(table.shape, FORMATS.values()) for table in TABLES],
        "sdmx": SDMX.shape,
        "publications": publications,
        "has_demo": any(publication.round.is_demo for publication in publications),
        "dataset": catalogues.dataset(plan, lambda address: site + address),
    }
    return render(request, "open_data.html", context)


@require_safe
@public_page
def table(request, slug, name, suffix):
    """One table as CSV, XLSX or JSON: whole, or as the list on screen was filtered."""
    plan = get_object_or_404(Plan, slug=slug)
    found: Table | None = next((each for each in TABLES if each.name == name), None)
    if found is None or suffix not in FORMATS:
        raise Http404
    is_part = name in NARROWED and any(request.GET.values())
    part = NARROWED[name](plan, request.GET) if is_part else Part(found.rows(plan))
    shape, rows = found.shape, part.rows
    if part.is_demo:
        shape, rows = shape.with_field(DEMO), with_demo(rows)
    file = temporary_file()
    write_table(file, suffix, shape.columns, rows, sheet=shape.name)
    marks = (_(" (일부)") if is_part else "") + (_(" (시범)") if part.is_demo else "")
    return _hand_over(file, f"{plan.title} {shape.title}{marks}.{suffix}", FORMATS[suffix].content_type)


def _hand_over(file, name: str, content_type: str):
    """The file as a download. What is small can be kept by the page cache; what is large goes out part by part."""
    size = file.tell()
    file.seek(0)
    if size <= IN_MEMORY:
        response = HttpResponse(file.read(), content_type=content_type)
        file.close()
    else:
        response = FileResponse(file, content_type=content_type)
    response.headers["Content-Length"] = str(size)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name.replace("/", "·")
    )
    return _open(response)


def _open(response):
    """Any site may read it."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public_page
def sdmx(request, slug):
    """The newest figures of every year as SDMX-CSV."""
    plan = get_object_or_404(Plan, slug=slug)
    file = temporary_file()
    write_table(file, "csv", SDMX.columns, SDMX.rows(plan))
    return _hand_over(file, f"{plan.title} SDMX.csv", FORMATS["csv"].content_type)


@require_safe
@public_page
def package(request, slug):
    """The description of all tables, with which programs read and check them."""
    plan = get_object_or_404(Plan, slug=slug)
    return _open(HttpResponse(package_alone(plan), content_type="application/json"))


@require_safe
@public_page
def everything(request, slug):
    """All tables with their description in one file."""
    plan = get_object_or_404(Plan, slug=slug)
    file = temporary_file()
    write_zip(plan, file)
    file.seek(0, 2)
    return _hand_over(file, f"{plan.title} {_('공공데이터')}.zip", "application/zip")


@require_safe
@public_page
def catalogue(request):
    """`/data.json`: what there is to download on this site, in the words of DCAT."""
    here = request.build_absolute_uri
    found = catalogues.catalogue(Plan.objects.all(), here, contact=settings.OPEN_DATA_CONTACT)
    found["@id"] = here(reverse("catalogue"))
    return _open(JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2}))
