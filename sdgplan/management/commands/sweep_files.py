"""Remove files that belong to nothing."""

from django.core.management.base import BaseCommand, CommandError

from commons.sweeping import left_files, remove_left


class Command(BaseCommand):
    help = "Removes files in MEDIA_ROOT that no row names and that are older than an hour."

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="name them and remove nothing")

    def handle(self, **options):
        removed, failed = [], 0
        for left in left_files():
            try:
                if not options["dry_run"]:
                    remove_left(left)
            except OSError as error:
                self.stderr.write(f"지우지 못했습니다: {left.name} ({error.strerror})")
                failed += 1
            else:
                self.stdout.write(f"{left.name} ({left.size:,}바이트)")
                removed.append(left.size)
        done = "지울 파일" if options["dry_run"] else "지운 파일"
        self.stdout.write(f"{done} {len(removed)}개, {sum(removed):,}바이트")
        if failed:
            raise CommandError(f"지우지 못한 파일 {failed}개")
