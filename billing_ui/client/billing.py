"""The client for threads: one method for each thing the host API does."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from types import TracebackType
from typing import Self, Unpack

import httpx

from billing_ui.client import asks, report_asks, wire
from billing_ui.client.answers import Balance, Charged, Checked, Notice, Opened, Payment, Released, Topup
from billing_ui.client.asks import Estimate, Event, What, Whose
from billing_ui.client.batches import BatchResult, chunks, named_events, unsent
from billing_ui.client.calls import Call
from billing_ui.client.errors import BillingProblem, Invalid
from billing_ui.client.lines import Line
from billing_ui.client.patience import AFTERWARDS, BEFORE, PAYING, Patience
from billing_ui.client.report_asks import GroupBy, UsageRange
from billing_ui.client.reports import LedgerPage, Offers, Plan, Subscription, Summary, UsageReport
from billing_ui.client.reservations import Unsettled, tell_the_log


class Billing:
    """A billing desk, by its address and a secret. Make one per process and share it among threads.

    `before` is the patience for what stands in front of an AI call, `afterwards` for charging what was made.
    `on_unsettled` gets each call that was made and could not be charged; without it they stand in the log.
    `language` (`id` or `en`) is that of titles and warnings; `app` introduces your app in the `User-Agent`.
    """

    def __init__(
        self, base_url: str, secret: str, *, language: str | None = None, app: str = "", before: Patience = BEFORE,
        afterwards: Patience = AFTERWARDS, on_unsettled: Callable[[Unsettled], object] = tell_the_log,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._line = Line(base_url, wire.headers(secret, language, app), transport)
        self._before = before
        self._afterwards = afterwards
        self._on_unsettled = on_unsettled

    def check(self, **what: Unpack[What]) -> Checked:
        """Whether `record` would accept this now. Writes nothing; a "no" is an answer here."""
        return self._line.do(asks.check(what), self._before)

    def record(self, **event: Unpack[Event]) -> Charged:
        """Charges an event, all or nothing. Raises `Refused`; the same `event_id` again charges nothing."""
        return self._line.do(asks.record(event), self._before)

    def reserve(self, **estimate: Unpack[Estimate]) -> Call:
        """Sets an estimate aside before an AI call: `with billing.reserve(…) as call: …; call.settle(usage)`."""
        told = asks.named(estimate)
        held = self._line.do(asks.reserve(told), self._before)
        return Call(self._line, told, held, self._afterwards, self._on_unsettled)

    def settle(self, **event: Unpack[Event]) -> Charged:
        """Charges a call by the `event_id` it was reserved under: for those that `on_unsettled` was given."""
        return self._line.settle(event, self._afterwards)

    def release(self, event_id: str, **whose: Unpack[Whose]) -> Released:
        """Lets go of what was reserved under this id."""
        return self._line.do(asks.release(event_id, whose), self._before)

    def batch(self, events: Iterable[Event]) -> list[BatchResult]:
        """Charges any number of events, a thousand at a time, in their order; each has an answer of its own.

        When the billing desk is away the rest is not tried: its results carry the problem and the ids to try again.
        """
        results: list[BatchResult] = []
        named = named_events(events)
        for part, ask in chunks(named):
            try:
                answered = self._line.do(ask, self._afterwards)
            except Invalid as problem:
                answered = unsent(part, problem)
            except BillingProblem as problem:
                return results + unsent(named[len(results) :], problem)
            results += answered
        return results

    def init_user(
        self, external_id: str, *, name: str | None = None, email: str | None = None, zone: str | None = None,
        language: str | None = None,
    ) -> Opened:  # fmt: skip
        """Opens an account for your own id of the user; again it is the same account."""
        told = {"name": name, "email": email, "zone": zone, "language": language}
        return self._line.do(asks.init_user(external_id, told), self._before)

    def balance(self, as_of: datetime | None = None, **whose: Unpack[Whose]) -> Balance:
        """The balance now, or as it stood in the books at an instant."""
        return self._line.do(asks.balance(as_of, whose), self._before)

    def usage_summary(self, **whose: Unpack[Whose]) -> Summary:
        """How the account stands with all meters of its plan, and its use of today and this month."""
        return self._line.do(report_asks.summary(whose), self._before)

    def warnings(self, **whose: Unpack[Whose]) -> tuple[Notice, ...]:
        """What to show in the quota banner of your own pages; nothing when all is well."""
        return (self.usage_summary(**whose)).warnings

    def usage(
        self, span: UsageRange | None = None, *, first: date | None = None, last: date | None = None,
        group_by: GroupBy = "day", **whose: Unpack[Whose],
    ) -> UsageReport:  # fmt: skip
        """Use of a span of days, or from the day `first` to the day `last`, the last thirty days if left out."""
        days = {"range": span, "from": first, "to": last, "group_by": group_by}
        return self._line.do(report_asks.usage(days, whose), self._before)

    def ledger(self, cursor: str | None = None, limit: int | None = None, **whose: Unpack[Whose]) -> LedgerPage:
        """A page of the account's books, the newest line first; `next_cursor` leads to the one before."""
        return self._line.do(report_asks.ledger(cursor, limit, whose), self._before)

    def subscription_info(self, **whose: Unpack[Whose]) -> Subscription:
        """The plan of the account as it was sold to it, and its running period."""
        return self._line.do(report_asks.subscription(whose), self._before)

    def plans(self) -> Offers:
        """What is sold now."""
        return self._line.do(report_asks.plans(), self._before)

    def plan(self, slug: str) -> Plan:
        """One plan as it is sold now, offered or not."""
        return self._line.do(report_asks.plan(slug), self._before)

    def topup(
        self, amount: int, method: str, *, phone: str | None = None, key: str | None = None, **whose: Unpack[Whose]
    ) -> Topup:
        """Makes a purchase payable. `key` is yours, one for each purchase: with the same key it stays one purchase."""
        wish = {"amount": amount, "method": method, "phone": phone, **whose}
        return self._line.do(asks.topup(wish, key), PAYING)

    def payment(self, payment_id: str) -> Payment:
        """How a purchase stands. Only `is_paid` means that the tokens are there."""
        return self._line.do(asks.payment(payment_id), self._before)

    def close(self) -> None:
        """Closes the connections."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
