"""What the caller of the demo may choose, from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from billing_ui.cli.frontend import ROOT

FOLDER = ROOT / ".demo"


class CannotStartError(Exception):
    """One sentence on what is in the way and how to clear it."""


@dataclass(frozen=True)
class Wishes:
    """What the caller may choose, from the environment."""

    port: int
    sandbox_port: int
    catalogue: str
    database_url: str
    redis_url: str | None
    folder: Path

    @property
    def app_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"


def wishes(environment: dict[str, str]) -> Wishes:
    catalogue = environment.get("CATALOGUE") or "makalah"
    folder = Path(environment.get("DEMO_DIR") or FOLDER).resolve()
    return Wishes(
        port=_port(environment, "PORT", 3000),
        sandbox_port=_port(environment, "SANDBOX_PORT", 4010),
        catalogue=catalogue,
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{folder / catalogue}.db",
        redis_url=environment.get("REDIS_URL") or None,
        folder=folder,
    )


def _port(environment: dict[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotStartError(f"{name}={text} is no port; give a number from 1 to 65535.")
    return int(text)
