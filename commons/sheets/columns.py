"""What all spreadsheets that come back share: columns, limits, and texts as a spreadsheet returns them."""

import re
from dataclasses import dataclass

ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what a spreadsheet takes for an escaped character

# Characters that XML cannot carry. A form lets them through, so a stored text may hold them.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

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
    """*text* with the differences taken out that a trip through a spreadsheet makes by itself."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
