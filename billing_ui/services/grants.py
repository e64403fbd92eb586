"""Tokens that an operator gives or takes, with a reason. Each act is taken back by the opposite one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.ledger import LotIn, Posting, Receipt, Transfer
from billing_ui.models import Account
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.services import audits

MOST_TOKENS = 10**15
SHORTEST_REASON = 3
LONGEST_REASON = 500
LONGEST_KEY = 200
GRANT_PRIORITY = 40  # given tokens burn before bought ones


@dataclass(frozen=True, slots=True)
class GrantReceipt:
    """What the act did. `replayed` means that it had been done before and nothing moved now."""

    account: str
    tokens: int
    balance_before: int
    balance_after: int
    replayed: bool


@dataclass(frozen=True, slots=True)
class _Act:
    kind: Literal["grant", "deduct"]
    account: str
    transfer: Transfer
    reason: str
    key: str
    note: str
    lot: LotIn | None = None


def grant(
    env: Env,
    actor: Actor,
    account_public_id: str,
    tokens: int,
    reason: str,
    key: str,
    expires_at: datetime | None = None,
    note: str = "",
) -> GrantReceipt:
    """Gives tokens, as a lot of their own. The same key is the same grant, however often it is asked for."""
    require(actor, "tokens.grant")
    transfer = Transfer(ledger.TOKEN, ledger.ISSUED, ledger.WALLET, _whole(tokens))
    lot = LotIn(source="granted", priority=GRANT_PRIORITY, expires_at=expires_at)
    return _book(env, actor, _Act("grant", account_public_id, transfer, _told(reason), _named(key), note, lot))


def deduct(
    env: Env, actor: Actor, account_public_id: str, tokens: int, reason: str, key: str, note: str = ""
) -> GrantReceipt:
    """Takes tokens that are there, in burn order. Refused when fewer may be spent."""
    require(actor, "tokens.grant")
    transfer = Transfer(ledger.TOKEN, ledger.WALLET, ledger.ISSUED, _whole(tokens))
    return _book(env, actor, _Act("deduct", account_public_id, transfer, _told(reason), _named(key), note))


def _book(env: Env, actor: Actor, act: _Act) -> GrantReceipt:
    now, key = env.clock.now(), f"{act.kind}:{act.key}"
    with env.db.begin() as tx:
        account_id = _account_id(tx, act.account)
        receipt = ledger.post(tx, Posting(account_id, key, key, actor.name, now, (act.transfer,), act.lot), now)
        if not receipt.replayed:
            if act.lot and act.lot.expires_at and act.lot.expires_at <= now:
                raise FieldInvalid(field="expires_at", why="past")
            _audit(tx, env, actor, act, receipt)
        after_commit(tx, lambda: env.signals.publish(account_id))
    return GrantReceipt(
        account=act.account, tokens=act.transfer.quantity, balance_before=receipt.balance_before,
        balance_after=receipt.balance_after, replayed=receipt.replayed,
    )  # fmt: skip


def _audit(tx: Tx, env: Env, actor: Actor, act: _Act, receipt: Receipt) -> None:
    before = {"balance": receipt.balance_before}
    after = {"balance": receipt.balance_after, "tokens": act.transfer.quantity, "note": act.note}
    audits.record(tx, env, actor, f"tokens.{act.kind}", act.account, act.reason, before, after)


def _account_id(tx: Tx, public_id: str) -> int:
    found = tx.scalar(select(col(Account.id)).where(col(Account.public_id) == public_id))
    if found is None:
        raise NotFound(what="account")
    return found


def _whole(tokens: int) -> int:
    if not 0 < tokens <= MOST_TOKENS:
        raise FieldInvalid(field="tokens", why="range")
    return tokens


def _told(reason: str) -> str:
    if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON:
        raise FieldInvalid(field="reason", why="required")
    return reason.strip()


def _named(key: str) -> str:
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise FieldInvalid(field="key", why="length")
    return key
