"""Schemathesis against our own OpenAPI document: no request of any shape makes the API fail, or answer otherwise than
it is documented.

A few cases here; `WEB_FUZZ_CASES=2000` asks for the whole run.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from drugchatter.engine import Engine
from web_site import running

CASES = int(os.environ.get("WEB_FUZZ_CASES", "80"))
# Longer ones uvicorn answers with 400 and a reset, which a client that is still sending sees as a broken connection.
LONGEST_ADDRESS = 60_000
_CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_makes_the_api_fail(engine: Engine, tmp_path: Path, mode: GenerationMode) -> None:
    with running(engine, tmp_path) as base:
        described = schemathesis.openapi.from_url(f"{base}/openapi.json")
        operations = [result.ok() for result in described.get_all_operations()]
        assert {operation.label for operation in operations} >= {"GET /api/answer", "POST /api/answer"}
        # What takes no input cannot be asked wrongly.
        asked = [operation for operation in operations if "status" not in operation.path]

        for operation in asked:

            @settings(
                max_examples=CASES // (2 * len(asked)),
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(operation.as_strategy(generation_mode=mode))
            def check(case: schemathesis.Case) -> None:
                if len(urlencode(case.query or {}, doseq=True)) < LONGEST_ADDRESS:
                    case.validate_response(case.call(), checks=_CHECKS)

            check()
