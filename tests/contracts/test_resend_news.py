"""Our check of Resend's signatures says what the real SDK's says, and news of the sandbox pass the real door."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import resend
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_ui.emails import news
from tests.live_sandbox import MAIL_SECRET
from tests.mail_news import BOUNCES, event, signed

NOW = datetime.fromtimestamp(int(time.time()), UTC)  # the SDK reads the real clock


def sdk_takes(headers: dict[str, str], body: bytes, secret: str) -> bool:
    told: Any = {name: headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
    try:
        resend.Webhooks.verify({"payload": body.decode(), "headers": told, "webhook_secret": secret})
    except ValueError:
        return False
    return True


def both(headers: dict[str, str], body: bytes, secret: str = MAIL_SECRET) -> bool:
    ours = news.is_authentic(secret, headers, body, datetime.now(UTC))
    assert ours == sdk_takes(headers, body, secret)
    return ours


@pytest.mark.parametrize("kind", ["email.delivered", "email.bounced", "email.complained", "contact.created"])
def test_what_the_sdk_takes_we_take(kind: str) -> None:
    body = event(kind, "siti@demo.billing.test", NOW, tag="mail_1", bounce=BOUNCES["bounced"])
    assert both(signed(body, NOW), body)


@pytest.mark.parametrize("ago", [-400, -290, 290, 400])
def test_old_and_future_messages_are_judged_alike(ago: int) -> None:
    body = event("email.sent", "siti@demo.billing.test", NOW)
    assert both(signed(body, datetime.now(UTC) - timedelta(seconds=ago)), body) == (abs(ago) < 300)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["svix-id", "svix-timestamp", "svix-signature"]), st.text(max_size=40))
def test_forged_headers_are_refused_by_both(name: str, value: str) -> None:
    body = b'{"type": "email.sent"}'
    assert both({**signed(body, datetime.now(UTC)), name: value}, body) is (name == "svix-never")


def test_a_signature_among_others_is_found_by_both() -> None:
    body = b'{"type": "email.sent"}'
    headers = signed(body, NOW)
    headers["svix-signature"] = f"v1,AAAA {headers['svix-signature']}"
    assert both(headers, body)


@pytest.mark.parametrize(
    ("kind", "more", "stops"),
    [
        ("email.bounced", {"bounce": BOUNCES["bounced"]}, "bounced"),
        ("email.bounced", {"bounce": BOUNCES["full"]}, None),
        ("email.bounced", {"bounce": {"type": "Undetermined"}}, None),
        ("email.bounced", {}, None),
        ("email.complained", {}, "complained"),
        ("email.suppressed", {"suppressed": {"type": "x", "message": "y"}}, "suppressed"),
        ("email.failed", {"failed": {"reason": "reached_daily_quota"}}, None),
        ("email.delivered", {}, None),
    ],
)
def test_only_what_is_for_good_ends_an_address(kind: str, more: dict[str, Any], stops: str | None) -> None:
    told = news.read(event(kind, "Siti@Demo.billing.test", NOW, tag="mail_1", provider_id="em_1", **more))
    assert told.stops == stops
    assert (told.tag, told.provider_id, told.address, told.happened_at) == (
        "mail_1", "em_1", "siti@demo.billing.test", NOW,
    )  # fmt: skip


@pytest.mark.parametrize("to", [["a@b.test", "c@d.test"], "no address", [7], None, [], ["x\n@b.test"]])
def test_an_address_that_is_not_one_is_not_taken_over(to: Any) -> None:
    body = event("email.complained", "x", NOW).replace(b'["x"]', json.dumps(to).encode())
    assert news.read(body).address == ""


def test_words_of_strangers_are_kept_on_one_printable_line() -> None:
    bounce = {"type": "Permanent", "message": "550\r\n\x1b[31mno" + "x" * 900}
    told = news.read(event("email.bounced", "a@b.test", NOW, bounce=bounce))
    assert told.detail.isprintable()
    assert len(told.detail) == 500


def test_a_delivery_without_an_id_is_known_by_its_bytes() -> None:
    assert news.dedupe_of({"Svix-Id": "msg_1"}, b"x") == "svix:msg_1"
    assert news.dedupe_of({"svix-id": "a b"}, b"x") == news.dedupe_of({}, b"x") != news.dedupe_of({}, b"y")
