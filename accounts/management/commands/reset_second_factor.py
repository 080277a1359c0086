"""Take out somebody's second factor, when there is no administrator left who could."""

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services.second_factor import reset_second_factor
from accounts.services.sign_in import unlock_account


class Command(BaseCommand):
    help = "Takes out a person's second factor, ends the sessions and opens a locked sign-in. Leaves activity entries."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, **options):
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError("그런 아이디가 없습니다.")
        was_set = reset_second_factor(actor=None, user=user)
        unlock_account(actor=None, user=user)
        if not was_set:
            self.stdout.write(f"{user}: 설정된 2단계 인증이 없습니다. 로그인 잠금은 풀었습니다.")
            return
        self.stdout.write(f"{user}: 2단계 인증을 초기화하고 로그인 잠금을 풀었습니다. 다시 로그인해 설정하십시오.")
