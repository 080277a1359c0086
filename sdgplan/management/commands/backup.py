"""Write a backup of the whole system."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sdgplan.backups import BackupFault, make_backup


class Command(BaseCommand):
    help = "Writes everything (database, files, checksums, version) into FILE, while the site runs."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, **options):
        try:
            made = make_backup(options["file"])
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{options['file']}: 표 {made.tables}개, {made.rows}행, 파일 {made.files}개")
        self.stdout.write(f"서명한 공개 키: {made.signer}")
        for name in made.missing:
            self.stderr.write(f"자료에는 적혀 있으나 없는 파일: {name}")
