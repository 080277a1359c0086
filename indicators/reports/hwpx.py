"""Reports as HWPX (OWPML, KS X 6101), which Hangul opens, through python-hwpx: the only module that knows it.

Lengths are in HWPUNIT: 100 to the point, 7,200 to the inch.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from unicodedata import east_asian_width

from django.utils.translation import gettext as _
from hwpx import HwpxDocument

from commons.text import writable
from indicators.choices import Status
from indicators.reports.blocks import Bar, Column, Contents, Cover, Document, Facts, Heading, Paragraph, Table

MARGIN_MM = 20
TEXT_WIDTH = 48188  # A4 without the margins
CELL_POINTS = 9
LINE = 1300  # height of a line in a table
PAD = 510  # left and right of a cell
INSET = 141  # above and below it
SHADED, PLAIN = "#F4F5F6", None
_HH = "{http://www.hancom.co.kr/hwpml/2011/head}"
_HP = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"

# Look of a paragraph: points, colour, bold, space above and below in points, outline level, kept with what follows.
LOOKS = {
    "heading1": (18, "#131416", True, 0, 10, 1, True),
    "heading2": (14, "#131416", True, 14, 6, 2, True),
    "heading3": (12, "#464C53", True, 8, 5, 3, True),
    "heading4": (14, "#063A74", True, 6, 6, 4, True),
    "heading5": (11, "#131416", True, 10, 3, 5, True),
    "": (10, "#1E2124", False, 0, 5, 0, False),
    "lead": (11, "#1E2124", False, 0, 10, 0, False),
    "soft": (9, "#58616A", False, 0, 4, 0, False),
    "eyebrow": (9, "#58616A", False, 0, 2, 0, True),
    "caption": (9, "#464C53", True, 4, 3, 0, True),
    "anchor": (10, "#1E2124", False, 0, 8, 0, False),
    "owner": (16, "#0B50D0", True, 120, 20, 0, False),
    "title": (30, "#131416", True, 0, 12, 1, False),
    "plan": (15, "#464C53", False, 0, 24, 0, False),
    "edition": (13, "#131416", True, 0, 160, 0, False),
}
ALIGNMENTS = {"number": "RIGHT"}  # all other columns stand left


def write_hwpx(document: Document, *, author: str, tell: Callable[[str], None] = lambda doing: None) -> bytes:
    """The document as an HWPX package. *tell* hears what is done next."""
    tell(_("한글 문서를 짜고 있습니다."))
    writer = _Writer()
    writer.begin(document, author)
    for block in document.blocks:
        writer.write(block)
    tell(_("한글 문서로 쓰고 있습니다."))
    return writer.book.to_bytes()


def lines_of(text: str, width: int) -> int:
    """How many lines *text* takes in a cell of *width*: wide signs take the font's size, others half of it."""
    room = max(1, width - 2 * PAD)
    signs = CELL_POINTS * 100

    def length(line: str) -> int:
        return sum(signs if east_asian_width(sign) in "WF" else signs * 55 // 100 for sign in line)

    return sum(max(1, ceil(length(line) / room)) for line in text.split("\n"))


def widths_of(shares: list[float]) -> list[int]:
    """Widths that add up to the text's, in proportion to *shares* of 100."""
    widths = [int(TEXT_WIDTH * share / 100) for share in shares]
    widths[-1] += TEXT_WIDTH - sum(widths)
    return widths


@dataclass
class _Writer:
    """Writes block after block into one section, with every look made once."""

    book: HwpxDocument = field(default_factory=HwpxDocument.new)
    paragraphs: dict[str, str] = field(default_factory=dict)  # ids of paragraph shapes by look
    runs: dict[tuple, str] = field(default_factory=dict)  # ids of character shapes
    fills: dict[str | None, str] = field(default_factory=dict)  # ids of borders with their ground
    break_next: bool = False

    def begin(self, document: Document, author: str) -> None:
        self.book.page.setup(
            paper_size="A4",
            margin_left_mm=MARGIN_MM,
            margin_right_mm=MARGIN_MM,
            margin_top_mm=15,
            margin_bottom_mm=15,
            header_margin_mm=10,
            footer_margin_mm=10,
        )
        # Headings take part in the outline, by which readers move about, but carry their own numbers.
        for head in self.book.oxml.headers[0].element.iter(f"{_HH}paraHead"):
            head.text = ""
        header = " · ".join(filter(None, [document.running, document.demo_note]))
        self.book.page.set_header(text=writable(header))
        self.book.page.set_page_number(target="footer", align="CENTER")
        self.book.parts.set_document_metadata(title=writable(document.title), creator=writable(author))

    # --- looks, each made once

    def run(self, points: float, colour: str, bold: bool) -> str:
        key = (points, colour, bold)
        if key not in self.runs:
            self.runs[key] = self.book.styles.ensure_run(size=points, color=colour, bold=bold, font="함초롬돋움")
        return self.runs[key]

    def fill(self, colour: str | None) -> str:
        if colour not in self.fills:
            self.fills[colour] = self.book.styles.ensure_border_fill(border_color="#B1B8BE", fill_color=colour)
        return self.fills[colour]

    def paragraph(self, text: str, look: str, *, new_page: bool = False):
        """Add a paragraph; the shape of each look is made from the first one that has it."""
        points, colour, bold, above, below, outline, keep = LOOKS[look]
        added = self.book.add_paragraph(
            writable(text),
            char_pr_id_ref=self.run(points, colour, bold),
            para_pr_id_ref=self.paragraphs.get(look, "0"),
            style_id_ref="0",
        )
        if look not in self.paragraphs:
            self.book.styles.apply_paragraph_format(
                paragraphs=[added],
                alignment="LEFT",
                line_spacing_percent=150,
                spacing_before_pt=above,
                spacing_after_pt=below,
                outline_level=outline,
                keep_with_next=keep,
            )
            self.paragraphs[look] = added.para_pr_id_ref
        if new_page:
            added.element.set("pageBreak", "1")
        return added

    def cell_shape(self, look: str) -> str:
        """The paragraph shape of cells whose column looks like *look*."""
        alignment = ALIGNMENTS.get(look, "LEFT")
        name = f"cell {alignment}"
        if name not in self.paragraphs:
            sample = self.book.add_paragraph("", para_pr_id_ref="0", style_id_ref="0")
            self.book.styles.apply_paragraph_format(paragraphs=[sample], alignment=alignment, line_spacing_percent=130)
            self.paragraphs[name] = sample.para_pr_id_ref
            sample.remove()
        return self.paragraphs[name]

    # --- blocks

    def write(self, block) -> None:
        getattr(self, f"write_{block.kind}")(block)

    def write_heading(self, block: Heading) -> None:
        self.paragraph(block.text, f"heading{block.level}", new_page=block.new_page)

    def write_paragraph(self, block: Paragraph) -> None:
        self.paragraph(block.text, block.look)

    def write_bar(self, block: Bar) -> None:
        """What a bar shows stands in the table beside it, and Hangul needs no second drawing of it."""

    def write_cover(self, block: Cover) -> None:
        self.paragraph(block.owner, "owner")
        self.paragraph(block.title, "title")
        self.paragraph(block.plan, "plan")
        self.paragraph(block.edition, "edition")
        self.write_facts(Facts(block.facts))

    def write_contents(self, block: Contents) -> None:
        self.paragraph(_("차례"), "heading1", new_page=True)
        for text, level, _anchor in block.entries:
            self.paragraph(text if level == 1 else f"    {text}", "" if level == 1 else "soft")

    def write_facts(self, block: Facts) -> None:
        columns = [Column("", 20), Column("", 80)]
        self.grid(columns, widths_of([20, 80]), [list(row) for row in block.rows], heads={0}, with_titles=False)

    def write_table(self, block: Table) -> None:
        if block.caption:
            self.paragraph(block.caption, "caption")
        rows = [[column.title for column in block.columns], *block.rows]
        widths = widths_of(block.widths)
        self.grid(block.columns, widths, rows, heads={block.head}, with_titles=True, is_short=block.is_short)

    def grid(self, columns, widths, rows, *, heads: set[int], with_titles: bool, is_short: bool = True) -> None:
        """A table of *rows*; with titles the first row is the header, repeated on every page."""
        anchor = self.paragraph("", "anchor")
        table = anchor.add_table(len(rows), len(columns), width=TEXT_WIDTH, border_fill_id_ref=self.fill(PLAIN))
        if not is_short:
            table.set_treat_as_char(False)  # otherwise it would not be split between pages
        if with_titles:
            table.element.set("repeatHeader", "1")
        total = 0
        for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
            is_title = with_titles and number == 0
            words = [str(text.label) if isinstance(text, Status) else text for text in texts]
            height = max(lines_of(text, width) for text, width in zip(words, widths, strict=True)) * LINE + 2 * INSET
            total += height
            for place, (cell, text) in enumerate(zip(row.cells, words, strict=True)):
                shaded = is_title or (not with_titles and place in heads)
                self.cell(cell, text, columns[place].look, shaded=shaded, is_title=is_title)
                size = cell.element.find(f"{_HP}cellSz")
                size.set("width", str(widths[place]))
                size.set("height", str(height))
        table.element.find(f"{_HP}sz").set("height", str(total))
        table.mark_dirty()

    def cell(self, cell, text: str, look: str, *, shaded: bool, is_title: bool) -> None:
        """Fill one cell, whatever lines its text has."""
        element = cell.element
        element.set("borderFillIDRef", self.fill(SHADED if shaded else PLAIN))
        if is_title:
            element.set("header", "1")
        first = element.find(f".//{_HP}p")
        for number, line in enumerate(writable(text).split("\n")):
            paragraph = first if number == 0 else cell.add_paragraph("").element
            paragraph.set("paraPrIDRef", self.cell_shape(look))
            run = paragraph.find(f"{_HP}run")
            run.set("charPrIDRef", self.run(CELL_POINTS, "#1E2124", shaded))
            run.find(f"{_HP}t").text = line
