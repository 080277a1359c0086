"""The cache in Redis, without which the site goes on: what cannot be read counts as not there."""

import logging
import time

from django.core.cache.backends.redis import DEFAULT_TIMEOUT, RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
PAUSE = 2  # seconds in which a process does not ask Redis again after it failed
WAIT = 0.5  # seconds to wait for Redis, unless CACHE_URL says otherwise


class CacheUnreachable(Exception):
    """Redis does not answer, so that something cannot be counted. Whoever limits by a count refuses then."""


class ForgivingRedisCache(RedisCache):
    """Django's cache in Redis, where errors of Redis are misses and nothing is kept.

    `incr` and `decr` raise CacheUnreachable instead: a limit must not fall because its count is gone. After an error
    the process leaves Redis alone for PAUSE seconds, so that a host that swallows packets does not slow every request.
    Values may be stale after an outage when a deletion was lost in it: use keys that change with their content.
    """

    def __init__(self, server, params):
        params["OPTIONS"] = {"socket_timeout": WAIT, "socket_connect_timeout": WAIT} | params.get("OPTIONS", {})
        super().__init__(server, params)

    # Django makes a cache object for every thread; the pause is one for the process.
    _closed_until = 0.0

    def _ask(self, act, otherwise):
        """What *act* returns; on an error of Redis, or in the pause after one, *otherwise*."""
        if time.monotonic() < ForgivingRedisCache._closed_until:
            return otherwise
        try:
            return act()
        except RedisError as error:
            ForgivingRedisCache._closed_until = time.monotonic() + PAUSE
            logger.error("the cache does not answer, going on without it: %s", error)
            return otherwise

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).add(key, value, timeout, version), False)

    def get(self, key, default=None, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self._ask(lambda: super(ForgivingRedisCache, self).set(key, value, timeout, version), None)

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).touch(key, timeout, version), False)

    def delete(self, key, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).delete(key, version), False)

    def get_many(self, keys, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).get_many(keys, version), {})

    def has_key(self, key, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).has_key(key, version), False)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: super(ForgivingRedisCache, self).set_many(data, timeout, version), list(data))

    def delete_many(self, keys, version=None):
        self._ask(lambda: super(ForgivingRedisCache, self).delete_many(keys, version), None)

    def clear(self):
        return self._ask(lambda: super(ForgivingRedisCache, self).clear(), False)

    def incr(self, key, delta=1, version=None):
        count = self._ask(lambda: super(ForgivingRedisCache, self).incr(key, delta, version), None)
        if count is None:
            raise CacheUnreachable
        return count
