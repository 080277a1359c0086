"""Print what is doubtful in a plan and its results."""

from itertools import groupby

from django.core.management.base import BaseCommand, CommandError

from indicators.checking.selectors.checks import check_rows
from indicators.choices import CheckState
from plans.models import Plan


class Command(BaseCommand):
    help = (
        "Prints what is doubtful in a plan and its results, by kind, with the reason, the place and what was decided "
        "about it. Ends with exit code 0; with --strict with 1 while findings wait for a decision."
    )

    def add_arguments(self, parser):
        parser.add_argument("--plan", metavar="SLUG", help="the plan (default: the current one)")
        parser.add_argument("--strict", action="store_true", help="exit code 1 while findings wait for a decision")

    def handle(self, **options):
        plans = Plan.objects.filter(slug=options["plan"]) if options["plan"] else Plan.objects.filter(is_current=True)
        plan = plans.first()
        if plan is None:
            raise CommandError("그런 계획이 없습니다. `manage.py bootstrap`으로 먼저 계획을 실어 주십시오.")
        rows = check_rows(plan)
        self.stdout.write(f"{plan} 자료 점검: {len(rows)}건")
        for code, group in groupby(rows, key=lambda row: row.finding.code):
            group = list(group)
            self.stdout.write(f"\n{group[0].label} ({code}) {len(group)}건")
            for row in group:
                demo = " (시범)" if row.finding.rests_on_demo else ""
                self.stdout.write(f"  {row.place} {row.title} [{row.state.label}]{demo}")
                self.stdout.write(f"    {row.reason}")
        undecided = sum(row.state in CheckState.undecided() for row in rows)
        self.stdout.write(f"\n확인할 것 {undecided}건, 처리한 것 {len(rows) - undecided}건")
        if options["strict"] and undecided:
            raise CommandError(f"아직 확인하지 않은 점검 결과가 {undecided}건 있습니다.")
