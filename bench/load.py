"""Mixed load on two servers, one of which is killed in the middle: does the site answer, and is anything lost?

`make load MINUTES=10` starts the files of deploy/ (nginx, two times gunicorn, Redis, PostgreSQL with its writes on the
disk), fills in the demo and lets readers read, officers save results and a coordinator publish a correction. After two
fifths of the time one server gets SIGKILL, at the half the correction is published, after three fifths the server is
started again. Then every save that was answered with success is looked for in the database: as the stored value or in
the trace of its result. One request in twenty is of those that nobody sends who means well (bench/odd.py).
"""

import argparse
import http.client
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from deploy.browser import Browser, Page
from deploy.trial import CannotTry, Trial

from . import odd

PLAN = "/plans/seodaemun-2022/"
PASSWORD = "demo-2022-2026"
READERS, OFFICERS, WATCHERS, ODD_SENDERS = 8, 6, 3, 4
WATCHED = 15  # seconds after the publication
PUBLIC = [
    "",
    "dashboard/",
    "tasks/",
    "indicators/",
    "areas/1/",
    "areas/4/",
    "departments/",
    "voices/",
    "voices/points/",
]
PUBLIC += ["method/", "about/", "search/?q=일자리", "reports/", "tasks/1/1-1-2/", "indicators/1/1-1-2-1/"]
MARGIN = 0.5  # seconds around the kill in which a connection counts as cut by it

# Numbers that officers may enter now, by department, with the path of each and its key; and one figure to correct.
CHOOSE = """
import json
from indicators.choices import ResultState
from indicators.models import Indicator, ReportingRound, Result
from accounts.models import User
round_ = ReportingRound.objects.get(year=2024)
done = {r.indicator_id: r for r in round_.results.all()}
found = {}
numbers = Indicator.objects.filter(value_kind="number").select_related("area")
for indicator in numbers.prefetch_related("tasks__department"):
    departments = {task.department.slug for task in indicator.tasks.all()}
    result = done.get(indicator.pk)
    if indicator.unit == "%" or indicator.breakdowns or len(departments) != 1:
        continue
    if result is None or result.state in (ResultState.DRAFT, ResultState.RETURNED):
        slug = departments.pop()
        if User.objects.filter(username=f"officer-{slug}").exists():
            found.setdefault(slug, []).append([indicator.pk, f"{indicator.area.number}/{indicator.code}"])
published = Result.objects.filter(round__year=2023, state=ResultState.APPROVED, value__gt=100, indicator__decimals=0)
correct = next(r for r in published.select_related("indicator__area") if not r.indicator.breakdowns)
place = f"{correct.indicator.area.number}/{correct.indicator.code}"
print(json.dumps([found, place, int(correct.value)]))
"""
STORED = """
import json
from accounts.models import ActivityEntry
from indicators.models import Result
values, traced = {}, {}
for result in Result.objects.filter(round__year=2024).select_related("indicator"):
    values[result.indicator_id] = None if result.value is None else str(result.value.normalize().__format__("f"))
    entries = ActivityEntry.objects.about(result)
    traced[result.indicator_id] = [new for entry in entries for _label, _old, new in entry.changes]
print(json.dumps([values, traced]))
"""


@dataclass
class Request:
    """One request as its sender saw it. `at` and `took` are seconds; `status` is 0 where no answer came."""

    who: str
    method: str
    path: str
    at: float
    took: float
    status: int
    note: str = ""


@dataclass
class Save:
    """One save of an officer; `status` tells whether it was answered with success (302)."""

    indicator: int
    value: int
    at: float
    status: int


@dataclass
class Drill:
    trial: Trial
    seconds: float
    requests: list[Request] = field(default_factory=list)
    saves: list[Save] = field(default_factory=list)
    marks: dict[str, float] = field(default_factory=dict)
    probes: list[tuple[float, bool]] = field(default_factory=list)
    odd_sent: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, who: str, browser: Browser, method: str, path: str, fields=None) -> Page | None:
        start = time.time()
        try:
            page = browser.get(path) if method == "GET" else browser.post(path, fields)
        except (OSError, http.client.HTTPException) as error:
            self.requests.append(Request(who, method, path, start, time.time() - start, 0, repr(error)))
            return None
        title = page.text.partition("<title>")[2].partition("</title>")[0] if page.status >= 500 else ""
        self.requests.append(Request(who, method, path, start, time.time() - start, page.status, title))
        return page

    # --- who takes part

    def read(self, number: int):
        """A citizen: one page after the other, with a moment to look at it; every fourth comes with what was kept."""
        luck, kept = random.Random(number), {}
        browser = self.trial.browser()
        while not self.over.is_set():
            path = PLAN + luck.choice(PUBLIC).replace("일자리", "%EC%9D%BC%EC%9E%90%EB%A6%AC")
            start = time.time()
            headers = {"If_None_Match": kept[path]} if number % 4 == 0 and path in kept else {}
            try:
                page = browser.get(path, Accept_Encoding="gzip", **headers)
            except (OSError, http.client.HTTPException) as error:
                self.requests.append(Request("reader", "GET", path, start, time.time() - start, 0, repr(error)))
                continue
            kept[path] = page.headers.get("ETag", "")
            self.requests.append(Request("reader", "GET", path, start, time.time() - start, page.status))
            self.over.wait(luck.uniform(0.05, 0.25))

    def send_odd(self, number: int):
        """Somebody who means no good, as often as makes SHARE of all requests."""
        luck, browser = random.Random(f"odd {number}"), self.trial.browser()
        for kind in odd.wishes(luck):
            while self.odd_sent >= odd.SHARE * len(self.requests) and not self.over.wait(0.02):
                pass
            if self.over.is_set():
                return
            self.odd_sent += 1
            start = time.time()
            status, note = odd.send_one(kind, browser, PLAN, luck)
            self.requests.append(Request("odd", "GET", kind, start, time.time() - start, status, note))

    def enter(self, department: str, places: list):
        """An officer: opens a result, types a new number, saves, and looks again when told that it failed."""
        browser = self.trial.browser()
        browser.sign_in(f"officer-{department}", PASSWORD)
        value, luck = 1000, random.Random(department)
        while not self.over.is_set():
            indicator, place = luck.choice(places)
            path = f"{PLAN}work/rounds/2024/{place}/"
            page = self.ask("officer", browser, "GET", path)
            if page is None or page.status != 200:
                self.over.wait(0.5)
                continue
            value += 1
            fields = {"version": page.value("version"), "value": str(value), "explanation": f"{value}번째 입력"}
            answer = self.ask("officer", browser, "POST", path, fields | {"action": "save"})
            self.saves.append(Save(indicator, value, time.time(), answer.status if answer else 0))
            self.over.wait(luck.uniform(0.2, 0.6))

    def publish(self, place: str, value: int):
        """The coordinator: corrects a published figure and publishes the next edition, as the pages ask for it."""
        browser = self.trial.browser()
        browser.sign_in("coordinator", PASSWORD)
        path = f"{PLAN}work/rounds/2023/{place}/correct/"
        page = self.ask("coordinator", browser, "GET", path)
        typed = {"version": page.value("version"), "value": str(value), "explanation": "다시 세었습니다."}
        typed |= {"comment": "부하 시험에서 바로잡았습니다."}
        shown = self.ask("coordinator", browser, "POST", path, typed)
        done = self.ask("coordinator", browser, "POST", path, typed | {"seen": shown.value("seen")})
        if done.status != 302:
            raise CannotTry(f"the correction was answered with {done.status}")
        path = f"{PLAN}work/rounds/2023/publish/"
        seen = self.ask("coordinator", browser, "GET", path).value("seen")
        self.marks["publication sent"] = time.time()
        done = self.ask("coordinator", browser, "POST", path, {"seen": seen, "reason": "부하 시험의 정정입니다."})
        self.marks["publication answered"] = time.time()
        if done.status != 302 or done.location == path:
            raise CannotTry(f"the publication was answered with {done.status}")

    def watch(self, place: str, value: int):
        """Ask for the corrected indicator's page again and again, until WATCHED seconds after the publication."""
        browser = self.trial.browser()
        while not self.over.is_set() and time.time() < self.marks.get("publication answered", float("inf")) + WATCHED:
            start = time.time()
            page = self.ask("watcher", browser, "GET", f"{PLAN}indicators/{place}/")
            is_new = page is not None and f"{value:,}" in page.text
            self.probes.append((start, is_new))
            time.sleep(0.02)

    # --- the run

    def run(self, officers: dict[str, list], place: str, value: int):
        threads = [threading.Thread(target=self.read, args=[number]) for number in range(READERS)]
        threads += [threading.Thread(target=self.send_odd, args=[number]) for number in range(ODD_SENDERS)]
        chosen = sorted(officers.items(), key=lambda item: -len(item[1]))[:OFFICERS]
        threads += [threading.Thread(target=self.enter, args=item) for item in chosen]
        start = time.time()
        self.marks["start"] = start
        for thread in threads:
            thread.start()
        try:
            self.sleep_until(start + self.seconds * 0.4)
            self.marks["killed"] = time.time()
            self.trial.server("a").kill()
            self.sleep_until(start + self.seconds * 0.5)
            watchers = [threading.Thread(target=self.watch, args=[place, value]) for _number in range(WATCHERS)]
            for watcher in watchers:
                watcher.start()
            threads += watchers
            self.publish(place, value)
            self.sleep_until(start + self.seconds * 0.6)
            self.marks["restarted"] = time.time()
            self.trial.start_server("a")
            self.sleep_until(start + self.seconds)
        finally:
            self.over.set()
            for thread in threads:
                thread.join()
        self.marks["end"] = time.time()

    @staticmethod
    def sleep_until(moment: float):
        time.sleep(max(0, moment - time.time()))

    # --- what came of it

    def was_cut(self, request: Request) -> bool:
        """Whether a request was under way when the server was killed."""
        killed = self.marks["killed"]
        return request.at - MARGIN <= killed <= request.at + request.took + MARGIN

    def report(self) -> dict:
        strange = [r for r in self.requests if r.who == "odd"]
        failed = [r for r in self.requests if r.status >= 500 or (r.status == 0 and r.who != "odd")]
        cut = [r for r in failed if self.was_cut(r)]
        others = [r for r in failed if not self.was_cut(r)]
        values, traced = json.loads(self.trial.script(STORED))
        acknowledged = [save for save in self.saves if save.status == 302]
        doubtful = [save for save in self.saves if save.status == 0 or save.status >= 500]
        missing = [save for save in acknowledged if not is_kept(save, values, traced)]
        overwritten = [
            indicator
            for indicator, last in last_of(acknowledged).items()
            if values.get(str(indicator)) != str(last.value)
            and not any(d.indicator == indicator and values.get(str(indicator)) == str(d.value) for d in doubtful)
        ]
        sent, answered = self.marks["publication sent"], self.marks["publication answered"]
        stale = [at for at, is_new in self.probes if not is_new and at > answered]
        took = {}
        for who in ("reader", "officer", "coordinator", "watcher"):
            times = sorted(r.took for r in self.requests if r.who == who and r.status)
            if len(times) > 1:
                took[who] = {
                    "requests": len(times),
                    "median_ms": round(1000 * statistics.median(times)),
                    "p95_ms": round(1000 * times[int(len(times) * 0.95)]),
                    "longest_ms": round(1000 * times[-1]),
                }
        span = self.marks["end"] - self.marks["start"]
        return {
            "minutes": round(span / 60, 1),
            "requests": len(self.requests),
            "per_second": round(len(self.requests) / span, 1),
            "statuses": {f"{m} {s or 'no answer'}": n for (m, s), n in sorted(self.statuses().items())},
            "times": took,
            "marks_s": {name: round(at - self.marks["start"], 1) for name, at in self.marks.items()},
            "cut_by_the_kill": [describe(r, self.marks) for r in cut],
            "other_errors": [describe(r, self.marks) for r in others],
            "odd_requests": {f"{r} {s or 'cut off'}": n for (r, s), n in sorted(kinds_of(strange).items())},
            "odd_share": round(len(strange) / len(self.requests), 3),
            "readers_5xx": sum(r.status >= 500 for r in self.requests if r.who == "reader"),
            "saves_sent": len(self.saves),
            "saves_acknowledged": len(acknowledged),
            "saves_refused": dict(Counter(s.status for s in self.saves if s.status not in (0, 302) and s.status < 500)),
            "saves_in_doubt": [
                {"value": s.value, "was_carried_out": is_kept(s, values, traced), "status": s.status} for s in doubtful
            ],
            "acknowledged_missing": len(missing),
            "last_value_differs": len(overwritten),
            "stale_after_publication_s": round(max(stale) - answered, 3) if stale else 0.0,
            "probes_after_publication": sum(at > answered for at, _is_new in self.probes),
            "old_before_publication": not any(is_new for at, is_new in self.probes if at < sent),
            "publication_seen": any(is_new for _at, is_new in self.probes),
        }

    def statuses(self) -> Counter:
        return Counter((request.method, request.status) for request in self.requests)


def kinds_of(strange: list[Request]) -> Counter:
    return Counter((request.path, request.status) for request in strange)


def is_kept(save: Save, values: dict, traced: dict) -> bool:
    """Whether a saved value is the stored one or stands in the trace of its result."""
    key = str(save.indicator)
    said = {text.replace(",", "").split(" ")[0].rstrip("명건개") for text in traced.get(key, [])}
    return (
        values.get(key) == str(save.value) or f"{save.value}번째 입력" in traced.get(key, []) or str(save.value) in said
    )


def last_of(saves: list[Save]) -> dict[int, Save]:
    return {save.indicator: save for save in sorted(saves, key=lambda save: save.at)}


def describe(request: Request, marks: dict) -> str:
    when = round(request.at - marks["killed"], 2)
    return f"{request.who} {request.method} {request.path} {request.status} {when:+} s from the kill: {request.note}"


def is_good(report: dict) -> bool:
    """Whether the run held what is promised."""
    return (
        not report["other_errors"]
        and report["readers_5xx"] == 0
        and report["acknowledged_missing"] == report["last_value_differs"] == 0
        and report["saves_acknowledged"] > 0
        and report["old_before_publication"]
        and report["publication_seen"]
        and report["stale_after_publication_s"] <= 1
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="mixed load on two servers with one killed in the middle")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--json", type=Path, help="write the report to this file, too")
    options = parser.parse_args()
    # Everybody comes from one address here, as from one office; so signing in at once is spread by the proxy alone.
    # The coordinator signs in with a password alone; tests/test_sign_in.py tries the second factor.
    with (
        tempfile.TemporaryDirectory(prefix="sdgplan-load-") as folder,
        Trial(Path(folder), GUNICORN_WORKERS="2", REQUIRE_SECOND_FACTOR="false") as trial,
    ):
        print("preparing: tables, plan and demo", flush=True)
        trial.manage("bootstrap", "--demo", DEBUG="true")
        trial.manage("collectstatic", "--noinput")
        officers, place, value = json.loads(trial.script(CHOOSE))
        for server in "ab":
            trial.start_server(server)
        trial.start_proxy()
        drill = Drill(trial, options.minutes * 60)
        print(f"running for {options.minutes:g} minutes", flush=True)
        shown = trial.browser().get(f"{PLAN}indicators/{place}/").text
        drill.run(officers, place, next(new for new in range(value + 3, 2 * value) if f"{new:,}" not in shown))
        report = drill.report()
        text = json.dumps(report, ensure_ascii=False, indent=1)
        print(text)
        if options.json:
            options.json.write_text(text + "\n", encoding="utf-8")
        if not is_good(report):
            for name in ("nginx", "sdgplan-error.log", "sdgplan.service@a", "sdgplan.service@b"):
                path = trial.folder / "log" / name
                print(
                    f"--- {name}\n{path.read_text(errors='replace')[-3000:]}" if path.exists() else "", file=sys.stderr
                )
        return 0 if is_good(report) else 1


if __name__ == "__main__":
    sys.exit(main())
