"""Takes in what gateways say: authenticate, write the raw bytes down, answer; believe it only after asking back."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.gateways.base import Parsed
from billing_ui.models import InboxMessage
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import NotFound
from billing_ui.services import audits, mail_news, outbox, wakes

KIND = "inbox.handle"
_KEPT_HEADERS = ("webhook-id", "svix-id", "svix-timestamp", "content-type", "user-agent", "api-version")
_INBOX = InboxMessage.__table__  # type: ignore[attr-defined]  # SQLModel does not tell of it


def receive(env: Env, gateway: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Stores one delivery and its job in one transaction. Returns whether it was new. Refusals write nothing."""
    parsed = _heard(env, gateway, headers, body)
    dialect = sqlite if env.db.is_sqlite else postgresql
    insert = dialect.insert(_INBOX).values(
        gateway=gateway, dedupe_key=parsed.dedupe, event=parsed.event, body=body, times=1, outcome="",
        headers={name: headers[name][:200] for name in _KEPT_HEADERS if name in headers},
        received_at=env.clock.now(),
    )  # fmt: skip
    counted = insert.on_conflict_do_update(
        index_elements=["gateway", "dedupe_key"], set_={"times": _INBOX.c.times + 1}
    ).returning(_INBOX.c.id, _INBOX.c.times, _INBOX.c.handled_at)
    with env.db.begin() as tx:
        row = tx.execute(counted).one()
        if row.handled_at is None:
            # Told again while it is not done: its job comes forward, even if it had been given up.
            outbox.reschedule(tx, env, KIND, f"inbox:{row.id}", {"message": row.id}, env.clock.now())
    return bool(row.times == 1)


def _heard(env: Env, gateway: str, headers: Mapping[str, str], body: bytes) -> Parsed:
    if gateway == mail_news.GATEWAY:
        return mail_news.heard(env, headers, body)
    door = env.gateways.get(gateway)
    if door is None:
        raise NotFound(what="gateway")
    door.authenticate(headers, body)
    return door.parse(headers, body)


def replay(env: Env, actor: Actor, message_id: int) -> None:
    """Has a stored delivery acted on once more. Safe at any time: what is done already changes nothing."""
    require(actor, "payments.recheck")
    with env.db.begin() as tx:
        message = tx.get(InboxMessage, message_id)
        if message is None:
            raise NotFound(what="webhook")
        outbox.reschedule(tx, env, KIND, f"inbox:{message_id}", {"message": message_id}, env.clock.now())
        told = {"event": message.event, "outcome": message.outcome}
        audits.record(tx, env, actor, "webhook.replayed", f"inbox:{message_id}", before=told)


def handle(env: Env, message_id: int) -> str:
    """Acts on a stored delivery: finds whom it is about, reads back from the gateway, settles. Safe to repeat."""
    with env.db.read() as tx:
        message = tx.get_one(InboxMessage, message_id)
    if message.gateway == mail_news.GATEWAY:
        return _done(env, message_id, mail_news.act(env, message.body))
    parsed = env.gateways[message.gateway].parse(message.headers, message.body)
    outcome = "ignored" if not parsed.wakes else ""
    for wake in parsed.wakes:
        outcome = wakes.answer(env, wake, message_id) or outcome or "unmatched"
    return _done(env, message_id, outcome)


def _done(env: Env, message_id: int, outcome: str) -> str:
    with env.db.begin() as tx:
        tx.execute(
            update(InboxMessage)
            .where(col(InboxMessage.id) == message_id, col(InboxMessage.handled_at).is_(None))
            .values(handled_at=env.clock.now(), outcome=outcome)
        )
    return outcome
