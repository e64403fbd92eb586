"""Typed client for host apps: `Billing` for threads, `AsyncBilling` for coroutines. It needs httpx, nothing else."""

from billing_ui.client.answers import (
    Balance,
    Charged,
    Checked,
    CoveredBy,
    Happened,
    Held,
    Limit,
    Meter,
    Notice,
    Opened,
    Payment,
    Receipt,
    Refusal,
    Released,
    Standing,
    Topup,
)
from billing_ui.client.asks import Estimate, Event, What, Whose, new_event_id
from billing_ui.client.async_billing import AsyncBilling
from billing_ui.client.async_calls import AsyncCall
from billing_ui.client.batches import BatchResult
from billing_ui.client.billing import Billing
from billing_ui.client.calls import Call
from billing_ui.client.errors import (
    BadKey,
    BillingProblem,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Passing,
    RateLimited,
    Refused,
    Unavailable,
)
from billing_ui.client.metering import meter, refusals
from billing_ui.client.patience import Patience
from billing_ui.client.reports import (
    Entry,
    LedgerPage,
    Offers,
    Package,
    Plan,
    Subscription,
    Summary,
    UsageReport,
    Used,
)
from billing_ui.client.reservations import Unsettled
from billing_ui.client.tokens import Tokens, tokens_of

__all__ = [
    "AsyncBilling", "AsyncCall", "BadKey", "Balance", "BatchResult", "Billing", "BillingProblem", "Call", "Charged",
    "Checked", "Conflict", "CoveredBy", "Entry", "Estimate", "Event", "Forbidden", "Happened", "Held", "Invalid",
    "LedgerPage", "Limit", "Meter", "NotFound", "Notice", "Offers", "Opened", "Package", "Passing", "Patience",
    "Payment", "Plan", "RateLimited", "Receipt", "Refusal", "Refused", "Released", "Standing", "Subscription",
    "Summary", "Tokens", "Topup", "Unavailable", "Unsettled", "UsageReport", "Used", "What", "Whose", "meter",
    "new_event_id", "refusals", "tokens_of",
]  # fmt: skip
