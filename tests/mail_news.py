"""What Resend would tell us, signed as Resend signs it."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256
from hmac import new
from typing import Any

from tests.live_sandbox import MAIL_SECRET

BOUNCES: dict[str, dict[str, Any]] = {
    "bounced": {"type": "Permanent", "subType": "General", "message": "no such mailbox"},
    "full": {"type": "Temporary", "subType": "MailboxFull", "message": "the mailbox is full"},
}


def signature(secret: str, name: str, at: str, body: bytes) -> str:
    key = b64decode(secret.removeprefix("whsec_"))
    return "v1," + b64encode(new(key, f"{name}.{at}.".encode() + body, sha256).digest()).decode()


def signed(body: bytes, now: datetime, name: str = "msg_1", secret: str = MAIL_SECRET) -> dict[str, str]:
    at = str(int(now.timestamp()))
    return {
        "content-type": "application/json", "svix-id": name, "svix-timestamp": at,
        "svix-signature": signature(secret, name, at, body),
    }  # fmt: skip


def event(kind: str, to: str, now: datetime, *, tag: str = "", provider_id: str = "", **more: Any) -> bytes:
    """One event as Resend shapes it. `tags` is an object here, though it is a list when a mail is sent."""
    data = {
        "email_id": provider_id, "message_id": "<m@resend.test>", "created_at": now.isoformat(), "from": "a@b.test",
        "to": [to], "subject": "Halo \N{EM DASH} é", **({"tags": {"mail": tag}} if tag else {}), **more,
    }  # fmt: skip
    told = {"type": kind, "created_at": now.isoformat(), "data": data}
    return json.dumps(told, ensure_ascii=False).encode()
