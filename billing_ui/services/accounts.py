"""Opens an account: who is billed, their membership, their plan and their books, all in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.period import local_day
from billing_ui.models import Account, Member, User
from billing_ui.rules import identity as rules
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid
from billing_ui.services import audits, plans, subscriptions

_LONGEST_EXTERNAL_ID = 200


@dataclass(frozen=True, slots=True)
class HostUser:
    """What a host app tells of a user of its own. What it leaves out is the deployment's."""

    external_id: str
    name: str = ""
    email: str = ""
    zone: str = ""
    language: str = ""


def init_user(env: Env, actor: Actor, told: HostUser) -> tuple[int, bool]:
    """An account for the host app's user, unclaimed until that person signs in; and whether it was opened just now.

    Asked for again it is the same account as it stands, whatever is told about it.
    """
    if not 0 < len(told.external_id) <= _LONGEST_EXTERNAL_ID or not told.external_id.isprintable():
        raise FieldInvalid(field="external_id", why="format")
    name = rules.name(told.name, otherwise=told.external_id[: rules.LONGEST_NAME])
    details = {"email": rules.email(told.email)} if told.email else {}
    zone = rules.zone(told.zone, env.catalogue.zone)
    language = rules.language(told.language, env.catalogue.language)
    if told.zone not in {"", zone} or told.language not in {"", language}:
        raise FieldInvalid(field="zone" if told.zone not in {"", zone} else "language", why="unknown")
    known = _known(env, told.external_id)
    if known is not None:
        return known, False
    try:
        with env.db.begin() as tx:
            account = open_account(tx, env, None, name, zone, language, told.external_id, details)
            audits.record(tx, env, actor, "account.opened", account.public_id, after={"external_id": told.external_id})
            assert account.id is not None  # just flushed
            return account.id, True
    except IntegrityError:
        # Asked for twice at the same moment: the database lets one through.
        known = _known(env, told.external_id)
        if known is None:
            raise
        return known, False


def open_account(
    tx: Tx, env: Env, user: User | None, name: str, zone: str, language: str, external_id: str | None = None,
    billing_details: dict[str, str] | None = None,
) -> Account:  # fmt: skip
    """A personal account on the default plan; without a user nobody has claimed it yet. The user must be flushed;
    whoever fails leaves nothing behind."""
    now = env.clock.now()
    account = Account(
        public_id=env.ids.public("acc"), external_id=external_id, kind="person", name=name, zone=zone,
        currency=env.catalogue.currency, language=language, billing_details=billing_details or {}, created_at=now,
    )  # fmt: skip
    tx.add(account)
    tx.flush()
    assert account.id is not None
    if user is not None:
        assert user.id is not None
        tx.add(Member(user_id=user.id, account_id=account.id, role="owner", created_at=now))
    subscription = subscriptions.open_first(tx, env, account, plans.default_version(tx, env))
    period_on = local_day(subscription.period_starts_at, zone)
    ledger.open_head(tx, account.id, subscription.plan_version_id, zone, period_on, now)
    return account


def _known(env: Env, external_id: str) -> int | None:
    with env.db.read() as tx:
        return tx.scalar(select(col(Account.id)).where(col(Account.external_id) == external_id))
