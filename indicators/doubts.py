"""Values that deserve a question before they are handed in: pure arithmetic over Decimal, nothing of Django.

A doubt never refuses a value. The form asks, the officer answers, and the answer is kept with the result. Codes:

    ten_times_last, tenth_of_last      ten times last year's value or more, a tenth of it or less
    ten_times_target, tenth_of_target  the same against this year's target
    above_hundred                      a percentage above 100
    not_whole                          a part of something that is counted one by one, such as 365.75 people
    total_fell                         a running total (누계) below last year's, which adding up cannot give
    worse                              worse than last year by more than a fifth
    same                               exactly last year's value

Grades are a short list in which steps are coarse and standing still is usual, so only a worse grade is questioned.
"""

from decimal import Decimal

TEN_TIMES_LAST, TENTH_OF_LAST = "ten_times_last", "tenth_of_last"
TEN_TIMES_TARGET, TENTH_OF_TARGET = "ten_times_target", "tenth_of_target"
ABOVE_HUNDRED, NOT_WHOLE, TOTAL_FELL, WORSE, SAME = "above_hundred", "not_whole", "total_fell", "worse", "same"
CODES = [
    *(TEN_TIMES_LAST, TENTH_OF_LAST, TEN_TIMES_TARGET, TENTH_OF_TARGET),
    *(ABOVE_HUNDRED, NOT_WHOLE, TOTAL_FELL, WORSE, SAME),
]

FACTOR = 10
WORSE_BY = Decimal("0.2")
HUNDRED = Decimal(100)


def _out_of_scale(value: Decimal, yardstick: Decimal | None, many: str, few: str) -> list[str]:
    """Whether *value* is of another order than *yardstick*, as after a slip of digits or units. Zero has no order."""
    if not yardstick:
        return []
    if abs(value) >= abs(yardstick) * FACTOR:
        return [many]
    return [few] if abs(value) * FACTOR <= abs(yardstick) else []


def _is_worse(direction: str, value: Decimal, last: Decimal, target: Decimal | None) -> bool:
    if direction == "up":
        return last - value > abs(last) * WORSE_BY
    if direction == "down":
        return value - last > abs(last) * WORSE_BY
    if target is None:
        return False
    return abs(value - target) - abs(last - target) > abs(target) * WORSE_BY


def find_doubts(
    *,
    kind: str,
    unit: str,
    direction: str,
    value: Decimal | None,
    last: Decimal | None,
    target: Decimal | None,
    is_cumulative: bool = False,
    counts_whole: bool = False,
) -> list[str]:
    """Codes of what is questionable about *value*, in the order of CODES.

    *last* is the value of the year before, *target* this year's; None where there is none. Never raises for finite
    numbers of the size a result can have.
    """
    if value is None:
        return []
    counts = kind != "grade"
    found = []
    if counts:
        found += _out_of_scale(value, last, TEN_TIMES_LAST, TENTH_OF_LAST)
    against_last = bool(found)
    if counts:
        found += _out_of_scale(value, target, TEN_TIMES_TARGET, TENTH_OF_TARGET)
    if unit == "%" and value > HUNDRED:
        found.append(ABOVE_HUNDRED)
    if counts_whole and value % 1:
        found.append(NOT_WHOLE)
    if last is None:
        return found
    # A value of another order than last year's is asked about once, not once more for being worse.
    if not against_last and is_cumulative and value < last:
        found.append(TOTAL_FELL)
    elif not against_last and _is_worse(direction, value, last, target):
        found.append(WORSE)
    if counts and value == last:
        found.append(SAME)
    return found


def unanswered(found: list[str], *, answer: str, kept: list[str], kept_answer: str) -> list[str]:
    """Which of the doubts *found* the *answer* does not cover.

    *kept* are the doubts that *kept_answer*, the answer stored so far, was given to. A new answer covers all; the
    stored one left standing covers only what it was given to, so that a changed value with new doubts asks again.
    """
    if not answer:
        return list(found)
    if answer != kept_answer:
        return []
    return [code for code in found if code not in kept]
