"""Doubts about money: of indicators that are counted in it, and of the budgets that a task's sheet names."""

import re
from collections.abc import Iterator
from decimal import Decimal

from commons.values import Value, format_number
from indicators.checking.rules.facts import BudgetFacts, Finding, PlanFacts

AMOUNT_IMPLAUSIBLE, AMOUNT_NOT_BUDGET = "amount_implausible", "amount_not_budget"
BUDGET_SHARES, BUDGET_PRINTED = "budget_shares", "budget_printed"
CODES = [AMOUNT_IMPLAUSIBLE, AMOUNT_NOT_BUDGET, BUDGET_SHARES, BUDGET_PRINTED]

WON = {
    "원": Decimal(1),
    "천원": Decimal(1000),
    "만원": Decimal(10_000),
    "백만원": Decimal(1_000_000),
    "억원": Decimal(10**8),
}
# What a district's single measure costs in a year lies between these; outside a unit may have been mistaken.
LEAST, MOST = Decimal(10**7), Decimal(10**10)
HUNDRED = Decimal(100)

_GROUPED = re.compile(r"\d[\d,]*,[\d,]*\d")
_WELL_GROUPED = re.compile(r"\d{1,3}(,\d{3})+")
_PRODUCT = re.compile(r"([\d,.]+)\s*(천원|만원|백만원|억원|원)((?:\s*×\s*[\d,.]+[가-힣%]*)+)")
_FACTOR = re.compile(r"×\s*([\d,.]+)(%?)")


def find(plan: PlanFacts) -> Iterator[Finding]:
    yield from _amounts_of_indicators(plan)
    for task in plan.tasks:
        shares = [fault for budget in task.budgets for fault in _wrong_shares(budget)]
        if shares:
            yield Finding(BUDGET_SHARES, task.subject, {"found": shares})
        printed = [fault for budget in task.budgets for fault in _wrong_print(budget)]
        if printed:
            yield Finding(BUDGET_PRINTED, task.subject, {"found": printed})


def _amounts_of_indicators(plan: PlanFacts) -> Iterator[Finding]:
    budgets = {task.subject: task.budgets for task in plan.tasks}
    for indicator in plan.indicators:
        if indicator.unit not in WON:
            continue
        given = [(y, v.number) for y, v in sorted(indicator.milestones.items()) if v.number]
        odd = [[y, f"{format_number(n)}{indicator.unit}"] for y, n in given if _is_implausible(n * WON[indicator.unit])]
        if odd:
            yield Finding(AMOUNT_IMPLAUSIBLE, indicator.subject, {"found": odd})
        year = plan.years[0]
        number = indicator.milestones.get(year, Value()).number
        named = [b for task in indicator.tasks for b in budgets.get(task, ()) if b.year == year and b.amount]
        if number is not None and named and not _is_named(number * WON[indicator.unit], named):
            values = {
                "year": year,
                "amount": f"{format_number(number)}{indicator.unit}",
                "budgets": [f"{b.label} {_amount(b.amount, b)}".strip() for b in named],
            }
            yield Finding(AMOUNT_NOT_BUDGET, indicator.subject, values)


def _is_implausible(won: Decimal) -> bool:
    return won >= MOST or won < LEAST


def _is_named(won: Decimal, budgets: list[BudgetFacts]) -> bool:
    """Whether the sum is that of one budget or of all together."""
    amounts = [budget.amount * budget.won for budget in budgets]
    return won in amounts or won == sum(amounts)


def _amount(number: Decimal, budget: BudgetFacts) -> str:
    return f"{format_number(number)}{budget.unit}"


def _wrong_shares(budget: BudgetFacts) -> Iterator[list[str]]:
    """What the shares come to, beside what they should: percentages 100, amounts the budget itself."""
    percents = [percent for _payer, percent, _amount in budget.shares if percent is not None]
    amounts = [amount for _payer, _percent, amount in budget.shares if amount is not None]
    if percents and sum(percents) != HUNDRED:
        yield [budget.label, f"{format_number(sum(percents))}%", "100%"]
    if amounts and sum(amounts) != budget.amount:
        yield [budget.label, _amount(sum(amounts), budget), _amount(budget.amount, budget)]


def _wrong_print(budget: BudgetFacts) -> Iterator[list[str]]:
    """Printed digits that are grouped wrongly, and products that do not come to the amount."""
    for number in _GROUPED.findall(budget.printed):
        if not _WELL_GROUPED.fullmatch(number):
            yield [budget.label, number, _amount(budget.amount, budget)]
    for price, unit, factors in _PRODUCT.findall(budget.printed):
        won = _number(price) * WON[unit]
        for factor, per_cent in _FACTOR.findall(factors):
            won *= _number(factor) / (HUNDRED if per_cent else 1)
        if won != budget.amount * budget.won:
            yield [budget.label, f"{price}{unit}{factors}", _amount(budget.amount, budget)]


def _number(printed: str) -> Decimal:
    return Decimal(printed.replace(",", "").rstrip("."))
