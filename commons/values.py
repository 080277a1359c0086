"""What a yearly figure can be, and how it is written for people (read by `numbers`). Pure.

A value is a number, a text, or missing with a coded reason: never two of them, and missing is never zero.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

MAX_DIGITS = 19
DECIMAL_PLACES = 4
SIGNIFICANT_DIGITS = 15  # what every database we use keeps exactly


@dataclass(frozen=True)
class Value:
    """One figure: exactly one of number, text and missing (a reason's code) is set; all empty means not yet given."""

    number: Decimal | None = None
    text: str = ""
    missing: str = ""

    @property
    def is_given(self) -> bool:
        """Whether anything was said at all: a number, a text, or a reason why there is none."""
        return self.has_content or bool(self.missing)

    @property
    def has_content(self) -> bool:
        return self.number is not None or bool(self.text)


def digits_fault(number: Decimal) -> str:
    """Why the database could not keep *number* exactly, in Korean; empty when it can."""
    if not number.is_finite():
        return "숫자로 입력해 주십시오. 예: 1,234.5"
    if -number.as_tuple().exponent > DECIMAL_PLACES:
        return f"소수점 아래는 {DECIMAL_PLACES}자리까지 입력할 수 있습니다."
    if len(number.as_tuple().digits) > SIGNIFICANT_DIGITS:
        return f"숫자가 너무 깁니다. 소수까지 모두 {SIGNIFICANT_DIGITS}자리 안으로 입력해 주십시오."
    return ""


def small_whole(typed: str) -> int | None:
    """The number that *typed* is, of one to nine digits; None for everything else. int() itself fails on thousands."""
    return int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else None


def format_number(number: Decimal, decimals: int | None = None) -> str:
    """Write *number* with grouped thousands, at least *decimals* places, and never fewer than it really has."""
    plain = number.normalize() if number else Decimal(0)
    own = max(0, -plain.as_tuple().exponent)
    return f"{plain:,.{max(own, decimals or 0)}f}"


def plain_number(number: Decimal | None) -> str:
    """Write *number* for machines: no grouping, no trailing zeros, no exponent; '' for None."""
    return "" if number is None else format_number(number).replace(",", "")
