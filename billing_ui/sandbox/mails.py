"""Mail the way Resend takes it: what it refuses, what it keeps, and the links a reader would click."""

import html
import re
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

from billing_ui.sandbox.clock import wire_time
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.state import Mail
from billing_ui.sandbox.way_back import web_page
from billing_ui.sandbox.world import World

KEY_LIVES = timedelta(hours=24)
_REFUSED_HOSTS = frozenset({"example.com", "test.com"})
_OUTCOMES = frozenset({"delivered", "bounced", "complained", "suppressed"})
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_TAG_WORD = re.compile(r"[A-Za-z0-9_-]{1,256}")
_BARE = re.compile(r"https?://[^\s<>\"')\]]+")


def _unprocessable(message: str, name: str = "validation_error") -> RefusedError:
    return RefusedError(422, name, message)


def read_mail(world: World, body: object, key: str | None) -> Mail:
    if not isinstance(body, dict):
        raise _unprocessable("the body must be an object")
    for name in ("from", "to", "subject"):
        if not body.get(name):
            raise _unprocessable(f"Missing `{name}` field.", "missing_required_field")
    if not (body.get("html") or body.get("text")):
        raise _unprocessable("Missing `html` or `text` field.", "missing_required_field")
    for name in ("from", "subject", "html", "text"):
        if not isinstance(body.get(name) or "", str):
            raise _unprocessable(f"Invalid `{name}` field.")
    _check_tags(body.get("tags"))
    recipients = _recipients(body["to"])
    if not _host(body["from"]):
        raise _unprocessable("Invalid `from` field.")
    text, markup = body.get("text") or "", body.get("html") or ""
    return Mail(
        id=world.ids.uuid(),
        sender=body["from"],
        to=recipients,
        subject=body["subject"],
        text=text,
        html=markup,
        links=links_in(markup, text),
        idempotency_key=key,
        sent_at=world.clock(),
        outcome=_outcome(recipients[0]),
        rest={name: body[name] for name in ("cc", "bcc", "reply_to", "headers", "tags") if name in body},
    )


def links_in(markup: str, text: str) -> tuple[str, ...]:
    """In reading order, each once; the HTML part first, because that is what people click."""
    found = [html.unescape(link) for link in _HREF.findall(markup)] + _BARE.findall(text)
    return tuple(dict.fromkeys(link.rstrip(".,;") for link in found if web_page(link)))


def stored(mail: Mail) -> dict[str, Any]:
    """What `GET /emails/{id}` answers."""
    return {
        "object": "email",
        "id": mail.id,
        "from": mail.sender,
        "to": list(mail.to),
        "created_at": wire_time(mail.sent_at),
        "subject": mail.subject,
        "html": mail.html or None,
        "text": mail.text or None,
        "cc": mail.rest.get("cc"),
        "bcc": mail.rest.get("bcc"),
        "reply_to": mail.rest.get("reply_to"),
        "tags": mail.rest.get("tags", []),
        "last_event": mail.outcome,
        "scheduled_at": None,
    }


def shown(mail: Mail) -> dict[str, Any]:
    """What the inbox of the control API answers."""
    return {
        "id": mail.id,
        "to": ", ".join(mail.to),
        "from": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "links": list(mail.links),
        "idempotency_key": mail.idempotency_key,
        "sent_at": wire_time(mail.sent_at),
        "outcome": mail.outcome,
        "told": [{"event": told.event, "status": told.status, "refusal": told.refusal} for told in mail.told],
    }


def _check_tags(tags: object) -> None:
    """A list of pairs when a mail is sent; news of it bring them back as an object."""
    for tag in [] if tags is None else tags if isinstance(tags, list) else [None]:
        pair = (tag.get("name"), tag.get("value")) if isinstance(tag, dict) else (None, None)
        if not all(isinstance(word, str) and _TAG_WORD.fullmatch(word) for word in pair):
            raise _unprocessable("Tags should only contain ASCII letters, numbers, underscores, or dashes.")


def _recipients(value: object) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not 1 <= len(listed) <= 50:
        raise _unprocessable("Invalid `to` field: 1 to 50 addresses.")
    for address in listed:
        host = _host(address) if isinstance(address, str) else ""
        if not host:
            raise _unprocessable("Invalid `to` field: it must hold e-mail addresses.")
        if host in _REFUSED_HOSTS:
            raise _unprocessable(f"Invalid `to` field: addresses at {host} are not accepted, use delivered@resend.dev.")
    return tuple(listed)


def _host(address: str) -> str:
    local, _, host = parseaddr(address)[1].rpartition("@")
    return host.lower() if local else ""


def _outcome(address: str) -> str:
    local, _, host = parseaddr(address)[1].lower().rpartition("@")
    name = local.split("+", 1)[0]
    return name if host == "resend.dev" and name in _OUTCOMES else "delivered"
