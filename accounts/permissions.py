"""Who needs what to be let in."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404


def needs_second_factor(user) -> bool:
    """Coordinators and administrators, where REQUIRE_SECOND_FACTOR is on."""
    return settings.REQUIRE_SECOND_FACTOR and user.is_staff


def can_run_rounds(user) -> bool:
    """Whether *user* opens, reviews, closes and publishes rounds."""
    return user.is_authenticated and user.keeps_plan


def can_oversee(user) -> bool:
    """Whether *user* sees the progress of all departments (the coordinator to act, the committee to read)."""
    return user.is_authenticated and (user.keeps_plan or user.is_committee)


def require_overseer(user) -> None:
    """Raise Http404 unless *user* sees all departments; everybody else learns nothing."""
    if not can_oversee(user):
        raise Http404


def require_keeper(user) -> None:
    """Raise PermissionDenied unless *user* runs rounds: the guard of every act of the coordinator."""
    if not can_run_rounds(user):
        raise PermissionDenied


def require_round_runner(user) -> None:
    """Raise PermissionDenied for those who may read a round but not act on it, Http404 for all others."""
    if can_run_rounds(user):
        return
    if can_oversee(user):
        raise PermissionDenied
    raise Http404
