"""Who may change the organisation behind a plan."""

from django.core.exceptions import PermissionDenied


def require_plan_keeper(user) -> None:
    """Raise PermissionDenied unless *user* keeps the plan: the guard of every reorganisation."""
    if not (user.is_authenticated and user.keeps_plan):
        raise PermissionDenied
