"""What the OpenAPI document says about the host app's door: every status, with an example."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from billing_ui.api.auth import needs
from billing_ui.api.errors import STATUS
from billing_ui.api.schemas import BalanceAnswer, PaymentAnswer, Problem, StatsAnswer, TopupAnswer, TopupAsk

_ASK = {"external_id": "user-4711", "amount": 50_000, "method": "QRIS"}
_ASKS = {
    "qris": {"summary": "By QRIS", "value": _ASK},
    "ovo": {
        "summary": "By OVO, which asks its payer by phone",
        "value": {**_ASK, "method": "OVO", "phone": "+6281234567890"},
    },
}
_PAYABLE = {
    "payment_id": "top_01jd8z3v7qx5m2n4p6r8s9t0vw", "status": "pending", "amount": 50_000, "fee": 0, "tax": 0,
    "total": 50_000, "currency": "IDR", "method": "QRIS", "expires_at": "2026-11-21T05:00:00Z",
    "pay_url": "https://billing.example.com/pay/top_01jd8z3v7qx5m2n4p6r8s9t0vw/", "qr_string": "00020101021226…",
}  # fmt: skip
_BARE = {name: said for name, said in _PAYABLE.items() if name != "qr_string"}
_PAYABLES = {
    "qris": {"summary": "A code to scan", "value": _PAYABLE},
    "va": {
        "summary": "A number to pay to, where the customer bears the fee",
        "value": {**_BARE, "method": "VA_BCA", "fee": 4_000, "total": 54_000, "va_number": "1328212345678901"},
    },
    "redirect": {
        "summary": "A page of the wallet to open",
        "value": {**_BARE, "method": "DANA", "redirect_url": "https://…", "deeplink": "dana://…"},
    },
    "app": {
        "summary": "An app to open on a phone, or a code to scan from a desk",
        "value": {**_PAYABLE, "method": "SHOPEEPAY", "deeplink": "shopeeid://…"},
    },
    "push": {"summary": "Nothing to show: the payer approves on their phone", "value": {**_BARE, "method": "OVO"}},
}
_ATTEMPT = "pay_01jd8z3v7r2k4m6n8p0q2s4t6v"
_FULL = {
    **_PAYABLE, "attempt": _ATTEMPT, "account": "acc_01jd8z2a4c6e8g0j2k4m6n8p0r", "external_id": "user-4711",
    "tokens": 500_000, "created_at": "2026-11-21T03:00:00Z", "paid_at": None, "is_late": False,
    "timeline": [{"at": "2026-11-21T03:00:00Z", "kind": "asked", "status": "created", "attempt": _ATTEMPT}],
}  # fmt: skip

_BALANCE = {
    "account": "acc_01jd8z2a4c6e8g0j2k4m6n8p0r", "external_id": "user-4711", "as_of": "2026-11-01T00:00:00+07:00",
    "balance": 742_000, "unit": "TOKEN",
}  # fmt: skip
_TALLY = {
    "count": 12, "paid": 9, "ended": 2, "success_percent": 81, "paid_amounts": [{"amount": 650_000, "currency": "IDR"}],
}  # fmt: skip
_STATS = {
    "account": None, "from": "2026-11-01", "to": "2026-11-01", "zone": "Asia/Jakarta", **_TALLY, "median_seconds": 48,
    "methods": [{"method": "QRIS", **_TALLY}], "days": [{"day": "2026-11-01", **_TALLY}],
}  # fmt: skip

_COUNTED: dict[str, Any] = {
    name: {"description": means, "schema": {"type": "integer"}}
    for name, means in {
        "RateLimit-Limit": "Requests that may come at once.",
        "RateLimit-Remaining": "Requests left now.",
        "RateLimit-Reset": "Seconds until all are back.",
    }.items()
}
_TRACED: dict[str, Any] = {
    "X-Request-Id": {
        "description": "Yours if you sent a plain word of 8 to 64 characters.",
        "schema": {"type": "string"},
    }
}


def problem_answer(code: str, description: str, **facts: str | int) -> dict[str, Any]:
    status = STATUS[code]
    example = {
        "type": f"about:blank#{code}", "title": "A sentence for people.", "status": status, "code": code,
        "facts": facts, "request_id": "req_01jd8z3v7qx5m2n4p6r8s9t0vw",
    }  # fmt: skip
    content = {"schema": Problem.model_json_schema(), "example": example}
    headers = dict(_TRACED)
    if status == 401:
        headers["WWW-Authenticate"] = {"description": "The scheme: Bearer.", "schema": {"type": "string"}}
    if status in (429, 503):
        headers["Retry-After"] = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
    return {"description": description, "content": {"application/problem+json": content}, "headers": headers}


def good_answer(model: type[BaseModel], description: str, examples: dict[str, Any], **headers: str) -> dict[str, Any]:
    said = {
        name.replace("_", "-"): {"description": means, "schema": {"type": "string"}} for name, means in headers.items()
    }
    return {
        "model": model,
        "description": description,
        "content": {"application/json": {"examples": examples}},
        "headers": {**_TRACED, **_COUNTED, **said},
    }


ALWAYS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Whatever else goes wrong is a problem document too, such as 405 `method_not_allowed`.",
        "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
    },
    401: problem_answer("bad_key", "`bad_key`: the secret is missing or wrong."),
    403: problem_answer("forbidden", "`forbidden`: the key does not have the scope of this path."),
    429: problem_answer("too_many_tries", "`too_many_tries`: slower, please.", retry_at="2026-11-21T03:00:01+00:00"),
    500: problem_answer(
        "internal",
        "`internal`, or `event_failed` for an event of which nothing was charged: our fault; the log says more.",
    ),
    503: problem_answer("busy", "`busy`: the database does not answer; send the same again.", retry_after_s=5),
}
TOO_LARGE: dict[str, Any] = {
    "description": "`too_large`: more than 256 kB. (Above 16 kB it is `field_invalid`.)",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}
TOPUP_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(TopupAnswer, "What this key made, as it stands now.", _PAYABLES, Idempotent_Replayed="true"),
    201: good_answer(TopupAnswer, "The purchase, made just now.", _PAYABLES, Location="Where to ask how it stands."),
    404: problem_answer("not_found", "`not_found`: no such account, or no secret is configured.", what="account"),
    409: problem_answer("key_reused", "`key_reused`: this key came with another body before.", key="order-2026-0001"),
    413: TOO_LARGE,
    422: problem_answer(
        "field_invalid",
        "`field_invalid`, `amount_out_of_range`, `method_unavailable` or `plan_unavailable`: nothing was stored.",
        field="amount", why="int_type",
    ),
}  # fmt: skip
PAYMENT_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(PaymentAnswer, "The purchase as it stands.", {"pending": {"value": _FULL}}),
    404: problem_answer("not_found", "`not_found`: no such payment, or no secret is configured.", what="payment"),
}
NO_ACCOUNT = problem_answer("not_found", "`not_found`: no such account, or no secret is configured.", what="account")
BALANCE_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(BalanceAnswer, "What stood in the books then.", {"then": {"value": _BALANCE}}),
    404: NO_ACCOUNT,
    422: problem_answer(
        "field_invalid", "`field_invalid`: not one account, or no instant.", field="as_of", why="instant"
    ),
}
STATS_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(StatsAnswer, "Payments by the day they were made.", {"all": {"value": _STATS}}),
    404: NO_ACCOUNT,
    422: problem_answer(
        "field_invalid", "`field_invalid`: more than one account, or no days.", field="from", why="day"
    ),
}
TOPUP_REQUEST: dict[str, Any] = needs(
    "payments:write",
    parameters=[
        {
            "name": "Idempotency-Key", "in": "header", "required": True, "example": "order-2026-0001",
            "description": "Yours, new for each purchase: 8 to 80 visible ASCII characters. Kept for ever.",
            "schema": {"type": "string", "minLength": 8, "maxLength": 80, "pattern": "^[!-~]+$"},
        }
    ],
    requestBody={
        "required": True,
        "content": {"application/json": {"schema": TopupAsk.model_json_schema(), "examples": _ASKS}},
    },
)  # fmt: skip
