"""One indicator's chart and table, made to stand inside pages elsewhere: the only page that may be framed."""

from csp.decorators import csp_replace
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from plans.models import Plan
from plans.stamps import public_page
from sdgplan.lib.codes import sort_code

from ..models import Indicator
from ..selectors.figures import series_of
from ..selectors.shared import board_of

FRAME_HEIGHT = 720  # pixels; enough for the chart above the table of five years, as on a telephone


@require_safe
@xframe_options_exempt  # this and the next stand outside, because a kept page has no memory of them
@csp_replace({"frame-ancestors": ["*"]})
@public_page
def embed(request, slug, area_number, code):
    plan = get_object_or_404(Plan, slug=slug)
    try:
        sort_code(code)
    except ValueError:
        raise Http404 from None
    indicator = get_object_or_404(
        Indicator.objects.of_plan(plan).select_related("area__plan").prefetch_related("milestones"),
        area__number=area_number,
        code=code,
    )
    board = board_of(plan)
    context = {
        "plan": plan,
        "indicator": indicator,
        "board": board,
        "series": series_of([indicator], board.publications)[indicator.pk],
        "full_page": request.build_absolute_uri(indicator.get_absolute_url()),
    }
    return render(request, "indicators/embed.html", context)


def embed_snippet(request, plan: Plan, indicator: Indicator) -> str:
    """The HTML that puts an indicator's chart and table into a page elsewhere."""
    address = reverse("indicators:embed", args=[plan.slug, indicator.area.number, indicator.code])
    title = _("%(title)s 연도별 목표와 실적 – %(plan)s") % {"title": indicator.title, "plan": plan.title}
    return format_html(
        '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" style="border:0"></iframe>',
        request.build_absolute_uri(address),
        title,
        FRAME_HEIGHT,
    )
