"""The API keeps to its own description, whatever is sent to it: schemathesis over the real application.

The whole run, with every phase of schemathesis against a server, is a command: docs/reliability.md, "API".
"""

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from schemathesis import GenerationMode

from sdgplan.api.catalogue import RESOURCES
from sdgplan.wsgi import application

PATHS = [f"/api/v1/{path}" for resource in RESOURCES for path in (resource.path, resource.item_path)]
LIMITS = hypothesis.settings(max_examples=12, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(autouse=True)
def _one_connection():
    """Requests leave the connection of the test's transaction open, as those of Django's own client do."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


KNOWN = {"plan": "seodaemun-2022", "area": 1, "code": "1-1-2-1", "year": 2022, "edition": 1, "group": "women"}
KEYS = {
    "tasks": {"code": "1-1-2"},
    "opinions": {"year": 2024, "number": 1},
    "replies": {"year": 2024, "question": 1, "department": "social-welfare"},
}


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_as_described(replied, published, path, mode):
    """What the description allows is answered as it says, of things that are there; what it forbids is refused."""
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)[path]["GET"]
    there = KNOWN | next((key for name, key in KEYS.items() if f"/{name}/" in path), {})

    @LIMITS
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        if mode.is_positive:
            case.path_parameters = {name: there[name] for name in case.path_parameters}
        response = case.call_and_validate()
        assert response.status_code == 200 or not mode.is_positive

    check()
