"""One table: which refusals a job is tried again for, because the world may mend, and which park it for a person."""

from __future__ import annotations

from typing import Literal

from billing_ui.emails.base import MailRejected
from billing_ui.rules.errors import BillingError

Verdict = Literal["retry", "park"]

VERDICTS: dict[str, Verdict] = {
    "session_required": "park",
    "forbidden": "park",
    "bad_credentials": "park",
    "bad_link": "park",
    "bad_code": "park",
    "bad_key": "park",
    "signup_closed": "park",
    "too_many_tries": "retry",
    "too_many_at_once": "retry",
    "field_invalid": "park",
    "not_confirmed": "park",
    "email_taken": "park",
    "password_too_short": "park",
    "amount_out_of_range": "park",
    "method_unavailable": "park",
    "plan_unavailable": "retry",
    "not_found": "park",
    "key_reused": "park",
    "not_payable": "park",
    "not_cancelable": "park",
    "not_refundable": "park",
    "refund_only_whole": "park",
    "not_creditable": "park",
    "already_decided": "park",
    "too_many_keys": "park",
    "insufficient_balance": "park",
    "gateway_rejected": "retry",
    "gateway_unavailable": "retry",
    "busy": "retry",
    "event_failed": "retry",
    "misconfigured": "retry",
}


def verdict(error: Exception) -> Verdict:
    """What nobody foresaw is tried again: it may be a database that is away."""
    if isinstance(error, MailRejected):
        return "park"
    return VERDICTS.get(error.code, "retry") if isinstance(error, BillingError) else "retry"
