"""What many public pages show, made once for each state of what is public and kept in the process.

Inside `reading(stamp)` the values of `kept` are those that were made under the same stamp, by whichever request came
first; outside of it, nothing is kept and every value is made anew. Kept values are shared by requests and threads:
nobody may change them.
"""

import threading
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")

_here = threading.local()
_model: tuple[str, dict] = ("", {})


@contextmanager
def reading(stamp: str | None):
    """Keep values under *stamp* for what runs inside; None keeps them no longer than that."""
    before = getattr(_here, "values", None)
    _here.values = _values_of(stamp) if stamp else {}
    try:
        yield
    finally:
        _here.values = before


def _values_of(stamp: str) -> dict:
    """The values under *stamp*. Those of the stamp before go when the last request that uses them ends."""
    global _model
    if _model[0] != stamp:
        _model = (stamp, {})
    return _model[1]


def kept(name: Hashable, build: Callable[[], T]) -> T:
    """The value called *name*, made by *build* if it is not there yet."""
    values = getattr(_here, "values", None)
    if values is None:
        return build()
    if name not in values:
        values[name] = build()
    return values[name]
