"""An unsafe deployment does not start, and says why in one sentence."""

from __future__ import annotations

from typing import Any

import pytest

from billing_ui.config import Config
from billing_ui.rules.errors import Misconfigured
from billing_ui.security.startup import check

GOOD: dict[str, Any] = {
    "billing_env": "production",
    "public_url": "https://billing.example.com",
    "database_url": "postgresql://billing@db/billing",
    "redis_url": "rediss://:pw@redis/0",
    "billing_secret": "k7Qm2Zx9Lr4Tn8Wd3Fv6Hs1Jb5Gc0Py7a",
    "xendit_api_key": "xnd_production_8h2k4j6l0q",
    "xendit_callback_token": "Zt6vN1rPq8",
    "resend_api_key": "re_9sK2mV7x",
    "resend_webhook_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "mail_from": "billing@shop.example.com",
    "trusted_proxy_hops": 1,
}


def config(**change: Any) -> Config:
    return Config(_env_file=None, **{**GOOD, **change})


@pytest.mark.parametrize("change", [{}, {"web_workers": 4}, {"redis_url": None}, {"redis_url": "unix:///run/redis"}])
def test_a_safe_deployment_starts(change: dict[str, Any]) -> None:
    assert check(config(**change)) is None


def test_a_demo_on_loopback_starts_without_secrets() -> None:
    assert check(Config(_env_file=None, billing_env="demo")) is None


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("PUBLIC_URL", {"public_url": "http://billing.example.com"}),
        ("PUBLIC_URL", {"public_url": "http://127.0.0.1:3000"}),
        ("PUBLIC_URL", {"public_url": "https://*.example.com"}),
        ("PUBLIC_URL", {"public_url": "*"}),
        ("PUBLIC_URL", {"public_url": ""}),
        ("PUBLIC_URL", {"public_url": "https://user@example.com"}),
        ("PUBLIC_URL", {"public_url": "https://example.com/billing"}),
        ("XENDIT_BASE_URL", {"xendit_base_url": "http://127.0.0.1:4000/xendit"}),
        ("BILLING_FAILPOINT", {"billing_failpoint": "settle:1"}),
        ("BILLING_FAILPOINT", {"billing_testing": True}),
        ("DATABASE_URL", {"database_url": "sqlite:///x.db", "web_workers": 2}),
        ("REDIS_URL", {"redis_url": None, "web_workers": 2}),
        ("REDIS_URL", {"redis_url": "redis://redis:6379/0"}),
        ("TRUSTED_PROXY_HOPS", {"trusted_proxy_hops": 0}),
        ("MAIL_FROM", {"mail_from": "billing@localhost"}),
        ("BILLING_SECRET", {"billing_secret": None}),
        ("BILLING_SECRET", {"billing_secret": "short"}),
        ("BILLING_SECRET", {"billing_secret": "demo-" + "x" * 40}),
        ("XENDIT_API_KEY", {"xendit_api_key": None}),
        ("XENDIT_API_KEY", {"xendit_api_key": "xnd_development_8h2k4j6l0q"}),
        ("XENDIT_CALLBACK_TOKEN", {"xendit_callback_token": None}),
        ("XENDIT_CALLBACK_TOKEN", {"xendit_callback_token": "changeme-please"}),
        ("RESEND_API_KEY", {"resend_api_key": None}),
        ("RESEND_WEBHOOK_SECRET", {"resend_webhook_secret": "whsec_not base64"}),
        ("RESEND_WEBHOOK_SECRET", {"resend_webhook_secret": "whsec_c2hvcnQ="}),
    ],
)
def test_an_unsafe_production_is_refused_by_the_name_of_its_variable(name: str, change: dict[str, Any]) -> None:
    with pytest.raises(Misconfigured) as refused:
        check(config(**change))
    assert str(refused.value.facts["what"]).startswith(f"environment variable {name} ")


def test_even_a_demo_does_not_show_cookies_to_the_network() -> None:
    with pytest.raises(Misconfigured):
        check(Config(_env_file=None, billing_env="demo", public_url="http://192.168.1.7:3000"))


def test_a_refusal_never_tells_the_secret_itself() -> None:
    with pytest.raises(Misconfigured) as refused:
        check(config(billing_secret="demo-c4n4ry-" + "x" * 40))
    assert "c4n4ry" not in str(refused.value)
