"""Workbooks as they are written: texts that stay texts, numbers with all their digits, the same bytes each time."""

import io
import re
import zipfile
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from commons.spreadsheets import PLAIN, new_book
from commons.tables import plain_decimal
from commons.text import writable

NAMESPACE = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
BOTH_WAYS = pytest.mark.parametrize("row_by_row", [False, True])


def written(act, *, row_by_row: bool) -> bytes:
    file = io.BytesIO()
    fill_book(file, act, row_by_row=row_by_row)
    return file.getvalue()


def fill_book(file: io.BytesIO, act, *, row_by_row: bool) -> None:
    with new_book(file, row_by_row=row_by_row) as book:
        act(book.new_sheet("시트"))


def raw_cells(data: bytes) -> list:
    """What the file itself says in each cell, read as the format's own rules have it: (kind, text)."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    shared = []
    if "xl/sharedStrings.xml" in archive.namelist():
        shared = [_words(item) for item in _elements(archive, "xl/sharedStrings.xml", "//m:si")]
    cells = []
    for cell in _elements(archive, "xl/worksheets/sheet1.xml", "//m:c"):
        if cell.get("t") == "s":
            cells.append(("text", shared[int(cell[0].text)]))
        elif cell.get("t") == "inlineStr":
            cells.append(("text", _words(cell)))
        else:
            assert cell.get("t") is None
            cells += [("number", value.text) for value in cell]
    return cells


def _elements(archive: zipfile.ZipFile, part: str, path: str) -> list:
    return etree.fromstring(archive.read(part)).xpath(path, namespaces=NAMESPACE)


def _words(element) -> str:
    """The text of all runs; in each, _x0041_ is an escaped A."""
    runs = [run.text or "" for run in element.iter(f"{{{NAMESPACE['m']}}}t")]
    return "".join(re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), run) for run in runs)


@BOTH_WAYS
@given(text=st.text(min_size=1, max_size=60))
@example(text="=1+1")
@example(text="{=1+1}")
@example(text="+82 2")
@example(text="-x")
@example(text="@a")
@example(text="\ta")
@example(text="#N/A")
@example(text="007")
@example(text="https://example.org/")
@example(text="mailto:a")
@example(text="_x0041_")
@example(text="_x0041_x0042_x0043_")
@example(text="_x005F_x0041_")
@example(text="<r>")
@example(text="<r><t>a</t></r>")
@example(text="<r>&</r>")
@example(text="<r>_x0041_</r>")
@example(text=" 앞뒤 ")
@example(text="줄\r\n바꿈\r끝")
def test_any_text_stays_the_text_it_is(text, row_by_row):
    data = written(lambda sheet: sheet.put_text(0, 0, text), row_by_row=row_by_row)
    assert raw_cells(data) == ([("text", writable(text))] if writable(text) else [])
    cell = load_workbook(io.BytesIO(data)).active["A1"]
    assert cell.value is None or (cell.data_type, cell.quotePrefix) == ("s", True)
    assert cell.hyperlink is None


@BOTH_WAYS
@given(number=st.decimals(min_value=-(10**19), max_value=10**19, places=6))
@example(number=Decimal("0.1000"))
@example(number=Decimal("-0.0000"))
@example(number=Decimal("1E+3"))
@example(number=Decimal("0.000001"))
@example(number=Decimal("9007199254740993"))
@example(number=Decimal("1234567890123456789.012345"))
def test_a_number_keeps_its_digits(number, row_by_row):
    data = written(lambda sheet: sheet.put_number(0, 0, number), row_by_row=row_by_row)
    assert raw_cells(data) == [("number", plain_decimal(number))]


@BOTH_WAYS
def test_the_same_content_gives_the_same_bytes(row_by_row):
    def fill(sheet):
        sheet.put_head(0, 0, "지표", is_input=True)
        sheet.put_text(1, 0, "가", PLAIN | {"locked": False})
        sheet.put_number(1, 1, Decimal("1.5"))

    first, second = (written(fill, row_by_row=row_by_row) for _turn in range(2))
    assert first == second
    assert load_workbook(io.BytesIO(first)).properties.created.year == 1980


def test_what_is_not_given_keeps_its_look():
    def fill(sheet):
        sheet.put_number(0, 0, None, {"num_format": "#,##0.0", "locked": False})
        sheet.put_text(0, 1, "", {"num_format": "@"})

    number, text = load_workbook(io.BytesIO(written(fill, row_by_row=False))).active[1]
    assert (number.value, number.number_format, number.protection.locked) == (None, "#,##0.0", False)
    assert (text.value, text.number_format, text.quotePrefix) == (None, "@", False)


def test_a_workbook_that_fails_half_way_leaves_nothing():
    file = io.BytesIO()

    def fail(sheet):
        sheet.put_text(0, 0, "가")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fill_book(file, fail, row_by_row=True)
    assert file.getvalue() == b""
