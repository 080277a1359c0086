"""What every page needs besides its own content."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from plans.models import Plan


def site(request):
    """The current plan for pages that belong to none (looked up only when a page asks), and the masthead's switch."""
    return {
        "current_plan": SimpleLazyObject(lambda: Plan.objects.filter(is_current=True).first()),
        "official_site": settings.OFFICIAL_SITE,
    }
