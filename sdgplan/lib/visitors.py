"""Where a request comes from, and how often somebody asked within the hour. No database."""

import hashlib
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache

HOUR = 60 * 60  # seconds


def visitor_of(request) -> str | None:
    """The address a request is counted under; None where the server names none.

    Behind a proxy (BEHIND_PROXY) only what the proxy itself noted last is believed. A household or an office has a
    whole /64 network of IPv6 addresses to choose from, so that the network counts and not the single address.
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    for noted in (forwarded.rpartition(",")[2].strip(), request.META.get("REMOTE_ADDR") or ""):
        try:
            address = ip_address(noted)
        except ValueError:
            continue
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ip_network((address, 64), strict=False).network_address)
        return str(address)
    return None


def takes_turn(whose: str, limit: int) -> bool:
    """Count one more request of this hour; False when there were *limit* already. The key does not tell who it is."""
    key = "turn-" + hashlib.sha256(whose.encode()).hexdigest()
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # the hour ended just now
        return True
