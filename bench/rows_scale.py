"""A plan's pages when the database has a million values more (PostgreSQL).

The plan that is asked has 115 indicators and ten years, 1,150 values with their breakdowns: what one cycle of a
district has. It is measured alone in its database, then again after bench/fill.py put ten cycles of 1,150 indicators
beside it. The CPU time counted is that of the application and of PostgreSQL.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import psutil

from . import client
from .harness import Finding, Row, Slice, Stage
from .servers import CannotMeasure

GROWTH = 1.3
SMALL, LARGE = "small", "cycle"
CODE = "1-1-1-1"
PAGES = {
    "home": "",
    "area": "areas/1/",
    "task list": "tasks/",
    "task": "tasks/1/1-1-1/",
    "indicator list": "indicators/",
    "indicator": f"indicators/1/{CODE}/",
    "why": f"indicators/1/{CODE}/why/2019/",
    "dashboard": "dashboard/",
    "departments": "departments/",
    "search": "search/?q=%EC%A7%80%ED%91%9C",  # 지표
}
API = {
    "API indicators": "/api/v1/plans/{slug}/indicators/",
    "API figures": "/api/v1/plans/{slug}/figures/",
}

TURNS = 9
# In a process of its own, each time after a change that the public may see, so that nothing kept of a page is used:
# with what status it answers, how many queries it takes, and how long at best.
COUNT = """
import json, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from plans.stamps import renew_stamp
found = {{}}
for path in {paths!r}:
    ask = lambda: Client().get(path, secure=True, HTTP_HOST="127.0.0.1")
    ask()
    renew_stamp()
    with CaptureQueriesContext(connection) as asked:
        status = ask().status_code
        queries = len(asked)  # here, because the next request empties the log
    times = []
    for _turn in range({turns}):
        renew_stamp()
        started = time.perf_counter()
        ask()
        times.append(time.perf_counter() - started)
    found[path] = [status, queries, min(times) * 1000]
print(json.dumps(found))
"""
FILL = "from bench.fill import fill; fill({prefix!r}, {cycles}, {indicators}, {years}, say=lambda *a, **k: None)"
WHERE = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute('SHOW data_directory')
    print(cursor.fetchone()[0])
"""


def paths_of(slug: str) -> dict[str, str]:
    pages = {name: f"/plans/{slug}/{path}" for name, path in PAGES.items()}
    return pages | {name: path.format(slug=slug) for name, path in API.items()}


def _asked(stage: Stage, paths: dict[str, str]) -> dict[str, tuple[int, float]]:
    """Queries and milliseconds of each page that there is, by its name."""
    code = COUNT.format(paths=list(paths.values()), turns=2 if stage.quick else TURNS)
    said = stage.manage("shell", "-v", "0", "-c", code, CACHE_URL="dummycache://").splitlines()[-1]
    found = json.loads(said)
    wrong = {name: found[path][0] for name, path in paths.items() if found[path][0] != 200}
    if set(wrong) - set(API):
        raise CannotMeasure(f"pages that did not answer 200: {wrong}")
    return {name: tuple(found[path][1:]) for name, path in paths.items() if name not in wrong}


class Database:
    """CPU time of all processes of the cluster, also of those that have ended."""

    def __init__(self, stage: Stage):
        folder = Path(stage.manage("shell", "-v", "0", "-c", WHERE).splitlines()[-1])
        self.server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))

    def cpu_ms(self) -> float:
        own = self.server.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in self.server.children():
            try:
                used = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += used.user + used.system
        return total * 1000


def _cost(stage: Stage, database: Database, path: str) -> tuple[float, float]:
    """CPU of a request, as a multiple of the base measured around it, and in milliseconds."""
    turns, length = (2, 0.3) if stage.quick else (6, 0.8)
    stage._slice(stage.cold, path, 12)
    count = max(6, round(length * stage._slice(stage.cold, path, 12).rate))
    page, base = Slice(), Slice()
    for _turn in range(turns):
        base.add(stage._slice(stage.base, "/", 150))
        before = database.cpu_ms()
        page.add(stage._slice(stage.cold, path, count))
        page.cpu_ms += database.cpu_ms() - before
        base.add(stage._slice(stage.base, "/", 150))
    return page.cost / base.cost, page.cost


def scale(stage: Stage) -> Iterable[Finding]:
    if stage.engine != "postgresql":
        return
    cycles, indicators = (2, 230) if stage.quick else (10, 1150)
    _fill(stage, SMALL, 1, 115)
    database = Database(stage)
    paths = paths_of(f"{SMALL}-1")
    asked = _asked(stage, paths)
    alone = {name: _cost(stage, database, paths[name]) for name in asked}
    _fill(stage, LARGE, cycles, indicators)
    asked_then = _asked(stage, paths)
    large_paths = paths_of(f"{LARGE}-1")
    asked_large = _asked(stage, large_paths)
    for name in asked:
        multiple, cpu = _cost(stage, database, paths[name])
        note = f"{alone[name][1]:.1f} ms alone"
        yield Finding(f"scale: {name}", multiple / alone[name][0], "× alone", ("<=", GROWTH), cpu_ms=cpu, note=note)
        first, then = asked[name][1], asked_then[name][1]
        note = f"{then:.0f} ms, {first:.0f} ms alone; nothing kept of it is used"
        yield Finding(f"scale: {name}, after a change", then / first, "× alone", ("<=", GROWTH), note=note)
        counts = (asked[name][0], asked_then[name][0], asked_large[name][0])
        note = "alone, among a million values, in a plan of 1,150 indicators: " + ", ".join(map(str, counts))
        yield Finding(f"scale: {name}, queries", max(counts) - min(counts), "more", ("<=", 0), note=note)
    for name in asked_large:
        path = large_paths[name]
        size = len(client.get(stage.cold.port, path).body)
        multiple, cpu = _cost(stage, database, path)
        note = f"{size / 1000:,.0f} KB of HTML; all {indicators:,} indicators"
        yield Finding(f"plan of {indicators:,}: {name}", multiple, "× CPU", cpu_ms=cpu, note=note)


def _fill(stage: Stage, prefix: str, cycles: int, indicators: int) -> None:
    code = FILL.format(prefix=prefix, cycles=cycles, indicators=indicators, years=10)
    stage.manage("shell", "-v", "0", "-c", code)


ROWS = [Row("scale", scale)]
