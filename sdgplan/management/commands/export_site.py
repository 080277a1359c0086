"""Write the published site of a plan as files."""

import os
import shutil
import tempfile
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from plans.models import Plan
from sdgplan.static_site.checking import check
from sdgplan.static_site.making import BrokenSite, StaticEdition

MARK = ".static-edition"  # stands in a directory that may be replaced
SHOWN = 20  # faults


class Command(BaseCommand):
    help = "Writes the published site of a plan into DIR, as files that any web server serves under any path."

    def add_arguments(self, parser):
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument("--plan", metavar="SLUG", help="the plan (default: the current one)")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="how many pages at a time")

        parser.add_argument(
            "--check", action="store_true", help="compare every page with the site and follow every link, or stop"
        )

    def handle(self, **options):
        plans = Plan.objects.filter(slug=options["plan"]) if options["plan"] else Plan.objects.filter(is_current=True)
        plan = plans.first()
        if plan is None:
            raise CommandError("그런 계획이 없습니다. `manage.py bootstrap`으로 먼저 계획을 실어 주십시오.")
        directory = options["dir"].resolve()
        if directory.exists() and any(directory.iterdir()) and not (directory / MARK).exists():
            raise CommandError(f"{directory}에 다른 파일이 있습니다. 비어 있거나 없는 폴더를 지정해 주십시오.")
        started = time.monotonic()
        directory.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
        try:
            # Within a transaction, other processes would not see what is there.
            processes = 1 if connection.in_atomic_block else options["processes"]
            edition = StaticEdition(plan, beside, processes=processes)
            count, seconds = edition.write(), time.monotonic() - started
            if options["check"]:
                self._check(edition)
            (beside / MARK).touch()
            beside.chmod(0o755)
            if directory.exists():
                shutil.rmtree(directory)
            beside.rename(directory)
        except BrokenSite as broken:
            faults = "\n".join(f"  {status} {address}" for address, status in broken.faults)
            raise CommandError(f"열리지 않는 화면이 있어 만들지 않았습니다.\n{faults}") from broken
        finally:
            shutil.rmtree(beside, ignore_errors=True)
        self.stdout.write(f"{directory}: 파일 {count}개, {seconds:.1f}초")

    def _check(self, edition):
        found = check(edition)
        if found.faults:
            more = f"\n  … 모두 {len(found.faults)}건" if len(found.faults) > SHOWN else ""
            raise CommandError("운영 누리집과 달라 만들지 않았습니다.\n  " + "\n  ".join(found.faults[:SHOWN]) + more)
        self.stdout.write(
            f"운영 누리집과 같습니다: 화면 {found.pages}개의 수치 {found.figures}개, 파일 {found.files}개, "
            f"링크 {found.links}개"
        )
