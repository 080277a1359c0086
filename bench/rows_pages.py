"""The public pages and the API: cold, warm, not modified, behind nginx, after a publication, and what pages weigh."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from html import unescape
from urllib.parse import urljoin, urlsplit

from . import client
from .harness import Finding, Row, Stage, wait_until
from .servers import CannotMeasure

ROOT = "/plans/seodaemun-2022/"
COLD, COLD_BOARD, COLD_API, WARM, WARM_RATE = 15, 20, 12, 2, 0.5
NOT_MODIFIED, NOT_MODIFIED_QUERIES = 2.5, 2
NGINX_RATE, STALE_SECONDS = 0.5, 1
WEIGHT, SCRIPT, REQUESTS = 60_000, 30_000, 10

# Each kind of page: where links to it stand and what they look like; of those the one with the longest answer is taken.
CODE = r"\d+/[^/\"?#]+"
SLUG = r"[\w-]+"
KINDS = {
    "home": ("", ""),
    "area": ("", r"areas/\d+/"),
    "task": ("tasks/", rf"tasks/{CODE}/"),
    "task list": ("", r"tasks/"),
    "indicator": ("indicators/", rf"indicators/{CODE}/"),
    "indicator list": ("", r"indicators/"),
    "why": ("dashboard/", rf"indicators/{CODE}/why/\d+/"),
    "departments": ("", r"departments/"),
    "department": ("departments/", rf"departments/{SLUG}/"),
    "voices": ("", r"voices/"),
    "group": ("voices/", rf"voices/(?!points/){SLUG}/"),
    "points list": ("voices/", r"voices/points/"),
    "point": ("voices/points/", rf"voices/{SLUG}/\d+/\d+/"),
    "reply edition": ("voices/", r"voices/editions/\d+/\d+/"),
    "search": ("", "search/?q=%EC%9D%BC%EC%9E%90%EB%A6%AC"),  # 일자리
    "method": ("", r"method/"),
    "about": ("", r"about/"),
    "reports list": ("", r"reports/"),
    "report page": ("reports/", r"reports/\d+/\d+/"),
    "data": ("", r"data/"),
    "edition of data": ("data/", r"publications/\d+/\d+/"),
    "task list, narrowed": ("", "tasks/?area=1"),
    "indicator list, narrowed": ("", "indicators/?area=1"),
    "points list, narrowed": ("", "voices/points/?group=women"),
    "points list, searched": ("", "voices/points/?q=%EC%9D%BC%EC%9E%90%EB%A6%AC"),
    "feed": ("", "voices/women/feed/"),
    "embedded indicator": ("", "embed/indicators/1/1-1-2-1/"),
    "dashboard": ("", r"dashboard/"),
    "dashboard, narrowed": ("", "dashboard/?area=1"),
}


API_LIST, API = "API, all indicators with all years", "/api/v1/plans/seodaemun-2022/indicators/?page_size=2000"


def address_of(stage: Stage, kind: str) -> str:
    """The longest page of a kind, found once for all engines, which hold the same data."""
    if kind == API_LIST:
        return API
    found = stage.memory.setdefault("addresses", {})
    if kind not in found:
        found[kind] = _longest(stage, *KINDS[kind])
    return found[kind]


def _longest(stage: Stage, source: str, pattern: str) -> str:
    if not re.search(r"[\\\[]", pattern):  # an address and no pattern
        return ROOT + pattern
    page = client.get(stage.cold.port, ROOT + source).body.decode()
    links = sorted({unescape(link) for link in re.findall(rf'href="({ROOT}{pattern})"', page)})
    if not links:
        raise CannotMeasure(f"no link to {pattern} on {ROOT + source}")
    if len(links) == 1 or stage.quick:
        return links[0]
    return max(links, key=lambda link: len(client.get(stage.cold.port, link).body))


def finding_of(name: str, compared, goal: float) -> Finding:
    return Finding(
        name,
        compared.multiple,
        "× CPU",
        ("<=", goal),
        cpu_ms=compared.page.cost,
        per_second=compared.page.rate,
        relative_rate=compared.relative_rate,
        control=compared.control,
    )


def cold(kind: str, goal: float) -> Row:
    def measure(stage: Stage) -> Iterable[Finding]:
        path = address_of(stage, kind)
        finding = finding_of(f"cold: {kind}", stage.compare(stage.cold, path), goal)
        finding.note = path.removeprefix(ROOT)
        yield finding

    return Row(f"cold: {kind}", measure)


def api_list(stage: Stage) -> Iterable[Finding]:
    """The API's list of all indicators with all years in one answer, which must be whole."""
    found = json.loads(client.get(stage.cold.port, API).body)
    years = {len(item["years"]) for item in found["items"]}
    if len(found["items"]) != found["count"] or found["next"] or len(years) != 1:
        raise CannotMeasure(f"{API} shows {len(found['items'])} of {found['count']} with {years} years")
    finding = finding_of(f"cold: {API_LIST}", stage.compare(stage.cold, API), COLD_API)
    finding.note = f"{found['count']} indicators, {years.pop()} years"
    yield finding


# In a process of its own: CPU of the first request after each of some changes that the public may see.
FIRST = """
import json, time
from django.test import Client
from plans.stamps import renew_stamp
found = []
for path in {paths!r}:
    spent = []
    for _turn in range({turns}):
        renew_stamp()
        started = time.process_time()
        assert Client().get(path, secure=True, HTTP_HOST="127.0.0.1").status_code == 200
        spent.append(time.process_time() - started)
    found.append(1000 * min(spent))
print(json.dumps(found))
"""


def first_after_a_change(stage: Stage) -> Iterable[Finding]:
    """What the rows called cold do not count: the read model, which the first request under a new stamp has to make."""
    kinds = ("home", "dashboard", "indicator list", "group", "edition of data")
    code = FIRST.format(paths=[address_of(stage, kind) for kind in kinds], turns=3 if stage.quick else 9)
    spent = json.loads(stage.manage("shell", "-v", "0", "-c", code, CACHE_URL="dummycache://").splitlines()[-1])
    for kind, milliseconds in zip(kinds, spent, strict=True):
        yield Finding(f"first after a change: {kind}", milliseconds, "ms", note="with its read model; no goal")


def warm(kind: str) -> Row:
    def measure(stage: Stage) -> Iterable[Finding]:
        compared = stage.compare(stage.warm, address_of(stage, kind))
        yield finding_of(f"warm: {kind}", compared, WARM)
        rate = Finding(f"warm: {kind}, rate", compared.relative_rate, "× req/s", (">=", WARM_RATE))
        rate.control = compared.control
        yield rate

    return Row(f"warm: {kind}", measure)


def not_modified(kind: str) -> Row:
    def measure(stage: Stage) -> Iterable[Finding]:
        path = address_of(stage, kind)
        tag = client.get(stage.warm.port, path).headers.get("etag")
        if not tag:
            raise CannotMeasure(f"{path} has no ETag")
        yield finding_of(f"304: {kind}", stage.compare(stage.warm, path, expect=304, If_None_Match=tag), NOT_MODIFIED)
        yield Finding(f"304: {kind}, queries", _queries(stage, path, tag), "queries", ("<=", NOT_MODIFIED_QUERIES))

    return Row(f"304: {kind}", measure)


# Asked in a process of its own: the page once to fill its caches, then the question whether it is still the same.
COUNT = """
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
ask = lambda **more: Client().get({path!r}, secure=True, HTTP_HOST="127.0.0.1", **more)
tag = ask().headers["ETag"]
with CaptureQueriesContext(connection) as asked:
    status = ask(HTTP_IF_NONE_MATCH=tag).status_code
print(status, len(asked))
"""


def _queries(stage: Stage, path: str, tag: str) -> int:
    status, count = stage.manage("shell", "-v", "0", "-c", COUNT.format(path=path)).split()[-2:]
    if status != "304":
        raise CannotMeasure(f"{path} answered {status} instead of 304")
    return int(count)


def behind_nginx(kind: str) -> Row:
    """Requests/s of wrk: our own client would be slower than nginx."""

    def measure(stage: Stage) -> Iterable[Finding]:
        path = address_of(stage, kind)
        body = client.get(stage.proxy.port, path).body
        file = stage.folder / "nginx" / "files" / "page.html"
        file.write_bytes(body)
        file.chmod(0o644)
        rates = {"page": [], "file": []}
        for _turn in range(2 if stage.quick else 5):
            rates["page"].append(_wrk(stage, path))
            rates["file"].append(_wrk(stage, "/file/page.html"))
        page, file_rate = (sum(rates[name]) / len(rates[name]) for name in ("page", "file"))
        note = f"{page:,.0f} against {file_rate:,.0f} for a file of {len(body):,} bytes"
        goal = (">=", NGINX_RATE)
        yield Finding(f"nginx, 1 s cache: {kind}", page / file_rate, "× req/s", goal, per_second=page, note=note)

    return Row(f"nginx: {kind}", measure)


def _wrk(stage: Stage, path: str) -> float:
    if not shutil.which("wrk"):
        raise CannotMeasure("wrk is not installed (apt-get install wrk)")
    command = ["wrk", "-t1", "-c8", f"-d{1 if stage.quick else 3}s", f"http://127.0.0.1:{stage.proxy.port}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise CannotMeasure(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])


# A correction as a coordinator makes it: one published result of the demo's last round gets another value.
CORRECT = """
from decimal import Decimal
from accounts.models import User
from indicators import services
from indicators.models import Result, ReportingRound
import time
actor = User.objects.get(username="coordinator")
round = ReportingRound.objects.filter(state="published").order_by("year").last()
result = Result.objects.filter(round=round, value__isnull=False).select_related("indicator").first()
new = dict(value=result.value + 1, text="", missing_reason="", verdict="", explanation=result.explanation)
services.correct_result(actor=actor, result=result, new=new, comment={reason!r})
services.publish_round(actor=actor, reporting_round=round, reason={reason!r})
print(time.time())
"""


def stale_after_publication(stage: Stage) -> Iterable[Finding]:
    """How long a page from before the publication is still handed out, by any worker and by nginx."""
    reason = f"정정 시험 {stage.engine}"
    path = ROOT
    for port in (stage.warm.port, stage.proxy.port):
        client.many(port, path, 16)
    shown = reason.encode()

    def all_new(port):
        return all(shown in client.get(port, path).body for _ in range(10))

    published = float(stage.manage("shell", "-v", "0", "-c", CORRECT.format(reason=reason)).split()[-1])
    for name, port in (("application", stage.warm.port), ("nginx", stage.proxy.port)):
        wait_until(lambda port=port: all_new(port), 10)
        seconds = time.time() - published
        yield Finding(f"stale after publication: {name}", seconds, "s", ("<=", STALE_SECONDS))


def weight(stage: Stage) -> Iterable[Finding]:
    """What a browser loads for the heaviest of the pages, compressed as nginx and the application hand it out."""
    heaviest, most = None, -1
    for kind in KINDS:
        loaded = _loaded(stage, address_of(stage, kind))
        size = sum(size for url, size in loaded.items() if not _is_font(url))
        if size > most:
            heaviest, most, files = kind, size, loaded
    script = sum(size for url, size in files.items() if url.endswith(".js"))
    hosts = {urlsplit(url).netloc for url in files} - {f"127.0.0.1:{stage.proxy.port}"}
    document = next(iter(files.values()))
    yield Finding(
        "weight: heaviest page", most / 1000, "KB", ("<=", WEIGHT / 1000), note=f"{heaviest}; HTML {document:,} bytes"
    )
    yield Finding("weight: its script", script / 1000, "KB", ("<=", SCRIPT / 1000))
    yield Finding("weight: its requests", len(files), "requests", ("<=", REQUESTS), note="fonts and icon counted")
    yield Finding("weight: other hosts", len(hosts), "hosts", ("<=", 0))


IN_STYLE = r"url\([\"']?([^\"')]+)"
IN_PAGE = r"<(?:link|script|img)\b[^>]*?(?:href|src)=\"([^\"]+)"


def _is_font(url: str) -> bool:
    return url.endswith((".woff2", ".woff"))


def _loaded(stage: Stage, path: str) -> dict[str, int]:
    """Bytes over the wire by address, the page first: the page, what it loads, and what its style sheets load."""
    root = f"http://127.0.0.1:{stage.proxy.port}"
    loaded, waiting = {}, [root + path]
    while waiting:
        url = waiting.pop(0)
        if url in loaded or url.startswith("data:"):
            continue
        if not url.startswith(root + "/"):
            loaded[url] = 0
            continue
        address = url.removeprefix(root)
        loaded[url] = len(client.get(stage.proxy.port, address, Accept_Encoding="br, gzip").body)
        if url.endswith(".css") or len(loaded) == 1:
            plain = client.get(stage.proxy.port, address).body.decode()
            found = re.finditer(IN_STYLE if url.endswith(".css") else IN_PAGE, plain)
            waiting += [urljoin(url, unescape(match[1])) for match in found if not _is_only_named(match[0])]
    return loaded


def _is_only_named(tag: str) -> bool:
    """A link to something that a browser does not load by itself."""
    return 'rel="alternate"' in tag or 'rel="license"' in tag or 'rel="canonical"' in tag


ROWS = [
    *(cold(kind, COLD_BOARD if kind == "dashboard" else COLD) for kind in KINDS),
    Row(f"cold: {API_LIST}", api_list),
    Row("first after a change", first_after_a_change),
    *(warm(kind) for kind in ("dashboard", "home", "indicator list")),
    *(not_modified(kind) for kind in ("dashboard", "home", API_LIST)),
    behind_nginx("dashboard"),
    Row("stale after publication", stale_after_publication),
    Row("weight", weight, each_engine=False),
]
