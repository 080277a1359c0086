"""Formats of the Korean pages that are not those of Django (such as "오전 5:28" in the admin)."""

DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"
