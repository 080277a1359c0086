"""All resources of the API, in the order in which they are described."""

from .figures import FIGURES
from .indicators import INDICATORS
from .plan import AREAS, PLANS, TASKS
from .voices import OPINIONS, REPLIES

RESOURCES = (PLANS, AREAS, TASKS, INDICATORS, FIGURES, OPINIONS, REPLIES)
