"""What all spreadsheets that come back share: columns, limits, and texts as a spreadsheet returns them."""

from dataclasses import dataclass

from commons.text import clean_text

MAX_BYTES = 10 * 1024 * 1024

MAX_UNPACKED = 100 * 1024 * 1024

MAX_RATIO = 200  # unpacked to packed; a real workbook of text and numbers stays below 50

MAX_PARTS = 500

MAX_ROWS = 2_000

MAX_LINE = 300_000  # characters of one row of a CSV, however many lines it takes; all texts of a row stay far below
MAX_COLUMNS = 50

MAX_ELEMENTS = 600_000  # of all parts; 2,000 rows of 50 filled cells have 300,000


@dataclass(frozen=True)
class Column:
    """A column of the input sheet. `name` is the field of Result where one can write, else a name of our own."""

    name: str
    title: str
    width: int
    is_input: bool = False


def canonical(text: str) -> str:
    """*text* without the differences that a trip through a spreadsheet makes by itself: as it is stored."""
    return clean_text(text)
