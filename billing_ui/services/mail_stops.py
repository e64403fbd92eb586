"""Addresses that bounced or complained: nothing goes there until somebody says that it works again."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.models import MailStop, Member, User
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import NotFound, SignInRequired
from billing_ui.services import attempts, audits

Why = Literal["bounced", "complained", "suppressed"]

_DAY = timedelta(days=1)
_LONGEST_DETAIL = 500
_STOP = MailStop.__table__  # type: ignore[attr-defined]  # SQLModel does not tell of it


def active(tx: Tx, address: str) -> MailStop | None:
    """The stop that is in force for this address."""
    mine = (col(MailStop.address) == address.lower(), col(MailStop.lifted_at).is_(None))
    return tx.scalars(select(MailStop).where(*mine)).first()


def stop(tx: Tx, env: Env, address: str, why: Why, detail: str, happened_at: datetime | None) -> bool:
    """Stops mail to this address. News from before the stop was last lifted is old and stops nothing again."""
    now = env.clock.now()
    dialect = sqlite if tx.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(_STOP).values(
        address=address.lower(), why=why, detail=detail[:_LONGEST_DETAIL], since_at=now, lifted_by=""
    )
    new = {"why": why, "detail": detail[:_LONGEST_DETAIL], "since_at": now, "lifted_at": None, "lifted_by": ""}
    is_news = _STOP.c.lifted_at.is_not(None) & (_STOP.c.lifted_at < (happened_at or now))
    changed = tx.execute(
        statement.on_conflict_do_update(index_elements=["address"], set_=new, where=is_news).returning(_STOP.c.id)
    )
    if changed.first() is None:
        return False
    _tell_tabs(tx, env, address)
    return True


def lift(env: Env, actor: Actor, address: str, reason: str) -> None:
    """Somebody at the desk found out that the address works again."""
    require(actor, "payments.recheck")
    with env.db.begin() as tx:
        if not _lift(tx, env, actor, address, reason):
            raise NotFound(what="mail_stop")


def confirm(env: Env, actor: Actor) -> bool:
    """The owner of the address says that it is right. Once a day: an address that bounces on stays stopped."""
    if actor.user_id is None:
        raise SignInRequired
    with env.db.begin() as tx:
        user = tx.scalars(select(User).where(col(User.id) == actor.user_id)).one()
        if active(tx, user.email) is None:
            return False
        attempts.reserve_in(tx, env, {attempts.subject("mail-stop", "user", user.public_id): 1}, _DAY)
        return _lift(tx, env, actor, user.email, "")


def _lift(tx: Tx, env: Env, actor: Actor, address: str, reason: str) -> bool:
    held = tx.scalars(select(MailStop).where(col(MailStop.address) == address.lower()).with_for_update()).first()
    if held is None or held.lifted_at is not None:
        return False
    held.lifted_at, held.lifted_by = env.clock.now(), actor.name
    tx.add(held)
    owner = tx.scalar(select(col(User.public_id)).where(col(User.email) == held.address))
    audits.record(
        tx, env, actor, "mail.stop_lifted", owner or f"mail_stop:{held.id}", reason,
        before={"address": held.address, "why": held.why, "since": held.since_at.isoformat()},
    )  # fmt: skip
    _tell_tabs(tx, env, held.address)
    return True


def _tell_tabs(tx: Tx, env: Env, address: str) -> None:
    """Open pages of whoever has this address show, or put away, the notice about it."""
    query = (
        select(col(Member.account_id))
        .join(User, col(User.id) == col(Member.user_id))
        .where(col(User.email) == address.lower())
    )
    for account_id in tx.scalars(query).all():
        after_commit(tx, partial(env.signals.publish, account_id))
