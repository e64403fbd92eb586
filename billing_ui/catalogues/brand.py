"""Reads how the product speaks and shows itself: the brand, its mail buttons, and how tokens look."""

from __future__ import annotations

from urllib.parse import urlsplit

from billing_ui.catalogues import usage
from billing_ui.catalogues.measures import Everyday, UnitDisplay
from billing_ui.catalogues.reader import Table
from billing_ui.catalogues.shape import Brand
from billing_ui.rules.plans import Ratio
from billing_ui.rules.words import Text

MAIL_CTAS = ("welcome", "payment_success", "payment_failed", "payment_expired")
_LOOPBACK = {"localhost", "127.0.0.1"}


def brand(table: Table) -> Brand:
    host = table.from_environment("host_app_url")
    if host is None or not _is_safe_address(host):
        table.refuse("host_app_url", "must be an https address (http only on this machine)")
    email = table.word("support_email")
    if email.count("@") != 1 or any(letter.isspace() for letter in email):
        table.refuse("support_email", "must be an e-mail address")
    read = Brand(
        name=table.word("name"),
        logo=table.word("logo"),
        support_email=email,
        host_app_url=host,
        mail_cta=_mail_ctas(table.required("mail_cta")),
    )
    if not read.logo.startswith("/") or read.logo.startswith("//"):
        table.refuse("logo", "must be a path of this site, like /logo.svg")
    table.done()
    return read


def _is_safe_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None or any(letter.isspace() for letter in address):
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _mail_ctas(table: Table) -> dict[str, Text]:
    texts = {mail: table.text(mail) for mail in MAIL_CTAS}
    table.done()
    return texts


def unit_display(table: Table | None) -> UnitDisplay:
    if table is None:
        return UnitDisplay(None, None)
    rate = table.table("rate")
    everyday = table.table("everyday")
    shown = UnitDisplay(
        rate=None if rate is None else Ratio(rate.whole("amount", 1), rate.whole("per_tokens", 1)),
        everyday=None if everyday is None else Everyday(everyday.whole("tokens", 1), usage.counted(everyday)),
    )
    for inner in (rate, everyday, table):
        if inner is not None:
            inner.done()
    return shown
