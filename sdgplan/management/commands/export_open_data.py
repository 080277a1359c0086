"""Write the open-data tables of a plan as files."""

from pathlib import Path
from shutil import copyfileobj

from django.core.management.base import BaseCommand, CommandError

from commons.tables import FORMATS, write_table
from plans.models import Plan
from sdgplan.open_data.tables import PACKAGE_NAME, TABLES, write_files


class Command(BaseCommand):
    help = (
        "Writes the open-data tables of a plan into DIR (CSV, XLSX, JSON, datapackage.json). Demo figures are left out."
    )

    def add_arguments(self, parser):
        parser.add_argument("dir", type=Path, metavar="DIR")
        parser.add_argument("--plan", metavar="SLUG", help="the plan (default: the current one)")

    def handle(self, **options):
        plans = Plan.objects.filter(slug=options["plan"]) if options["plan"] else Plan.objects.filter(is_current=True)
        plan = plans.first()
        if plan is None:
            raise CommandError("그런 계획이 없습니다. `manage.py bootstrap`으로 먼저 계획을 실어 주십시오.")
        directory = options["dir"]
        directory.mkdir(parents=True, exist_ok=True)
        for path, source, rows in write_files(plan):
            (directory / path).parent.mkdir(exist_ok=True)
            with (directory / path).open("wb") as target:
                copyfileobj(source, target)
            self.stdout.write(path if path == PACKAGE_NAME else f"{path} {rows}행")
        for table in TABLES:
            for suffix in FORMATS.keys() - {"csv"}:
                with (directory / f"{table.name}.{suffix}").open("wb") as target:
                    write_table(target, suffix, table.columns, table.rows(plan), sheet=table.name)
