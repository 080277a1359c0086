"""Put a backup back."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from sdgplan.backups import BackupFault, KeyFault, check_backup, operators_key, public_key_of, restore_backup
from sdgplan.management.alone import alone


class Command(BaseCommand):
    help = "Restores everything of the backup FILE into an empty system; says why when it cannot."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="compare the file with its checksums and stop")
        parser.add_argument("--overwrite", action="store_true", help="remove all that stands in the system before")

        signed = parser.add_mutually_exclusive_group()
        signed.add_argument("--trust", metavar="KEY", help="take one that this public key signed, too (64 digits)")
        signed.add_argument("--unsigned", action="store_true", help="take one whoever made it")

    def handle(self, **options):
        path = options["file"]
        try:
            trusted = None if options["unsigned"] else self._trusted(options["trust"])
            if options["check"]:
                found, done = check_backup(path, trusted), "온전한 백업입니다"
            else:
                with alone():
                    found = restore_backup(path, trusted=trusted, overwrite=options["overwrite"])
                    done = "복원했습니다"
        except (BackupFault, KeyFault) as fault:
            raise CommandError(str(fault)) from fault
        if found.removed:
            self.stdout.write(f"지운 것: {', '.join(found.removed)}")
        self.stdout.write(
            f"{done}: 표 {found.tables}개, {found.rows}행, 파일 {found.files}개 ({found.made_at[:16]}, {found.version})"
        )
        self.stdout.write(f"서명한 공개 키: {found.signer}" if found.signer else "서명이 없는 백업입니다.")

    @staticmethod
    def _trusted(named: str | None) -> frozenset[str]:
        """The system's own public key, and the one that was named."""
        key = operators_key()
        return frozenset([*([public_key_of(key)] if key else []), *([named.strip().lower()] if named else [])])
