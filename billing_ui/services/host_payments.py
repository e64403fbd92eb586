"""Payments that a host app asks for on behalf of an account: the same purchase, under the caller's own key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from billing_ui.env import Env
from billing_ui.queries.host_payments import account_id_of
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import KeyReused, NotFound
from billing_ui.services import topups


@dataclass(frozen=True, slots=True)
class HostTopup:
    """What the host app wishes. Exactly one of `account` and `external_id` says for whom."""

    amount: int
    method: str
    key: str
    account: str | None = None
    external_id: str | None = None
    phone: str | None = None


def request(env: Env, actor: Actor, wish: HostTopup) -> tuple[str, bool]:
    """The ref of the purchase, and whether it was made just now. The same key again makes nothing."""
    with env.db.read() as tx:
        account_id = account_id_of(tx, account=wish.account, external_id=wish.external_id)
    if account_id is None:
        raise NotFound(what="account")
    # A digest keeps the caller's keys apart from those of our own forms, however they are spelled.
    form_key = f"host_{hashlib.sha256(wish.key.encode()).hexdigest()}"
    try:
        return topups.request_once(
            env,
            replace(actor, account_id=account_id),
            topups.RequestTopup(wish.amount, wish.method, form_key, is_host_key=True, phone=wish.phone),
        )
    except KeyReused:
        raise KeyReused(key=wish.key) from None
