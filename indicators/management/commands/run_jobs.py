"""Make the reports that people asked for. Runs beside the site; several may run at once."""

from time import sleep

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from indicators.reports.producing import work_off


class Command(BaseCommand):
    help = "Makes the reports that wait, then looks every few seconds for new ones until it is stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="make what waits now, then end")
        parser.add_argument("--pause", type=float, default=5, metavar="SECONDS", help="between two looks (default: 5)")

    def handle(self, **options):
        while True:
            for job, is_made in work_off():
                self.stdout.write(f"{job}: {'만들었습니다.' if is_made else '만들지 못했습니다.'}")
            if options["once"]:
                return
            sleep(options["pause"])
            close_old_connections()  # the database may have hung up on a worker that waited long
