"""Who needs what to be let in."""

from django.conf import settings


def needs_second_factor(user) -> bool:
    """Coordinators and administrators, where REQUIRE_SECOND_FACTOR is on."""
    return settings.REQUIRE_SECOND_FACTOR and user.is_staff
