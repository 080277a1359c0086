"""`python -m bench`: measure, print one table, write one JSON. `--markdown` prints the last run's table instead."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from . import harness
from .servers import ROOT

TARGET = ROOT / "var" / "bench"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short slices on SQLite alone: whether everything runs")
    parser.add_argument("--engine", action="append", choices=harness.ENGINES, help="one database engine alone")
    parser.add_argument("--only", default="", metavar="TEXT", help="rows whose name contains this")
    parser.add_argument("--markdown", action="store_true", help="print the last run's table for docs/performance.md")
    options = parser.parse_args()
    if options.markdown:
        print(harness.as_markdown(json.loads((TARGET / "latest.json").read_text(encoding="utf-8"))), end="")
        return 0
    engines = options.engine or (harness.ENGINES[:1] if options.quick else harness.ENGINES)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL and nginx run as users of their own
        report = harness.run(Path(folder), engines=engines, only=options.only, quick=options.quick)
    path = harness.save(report, TARGET)
    print(f"\n{harness.table(report)}\n\n{path}")
    missed = [row for row in report["rows"] if row["holds"] is False]
    return 2 if report["void"] or report["not_measured"] else 1 if missed and not report["quick"] else 0


if __name__ == "__main__":
    sys.exit(main())
