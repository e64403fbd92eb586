"""What we ask gateways for in these tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from billing_ui.kit.amount import Amount
from billing_ui.rules.facts import PaymentIntent


def intent(method: str = "QRIS", amount: int = 50_000, *, reference: str = "top_1", **changes: Any) -> PaymentIntent:
    given: dict[str, Any] = {
        "reference": reference,
        "method": method,
        "total": Amount(amount, "IDR"),
        "description": "Isi ulang 500.000 token",
        "customer_name": "Siti Rahayu",
        "expires_at": datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2),
    }
    return PaymentIntent(**{**given, **changes})
