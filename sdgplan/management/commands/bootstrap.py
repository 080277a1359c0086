"""Make an empty database ready to serve: tables, the plans under fixtures/, and on request the demo."""

import json

from django.conf import settings
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from indicators import demo
from indicators.models import ReportingRound
from plans.models import Plan
from sdgplan.management.alone import alone
from stakeholders import demo as demo_forum
from stakeholders.models import Deliberation


def is_loaded(path) -> bool:
    """Whether the first record of a fixture file is in the database already."""
    first = json.loads(path.read_text(encoding="utf-8"))[:1]
    (record,) = serializers.deserialize("python", first, handle_forward_references=True)
    model = type(record.object)
    try:
        model.objects.get_by_natural_key(*record.object.natural_key())
    except model.DoesNotExist:
        return False
    return True


class Command(BaseCommand):
    help = (
        "Migrates the database and loads the plans under fixtures/. Repeatable: a file whose records are there "
        "already is left alone, so nothing that people entered is overwritten. --demo adds accounts and results "
        "that are marked as demo, in debug only."
    )

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="add demo accounts and demo results (DEBUG only)")

    def handle(self, **options):
        if options["demo"] and not settings.DEBUG:
            raise CommandError(
                "시범 자료는 DEBUG=true일 때만 만들 수 있습니다. 운영 환경에서는 --demo 없이 실행하십시오."
            )
        self.stdout.write("데이터베이스를 준비합니다.")
        with alone():
            call_command("migrate", verbosity=0, interactive=False)
            self._load_plans()
            if options["demo"]:
                self._load_demo()

    @transaction.atomic
    def _load_plans(self):
        for directory in sorted(path for path in settings.FIXTURE_DIRS[0].iterdir() if path.is_dir()):
            for path in sorted(directory.glob("*.json")):
                if not is_loaded(path):
                    self.stdout.write(f"  {directory.name}/{path.name} 싣기")
                    call_command("loaddata", str(path), verbosity=0)
        for plan in Plan.objects.all():
            self.stdout.write(f"계획: {plan} ({plan.start_year}–{plan.end_year})")

    def _load_demo(self):
        plan = Plan.objects.get(is_current=True)
        demo.create_accounts()
        if not ReportingRound.objects.filter(plan=plan).exists():
            self.stdout.write("시범 실적을 만듭니다. (2022–2024년 회차)")
            demo.DemoRounds(plan).play()
        if not Deliberation.objects.filter(plan=plan, year=demo_forum.YEAR).exists():
            self.stdout.write(f"시범 숙의공론장을 만듭니다. ({demo_forum.YEAR}년)")
            demo_forum.DemoForum(plan).play()
        self.stdout.write(
            "\n누리집: http://127.0.0.1:8000/\n"
            "시범 계정 (비밀번호는 모두 " + demo.PASSWORD + "):\n"
            "  coordinator             총괄 담당자: 회차, 검토, 공표\n"
            "  committee               위원: 진행 상황 읽기\n"
            "  administrator           시스템 관리자: /admin/\n"
            "  officer-<부서>          부서 담당자. 예: officer-social-welfare (사회복지과),\n"
            "                          officer-climate-environment (기후환경과)\n"
            "  head-<부서>             부서장. 예: head-social-welfare\n"
        )
