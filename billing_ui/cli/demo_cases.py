"""Two payments that went wrong on purpose, for whoever sits down at the operators' desk of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from sqlalchemy import select
from sqlmodel import col

from billing_ui.cli.seed import DOMAIN
from billing_ui.env import Env
from billing_ui.models import Member, Payment, Topup, User
from billing_ui.rules.access import Actor, system
from billing_ui.rules.errors import BillingError
from billing_ui.services import rechecks, topups
from billing_ui.services.topups import RequestTopup

PAYER = f"payer@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class _Case:
    """What is asked for, and how it is paid at the gateway's look-alike."""

    name: str
    amount: int
    method: str
    how: dict[str, Any]


_CASES = (
    _Case("held", 50_000, "QRIS", {"amount": 30_000}),
    _Case("extra", 100_000, "VA_BCA", {"payments": 2}),
)


def prepare(env: Env, sandbox_url: str) -> None:
    """Real money of the sandbox, so that asking the gateway again and sending it back work. Once, however often run."""
    payer = _payer(env)
    for case in _CASES:
        try:
            ref = topups.request(env, payer, RequestTopup(case.amount, case.method, f"form-demo-{case.name}"))
            payment = _waiting(env, ref)
            if payment is not None:
                _pay(sandbox_url, ref, case.how)
                rechecks.recheck(env, system("demo"), payment)
        except (BillingError, httpx.HTTPError):
            # Another catalogue sells nothing in rupiah, or this database met another sandbox before: the desk is empty.
            return


def _payer(env: Env) -> Actor:
    query = (
        select(User, col(Member.account_id))
        .join(Member, col(Member.user_id) == col(User.id))
        .where(col(User.email) == PAYER)
    )
    with env.db.read() as tx:
        user, account_id = tx.execute(query).one()
    return Actor(f"user:{user.public_id}", user.id, account_id)


def _waiting(env: Env, ref: str) -> str | None:
    """The one attempt of this purchase, while nobody has paid it."""
    query = select(col(Payment.public_id), col(Payment.status)).join(Topup, col(Topup.id) == col(Payment.topup_id))
    with env.db.read() as tx:
        found = tx.execute(query.where(col(Topup.public_id) == ref)).all()
    return found[0][0] if len(found) == 1 and found[0][1] == "pending" else None


def _pay(sandbox_url: str, ref: str, how: dict[str, Any]) -> None:
    """No webhook: nobody is there to hear it yet. Asking the gateway finds the money."""
    url = f"{sandbox_url}/_sim/payments/{quote(ref)}/pay"
    httpx.post(url, json={**how, "drop_webhook": True}, timeout=10, trust_env=False).raise_for_status()
