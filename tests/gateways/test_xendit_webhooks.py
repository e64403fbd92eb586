"""Every published webhook shape is understood, everything else is refused or stays quiet, and nothing ever crashes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.gateways.base import Parsed, WebhookRefused
from billing_ui.gateways.xendit.webhooks import parse
from tests.gateways.shapes import QUIET, SHAPES, Shape, v2_payment, v3_payment


def packed(body: Any) -> bytes:
    return json.dumps(body).encode()


def refusal(body: bytes) -> int:
    with pytest.raises(WebhookRefused) as refused:
        parse({}, body)
    return refused.value.status


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_each_shape_names_whom_to_ask(shape: Shape) -> None:
    parsed = parse({}, packed(shape.body))
    assert parsed.event == shape.event
    (wake,) = parsed.wakes
    assert (wake.gateway, wake.event) == ("xendit", shape.event)
    assert (wake.request_id, wake.gateway_payment_id, wake.reference) == (
        shape.request_id, shape.payment_id, shape.reference,
    )  # fmt: skip
    assert wake.claims == shape.claims
    assert wake.detail == shape.detail


@pytest.mark.parametrize(("event", "body"), QUIET, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_about_our_money_wakes_nobody(event: str, body: dict[str, Any]) -> None:
    parsed = parse({}, packed(body))
    assert parsed.event == event
    assert parsed.wakes == ()


def test_the_gateways_own_id_makes_all_deliveries_one() -> None:
    body = packed(v3_payment("payment.capture", "SUCCEEDED"))
    other = packed(v3_payment("payment.capture", "SUCCEEDED", updated="later"))
    headers = {"Webhook-Id": "7c4fd3c8-6a2a-4a1e-9f33-0d6c9a2c1b11"}
    assert parse(headers, body).dedupe == parse(headers, other).dedupe
    assert parse(headers, body).dedupe != parse({}, body).dedupe


def test_without_an_id_a_repetition_is_told_by_what_it_is_about() -> None:
    first = v3_payment("payment.capture", "SUCCEEDED")
    again = {**first, "created": "2026-11-21T00:00:00Z"}
    assert parse({}, packed(first)).dedupe == parse({}, packed(again)).dedupe


@pytest.mark.parametrize(
    "other",
    [
        v3_payment("payment.failure", "FAILED"),
        v3_payment("payment.capture", "FAILED"),
        v3_payment("payment.capture", "SUCCEEDED", payment_id="py-2"),
        v3_payment("payment.capture", "SUCCEEDED", updated="later"),
        v2_payment("payment.succeeded", "SUCCEEDED"),
    ],
)
def test_without_an_id_another_event_is_never_taken_for_a_repetition(other: dict[str, Any]) -> None:
    first = v3_payment("payment.capture", "SUCCEEDED")
    assert parse({}, packed(first)).dedupe != parse({}, packed(other)).dedupe


@pytest.mark.parametrize(
    ("event", "since"), [("refund.succeeded", "updated"), ("dispute.action_required", "updated_at")]
)
def test_two_parts_of_one_payment_told_of_at_one_instant_are_two_events(event: str, since: str) -> None:
    told = {"payment_id": "py-1", "status": "SUCCEEDED", since: "2026-11-21T03:00:00Z"}
    bodies = [{"event": event, **told, "id": part} for part in ("part-1", "part-2")]
    first, other = (parse({}, packed(body)).dedupe for body in bodies)
    assert first != other
    assert parse({}, packed({**bodies[0], since: "2026-11-22T03:00:00Z"})).dedupe != first
    assert parse({}, packed({**bodies[0], "created": "2026-11-21T00:00:00Z"})).dedupe == first


@pytest.mark.parametrize("told", ["", "x" * 121, "two words", "é", "a\nb"])
def test_an_unusable_id_header_counts_as_none(told: str) -> None:
    body = packed(v3_payment("payment.capture", "SUCCEEDED"))
    assert parse({"webhook-id": told}, body).dedupe == parse({}, body).dedupe


def test_shapes_that_name_nothing_are_told_apart_by_their_bytes() -> None:
    assert parse({}, b'{"a": 1}').dedupe != parse({}, b'{"a": 2}').dedupe


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"7", b'"text"', b"{", b"not json", b"\xff\xfe", b'{"a": NaN}', b'{"a": Infinity}',
        b'{"a": 1, "a": 2}', b'{"a": "\\u0000"}', b'{"a": "\\ud800"}', b'{"a":' + b"9" * 5000 + b"}",
        b"[" * 100_000, b'{"a":' * 200_000, b'{"a": 1e999999999999999999999}', b'{"a": 1e400}',
        b'{"a": "' + b"x" * 262_144 + b'"}',
    ],
    ids=lambda body: repr(body[:24]),
)  # fmt: skip
def test_bytes_that_cannot_be_kept_are_refused_with_400(body: bytes) -> None:
    assert refusal(body) == 400


def test_words_of_the_webhook_are_kept_only_when_they_are_words() -> None:
    body = v3_payment("payment.failure", "FAILED; DROP TABLE", failure_code=["x"], request_amount="5e4", currency=None)
    (wake,) = parse({}, packed(body)).wakes
    assert wake.claims == ""
    assert wake.detail == {"channel": "QRIS", "amount": "50000"}


_leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
_names = st.sampled_from(
    ["event", "data", "payment_id", "id", "payment_request_id", "reference_id", "external_id", "status", "amount",
     "updated", "captures", "initial", "failure_code", "channel_code"]
)  # fmt: skip
_events = st.sampled_from([shape.event for shape in SHAPES] + ["payment_token.x", "", "x" * 100])
_bodies = st.recursive(
    _leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names | st.text(max_size=5), inner, max_size=6),
    max_leaves=20,
)


def _is_total(headers: dict[str, str], body: bytes) -> None:
    try:
        parsed = parse(headers, body)
    except WebhookRefused:
        assert refusal(body) == 400
        return
    assert isinstance(parsed, Parsed)
    assert 0 < len(parsed.dedupe) <= 200
    assert len(parsed.event) <= 80
    for wake in parsed.wakes:
        assert all(word is None or (word and "\0" not in word and "/" not in word)
                   for word in (wake.request_id, wake.gateway_payment_id))  # fmt: skip


@given(st.binary(max_size=300), st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=3))
def test_any_bytes_become_an_answer(body: bytes, headers: dict[str, str]) -> None:
    _is_total(headers, body)


@given(_events, _bodies, st.text(max_size=20))
def test_any_json_under_a_known_event_becomes_an_answer(event: str, data: Any, told: str) -> None:
    _is_total({"webhook-id": told}, packed({"event": event, "data": data}))


@given(st.sampled_from(SHAPES), st.data())
def test_a_shape_with_one_field_of_any_other_kind_becomes_an_answer(shape: Shape, data: st.DataObject) -> None:
    body = json.loads(packed(shape.body))
    inner = body["data"] if isinstance(body.get("data"), dict) else body
    inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(_bodies)
    _is_total({}, packed(body))
