"""What a mail says in both languages and both forms, and what can never get into it."""

import re
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from billing_ui import emails
from billing_ui.emails.render import TEMPLATES, render
from billing_ui.i18n import LANGUAGES, catalogue

FACTS: dict[str, Any] = {
    "brand": {"name": "Makalah AI", "support_email": "bantuan@makalah.example", "url": "https://billing.example"},
    "name": "Siti",
    "link": "https://billing.example/auth/verify/?token=abc&x=1",
    "cta_link": "https://makalah.example/tulis?a=1&b=2",
    "minutes": 30,
    "amount": 50_000,
    "currency": "IDR",
    "method": "VA_BCA",
    "at": "2026-11-20T18:30:00+00:00",
    "zone": "Asia/Jakarta",
    "tokens": 500_000,
    "balance": 1_250_000,
    "ref": "top_01hf3k9x8v2mwq7r5t1yz0abcd",
}
WHY = {"payment_review": "held", "payment_refunded": "tokens_back"}
EVERY = [(template, language) for template in TEMPLATES for language in LANGUAGES]


def facts_of(template: str) -> dict[str, Any]:
    return {**FACTS, "until": "2026-11-23T18:30:00+00:00", "why": WHY.get(template, "")}


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_every_mail_is_whole_in_every_language(template: str, language: str) -> None:
    mail = render(template, language, facts_of(template))
    address = FACTS["link"] if template in {"verify_email", "reset_password"} else FACTS["cta_link"]
    assert mail.subject.endswith(" - Makalah AI")
    assert address in mail.text
    assert f'href="{address.replace("&", "&amp;")}"' in mail.html
    assert f'<html lang="{language}"' in mail.html
    assert "bantuan@makalah.example" in mail.text
    assert 'name="color-scheme" content="light dark"' in mail.html
    assert "prefers-color-scheme: dark" in mail.html
    for form in (mail.text, mail.html.partition("<body")[2]):
        assert not re.search(
            r"\{[a-z_.]+\}|\{\{|\{%|mj-", form.replace("mj-column-per-100", "").replace("mj-outlook", "")
        )


@pytest.mark.parametrize(("template", "language"), EVERY)
def test_a_mail_fetches_nothing_and_fits_before_the_clip(template: str, language: str) -> None:
    html = render(template, language, facts_of(template)).html
    assert not re.search(r"""\bsrc=|@import|url\(|<link|<script""", html)
    assert len(html.encode()) < 100_000


@pytest.mark.parametrize(
    ("template", "language", "subject"),
    [
        ("payment_success", "id", "Pembayaran Berhasil - Makalah AI"),
        ("payment_success", "en", "Payment successful - Makalah AI"),
        ("payment_failed", "id", "Pembayaran Gagal - Makalah AI"),
    ],
)
def test_the_promised_subjects(template: str, language: str, subject: str) -> None:
    assert render(template, language, FACTS).subject == subject


def test_a_receipt_tells_every_fact_in_indonesian() -> None:
    text = plain(render("payment_success", "id", FACTS).text)
    assert "Pembayaran berhasil: Rp 50.000" in text
    assert "Halo Siti," in text
    assert "Jumlah: Rp 50.000" in text
    assert "Metode: BCA Virtual Account" in text
    assert "Waktu: 21 Nov 2026, 01.30 WIB" in text
    assert "Token masuk: 500.000 token" in text
    assert "Saldo sekarang: 1.250.000 token\n" in text
    assert "Nomor transaksi: top_01hf3k9x8v2mwq7r5t1yz0abcd" in text


def test_a_paid_mail_leads_to_its_receipt_in_both_forms() -> None:
    link = "https://billing.example/receipts/KW-2026-000123.pdf?lang=id"
    mail = render("payment_success", "id", {**FACTS, "receipt": "KW-2026-000123", "receipt_link": link})
    assert f"Kuitansi: KW-2026-000123 ({link})\nNomor transaksi:" in mail.text
    assert f'<a href="{link}"' in mail.html
    with pytest.raises(ValueError, match="http"):
        render("payment_success", "id", {**FACTS, "receipt": "KW-1", "receipt_link": "javascript:alert(1)"})


def test_a_receipt_tells_every_fact_in_english() -> None:
    told = {**FACTS, "token_equivalent": 125_000, "zone": "UTC"}
    text = plain(render("payment_success", "en", told).text)
    assert "Time: 20 Nov 2026, 18:30 UTC" in text
    assert "Tokens added: 500,000 tokens" in text
    assert "Balance now: 1,250,000 tokens (IDR 125,000)" in text


def test_money_that_came_late_is_told_of_as_late_and_credited() -> None:
    mail = render("payment_late", "id", FACTS)
    assert mail.subject == "Pembayaran Anda Sudah Masuk - Makalah AI"
    for words in ("setelah kode pembayaran ini berakhir", "saldo Anda sudah bertambah", "jangan membayar lagi"):
        assert words in mail.text
    assert "Saldo sekarang: 1.250.000 token" in mail.text


def test_the_button_of_a_late_payment_is_the_one_of_a_paid_one() -> None:
    branded = {**FACTS, "brand": {**FACTS["brand"], "cta": {"payment_success": "Mulai Menyusun Paper"}}}
    assert "Mulai Menyusun Paper" in render("payment_late", "id", branded).html


def test_money_under_review_says_what_came_what_was_asked_that_it_is_safe_and_until_when() -> None:
    told = {**facts_of("payment_review"), "amount": 40_000, "expected": {"money": 50_000, "currency": "IDR"}}
    text = plain(
        render("payment_review", "id", {key: told[key] for key in told if key not in {"tokens", "balance"}}).text
    )
    for words in (
        "Jumlah yang masuk: Rp 40.000", "Jumlah tagihan: Rp 50.000", "Uang Anda aman",
        "paling lambat 24 Nov 2026, 01.30 WIB", "Nomor transaksi: top_01hf3k9x8v2mwq7r5t1yz0abcd",
    ):  # fmt: skip
        assert words in text
    assert "Saldo sekarang" not in text


def test_extra_money_is_not_called_a_wrong_amount() -> None:
    text = render("payment_review", "en", {**facts_of("payment_review"), "why": "extra"}).text
    assert "already paid" in text
    assert "differs" not in text
    with pytest.raises(ValueError, match="not in tuple"):
        render("payment_review", "en", {**facts_of("payment_review"), "why": "../x"})


def test_money_sent_back_says_whether_tokens_went_with_it() -> None:
    told = facts_of("payment_refunded")
    assert (
        "Token ditarik kembali: 500.000 token"
        in render("payment_refunded", "id", {**told, "tokens_back": 500_000}).text
    )
    kept = render("payment_refunded", "en", {**told, "why": "tokens_kept"}).text
    assert "token balance has not changed" in kept
    assert "taken back" not in kept


def test_both_forms_of_a_receipt_tell_the_same_rows() -> None:
    mail = render("payment_success", "id", FACTS)
    for line in mail.text.splitlines():
        label, _, value = line.partition(": ")
        if value:
            assert value in mail.html, label


def test_dollars_have_cents() -> None:
    text = render("payment_success", "en", {**FACTS, "currency": "USD", "amount": 3_050}).text
    assert "Amount: $30.50" in text


def test_facts_that_are_missing_have_no_row() -> None:
    told = {key: value for key, value in FACTS.items() if key not in {"tokens", "balance"}}
    text = render("payment_failed", "id", {**told, "reason": None}).text
    assert "Saldo sekarang" not in text
    assert "Alasan" not in text
    assert (
        "Alasan: Pembayaran ditolak di aplikasi"
        in render("payment_failed", "id", {**told, "reason": "pay.reason.USER_DECLINED_PAYMENT"}).text
    )


def test_a_method_without_a_name_is_told_by_its_code() -> None:
    assert "Metode: NEW_WAY" in render("payment_success", "id", {**FACTS, "method": "NEW_WAY"}).text


@pytest.mark.parametrize("own", ["Mulai Menyusun Paper", {"id": "Mulai Menyusun Paper", "en": "Start writing"}])
def test_the_catalogues_button_replaces_ours(own: Any) -> None:
    branded = {**FACTS, "brand": {**FACTS["brand"], "cta": {"payment_success": own}}}
    mail = render("payment_success", "id", branded)
    assert "Mulai Menyusun Paper" in mail.html
    assert "Mulai Menyusun Paper:\nhttps://makalah.example" in mail.text
    assert "Buka Makalah AI" in render("payment_success", "id", FACTS).text


def test_somebody_without_a_name_is_greeted_all_the_same() -> None:
    assert "\nHalo,\n" in render("verify_email", "id", {**FACTS, "name": ""}).text


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=y>', "</mj-text><mj-raw>x</mj-raw>", "{{ 7 * 7 }}", "{name}"],
)
def test_a_hostile_name_is_only_a_name(name: str) -> None:
    mail = render("payment_success", "id", {**FACTS, "name": name})
    assert f"Halo {name}," in mail.text
    assert not re.search(
        r"<script|<img|onerror=y>|49", mail.html.partition("<body")[2].replace("&lt;", "").replace("&gt;", "")
    )
    if "<" in name:
        assert name not in mail.html


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "/auth/verify/", "", "https://a\nb"])
def test_only_pages_are_linked(address: str) -> None:
    with pytest.raises(ValueError, match=r"http\(s\)"):
        render("verify_email", "id", {**FACTS, "link": address})


def test_a_forgotten_fact_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render("reset_password", "id", {key: value for key, value in FACTS.items() if key != "minutes"})


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(KeyError):
        render("../../config", "id", FACTS)


def test_templates_hold_no_language() -> None:
    for path in (Path(emails.__file__).parent / "templates").iterdir():
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<mj-style>.*?</mj-style>|<[^>]*>", "", path.read_text(), flags=re.DOTALL)
        assert not re.findall(r"[^\W\d_]{2,}", bare), path.name


def test_every_sentence_of_the_mails_is_used() -> None:
    room = Path(emails.__file__).parent
    code = "".join(path.read_text() for path in room.rglob("*") if path.suffix in {".py", ".mjml", ".txt"})
    for key in (key for key in catalogue("id") if key.startswith("mail.")):
        last = key.removesuffix(".one").removesuffix(".other").rpartition(".")[2]
        assert last in code, key
