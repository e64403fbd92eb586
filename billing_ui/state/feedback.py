"""How a refusal reaches a page: the key of its sentence, and the facts that fill it."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from billing_ui.i18n.load import arguments
from billing_ui.rules.errors import BillingError

Place = Literal["amount", "method", "phone", "page"]
# Where the page shows a refusal: beside the field it is about, or above everything.
PLACES: dict[str, Place] = {
    "session_required": "page",
    "forbidden": "page",
    "bad_credentials": "page",
    "bad_link": "page",
    "bad_code": "page",
    "bad_key": "page",
    "signup_closed": "page",
    "too_many_tries": "page",
    "too_many_at_once": "page",
    "field_invalid": "page",
    "not_confirmed": "page",
    "email_taken": "page",
    "password_too_short": "page",
    "amount_out_of_range": "amount",
    "method_unavailable": "method",
    "plan_unavailable": "page",
    "not_found": "page",
    "key_reused": "page",
    "not_payable": "page",
    "not_cancelable": "page",
    "not_refundable": "page",
    "refund_only_whole": "page",
    "not_creditable": "page",
    "already_decided": "page",
    "too_many_keys": "page",
    "insufficient_balance": "page",
    "gateway_rejected": "page",
    "gateway_unavailable": "page",
    "busy": "page",
    "event_failed": "page",
    "misconfigured": "page",
}


# Entries that show their own refusal beside them.
_FIELDS: dict[str, Place] = {"phone": "phone"}


def told(problem: BillingError, zone: str = "Asia/Jakarta") -> dict[str, Any]:
    """`code` goes to `data-code`; the sentence is `error.<code>` of the catalogue in the reader's language."""
    place = _FIELDS.get(str(problem.facts.get("field")), PLACES[problem.code])
    return {"code": problem.code, "place": place, "args": arguments(problem.facts, zone)}


# The field may be far above the button that was pressed, and behind a bar that stays in place.
FOCUS_PHONE = rx.call_script(
    "(() => { const at = document.getElementById('phone'); at?.focus(); at?.scrollIntoView({ block: 'center' }); })()"
)
# The button that made a new code may be gone, or far below it.
FOCUS_CARD = rx.call_script("document.getElementById('pay-title')?.focus()")
NOTHING: dict[str, Any] = {"code": "", "place": "", "args": {}}
