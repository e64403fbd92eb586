"""What operators see, as the plain dicts a page may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from billing_ui.i18n.load import DEFAULT_LANGUAGE, catalogue
from billing_ui.queries.admin_numbers import DeskNumbers
from billing_ui.queries.admin_payment import PaymentFile
from billing_ui.queries.admin_payments import PaymentRow
from billing_ui.state.labels import instant, worth
from billing_ui.state.payment_labels import customers_words

_PARTS = ("attempts", "captures", "refunds", "disputes", "entries", "mails", "webhooks", "jobs", "audits")


def plain(value: Any) -> Any:
    """Instants as text, tuples as lists, nothing else changed."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def payment_row(row: PaymentRow) -> dict[str, Any]:
    return {**plain(asdict(row)), "href": f"/admin/payments/{row.id}/"}


def payment_file(found: PaymentFile) -> dict[str, Any]:
    """`story` says beside each line what the customer reads at that place, if anything."""
    told = plain(asdict(found))
    words = customers_words(found.story)
    return {
        "facts": {**told["facts"], "worth": worth(found.facts["balance"])},
        "flags": told["flags"],
        "story": [
            {**line, "detail": spelled(line["detail"]), "said": list(said)}
            for line, said in zip(told["story"], words, strict=True)
        ],
        **{part: [because(line) for line in told[part]] for part in _PARTS if part != "audits"},
        "audits": [
            {**because(line), "before": spelled(line["before"]), "after": spelled(line["after"])}
            for line in told["audits"]
        ],
        # Money that paid this purchase, in this attempt, and has not all gone back.
        "paying": "refunded" not in found.flags
        and any((line.payment, line.outcome) == (found.facts["id"], "credited") for line in found.captures),
        "waits": [line for line in told["captures"] if line["id"] in told["waits"]],
    }


def because(line: dict[str, Any]) -> dict[str, Any]:
    """A reason chosen at the desk begins with its code, which the page says in the reader's words; the note follows."""
    code, colon, note = str(line.get("reason", "")).partition(": ")
    if not colon or f"adm.reason_is.{code}" not in catalogue(DEFAULT_LANGUAGE):
        return {**line, "because": ""}
    return {**line, "because": code, "reason": note}


def audit_number(file: dict[str, Any], *families: str) -> str:
    """The row of the act just done: the newest of its kind that the file knows."""
    return str(max((line["id"] for line in file["audits"] if line["action"].startswith(families)), default=0))


def spelled(detail: Mapping[str, Any]) -> str:
    """A small record as `name: value` in one line; the words in it are those of the machine."""
    return " · ".join(f"{name}: {value}" for name, value in detail.items() if value not in ("", None))


def numbers(now: DeskNumbers) -> dict[str, Any]:
    return {
        "undecided": [{"currency": currency, "amount": amount} for currency, amount in now.undecided],
        "undecided_count": now.undecided_count, "oldest_at": instant(now.oldest_at), "waiting": now.waiting,
        "stuck": now.stuck, "webhooks": now.webhooks_failed, "jobs": now.jobs_parked,
    }  # fmt: skip
