"""What every page needs besides its own content."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from plans.models import Plan
from sdgplan.navigation import PUBLIC_LINKS, links_for, links_to


def site(request):
    """The current plan for pages that belong to none (looked up only when a page asks), the masthead's switch, and the
    links of the navigation with those that are the current place (none where the address is of no page).
    """
    found = request.resolver_match
    return {
        "current_plan": SimpleLazyObject(lambda: Plan.objects.filter(is_current=True).first()),
        "official_site": settings.OFFICIAL_SITE,
        "public_links": PUBLIC_LINKS,
        "work_links": lambda: links_for(request.user),
        "current_links": links_to(found.view_name if found else ""),
    }
