"""Three lists of the same money, compared by id: each way of not tying has its bucket, and nothing is guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.kit.amount import Amount
from billing_ui.rules.facts import GatewayTransaction, TransactionKind
from billing_ui.rules.reconciliation import (
    OVERLAP,
    SETTLES_IN,
    Finding,
    Posted,
    Span,
    Stored,
    Tie,
    merged,
    next_round,
)
from billing_ui.rules.tie_out import sums, tie

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
DAY = Span(NOW - timedelta(days=1), NOW)
NOON = NOW - timedelta(hours=12)


def line(
    moved_by: str = "py-1", amount: int = 50_000, at: datetime = NOON, kind: TransactionKind = "payment", part: int = 0
) -> GatewayTransaction:
    return GatewayTransaction("xendit", f"txn-{moved_by}-{part}", kind, moved_by, "top_1", Amount(amount, "IDR"), at)


def row(
    moved_by: str = "py-1", amount: int = 50_000, booked: int | None = 50_000, at: datetime = NOON,
    kind: TransactionKind = "payment",
) -> Stored:  # fmt: skip
    return Stored(kind, moved_by, 7, "top_1", Amount(amount, "IDR"), booked, at, at)


def tied(
    listed: list[GatewayTransaction], stored: list[Stored], posted: tuple[Posted, ...] = (), ours: bool = True
) -> Tie:
    return tie(listed, stored, posted, {"top_1": 7} if ours else {}, (DAY,), NOW)


def told(found: Tie) -> list[tuple[str, str, int | None, int | None]]:
    return [(one.bucket, one.action, one.gateway_amount, one.our_amount) for one in found.findings]


def test_what_all_three_hold_alike_is_matched() -> None:
    found = tied([line(), line("rfd-1", 10_000, kind="refund")], [row(), row("rfd-1", 10_000, 10_000, kind="refund")])
    assert (found.findings, found.matched.count, found.matched.sums) == ((), 2, {"IDR": 60_000})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (tied([line()], []), [("gateway_only", "import", 50_000, None)]),
        (tied([line()], [], ours=False), [("gateway_only", "identify", 50_000, None)]),
        (tied([], [row()]), [("ours_only", "ask_gateway", None, 50_000)]),
        (tied([line(amount=49_000)], [row()]), [("amount", "compare", 49_000, 50_000)]),
        (tied([line()], [row(booked=None)]), [("ledger", "check_books", 50_000, None)]),
        (tied([line()], [row(booked=1)]), [("ledger", "check_books", 50_000, 1)]),
        (
            tied([line(amount=49_000)], [row(booked=1)]),
            [("amount", "compare", 49_000, 50_000), ("ledger", "check_books", 50_000, 1)],
        ),
        (
            tied([], [], (Posted("payment", "py-9", Amount(3, "IDR"), NOON),)),
            [("ledger", "check_books", None, 3)],
        ),
    ],
)
def test_each_way_of_not_tying_has_its_bucket_and_its_next_step(
    found: Tie, expected: list[tuple[str, str, int | None, int | None]]
) -> None:
    assert told(found) == expected
    assert found.matched.count == 0


def test_a_payment_that_the_gateway_lists_in_parts_is_one_payment() -> None:
    found = tied([line(amount=20_000), line(amount=30_000, part=1)], [row()])
    assert (found.findings, found.matched.count) == ((), 1)


def test_parts_in_two_currencies_are_never_added_up() -> None:
    dollars = GatewayTransaction("xendit", "txn-2", "payment", "py-1", "top_1", Amount(500, "USD"), NOON)
    assert told(tied([line(), dollars], [row()])) == [("amount", "compare", 500, 50_000)]


def test_money_too_fresh_for_the_gateways_list_is_neither_right_nor_wrong() -> None:
    young, old = row("py-1", at=NOW - SETTLES_IN + timedelta(seconds=1)), row("py-2", at=NOW - SETTLES_IN)
    found = tied([], [young, old])
    assert [one.gateway_payment_id for one in found.findings] == ["py-2"]
    assert found.young.sums == {"IDR": 50_000}


def test_what_lies_outside_the_time_asked_about_is_only_a_counterpart() -> None:
    before = DAY.since - timedelta(minutes=1)
    assert tied([line(at=before)], []).findings == ()
    assert tied([], [row(at=before)]).findings == ()
    assert tied([line(at=before)], [row(amount=1, at=DAY.since)]).findings == ()


def test_differences_are_told_oldest_first() -> None:
    late, early = line("py-2", at=NOON), line("py-1", at=NOON - timedelta(hours=1))
    assert [one.gateway_payment_id for one in tied([late, early], []).findings] == ["py-1", "py-2"]


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60)), max_size=12))
def test_merged_spans_hold_the_same_moments_and_never_overlap(drawn: list[tuple[int, int]]) -> None:
    spans = [Span(NOW + timedelta(hours=a), NOW + timedelta(hours=a + b)) for a, b in drawn]
    joined = merged(spans)
    for hour in range(562):
        moment = NOW + timedelta(hours=hour)
        assert sum(span.holds(moment) for span in joined) == int(any(span.holds(moment) for span in spans))


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=60), st.integers(1, 8))
def test_too_many_spans_become_few_that_hold_at_least_as_much(drawn: list[int], most: int) -> None:
    spans = [Span(NOW + timedelta(hours=hour), NOW + timedelta(hours=hour, minutes=30)) for hour in drawn]
    joined = merged(spans, most)
    assert len(joined) <= most
    assert all(any(one.since <= span.since and span.until <= one.until for one in joined) for span in spans)
    assert all(before.until < after.since for before, after in pairwise(joined))


@given(
    st.dictionaries(st.integers(0, 30), st.integers(1, 9), max_size=20),
    st.dictionaries(st.integers(0, 30), st.tuples(st.integers(1, 9), st.none() | st.integers(1, 9)), max_size=20),
)
def test_every_id_is_matched_or_in_a_bucket_and_never_both(
    there: dict[int, int], here: dict[int, tuple[int, int | None]]
) -> None:
    found = tied(
        [line(f"py-{one}", amount) for one, amount in there.items()],
        [row(f"py-{one}", amount, booked) for one, (amount, booked) in here.items()],
    )
    right = [one for one in there if one in here and here[one] == (there[one], there[one])]
    assert found.matched.count == len(right)
    wrong = {one.gateway_payment_id for one in found.findings}
    assert wrong == {f"py-{one}" for one in {*there, *here} if one not in right}
    keys = [(one.bucket, one.gateway_payment_id) for one in found.findings]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-20T19:59:59+00:00", "2026-11-20T20:00:00+00:00"),
        ("2026-11-20T20:00:00+00:00", "2026-11-21T20:00:00+00:00"),
    ],
)
def test_the_round_comes_at_three_in_the_morning_in_jakarta(now: str, expected: str) -> None:
    assert next_round(datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_each_side_is_summed_over_the_time_asked_about_and_each_bucket_over_all() -> None:
    outside = DAY.since - timedelta(hours=5)
    listed = [line(), line("py-2", 7), line("py-3", 5, outside), line("rfd-1", 2, kind="refund")]
    stored = [row(), row("py-4", 9, None), row("py-5", 3, 3, outside), row("rfd-1", 2, 2, kind="refund")]
    totals = sums(DAY, listed, stored, tied(listed, stored))
    told = {name: (tally.count, tally.sums["IDR"]) for name, tally in totals.items() if tally.count}
    assert told == {
        "gateway_in": (2, 50_007), "gateway_out": (1, 2), "ours_in": (2, 50_009), "ours_out": (1, 2),
        "ledger_in": (1, 50_000), "ledger_out": (1, 2), "match": (2, 50_002), "gateway_only": (1, 7),
        "ours_only": (1, 9), "ledger": (1, 9),
    }  # fmt: skip
    assert totals["match"].told() == {"count": 2, "sums": {"IDR": 50_002}}
    assert DAY.widened(timedelta(hours=1)).holds(DAY.since - timedelta(hours=1))


def test_a_day_is_compared_for_two_more_days() -> None:
    assert timedelta(days=2) == OVERLAP
    assert Finding("amount", "payment", "py-1", None, "", 1, 2, "IDR", NOON).action == "compare"
