"""The rows of `transaction_details`: what was paid, how, when, and what stands in the account now. A row may lead to
a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from billing_ui.i18n import catalogue, text

Row = tuple[str, str, str]


def rows(language: str, args: Mapping[str, Any]) -> list[Row]:
    """Facts that are missing or None have no row; `ref` stands last, where support asks for it."""
    told = {
        ("arrived" if "expected" in args else "amount"): _amount(language, args),
        "expected": _expected(language, args.get("expected")),
        "method": _method(language, args.get("method")),
        "at": _instant(language, args, "at"),
        "reason": _known(language, args.get("reason")),
        "tokens": _tokens(language, args.get("tokens"), None, args),
        "tokens_back": _tokens(language, args.get("tokens_back"), None, args),
        "balance": _tokens(language, args.get("balance"), args.get("token_equivalent"), args),
        "quota": _quota(language, args.get("quota")),
        "resets_at": _instant(language, args, "resets_at"),
        "until": _instant(language, args, "until"),
        "receipt": args.get("receipt"),
        "ref": args.get("ref"),
    }
    links = {"receipt": args.get("receipt_link", "")}
    return [(text(language, f"mail.row.{name}"), value, links.get(name, "")) for name, value in told.items() if value]


def money(args: Mapping[str, Any], amount: int) -> dict[str, Any]:
    """An amount in the currency of the transaction, as the sentences take it."""
    return {"money": amount, "currency": args["currency"]}


def _amount(language: str, args: Mapping[str, Any]) -> str | None:
    amount = args.get("amount")
    return None if amount is None else text(language, "mail.value.money", amount=money(args, amount))


def _expected(language: str, expected: Mapping[str, Any] | None) -> str | None:
    """Told with a currency of its own: the wrong one may have come."""
    return None if expected is None else text(language, "mail.value.money", amount=expected)


def _method(language: str, code: str | None) -> str | None:
    return _known(language, f"method.{code}") or code


def _quota(language: str, quota: Mapping[str, Any] | None) -> str | None:
    """Each language has a name of its own for the meter."""
    if quota is None:
        return None
    return text(language, "mail.value.quota", meter=quota[language], used=quota["used"], limit=quota["limit"])


def _instant(language: str, args: Mapping[str, Any], name: str) -> str | None:
    at = args.get(name)
    return None if at is None else text(language, "mail.value.when", at={"when": at, "zone": args.get("zone")})


def _known(language: str, key: str | None) -> str | None:
    return catalogue(language).get(key) if key else None


def _tokens(language: str, tokens: int | None, equivalent: int | None, args: Mapping[str, Any]) -> str | None:
    if tokens is None:
        return None
    if equivalent is None:
        return text(language, "mail.value.tokens", count=tokens)
    return text(language, "mail.value.tokens_money", count=tokens, money=money(args, equivalent))
