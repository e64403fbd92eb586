"""What the OpenAPI document says about the metering doors: every status, with an example."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from billing_ui.api.auth import needs
from billing_ui.api.documents import ALWAYS, NO_ACCOUNT, TOO_LARGE, good_answer, problem_answer
from billing_ui.api.usage_schemas import (
    BatchAnswer,
    CheckAnswer,
    CheckAsk,
    RefusedProblem,
    ReleaseAnswer,
    ReleaseAsk,
    ReserveAnswer,
    ReserveAsk,
    UsageAnswer,
    UsageAsk,
)

_ASK = {"external_id": "user-4711", "operation": "chat", "model": "gpt-5", "input_tokens": 600, "output_tokens": 400}
_PLAIN = {"external_id": "user-4711", "usage_type": "minutes_per_month", "amount": 30}
_EVENT = {**_ASK, "event_id": "evt-2026-000001"}
_DAY = {
    "limit": 20_000, "used": 16_400, "remaining": 3_600, "percent": 82, "unlimited": False, "window": "day",
    "resets_at": "2026-11-21T17:00:00Z",
}  # fmt: skip
_MONTH = {**_DAY, "limit": 100_000, "remaining": 83_600, "percent": 16, "window": "month"}
STANDING: dict[str, Any] = {
    "account": "acc_01jd8z2a4c6e8g0j2k4m6n8p0r", "external_id": "user-4711", "balance": 0, "held": 0, "spendable": 0,
    "allowance_left": 83_600, "meters": {"tokens": {**_DAY, "limits": [_DAY, _MONTH]}},
    "warnings": [
        {
            "level": "warning", "code": "quota_near", "text": "Tokens: 82% of 20,000 are used.", "percent": 82,
            "action_url": "https://billing.example.com/subscription/plans/",
        }
    ],
}  # fmt: skip
_COVERED = {"allowance": 1_000, "from_lots": 0, "overage": 0, "uncovered": 0}
_TAKEN = {
    "event_id": "evt-2026-000001", "entry": 17, "charged": 1_000, "draws": {"tokens": 1_000}, "covered_by": _COVERED,
    "balance_after": 0, "occurred_at": "2026-11-21T03:00:00Z", "replayed": False, **STANDING,
}  # fmt: skip
_REFUSAL = {
    "reason": "quota_exceeded", "meter": "tokens", "window": "day", "limit": 20_000, "used": 16_400, "needed": 9_000,
    "available": 3_600, "resets_at": "2026-11-21T17:00:00Z",
}  # fmt: skip
_REFUSED = {
    "type": "about:blank#quota_exceeded", "title": "A sentence for people.", "status": 402, "code": "quota_exceeded",
    "facts": {}, "request_id": "req_01jd8z3v7qx5m2n4p6r8s9t0vw", "refusal": _REFUSAL, **STANDING,
}  # fmt: skip
_YES = {
    "allowed": True, "reason": None, "covered_by": _COVERED, "draws": {"tokens": 1_000}, "refusal": None, **STANDING,
}  # fmt: skip
_NO = {
    "allowed": False, "reason": "quota_exceeded", "covered_by": {**_COVERED, "allowance": 0},
    "draws": {"tokens": 9_000}, "refusal": _REFUSAL, **STANDING,
}  # fmt: skip
_HELD = {
    "event_id": "evt-2026-000001", "state": "open", "from_lots": 0, "allowance": 1_000, "draws": {"tokens": 1_000},
    "expires_at": "2026-11-21T03:15:00Z", "replayed": False, **STANDING,
}  # fmt: skip
_RELEASED = {"event_id": "evt-2026-000001", "state": "released", "replayed": False, **STANDING}

_AGAIN = "The same event again: what was answered then, and how the account stands now."
_REFUSED_ANSWER: dict[str, Any] = {
    "description": "Not allowed, and nothing was written; `code` is the reason. The same id may come again later.",
    "content": {
        "application/problem+json": {
            "schema": RefusedProblem.model_json_schema(ref_template="#/components/schemas/{model}"),
            "example": _REFUSED,
        }
    },
}
_REFUSED_ANSWER["content"]["application/problem+json"]["schema"].pop("$defs")
_WRONG = problem_answer("field_invalid", "`field_invalid`: nothing was written.", field="input_tokens", why="int_type")
_REUSED = problem_answer(
    "key_reused", "`key_reused`: this event id came with another content before.", key="evt-2026-000001"
)
_NO_HOLD = problem_answer("not_found", "`not_found`: no such account, or nothing reserved under this id.", what="hold")
_ASKED: dict[int | str, dict[str, Any]] = {**ALWAYS, 404: NO_ACCOUNT, 413: TOO_LARGE, 422: _WRONG}


def _answers(
    model: type[BaseModel], example: dict[str, Any], made: str, *, no_hold: bool = False
) -> dict[int | str, dict[str, Any]]:
    """Of a path that writes an event or a hold once."""
    again = {"again": {"value": {**example, "replayed": True}}}
    return {
        **_ASKED,
        200: good_answer(model, _AGAIN, again, Idempotent_Replayed="true"),
        201: good_answer(model, made, {"made": {"value": example}}),
        **({404: _NO_HOLD} if no_hold else {402: _REFUSED_ANSWER}),
        409: _REUSED,
    }


def _request(model: type[BaseModel], **examples: dict[str, Any]) -> dict[str, Any]:
    told = {name: {"value": value} for name, value in examples.items()}
    content = {"application/json": {"schema": model.model_json_schema(), "examples": told}}
    return needs("usage:write", requestBody={"required": True, "content": content})


CHECK_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_ASKED,
    200: good_answer(
        CheckAnswer, "What `track-usage` would answer now.", {"yes": {"value": _YES}, "no": {"value": _NO}}
    ),
}
USAGE_ANSWERS = _answers(UsageAnswer, _TAKEN, "The event is on record.")
SETTLE_ANSWERS = _answers(UsageAnswer, _TAKEN, "The call is on record; the hold is gone.", no_hold=True)
RESERVE_ANSWERS = _answers(ReserveAnswer, _HELD, "The estimate is set aside.")
RELEASE_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_ASKED,
    200: good_answer(ReleaseAnswer, "Nothing is set aside any more.", {"gone": {"value": _RELEASED}}),
    404: _NO_HOLD,
    409: problem_answer("key_reused", "`key_reused`: this event was charged already.", key="evt-2026-000001"),
}
BATCH_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_ASKED,
    200: good_answer(
        BatchAnswer,
        "Each event with what `track-usage` would have answered to it alone.",
        {
            "mixed": {
                "value": {
                    "results": [
                        {"event_id": "evt-2026-000001", "status": 201, "body": _TAKEN},
                        {"event_id": "evt-2026-000002", "status": 402, "body": _REFUSED},
                    ],
                    "accepted": 1,
                    "refused": 1,
                }
            }
        },
    ),
    413: {**TOO_LARGE, "description": "`too_large`: more than 1 MB."},
}
del BATCH_ANSWERS[404]
CHECK_REQUEST = _request(CheckAsk, operation=_ASK, plain=_PLAIN)
USAGE_REQUEST = _request(UsageAsk, operation=_EVENT, plain={**_PLAIN, "event_id": "evt-2026-000002"})
RESERVE_REQUEST = _request(ReserveAsk, estimate={**_EVENT, "seconds": 120})
RELEASE_REQUEST = _request(ReleaseAsk, release={"external_id": "user-4711", "event_id": "evt-2026-000001"})
_EVENTS = {
    "type": "object", "additionalProperties": False, "required": ["events"],
    "properties": {
        "events": {"type": "array", "minItems": 1, "maxItems": 1000, "items": UsageAsk.model_json_schema()}
    },
}  # fmt: skip
BATCH_REQUEST = needs(
    "usage:write",
    requestBody={
        "required": True,
        "content": {"application/json": {"schema": _EVENTS, "examples": {"two": {"value": {"events": [
            _EVENT, {**_PLAIN, "event_id": "evt-2026-000002"}
        ]}}}}},
    },
)  # fmt: skip
