"""One top-up from wish to mail, in a process of its own that may be killed anywhere and started again.

Every step is safe to repeat; each start moves on from wherever the last one died.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from sqlalchemy import select
from sqlmodel import col

from billing_ui import runtime
from billing_ui.env import Env
from billing_ui.jobs import schedule
from billing_ui.jobs.runner import run_due
from billing_ui.kit.clock import ManualClock, SystemClock
from billing_ui.models import Member, Payment, Topup, User
from billing_ui.rules.access import Actor
from billing_ui.services import inbox, topups
from billing_ui.services.topups import RequestTopup

FORM = "form-of-the-storm"


def main(sandbox_url: str, email: str, start: int) -> None:
    """`start` counts the processes: each wakes ten minutes after the last one died, when its leases are over."""
    clock = ManualClock(SystemClock().now() + timedelta(minutes=10 * start))
    env = replace(runtime.env(), clock=clock)
    actor = _actor(env, email)
    ref = topups.request(env, actor, RequestTopup(50_000, "QRIS", FORM))
    reference, status = _newest(env, ref)
    if status in {"created", "unknown"}:
        clock.advance(timedelta(seconds=30))
        run_due(env, schedule.HANDLERS)
        topups.retry(env, actor, ref)
        reference, _ = _newest(env, ref)
    told = _control(sandbox_url, reference, "")
    if told["status"] != "SUCCEEDED":
        told = _control(sandbox_url, reference, "/pay", {"drop_webhook": True})
    for payment_id in told["payment_ids"]:
        inbox.receive(env, "xendit", *_delivery(env, reference, payment_id))
    for _ in range(4):
        run_due(env, schedule.HANDLERS)
        clock.advance(timedelta(seconds=61))


def _actor(env: Env, email: str) -> Actor:
    with env.db.read() as tx:
        row = tx.execute(
            select(User, col(Member.account_id))
            .join(Member, col(Member.user_id) == col(User.id))
            .where(col(User.email) == email)
        ).one()
    return Actor(f"user:{row.User.public_id}", row.User.id, row.account_id)


def _newest(env: Env, ref: str) -> tuple[str, str]:
    query = (
        select(Payment)
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(col(Topup.public_id) == ref)
        .order_by(col(Payment.id).desc())
        .limit(1)
    )
    with env.db.read() as tx:
        payment = tx.scalars(query).one()
    return payment.reference, payment.status


def _delivery(env: Env, reference: str, payment_id: str) -> tuple[dict[str, str], bytes]:
    data = {"payment_id": payment_id, "reference_id": reference, "status": "SUCCEEDED", "currency": "IDR"}
    with env.db.read() as tx:
        query = select(col(Payment.gateway_request_id)).where(col(Payment.reference) == reference)
        data["payment_request_id"] = tx.scalar(query) or ""
    token = env.config.xendit_callback_token
    assert token is not None
    headers = {"x-callback-token": token.get_secret_value(), "webhook-id": f"wh-{payment_id}"}
    return headers, json.dumps({"event": "payment.capture", "data": data}).encode()


def _control(url: str, reference: str, act: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"{url}/_sim/payments/{reference}{act}", data, method="GET" if body is None else "POST")
    try:
        with urlopen(request, timeout=30) as answer:
            return dict(json.loads(answer.read()))
    except HTTPError as refused:
        raise SystemExit(f"{act or 'look'}: {refused.code} {refused.read()!r}") from None


def nursery() -> None:
    """Forks a fresh process for each line it is told, so that a hundred deaths do not cost a hundred cold starts."""
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os.environ.update(told["environment"])
            try:
                main(*told["arguments"])
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    nursery()
