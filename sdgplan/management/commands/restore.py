"""Put a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sdgplan.backups import BackupFault, check_backup, restore_backup
from sdgplan.management.alone import alone


class Command(BaseCommand):
    help = "Restores everything of the backup FILE into an empty system; says why when it cannot."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="compare the file with its checksums and stop")
        parser.add_argument("--overwrite", action="store_true", help="remove all that stands in the system before")

    def handle(self, **options):
        try:
            if options["check"]:
                found, done = check_backup(options["file"]), "온전한 백업입니다"
            else:
                with alone():
                    found, done = restore_backup(options["file"], overwrite=options["overwrite"]), "복원했습니다"
        except BackupFault as fault:
            raise CommandError(str(fault)) from fault
        if found.removed:
            self.stdout.write(f"지운 것: {', '.join(found.removed)}")
        self.stdout.write(
            f"{done}: 표 {found.tables}개, {found.rows}행, 파일 {found.files}개 ({found.made_at[:16]}, {found.version})"
        )
