"""Geometry of a divided bar: counts in, places in percent out. Pure."""

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

WIDE = 4  # percent from which a count fits inside its part


class Part(NamedTuple):
    """One part of a bar; `x` and `width` are percent, written for an SVG attribute."""

    choice: Enum
    count: int
    x: str
    width: str

    @property
    def is_wide(self) -> bool:
        return float(self.width) >= WIDE


def bar_parts(counts: Iterable[tuple[Enum, int]]) -> list[Part]:
    """Lay the counts side by side in their order; parts without a count have no width."""
    counts = list(counts)
    total = sum(count for _choice, count in counts)
    before, parts, share = 0, [], 100 / (total or 1)
    for choice, count in counts:
        parts.append(Part(choice, count, f"{before * share:.3f}", f"{count * share:.3f}"))
        before += count
    return parts
