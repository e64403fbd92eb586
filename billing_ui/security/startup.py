"""Refuses to start a deployment that would not be safe, with one sentence on what and where."""

from __future__ import annotations

from typing import NoReturn, Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from billing_ui.emails.news import key_of
from billing_ui.rules.errors import Misconfigured

SHORTEST_SECRET = 32
SHORTEST_SIGNING_KEY = 16
_MADE_UP = ("demo", "test", "secret", "change", "example", "password", "sandbox", "default")


class Deployment(Protocol):
    """What is looked at: the environment, as far as safety depends on it."""

    @property
    def billing_env(self) -> str: ...

    @property
    def database_url(self) -> str: ...

    @property
    def redis_url(self) -> str | None: ...

    @property
    def public_url(self) -> str: ...

    @property
    def billing_secret(self) -> SecretStr | None: ...

    @property
    def xendit_api_key(self) -> SecretStr | None: ...

    @property
    def xendit_callback_token(self) -> SecretStr | None: ...

    @property
    def resend_api_key(self) -> SecretStr | None: ...

    @property
    def resend_webhook_secret(self) -> SecretStr | None: ...

    @property
    def mail_from(self) -> str: ...

    @property
    def trusted_proxy_hops(self) -> int: ...

    @property
    def web_workers(self) -> int: ...

    @property
    def billing_failpoint(self) -> str: ...

    @property
    def billing_testing(self) -> bool: ...

    @property
    def is_https(self) -> bool: ...

    @property
    def is_loopback(self) -> bool: ...

    @property
    def is_sandbox(self) -> bool: ...


def check(config: Deployment) -> None:
    """Raises Misconfigured. What is wrong everywhere is checked always, what is wrong for real money in production."""
    parts = urlsplit(config.public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "*" in config.public_url:
        _stop("PUBLIC_URL", "must be one full address such as https://billing.example.com, without a wildcard")
    if parts.path not in ("", "/") or parts.query or parts.username:
        _stop("PUBLIC_URL", "must be scheme and host alone: no path, no query, no user")
    if not config.is_https and not config.is_loopback:
        _stop("PUBLIC_URL", "must be https: on http a session cookie can be read on the way (http is for loopback)")
    if config.web_workers > 1 and config.redis_url is None:
        _stop("REDIS_URL", "is needed when WEB_WORKERS is above 1: each worker would have pages of its own")
    if config.resend_webhook_secret is not None and not _can_sign(config.resend_webhook_secret):
        _stop("RESEND_WEBHOOK_SECRET", "must be the signing secret as Resend shows it: whsec_ and what follows")
    if config.billing_env == "production":
        _check_production(config)


def _check_production(config: Deployment) -> None:
    if not config.is_https:
        _stop("PUBLIC_URL", "must be https in production")
    if config.is_sandbox:
        _stop("XENDIT_BASE_URL", "is the sandbox: in production no money would ever arrive")
    if config.billing_testing or config.billing_failpoint:
        _stop("BILLING_FAILPOINT", "and BILLING_TESTING are for tests only")
    if config.database_url.startswith("sqlite") and config.web_workers > 1:
        _stop("DATABASE_URL", "must be PostgreSQL when WEB_WORKERS is above 1")
    if config.trusted_proxy_hops < 1:
        _stop("TRUSTED_PROXY_HOPS", "must be 1 or more: production runs behind a proxy that ends https")
    if config.mail_from.endswith("@localhost"):
        _stop("MAIL_FROM", "must be an address of yours: the default reaches nobody")
    if config.redis_url is not None and not _has_password(config.redis_url):
        _stop("REDIS_URL", "must carry a password: whoever writes to that Redis runs code here")
    _check_secret("BILLING_SECRET", config.billing_secret, SHORTEST_SECRET)
    _check_secret("XENDIT_API_KEY", config.xendit_api_key)
    _check_secret("XENDIT_CALLBACK_TOKEN", config.xendit_callback_token)
    _check_secret("RESEND_API_KEY", config.resend_api_key)
    if config.xendit_api_key and "development" in config.xendit_api_key.get_secret_value():
        _stop("XENDIT_API_KEY", "is a test key: in production no money would ever arrive")


def _check_secret(name: str, given: SecretStr | None, shortest: int = 8) -> None:
    value = given.get_secret_value() if given else ""
    if not value:
        _stop(name, "is missing")
    if len(value) < shortest:
        _stop(name, f"is too short: at least {shortest} characters")
    if any(word in value.lower() for word in _MADE_UP):
        _stop(name, "looks like an example; use a secret of your own")


def _can_sign(given: SecretStr) -> bool:
    """An empty one counts as none: the door then does not exist."""
    value = given.get_secret_value()
    return not value or len(key_of(value)) >= SHORTEST_SIGNING_KEY


def _has_password(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.password) or parts.scheme == "unix"


def _stop(name: str, why: str) -> NoReturn:
    raise Misconfigured(what=f"environment variable {name} {why}")
