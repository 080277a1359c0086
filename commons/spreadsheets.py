"""Writing workbooks (XLSX): the same content gives the same bytes, whatever the clock says. Pure.

Texts stay texts, whatever they begin with, and numbers keep all their digits. Rows and columns count from 0. A look is
a dict of XlsxWriter's format properties; what `Sheet` does not say, XlsxWriter's own methods do.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from commons.text import writable
from commons.values import plain_number

Look = Mapping[str, str | int | bool]

TEXT_FORMAT = "@"
PLAIN: Look = {"font_name": "맑은 고딕", "font_size": 10}
BOLD: Look = PLAIN | {"bold": True}
TOP: Look = {"text_wrap": True, "valign": "top"}
GREY: Look = {"pattern": 1, "bg_color": "#E6E8EA"}
BORDER: Look = {"border": 1, "border_color": "#D8D8D8"}
INK: Look = {"font_color": "#1E2124"}
_BLUE: Look = {"pattern": 1, "bg_color": "#0B50D0", "font_color": "#FFFFFF"}
_HEAD: Look = BOLD | BORDER | {"text_wrap": True, "valign": "vcenter", "align": "center"}

_CREATED = datetime(1980, 1, 1)  # no moment at all: it says nothing about the content
_ESCAPE = "x[0-9A-Fa-f]{4}_"
_CHAIN_OF_ESCAPES = re.compile(f"_{_ESCAPE}{_ESCAPE}")
_RUN = re.compile(rf"(?<=\A<)|(?<=_)(?={_ESCAPE})")


class _Digits(Decimal):
    """XlsxWriter formats a number with sixteen digits, as a float has them; this one always shows all it has."""

    def __format__(self, _specifier: str) -> str:
        return plain_number(self)


class Sheet(Worksheet):
    """A sheet of a Book."""

    book: "Book"

    def put_text(self, row: int, column: int, text: str, look: Look = PLAIN) -> None:
        """Write *text* so that it is never a formula, also when the cell is edited later."""
        text = writable(text)
        style = self.book.style(look | {"quote_prefix": True} if text else look)
        self.write_words(row, column, text, style)

    def put_number(self, row: int, column: int, number: Decimal | int | None, look: Look = PLAIN) -> None:
        """Write *number* digit by digit, or an empty cell for None."""
        style = self.book.style(look)
        if number is None:
            self.write_blank(row, column, None, style)
        else:
            self.write_number(row, column, _Digits(number), style)

    def put_head(self, row: int, column: int, title: str, *, is_input: bool = False) -> None:
        """Write a heading: blue where one may write below it."""
        self.write_words(row, column, title, self.book.style(_HEAD | (_BLUE if is_input else GREY | INK)))

    def put_guide(self, title: str, lines: Iterable[str]) -> None:
        """Write a page to read, in one wide column; lines that begin with ■ are headings."""
        self.set_column(0, 0, 100)
        self.put_text(0, 0, title, BOLD | TOP | {"font_size": 14})
        for row, line in enumerate(lines, start=1):
            self.put_text(row, 0, line, (BOLD if line.startswith("■") else PLAIN) | TOP)

    def put_lines(self, lines: Iterable[Iterable[str]]) -> None:
        """Write *lines* of texts from the top, for programs."""
        for row, line in enumerate(lines):
            for column, text in enumerate(line):
                self.put_text(row, column, text)

    def write_words(self, row: int, column: int, text: str, style: Format | None = None) -> None:
        """Write *text*, which is writable, without more ado."""
        if not text:
            self.write_blank(row, column, None, style)
        elif text.startswith("<r>") or ("_x" in text and _CHAIN_OF_ESCAPES.search(text)):
            # XlsxWriter would take the one for markup of its own and escape but the first of the others, although
            # they share an underscore. Cut into runs, neither looks like anything.
            style = style or self.book.style({})
            runs = [part for run in _RUN.split(text) for part in (style, run)]
            self.write_rich_string(row, column, *runs, style)
        else:
            self.write_string(row, column, text, style)

    def write_digits(self, row: int, column: int, number: Decimal) -> None:
        """Write *number* digit by digit, without a style."""
        self.write_number(row, column, _Digits(number))

    def set_widths(self, widths: Iterable[float], look: Look | None = None) -> None:
        """Give the columns from the left their widths, in characters; *look* is that of cells not written yet."""
        style = None if look is None else self.book.style(look)
        for column, width in enumerate(widths):
            self.set_column(column, column, width, style)

    def print_landscape(self, head_rows: int) -> None:
        """Print all columns on one page's width, with the first *head_rows* rows on each page."""
        self.set_landscape()
        self.repeat_rows(0, head_rows - 1)
        self.fit_to_pages(1, 0)


class Book(Workbook):
    """A workbook; to be had from `new_book`."""

    worksheet_class = Sheet

    def __init__(self, file: BinaryIO, options: dict):
        super().__init__(file, options)
        self._styles: dict[tuple, Format] = {}
        self.set_properties({})

    def set_properties(self, properties: dict) -> None:
        super().set_properties({"created": _CREATED, **properties})

    def new_sheet(self, name: str) -> Sheet:
        """The next sheet; *name* has at most 31 characters."""
        sheet = self.add_worksheet(name)
        sheet.book = self
        return sheet

    def style(self, look: Look) -> Format:
        """The one style that looks like *look*."""
        key = tuple(sorted(look.items()))
        if key not in self._styles:
            self._styles[key] = self.add_format(dict(look))
        return self._styles[key]


@contextmanager
def new_book(file: BinaryIO, *, row_by_row: bool = False) -> Iterator[Book]:
    """A workbook that stands in *file* at the end; when the block fails, nothing does.

    With *row_by_row* each sheet is written from top to bottom and forgets a row at the next one, so that memory stays
    flat; without it cells are written in any order, and each text stands in the file once.
    """
    with TemporaryDirectory(prefix="sheets-") as folder:
        book = Book(file, {"constant_memory": True, "tmpdir": folder} if row_by_row else {"in_memory": True})
        yield book
        book.close()
