"""Single-use links sent by mail, stored as digests; and the first use of them: proving that an address is one's own."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.ids import digest
from billing_ui.models import AuthToken, User
from billing_ui.rules import identity as rules
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BadLink, EmailTaken, Forbidden, SignInRequired
from billing_ui.services import attempts, audits, mails

VERIFY_LIVES = timedelta(hours=48)
_HOUR = timedelta(hours=1)
_PER_EMAIL = 5


def with_way_back(path: str, onward: str) -> str:
    """The path, and where the reader was going when the link was asked for. `onward` is a path of this site."""
    return f"{path}&redirect_url={quote(onward, safe='/')}" if onward else path


def mail_verification(tx: Tx, env: Env, user: User) -> None:
    """Mails a link that proves the address. Older ones open nothing any more."""
    secret, token = issue(tx, env, user, "verify", VERIFY_LIVES)
    link = env.config.url(f"/auth/verify/?token={secret}")
    mails.queue(tx, env, "verify_email", f"verify:{token}", user, {"name": user.name, "link": link})


def send_verification(env: Env, actor: Actor) -> str:
    """Sends the link again; answers the address it went to. Nothing is sent to an address already proven."""
    with env.db.begin() as tx:
        user = _user(tx, actor)
        if user.email_verified_at is None:
            attempts.reserve_in(tx, env, {attempts.subject("verify", "user", user.public_id): _PER_EMAIL}, _HOUR)
            mail_verification(tx, env, user)
        return user.email


def change_email(env: Env, actor: Actor, email: str) -> str:
    """Corrects a mistyped address, as long as it is not proven, and sends a link to the right one."""
    wanted = rules.email(email)
    # Counted for itself, so that a refusal counts too: it tells who has an account here.
    attempts.reserve(env, {attempts.subject("verify", "user", actor.name.removeprefix("user:")): _PER_EMAIL}, _HOUR)
    with env.db.begin() as tx:
        user = _user(tx, actor)
        if user.email_verified_at is not None:
            raise Forbidden
        if tx.scalar(select(col(User.id)).where(col(User.email) == wanted, col(User.id) != user.id)) is not None:
            raise EmailTaken
        before, user.email = user.email, wanted
        tx.add(user)
        tx.flush()
        audits.record(tx, env, actor, "user.email_corrected", user.public_id, "", {"email": before}, {"email": wanted})
        mail_verification(tx, env, user)
    return wanted


def verify_email(env: Env, secret: str) -> str:
    """Proves the address the link was sent to and answers it. A second click changes nothing and is no error."""
    with env.db.begin() as tx:
        token, user = find(tx, env, "verify", secret)
        if user.email != token.email or (token.used_at is not None and user.email_verified_at is None):
            raise BadLink
        if user.email_verified_at is None:
            token.used_at = user.email_verified_at = env.clock.now()
            tx.add_all([token, user])
            audits.record(tx, env, Actor(f"user:{user.public_id}"), "user.email_verified", user.public_id)
            mails.queue_welcome(tx, env, user)
        return user.email


def issue(tx: Tx, env: Env, user: User, purpose: str, lives: timedelta) -> tuple[str, int]:
    """A new secret, and the row number of its digest. Older links for the same purpose open nothing any more."""
    assert user.id is not None  # callers hand over a stored user
    void(tx, env, user.id, purpose)
    now, secret = env.clock.now(), env.ids.secret()
    token = AuthToken(
        user_id=user.id, purpose=purpose, email=user.email, secret_digest=digest(secret), created_at=now,
        expires_at=now + lives,
    )  # fmt: skip
    tx.add(token)
    tx.flush()
    assert token.id is not None  # just flushed
    return secret, token.id


def void(tx: Tx, env: Env, user_id: int, purpose: str) -> None:
    """All open links of this user for this purpose count as used."""
    tx.execute(
        update(AuthToken)
        .where(col(AuthToken.user_id) == user_id, col(AuthToken.purpose) == purpose, col(AuthToken.used_at).is_(None))
        .values(used_at=env.clock.now())
        .execution_options(synchronize_session=False)
    )


def find(tx: Tx, env: Env, purpose: str, secret: str) -> tuple[AuthToken, User]:
    """The link and whose it is, both locked. It may have been used already: that is for the caller to judge."""
    query = select(AuthToken, User).join(User, col(User.id) == col(AuthToken.user_id)).where(
        col(AuthToken.secret_digest) == digest(secret), col(AuthToken.purpose) == purpose,
        col(AuthToken.expires_at) > env.clock.now(),
    ).with_for_update()  # fmt: skip
    row = tx.execute(query).first()
    if row is None:
        raise BadLink
    return row[0], row[1]


def _user(tx: Tx, actor: Actor) -> User:
    if actor.user_id is None:
        raise SignInRequired
    return tx.scalars(select(User).where(col(User.id) == actor.user_id).with_for_update()).one()
