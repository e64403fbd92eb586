"""One account's page, without a database: whatever is asked of it in whatever order, its figures stay true."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from billing_ui.ledger.asks import Ask, Held, Kind, Outcome, Released, Taken, Told
from billing_ui.ledger.deciding import Page, without
from billing_ui.rules import quotas
from billing_ui.rules.errors import BillingError, KeyReused, NotFound
from billing_ui.rules.lots import OpenLot
from billing_ui.rules.plans import Limit
from billing_ui.rules.quotas import KINDS, Calendar
from billing_ui.rules.usage import Cover, Need, Refusal, Terms

JAKARTA = Calendar("Asia/Jakarta", date(2026, 1, 31))
START = datetime(2026, 3, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
TERMS = Terms("plan", "tokens", (Limit("tokens", "day", 400), Limit("calls", "month", 40)), 100, False, 1)


def lot(number: int, remaining: int, priority: int = 50, **facts: object) -> OpenLot:
    return replace(OpenLot(number, f"lot_{number}", priority, None, remaining), **facts)  # type: ignore[arg-type]


def page(*lots: OpenLot, debt: int = 0, floor: int = 0, terms: Terms = TERMS) -> Page:
    return Page(
        account_id=1, version=7, seq=10, balance=sum(each.remaining for each in lots) - debt, held=0, floor=floor,
        access="open", terms=terms, calendar=JAKARTA, last_at=START, due_at=None, release_at=None, windows={},
        lots=list(lots),
    )  # fmt: skip


def ask(kind: Kind, event_id: str, tokens: int = 0, at: datetime = START, calls: int = 1, seconds: int = 3600) -> Ask:
    need = Need("chat", {"tokens": tokens, "calls": calls}, at)
    return Ask(
        kind, 1, event_id, "test", f"{kind}:{tokens}:{calls}", None if kind == "release" else need, Told("chat"),
        at + timedelta(seconds=seconds) if kind == "reserve" else None,
    )  # fmt: skip


def result(books: Page, wanted: Ask, now: datetime = START) -> object:
    return books.decide(wanted, now).result


class Life(RuleBasedStateMachine):
    """An account lives: calls are checked, reserved, made, settled, let go, forgotten, and told of late or twice."""

    @initialize(
        parts=st.lists(st.integers(0, 400), max_size=3),
        debt=st.sampled_from([0, 0, 30]),
        floor=st.sampled_from([0, -50]),
    )
    def open(self, parts: list[int], debt: int, floor: int) -> None:
        self.now = START
        self.debt = debt
        self.books = page(*(lot(number, part) for number, part in enumerate(parts)), debt=debt, floor=floor)
        self.answers: dict[tuple[str, str], object] = {}
        self.numbers = 0

    @rule(kind=st.sampled_from(["record", "reserve"]), tokens=st.integers(0, 150), late=st.integers(0, 50))
    def call(self, kind: Kind, tokens: int, late: int) -> None:
        self.numbers += 1
        wanted = ask(kind, f"evt-{self.numbers}", tokens, self.now - late * HOUR)
        happens = wanted if kind == "record" else ask(kind, "", tokens, self.now)
        checked = result(self.books, replace(happens, kind="check", event_id=""), self.now)
        answer = self.put(wanted)
        if isinstance(checked, Refusal):
            assert answer == checked
        elif isinstance(answer, Taken):
            assert answer.cover == checked
        else:
            assert isinstance(answer, Held) and isinstance(checked, Cover)
            assert (answer.allowance, answer.from_lots) == (checked.allowance, checked.from_lots)

    @rule(
        kind=st.sampled_from(["settle", "release", "record"]), tokens=st.integers(0, 150), which=st.integers(0, 10**6)
    )
    def end(self, kind: Kind, tokens: int, which: int) -> None:
        if self.books.holds:
            event_id = sorted(self.books.holds)[which % len(self.books.holds)]
            self.put(ask(kind, event_id, tokens, self.now))

    @rule(which=st.integers(0, 10**6))
    def say_again(self, which: int) -> None:
        """Whatever was accepted is answered alike and changes nothing."""
        taken = [(taken, digest) for taken, digest in self.books.known.values()]
        if taken:
            known, digest = taken[which % len(taken)]
            kind, tokens, calls = digest.split(":")
            before = self.figures()
            answer = self.put(ask(kind, known.event_id, int(tokens), known.occurred_at, int(calls)))  # type: ignore[arg-type]
            assert answer == replace(known, replayed=True)
            assert self.figures() == before

    @rule(minutes=st.integers(1, 2000))
    def wait(self, minutes: int) -> None:
        """Time passes, and whoever reads next lets go of what is past its time, as `ledger.holds` does."""
        self.now += timedelta(minutes=minutes)
        for hold in list(self.books.holds.values()):
            if hold.state == "open" and hold.expires_at <= self.now:
                self.books.windows = without(self.books.windows, hold, TERMS, JAKARTA, self.now)
                self.books.held -= hold.quantity
                self.books.holds[hold.event_id] = hold._replace(state="expired")

    def put(self, wanted: Ask) -> object:
        try:
            outcome: Outcome = self.books.decide(wanted, self.now)
        except BillingError as error:
            return error
        assert (outcome.balance, outcome.held) == (self.books.balance, self.books.held)
        return outcome.result

    def figures(self) -> tuple[object, ...]:
        lots = [replace(each) for each in self.books.lots]
        return self.books.balance, self.books.held, self.books.seq, self.books.windows, lots

    @invariant()
    def held_is_what_open_holds_hold(self) -> None:
        assert self.books.held == sum(hold.quantity for hold in self.books.holds.values() if hold.state == "open")

    @invariant()
    def the_balance_is_what_the_lots_hold_less_the_debt(self) -> None:
        uncovered = sum(line.quantity for line in self.books.lines if line.lot_id is None)
        assert self.books.balance == sum(each.remaining for each in self.books.lots) - self.debt - uncovered
        assert self.books.floor <= self.books.balance + self.debt
        assert min((each.remaining for each in self.books.lots), default=0) >= 0

    @invariant()
    def what_is_held_is_there(self) -> None:
        """Whatever else is used meanwhile, an estimate that was set aside can be settled in full."""
        if self.debt == 0:
            assert self.books.balance - self.books.floor >= self.books.held

    @invariant()
    def windows_count_events_and_open_holds(self) -> None:
        counted = [(event.ask.need.at, event.draws) for event in self.books.events if event.ask.need]
        counted += [(hold.held_at, hold.draws) for hold in self.books.holds.values() if hold.state == "open"]
        running = JAKARTA.windows(self.now)
        for meter in ("tokens", "calls"):
            for kind in KINDS:
                inside = [draws[meter] for at, draws in counted if JAKARTA.windows(at)[kind] == running[kind]]
                assert quotas.used(self.books.windows, meter, kind, running[kind]) == sum(inside)

    @invariant()
    def the_allowance_is_what_the_plan_includes_less_what_was_taken_of_it(self) -> None:
        parts = [(event.ask.need.at, event.cover.allowance) for event in self.books.events if event.ask.need]
        parts += [(hold.held_at, hold.allowance) for hold in self.books.holds.values() if hold.state == "open"]
        running = JAKARTA.period(self.now)
        taken = sum(part for at, part in parts if JAKARTA.period(at) == running)
        used = quotas.included_used(self.books.windows, "tokens", self.now, self.now, JAKARTA)
        assert used == taken <= TERMS.included

    @invariant()
    def lines_are_numbered_without_gaps_and_tell_the_balance_after_them(self) -> None:
        balance = self.books.balance
        assert [line.seq for line in self.books.lines] == list(range(11, self.books.seq + 1))
        for line in reversed(self.books.lines):
            assert line.balance_after == balance
            balance += line.quantity
        assert self.books.used == sum(line.quantity for line in self.books.lines)
        assert self.books.used == sum(event.cover.from_lots for event in self.books.events)

    @invariant()
    def whatever_is_open_is_let_go_in_time(self) -> None:
        due = [hold.expires_at for hold in self.books.holds.values() if hold.state == "open"]
        assert self.books.release_at is not None or not due
        assert not due or self.books.release_at <= min(due)  # type: ignore[operator]


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


def test_an_event_over_several_lots_is_one_line_for_each_in_burn_order() -> None:
    books = page(lot(1, 30), lot(2, 50, priority=40), lot(3, 99, is_frozen=True), terms=replace(TERMS, included=0))
    taken = result(books, ask("record", "evt", 70))
    assert isinstance(taken, Taken)
    assert [(line.seq, line.line, line.quantity, line.lot_id, line.balance_after) for line in books.lines] == [
        (11, 1, 50, 2, 129), (12, 2, 20, 1, 109),
    ]  # fmt: skip
    assert (taken.seq, taken.balance_after, books.burned) == (12, 109, {1, 2})
    assert [each.remaining for each in books.lots] == [10, 0, 99]


def test_an_event_that_costs_nothing_is_on_record_with_one_line_of_nothing() -> None:
    books = page()
    taken = result(books, ask("record", "evt", 60))
    assert isinstance(taken, Taken) and taken.cover == Cover(allowance=60)
    assert [(line.seq, line.quantity, line.lot_id) for line in books.lines] == [(11, 0, None)]
    assert books.is_changed and books.burned == set()


def test_an_overdraft_may_be_used_and_its_line_names_no_lot() -> None:
    books = page(lot(1, 10), floor=-50, terms=replace(TERMS, included=0))
    assert isinstance(result(books, ask("record", "evt", 60)), Taken)
    assert [(line.quantity, line.lot_id) for line in books.lines] == [(10, 1), (50, None)]
    assert books.balance == -50
    assert isinstance(result(books, ask("record", "evt-2", 1)), Refusal)


def test_a_refusal_changes_nothing() -> None:
    books = page(lot(1, 10))
    for kind in ("record", "reserve"):
        refused = result(books, ask(kind, kind, 111))  # type: ignore[arg-type]
        assert isinstance(refused, Refusal) and refused.reason == "insufficient_balance"
    assert (books.is_changed, books.windows, books.held, books.seq) == (False, {}, 0, 10)


def test_an_estimate_that_was_too_small_is_settled_in_full_from_what_there_is() -> None:
    books = page(lot(1, 10))
    result(books, ask("reserve", "evt", 105))
    assert (books.held, books.standing(START).spendable) == (5, 5)
    taken = result(books, ask("settle", "evt", 150))
    assert isinstance(taken, Taken) and taken.cover == Cover(allowance=100, from_lots=10, uncovered=40)
    assert (books.held, books.balance, books.holds["evt"].state) == (0, 0, "settled")


def test_an_event_told_under_the_id_of_an_open_hold_is_paid_by_what_the_hold_set_aside_and_ends_it() -> None:
    books = page(lot(1, 10))
    result(books, ask("reserve", "evt", 110))
    assert isinstance(result(books, ask("record", "evt-2", 1)), Refusal)
    taken = result(books, ask("record", "evt", 105))
    assert isinstance(taken, Taken) and taken.cover == Cover(allowance=100, from_lots=5)
    assert (books.held, books.balance, books.holds["evt"].state) == (0, 5, "settled")
    assert quotas.used(books.windows, "calls", "month", JAKARTA.windows(START)["month"]) == 1


def test_an_event_that_costs_more_than_its_hold_and_all_that_is_left_is_refused_and_the_hold_stays() -> None:
    books = page(lot(1, 10))
    result(books, ask("reserve", "evt", 105))
    before = (books.held, books.windows, books.seq)
    assert isinstance(result(books, ask("record", "evt", 111)), Refusal)
    assert (books.held, books.windows, books.seq) == before
    assert books.holds["evt"].state == "open"
    assert isinstance(result(books, ask("settle", "evt", 111)), Taken)


@pytest.mark.parametrize("seconds", [10, 7200])
def test_a_call_is_settled_also_when_its_hold_was_let_go_meanwhile(seconds: int) -> None:
    books = page(lot(1, 10))
    result(books, ask("reserve", "evt", 105))
    assert result(books, ask("release", "evt")) == Released("evt")
    taken = result(books, ask("settle", "evt", 105), START + timedelta(seconds=seconds))
    assert isinstance(taken, Taken) and taken.cover == Cover(allowance=100, from_lots=5)


def test_what_was_held_in_one_period_and_settled_in_the_next_is_paid_by_the_next() -> None:
    before = datetime(2026, 3, 30, 16, 30, tzinfo=UTC)  # half an hour before the period turns in Jakarta
    books, after = page(), before + HOUR
    result(books, ask("reserve", "evt", 80, before), before)
    assert books.standing(before).allowance_left(before, before) == 20
    result(books, ask("settle", "evt", 60, after), after)
    assert books.standing(after).allowance_left(before, after) == 100
    assert books.standing(after).allowance_left(after, after) == 40


def test_one_id_means_one_call() -> None:
    books = page(lot(1, 100))
    result(books, ask("reserve", "evt", 50))
    with pytest.raises(KeyReused):
        books.decide(ask("reserve", "evt", 51), START)
    first = result(books, ask("settle", "evt", 40))
    assert result(books, ask("settle", "evt", 40)) == replace(first, replayed=True)  # type: ignore[type-var]
    with pytest.raises(KeyReused):
        books.decide(ask("settle", "evt", 41), START)
    with pytest.raises(KeyReused):
        books.decide(ask("record", "evt", 40), START)
    with pytest.raises(KeyReused):
        books.decide(ask("release", "evt"), START)
    assert isinstance(result(books, ask("record", "other", 1)), Taken)
    with pytest.raises(KeyReused):
        books.decide(ask("reserve", "other", 1), START)


def test_an_estimate_asked_for_twice_is_set_aside_once() -> None:
    books = page(lot(1, 100))
    first = result(books, ask("reserve", "evt", 150))
    assert result(books, ask("reserve", "evt", 150)) == replace(first, replayed=True)  # type: ignore[type-var]
    assert books.held == 50
    result(books, ask("release", "evt"))
    assert result(books, ask("release", "evt")) == Released("evt", replayed=True)
    again = result(books, ask("reserve", "evt", 150))
    assert isinstance(again, Held) and (again.replayed, again.state, books.held) == (True, "released", 0)


@pytest.mark.parametrize("kind", ["settle", "release"])
def test_nobody_ends_what_was_never_reserved(kind: Kind) -> None:
    with pytest.raises(NotFound):
        page().decide(ask(kind, "evt", 1), START)


def test_what_is_past_its_time_leaves_before_anything_is_decided() -> None:
    books = page()
    assert not books.is_due(START)
    assert replace(books, due_at=START).is_due(START)
    assert replace(books, release_at=START).is_due(START)
    assert not replace(books, due_at=START + HOUR, release_at=START + HOUR).is_due(START)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), max_size=5))
def test_the_next_expiry_is_that_of_an_open_lot_that_is_not_frozen(told: list[tuple[int, bool, int]]) -> None:
    lots = [
        lot(number, remaining, is_frozen=frozen, expires_at=START + hours * HOUR if hours else None)
        for number, (remaining, frozen, hours) in enumerate(told)
    ]
    due = [START + hours * HOUR for remaining, frozen, hours in told if remaining and not frozen and hours]
    assert page(*lots).next_due() == min(due, default=None)
