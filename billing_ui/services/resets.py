"""A forgotten password: a link is asked for, mailed to whoever owns the address, and used once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import User
from billing_ui.rules import identity as rules
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BadLink, FieldInvalid, TooManyTries
from billing_ui.services import attempts, audits, links, mails
from billing_ui.services.sessions import Device, end_sessions, open_session

LIVES = timedelta(minutes=30)
_HOUR = timedelta(hours=1)
_PER_EMAIL = 5
_PER_IP = 20


def request_reset(env: Env, email: str, ip: str, onward: str = "") -> None:
    """Mails a link to set a new password. Known, unknown and too often asked addresses all answer the same."""
    try:
        wanted = rules.email(email)
    except FieldInvalid:
        return
    limits = {
        attempts.subject("reset", "email", wanted): _PER_EMAIL,
        attempts.subject("reset", "ip", ip): _PER_IP,
    }
    try:
        with env.db.begin() as tx:
            attempts.reserve_in(tx, env, limits, _HOUR)
            query = select(User).where(col(User.email) == wanted, col(User.disabled_at).is_(None))
            user = tx.scalars(query).first()
            if user is not None:
                secret, token = links.issue(tx, env, user, "reset", LIVES)
                link = env.config.url(links.with_way_back(f"/auth/reset/?token={secret}", onward))
                minutes = int(LIVES.total_seconds()) // 60
                args = {"name": user.name, "link": link, "minutes": minutes}
                mails.queue(tx, env, "reset_password", f"reset:{token}", user, args)
    except TooManyTries:
        return


def reset_password(env: Env, secret: str, password: str, device: Device) -> str:
    """Sets the new password, ends every other session, and answers the secret of a fresh one for this device."""
    wanted = rules.password(password)
    with env.db.read() as tx:
        # Hashing is dear: it is done for those only who hold a link.
        _open_link(tx, env, secret)
    new = env.passwords.hash(wanted)
    with env.db.begin() as tx:
        user = _open_link(tx, env, secret)
        assert user.id is not None  # the row was read from the database
        now = env.clock.now()
        user.password_hash = new
        if user.email_verified_at is None:
            user.email_verified_at = now  # the link was read in that very mailbox
            mails.queue_welcome(tx, env, user)
        tx.add(user)
        links.void(tx, env, user.id, "reset")
        ended = end_sessions(tx, env, user.id)
        actor = Actor(f"user:{user.public_id}", user_id=user.id)
        audits.record(tx, env, actor, "user.password_reset", user.public_id, after={"ended": ended})
        return open_session(tx, env, user.id, device)


def _open_link(tx: Tx, env: Env, secret: str) -> User:
    token, user = links.find(tx, env, "reset", secret)
    if token.used_at is not None or user.email != token.email or user.disabled_at is not None:
        raise BadLink
    return user
