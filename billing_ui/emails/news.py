"""What Resend tells us later about a mail: whether it is Resend that speaks, and what became of which mail."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from billing_ui.emails.resend import TAG
from billing_ui.kit.strict_json import read_object

News = Literal["sent", "delivered", "delayed", "bounced", "complained", "failed", "stopped"]
Stop = Literal["bounced", "complained", "suppressed"]

# The signed time may differ from ours by so much, both ways: an old message played again is refused.
TOLERANCE: Final = timedelta(minutes=5)
_LONGEST_DETAIL = 500
_EVENT = re.compile(r"[a-z_]{1,40}(\.[a-z_]{1,40}){1,3}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,120}")
_DIGITS = re.compile(r"[0-9]{1,12}")
_ADDRESS = re.compile(r"[^\s<>,;@]{1,64}@[^\s<>,;@]{1,255}")
_NEWS: Final[dict[str, News]] = {
    "email.sent": "sent",
    "email.delivered": "delivered",
    "email.delivery_delayed": "delayed",
    "email.bounced": "bounced",
    "email.complained": "complained",
    "email.failed": "failed",
    "email.suppressed": "stopped",
}


@dataclass(frozen=True, slots=True)
class MailNews:
    """`news` is None for events that are not about one of our mails; `stops` says why the address is done for."""

    event: str
    news: News | None = None
    tag: str = ""
    provider_id: str = ""
    address: str = ""
    stops: Stop | None = None
    detail: str = ""
    happened_at: datetime | None = None


def key_of(secret: str) -> bytes:
    """The bytes in a signing secret as Resend shows it (`whsec_` and base64); none when it is no such thing."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def is_authentic(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Svix's scheme: one of the signatures is the digest of `id.time.body`, and the time is near."""
    told = {name.lower(): value for name, value in headers.items()}
    name, at, signatures = (told.get(f"svix-{part}", "") for part in ("id", "timestamp", "signature"))
    key = key_of(secret)
    if not (key and name and signatures and _DIGITS.fullmatch(at)):
        return False
    if abs(int(at) - int(now.timestamp())) > TOLERANCE.total_seconds():
        return False
    signed = f"{name}.{at}.".encode("utf-8", "surrogatepass") + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    given = [part.partition(",")[2] for part in signatures.split(" ") if part.startswith("v1,")]
    matches = [hmac.compare_digest(expected, one.encode("utf-8", "surrogatepass")) for one in given]
    return any(matches)


def dedupe_of(headers: Mapping[str, str], body: bytes) -> str:
    """The same on every delivery of one event."""
    name = next((value for key, value in headers.items() if key.lower() == "svix-id"), "")
    return f"svix:{name}" if _ID.fullmatch(name) else f"body:{hashlib.sha256(body).hexdigest()}"


def read(body: bytes) -> MailNews:
    """Total: any JSON object becomes news or something to ignore; other bytes raise JsonRefused."""
    message = read_object(body)
    event, data = message.get("type"), message.get("data")
    if not isinstance(event, str) or not _EVENT.fullmatch(event):
        return MailNews("unknown")
    if event not in _NEWS or not isinstance(data, dict):
        return MailNews(event)
    tags = data.get("tags")
    return MailNews(
        event=event,
        news=_NEWS[event],
        tag=_matching(_ID, tags.get(TAG) if isinstance(tags, dict) else None),
        provider_id=_matching(_ID, data.get("email_id")),
        address=_address(data.get("to")),
        stops=_stops(event, data),
        detail=_detail(data),
        happened_at=_instant(message.get("created_at")),
    )


def _stops(event: str, data: dict[str, Any]) -> Stop | None:
    """A full mailbox is empty tomorrow; only what the provider calls permanent is the end of an address."""
    if event == "email.bounced":
        bounce = data.get("bounce")
        kind = bounce.get("type") if isinstance(bounce, dict) else None
        return "bounced" if isinstance(kind, str) and kind.lower() == "permanent" else None
    if event == "email.complained":
        return "complained"
    return "suppressed" if event == "email.suppressed" else None


def _detail(data: dict[str, Any]) -> str:
    words: list[str] = []
    for part in ("bounce", "failed", "suppressed"):
        told = data.get(part)
        if isinstance(told, dict):
            words += [
                told[name] for name in ("type", "subType", "reason", "message") if isinstance(told.get(name), str)
            ]
    plain = "".join(sign if sign.isprintable() else " " for sign in " / ".join(words))
    return plain[:_LONGEST_DETAIL]


def _matching(shape: re.Pattern[str], value: object) -> str:
    return value if isinstance(value, str) and shape.fullmatch(value) else ""


def _address(to: object) -> str:
    one = to[0] if isinstance(to, list) and len(to) == 1 else to
    return _matching(_ADDRESS, one).lower()


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
