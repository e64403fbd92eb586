"""What Reflex reads for itself is what we read, also when it stands in an `.env` file."""

from __future__ import annotations

from pathlib import Path

import pytest

from billing_ui.cli.serve import _for_reflex
from billing_ui.config import Config


def test_what_stands_in_an_env_file_reaches_the_pages_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PUBLIC_URL", "REDIS_URL", "TRUSTED_PROXY_HOPS"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / ".env"
    file.write_text("PUBLIC_URL=https://billing.example\nTRUSTED_PROXY_HOPS=1\nREDIS_URL=redis://:x@127.0.0.1/0\n")
    assert _for_reflex(Config(_env_file=file)) == {
        "PUBLIC_URL": "https://billing.example",
        "TRUSTED_PROXY_HOPS": "1",
        "REDIS_URL": "redis://:x@127.0.0.1/0",
    }


def test_no_redis_is_no_redis() -> None:
    assert "REDIS_URL" not in _for_reflex(Config(_env_file=None, redis_url=None))
