"""Doubts about the yearly targets of an indicator."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from commons.values import Value, format_number
from indicators.assessment import DOWN, KEEP, UP
from indicators.checking.rules.facts import Finding, IndicatorFacts, PlanFacts

AGAINST_DIRECTION, JUMP_BY_TEN, FLAT = "against_direction", "jump_by_ten", "flat"
WITHOUT_NUMBER, YEARS_MISSING, SEVERAL_IN_ONE = "without_number", "years_missing", "several_in_one"
CODES = [AGAINST_DIRECTION, JUMP_BY_TEN, FLAT, WITHOUT_NUMBER, YEARS_MISSING, SEVERAL_IN_ONE]

FACTOR = 10
COUNTED = {"명", "건", "회", "개", "개소", "가구", "세대", "대", "면", "원", "천원", "만원", "백만원", "억원"}
_TWO_FIGURES = re.compile(r"\d[\d,.]*\s*/\s*\d")
_DIGIT = re.compile(r"\d")

Step = tuple[int, Decimal, int, Decimal]


def find(plan: PlanFacts) -> Iterator[Finding]:
    for indicator in plan.indicators:
        steps = _steps(indicator)
        rules = {
            AGAINST_DIRECTION: [_in_words(step) for step in steps if _is_worse(indicator.direction, step)],
            JUMP_BY_TEN: [_in_words(step) for step in steps if _is_jump(step)],
            FLAT: _flat(indicator, plan.years),
            WITHOUT_NUMBER: [[year, value.text] for year, value in _texts(indicator) if not _DIGIT.search(value.text)],
            YEARS_MISSING: [year for year in plan.years if not indicator.milestones.get(year, Value()).has_content],
            SEVERAL_IN_ONE: _several(indicator),
        }
        for code, found in rules.items():
            if found:
                yield Finding(code, indicator.subject, {"found": found, "direction": indicator.direction})


def _steps(indicator: IndicatorFacts) -> list[Step]:
    """Each pair of numbers that follow one another, over gaps as well."""
    given = [(year, value.number) for year, value in sorted(indicator.milestones.items()) if value.number is not None]
    return [(*before, *after) for before, after in pairwise(given)]


def _in_words(step: Step) -> list:
    before_year, before, year, number = step
    return [before_year, format_number(before), year, format_number(number)]


def _is_worse(direction: str, step: Step) -> bool:
    _before_year, before, _year, number = step
    return (direction == UP and number < before) or (direction == DOWN and number > before)


def _is_jump(step: Step) -> bool:
    """Whether a target is of another order than the one before, as after a slip of digits. Zero has no order."""
    _before_year, before, _year, number = step
    if not before or not number:
        return False
    return abs(number) >= abs(before) * FACTOR or abs(number) * FACTOR <= abs(before)


def _flat(indicator: IndicatorFacts, years: tuple[int, ...]) -> list[str]:
    """The one value of all years; empty where targets move. To keep a level, the same target is the right one."""
    numbers = [indicator.milestones.get(year, Value()).number for year in years]
    if indicator.direction == KEEP or len(years) < 2 or None in numbers or len(set(numbers)) > 1:
        return []
    return [format_number(numbers[0])]


def _texts(indicator: IndicatorFacts) -> list[tuple[int, Value]]:
    return [(year, value) for year, value in sorted(indicator.milestones.items()) if value.text]


def _several(indicator: IndicatorFacts) -> list:
    """Years in which two figures stand in one value, or a unit that counts two things."""
    parts = re.split(r"[·/,]", indicator.unit)
    if len(parts) > 1 and COUNTED.issuperset(parts):
        return [indicator.unit]
    return [[year, value.text] for year, value in _texts(indicator) if _TWO_FIGURES.search(value.text)]
