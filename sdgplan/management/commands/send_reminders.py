"""Write the automatic reminders of a day. Meant for cron; a second run on the same day sends nothing more.

Results of rounds, replies to questions and promises go through one command, so that one line of cron does for all.
"""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Department
from accounts.notifications import ReminderReport
from indicators.choices import RoundState
from indicators.collecting.services.reminders import send_due_reminders
from indicators.models import ReportingRound
from plans.models import Plan
from stakeholders.services.reminders import send_work_reminders


def a_day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise CommandError("날짜는 2025-02-28처럼 적어 주십시오.") from error


class Command(BaseCommand):
    help = (
        "Writes to the officers of departments that have results, replies or promises left: 7 days and 1 day before "
        "they are due, on that day, and every 7 days after it. Repeatable: nobody gets the same reminder twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--plan", metavar="SLUG", help="the plan (default: all)")
        parser.add_argument("--date", type=a_day, metavar="YYYY-MM-DD", help="the day (default: today)")

    def handle(self, **options):
        plans = Plan.objects.filter(slug=options["plan"]) if options["plan"] else Plan.objects.all()
        if not plans:
            raise CommandError("그런 계획이 없습니다.")
        day = options["date"] or timezone.localdate()
        rounds = ReportingRound.objects.filter(plan__in=plans, state__in=[RoundState.OPEN, RoundState.CLOSED])
        failed = set()
        for reporting_round in rounds.select_related("plan"):
            report = send_due_reminders(reporting_round=reporting_round, day=day)
            failed |= self._told(f"{reporting_round.plan.slug} {reporting_round}", report)
        if not rounds:
            self.stdout.write("입력을 받고 있는 회차가 없습니다.")
        for plan in plans:
            failed |= self._told(f"{plan.slug} 질의·약속", send_work_reminders(plan=plan, day=day))
        if failed:
            raise CommandError(
                f"{len(failed)}개 부서에 메일을 보내지 못했습니다. 메일 설정(EMAIL_URL)을 확인하십시오. "
                "다시 실행하면 그 부서에만 보냅니다."
            )

    def _told(self, what: str, report: ReminderReport) -> set[Department]:
        """Print what became of the departments; return those that could not be reached."""
        self.stdout.write(f"{what}: {len(report.sent)}개 부서에 보냈습니다.")
        for label, departments in (
            ("이미 보낸 부서", report.already),
            ("메일 주소가 없는 부서", report.without_address),
            ("보내지 못한 부서", report.failed),
        ):
            if departments:
                self.stdout.write(f"  {label}: {', '.join(map(str, departments))}")
        return set(report.failed)
