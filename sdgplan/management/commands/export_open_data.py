"""Write the open-data tables of a plan as CSV files."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from plans.models import Plan
from sdgplan.lib.tables import write_csv
from sdgplan.open_data import TABLES


class Command(BaseCommand):
    help = "Writes the open-data tables of a plan into DIR as CSV (UTF-8 with BOM). Demo figures are left out."

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
        for table in TABLES:
            count = write_csv(directory / f"{table.name}.csv", table.columns, table.rows(plan))
            self.stdout.write(f"{table.name}.csv {count}행")
