"""One table: the exit code of each refusal, so that scripts can tell them apart."""

from __future__ import annotations

from billing_ui.rules.errors import BillingError

REFUSED, WRONG_USE, NOT_THERE, TRY_AGAIN = 1, 2, 3, 75

EXITS: dict[str, int] = {
    "session_required": REFUSED,
    "forbidden": REFUSED,
    "bad_credentials": REFUSED,
    "bad_link": REFUSED,
    "bad_code": REFUSED,
    "bad_key": REFUSED,
    "signup_closed": REFUSED,
    "too_many_tries": TRY_AGAIN,
    "too_many_at_once": TRY_AGAIN,
    "field_invalid": WRONG_USE,
    "not_confirmed": WRONG_USE,
    "email_taken": REFUSED,
    "password_too_short": WRONG_USE,
    "amount_out_of_range": WRONG_USE,
    "method_unavailable": WRONG_USE,
    "plan_unavailable": WRONG_USE,
    "not_found": NOT_THERE,
    "key_reused": REFUSED,
    "not_payable": REFUSED,
    "not_cancelable": REFUSED,
    "not_refundable": REFUSED,
    "refund_only_whole": REFUSED,
    "not_creditable": REFUSED,
    "already_decided": REFUSED,
    "too_many_keys": REFUSED,
    "insufficient_balance": REFUSED,
    "gateway_rejected": REFUSED,
    "gateway_unavailable": TRY_AGAIN,
    "busy": TRY_AGAIN,
    "event_failed": REFUSED,
    "misconfigured": WRONG_USE,
}


def exit_code(error: BillingError) -> int:
    return EXITS.get(error.code, REFUSED)
