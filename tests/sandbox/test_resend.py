"""The real Resend SDK runs against the look-alike unmodified."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import resend
from resend.exceptions import ResendError
from resend.http_client_requests import RequestsClient

from billing_ui.sandbox.app import build, close
from billing_ui.sandbox.settings import Settings
from tests.live_sandbox import MAIL_KEY, Box

TO = "budi@demo.billing.test"


@pytest.fixture(autouse=True)
def sdk(box: Box) -> Iterator[None]:
    kept = resend.api_key, resend.api_url, resend.default_http_client
    resend.api_key, resend.api_url, resend.default_http_client = MAIL_KEY, box.resend_url, RequestsClient()
    yield
    resend.api_key, resend.api_url, resend.default_http_client = kept


def mail(to: Any = TO, **more: Any) -> Any:
    return {"from": "Makalah <a@b.test>", "to": to, "subject": "Halo", "html": "<p>Halo</p>", "text": "Halo", **more}


def send(body: Any, key: str | None = None) -> Any:
    return resend.Emails.send(body, {"idempotency_key": key} if key else None)


def refusal(body: Any, key: str | None = None) -> tuple[int, str]:
    with pytest.raises(ResendError) as caught:
        send(body, key)
    return int(caught.value.code), caught.value.error_type


def test_a_sent_mail_lies_in_the_inbox_and_can_be_read_back(box: Box) -> None:
    sent = send(mail([TO], tags=[{"name": "kind", "value": "receipt"}]))
    assert resend.Emails.get(sent["id"])["subject"] == "Halo"
    [message] = box.inbox(to=TO)
    assert message["id"] == sent["id"]
    assert message["to"] == TO
    assert (message["text"], message["html"]) == ("Halo", "<p>Halo</p>")


def test_the_same_key_sends_one_mail(box: Box) -> None:
    first, second = (send(mail(), "receipt/py-1")["id"] for _ in range(2))
    assert first == second
    assert [message["idempotency_key"] for message in box.inbox()] == ["receipt/py-1"]


def test_the_same_key_for_another_mail_is_a_conflict(box: Box) -> None:
    send(mail(), "receipt/py-1")
    assert refusal(mail(subject="Lain"), "receipt/py-1") == (409, "invalid_idempotent_request")
    assert len(box.inbox()) == 1


def test_a_key_of_more_than_256_characters_is_refused() -> None:
    assert refusal(mail(), "k" * 257) == (400, "invalid_idempotency_key")


@pytest.mark.parametrize("address", ["a@example.com", "A <a@Test.com>"])
def test_addresses_that_lead_nowhere_are_refused(address: str) -> None:
    assert refusal(mail(address)) == (422, "validation_error")


@pytest.mark.parametrize("gap", ["from", "to", "subject"])
def test_a_mail_without_its_head_is_refused(gap: str) -> None:
    assert refusal(mail(**{gap: ""})) == (422, "missing_required_field")


def test_an_empty_mail_is_refused() -> None:
    assert refusal(mail(html="", text="")) == (422, "missing_required_field")


@pytest.mark.parametrize(("key", "expected"), [("", (401, "missing_api_key")), ("sk_x", (403, "invalid_api_key"))])
def test_a_wrong_key_is_refused(key: str, expected: tuple[int, str]) -> None:
    resend.api_key = key
    assert refusal(mail()) == expected


@pytest.mark.parametrize("outcome", ["delivered", "bounced", "complained", "suppressed"])
def test_test_addresses_meet_their_fate(outcome: str) -> None:
    assert resend.Emails.get(send(mail(f"{outcome}+x@resend.dev"))["id"])["last_event"] == outcome


def test_a_batch_is_all_or_nothing_unless_it_is_permissive(box: Box) -> None:
    bodies: list[Any] = [mail("a@b.test"), mail("a@example.com"), mail("c@b.test")]
    with pytest.raises(ResendError):
        resend.Batch.send(bodies)
    assert box.inbox() == []
    answer: Any = resend.Batch.send(bodies, {"batch_validation": "permissive"})
    assert len(answer["data"]) == 2
    assert [error["index"] for error in answer["errors"]] == [1]
    assert [message["to"] for message in box.inbox()] == ["c@b.test", "a@b.test"]


def test_links_are_listed_as_a_reader_would_click_them(box: Box) -> None:
    markup = (
        "<a href='http://127.0.0.1:3000/verify/?token=a&amp;lang=id'>Verifikasi</a> <a href='mailto:a@b.test'>a</a>"
    )
    send(mail(html=markup, text="Buka http://127.0.0.1:3000/verify/?token=a&lang=id. Bantuan: https://b.test/help"))
    assert box.inbox()[0]["links"] == [
        "http://127.0.0.1:3000/verify/?token=a&lang=id",
        "https://b.test/help",
    ]


def test_the_inbox_is_filtered_by_reader_and_by_what_was_seen(box: Box) -> None:
    first, second, third = (send(mail(to))["id"] for to in (TO, "siti@demo.billing.test", TO))
    assert [message["id"] for message in box.inbox()] == [third, second, first]
    assert [message["id"] for message in box.inbox(to=TO.upper())] == [third, first]
    assert [message["id"] for message in box.inbox(to=TO, after=first)] == [third]
    seen_at = box.inbox()[0]["sent_at"]
    send(mail("new@demo.billing.test"))
    assert {message["to"] for message in box.inbox(after=seen_at)} >= {"new@demo.billing.test"}
    assert box.call("GET", "/_sim/inbox?after=yesterday").status == 400


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("500", (500, "application_error")),
        ("429", (429, "rate_limit_exceeded")),
        ("html_502", (502, "application_error")),
    ],
)
def test_the_next_mail_can_be_made_to_fail_once(box: Box, fault: str, expected: tuple[int, str]) -> None:
    box.fault(fault, gateway="resend")
    assert refusal(mail()) == expected
    assert send(mail())["id"] == box.inbox()[0]["id"]


async def test_a_key_is_forgotten_after_a_day() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    app = build(Settings(), lambda: now)
    transport = httpx.ASGITransport(app)
    headers = {"authorization": f"Bearer {MAIL_KEY}", "idempotency-key": "receipt/py-1"}
    ids = []
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        for hours in (0, 23, 1):
            now += timedelta(hours=hours)
            ids.append((await client.post("/resend/emails", json=mail())).json()["id"])
    await close(app.state.world)
    assert ids[0] == ids[1] != ids[2]
