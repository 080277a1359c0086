"""Geometry of a divided bar: counts in, places in percent out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

WIDE = 4  # percent from which a count fits inside its part


@dataclass(frozen=True)
class Part:
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
    x, parts = Decimal(0), []
    for choice, count in counts:
        width = Decimal(100) * count / total if total else Decimal(0)
        parts.append(Part(choice, count, f"{x:.3f}", f"{width:.3f}"))
        x += width
    return parts
