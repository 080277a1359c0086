"""Writes of the accounts app that leave a trace."""

from accounts.services.activity import record_activities, record_activity

__all__ = ["record_activities", "record_activity"]
