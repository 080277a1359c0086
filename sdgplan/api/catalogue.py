"""All resources of the API, in the order in which they are described."""

from sdgplan.api.figures import FIGURES
from sdgplan.api.indicators import INDICATORS
from sdgplan.api.plan import AREAS, PLANS, TASKS
from sdgplan.api.voices import OPINIONS, REPLIES

RESOURCES = (PLANS, AREAS, TASKS, INDICATORS, FIGURES, OPINIONS, REPLIES)
