"""The static edition of the whole plan: how long `manage.py export_site` takes, from its start to its end."""

import time
from collections.abc import Iterable

from .harness import Finding, Row, Stage

SECONDS = 20


def export_site(stage: Stage) -> Iterable[Finding]:
    folder = stage.folder / "site"
    started = time.perf_counter()
    stage.manage("export_site", str(folder))
    seconds = time.perf_counter() - started
    files = sum(path.is_file() for path in folder.rglob("*"))
    yield Finding("export_site", seconds, "s", ("<=", SECONDS), note=f"{files:,} files of the whole plan")


ROWS = [Row("export_site", export_site)]
