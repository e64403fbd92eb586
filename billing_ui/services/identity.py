"""People: they sign up, sign in, prove their address, and choose how the pages speak to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Account, User
from billing_ui.rules import identity as rules
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BadCredentials, EmailTaken, FieldInvalid, SignInRequired, SignUpClosed
from billing_ui.services import attempts, audits, settings
from billing_ui.services.accounts import open_account
from billing_ui.services.links import change_email, mail_verification, send_verification, verify_email
from billing_ui.services.resets import request_reset, reset_password
from billing_ui.services.sessions import (
    Device,
    Viewer,
    find_session,
    open_session,
    sign_out,
    sign_out_device,
    sign_out_everywhere,
)

__all__ = [
    "Device", "SignUp", "Viewer", "change_email", "find_session", "request_reset", "reset_password",
    "send_verification", "set_language", "set_theme", "sign_in", "sign_out", "sign_out_device",
    "sign_out_everywhere", "sign_up", "verify_email",
]  # fmt: skip

_PER_EMAIL = 5
_PER_IP = 20
_SIGN_UPS_PER_IP = 300
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignUp:
    """What somebody new tells about themselves. The zone is the browser's guess."""

    email: str
    password: str
    name: str = ""
    zone: str = ""
    language: str = ""


def sign_up(env: Env, wanted: SignUp, device: Device) -> str:
    """A user, their account on the default plan, its books, a signed-in device and a mail: all or nothing.

    Answers the secret for the session cookie.
    """
    email = rules.email(wanted.email)
    name = rules.name(wanted.name, otherwise=email.partition("@")[0])
    password = rules.password(wanted.password)
    with env.db.read() as tx:
        if not settings.get(tx, "signup.open"):
            raise SignUpClosed
    attempts.reserve(env, {attempts.subject("sign-up", "ip", device.ip): _SIGN_UPS_PER_IP}, _HOUR)
    password_hash = env.passwords.hash(password)
    language = rules.language(wanted.language, env.catalogue.language)
    zone = rules.zone(wanted.zone, env.catalogue.zone)
    try:
        with env.db.begin() as tx:
            user, account = register(tx, env, email, name, password_hash, zone, language)
            assert user.id is not None  # just flushed
            mail_verification(tx, env, user)
            actor = Actor(f"user:{user.public_id}", user_id=user.id, account_id=account.id)
            audits.record(tx, env, actor, "user.signed_up", user.public_id, after={"account": account.public_id})
            return open_session(tx, env, user.id, device)
    except IntegrityError:
        # Two sign-ups with one address at the same moment: the database lets one through.
        raise EmailTaken from None


def register(
    tx: Tx, env: Env, email: str, name: str, password_hash: str | None, zone: str, language: str,
    external_id: str | None = None,
) -> tuple[User, Account]:  # fmt: skip
    """The rows of somebody new, in the caller's transaction."""
    if tx.scalar(select(col(User.id)).where(col(User.email) == email)) is not None:
        raise EmailTaken
    user = User(
        public_id=env.ids.public("usr"), email=email, name=name, password_hash=password_hash, language=language,
        created_at=env.clock.now(),
    )  # fmt: skip
    tx.add(user)
    tx.flush()
    return user, open_account(tx, env, user, name, zone, language, external_id)


def sign_in(env: Env, email: str, password: str, ip: str, device: Device) -> str:
    """Answers the secret of a new session. A wrong address and a wrong password answer, and take, the same."""
    try:
        address = rules.email(email)
    except FieldInvalid:
        address = email.strip().lower()[: rules.LONGEST_EMAIL]
    by_email = attempts.subject("sign-in", "email", address)
    tries = attempts.reserve(env, {by_email: _PER_EMAIL, attempts.subject("sign-in", "ip", ip): _PER_IP})
    with env.db.read() as tx:
        query = select(User).where(col(User.email) == address, col(User.disabled_at).is_(None))
        user = tx.scalars(query).first()
    stored = user.password_hash if user else None
    if not env.passwords.verify(stored, password[: rules.LONGEST_PASSWORD + 1]) or user is None or stored is None:
        raise BadCredentials
    assert user.id is not None  # the row was read from the database
    renewed = env.passwords.hash(password) if env.passwords.stale(stored) else None
    with env.db.begin() as tx:
        attempts.forgive(tx, tries, also=by_email)
        if renewed is not None:
            tx.execute(update(User).where(col(User.id) == user.id, col(User.password_hash) == stored)
                       .values(password_hash=renewed))  # fmt: skip
        return open_session(tx, env, user.id, device)


def set_language(env: Env, actor: Actor, language: str) -> None:
    """The language of the actor's mails and papers; the page itself has switched already."""
    if language not in rules.LANGUAGES:
        raise FieldInvalid(field="language", why="choice")
    _set(env, actor, language=language)


def set_theme(env: Env, actor: Actor, theme: str) -> None:
    if theme not in rules.THEMES:
        raise FieldInvalid(field="theme", why="choice")
    _set(env, actor, theme=theme)


def _set(env: Env, actor: Actor, **values: str) -> None:
    if actor.user_id is None:
        raise SignInRequired
    with env.db.begin() as tx:
        tx.execute(update(User).where(col(User.id) == actor.user_id).values(**values))
