"""How Reflex builds and serves the pages; everything else is told by the environment (billing_ui/config.py)."""

import os

import reflex as rx

config = rx.Config(
    app_name="billing_ui",
    plugins=[rx.plugins.TailwindV4Plugin(config={})],
    disable_plugins=[rx.plugins.SitemapPlugin],
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=(os.environ.get("PUBLIC_URL", "http://127.0.0.1:3000").rstrip("/"),),
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,  # REDIS_URL, when given, wins
    frontend_compression_formats=["gzip"],
)
