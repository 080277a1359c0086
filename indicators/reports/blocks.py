"""The blocks that a report is arranged in, which every text format can write.

A cell of a table is a text, or a Status that the formats show in their own way.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from commons.bars import Part
from indicators.choices import Status
from indicators.figures.selectors.figures import Distribution

SHORT_TABLE = 8  # rows
FILLS = {
    Status.MET: "#0b50d0",
    Status.NEAR: "#86aff9",
    Status.SHORT: "#ffc95c",
    Status.POOR: "#b34700",
    Status.UNRATED: "#cdd1d5",
}


@dataclass(frozen=True)
class Heading:
    text: str
    level: int
    anchor: str = ""
    new_page: bool = False
    kind: str = "heading"


@dataclass(frozen=True)
class Paragraph:
    text: str
    look: str = ""  # soft or lead
    kind: str = "paragraph"


@dataclass(frozen=True)
class Facts:
    """Label and text, row by row."""

    rows: list[tuple[str, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Column:
    """`weight` is the share of the width beside the other columns; `look` is text, number, code or verdict."""

    title: str
    weight: int
    look: str = "text"


@dataclass(frozen=True)
class Table:
    """`head` is the place of the column that names its row. A caption stands where no heading names the table."""

    columns: list[Column]
    rows: list[list]
    head: int = 0
    caption: str = ""
    kind: str = "table"

    @property
    def widths(self) -> list[float]:
        """Width of each column in percent."""
        total = sum(column.weight for column in self.columns)
        return [round(100 * column.weight / total, 2) for column in self.columns]

    @property
    def is_short(self) -> bool:
        """Whether it is better kept on one page than split."""
        return len(self.rows) <= SHORT_TABLE

    @property
    def marked_rows(self) -> list[list[tuple]]:
        """Each cell with the look of its column and whether it names the row."""
        looks = [(column.look, place == self.head) for place, column in enumerate(self.columns)]
        return [[(cell, *look) for cell, look in zip(row, looks, strict=True)] for row in self.rows]


@dataclass(frozen=True)
class Bar:
    """A distribution as a divided bar. What it shows always stands in a table beside it."""

    distribution: Distribution
    kind: str = "bar"

    @property
    def fills(self) -> list[tuple[Part, str]]:
        """The parts that are not empty, each with its colour (as in static/css/site.css)."""
        return [(part, FILLS[part.choice]) for part in self.distribution.parts if part.count]


@dataclass(frozen=True)
class Cover:
    owner: str
    plan: str
    title: str
    edition: str
    facts: list[tuple[str, str]]
    kind: str = "cover"


@dataclass(frozen=True)
class Contents:
    """Title, level and anchor of the headings that a reader looks for."""

    entries: list[tuple[str, int, str]]
    kind: str = "contents"


@dataclass
class Document:
    """`running` is printed on every page. `one_page` asks the writer to fit it on a single page."""

    title: str
    running: str
    is_demo: bool
    one_page: bool = False
    blocks: list = field(default_factory=list)

    def add(self, *blocks) -> None:
        self.blocks += blocks

    @property
    def demo_note(self) -> str:
        """What every page of a made-up edition says; '' otherwise."""
        return _("시범 자료: 실적과 판정은 실제가 아닙니다.") if self.is_demo else ""
