"""Which tabs show which account, and which notice stands above their pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from billing_ui.queries.overview import HeadView
from billing_ui.state.notices import notice_for
from billing_ui.state.tabs import Tab, Tabs

USER = {"email": "sari@pelanggan.test"}


def all_open(_token: str) -> bool:
    return True


def test_following_a_page_replaces_what_the_last_page_showed() -> None:
    tabs = Tabs(all_open)
    tabs.follow(Tab("a", {1}, "ses", {int: lambda: 1}, {"top_1"}))
    tabs.follow(Tab("a", {1}, "ses", {str: lambda: 2}))
    (only,) = tabs.of_account(1)
    assert set(only.parts) == {str}
    assert tabs.topics() == set()


def test_following_something_besides_keeps_the_page() -> None:
    tabs = Tabs(all_open)
    tabs.follow(Tab("a", {1}, "ses", {int: lambda: 1}))
    tabs.follow_also(Tab("a", {2}, "ses", {str: lambda: 2}, {"top_1"}))
    assert tabs.of_account(1) == tabs.of_account(2)
    assert set(tabs.of_account(1)[0].parts) == {int, str}
    assert tabs.topics() == {"top_1"}


def test_a_tab_that_changed_hands_takes_nothing_along() -> None:
    tabs = Tabs(all_open)
    tabs.follow(Tab("a", {1}, "ses_1", {int: lambda: 1}))
    tabs.follow_also(Tab("a", {2}, "ses_2", {str: lambda: 2}))
    assert tabs.of_account(1) == []
    assert set(tabs.of_account(2)[0].parts) == {str}


def test_a_closed_tab_is_forgotten_when_anybody_asks() -> None:
    open_tokens = {"a", "b"}
    tabs = Tabs(open_tokens.__contains__)
    tabs.follow(Tab("a", {1}, "ses", {}, {"top_1"}))
    tabs.follow(Tab("b", {1}, "ses"))
    open_tokens.remove("a")
    assert [tab.token for tab in tabs.of_account(1)] == ["b"]
    assert tabs.accounts() == {1}
    assert tabs.topics() == set()


def head(balance: int, bought: int = 500_000) -> HeadView:
    return HeadView(
        account="acc_1", balance=balance, held=0, bought=bought, granted=0, used=bought - balance, access="open",
        plan_slug="bpp", plan_kind="prepaid", plan_name={"id": "BPP", "en": "BPP"},
        period_ends_at=datetime(2026, 12, 1, tzinfo=UTC), zone="Asia/Jakarta", currency="IDR",
    )  # fmt: skip


def kind(
    balance: int,
    *,
    bought: int = 500_000,
    verified: bool = True,
    dismissed: tuple[str, ...] = (),
    stopped: bool = False,
) -> str:
    now = head(balance, bought)
    told = notice_for(now, 50_000, 10_000, USER, verified, dismissed, is_mail_stopped=stopped)
    return str(told.get("kind", ""))


def test_the_gravest_notice_wins() -> None:
    assert kind(0, verified=False) == "empty"
    assert kind(9_999, verified=False) == "critical"
    assert kind(49_999, verified=False) == "low"
    assert kind(50_000, verified=False) == "unverified"
    assert kind(50_000) == ""


def test_mail_that_does_not_arrive_is_graver_than_an_address_nobody_proved_and_less_than_an_empty_balance() -> None:
    assert kind(49_999, stopped=True) == "low"
    assert kind(50_000, stopped=True, verified=False) == "mail_stopped"
    assert kind(50_000, stopped=True, verified=False, dismissed=("mail_stopped",)) == "unverified"


def test_a_beginning_is_no_warning() -> None:
    assert kind(0, bought=0) == ""


def test_a_notice_that_was_put_away_makes_room_for_the_next_one() -> None:
    assert kind(9_999, dismissed=("critical",)) == "low"
    assert kind(9_999, dismissed=("critical", "low"), verified=False) == "unverified"


def near(percent: int, resets_at: str = "2026-11-21T17:00:00+00:00") -> dict[str, Any]:
    return {"key": "tokens day", "percent": percent, "resets_at": resets_at, "meter": {"id": "Token", "en": "Tokens"}}


def test_a_limit_at_its_end_stands_between_a_balance_that_is_almost_gone_and_a_low_one() -> None:
    kinds = [
        notice_for(head(balance), 50_000, 10_000, USER, True, (), near=near(percent))["kind"]
        for balance, percent in ((9_999, 100), (12_000, 100), (12_000, 85))
    ]
    assert kinds == ["critical", "quota_full", "quota_near"]


def test_a_limit_that_was_put_away_comes_back_with_the_next_threshold_and_the_next_period() -> None:
    def told(percent: int, resets_at: str, *dismissed: str) -> dict[str, Any]:
        return notice_for(head(90_000), 50_000, 10_000, USER, True, dismissed, near=near(percent, resets_at))

    first = told(85, "2026-11-21T17:00:00+00:00")
    assert (first["key"], first["href"]) == ("warn.q80", "/subscription/plans/")
    assert told(86, "2026-11-21T17:00:00+00:00", first["once"]) == {}
    assert told(100, "2026-11-21T17:00:00+00:00", first["once"])["key"] == "warn.q100"
    assert told(85, "2026-11-22T17:00:00+00:00", first["once"])["key"] == "warn.q80"
    assert told(100, "")["key"] == "warn.q100_for_good"


def test_a_low_balance_is_told_in_both_languages() -> None:
    told = notice_for(head(12_000), 50_000, 10_000, USER, True, ())
    assert told["args"] == {"balance": {"id": "12.000 token", "en": "12,000 tokens"}}
