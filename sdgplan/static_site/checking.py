"""Whether a static edition says what the running site says, and whether its links lead somewhere.

The written file is read anew, and what it may leave out is said here once more, apart from what left it out: forms, the
choice of filters, buttons that need the running site, and the edition's own notes.
"""

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from sdgplan.static_site.making import AT_ONCE, SEARCH_INDEX, STYLE_URL, StaticEdition, fetch, parse

LINKS = "//@href | //@src | //@action | //@formaction | //@poster | //@data | //@srcset"
# What an edition cannot have, or has of its own.
LEFT_OUT = """
    //form | //details[contains(@class, "filters-box")]
    | //script[not(@type="application/ld+json")] | //*[@data-edition]
"""
# What says something without being text, the shapes of charts among it.
TELLING = {"alt", "title", "aria-label", "datetime", "value", "d", "points", "x", "y", "x1", "y1", "x2", "y2"}
TELLING |= {"width", "height", "cx", "cy", "r", "transform"}
LEADS_AWAY = {"a"}  # the only element that may name another host: nothing is loaded from it


@dataclass
class Checked:
    """What was looked at; `faults` are lines for people."""

    pages: int = 0
    figures: int = 0  # pieces of text with a digit
    files: int = 0
    links: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Looked:
    """One page of an edition as it was read: `ids` are the places in it, `links` (element, link)."""

    file: str
    ids: set[str]
    links: list[tuple[str, str]]
    figures: int
    faults: list[str]


class Reading:
    """What a page tells a reader, in its order: `told` are pairs of "text", an attribute or "→", and what that says.

    *target* turns a link into the file that it leads to, None for a link that leads nowhere in an edition.
    """

    def __init__(self, content: bytes, target: Callable[[str], str | None]):
        root = parse(content)
        self.ids = set(root.xpath("//@id"))
        self.links = [(link.getparent().tag, str(link)) for link in root.xpath(LINKS)]
        self._target = target
        for element in root.xpath(LEFT_OUT):
            element.drop_tree()
        for element in root.xpath("//a[@href]"):
            if "button" in element.classes and target(element.get("href")) is None:
                element.drop_tree()
        self.told = list(self._telling(root))

    def _telling(self, root) -> Iterator[tuple[str, str]]:
        for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
            if event == "start":
                yield from ((name, value) for name, value in element.items() if name in TELLING)
                if element.tag in ("a", "use") and (leads_to := self._target(element.get("href", ""))) is not None:
                    yield "→", leads_to
            said = (element.text if event == "start" else element.tail) or ""
            if text := " ".join(said.split()):
                yield "text", text


def check(edition: StaticEdition) -> Checked:
    """Compare an edition that was just written with the running site, file by file, and follow all its links."""
    checked, looked = Checked(), {}
    addresses = [address for address, page in edition.pages.items() if address.startswith(edition.root)]
    batches = [addresses[i : i + AT_ONCE] for i in range(0, len(addresses), AT_ONCE)]
    compare = partial(_compare, edition.directory, edition.files, edition.root)
    with edition.pool() as pool:
        for page in (page for batch in pool(compare, batches) for page in batch):
            looked[page.file] = page
    root = edition.directory
    written = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    for page in looked.values():
        checked.pages += page.file.endswith(".html")
        checked.figures += page.figures
        checked.links += len(page.links)
        checked.faults += page.faults
        checked.faults += _broken(page.file, page.links, written, looked)
    for name in sorted(written - looked.keys()):
        links = _links_of_file(root / name, name)
        checked.links += len(links)
        checked.faults += _broken(name, links, written, looked)
    checked.files = len(written)
    return checked


def _compare(directory: Path, files: dict[str, str], root: str, addresses: list[str]) -> list[Looked]:
    """Ask the running site for *addresses* again and hold the files of an edition against the answers."""

    def live_target(here: str, link: str) -> str | None:
        if urlsplit(link).netloc or link.startswith(("data:", "mailto:")):
            return link
        address, _mark, fragment = urljoin(here, link).partition("#")
        name = files.get(address)
        return None if name is None else f"{name}#{fragment}"

    def target(here: str, link: str) -> str | None:
        if urlsplit(link).netloc or link.startswith(("data:", "mailto:")):
            return link
        path, _mark, fragment = link.partition("#")
        return f"{_file_at(here, path)}#{fragment}"

    looked = []
    for live in fetch(addresses):
        name = files[live.address]
        content = (directory / name).read_bytes()
        if not live.is_html:
            faults = [] if (live.status, live.content) == (200, content) else [f"{name}: {live.address}와 다릅니다"]
            looked.append(Looked(name, set(), [], 0, faults))
            continue
        said = Reading(live.content, partial(live_target, live.address)).told
        page = Reading(content, partial(target, name))
        faults = [
            f"{name}: {live.address}와 다릅니다 (보관본 ‘{' '.join(there)}’, 운영 ‘{' '.join(here)}’)"
            for there, here in zip_longest(page.told, said, fillvalue=("", ""))
            if there != here
        ]
        figures = sum(1 for kind, piece in page.told if kind == "text" and re.search(r"\d", piece))
        looked.append(Looked(name, page.ids, page.links, figures, faults[:1]))
    return looked


def _file_at(here: str, path: str) -> str:
    """The file of an edition that the relative *path* means in the file *here*."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(here), unquote(path))) if path else here


def _links_of_file(path: Path, name: str) -> list[tuple[str, str]]:
    """What styles load, and what the search leads to."""
    if name.endswith(".css"):
        return [("css", link) for link in STYLE_URL.findall(path.read_text(encoding="utf-8"))]
    if name == SEARCH_INDEX:
        return [("a", f"../{row[3]}") for row in json.loads(path.read_text(encoding="utf-8"))]
    return []


def _broken(name: str, links: Iterable[tuple[str, str]], written: set[str], looked: dict[str, Looked]) -> Iterator[str]:
    for tag, link in links:
        parts = urlsplit(link)
        if parts.netloc or parts.scheme:
            if tag not in LEADS_AWAY and parts.scheme != "data":
                yield f"{name}: 다른 곳에서 불러옵니다: {link}"
            continue
        file, fragment = _file_at(name, parts.path), unquote(parts.fragment)
        if parts.path.startswith("/") or file not in written:
            yield f"{name}: 없는 파일로 가는 링크: {link}"
        elif fragment and file in looked and fragment not in looked[file].ids:
            yield f"{name}: 화면에 없는 자리로 가는 링크: {link}"
