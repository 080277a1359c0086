"""Writes of the accounts app that leave a trace."""

from .activity import record_activity

__all__ = ["record_activity"]
