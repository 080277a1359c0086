"""A hundred thousand rows in and out: as a multiple of what Django, openpyxl and the csv module do with them.

Both sides of a ratio run in processes of their own (bench/bulk.py), turn by turn in one run, and their middle times are
compared; so a machine that is busy meanwhile is busy for both.
"""

import json
import os
import statistics
import subprocess
from collections import defaultdict
from collections.abc import Iterable

from .harness import Finding, Row, Stage
from .servers import PYTHON, ROOT, CannotMeasure

ROWS_OF_FILE, FEW = 100_000, 10_000
CSV_IN, XLSX_IN, MEMORY = 0.5, 0.25, 200
XLSX_OUT, CSV_OUT = 0.7, 0.3
FLAT = 1.1  # memory of 100,000 rows over that of 10,000


def _act(stage: Stage, name: str, rows: int) -> dict:
    done = subprocess.run(
        [PYTHON, "-m", "bench.bulk", name, str(rows), str(stage.folder)],
        cwd=ROOT,
        env=os.environ | stage.environment(CACHE_URL="locmemcache://"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"bench.bulk {name}: {done.stderr[-1500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _turns(stage: Stage, names: list[str], rows: int) -> tuple[dict[str, float], dict[str, float]]:
    """Middle rate (rows/s) and highest memory (MB) of each act, all of them turn by turn."""
    seconds, peaks = defaultdict(list), defaultdict(list)
    for turn in range(1 if stage.quick else 3):
        for name in names if turn % 2 == 0 else reversed(names):
            found = _act(stage, name, rows)
            seconds[name].append(found["seconds"])
            peaks[name].append(found["peak_mb"])
    return {name: rows / statistics.median(seconds[name]) for name in names}, {name: max(peaks[name]) for name in names}


def rows_in(stage: Stage) -> Iterable[Finding]:
    rows = FEW if stage.quick else ROWS_OF_FILE
    _act(stage, "prepare", rows)
    rates, peaks = _turns(stage, ["bulk_create", "import_csv", "import_xlsx"], rows)
    for suffix, goal in (("csv", CSV_IN), ("xlsx", XLSX_IN)):
        rate = rates[f"import_{suffix}"]
        note = f"{rate:,.0f} against {rates['bulk_create']:,.0f} rows/s; upload, preview, confirmation, history"
        yield Finding(f"import {suffix}", rate / rates["bulk_create"], "× bulk_create", (">=", goal), note=note)
        yield Finding(f"import {suffix}, memory", peaks[f"import_{suffix}"], "MB", ("<=", MEMORY))


def rows_out(stage: Stage) -> Iterable[Finding]:
    rows = FEW if stage.quick else ROWS_OF_FILE
    names = ["plain_csv", "export_csv", "plain_xlsx", "export_xlsx"]
    rates, peaks = _turns(stage, names, rows)
    for suffix, goal, of in (("csv", CSV_OUT, "csv module"), ("xlsx", XLSX_OUT, "write_only")):
        rate, plain = rates[f"export_{suffix}"], rates[f"plain_{suffix}"]
        note = f"{rate:,.0f} against {plain:,.0f} rows/s"
        yield Finding(f"export {suffix}", rate / plain, f"× {of}", (">=", goal), note=note)
        few = _act(stage, f"export_{suffix}", FEW)["peak_mb"]
        yield _flat(f"export {suffix}, memory", peaks[f"export_{suffix}"], few)


def read_out(stage: Stage) -> Iterable[Finding]:
    """The open data's table of targets, from the database to the file."""
    _act(stage, "prepare", ROWS_OF_FILE)
    _act(stage, "bulk_create", ROWS_OF_FILE)
    few, all_rows = (_act(stage, "read_out", rows) for rows in (FEW, ROWS_OF_FILE))
    yield _flat("export csv from the database, memory", all_rows["peak_mb"], few["peak_mb"])


def _flat(name: str, peak: float, few: float) -> Finding:
    note = f"{peak:,.0f} MB at {ROWS_OF_FILE:,} rows, {few:,.0f} MB at {FEW:,}"
    return Finding(name, peak / few, "× memory", ("<=", FLAT), note=note)


ROWS = [
    Row("import", rows_in),
    Row("export", rows_out, each_engine=False),
    Row("export from the database", read_out),
]
