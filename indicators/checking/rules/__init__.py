"""What is doubtful in a plan and its results: pure rules over plain facts, nothing of Django.

`find_all` takes the facts of one plan and lists findings, each with a stable code, the place it is about and the values
it was found in. A finding accuses nobody: printed figures stay as they are, and people decide what becomes of each.
Codes, in the order of CODES, which is that of pages and of the command:

    against_direction        targets that move against the indicator's direction
    jump_by_ten              a year's target ten times that of the year before, or a tenth
    flat                     the same target in every year of the plan
    without_number           years whose target is words without a number
    years_missing            years without a target
    several_in_one           two figures in one value
    unit_not_of_title        a unit that does not fit what the title counts
    unit_supplied            a unit that the report does not print
    direction_supplied       a direction that the report does not print
    breakdown_not_kept       a breakdown in the title for which results have no place
    same_title, same_formula indicators or tasks that look like one another
    shared_indicator         one indicator of several tasks
    target_without_tasks     a detailed goal without a task
    task_without_indicators  a task that nothing measures
    amount_implausible       a sum of money of another order than a district spends on such a thing
    amount_not_budget        an indicator's money that no budget of its tasks names
    budget_shares            payers' shares that do not add up to the amount
    budget_printed           an amount whose digits or product do not fit
    without_baseline         no published number for the first year
    breakdowns_not_reported  demanded breakdowns that no result has
    far_two_years            poor two years running
    result_out_of_scale      a result of another order than its target or the year before, or above 100 %
    noted                    oddities noted when the report was carried over
"""

from collections.abc import Iterator

from indicators.checking.rules import budgets, milestones, results, structure, units
from indicators.checking.rules.facts import Finding, PlanFacts

CODES = [
    *milestones.CODES,
    *units.CODES,
    *structure.CODES,
    *budgets.CODES,
    *results.CODES,
    structure.NOTED,
]


_RANK = {code: rank for rank, code in enumerate(CODES)}


def _all(plan: PlanFacts) -> Iterator[Finding]:
    for family in (milestones, units, structure, budgets, results):
        yield from family.find(plan)


def order_of(plan: PlanFacts, finding: Finding) -> tuple[int, int]:
    """What findings of *plan* are sorted by: their code, and then their place in the plan."""
    return _RANK[finding.code], plan.place_of(finding.subject)


def find_all(plan: PlanFacts) -> list[Finding]:
    """All findings of a plan, by code and then in the order of the plan. At most one of a code about one subject."""
    return sorted(_all(plan), key=lambda finding: order_of(plan, finding))
