"""Who works at the desk: people made from the command line, and the roles they are given and lose."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Operator, User
from billing_ui.rules import identity as rules
from billing_ui.rules.access import PERMISSIONS, Actor, OperatorRole, require
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.services import audits
from billing_ui.services.identity import register
from billing_ui.services.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class CreateUser:
    """Somebody made by hand: their address counts as proven, because whoever made them says so."""

    email: str
    password: str
    name: str = ""
    zone: str = ""
    language: str = ""
    role: OperatorRole | None = None
    external_id: str | None = None


def create_user(env: Env, actor: Actor, wanted: CreateUser) -> str:
    """A user with an account, and a role at the desk if one is named; answers the user's public id."""
    require(actor, "roles.write")
    email = rules.email(wanted.email)
    name = rules.name(wanted.name, otherwise=email.partition("@")[0])
    password_hash = env.passwords.hash(rules.password(wanted.password))
    zone = rules.zone(wanted.zone, env.catalogue.zone)
    language = rules.language(wanted.language, env.catalogue.language)
    with env.db.begin() as tx:
        user, account = register(tx, env, email, name, password_hash, zone, language, wanted.external_id)
        user.email_verified_at = env.clock.now()
        tx.add(user)
        audits.record(tx, env, actor, "user.created", user.public_id, after={"account": account.public_id})
        if wanted.role is not None:
            _set(tx, env, actor, user, wanted.role, "created with this role")
    return user.public_id


def set_role(env: Env, actor: Actor, email: str, role: OperatorRole | None, reason: str) -> None:
    """Gives a role, changes it, or takes it away (None). Their open sessions end: the change is felt at once."""
    require(actor, "roles.write")
    if not reason.strip():
        raise FieldInvalid(field="reason", why="required")
    if role is not None and role not in PERMISSIONS:
        raise FieldInvalid(field="role", why="choice")
    with env.db.begin() as tx:
        query = select(User).where(col(User.email) == rules.email(email)).with_for_update()
        user = tx.scalars(query).first()
        if user is None or user.id is None:
            raise NotFound(what="user")
        _set(tx, env, actor, user, role, reason)
        end_sessions(tx, env, user.id)


def _set(tx: Tx, env: Env, actor: Actor, user: User, role: OperatorRole | None, reason: str) -> None:
    assert user.id is not None  # callers hand over a stored user
    row = tx.get(Operator, user.id)
    before = row.role if row else None
    if before == role:
        return
    if row is not None and role is None:
        tx.execute(delete(Operator).where(col(Operator.user_id) == user.id))
    elif row is not None and role is not None:
        row.role = role
    elif role is not None:
        tx.add(Operator(user_id=user.id, role=role, created_at=env.clock.now()))
    audits.record(tx, env, actor, "operator.role", user.public_id, reason, {"role": before}, {"role": role})
