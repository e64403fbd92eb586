"""The Resend adapter through the real SDK: against the sandbox, and against every refusal it can get."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from billing_ui.emails.base import Mail, MailRejected, MailTaken, MailUnavailable
from billing_ui.emails.resend import ResendMailer
from tests.contracts.recorded import Recorded, recorded
from tests.live_sandbox import MAIL_KEY, Box

SENDER = "Makalah AI <tagihan@makalah.example>"
CALL = "POST /emails"


def mail(key: str = "paid:1", to: str = "siti@demo.billing.test", **changes: Any) -> Mail:
    return Mail(**{"to": to, "subject": "Halo", "html": "<p>Halo</p>", "text": "Halo", "key": key, **changes})


@pytest.fixture
def mailer(box: Box) -> ResendMailer:
    return ResendMailer(MAIL_KEY, box.resend_url, SENDER)


@pytest.fixture
def server() -> Iterator[Recorded]:
    with recorded() as provider:
        yield provider


def test_a_mail_arrives_as_it_was_written(mailer: ResendMailer, box: Box) -> None:
    sent = mailer.send(mail())
    (arrived,) = box.inbox("siti@demo.billing.test")
    assert arrived["id"] == sent
    assert (arrived["subject"], arrived["text"], arrived["html"]) == ("Halo", "Halo", "<p>Halo</p>")
    assert arrived["from"] == SENDER
    assert arrived["idempotency_key"] == "paid:1"


def test_the_same_mail_under_the_same_key_is_one_mail(mailer: ResendMailer, box: Box) -> None:
    assert mailer.send(mail()) == mailer.send(mail())
    assert len(box.inbox("siti@demo.billing.test")) == 1


def test_a_mail_in_other_words_under_a_used_key_has_been_taken(mailer: ResendMailer) -> None:
    mailer.send(mail())
    with pytest.raises(MailTaken):
        mailer.send(mail(text="Lain"))


def test_an_address_the_provider_refuses_is_rejected(mailer: ResendMailer) -> None:
    with pytest.raises(MailRejected):
        mailer.send(mail(to="siti@example.com"))


@pytest.mark.parametrize("fault", ["500", "html_502", "empty_503", "429", "connection_reset"])
def test_after_an_accident_the_same_mail_may_be_sent_again(mailer: ResendMailer, box: Box, fault: str) -> None:
    box.fault(fault, gateway="resend")
    with pytest.raises(MailUnavailable):
        mailer.send(mail())
    mailer.send(mail())
    assert len(box.inbox("siti@demo.billing.test")) == 1


def test_a_throttled_mail_says_when_to_come_back(mailer: ResendMailer, box: Box) -> None:
    box.fault("429", gateway="resend")
    with pytest.raises(MailUnavailable) as refused:
        mailer.send(mail())
    assert refused.value.retry_after_s == 1


def test_two_mailers_in_one_process_never_mix_their_keys(box: Box, server: Recorded) -> None:
    """The SDK keeps key and address in module globals; sending at once must not swap them."""
    server.on(CALL, {"id": "other"})
    ours = ResendMailer(MAIL_KEY, box.resend_url, SENDER)
    other = ResendMailer("re_other", server.url, SENDER)
    with ThreadPoolExecutor(8) as pool:
        sent = list(
            pool.map(lambda n: (other if n % 2 else ours).send(mail(f"mail:{n}", f"p{n}@demo.billing.test")), range(40))
        )
    assert [answer == "other" for answer in sent] == [bool(n % 2) for n in range(40)]
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer re_other"}
    assert len(server.asked) == 20


def test_a_provider_on_loopback_is_never_sought_at_a_proxy(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    ResendMailer(MAIL_KEY, box.resend_url, SENDER).send(mail())
    assert box.inbox("siti@demo.billing.test")


def test_a_dead_provider_is_unavailable() -> None:
    with pytest.raises(MailUnavailable):
        ResendMailer(MAIL_KEY, "http://127.0.0.1:9", SENDER).send(mail())


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (422, {"name": "validation_error", "message": "m"}, MailRejected),
        (400, {"name": "invalid_idempotency_key", "message": "m"}, MailRejected),
        (403, {"name": "validation_error", "message": "m"}, MailRejected),
        (409, {"name": "invalid_idempotent_request", "message": "m"}, MailTaken),
        (409, {"name": "concurrent_idempotent_requests", "message": "m"}, MailUnavailable),
        (401, {"name": "missing_api_key", "message": "m"}, MailUnavailable),
        (403, {"name": "invalid_api_key", "message": "m"}, MailUnavailable),
        (429, {"name": "daily_quota_exceeded", "message": "m"}, MailUnavailable),
        (500, {"name": "application_error", "message": "m"}, MailUnavailable),
        (404, b"<html>", MailUnavailable),
        (200, b"", MailUnavailable),
        (200, {}, MailUnavailable),
        (200, [], MailUnavailable),
        (200, {"id": 7}, MailUnavailable),
        (200, None, MailUnavailable),
        (302, {}, MailUnavailable),
    ],
)
def test_each_answer_is_sent_never_or_later(server: Recorded, status: int, body: Any, error: type[Exception]) -> None:
    server.on(CALL, body, status)
    with pytest.raises((MailRejected, MailTaken, MailUnavailable)) as refused:
        ResendMailer("re_x", server.url, SENDER).send(mail())
    assert type(refused.value) is error
    assert "re_x" not in str(refused.value)
