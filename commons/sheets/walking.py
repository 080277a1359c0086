"""Walking the XML parts of a workbook element by element, keeping nothing but the cells that need a second look.

The parser is expat itself: an ElementTree of a hundred thousand rows costs five times as much. Every DTD is refused, as
the format has none, and with it every entity.
"""

from contextlib import contextmanager
from functools import cache
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils.cell import column_index_from_string

FORMULA, PERCENT, ERROR = "formula", "percent", "error"
MAX_NOTED = 200_000


class Forbidden(Exception):
    """The part declares a document type."""


class NotXml(Exception):
    """The part is not well-formed."""


class BadPlace(Exception):
    """The part has a row or column beyond the limits, or too much of anything; `what` says which."""

    ROW, COLUMN, AMOUNT = "row", "column", "amount"

    def __init__(self, what: str):
        super().__init__(what)
        self.what = what


class Walker:
    """Counts over all parts of one workbook.

    `noted` has, by part and (row, column) from 1, the cells with a formula, an error or a percentage as their format.
    """

    def __init__(self, rows: int, columns: int, elements: int):
        self.rows, self.columns, self.budget = rows, columns, elements
        self.noted: dict[str, dict[tuple[int, int], str]] = {}
        self._percent_formats = {str(number) for number, code in BUILTIN_FORMATS.items() if "%" in code}
        self._percent_styles: set[str] = set()

    @contextmanager
    def part(self, name: str):
        """A parser to feed one part to, which is at its end when the block ends."""
        parser = _Part(self, name)
        yield parser
        parser.feed(b"", is_last=True)


class _Part:
    def __init__(self, walker: Walker, name: str):
        self.walker = walker
        self.noted: dict[tuple[int, int], str] = walker.noted.setdefault(name, {})
        self.count = self.row = self.row_count = self.cell_count = self.column = self.style = 0
        self.cell: tuple[int, int] = (0, 0)
        self.in_cell_formats = False
        self.is_styles = name.lower().endswith("styles.xml")
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._refuse
        if self.is_styles:
            self.parser.EndElementHandler = self._end

    def feed(self, data: bytes, *, is_last: bool = False) -> None:
        try:
            self.parser.Parse(data, is_last)
        except expat.ExpatError as error:
            raise NotXml(str(error)) from error

    def _refuse(self, *_declaration) -> None:
        raise Forbidden

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        walker = self.walker
        walker.budget -= 1
        if walker.budget < 0:
            raise BadPlace(BadPlace.AMOUNT)
        if ":" in name:
            name = name.rsplit(":", 1)[1]
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self.row_count += 1
            self.row = int(attributes.get("r", self.row + 1))
            self.cell_count = self.column = 0
            if max(self.row, self.row_count) > walker.rows:
                raise BadPlace(BadPlace.ROW)
        elif name in ("f", "v", "is"):
            if self.column > walker.columns:
                raise BadPlace(BadPlace.COLUMN)
            if name == "f":
                self._note(FORMULA)
        elif self.is_styles:
            self._style(name, attributes)

    def _cell(self, attributes) -> None:
        self.cell_count += 1
        if self.cell_count > self.walker.rows:
            raise BadPlace(BadPlace.AMOUNT)
        place = attributes.get("r")
        if place is None:
            self.column += 1
            row = self.row
        else:
            letters = place.rstrip("0123456789")
            self.column = _column(letters)
            row = int(place[len(letters) :])
            if row > self.walker.rows:
                raise BadPlace(BadPlace.ROW)
        self.cell = (row, self.column)
        if attributes.get("t") == "e":
            self._note(ERROR)
        elif attributes.get("s") in self.walker._percent_styles:
            self._note(PERCENT)

    def _note(self, what: str) -> None:
        if len(self.noted) >= MAX_NOTED:
            raise BadPlace(BadPlace.AMOUNT)
        self.noted[self.cell] = what

    def _style(self, name: str, attributes) -> None:
        if name == "numFmt" and "%" in attributes.get("formatCode", ""):
            self.walker._percent_formats.add(attributes.get("numFmtId"))
        elif name == "cellXfs":
            self.in_cell_formats = True
        elif name == "xf" and self.in_cell_formats:
            if attributes.get("numFmtId") in self.walker._percent_formats:
                self.walker._percent_styles.add(str(self.style))
            self.style += 1

    def _end(self, name: str) -> None:
        if name.endswith("cellXfs"):
            self.in_cell_formats = False


@cache
def _column(letters: str) -> int:
    if len(letters) > 3:
        raise ValueError(letters)
    return column_index_from_string(letters)
