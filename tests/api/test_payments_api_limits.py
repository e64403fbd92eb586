"""The edges of the host app's door: how often, how large, what else, and what the document promises."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from billing_ui.api.app import build
from billing_ui.api.auth import BURST, RATE_PER_S
from billing_ui.security.wrap import wrap
from billing_ui.services import asking
from tests.api.test_payments_api import PROBLEM, URL, Host, bearer, host, refusal, rows
from tests.world import World

__all__ = ["host"]

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["external_id", "account", "amount", "method", "x"]), inner, max_size=5)
    ),
    max_leaves=10,
)
# Near to right: the person is never known, so nothing may ever be stored.
ALMOST = st.fixed_dictionaries(
    {
        "external_id": st.text(max_size=30) | st.none() | st.integers(),
        "amount": st.integers() | st.sampled_from([50_000, 100_000]) | st.floats() | st.booleans(),
        "method": st.sampled_from(["QRIS", "VA_BCA", "OVO", ""]) | st.text(max_size=10),
    }
)
HEADERS = st.fixed_dictionaries(
    {"idempotency-key": st.binary(max_size=90).map(lambda raw: raw.replace(b"\n", b"").replace(b"\r", b""))},
    optional={"content-type": st.sampled_from([b"text/plain", b"application/json; charset=utf-16", b"\xff"])},
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=600) | (ANY_JSON | ALMOST).map(lambda value: json.dumps(value).encode()), HEADERS)
def test_no_body_or_header_makes_a_server_error_or_a_row(
    host: Host, world: World, body: bytes, headers: dict[str, bytes]
) -> None:
    world.later(seconds=1)
    before = rows(world)
    for key in (headers["idempotency-key"], b"order-fuzz"):
        sent: Any = {"authorization": f"Bearer {bearer()['Authorization'][7:]}".encode(), **headers}
        answer = host.http.post(URL, content=body, headers={**sent, "idempotency-key": key})
        assert 400 <= answer.status_code < 500
        assert answer.headers["content-type"] == PROBLEM
    assert rows(world) == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=60).filter(lambda text: "/" not in text and text not in {".", ".."}))
def test_no_address_of_a_payment_makes_a_server_error(host: Host, world: World, name: str) -> None:
    world.later(seconds=1)
    safe = "".join(f"%{byte:02X}" for byte in name.encode("utf-8", "surrogatepass"))
    assert host.get(safe).status_code == 404


def test_whoever_asks_too_often_is_told_when_to_come_again(host: Host, world: World) -> None:
    answers = [host.get("x") for _ in range(BURST)]
    assert {answer.status_code for answer in answers} == {404}
    assert [int(answer.headers["ratelimit-remaining"]) for answer in answers] == list(range(BURST - 1, -1, -1))
    assert {answer.headers["ratelimit-limit"] for answer in answers} == {str(BURST)}
    late = host.get("x")
    assert refusal(late) == (429, "too_many_tries")
    assert (late.headers["retry-after"], late.headers["ratelimit-remaining"]) == ("1", "0")
    assert refusal(host.http.get("/api/payments/x"))[0] == 401
    world.later(seconds=1)
    assert host.get("x").headers["ratelimit-remaining"] == str(RATE_PER_S - 1)


def test_an_account_with_too_many_unpaid_codes_is_told_for_how_long(
    host: Host, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_UNPAID_PER_HOUR", 1)
    host.post("order-0001")
    world.later(minutes=20)
    late = host.post("order-0002")
    assert refusal(late) == (429, "too_many_tries")
    assert late.headers["retry-after"] == str(40 * 60)
    assert host.post("order-0001").status_code == 200


def test_a_huge_body_is_refused_in_the_same_form(host: Host, world: World) -> None:
    before = rows(world)
    answer = host.send(b'{"x": "' + b"a" * 300_000 + b'"}')
    assert (answer.status_code, answer.headers["content-type"], answer.json()["code"]) == (413, PROBLEM, "too_large")
    assert rows(world) == before


@pytest.fixture
def before_pages(host: Host) -> Host:
    """The doors as they are served: with the pages behind them, which answer whatever the doors leave over."""
    doors = build()
    doors.mount("", PlainTextResponse("<html>a page</html>"))
    return replace(host, http=TestClient(wrap(doors), raise_server_exceptions=False))


def test_a_method_nobody_serves_is_refused_in_the_same_form(before_pages: Host) -> None:
    answer = before_pages.http.put(URL, content=b"{}", headers=bearer())
    assert refusal(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, POST"


def test_a_path_nobody_serves_is_refused_in_the_same_form(before_pages: Host) -> None:
    assert refusal(before_pages.http.get("/api/payments", headers=bearer())) == (404, "not_found")
    assert refusal(before_pages.http.post("/api/nothing/at/all")) == (404, "not_found")
    assert before_pages.http.get("/pay/x").text == "<html>a page</html>"
    assert before_pages.post().status_code == 201


def test_the_callers_own_request_id_comes_back(host: Host) -> None:
    answer = host.http.get("/api/payments/x", headers={**bearer(), "X-Request-Id": "host-request-17"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "host-request-17"


def test_the_document_names_the_secret_the_key_and_every_status(host: Host) -> None:
    document = host.http.get("/api/openapi.json").json()
    post, get = document["paths"][URL]["post"], document["paths"]["/api/payments/{payment_id}"]["get"]
    assert set(post["responses"]) == {
        "200", "201", "401", "403", "404", "409", "413", "422", "429", "500", "503", "default",
    }  # fmt: skip
    assert set(get["responses"]) == {"200", "401", "403", "404", "429", "500", "503", "default"}
    assert document["components"]["securitySchemes"]["BillingSecret"]["scheme"] == "bearer"
    assert post["security"] == get["security"] == [{"BillingSecret": []}]
    key = post["parameters"][0]
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True)
    body = post["requestBody"]["content"]["application/json"]
    assert body["schema"]["additionalProperties"] is False
    for name, example in body["examples"].items():
        assert host.post(f"example-{name}", **example["value"]).status_code in {201, 404}
    good = host.post().json()
    assert set(good) <= set(document["components"]["schemas"]["TopupAnswer"]["properties"])
    for each in (post, get):
        for status, said in each["responses"].items():
            content = said["content"]
            assert set(content) == {"application/json" if status in {"200", "201"} else PROBLEM}, status
