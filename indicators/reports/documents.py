"""What a report holds before it takes the form of a file: words as they are read, with the numbers behind them.

One tree for all formats: whoever writes a file reads it and nothing else, so that no two formats can differ. Made by
`selectors.reports`.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from indicators.choices import Status
from indicators.figures.selectors.figures import Distribution


@dataclass(frozen=True)
class Cell:
    """One value as it is read; `number` is the same number for spreadsheets, None for words. Rates: 1 is 100 %."""

    text: str
    number: Decimal | None = None

    def __str__(self):
        return self.text


@dataclass(frozen=True)
class YearCells:
    """One year of an indicator. `status` is None for a year without a publication."""

    year: int
    target: Cell
    actual: Cell
    rate: Cell
    status: Status | None


@dataclass(frozen=True)
class IndicatorPart:
    """An indicator with its figure in this edition, named as it was at publication, and its years up to then."""

    area_number: int
    code: str
    title: str
    unit: str
    direction: str
    departments: list[str]
    target: Cell
    actual: Cell
    rate: Cell
    status: Status
    why: str
    is_missing: bool
    explanation: str
    shortfall: str
    next_steps: str
    basis: str
    breakdowns: list[tuple[str, list[tuple[str, str]]]]
    formula: str
    attainment: Decimal | None
    years: list[YearCells]

    @property
    def breakdowns_in_words(self) -> str:
        """One line for each dimension, such as "성별 남성 120, 여성 190"."""
        return "\n".join(
            f"{dimension} {', '.join(f'{group} {value}' for group, value in values)}"
            for dimension, values in self.breakdowns
        )


@dataclass(frozen=True)
class BudgetLine:
    """An amount that a task's sheet names; `amount` is in `unit`, as printed."""

    year: int
    label: str
    amount: Cell
    unit: str
    shares: str
    note: str


@dataclass(frozen=True)
class TaskCard:
    """A task's sheet (이행과제 카드)."""

    area_number: int
    area_title: str
    goal: str
    target: str
    code: str
    title: str
    department: str
    team: str
    purpose: str
    contents: str
    future_plan: str
    note: str
    indicators: list[IndicatorPart]
    budgets: list[BudgetLine]

    @property
    def scope(self) -> str:
        return f"{self.area_number}/{self.code}"


@dataclass(frozen=True)
class TargetPart:
    code: str
    title: str
    tasks: list[TaskCard]


@dataclass(frozen=True)
class GoalPart:
    number: int
    title: str
    targets: list[TargetPart]


@dataclass(frozen=True)
class AreaPart:
    number: int
    title: str
    goals: list[GoalPart]
    indicators: list[IndicatorPart]
    distribution: Distribution

    @property
    def tasks(self) -> list[TaskCard]:
        return [task for goal in self.goals for target in goal.targets for task in target.tasks]

    @property
    def name(self) -> str:
        return f"{self.number}. {self.title}"


@dataclass(frozen=True)
class DepartmentPart:
    """A department as it was named at publication."""

    slug: str
    name: str
    tasks: list[TaskCard]
    indicators: list[IndicatorPart]
    distribution: Distribution


@dataclass(frozen=True)
class CorrectedValue:
    """What this edition changed against the one before, in words."""

    indicator: IndicatorPart
    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Report:
    """A publication with the plan around it. `bands` and `floor` are rates in words, such as 90%."""

    municipality: str
    plan_title: str
    plan_years: str
    source: str
    year: int
    edition: int
    published_on: str
    reason: str
    method_version: str
    sha256: str
    is_demo: bool
    bands: dict[str, str]
    floor: str
    distribution: Distribution
    areas: list[AreaPart]
    departments: list[DepartmentPart]
    ahead: list[IndicatorPart]
    behind: list[IndicatorPart]
    corrected: list[CorrectedValue] = field(default_factory=list)

    @property
    def indicators(self) -> list[IndicatorPart]:
        return [indicator for area in self.areas for indicator in area.indicators]

    @property
    def tasks(self) -> list[TaskCard]:
        return [task for area in self.areas for task in area.tasks]

    @property
    def missing(self) -> list[IndicatorPart]:
        """Indicators without a result."""
        return [indicator for indicator in self.indicators if indicator.is_missing]
