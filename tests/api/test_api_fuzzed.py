"""The HTTP surface driven from its own description: whatever is sent, no answer is a crash and none is a surprise."""

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.main import create_app
from tests.engine.scripted import ScriptedDetector
from tests.engine.scripted import settings as service_settings

ENDLESS = ("}/events", "/video.mjpeg")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def service() -> FastAPI:
    return create_app(service_settings(long_poll_s=0.01, streams=10_000), ScriptedDetector())


def operations() -> list[tuple[str, str]]:
    paths = service().openapi()["paths"]
    return [(method.upper(), path) for path in paths for method in paths[path] if not path.endswith(ENDLESS)]


@pytest.fixture(scope="module")
def described():
    yield schemathesis.openapi.from_asgi("/openapi.json", service())
    shutdown_lifespans()


@pytest.mark.parametrize(("method", "path"), operations())
def test_no_request_however_odd_is_answered_with_a_crash_or_out_of_the_description(described, method, path):
    operation = described[path][method]
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @given(st.one_of(*modes))
    @settings(max_examples=settings().max_examples // 3, suppress_health_check=list(HealthCheck))
    def drive(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS)

    drive()
