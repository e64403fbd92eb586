"""A person's pages: plain forms that do what the control API does, in two languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import billing_ui.sandbox as room
from billing_ui.sandbox.panel import SAID
from billing_ui.sandbox.panel_request import SAID as REQUEST_SAID
from billing_ui.sandbox.way_back import web_page
from tests.live_sandbox import MAIL_KEY, Box
from tests.sandbox.receiver import Receiver
from tests.sandbox.xendit_client import XenditClient

FOLDER = Path(str(room.__file__)).parent


@pytest.fixture
def person(box: Box) -> Iterator[httpx.Client]:
    """A browser without scripts: it says where its forms stand and follows where they lead."""
    with httpx.Client(base_url=box.url, headers={"Origin": box.url}, follow_redirects=True) as client:
        yield client


def mail(box: Box, **more: Any) -> str:
    body = {"from": "a@b.test", "to": "budi@b.test", "subject": "Halo <b>", "html": "<p>Halo</p>", **more}
    answer = box.call("POST", "/resend/emails", body, {"Authorization": f"Bearer {MAIL_KEY}"})
    return str(answer.body["id"])


def status(page: httpx.Response) -> str:
    found = re.search(r'data-testid="sim-status" data-status="(\w+)"', page.text)
    assert found
    return found[1]


def test_the_phone_lists_what_waits_and_pays_it(xendit: XenditClient, person: httpx.Client, app: Receiver) -> None:
    made = xendit.create("top_a")
    assert 'data-ref="top_a"' in person.get("/phone").text
    page = person.get(f"/phone/{made['payment_request_id']}")
    assert "Rp\xa050.000" in page.text
    assert "TOKO UJI COBA" in page.text
    paid = person.post(f"/phone/{made['payment_request_id']}/pay")
    assert status(paid) == "SUCCEEDED"
    assert paid.request.method == "GET"
    assert app.told[0].body["event"] == "payment.capture"
    assert 'data-ref="top_a"' not in person.get("/phone").text


@pytest.mark.parametrize(("act", "ends"), [("fail", "FAILED"), ("expire", "EXPIRED")])
def test_the_phone_declines_and_lets_expire(
    xendit: XenditClient, person: httpx.Client, app: Receiver, act: str, ends: str
) -> None:
    made = xendit.create("top_a")
    assert status(person.post(f"/phone/{made['payment_request_id']}/{act}")) == ends
    assert len(app.told) == 1


def test_the_phone_pays_in_unusual_ways(xendit: XenditClient, person: httpx.Client, box: Box) -> None:
    made = xendit.create("top_a")
    wishes = {"amount": "60.000", "times": "2", "payments": "2", "after_expiry": "on"}
    assert status(person.post(f"/phone/{made['payment_request_id']}/pay", data=wishes)) == "EXPIRED"
    assert len(box.payment("top_a")["deliveries"]) == 4
    assert xendit.payment(box.payment("top_a")["payment_ids"][0])["captures"][0]["capture_amount"] == 60_000


def test_what_cannot_be_done_is_said_on_the_page(xendit: XenditClient, person: httpx.Client) -> None:
    path = f"/phone/{xendit.create('top_a')['payment_request_id']}"
    wrong = person.post(f"{path}/pay", data={"amount": "sepuluh"})
    assert wrong.status_code == 409
    assert 'role="alert"' in wrong.text
    person.post(f"{path}/pay")
    assert person.post(f"{path}/pay").status_code == 409
    assert person.post(f"{path}/burn").status_code == 200
    assert status(person.get(path)) == "SUCCEEDED"


def test_a_code_or_number_leads_to_its_bill(xendit: XenditClient, person: httpx.Client) -> None:
    for channel in ("QRIS", "BCA_VIRTUAL_ACCOUNT"):
        made = xendit.create(f"top_{channel}", channel)
        for code in (made["actions"][0]["value"], made["reference_id"]):
            page = person.get("/phone", params={"code": code})
            assert str(page.url).endswith(f"/phone/{made['payment_request_id']}")
    assert 'role="alert"' in person.get("/phone", params={"code": "0000"}).text
    assert person.get("/phone/top_unknown").status_code == 404


def test_the_qr_picture_is_drawn(xendit: XenditClient, person: httpx.Client) -> None:
    made = xendit.create("top_a")
    picture = person.get(f"/phone/{made['payment_request_id']}/qr.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")
    bank = xendit.create("top_b", "BCA_VIRTUAL_ACCOUNT")
    assert person.get(f"/phone/{bank['payment_request_id']}/qr.svg").status_code == 404


def test_a_wallet_leads_back_to_the_shop(xendit: XenditClient, person: httpx.Client) -> None:
    urls = {"success_return_url": "https://shop.test/pay/a/", "failure_return_url": "https://shop.test/oops/a/"}
    path = f"/phone/{xendit.create('top_a', 'DANA', channel_properties=urls)['payment_request_id']}"
    assert 'content="3;url=https://shop.test/pay/a/"' in person.post(f"{path}/pay").text
    declined = f"/phone/{xendit.create('top_b', 'DANA', channel_properties=urls)['payment_request_id']}"
    page = person.post(f"{declined}/fail").text
    assert 'content="3;url=https://shop.test/oops/a/"' in page
    assert '<span class="mono" data-testid="sim-back-to">https://shop.test/oops/a/</span>' in page


@pytest.mark.parametrize(
    "given",
    ["javascript:alert(1)", "data:text/html,<b>x", "//shop.test/a", "https:///a", "https://", "HTTPS", "https://[x/a",
     "https://shop.test/\u2028a", "https://shop.test/a b", "https:\\\\shop.test", "\thttps://shop.test", "", 7, None],
)  # fmt: skip
def test_the_way_back_leads_to_web_pages_only(given: object, xendit: XenditClient, person: httpx.Client) -> None:
    assert web_page(given) == ""
    wish = {"external_id": "top_i", "amount": 50_000, "success_redirect_url": given}
    invoice = xendit.call("POST", "/v2/invoices/", wish)
    page = person.get(invoice["invoice_url"])
    paid = person.post(f"{page.url.path}/pay", data={"channel": "DANA"})
    assert 'data-status="PAID"' in paid.text and "sim-back" not in paid.text


@pytest.mark.parametrize(
    "given", ["https://shop.test/pay/a/?returned=1", "http://127.0.0.1:3000/pay/top_a/", "https://x.test"]
)
def test_web_pages_are_a_way_back(given: str) -> None:
    assert web_page(given) == given


def test_a_payer_whom_the_shop_gave_no_address_finds_the_bill_again(
    xendit: XenditClient, person: httpx.Client, box: Box
) -> None:
    path = f"/phone/{xendit.create('top_a~2', 'LINKAJA')['payment_request_id']}"
    assert "/pay/top_a/" not in person.get(path).text
    assert f'href="{box.settings.app_url}/pay/top_a/?returned=1"' in person.post(f"{path}/pay").text


def test_a_push_waits_on_the_payers_phone_and_leads_nowhere(xendit: XenditClient, person: httpx.Client) -> None:
    path = f"/phone/{xendit.create('top_a', 'OVO')['payment_request_id']}"
    assert "+6281200000000" in person.get(path).text
    assert "/pay/top_a/" not in person.post(f"{path}/fail").text


def test_the_inbox_shows_mail_as_its_reader_would_see_it(person: httpx.Client, box: Box) -> None:
    mail_id = mail(box, html="<html><head><title>x</title></head><a href='http://127.0.0.1:3000/v'>Buka</a></html>")
    assert "Halo &lt;b&gt;" in person.get("/inbox").text
    assert "Halo" not in person.get("/inbox", params={"to": "siti@"}).text
    page = person.get(f"/inbox/{mail_id}")
    assert '<a href="http://127.0.0.1:3000/v" data-testid="sim-link"' in page.text
    assert 'sandbox="allow-popups' in page.text
    frame = person.get(f"/inbox/{mail_id}/html")
    assert '<head><base target="_blank">' in frame.text
    assert frame.headers["content-security-policy"].startswith("sandbox ")
    assert "script" not in frame.headers["content-security-policy"]
    assert person.get("/inbox/unknown").status_code == 404


def test_a_mail_without_a_head_still_opens_its_links_beside_it(person: httpx.Client, box: Box) -> None:
    assert person.get(f"/inbox/{mail(box)}/html").text == '<base target="_blank"><p>Halo</p>'


def test_the_panel_moves_switches_and_clears_the_table(xendit: XenditClient, person: httpx.Client, box: Box) -> None:
    xendit.create("top_a")
    box.pay("top_a")
    assert "top_a" in person.get("/").text
    wishes = {"webhooks": "drop", "copies": "2", "webhook_latency_ms": "5", "channels_down": ["QRIS", "DANA"]}
    person.post("/switches", data=wishes)
    assert box.call("GET", "/_sim/switches").body == {
        "webhooks": "drop",
        "copies": 2,
        "reorder": False,
        "wrong_token": False,
        "webhook_latency_ms": 5,
        "channels_down": ["DANA", "QRIS"],
    }
    assert person.post("/switches", data={"webhook_latency_ms": "soon"}).status_code == 400
    assert "top_a" not in person.post("/reset").text


@pytest.mark.parametrize("path", ["/", "/phone", "/inbox", "/bad-day"])
def test_every_page_speaks_both_languages(person: httpx.Client, path: str) -> None:
    pages = {
        '<html lang="id">': person.get(path),
        '<html lang="en">': person.get(path, headers={"Accept-Language": "en-GB,en;q=0.9,id;q=0.5"}),
    }
    pages['<html lang="id">'] = person.get(path, params={"lang": "id"}, headers={"Accept-Language": "en"})
    for start, page in pages.items():
        assert start in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_both_languages_say_the_same_things() -> None:
    words = {name: json.loads((FOLDER / "words" / f"{name}.json").read_text()) for name in ("id", "en")}
    assert words["id"].keys() == words["en"].keys()
    for key in words["id"]:
        assert set(re.findall(r"{\w+}", words["id"][key])) == set(re.findall(r"{\w+}", words["en"][key])), key


def test_every_word_of_a_template_exists() -> None:
    known = json.loads((FOLDER / "words" / "id.json").read_text()).keys()
    used = set()
    for template in (FOLDER / "templates").glob("*.html"):
        used |= set(re.findall(r"""\bt\(["']([a-z0-9_.]+)["'][,)]""", template.read_text()))
    assert used
    assert used <= known


def test_every_word_is_said_somewhere() -> None:
    source = "".join(path.read_text() for path in [*FOLDER.glob("templates/*.html"), *FOLDER.glob("*.py")])
    families = (
        "status.", "wallet.told_", "fault.", "way.", "news.", "fate.", "panel.step_", "panel.mode_", "shape.",
        "outcome.", "act.", "refund.", "dispute.", "day.kind.",
        *(f"panel.{said}" for said in SAID),
        *(f"request.{said}" for said in REQUEST_SAID),
    )  # fmt: skip
    for key in json.loads((FOLDER / "words" / "id.json").read_text()):
        assert key.startswith(families) or f'"{key}"' in source or f"'{key}'" in source, key
