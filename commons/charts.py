"""Geometry of the charts: numbers in, coordinates out; the templates draw them as inline SVG. Pure.

Coordinates are in the units of the SVG's viewBox and already written as text, because templates only print them.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from commons.values import format_number

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 76, 40, 34, 46
SPARK_WIDTH, SPARK_HEIGHT, SPARK_PAD = 96, 28, 4


@dataclass(frozen=True)
class Mark:
    x: str
    y: str
    label: str = ""
    year: int = 0


@dataclass
class LineChart:
    """A target line and an actual line over the same years; a year without a number leaves a gap."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_edge: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM
    ticks: list[Mark] = field(default_factory=list)
    years: list[Mark] = field(default_factory=list)
    target_lines: list[str] = field(default_factory=list)
    actual_lines: list[str] = field(default_factory=list)
    target_marks: list[Mark] = field(default_factory=list)
    actual_marks: list[Mark] = field(default_factory=list)
    missing: list[Mark] = field(default_factory=list)
    last_actual: Mark | None = None
    last_target: Mark | None = None
    broken_axis: bool = False

    @property
    def actual_label_shift(self) -> int:
        """Where the last actual's label stands: below its point when it lies under that year's target, else above."""
        if self.last_actual is None:
            return 0
        target = next((m for m in self.target_marks if m.year == self.last_actual.year), None)
        return 24 if target is not None and float(self.last_actual.y) > float(target.y) else -14


def nice_step(span: Decimal, parts: int = 4) -> Decimal:
    """The smallest step of 1, 2, 2.5 or 5 times a power of ten that covers *span* in at most *parts* steps."""
    if span <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb((span / parts).adjusted())
    for factor in ("1", "2", "2.5", "5", "10"):
        step = Decimal(factor) * power
        if step * parts >= span:
            return step.normalize()
    return (power * 20).normalize()


def axis_label(number: Decimal) -> str:
    """A tick's number as short as Korean writes it: 1,500,000 gives 150만, 300,000,000 gives 3억."""
    for size, word in ((Decimal(10**8), "억"), (Decimal(10**4), "만")):
        if abs(number) >= 10 * size or (abs(number) >= size and word == "억"):
            return format_number(number / size) + word
    return format_number(number)


def _window(numbers: list[Decimal], from_zero: bool) -> tuple[Decimal, Decimal, Decimal]:
    """Lower end, upper end and step of the value axis."""
    low, high = min(numbers), max(numbers)
    if from_zero or low <= 0:
        low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        low, high = (Decimal(0), Decimal(1)) if high == 0 else (min(Decimal(0), high), max(Decimal(0), high))
    elif not from_zero:
        margin = (high - low) / 4
        low = max(low - margin, Decimal(0)) if low >= 0 else low - margin
    step = nice_step(high - low)
    bottom = (low // step) * step
    if low < 0 and bottom > low:
        bottom -= step
    top = bottom
    while top < high:
        top += step
    return bottom, top, step


def _segments(points: list[tuple[float, float] | None]) -> list[str]:
    """Join neighbouring points into polylines, broken where a point is missing; single points give none."""
    lines, run = [], []
    for point in [*points, None]:
        if point is not None:
            run.append(f"{point[0]:.1f},{point[1]:.1f}")
            continue
        if len(run) > 1:
            lines.append(" ".join(run))
        run = []
    return lines


def line_chart(
    years: list[int],
    targets: list[Decimal | None],
    actuals: list[Decimal | None],
    *,
    decimals: int = 0,
    from_zero: bool = True,
    best_is_low: bool = False,
    awaited: list[int] = (),
) -> LineChart | None:
    """Lay out targets and actuals of *years*; None when there is no number at all.

    *best_is_low* turns the axis over (grades: 1 stands on top). *awaited* are the years to be marked as unpublished.
    """
    numbers = [n for n in [*targets, *actuals] if n is not None]
    if not numbers:
        return None
    chart = LineChart()
    bottom, top, step = _window(numbers, from_zero and not best_is_low)
    chart.broken_axis = bottom > 0
    span_x = (WIDTH - LEFT - RIGHT) / max(1, len(years))

    def x(index: int) -> float:
        return LEFT + span_x * (index + 0.5)

    def y(number: Decimal) -> float:
        share = float((number - bottom) / (top - bottom))
        return TOP + (HEIGHT - TOP - BOTTOM) * (share if best_is_low else 1 - share)

    tick = bottom
    while tick <= top:
        chart.ticks.append(Mark(str(LEFT - 10), f"{y(tick):.1f}", axis_label(tick)))
        tick += step
    chart.years = [Mark(f"{x(i):.1f}", str(HEIGHT - BOTTOM + 22), str(year), year) for i, year in enumerate(years)]
    target_points = [None if n is None else (x(i), y(n)) for i, n in enumerate(targets)]
    actual_points = [None if n is None else (x(i), y(n)) for i, n in enumerate(actuals)]
    chart.target_lines, chart.actual_lines = _segments(target_points), _segments(actual_points)

    def marks(points, numbers):
        return [
            Mark(f"{p[0]:.1f}", f"{p[1]:.1f}", format_number(n, decimals), year)
            for p, n, year in zip(points, numbers, years, strict=True)
            if p is not None
        ]

    chart.target_marks, chart.actual_marks = marks(target_points, targets), marks(actual_points, actuals)
    chart.missing = [
        Mark(f"{x(i):.1f}", str(HEIGHT - BOTTOM + 39), "", year) for i, year in enumerate(years) if year in awaited
    ]
    chart.last_actual = chart.actual_marks[-1] if chart.actual_marks else None
    chart.last_target = chart.target_marks[-1] if chart.target_marks else None
    return chart


def sparkline(values: list[Decimal | None]) -> tuple[list[str], tuple[str, str] | None]:
    """Polylines and the last point of a small chart without axes; gaps where a value is missing."""
    numbers = [n for n in values if n is not None]
    if not numbers:
        return [], None
    low, high = min(numbers), max(numbers)
    step = (SPARK_WIDTH - 2 * SPARK_PAD) / max(1, len(values) - 1)

    def place(index: int, number: Decimal) -> tuple[float, float]:
        share = 0.5 if high == low else float((number - low) / (high - low))
        return SPARK_PAD + step * index, SPARK_HEIGHT - SPARK_PAD - share * (SPARK_HEIGHT - 2 * SPARK_PAD)

    points = [None if n is None else place(i, n) for i, n in enumerate(values)]
    last = next(p for p in reversed(points) if p is not None)
    return _segments(points), (f"{last[0]:.1f}", f"{last[1]:.1f}")
