"""The OpenAPI document is believed: requests made from it, right or wrong, meet no answer that it does not tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from billing_ui import runtime
from billing_ui.api.app import build
from billing_ui.infra.db import Database
from billing_ui.security.wrap import wrap
from tests.api.test_payments_api import bearer, known_as, with_secret
from tests.world import World, open_world

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
# One half is made to be right, the other one to be wrong.
LANES = [pytest.param(1_000, id="thousand"), pytest.param(10_000, id="ten-thousand", marks=pytest.mark.storm)]
# Nothing the document says about everything else would be an answer that it does not tell of.
CATCH_ALL = "default"
# Operations without anything to vary meet fewer requests.
BARE = 3
# It tells, with a 503 and on purpose, that no gateway answers here.
NOT_READY = "/api/ready"
# What makes a request mean something here: somebody who is there, and words that the catalogue knows.
KNOWN: dict[str, tuple[Any, ...]] = {
    "external_id": ("user-1",), "account": (None,), "operation": ("chat", "search"), "usage_type": (None,),
    "event_id": tuple(f"evt-{number}" for number in range(40)), "input_tokens": (0, 6, 900), "model": (None, "gpt-5"),
    "occurred_at": (None, "2026-11-20T03:00:00Z"), "range": ("", "7d"),
    "group_by": ("day", "operation", "model", "session"), "from": ("",), "to": ("",), "limit": ("", "5"),
    "cursor": ("", "3"), "as_of": ("", "2026-11-20T03:00:00Z"), "method": ("QRIS", "OVO"), "amount": (None, 50_000),
    "slug": ("bpp",), "zone": ("", "Asia/Makassar"), "language": ("", "en"), "email": ("", "a@b.test"),
    "metadata": ({}, {"a": [1.5]}),
}  # fmt: skip


@pytest.fixture
def world(sqlite_stocked_url: str) -> Iterator[World]:
    """No gateway answers, as it sometimes is."""
    with open_world(Database(sqlite_stocked_url)) as opened:
        known_as(opened, opened.customer(), "user-1")
        yield opened


@pytest.fixture
def http(world: World) -> Iterator[TestClient]:
    with runtime.use(with_secret(world)), TestClient(wrap(build()), raise_server_exceptions=False) as opened:
        yield opened


@dataclass(frozen=True)
class Told:
    """One operation of the document, and the names that a request to it may carry."""

    operation: APIOperation[Any, Any, Any, Any]
    in_body: frozenset[str]
    elsewhere: frozenset[str]


def told_of(http: TestClient) -> list[Told]:
    document = http.get("/api/openapi.json").json()
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop(CATCH_ALL, None)
    schema = schemathesis.openapi.from_dict(document)
    every = (found.ok() for found in schema.get_all_operations())
    return [_told(operation, document) for operation in every if operation.path != NOT_READY]


def _told(operation: APIOperation[Any, Any, Any, Any], document: dict[str, Any]) -> Told:
    said = document["paths"][operation.path][operation.method]
    body = said.get("requestBody", {"content": {"application/json": {"schema": {}}}})["content"]["application/json"]
    names = frozenset(parameter["name"] for parameter in said.get("parameters", ()))
    return Told(operation, frozenset(body["schema"].get("properties", ())), names)


def sent(http: TestClient, told: Told, case: Case, dice: st.DataObject) -> str:
    """Sends a case, some of its words changed for ones that are known here, and holds the answer to the document."""
    events = case.body.get("events") if isinstance(case.body, dict) else None
    for words, names in (
        (case.body, told.in_body), (case.query, told.elsewhere), (case.path_parameters, told.elsewhere),
        *((event, frozenset(KNOWN)) for event in (events if isinstance(events, list) else ())),
    ):  # fmt: skip
        if isinstance(words, dict):
            for name in sorted(names & KNOWN.keys()):
                if (name in words or (name == "external_id" and words is not case.path_parameters)) and dice.draw(
                    st.integers(0, 19)
                ) < 19:
                    words[name] = dice.draw(st.sampled_from(KNOWN[name]))
    request = case.as_transport_kwargs(base_url="http://testserver", headers=bearer())
    # What is not JSON comes under the name of forms, whatever it is.
    names = {"data": "content"} if not isinstance(request.get("data"), dict) else {}
    answer = http.request(**{names.get(name, name): value for name, value in request.items() if name != "cookies"})
    case.validate_response(answer, checks=CHECKS)
    return f"{case.method} {case.path} {answer.status_code}"


def held(http: TestClient, world: World, cases: int) -> Counter[str]:
    """How often which answer came."""
    found: Counter[str] = Counter()
    every = told_of(http)
    each = -(-cases // (2 * len(every) - BARE))
    for told, mode in product(every, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)):
        if mode is GenerationMode.NEGATIVE and not told.in_body | told.elsewhere:
            continue

        @settings(
            max_examples=each, deadline=None, database=None, derandomize=True, phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(told.operation.as_strategy(generation_mode=mode), st.data())
        def one(told: Told, case: Case, dice: st.DataObject) -> None:
            world.later(seconds=1)
            found[sent(http, told, case, dice)] += 1

        one(told)
    return found


@pytest.mark.timeout(900)
@pytest.mark.parametrize("cases", LANES)
def test_requests_made_from_the_document_meet_no_surprise(http: TestClient, world: World, cases: int) -> None:
    found = held(http, world, cases)
    assert sum(found.values()) >= cases
    charged = (
        "POST /api/billing/track-usage 201",
        "POST /api/billing/settle 409",
        "POST /api/billing/track-usage/batch 200",
    )
    assert all(found[each] for each in charged), "the requests mean something here"
