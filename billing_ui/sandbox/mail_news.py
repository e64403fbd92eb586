"""What becomes of a mail, told to the app as Resend tells it: signed as Svix signs, again when nobody listened."""

import base64
import hashlib
import hmac
import json
import ssl
import time
from datetime import timedelta
from functools import partial
from typing import Any

import httpx

from billing_ui.sandbox.clock import real_clock, wire_time
from billing_ui.sandbox.state import Delivery, Event, Mail
from billing_ui.sandbox.world import World

# What somebody may make happen to a mail, and how it ends there; `last_event` of the mail follows.
NEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "sent": ("email.sent", {}),
    "delivered": ("email.delivered", {}),
    "delayed": ("email.delivery_delayed", {}),
    "bounced": (
        "email.bounced",
        {"bounce": {"type": "Permanent", "subType": "General", "message": "550 5.1.1 no such mailbox",
                    "diagnosticCode": "smtp; 550 5.1.1"}},
    ),
    "mailbox_full": (
        "email.bounced",
        {"bounce": {"type": "Temporary", "subType": "MailboxFull", "message": "452 4.2.2 mailbox full"}},
    ),
    "complained": ("email.complained", {}),
    "suppressed": (
        "email.suppressed",
        {"suppressed": {"type": "OnAccountSuppressionList", "message": "the address is on the suppression list"}},
    ),
    "failed": ("email.failed", {"failed": {"reason": "reached_daily_quota"}}),
}  # fmt: skip
_BY_ITSELF = {
    "delivered": ("sent", "delivered"),
    "bounced": ("sent", "bounced"),
    "complained": ("sent", "delivered", "complained"),
    "suppressed": ("suppressed",),
}
RETRIES_AFTER = tuple(timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000))
_A_MOMENT = timedelta(seconds=1)
_ANSWER_WITHIN_S = 15.0
_LOOPBACK_NEEDS_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class MailNews:
    """Silent unless a signing secret is configured."""

    def __init__(self, world: World) -> None:
        self._world = world

    def follow(self, mail: Mail) -> None:
        """A mail that was just taken meets the fate its address stands for, a moment later and step by step."""
        if not self._world.settings.mail_secret:
            return
        for step, news in enumerate(_BY_ITSELF[mail.outcome], start=1):
            self._world.agenda.at(self._world.clock() + step * _A_MOMENT, partial(self._tell_alone, mail, news))

    async def tell(self, mail: Mail, news: str) -> Delivery:
        kind, more = NEWS[news]
        now = self._world.clock()
        data = {
            "email_id": mail.id,
            "message_id": f"<{mail.id}@sandbox.resend>",
            "created_at": wire_time(mail.sent_at),
            "from": mail.sender,
            "to": list(mail.to),
            "subject": mail.subject,
            **({"tags": {tag["name"]: tag["value"] for tag in mail.rest["tags"]}} if mail.rest.get("tags") else {}),
            **more,
        }
        mail.outcome = "bounced" if news == "mailbox_full" else kind.removeprefix("email.")
        body = json.dumps({"type": kind, "created_at": wire_time(now), "data": data}, ensure_ascii=False).encode()
        event = Event(f"msg_{self._world.ids.uuid().replace('-', '')}", kind, None, body, now)
        return await self._try(mail, event, 0)

    async def _tell_alone(self, mail: Mail, news: str) -> None:
        await self.tell(mail, news)

    async def _try(self, mail: Mail, event: Event, attempt: int) -> Delivery:
        delivery = Delivery(event.kind, event.id, self._world.clock())
        mail.told.append(delivery)
        if self._world.switches.webhooks == "drop":
            delivery.refusal = "dropped"
            return delivery
        self._world.books.deliveries.append(delivery)
        await self._post(event, delivery)
        is_taken = delivery.status is not None and 200 <= delivery.status < 300
        if not is_taken and attempt < len(RETRIES_AFTER):
            due = self._world.clock() + RETRIES_AFTER[attempt]
            self._world.agenda.at(due, partial(self._retry, mail, event, attempt + 1))
        return delivery

    async def _retry(self, mail: Mail, event: Event, attempt: int) -> None:
        await self._try(mail, event, attempt)

    async def _post(self, event: Event, delivery: Delivery) -> None:
        begun = time.perf_counter()
        try:
            async with httpx.AsyncClient(
                timeout=_ANSWER_WITHIN_S, trust_env=False, verify=_LOOPBACK_NEEDS_NO_CERTIFICATES
            ) as client:
                answer = await client.post(
                    self._world.settings.mail_webhook_url, content=event.body, headers=self._headers(event)
                )
            delivery.status = answer.status_code
        except httpx.HTTPError as refusal:
            delivery.refusal = type(refusal).__name__
        delivery.ms = round((time.perf_counter() - begun) * 1000)

    def _headers(self, event: Event) -> dict[str, str]:
        """Signed anew for each try, by the time of the wall: the app has not moved its clock ahead with ours."""
        at = str(int(real_clock().timestamp()))
        signed = event.body + b" " if self._world.switches.wrong_token else event.body
        return {
            "content-type": "application/json",
            "user-agent": "Svix-Webhooks/1.84.0",
            "svix-id": event.id,
            "svix-timestamp": at,
            "svix-signature": sign(self._world.settings.mail_secret, event.id, at, signed),
        }


def sign(secret: str, name: str, at: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
