"""Reading a tagged PDF by its tags: what a screen reader would say, cell by cell."""

import io
import re
from dataclasses import dataclass, field

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

_TOKEN = re.compile(
    rb"/MCID (\d+)[^B]*?BDC|\b(BMC|EMC)\b|/(\S+) \S+ Tf|<([0-9a-fA-F]+)>(?=[^\[\]]*\]\s*TJ|\s*Tj)", re.DOTALL
)
_LINE = re.compile(r"<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>")


@dataclass
class Node:
    """A tag with what stands in it: texts and further tags, in reading order."""

    tag: str
    parts: list = field(default_factory=list)
    alt: str = ""

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def find(self, *tags: str):
        """All tags within of these kinds, in reading order."""
        for part in self.parts:
            if isinstance(part, Node):
                if part.tag in tags:
                    yield part
                yield from part.find(*tags)

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, row by row."""
        return [[cell.text for cell in row.find("TH", "TD")] for row in self.find("TR")]


def _letters(font) -> dict[str, str]:
    """The text of each glyph of a font, by its code in hexadecimal."""
    pairs = _LINE.findall(font["/ToUnicode"].get_data().decode("ascii"))
    return {code.lower(): bytes.fromhex(text).decode("utf-16-be") for code, text in pairs if len(code) == 4}


def _marked_texts(page, fonts: dict) -> dict[int, str]:
    """The text of each piece of marked content of a page."""
    names = page["/Resources"].get("/Font", {})
    texts, stack, font = {}, [], {}
    for mcid, mark, name, glyphs in _TOKEN.findall(page.get_contents().get_data()):
        if mcid:
            stack.append(int(mcid))
            texts.setdefault(stack[-1], "")
        elif mark == b"BMC":
            stack.append(None)
        elif mark == b"EMC":
            stack.pop()
        elif name:
            reference = names.raw_get("/" + name.decode())
            key = reference.idnum
            if key not in fonts:
                fonts[key] = _letters(reference.get_object())
            font = fonts[key]
        elif stack and stack[-1] is not None:
            code = glyphs.decode().lower()
            texts[stack[-1]] += "".join(font[code[i : i + 4]] for i in range(0, len(code), 4))
    return texts


def tag_tree(data: bytes) -> tuple[Node, PdfReader]:
    """The tags of a PDF with their texts, and the reader for all else."""
    reader = PdfReader(io.BytesIO(data))
    fonts: dict[int, dict] = {}
    texts = {page.indirect_reference.idnum: _marked_texts(page, fonts) for page in reader.pages}

    def parts_of(kids, page):
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            kid = kid.get_object() if isinstance(kid, IndirectObject) else kid
            if isinstance(kid, DictionaryObject):
                if kid.get("/Type") == "/OBJR":
                    continue
                own = kid.raw_get("/Pg").idnum if "/Pg" in kid else page
                if "/MCID" in kid:
                    yield texts[own].get(kid["/MCID"], "")
                elif "/S" in kid:
                    found = Node(kid["/S"][1:], alt=str(kid.get("/Alt", "")))
                    if "/K" in kid:
                        found.parts = list(parts_of(kid["/K"], own))
                    yield found
            else:
                yield texts[page].get(int(kid), "")

    root = reader.trailer["/Root"]["/StructTreeRoot"]
    return Node("Root", list(parts_of(root["/K"], None))), reader
