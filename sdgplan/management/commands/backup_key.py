"""Make the key by which backups are signed, or show its public part."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sdgplan.backups import KeyFault, make_key, operators_key, public_key_of


class Command(BaseCommand):
    help = "Shows the public key by which backups of this system are signed; makes the key where there is none yet."

    def handle(self, **options):
        try:
            key = operators_key()
            if key is None:
                key = make_key()
                self.stdout.write(f"백업 서명 키를 만들었습니다: {settings.BACKUP_KEY}")
        except KeyFault as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"공개 키: {public_key_of(key)}")
