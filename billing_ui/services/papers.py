"""Puts a receipt into words in one language and has it printed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from billing_ui.env import Env
from billing_ui.i18n import spell
from billing_ui.i18n.load import text
from billing_ui.infra import pdf
from billing_ui.infra.pictures import qr_plain
from billing_ui.queries.receipts import Party, ReceiptView
from billing_ui.rules.receipts import TaxLine, printed

Line = tuple[str, str, str]


def receipt_pdf(env: Env, receipt: ReceiptView, language: str) -> bytes:
    """The same receipt in the same language is the same file, until money goes back."""
    return pdf.print_paper("receipt", _said(env, receipt, language), receipt.issued_at)


def _said(env: Env, receipt: ReceiptView, language: str) -> dict[str, Any]:
    """Every word of the paper, in the order it is read."""
    paid_at = {"when": receipt.paid_at.isoformat(), "zone": receipt.zone}
    total = _money(receipt, language, receipt.total)
    return {
        "language": language,
        "title": text(language, "pdf.receipt.title"),
        "number": receipt.number,
        "brand": receipt.brand,
        "logo": pdf.brand_mark(env.catalogue.brand.logo),
        "hero": {
            "label": text(language, "pdf.receipt.total"),
            "amount": total,
            "when": text(language, "pdf.receipt.paid", at=paid_at),
        },
        "stamp": _stamp(receipt, language),
        "spelled": {
            "label": text(language, "pdf.receipt.spelled"),
            "words": spell.money(language, receipt.total, receipt.currency),
        },
        "seller_label": text(language, "pdf.receipt.seller"),
        "seller": _party(receipt.seller, language),
        "buyer_label": text(language, "pdf.receipt.buyer"),
        "buyer": _party(receipt.buyer, language),
        "head": [text(language, "pdf.receipt.item"), text(language, "pdf.receipt.amount")],
        "lines": _lines(receipt, language),
        "total": [text(language, "pdf.receipt.total"), total],
        "note": _note(receipt, language),
        "facts": [
            [text(language, "pdf.receipt.method"), text(language, f"method.{receipt.method}")],
            [text(language, "pdf.receipt.ref"), receipt.ref],
            [text(language, "pdf.receipt.gateway_id"), receipt.gateway_payment_id],
        ],
        "check": _check(env, receipt, language),
        "foot": text(language, "pdf.receipt.help", support=receipt.support),
    }


def _lines(receipt: ReceiptView, language: str) -> list[Line]:
    """What was sold, then what came on top of it; what cost nothing has no line."""
    tokens = text(language, "pdf.receipt.tokens", count=receipt.tokens)
    bonus = text(language, "pdf.receipt.bonus", count=receipt.bonus_tokens) if receipt.bonus_tokens else ""
    lines = [(tokens, bonus, _money(receipt, language, receipt.amount))]
    if receipt.fee:
        lines.append((text(language, "pdf.receipt.fee"), "", _money(receipt, language, receipt.fee)))
    if receipt.tax is not None and receipt.tax.mode == "added":
        base = text(language, "pdf.receipt.tax_base", base=_amount(receipt, receipt.tax.base))
        lines.append((_tax_name(receipt.tax, language), base, _money(receipt, language, receipt.tax.amount)))
    return lines


def _note(receipt: ReceiptView, language: str) -> str:
    """Prices that hold the tax already say how much of it they hold."""
    tax = receipt.tax
    if tax is None or tax.mode != "included":
        return ""
    told = {"base": _amount(receipt, tax.base), "amount": _amount(receipt, tax.amount)}
    return text(language, "pdf.receipt.tax_included", tax=_tax_name(tax, language), **told)


def _tax_name(tax: TaxLine, language: str) -> str:
    if tax.rate_per_10000 is None:
        return text(language, "topup.tax_plain")
    whole, rest = divmod(tax.rate_per_10000, 100)
    mark = "," if language == "id" else "."
    percent = f"{whole}{mark}{rest:02d}".rstrip("0") if rest else str(whole)
    return text(language, "topup.tax", percent=percent)


def _stamp(receipt: ReceiptView, language: str) -> list[str]:
    if receipt.standing == "valid":
        return []
    words = text(language, f"pdf.receipt.stamp.{receipt.standing}")
    return [words, _money(receipt, language, receipt.refunded)]


def _party(party: Party, language: str) -> list[str]:
    told = [party.name, party.address]
    if party.tax_id:
        told.append(text(language, "pdf.receipt.tax_id", number=party.tax_id))
    if party.account:
        told.append(party.account)
    return [line for line in told if line]


def _check(env: Env, receipt: ReceiptView, language: str) -> dict[str, str]:
    address = urlsplit(env.config.url(receipt.proof))
    return {
        "title": text(language, "pdf.receipt.check"),
        "how": text(language, "pdf.receipt.check_how"),
        "address": f"{address.netloc}{address.path}",
        "url": address.geturl(),
        "code_label": text(language, "pdf.receipt.code"),
        "code": printed(receipt.check_code),
        "qr": qr_plain(address.geturl()),
        "alt": text(language, "pdf.receipt.qr"),
    }


def _amount(receipt: ReceiptView, amount: int) -> dict[str, Any]:
    return {"money": amount, "currency": receipt.currency}


def _money(receipt: ReceiptView, language: str, amount: int) -> str:
    return text(language, "mail.value.money", amount=_amount(receipt, amount))
