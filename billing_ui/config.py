"""The environment of one deployment, typed and checked. (Operators' settings live in the database instead.)"""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class ConfigInvalid(Exception):
    """One sentence on which variable is wrong, and why."""


_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Config(BaseSettings):
    """Read once per process, from the environment and an optional `.env` file."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    billing_env: Literal["demo", "development", "test", "production"] = "development"
    database_url: str = "sqlite:///billing.db"
    redis_url: str | None = None
    catalogue: str = "makalah"
    public_url: str = "http://127.0.0.1:3000"
    billing_secret: SecretStr | None = None
    xendit_api_key: SecretStr | None = None
    xendit_base_url: str = "https://api.xendit.co"
    xendit_callback_token: SecretStr | None = None
    xendit_callback_token_next: SecretStr | None = None
    xendit_ovo_phone_field: str = "account_mobile_number"
    resend_api_key: SecretStr | None = None
    resend_webhook_secret: SecretStr | None = None
    resend_base_url: str = "https://api.resend.com"
    mail_from: str = "billing@localhost"
    trusted_proxy_hops: int = 0
    web_workers: int = 1
    jobs_in_web: bool = True
    log_level: Literal["debug", "info", "warning"] = "info"
    billing_failpoint: str = ""
    billing_testing: bool = False

    @property
    def is_https(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    @property
    def is_loopback(self) -> bool:
        return (urlsplit(self.public_url).hostname or "") in _LOOPBACK

    @property
    def is_sandbox(self) -> bool:
        """Whether the gateway is the look-alike: its address is on this machine."""
        return (urlsplit(self.xendit_base_url).hostname or "") in _LOOPBACK

    def url(self, path: str) -> str:
        return self.public_url.rstrip("/") + path


def secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


def load() -> Config:
    """The environment, or one clear sentence on what is wrong with it and where."""
    try:
        return Config()
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise ConfigInvalid(f"environment variable {name}: {first['msg']}") from None
