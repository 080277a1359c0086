"""WSGI entry point for production servers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils import translation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sdgplan.settings")
application = get_wsgi_application()
# There is one language. Where it is set, a word is found in half the time of where it is the one that is left over.
translation.activate(settings.LANGUAGE_CODE)

from commons.tasks import work_within_site  # noqa: E402  (once the applications are ready)

work_within_site()  # what was waiting when the site stopped
