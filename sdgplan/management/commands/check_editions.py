"""Check that every edition still says what it was published with."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand, CommandError

from commons.packages import sha256_of
from indicators.figures.services.publications import digest_of
from indicators.models import Publication, PublishedFile
from stakeholders.models import ReplyPublication
from stakeholders.services.publications import digest_of as digest_of_replies


def _figures() -> Iterator[tuple[str, bool]]:
    for edition in Publication.objects.select_related("round__plan").prefetch_related("figures"):
        yield f"{edition.round.plan.slug} {edition}", digest_of(edition.figures.all()) == edition.sha256


def _files() -> Iterator[tuple[str, bool]]:
    for file in PublishedFile.objects.select_related("publication__round__plan").iterator(chunk_size=1):
        content = bytes(file.content)
        is_right = (sha256_of(content), len(content)) == (file.sha256, file.size)
        yield f"{file.publication.round.plan.slug} {file}", is_right


def _replies() -> Iterator[tuple[str, bool]]:
    for edition in ReplyPublication.objects.select_related("deliberation__plan").prefetch_related("replies"):
        yield f"{edition.deliberation.plan.slug} {edition}", digest_of_replies(edition.replies.all()) == edition.sha256


class Command(BaseCommand):
    help = (
        "Makes the hash of every edition (figures, their files, replies) anew from what is stored, and says which "
        "differ from the one they were published with. Ends with exit code 1 if any does."
    )

    def handle(self, **options):
        wrong = 0
        for kind, checked in (("공표본", _figures()), ("공표본 파일", _files()), ("답변 공개본", _replies())):
            found = list(checked)
            self.stdout.write(f"{kind} {len(found)}건")
            for name, is_right in found:
                if not is_right:
                    wrong += 1
                    self.stdout.write(f"  {name}: 내용이 공개할 때의 확인값과 다릅니다.")
        if wrong:
            raise CommandError(f"공개할 때와 내용이 다른 것이 {wrong}건 있습니다. 백업에서 그 내용을 찾아 주십시오.")
