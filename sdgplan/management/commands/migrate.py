"""Django's migrate, of which two started at once do not get in each other's way."""

from django.core.management.commands import migrate

from sdgplan.management.alone import alone


class Command(migrate.Command):
    help = migrate.Command.help + " A second one waits for the first, and finds nothing left to do."

    def handle(self, *args, **options):
        with alone(options["database"]):
            return super().handle(*args, **options)
