"""One indicator's chart and table, made to stand inside pages elsewhere: the only page that may be framed."""

from csp.decorators import csp_replace
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from commons.codes import sort_code
from indicators.figures.selectors.shared import board_of, indicator_at, series_of_indicator
from plans.selectors import plan_of
from plans.stamps import public_page


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
