"""Addresses within the site that pages write again and again."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


@lru_cache(maxsize=8192)
def _reversed(prefix: str, name: str, args: tuple) -> str:
    return reverse(name, args=args)


def address(name: str, *args) -> str:
    """What `reverse` finds, found once: a list of pages asks for hundreds of addresses."""
    return _reversed(get_script_prefix(), name, args)
