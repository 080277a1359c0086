"""One indicator's chart and table, made to stand inside pages elsewhere: the only page that may be framed."""

from csp.decorators import csp_replace
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from commons.codes import sort_code
from indicators.figures.selectors.shared import board_of, indicator_at, series_of_indicator
from indicators.models import Indicator
from plans.models import Plan
from plans.selectors import plan_of
from plans.stamps import public_page

FRAME_HEIGHT = 720  # pixels; enough for the chart above the table of five years, as on a telephone


@require_safe
@xframe_options_exempt  # this and the next stand outside, because a kept page has no memory of them
@csp_replace({"frame-ancestors": ["*"]})
@public_page
def embed(request, slug, area_number, code):
    plan = plan_of(slug)
    try:
        sort_code(code)
    except ValueError:
        raise Http404 from None
    indicator = indicator_at(plan, area_number, code)
    if indicator is None:
        raise Http404
    context = {
        "plan": plan,
        "indicator": indicator,
        "board": board_of(plan),
        "series": series_of_indicator(plan, indicator),
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
