"""The frame of the benchmark: rows, how one is measured against the base, and the table and JSON that come out.

A module `bench/rows_*.py` declares `ROWS`, a list of Row; it is found by its name. A row gets the Stage of one database
engine and returns Findings. What one row needs and another does not belongs into its module, not here.
"""

import importlib
import json
import os
import pkgutil
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import bench

from . import client
from .servers import PYTHON, ROOT, CannotMeasure, PostgreSQL, Server, gunicorn, nginx

CONTROL = (0.85, 1.2)  # the base against itself; outside, the run says nothing
ENGINES = ("sqlite", "postgresql")
TRIES = 3  # times a row is measured whose own control is outside


@dataclass
class Finding:
    """One line of the table: *value* against *goal*, which is ('<=' or '>=', number). None: told, but no goal."""

    name: str
    value: float
    unit: str
    goal: tuple[str, float] | None = None
    engine: str = ""
    cpu_ms: float | None = None  # of the server's processes for one request
    per_second: float | None = None  # requests
    relative_rate: float | None = None  # requests/s over those of the base
    control: float | None = None  # CPU of the base over CPU of the base, measured around this row
    note: str = ""

    @property
    def holds(self) -> bool | None:
        if self.goal is None:
            return None
        sign, number = self.goal
        return self.value <= number if sign == "<=" else self.value >= number


@dataclass(frozen=True)
class Row:
    """*measure* gets the Stage and yields Findings. A row that needs no database engine runs on the first one alone."""

    name: str
    measure: Callable[["Stage"], Iterable[Finding]]
    each_engine: bool = True


@dataclass
class Slice:
    """Requests served and what they cost."""

    requests: int = 0
    cpu_ms: float = 0
    seconds: float = 0

    def add(self, other: "Slice"):
        self.requests += other.requests
        self.cpu_ms += other.cpu_ms
        self.seconds += other.seconds

    @property
    def cost(self) -> float:
        return self.cpu_ms / self.requests

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


@dataclass
class Compared:
    """A page against the base."""

    page: Slice
    base: Slice
    control: float

    @property
    def multiple(self) -> float:
        """CPU of a request as a multiple of the base's."""
        return self.page.cost / self.base.cost

    @property
    def relative_rate(self) -> float:
        return self.page.rate / self.base.rate


@dataclass
class Stage:
    """One database engine with its data, and the servers before it, started when a row first asks for one."""

    engine: str
    folder: Path
    quick: bool
    base: Server
    database_url: str
    controls: list[float] = field(default_factory=list)
    memory: dict = field(default_factory=dict)  # what rows want to keep for other rows

    def environment(self, **more: str) -> dict[str, str]:
        """The settings of a deployment behind a proxy that ends TLS."""
        return {
            "DEBUG": "false",
            "SECRET_KEY": "measured-" * 8,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.database_url,
            "MEDIA_ROOT": str(self.folder / "media"),
            "STATIC_ROOT": str(self.folder.parent / "static"),
            "BEHIND_PROXY": "true",
            "WORKER_IN_SITE": "false",
        } | more

    @cached_property
    def cold(self) -> Server:
        """The application without a page cache."""
        return gunicorn("sdgplan.wsgi", self.folder / "cold.log", self.environment(CACHE_URL="dummycache://"))

    @cached_property
    def warm(self) -> Server:
        """The application as it is deployed, each worker with a page cache in its memory."""
        return gunicorn("sdgplan.wsgi", self.folder / "warm.log", self.environment(CACHE_URL="locmemcache://"))

    @cached_property
    def proxy(self) -> Server:
        """nginx with a cache of one second before the warm application."""
        return nginx(self.folder / "nginx", self.warm.port)

    def manage(self, *arguments: str, stdin: str | None = None, **env: str) -> str:
        """What a management command prints."""
        done = subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | self.environment(**env),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CannotMeasure(f"manage.py {arguments[0]}: {done.stderr[-2000:]}")
        return done.stdout

    def compare(self, server: Server, path: str, *, expect: int = 200, **headers: str) -> Compared:
        """Measure *path* in slices between slices of the base, after all workers have answered it."""
        for attempt in range(TRIES):
            found = self._compare(server, path, expect, headers)
            if CONTROL[0] <= found.control <= CONTROL[1] or attempt == TRIES - 1:
                self.controls.append(found.control)
                return found
        raise AssertionError

    def _compare(self, server, path, expect, headers) -> Compared:
        slices, length = (2, 0.15) if self.quick else (5, 0.5)
        slow = self._slice(server, path, 16, expect, headers)  # warms up, and tells how long a request takes
        slow = self._slice(server, path, 16, expect, headers)
        count = max(8, round(length * slow.rate))
        base = self._slice(self.base, "/", 40)
        base_count = max(40, round(length * base.rate / 2))
        page, halves = Slice(), (Slice(), Slice())
        for turn in range(slices):
            halves[turn % 2].add(self._slice(self.base, "/", base_count))
            page.add(self._slice(server, path, count, expect, headers))
            halves[1 - turn % 2].add(self._slice(self.base, "/", base_count))
        control = halves[0].cost / halves[1].cost
        halves[0].add(halves[1])
        return Compared(page, halves[0], control)

    @staticmethod
    def _slice(server, path, count, expect=200, headers=None) -> Slice:
        before = server.cpu_ms()
        seconds = client.many(server.port, path, count, expect=expect, **(headers or {}))
        return Slice(count, server.cpu_ms() - before, seconds)

    def close(self):
        for name in ("proxy", "warm", "cold"):
            if name in self.__dict__:
                self.__dict__[name].stop()


def all_rows() -> list[Row]:
    names = sorted(found.name for found in pkgutil.iter_modules(bench.__path__) if found.name.startswith("rows_"))
    return [row for name in names for row in importlib.import_module(f"bench.{name}").ROWS]


def run(folder: Path, *, engines=ENGINES, only: str = "", quick: bool = False, say=print) -> dict:
    """Measure all rows, or those whose name contains *only*, and return what the JSON holds."""
    rows = [row for row in all_rows() if only in row.name]
    findings, controls, faults = [], [], []
    base = gunicorn("bench.base:application", folder / "base.log")
    try:
        for number, engine in enumerate(engines):
            chosen = [row for row in rows if row.each_engine or number == 0]
            if not chosen:
                continue
            with _stage(engine, folder, quick, base, say) as stage:
                for row in chosen:
                    try:
                        for finding in row.measure(stage):
                            finding.engine = engine if row.each_engine else ""
                            findings.append(finding)
                            say(as_text([finding], head=False), flush=True)
                    except CannotMeasure as fault:
                        faults.append(f"{row.name} ({engine}): {fault}")
                        say(faults[-1], flush=True)
                controls += stage.controls
    finally:
        base.stop()
    return {
        "at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": _commit(),
        "machine": f"{platform.machine()}, {os.cpu_count()} CPU, Python {platform.python_version()}",
        "quick": quick,
        "void": _is_void(controls),
        "control": {
            "measured": len(controls),
            "median": round(statistics.median(controls), 3),
            "least": round(min(controls), 3),
            "most": round(max(controls), 3),
        }
        if controls
        else None,
        "rows": [asdict(finding) | {"holds": finding.holds} for finding in findings],
        "not_measured": faults,
    }


def _is_void(controls: list[float]) -> bool:
    """A run in which the base could not be measured against itself says nothing."""
    return any(not CONTROL[0] <= control <= CONTROL[1] for control in controls)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


class _stage:
    """Makes the database of an engine with the plans and the demo, and takes everything down again."""

    def __init__(self, engine: str, folder: Path, quick: bool, base: Server, say):
        self.engine, self.folder, self.quick, self.base, self.say = engine, folder / engine, quick, base, say
        self.cluster = None

    def __enter__(self) -> Stage:
        self.folder.mkdir()
        self.say(f"\n{self.engine}: making the data (the plans under fixtures/ and the demo)", flush=True)
        if self.engine == "postgresql":
            home = self.folder / "cluster"
            home.mkdir()
            self.cluster = PostgreSQL(home)
            url = self.cluster.url
        else:
            url = f"sqlite:///{self.folder / 'bench.sqlite3'}"
        self.stage = Stage(self.engine, self.folder, self.quick, self.base, url)
        try:
            self.stage.manage("bootstrap", "--demo", DEBUG="true")
            if not (self.folder.parent / "static").exists():
                self.stage.manage("collectstatic", "--noinput")
            if self.cluster:
                self.stage.manage("shell", "-c", "from django.db import connection as c; c.cursor().execute('ANALYZE')")
        except BaseException:
            self.__exit__()
            raise
        return self.stage

    def __exit__(self, *_exc):
        self.stage.close()
        if self.cluster:
            self.cluster.stop()


# --- what comes out

HEAD = ("Row", "Engine", "Result", "Goal", "", "CPU ms", "req/s", "of base req/s", "Control", "Note")


def _cells(finding: Finding) -> tuple[str, ...]:
    def written(value, digits):
        return "" if value is None else f"{value:,.{digits}f}"

    goal = f"{'≤' if finding.goal[0] == '<=' else '≥'} {finding.goal[1]:g}" if finding.goal else ""
    return (
        finding.name,
        finding.engine,
        f"{finding.value:,.2f} {finding.unit}",
        goal,
        {True: "holds", False: "MISSED", None: ""}[finding.holds],
        written(finding.cpu_ms, 2),
        written(finding.per_second, 0),
        written(finding.relative_rate, 2),
        written(finding.control, 2),
        finding.note,
    )


def as_text(findings: list[Finding], *, head: bool = True) -> str:
    widths = (38, 10, 12, 8, 6, 8, 7, 13, 7, 0)
    lines = [HEAD] * head + [_cells(finding) for finding in findings]
    return "\n".join("  ".join(_padded(line, widths)).rstrip() for line in lines)


def _padded(line, widths) -> list[str]:
    """Words to the left, numbers to the right."""
    pairs = enumerate(zip(line, widths, strict=True))
    return [cell.ljust(width) if number < 2 else cell.rjust(width) for number, (cell, width) in pairs]


def as_markdown(report: dict) -> str:
    """The table of docs/performance.md."""
    lines = [HEAD, ("---",) * 2 + ("---:",) * 2 + ("---",) + ("---:",) * 4 + ("---",)]
    lines += [_cells(finding) for finding in _findings(report)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n\n{summary(report)}\n"


def _findings(report: dict) -> list[Finding]:
    fields = Finding.__dataclass_fields__
    return [Finding(**{name: value for name, value in row.items() if name in fields}) for row in report["rows"]]


def summary(report: dict) -> str:
    control = report["control"]
    said = f"Commit {report['commit']}, {report['at']}, {report['machine']}."
    if control:
        said += (
            f" Base against itself, {control['measured']} times: median {control['median']}, "
            f"from {control['least']} to {control['most']} (allowed {CONTROL[0]}–{CONTROL[1]})."
        )
    if report["void"]:
        said += " VOID: the base was outside its limits, so nothing above counts."
    for fault in report["not_measured"]:
        said += f"\nNot measured: {fault}"
    return said


def table(report: dict) -> str:
    return as_text(_findings(report)) + "\n\n" + summary(report)


def save(report: dict, target: Path) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    path = target / f"{report['at'][:19].replace(':', '')}{'-quick' if report['quick'] else ''}.json"
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    shutil.copy(path, target / "latest.json")
    return path


def wait_until(said_so: Callable[[], bool], at_most: float):
    """Return as soon as *said_so* is true; CannotMeasure after *at_most* seconds."""
    started = time.monotonic()
    while not said_so():
        if time.monotonic() - started > at_most:
            raise CannotMeasure(f"not seen within {at_most} s")
        time.sleep(0.01)
