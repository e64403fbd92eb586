"""Why a request was not done, one class for each way to go on, told apart by what the billing desk said.

BillingProblem
├── Refused        402  a "no" about quota, plan or balance; never tried again by itself
├── BadKey         401  the secret is wrong, or was revoked
├── Forbidden      403  the key may not do this
├── NotFound       404  no such account, payment, plan or reservation
├── Conflict       409  this event id or idempotency key stands for something else
├── Invalid        4xx  the request itself is wrong: `field` and `why`
└── Passing             may succeed later, sent again as it was
    ├── RateLimited 429
    └── Unavailable 5xx, no connection, no answer in time: whether it was done is not known
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing_ui.client.answers import Meter, Notice, Refusal, RefusedStanding


class BillingProblem(Exception):
    """The root. `code` never changes its meaning, `title` is a sentence for people in their language."""

    def __init__(
        self, code: str, title: str = "", status: int = 0, facts: Mapping[str, Any] | None = None, request_id: str = ""
    ) -> None:
        self.code = code
        self.title = title
        self.status = status
        self.facts: Mapping[str, Any] = facts or {}
        self.request_id = request_id
        self.event_id = ""
        super().__init__(code, title)

    def __str__(self) -> str:
        traced = f" [{self.request_id}]" if self.request_id else ""
        return f"{self.code}: {self.title}{traced}" if self.title else self.code + traced


class Refused(BillingProblem):
    """The billing desk says no, and nothing was charged. `refusal` names the limit that binds and when it resets."""

    told: RefusedStanding

    @property
    def reason(self) -> str:
        return self.code

    @property
    def refusal(self) -> Refusal:
        return self.told.refusal

    @property
    def meters(self) -> Mapping[str, Meter]:
        return self.told.meters

    @property
    def warnings(self) -> tuple[Notice, ...]:
        return self.told.warnings


class BadKey(BillingProblem):
    """The secret is wrong, or was revoked."""


class Forbidden(BillingProblem):
    """The key may not do this: its scopes are too narrow."""


class NotFound(BillingProblem):
    """`facts["what"]` does not exist: an account (`init_user` opens one), a payment, a plan, a hold."""


class Conflict(BillingProblem):
    """This event id or idempotency key was used for something else. Nothing was charged."""


class Invalid(BillingProblem):
    """The request is wrong and stays wrong. Nothing was charged."""

    @property
    def field(self) -> str:
        return str(self.facts.get("field", ""))

    @property
    def why(self) -> str:
        return str(self.facts.get("why", ""))


class Passing(BillingProblem):
    """May succeed later. Whoever tries again uses the same `event_id`, so that nothing is charged twice."""

    retry_after_s: float | None = None
    # A door that answers something else than the billing desk would answers the same to each repetition.
    is_worth_trying = True


class RateLimited(Passing):
    """Too many requests with this key."""


class Unavailable(Passing):
    """The billing desk could not be reached or could not answer. Whether the request was done is not known."""
