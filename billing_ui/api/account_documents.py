"""What the OpenAPI document says about accounts, plans and looks back: every status, with an example."""

from __future__ import annotations

from typing import Any

from billing_ui.api.account_schemas import (
    InitUserAnswer,
    InitUserAsk,
    LedgerAnswer,
    PlanOffer,
    PlansAnswer,
    SubscriptionAnswer,
    SummaryAnswer,
    UsageReport,
)
from billing_ui.api.auth import needs
from billing_ui.api.documents import ALWAYS, NO_ACCOUNT, TOO_LARGE, good_answer, problem_answer
from billing_ui.api.usage_documents import STANDING

_INIT = {
    "external_id": "user-4711", "name": "Sari Dewi", "email": "sari@example.com", "zone": "Asia/Makassar",
    "language": "id",
}  # fmt: skip
_PERIOD = {"starts_at": "2026-10-31T17:00:00Z", "ends_at": "2026-11-30T17:00:00Z"}
_USED = {
    "events": 14, "input_tokens": 9_800, "output_tokens": 6_600, "quantity": 16_400, "allowance": 16_400, "charged": 0,
    "overage": 0, "uncovered": 0,
}  # fmt: skip
_TODAY = {"from": "2026-11-21", "to": "2026-11-21", "totals": {"tokens": _USED}}
_SUMMARY = {
    "plan": "gratis", "plan_name": "Free", "access": "open", "zone": "Asia/Jakarta", "included": 100_000,
    "period": _PERIOD, "today": _TODAY, "month": {**_TODAY, "from": "2026-11-01"}, **STANDING,
}  # fmt: skip
_WHO = {"account": STANDING["account"], "external_id": "user-4711"}
_REPORT = {
    **_WHO, "zone": "Asia/Jakarta", "group_by": "operation", "from": "2026-11-15", "to": "2026-11-21",
    "rows": [{"group": "chat", "meter": "tokens", **_USED}], "totals": {"tokens": _USED},
}  # fmt: skip
_LEDGER = {
    **_WHO, "next_cursor": "17",
    "entries": [
        {
            "entry": 17, "key": "usage:evt-2026-000001", "line": 1, "unit": "TOKEN", "debit": "wallet",
            "credit": "consumed", "quantity": 1_000, "balance_after": 499_000,
            "lot": "lot_01jd8z2a4c6e8g0j2k4m6n8p0r", "cause": "evt-2026-000001",
            "occurred_at": "2026-11-21T03:00:00Z", "recorded_at": "2026-11-21T03:00:00Z",
        }
    ],
}  # fmt: skip
_FREE = {"id": "Gratis", "en": "Free"}
_PLAN: dict[str, Any] = {
    "slug": "gratis", "version": 1, "kind": "free", "name": _FREE, "tagline": {"id": "Tanpa biaya", "en": "At no cost"},
    "amount": 0, "currency": "IDR", "price_unit": {"id": "", "en": ""}, "interval": None, "trial_days": 0,
    "features": [{"id": "Obrolan", "en": "Chat"}],
    "limits": [{"meter": "tokens", "window": "day", "quantity": 20_000}], "included_tokens": 100_000,
    "overage_amount": None, "overage_per_tokens": None, "topup_options": [], "highlighted": False, "available": True,
}  # fmt: skip
_SUBSCRIPTION = {
    **_WHO, "subscription": "sub_01jd8z2a4c6e8g0j2k4m6n8p0r", "plan": _PLAN, "status": "active", "access": "open",
    "started_at": "2026-11-02T03:00:00Z", "period": _PERIOD, "next_plan": None,
}  # fmt: skip
_OPENED = {"plan": "gratis", "is_new": True, **STANDING}
_WRONG = problem_answer("field_invalid", "`field_invalid`: not one account, or no such days.", field="from", why="day")
_NO_PLAN = problem_answer("not_found", "`not_found`: no such plan, or no secret is configured.", what="plan")
_NO_DOOR = problem_answer("not_found", "`not_found`: no secret is configured.", what="api")
_READ: dict[int | str, dict[str, Any]] = {**ALWAYS, 404: NO_ACCOUNT, 422: _WRONG}

INIT_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(
        InitUserAnswer, "This user has an account already; it is unchanged.",
        {"known": {"value": {**_OPENED, "is_new": False}}}, Idempotent_Replayed="true",
    ),
    201: good_answer(InitUserAnswer, "The account, opened just now.", {"new": {"value": _OPENED}}),
    404: _NO_DOOR,
    413: TOO_LARGE,
    422: problem_answer("field_invalid", "`field_invalid`: nothing was opened.", field="zone", why="unknown"),
}  # fmt: skip
INIT_REQUEST = needs(
    "accounts:write",
    requestBody={
        "required": True,
        "content": {
            "application/json": {"schema": InitUserAsk.model_json_schema(), "examples": {"user": {"value": _INIT}}}
        },
    },
)
SUMMARY_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_READ,
    200: good_answer(SummaryAnswer, "The account as it stands.", {"now": {"value": _SUMMARY}}),
}
SUBSCRIPTION_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_READ,
    200: good_answer(SubscriptionAnswer, "The plan as it was sold.", {"now": {"value": _SUBSCRIPTION}}),
}
REPORT_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_READ,
    200: good_answer(UsageReport, "What was used.", {"week": {"value": _REPORT}}),
}
LEDGER_ANSWERS: dict[int | str, dict[str, Any]] = {
    **_READ,
    200: good_answer(LedgerAnswer, "A page of lines.", {"page": {"value": _LEDGER}}),
}
PLANS_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(PlansAnswer, "What is sold now.", {"now": {"value": {"plans": [_PLAN], "packages": []}}}),
    404: _NO_DOOR,
}
PLAN_ANSWERS: dict[int | str, dict[str, Any]] = {
    **ALWAYS,
    200: good_answer(PlanOffer, "The plan as it is sold now.", {"now": {"value": _PLAN}}),
    404: _NO_PLAN,
}
