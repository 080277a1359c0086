"""Where a request comes from, and how often somebody asked within the hour. No database."""

import hashlib
import unicodedata
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache

HOUR = 60 * 60  # seconds


def visitor_of(request) -> str | None:
    """The address a request is counted under; None where the server names none.

    Behind a proxy VisitorAddressMiddleware has put there what the proxy noted. A household or an office has a whole /64
    network of IPv6 addresses to choose from, so that the network counts and not the single address.
    """
    try:
        address = ip_address(request.META.get("REMOTE_ADDR") or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, 64), strict=False).network_address)
    return str(address)


def one_spelling(address: str) -> str:
    """A mail address as it is counted: one word for all spellings that may reach the same mailbox.

    Case, width and composition do not tell (NFKC), nor do the dotless i of Turkish and the long s of old print, which
    databases take for i and s. What differs beyond that is another address.
    """
    return unicodedata.normalize("NFKC", address).upper().casefold().replace("\u0307", "")


def takes_turn(whose: str, limit: int) -> bool:
    """Count one more request of this hour; False when there were *limit* already. The key does not tell who it is.

    Raises CacheUnreachable (commons.caching) where the shared cache is gone.
    """
    key = "turn-" + hashlib.sha256(whose.encode()).hexdigest()
    cache.add(key, 0, HOUR)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # the hour ended just now
        return True
