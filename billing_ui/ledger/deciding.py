"""Decides, without a database, what each waiting ask does to one account's books. Pure: read before, written after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from billing_ui.ledger.asks import Ask, Held, Outcome, Released, Result, Taken
from billing_ui.rules import quotas
from billing_ui.rules.alerts import Alert
from billing_ui.rules.errors import KeyReused, NotFound
from billing_ui.rules.lots import Draw, OpenLot, burn, burn_order
from billing_ui.rules.quotas import Calendar, Windows
from billing_ui.rules.usage import Cover, Refusal, Standing, Terms, cover


class HoldRow(NamedTuple):
    """A hold as it is stored."""

    id: int | None
    event_id: str
    quantity: int
    draws: dict[str, int]
    allowance: int
    held_at: datetime
    expires_at: datetime
    state: str
    request_hash: str


class Line(NamedTuple):
    """One entry to be: tokens of the wallet that are consumed, out of one lot or out of none."""

    seq: int
    ask: Ask
    line: int
    quantity: int
    balance_after: int
    lot_id: int | None
    event_seq: int


class Event(NamedTuple):
    """One event to be kept."""

    seq: int
    ask: Ask
    draws: dict[str, int]
    cover: Cover


@dataclass(slots=True)
class Page:
    """One account's books as a batch reads them, changes them, and has them written."""

    account_id: int
    version: int
    seq: int
    balance: int
    held: int
    floor: int
    access: str
    terms: Terms
    calendar: Calendar
    last_at: datetime
    due_at: datetime | None
    release_at: datetime | None
    windows: Windows
    lots: list[OpenLot]
    known: dict[str, tuple[Taken, str]] = field(default_factory=dict)
    holds: dict[str, HoldRow] = field(default_factory=dict)
    used: int = 0
    lines: list[Line] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    burned: set[int] = field(default_factory=set)
    touched: dict[str, HoldRow] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)

    @property
    def is_changed(self) -> bool:
        return bool(self.lines or self.touched)

    def is_due(self, now: datetime) -> bool:
        """Whether lots or holds are past their time: they leave before anybody decides anything."""
        return (self.due_at is not None and self.due_at <= now) or (
            self.release_at is not None and self.release_at <= now
        )

    def standing(self, now: datetime) -> Standing:
        # Usable lots less debt: what is in the balance, but frozen or past its time, is the difference.
        idle = sum([lot.remaining for lot in self.lots if not lot.burns(now)])
        spendable = self.balance - idle - self.held - self.floor
        owed = max(self.floor - self.balance, 0)
        return Standing(self.access, self.terms, self.calendar, self.windows, spendable, owed)

    def decide(self, ask: Ask, now: datetime) -> Outcome:
        """What becomes of an ask. Raises what is wrong with the ask itself; a "no" is a value."""
        result = _DECIDE[ask.kind](self, ask, now)
        return Outcome(result, self.standing(now), self.balance, self.held, ask.need.draws if ask.need else {})

    def _check(self, ask: Ask, now: datetime) -> Result:
        assert ask.need is not None
        return cover(self.standing(now), ask.need, now)

    def _record(self, ask: Ask, now: datetime) -> Result:
        before = self._before(ask)
        if before is not None:
            return before
        assert ask.need is not None
        hold = self.holds.get(ask.event_id)
        if hold is not None and hold.state == "open":
            return self._record_reserved(ask, hold, now)
        covered = cover(self.standing(now), ask.need, now)
        return covered if isinstance(covered, Refusal) else self._take(ask, covered, now)

    def _record_reserved(self, ask: Ask, hold: HoldRow, now: datetime) -> Result:
        """One id is one call: what was set aside for it is free for it, and is set aside no more once it is taken."""
        assert ask.need is not None
        kept = self.held, self.windows
        self._undo(hold, now)
        covered = cover(self.standing(now), ask.need, now)
        if isinstance(covered, Refusal):
            self.held, self.windows = kept
            return covered
        self._keep(hold._replace(state="settled"))
        return self._take(ask, covered, now)

    def _settle(self, ask: Ask, now: datetime) -> Result:
        before = self._before(ask)
        if before is not None:
            return before
        hold = self._hold(ask)
        if hold.state == "open":
            self._undo(hold, now)
        self._keep(hold._replace(state="settled"))
        assert ask.need is not None
        covered = cover(self.standing(now), ask.need, now, must_take=True)
        assert isinstance(covered, Cover)
        return self._take(ask, covered, now)

    def _reserve(self, ask: Ask, now: datetime) -> Result:
        assert ask.need is not None and ask.expires_at is not None
        hold = self.holds.get(ask.event_id)
        if hold is not None and hold.request_hash == ask.request_hash:
            return _held(hold, replayed=True)
        if hold is not None or ask.event_id in self.known:
            raise KeyReused(key=ask.event_id)
        # The call is still to be made, so it counts where it will be made: now, whatever was told or waited since.
        covered = cover(self.standing(now), replace(ask.need, at=now), now)
        if isinstance(covered, Refusal):
            return covered
        made = HoldRow(
            None, ask.event_id, covered.from_lots, dict(ask.need.draws), covered.allowance, now, ask.expires_at, "open",
            ask.request_hash,
        )  # fmt: skip
        self._count(made.draws, covered.allowance, made.held_at, now)
        self.held += covered.from_lots
        self.release_at = min(self.release_at or made.expires_at, made.expires_at)
        self._keep(made)
        return _held(made)

    def _release(self, ask: Ask, now: datetime) -> Result:
        if ask.event_id in self.known:
            raise KeyReused(key=ask.event_id)
        hold = self._hold(ask)
        if hold.state != "open":
            return Released(ask.event_id, replayed=True)
        self._undo(hold, now)
        self._keep(hold._replace(state="released"))
        return Released(ask.event_id)

    def _before(self, ask: Ask) -> Taken | None:
        known = self.known.get(ask.event_id)
        if known is None:
            return None
        taken, request_hash = known
        if request_hash != ask.request_hash:
            raise KeyReused(key=ask.event_id)
        return replace(taken, replayed=True)

    def _hold(self, ask: Ask) -> HoldRow:
        hold = self.holds.get(ask.event_id)
        if hold is None:
            raise NotFound(what="hold")
        return hold

    def _keep(self, hold: HoldRow) -> None:
        self.holds[hold.event_id] = self.touched[hold.event_id] = hold

    def _undo(self, hold: HoldRow, now: datetime) -> None:
        """What a hold set aside is free again, and what it counted is not counted."""
        self.held -= hold.quantity
        self.windows = without(self.windows, hold, self.terms, self.calendar, now)

    def _count(self, draws: dict[str, int], allowance: int, at: datetime, now: datetime) -> None:
        for meter, quantity in draws.items():
            self.windows = quotas.count(self.windows, meter, quantity, at, now, self.calendar)
        if allowance and self.terms.paid is not None:
            self.windows = quotas.take_included(self.windows, self.terms.paid, allowance, at, now, self.calendar)

    def _take(self, ask: Ask, covered: Cover, now: datetime) -> Taken:
        assert ask.need is not None
        draws = dict(ask.need.draws)
        drawn = self._burn(covered.from_lots, now)
        last = self.seq + len(drawn)
        for number, (lot_id, quantity) in enumerate(drawn, start=1):
            self.seq += 1
            self.balance -= quantity
            self.lines.append(Line(self.seq, ask, number, quantity, self.balance, lot_id, last))
        self.used += covered.from_lots
        self._count(draws, covered.allowance, ask.need.at, now)
        self.last_at = max(now, self.last_at)
        self.events.append(Event(self.seq, ask, draws, covered))
        taken = Taken(ask.event_id, self.seq, draws, covered.charged, covered, self.balance, ask.need.at)
        self.known[ask.event_id] = (taken, ask.request_hash)
        return taken

    def _burn(self, quantity: int, now: datetime) -> list[Draw]:
        """Takes a quantity out of the lots; a spend of nothing is one draw of nothing, so that it is on record too."""
        if quantity == 0:
            return [Draw(None, 0)]
        order = burn_order(self.lots, now)
        draws = burn(order, quantity)
        lots = {lot.id: lot for lot in order}
        for lot_id, taken in draws:
            if lot_id is not None:
                lots[lot_id].remaining -= taken
                self.burned.add(lot_id)
        return draws

    def next_due(self) -> datetime | None:
        """The earliest expiry among the lots that stay open."""
        times = [lot.expires_at for lot in self.lots if lot.remaining and lot.expires_at and not lot.is_frozen]
        return min(times, default=None)


def without(windows: Windows, hold: HoldRow, terms: Terms, calendar: Calendar, now: datetime) -> Windows:
    """The counters as if a hold had never been."""
    for meter, quantity in hold.draws.items():
        windows = quotas.count(windows, meter, -quantity, hold.held_at, now, calendar)
    if hold.allowance and terms.paid is not None:
        windows = quotas.give_back_included(windows, terms.paid, hold.allowance, hold.held_at, now, calendar)
    return windows


_DECIDE = {
    "check": Page._check,
    "record": Page._record,
    "reserve": Page._reserve,
    "settle": Page._settle,
    "release": Page._release,
}


def _held(hold: HoldRow, *, replayed: bool = False) -> Held:
    return Held(hold.event_id, hold.draws, hold.quantity, hold.allowance, hold.expires_at, hold.state, replayed)
