"""Counts use anew from its events: for figures that `verify` found wrong, and when an account moves to another zone."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.kit.period import local_day, start_of_day
from billing_ui.models import Account
from billing_ui.rules import identity
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.services import audits, subscriptions


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How much was counted anew."""

    accounts: int
    events: int


def rebuild_account(env: Env, actor: Actor, account: str, reason: str = "") -> Rebuilt:
    """Days, months and counters of one account, by its public id. Hours and days of all accounts stay."""
    require(actor, "settings.write")
    return Rebuilt(1, _count_anew(env, actor, account, reason))


def rebuild_all(env: Env, actor: Actor, reason: str = "") -> Rebuilt:
    """Every account in a transaction of its own, then hours and days of all. Safe to repeat, and to break off."""
    require(actor, "settings.write")
    with env.db.read() as tx:
        accounts = tx.scalars(select(col(Account.public_id)).order_by(col(Account.id))).all()
    events = sum(_count_anew(env, actor, account, reason) for account in accounts)
    with env.db.begin() as tx:
        ledger.recount_all(tx, env.catalogue.paid_meter, env.catalogue.zone)
        audits.record(tx, env, actor, "usage.hours_rebuilt", env.catalogue.name, reason)
    return Rebuilt(len(accounts), events)


def set_zone(env: Env, actor: Actor, account: str, zone: str, reason: str = "") -> Rebuilt:
    """The account's days are those of another zone from now on, and those that are over with them. Nothing that was
    charged changes."""
    require(actor, "settings.write")
    if identity.zone(zone, otherwise="") != zone:
        raise FieldInvalid(field="zone", why="unknown")
    return Rebuilt(1, _count_anew(env, actor, account, reason, zone))


def _count_anew(env: Env, actor: Actor, account: str, reason: str, zone: str | None = None) -> int:
    with env.db.begin() as tx:
        account_id = tx.scalar(select(col(Account.id)).where(col(Account.public_id) == account))
        if account_id is None:
            raise NotFound(what="account")
        events = ledger.recount_account(tx, env.writer.terms, account_id, env.clock.now(), zone)
        # Read once the head is locked: whoever moves the account at the same time has moved it by now.
        row = tx.get_one(Account, account_id)
        old = row.zone
        if zone is not None:
            _move(tx, row, zone)
        audits.record(
            tx, env, actor, "account.zone_set" if zone else "usage.rebuilt", account, reason,
            before={"zone": old}, after={"zone": row.zone, "events": events},
        )  # fmt: skip
        after_commit(tx, lambda: env.signals.publish(account_id))
    return events


def _move(tx: Tx, account: Account, zone: str) -> None:
    """The account's running period keeps its dates."""
    assert account.id is not None
    running = subscriptions.current(tx, account.id)
    running.period_starts_at = start_of_day(local_day(running.period_starts_at, account.zone), zone)
    running.period_ends_at = start_of_day(local_day(running.period_ends_at, account.zone), zone)
    account.zone = zone
