"""The answers of the client are those of the document, field by field, so that neither can change alone."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from billing_ui.api.app import build
from billing_ui.client import asks, report_asks
from billing_ui.client.answers import RefusedStanding

# Paths that the client does not ask, or whose answers it takes apart by hand.
NOT_READ = {"/api/payments/stats", "/api/health", "/api/ready", "/api/billing/track-usage/batch"}
WHOSE: Any = {"external_id": "user-1"}
ASKS: dict[str, asks.Ask[Any]] = {
    "POST /api/billing/usage-check": asks.check(WHOSE),
    "POST /api/billing/track-usage": asks.record(WHOSE),
    "POST /api/billing/reserve": asks.reserve(WHOSE),
    "POST /api/billing/settle": asks.settled(WHOSE),
    "POST /api/billing/release": asks.release("evt-1", WHOSE),
    "POST /api/billing/init-user": asks.init_user("user-1", {}),
    "GET /api/billing/usage-summary": report_asks.summary(WHOSE),
    "GET /api/billing/subscription-info": report_asks.subscription(WHOSE),
    "GET /api/billing/usage": report_asks.usage({}, WHOSE),
    "GET /api/billing/ledger": report_asks.ledger(None, None, WHOSE),
    "GET /api/billing/plans": report_asks.plans(),
    "GET /api/billing/plans/{slug}": report_asks.plan("bpp"),
    "GET /api/billing/balance": asks.balance(datetime(2026, 11, 21, tzinfo=UTC), WHOSE),
    "POST /api/payments/topup": asks.topup({}, "key"),
    "GET /api/payments/{payment_id}": asks.payment("top_1"),
}
WORDS = {int: "integer", str: "string", bool: "boolean", datetime: "date-time", date: "date"}
DOCUMENT = build().openapi()

# A shape is a word, a list of one shape, a map of one shape under "*", or fields by name: (shape, may be left out).
Shape = Any


def of_client(wanted: Any) -> Shape:
    kind, inner = get_origin(wanted), get_args(wanted)
    if kind in {Union, types.UnionType}:
        return ("or null", *(of_client(each) for each in inner if each is not type(None)))
    if kind is tuple:
        return [of_client(inner[0])]
    if kind is Mapping:
        return {"*": of_client(inner[1])}
    if is_dataclass(wanted):
        hints = get_type_hints(wanted)
        return {
            each.name.rstrip("_"): (of_client(hints[each.name]), each.default is not MISSING)
            for each in fields(wanted)
        }  # fmt: skip
    return WORDS[wanted]


def of_document(schema: Mapping[str, Any]) -> Shape:
    if "$ref" in schema:
        return of_document(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in schema:
        return ("or null", *(of_document(each) for each in schema["anyOf"] if each != {"type": "null"}))
    if schema.get("type") == "array":
        return [of_document(schema["items"])]
    if "properties" in schema:
        return {
            name: (of_document(each), name not in schema["required"]) for name, each in schema["properties"].items()
        }
    if "additionalProperties" in schema:
        return {"*": of_document(schema["additionalProperties"])}
    return schema.get("format") or schema["type"]


def good_answer(spot: str) -> Mapping[str, Any]:
    verb, path = spot.split(" ")
    answers = DOCUMENT["paths"][path][verb.lower()]["responses"]
    told = [each["content"]["application/json"]["schema"] for status, each in answers.items() if status[0] == "2"]
    assert all(each == told[0] for each in told)
    return dict(told[0])


def test_the_client_reads_every_answer_of_the_document() -> None:
    told = {
        f"{verb.upper()} {path}"
        for path, verbs in DOCUMENT["paths"].items() if path not in NOT_READ and "webhooks" not in path
        for verb in verbs
    }  # fmt: skip
    assert told == ASKS.keys()


@pytest.mark.parametrize("spot", ASKS)
def test_an_answer_has_the_same_fields_of_the_same_kind_on_both_sides(spot: str) -> None:
    ask = ASKS[spot]
    verb, path = spot.split(" ")
    assert (ask.verb, ask.path.count("/")) == (verb, path.count("/"))
    reads: Any = ask.read
    assert of_client(reads.args[0]) == of_document(good_answer(spot))


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("usage-check", asks.What), ("track-usage", asks.Event), ("settle", asks.Event), ("reserve", asks.Estimate),
    ],
)  # fmt: skip
def test_a_question_may_carry_the_same_words_on_both_sides(path: str, told: type) -> None:
    body = DOCUMENT["paths"][f"/api/billing/{path}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert get_type_hints(told).keys() == body["properties"].keys()


def test_a_refusal_has_the_same_fields_of_the_same_kind_on_both_sides() -> None:
    answers = DOCUMENT["paths"]["/api/billing/track-usage"]["post"]["responses"]
    schema = answers["402"]["content"]["application/problem+json"]["schema"]
    of_any_problem = {"type", "title", "status", "code", "facts", "request_id"}
    own = {name: each for name, each in schema["properties"].items() if name not in of_any_problem}
    assert of_document({**schema, "properties": own}) == of_client(RefusedStanding)
