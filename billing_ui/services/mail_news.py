"""Hears what the mail provider says became of our mails, and stops writing to addresses that are done for."""

from __future__ import annotations

from collections.abc import Mapping

from billing_ui.emails import news
from billing_ui.env import Env
from billing_ui.gateways.base import Parsed, WebhookRefused
from billing_ui.kit.strict_json import JsonRefused
from billing_ui.services import mail_log, mail_stops

GATEWAY = "resend"


def heard(env: Env, headers: Mapping[str, str], body: bytes) -> Parsed:
    """Raises WebhookRefused: 404 where no secret is configured, 401 for a stranger, 400 for what is no message."""
    secret = env.config.resend_webhook_secret
    if secret is None or not secret.get_secret_value():
        raise WebhookRefused(404, "no signing secret is configured")
    if not news.is_authentic(secret.get_secret_value(), headers, body, env.clock.now()):
        raise WebhookRefused(401, "the signature does not match")
    try:
        return Parsed(news.read(body).event, news.dedupe_of(headers, body))
    except JsonRefused as refusal:
        raise WebhookRefused(400, str(refusal)) from refusal


def act(env: Env, body: bytes) -> str:
    """Moves the mail's line on, and ends an address that bounced for good or complained. Safe to repeat."""
    told = news.read(body)
    if told.news is None:
        return "ignored"
    with env.db.begin() as tx:
        line = mail_log.told(tx, env, told.tag, told.provider_id, told.news, told.detail)
        if line is None:
            return "unmatched"
        if told.stops is not None:
            address = told.address or line.to_address
            mail_stops.stop(tx, env, address, told.stops, told.detail, told.happened_at)
    return told.news
