"""Xendit's door in a process of its own on PostgreSQL, half of all deliveries repeated, beside a handler that keeps
nothing."""

from __future__ import annotations

import json
from statistics import median, quantiles

from sqlalchemy import func, select

from benchmarks.doors import served
from benchmarks.figures import Figure
from benchmarks.knocking import Knocks, knock
from benchmarks.servers import postgres
from billing_ui.infra.db import Database
from billing_ui.models import InboxMessage

NAME = "webhooks"
ROUNDS = 5
MESSAGES = 400
CONNECTIONS = 16
PER_SECOND, P99_MS = 300, 250
_TOKEN = "benchmark-callback-token"


def measure() -> tuple[Figure, ...]:
    with postgres() as url:
        plain = url.render_as_string(hide_password=False)
        environment = {"DATABASE_URL": plain, "XENDIT_CALLBACK_TOKEN": _TOKEN, "BILLING_ENV": "test"}
        with (
            served("benchmarks.doors:product", **environment) as product,
            served("benchmarks.reference.bare_handler:app") as bare,
        ):
            rounds = [
                (knock(product, sent := _deliveries(number), CONNECTIONS), knock(bare, sent, CONNECTIONS))
                for number in range(ROUNDS + 1)
            ][1:]  # the first one warms both
        _require_all_kept(Database(url))
    return _figures([product for product, _ in rounds], [bare for _, bare in rounds])


def _figures(product: list[Knocks], bare: list[Knocks]) -> tuple[Figure, ...]:
    refused = [status for each in (*product, *bare) for status in each.refused]
    if refused:
        raise RuntimeError(f"refused deliveries: {refused[:5]}")
    ratios = [each.per_second / beside.per_second for each, beside in zip(product, bare, strict=True)]
    p99 = quantiles([one for each in product for one in each.taken], n=100)[98]
    told = f"deliveries, half repeated, {CONNECTIONS} lines"
    return (
        Figure(f"{told}, slowest round", min(each.per_second for each in product), "/s", at_least=PER_SECOND),
        Figure(f"{told}, p99", p99 * 1000, "ms", P99_MS),
        Figure("the same at a bare handler", median(each.per_second for each in bare), "/s"),
        Figure("ratio to the bare handler", median(ratios) * 100, "%"),
    )


def _deliveries(number: int) -> list[bytes]:
    """Each message twice: when its repetition comes, others have come in between."""
    messages = [_delivery(number, at) for at in range(MESSAGES)]
    handfuls = (messages[at : at + CONNECTIONS] for at in range(0, MESSAGES, CONNECTIONS))
    return [message for handful in handfuls for message in (*handful, *reversed(handful))]


def _delivery(number: int, at: int) -> bytes:
    body = json.dumps({
        "event": "payment.capture", "business_id": "0" * 24, "created": "2026-11-21T03:00:00.000Z",
        "api_version": "v3",
        "data": {
            "payment_id": f"py-{number:08}-{at:027}", "payment_request_id": f"pr-{number:08}-{at:027}",
            "reference_id": f"top_{number:08}{at:018}", "type": "PAY", "country": "ID", "currency": "IDR",
            "request_amount": 50_000, "capture_method": "AUTOMATIC", "channel_code": "QRIS", "status": "SUCCEEDED",
            "captures": [{"capture_id": f"cptr-{at}", "capture_amount": 50_000}], "payment_details": {},
        },
    }).encode()  # fmt: skip
    head = (
        "POST /api/webhooks/xendit HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"x-callback-token: {_TOKEN}\r\nwebhook-id: {number}-{at}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _require_all_kept(db: Database) -> None:
    with db.read() as tx:
        kept, told = tx.execute(select(func.count(), func.sum(InboxMessage.times))).one()
    db.dispose()
    if (kept, told) != (MESSAGES * (ROUNDS + 1), 2 * MESSAGES * (ROUNDS + 1)):
        raise RuntimeError(f"{kept} messages kept, told {told} times: something was lost or kept twice")
