"""Whether the parts of a figure fit its total: pure arithmetic over Decimal."""

from decimal import Decimal

SUM_DIFFERS, OUTSIDE_PARTS = "sum_differs", "outside_parts"


def parts_fault(total: Decimal, parts: list[Decimal | None], *, is_additive: bool) -> str:
    """What is wrong with the parts of one dimension, or '' when they fit or are not all given yet.

    Parts of an amount add up to the total. A rate is a mean of its parts' rates, so the total lies between them.
    """
    if not parts or None in parts:
        return ""
    if is_additive:
        return "" if sum(parts) == total else SUM_DIFFERS
    return "" if min(parts) <= total <= max(parts) else OUTSIDE_PARTS
