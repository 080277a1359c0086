"""The facts that the checks read, and what they find."""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from commons.values import Value

AREA, GOAL, TARGET, TASK, INDICATOR = "area", "goal", "target", "task", "indicator"


@dataclass(frozen=True)
class Subject:
    """What a finding is about: one of the kinds above, by area number and code (for a goal its number)."""

    kind: str
    area: int
    code: str = ""

    @property
    def key(self) -> str:
        """Stable name of the subject within its plan, such as ``indicator/1/2-3-3-1`` or ``area/5``."""
        return "/".join(filter(None, [self.kind, str(self.area), self.code]))

    @property
    def number(self) -> str:
        """The subject as people write it, such as ``1/2-3-3-1``."""
        return self.key.partition("/")[2]


@dataclass(frozen=True)
class Finding:
    """Something doubtful. `values` are what it was found in, as words, numbers and lists of them.

    `rests_on_demo` says that made-up results are among them. At most one finding of a code is about one subject, so
    that code and subject name it.
    """

    code: str
    subject: Subject
    values: dict = field(default_factory=dict)
    rests_on_demo: bool = False

    @cached_property
    def fingerprint(self) -> str:
        """Differs as soon as anything differs that the finding was made from."""
        content = json.dumps([self.code, self.subject.key, self.values], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class NodeFacts:
    """An area, a goal or a target."""

    subject: Subject
    title: str
    note: str = ""


@dataclass(frozen=True)
class BudgetFacts:
    """An amount of a task. `unit` is the unit's name, `won` how many won it has; shares: (payer, percent, amount)."""

    label: str
    year: int
    amount: Decimal
    unit: str
    won: Decimal
    printed: str = ""
    note: str = ""
    shares: tuple[tuple[str, Decimal | None, Decimal | None], ...] = ()


@dataclass(frozen=True)
class TaskFacts:
    subject: Subject
    title: str
    target: Subject
    note: str = ""
    budgets: tuple[BudgetFacts, ...] = ()


@dataclass(frozen=True)
class ResultFacts:
    """A year's published or approved result. `status` is empty while it is not published."""

    value: Value
    status: str = ""
    dimensions: frozenset[str] = frozenset()
    is_demo: bool = False


@dataclass(frozen=True)
class IndicatorFacts:
    subject: Subject
    title: str
    unit: str
    direction: str
    unit_printed: bool = True
    direction_reason: str = ""
    kind: str = "number"
    formula: str = ""
    note: str = ""
    dimensions: tuple[str, ...] = ()
    tasks: tuple[Subject, ...] = ()
    milestones: dict[int, Value] = field(default_factory=dict)
    results: dict[int, ResultFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanFacts:
    """One plan. Everything stands in the order of the plan."""

    years: tuple[int, ...]
    nodes: tuple[NodeFacts, ...] = ()
    tasks: tuple[TaskFacts, ...] = ()
    indicators: tuple[IndicatorFacts, ...] = ()

    @cached_property
    def titles(self) -> dict[Subject, str]:
        """Title of everything in the plan, in its order."""
        return {part.subject: part.title for part in (*self.nodes, *self.tasks, *self.indicators)}

    @cached_property
    def _places(self) -> dict[Subject, int]:
        return {subject: place for place, subject in enumerate(self.titles)}

    def place_of(self, subject: Subject) -> int:
        return self._places[subject]
