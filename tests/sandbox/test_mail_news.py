"""News of mails: signed so that the real SDK takes them, sent by themselves and by a person's button."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import resend
from resend.http_client_requests import RequestsClient

from billing_ui.sandbox.__main__ import read_settings
from billing_ui.sandbox.settings import Settings, UnsafeStartError, refuse_unsafe
from tests.live_sandbox import MAIL_KEY, MAIL_SECRET, Box, running_sandbox
from tests.sandbox.receiver import Receiver, Told


@pytest.fixture(scope="module")
def running(app: Receiver) -> Iterator[Box]:
    with running_sandbox(app.url, mail_secret=MAIL_SECRET) as box:
        yield box


@pytest.fixture(autouse=True)
def sdk(box: Box) -> Iterator[None]:
    kept = resend.api_key, resend.api_url, resend.default_http_client
    resend.api_key, resend.api_url, resend.default_http_client = MAIL_KEY, box.resend_url, RequestsClient()
    yield
    resend.api_key, resend.api_url, resend.default_http_client = kept


def send(to: str) -> str:
    tags: Any = [{"name": "mail", "value": "mail_1"}]
    params: Any = {"from": "a@b.test", "to": to, "subject": "Halo — é", "text": "Halo", "tags": tags}
    return str(resend.Emails.send(params)["id"])


def verified(told: Told) -> Any:
    headers: Any = {name: told.headers[f"svix-{name}"] for name in ("id", "timestamp", "signature")}
    return resend.Webhooks.verify({"payload": told.raw.decode(), "headers": headers, "webhook_secret": MAIL_SECRET})


@pytest.mark.parametrize(
    ("address", "events"),
    [
        ("budi@demo.billing.test", ["email.sent", "email.delivered"]),
        ("bounced+x@resend.dev", ["email.sent", "email.bounced"]),
        ("complained@resend.dev", ["email.sent", "email.delivered", "email.complained"]),
        ("suppressed@resend.dev", ["email.suppressed"]),
    ],
)
def test_each_test_address_meets_its_fate_and_the_app_hears_of_it(
    box: Box, app: Receiver, address: str, events: list[str]
) -> None:
    sent = send(address)
    box.advance(10)
    told = app.wait_for(len(events))
    assert [verified(one)["type"] for one in told] == events
    assert {one.path for one in told} == {"/api/webhooks/resend"}
    data = verified(told[-1])["data"]
    assert (data["email_id"], data["to"], data["tags"]) == (sent, [address], {"mail": "mail_1"})
    assert resend.Emails.get(sent)["last_event"] == events[-1].removeprefix("email.")
    if address.startswith("bounced"):
        assert data["bounce"]["type"] == "Permanent"


def test_a_program_makes_things_happen_to_a_mail(box: Box, app: Receiver) -> None:
    sent = send("budi@demo.billing.test")
    box.advance(10)
    answer = box.call("POST", f"/_sim/mails/{sent}/mailbox_full")
    assert (answer.status, answer.body["event"], answer.body["status"]) == (200, "email.bounced", 200)
    assert verified(app.told[-1])["data"]["bounce"]["type"] == "Temporary"
    assert box.inbox()[0]["told"][-1] == {"event": "email.bounced", "status": 200, "refusal": ""}
    for path in (f"/_sim/mails/{sent}/eaten", "/_sim/mails/nobody/bounced"):
        assert box.call("POST", path).status == 404


def test_news_nobody_took_come_again_as_the_same_event_signed_anew(box: Box, app: Receiver) -> None:
    sent = send("budi@demo.billing.test")
    box.advance(10)
    app.clear()
    app.status = 503
    box.call("POST", f"/_sim/mails/{sent}/complained")
    app.status = 200
    box.advance(6)
    first, again = app.wait_for(2)
    assert first.headers["svix-id"] == again.headers["svix-id"]
    assert verified(again) == verified(first)
    box.advance(600)
    assert len(app.told) == 2


def test_a_wrong_signature_can_be_ordered(box: Box, app: Receiver) -> None:
    sent = send("budi@demo.billing.test")
    box.advance(10)
    box.switch(wrong_token=True)
    box.call("POST", f"/_sim/mails/{sent}/delivered")
    with pytest.raises(ValueError, match="signature"):
        verified(app.told[-1])


def test_without_a_secret_nothing_is_told() -> None:
    with running_sandbox() as silent:
        resend.api_url = silent.resend_url
        sent = send("bounced@resend.dev")
        assert silent.advance(10)
        assert silent.inbox()[0]["told"] == []
        assert silent.call("POST", f"/_sim/mails/{sent}/bounced").status == 409


@pytest.mark.parametrize("tags", ["x", [{"name": "a b", "value": "c"}], [{"name": "a"}], [{"name": "a", "value": "é"}]])
def test_tags_are_plain_words(box: Box, tags: Any) -> None:
    body = {"from": "a@b.test", "to": "c@d.test", "subject": "x", "text": "x", "tags": tags}
    headers = {"authorization": f"Bearer {MAIL_KEY}", "content-type": "application/json"}
    assert box.call("POST", "/resend/emails", body, headers).status == 422


def test_the_secret_is_checked_before_anything_starts() -> None:
    assert read_settings(["--mail-secret", MAIL_SECRET]).mail_secret == MAIL_SECRET
    with pytest.raises(UnsafeStartError):
        refuse_unsafe(Settings(mail_secret="whsec_not base64"), {})
