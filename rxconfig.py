"""How Reflex builds and serves the pages; everything else is told by the environment (billing_ui/config.py)."""

import os
import re
from pathlib import Path
from typing import Any

import reflex as rx
from reflex.plugins import Plugin

PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://127.0.0.1:3000").rstrip("/")
REDIS_URL = os.environ.get("REDIS_URL") or None


class SameOrigin(Plugin):
    """Makes one build fit every address: the browser talks to the host that the page came from."""

    def post_build(self, **context: Any) -> None:
        scripts = list((Path(context["static_dir"]) / "assets").glob("reflex-env-*.js"))
        rewritten = 0
        for script in scripts:
            text, count = re.subn(r"`(http|ws)s?://[^/`]+(/[^`]*)`", self._relative, script.read_text(encoding="utf-8"))
            script.write_text(text, encoding="utf-8")
            rewritten += count
        if not rewritten:
            raise RuntimeError("no backend address found in the built pages; has Reflex changed reflex-env-*.js?")

    @staticmethod
    def _relative(found: re.Match[str]) -> str:
        origin = "location.origin" if found[1] == "http" else 'location.origin.replace("http","ws")'
        return f"`${{{origin}}}{found[2]}`"


def origins(url: str) -> tuple[str, ...]:
    """On the own machine people type either name of it."""
    return (url, url.replace("//127.0.0.1:", "//localhost:")) if "//127.0.0.1:" in url else (url,)


config = rx.Config(
    app_name="billing_ui",
    plugins=[rx.plugins.TailwindV4Plugin(config={}), SameOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=origins(PUBLIC_URL),
    frontend_compression_formats=["gzip"],
    redis_url=REDIS_URL,
    state_manager_mode=rx.constants.StateManagerMode.REDIS if REDIS_URL else rx.constants.StateManagerMode.MEMORY,
    trusted_proxy_hops=int(os.environ.get("TRUSTED_PROXY_HOPS", "0")),
)
