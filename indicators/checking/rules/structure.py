"""Doubts about how the plan hangs together, and the oddities that were noted when it was carried over."""

import re
from collections import defaultdict
from collections.abc import Iterator

from indicators.checking.rules.facts import TARGET, Finding, PlanFacts, Subject

SAME_TITLE, SAME_FORMULA, SHARED_INDICATOR = "same_title", "same_formula", "shared_indicator"
TARGET_WITHOUT_TASKS, TASK_WITHOUT_INDICATORS = "target_without_tasks", "task_without_indicators"
NOTED = "noted"
CODES = [SAME_TITLE, SAME_FORMULA, SHARED_INDICATOR, TARGET_WITHOUT_TASKS, TASK_WITHOUT_INDICATORS]


def find(plan: PlanFacts) -> Iterator[Finding]:
    yield from _alike(SAME_TITLE, {i.subject: i.title for i in plan.indicators})
    yield from _alike(SAME_TITLE, {t.subject: t.title for t in plan.tasks})
    yield from _same_formula(plan)
    for indicator in plan.indicators:
        if len(indicator.tasks) > 1:
            yield Finding(SHARED_INDICATOR, indicator.subject, {"tasks": [task.number for task in indicator.tasks]})
    yield from _empty(plan)
    yield from _noted(plan)


def _squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def _alike(code: str, words: dict[Subject, str]) -> Iterator[Finding]:
    groups: dict[str, list[Subject]] = defaultdict(list)
    for subject, text in words.items():
        if text:
            groups[_squeeze(text)].append(subject)
    for text, group in groups.items():
        if len(group) > 1:
            for subject in group:
                others = [other.number for other in group if other != subject]
                yield Finding(code, subject, {"others": others, "text": text})


def _same_formula(plan: PlanFacts) -> Iterator[Finding]:
    """Indicators with one formula that measure different things. Shares of people who are satisfied, or of men, are
    rightly computed alike: only indicators whose titles end differently count."""
    kinds = {i.subject: _what(i.title) for i in plan.indicators}
    for finding in _alike(SAME_FORMULA, {i.subject: i.formula for i in plan.indicators}):
        others = [
            number
            for number in finding.values["others"]
            if kinds[Subject(finding.subject.kind, int(number.partition("/")[0]), number.partition("/")[2])]
            != kinds[finding.subject]
        ]
        if others:
            yield Finding(SAME_FORMULA, finding.subject, finding.values | {"others": others})


def _what(title: str) -> str:
    """What a title measures: its last word before any brackets."""
    words = re.sub(r"[(\[].*", "", title).split()
    return words[-1] if words else ""


def _empty(plan: PlanFacts) -> Iterator[Finding]:
    with_tasks = {task.target for task in plan.tasks}
    measured = {task for indicator in plan.indicators for task in indicator.tasks}
    for node in plan.nodes:
        if node.subject.kind == TARGET and node.subject not in with_tasks:
            yield Finding(TARGET_WITHOUT_TASKS, node.subject)
    for task in plan.tasks:
        if task.subject not in measured:
            yield Finding(TASK_WITHOUT_INDICATORS, task.subject)


def _noted(plan: PlanFacts) -> Iterator[Finding]:
    for part in (*plan.nodes, *plan.tasks, *plan.indicators):
        notes = [part.note] if part.note else []
        notes += [f"{budget.label}: {budget.note}" for budget in getattr(part, "budgets", ()) if budget.note]
        if notes:
            yield Finding(NOTED, part.subject, {"notes": notes})
