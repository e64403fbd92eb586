"""`billing-ui serve`: the pages, the doors and the websocket from one process on one port."""

from __future__ import annotations

import argparse
import os

import uvicorn

from billing_ui import runtime
from billing_ui.cli.frontend import ROOT, ensure_built
from billing_ui.config import Config
from billing_ui.env import Env
from billing_ui.infra.db import migration_state
from billing_ui.rules.errors import Misconfigured
from billing_ui.security import startup

GOODBYE_S = 2
LARGEST_EVENT = 256 * 1024


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("serve", help=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "3000")))
    parser.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> int:
    """Refuses to start on a wrong environment; otherwise runs until told to stop."""
    env = runtime.env()
    startup.check(env.config)
    refuse_unready_database(env)
    os.environ.update(_for_reflex(env.config))
    os.chdir(ROOT)  # Reflex looks for the built pages from here
    ensure_built(env.config.catalogue, os.environ, lambda what: print(f"serve: {what}", flush=True))
    # Reflex reads these when the app is loaded; the first two are its own, undocumented words.
    os.environ.update(
        __REFLEX_SKIP_COMPILE="true",
        __REFLEX_MOUNT_FRONTEND_COMPILED_APP="true",
        REFLEX_ENV_MODE="prod",
        REFLEX_TELEMETRY_ENABLED="false",
        REFLEX_CHECK_LATEST_VERSION="false",
    )
    uvicorn.run(
        "billing_ui.billing_ui:app",
        factory=True,
        host=options.host,
        port=options.port,
        app_dir=str(ROOT),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=LARGEST_EVENT,
        timeout_graceful_shutdown=GOODBYE_S,
    )
    return 0


def _for_reflex(config: Config) -> dict[str, str]:
    """What `rxconfig.py` reads must be what we read, also where it stands in a `.env` file."""
    told = {"PUBLIC_URL": config.public_url, "TRUSTED_PROXY_HOPS": str(config.trusted_proxy_hops)}
    return {**told, **({"REDIS_URL": config.redis_url} if config.redis_url else {})}


def refuse_unready_database(env: Env) -> None:
    at, newest = migration_state(env.db)
    if at != newest:
        raise Misconfigured(
            what=f"the database is at revision {at or 'none'}, this version needs {newest}; run `billing-ui db upgrade`"
        )
