"""Serves the pages, the doors and the websocket from one process on one port."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOODBYE_S = 2


def serve(host: str, port: int) -> None:
    """Runs until told to stop; the pages have been built before and are mounted as they are."""
    import uvicorn  # noqa: PLC0415 - Reflex reads its switches when it is first imported
    from reflex_base import constants  # noqa: PLC0415
    from reflex_base.environment import environment  # noqa: PLC0415

    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    environment.REFLEX_SKIP_COMPILE.set(True)
    uvicorn.run(
        "billing_ui.billing_ui:app",
        factory=True,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=256 * 1024,
        timeout_graceful_shutdown=GOODBYE_S,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="billing-ui serve", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "3000")))
    options = parser.parse_args(arguments)
    os.chdir(ROOT)  # Reflex looks for the built pages from here
    os.environ.setdefault("REFLEX_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")
    sys.path.insert(0, str(ROOT))
    serve(options.host, options.port)


if __name__ == "__main__":
    main()
