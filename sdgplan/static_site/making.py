"""The published site of a plan as files that any web server or object store serves, under any base path.

The pages are asked for as a reader without an account asks for them, beginning with the plan's home and going on from
link to link. What needs the running site (forms, sign-in, reports that would have to be made first) is left out; every
other link leads to a file, relative to the page it stands on.
"""

import hashlib
import json
import posixpath
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from email.message import Message
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connections
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from lxml import html

from plans.models import Plan
from sdgplan.static_site.search_index import entries_of

LINKS = "//@href | //@src | //@action"
LEFT_OUT = "//form[not(contains(@class, 'site-search'))] | //details[contains(@class, 'filters-box')]"
STYLE_URL = re.compile(r"url\(\s*['\"]?([^)'\"]+)['\"]?\s*\)")
SUFFIXES = {
    "text/html": ".html",
    "application/atom+xml": ".xml",
    "text/csv": ".csv",
    "application/json": ".json",
    "application/ld+json": ".json",
    "application/zip": ".zip",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
# Under a plan's address, but not to be had without the running site: work pages, following by mail, reports on demand.
LIVE_ONLY = re.compile(r"(work|embed|following)/|.*/follow/$|reports/\d+/\d+/.+|reports/files/")
REPORT_FILE = re.compile(r"reports/files/\d+/$")
SEARCH_INDEX = "search/index.json"
AT_ONCE = 40  # pages that a process is given at a time


class BrokenSite(Exception):
    """Pages that a link leads to and that could not be had; `faults` are (address, status)."""

    def __init__(self, faults: list[tuple[str, int]]):
        self.faults = faults
        super().__init__(", ".join(f"{address} ({status})" for address, status in faults))


@dataclass
class Page:
    """What the site answered: `kind` is its media type, `name` the file name under which it is offered, or ""."""

    address: str
    status: int
    kind: str
    name: str
    content: bytes

    @property
    def is_html(self) -> bool:
        return self.kind == "text/html"


def fetch(addresses: list[str]) -> list[Page]:
    """The pages at *addresses*, as somebody without an account gets them."""
    site = urlsplit(settings.SITE_URL)
    client = _reader(site.netloc)
    pages = []
    for address in addresses:
        response = client.get(address, secure=site.scheme == "https")
        header = Message()
        header["Content-Type"] = response.headers.get("Content-Type", "")
        header["Content-Disposition"] = response.headers.get("Content-Disposition", "")
        content = b"".join(response.streaming_content) if response.streaming else response.content
        pages.append(
            Page(address, response.status_code, header.get_content_type(), header.get_filename() or "", content)
        )
    return pages


@cache
def _reader(host: str) -> Client:
    """One for each process, because setting up the middleware costs as much as several pages."""
    return Client(headers={"Host": host}, raise_request_exception=False)


def fetch_with_links(addresses: list[str]) -> list[tuple[Page, list[str]]]:
    """The pages at *addresses*, each with the addresses that it leads to, without fragments."""
    return [(page, list(_links_of(page))) for page in fetch(addresses)]


def parse(content: bytes) -> html.HtmlElement:
    """The root element of a page. Names of attributes come in lower case, viewBox too; to HTML that is the same."""
    return html.document_fromstring(content, parser=html.HTMLParser(encoding="utf-8"))


def _links_of(page: Page) -> Iterator[str]:
    if page.is_html:
        for link in parse(page.content).xpath(LINKS):
            yield _within(page.address, link)


def _within(address: str, link: str) -> str:
    """The address that *link* means on the page at *address*; one elsewhere stays as it is."""
    return urljoin(address, link).partition("#")[0]


class StaticEdition:
    """Writes the site of *plan* into a directory. `processes` fetch pages side by side."""

    def __init__(self, plan: Plan, directory: Path, *, processes: int = 1):
        self.plan, self.directory, self.processes = plan, directory, processes
        self.root = reverse("plans:home", args=[plan.slug])
        self.pages: dict[str, Page] = {}
        self.files: dict[str, str] = {}  # address: file, relative to the directory

    def write(self) -> int:
        """Fetch everything and write it; returns the number of files. Raises BrokenSite for a link without a page."""
        self._fetch_all()
        self.files = {page.address: self._file_of(page) for page in self.pages.values()}
        self.files[reverse("home")] = self.files[self.root]
        note = self._note()
        for page in self.pages.values():
            content = self._standing_alone(page, note) if page.is_html else page.content
            self._put(self.files[page.address], content)
        index = list(entries_of(self.plan, lambda address: self.files.get(address, "")))
        self._put(SEARCH_INDEX, json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode())
        return len(self.pages) + 1

    def _put(self, name: str, content: bytes) -> None:
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    # --- fetching

    def _fetch_all(self) -> None:
        todo, known, seen = [self.root], {self.root}, set()
        with self.pool() as pool:
            while todo:
                batches = [todo[i : i + AT_ONCE] for i in range(0, len(todo), AT_ONCE)]
                todo = []
                for page, links in (found for batch in pool(fetch_with_links, batches) for found in batch):
                    self.pages[page.address] = page
                    seen.update(links)
                    for link in links:
                        if link not in known and self._belongs(link, page.address):
                            known.add(link)
                            todo.append(link)
        faults = [(page.address, page.status) for page in self.pages.values() if page.status != 200]
        if faults:
            raise BrokenSite(faults)
        self._fetch_static({link for link in seen if link.startswith(settings.STATIC_URL)})

    def pool(self):
        """What maps work over batches, side by side where that was asked for; to be entered."""
        return _Processes(self.processes) if self.processes > 1 else _Here()

    def _belongs(self, link: str, source: str) -> bool:
        """Whether *link*, found on *source*, is part of the edition.

        A list is followed to its narrowed forms, and through their pages, but not from one narrowed form to the next:
        there would be no end to them.
        """
        if not link.startswith(self.root):
            return False
        rest = link.removeprefix(self.root)
        if LIVE_ONLY.match(rest) and not REPORT_FILE.match(rest):
            return False
        path, _mark, query = link.partition("?")
        source_path, _mark, source_query = source.partition("?")
        return not (query and source_query and path == source_path) or "page=" in query

    def _fetch_static(self, todo: set[str]) -> None:
        """Styles, scripts and pictures that the pages name, and what the styles name."""
        todo.add(urljoin(settings.STATIC_URL, static("js/site_search.js")))
        while todo:
            address = todo.pop()
            name = unquote(address.removeprefix(settings.STATIC_URL).partition("?")[0])
            path = finders.find(name) or staticfiles_storage.path(name)
            content = Path(path).read_bytes()
            self.pages[address] = Page(address, 200, "", "", content)
            if name.endswith(".css"):
                named = {urljoin(address, link) for link in STYLE_URL.findall(content.decode())}
                todo |= {link for link in named if link.startswith("/")} - self.pages.keys()

    # --- files

    def _file_of(self, page: Page) -> str:
        """Where a page is kept: under its path, with its query as a short word where it has one."""
        path, _mark, query = page.address.partition("?")
        if path.startswith(settings.STATIC_URL):
            return f"static/{unquote(path.removeprefix(settings.STATIC_URL))}"
        name = unquote(path.removeprefix(self.root))
        mark = f"-{hashlib.sha256(query.encode()).hexdigest()[:10]}" if query else ""
        if name and not name.endswith("/"):
            stem, dot, suffix = name.rpartition(".")
            return f"{stem}{mark}{dot}{suffix}" if dot else f"{name}{mark}"
        return f"{name}index{mark}{SUFFIXES.get(page.kind) or posixpath.splitext(page.name)[1]}"

    def _note(self) -> str:
        day = date_format(timezone.localdate(), "Y년 n월 j일")
        words = _(
            "%(day)s에 만든 보관본입니다. 조건 고르기, 소식 받기, 보고서 만들기는 운영 중인 누리집에서 할 수 있습니다."
        )
        return format_html("<p>{} <a href='{}'>{}</a></p>", words % {"day": day}, self._live(), self._live())

    def _live(self) -> str:
        return settings.SITE_URL + self.root

    def _standing_alone(self, page: Page, note: str) -> bytes:
        """A page with links to files, without what only the running site can do."""
        root = parse(page.content)
        for element in root.xpath(LEFT_OUT):
            element.drop_tree()
        for link in root.xpath(LINKS):
            self._turn(page, link.getparent(), link.attrname, link)
        if page.address == reverse("plans:search", args=[self.plan.slug]):
            root.find(".//main").extend(html.fragments_fromstring(self._search_box(page)))
        for footer in root.findall(".//footer"):
            footer.append(html.fragment_fromstring(f'<div class="wrap" data-edition>{note}</div>'))
        return html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>").encode()

    def _turn(self, page: Page, element: html.HtmlElement, name: str, link: str) -> None:
        """Let the attribute *name* lead to a file. A link that leads nowhere keeps its words; a button goes."""
        target = self._target(page, link)
        if target is not None:
            element.set(name, target)
            file = self.pages.get(_within(page.address, link))
            if file and file.name and name == "href":
                element.set("download", file.name)
        elif element.tag == "link" or (element.tag == "a" and "button" in element.classes):
            element.drop_tree()
        elif element.tag == "a":
            element.attrib.clear()
            element.tag = "span"

    def _target(self, page: Page, link: str) -> str | None:
        """What *link* on *page* becomes: a file relative to it, or itself when it leads elsewhere; None if nowhere."""
        parts = urlsplit(link)
        if link.startswith("#") or parts.scheme in ("data", "mailto") or parts.netloc:
            return link
        name = self.files.get(_within(page.address, link))
        if name is None:
            return None
        here = posixpath.dirname(self.files[page.address])
        return quote(posixpath.relpath(name, here or ".")) + (f"#{parts.fragment}" if parts.fragment else "")

    def _search_box(self, page: Page) -> str:
        script = self._target(page, urljoin(settings.STATIC_URL, static("js/site_search.js")))
        return format_html(
            '<div class="wrap" data-edition><noscript><p class="notice">{}</p></noscript>'
            '<div id="found" data-index="index.json" data-root="../" data-none="{}" data-count="{}"></div></div>'
            '<script src="{}" defer></script>',
            _("보관본의 검색은 스크립트를 켜야 쓸 수 있습니다. 이행과제와 이행지표 목록에서 찾아보십시오."),
            _("찾는 내용이 없습니다. 낱말을 줄이거나 바꾸어 보십시오."),
            _("‘{words}’ 검색 결과 {count}건"),
            script,
        )


class _Here:
    """Fetches in this process and transaction."""

    def __enter__(self):
        return map

    def __exit__(self, *_error):
        return None


class _Processes:
    """Fetches in processes of their own, each with its own connection to the database."""

    def __init__(self, count: int):
        connections.close_all()
        self._pool = ProcessPoolExecutor(count, mp_context=get_context("fork"))

    def __enter__(self):
        return self._map

    def _map(self, work, batches: Iterable):
        return self._pool.map(work, batches)

    def __exit__(self, *_error):
        self._pool.shutdown()
