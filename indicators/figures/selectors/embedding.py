"""What another site puts into its page to show an indicator."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from indicators.models import Indicator
from plans.models import Plan

FRAME_HEIGHT = 720  # pixels; enough for the chart above the table of five years, as on a telephone


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
