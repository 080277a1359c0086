"""Send the news to those who follow something by mail. Meant for cron; nothing is told twice."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plans.models import Plan
from stakeholders.services.following import clear_unconfirmed, send_news


class Command(BaseCommand):
    help = (
        "Writes to everybody who follows a group, task or point by mail what became public since the last mail, in one "
        "mail each, and deletes the addresses that were not confirmed in time. Prints numbers, never an address."
    )

    def add_arguments(self, parser):
        parser.add_argument("--plan", metavar="SLUG", help="the plan (default: all)")

    def handle(self, **options):
        plans = Plan.objects.filter(slug=options["plan"]) if options["plan"] else Plan.objects.all()
        if not plans:
            raise CommandError("그런 계획이 없습니다.")
        cleared = clear_unconfirmed()
        if cleared:
            self.stdout.write(f"기한 안에 확인하지 않은 주소 {cleared}개를 지웠습니다.")
        if not settings.FOLLOW_BY_MAIL:
            self.stdout.write("메일 서버(EMAIL_URL)를 정하지 않아 소식을 보내지 않았습니다.")
            return
        failed = 0
        for plan in plans:
            report = send_news(plan=plan)
            failed += report.failed
            self.stdout.write(f"{plan.slug}: 소식 {report.sent}통을 보냈습니다.")
        if failed:
            raise CommandError(
                f"소식 {failed}통을 보내지 못했습니다. 메일 설정(EMAIL_URL)을 확인하십시오. "
                "다시 실행하면 그 소식을 다시 보냅니다."
            )
