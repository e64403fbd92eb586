"""The moving parts of the demo: free ports, one environment for all, the sandbox, the app."""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
import time

import httpx

from billing_ui.cli.children import Child, Children
from billing_ui.cli.demo_story import write_private
from billing_ui.cli.demo_wishes import CannotStartError, Wishes
from billing_ui.cli.frontend import ROOT
from billing_ui.kit.ids import Ids

SANDBOX_PATIENCE_S = 20.0
APP_PATIENCE_S = 90.0
LOOK_EVERY_S = 0.1


def refuse_taken(variable: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStartError(
                f"port {port} is in use or forbidden ({error.strerror}); choose another with {variable}=."
            ) from error


def environment(chosen: Wishes) -> dict[str, str]:
    """What every process of the demo is told. Keys are made up; they open nothing outside this machine."""
    secrets = _secrets(chosen)
    told = {
        **os.environ,
        "BILLING_ENV": "demo",
        "BILLING_SECRET": secrets["billing_secret"],
        "CATALOGUE": chosen.catalogue,
        "DATABASE_URL": chosen.database_url,
        "MAIL_FROM": "billing@demo.billing.test",
        "PUBLIC_URL": chosen.app_url,
        "RESEND_API_KEY": "re_demo",
        "RESEND_WEBHOOK_SECRET": secrets["mail_secret"],
        "RESEND_BASE_URL": f"{chosen.sandbox_url}/resend",
        "XENDIT_API_KEY": "xnd_development_demo",
        "XENDIT_BASE_URL": f"{chosen.sandbox_url}/xendit",
        "XENDIT_CALLBACK_TOKEN": secrets["callback_token"],
        "PYTHONUNBUFFERED": "1",
    }
    told.pop("REDIS_URL", None)
    return {**told, **({"REDIS_URL": chosen.redis_url} if chosen.redis_url else {})}


def _secrets(chosen: Wishes) -> dict[str, str]:
    """Made once and kept, so that a second start meets the same host app and the same gateway."""
    path, ids = chosen.folder / "secrets.json", Ids()
    kept = dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    signing = base64.b64encode(ids.secret().encode()).decode()
    made = {"billing_secret": f"bsk_{ids.secret()}", "callback_token": ids.secret(), "mail_secret": f"whsec_{signing}"}
    if made.keys() - kept.keys():
        kept = {**made, **kept}
        write_private(path, json.dumps(kept))
    return kept


def start_sandbox(chosen: Wishes, children: Children, told: dict[str, str]) -> None:
    command = [sys.executable, "-m", "billing_ui.sandbox", "--port", str(chosen.sandbox_port),
               "--app-url", chosen.app_url, "--callback-token", told["XENDIT_CALLBACK_TOKEN"],
               "--mail-secret", told["RESEND_WEBHOOK_SECRET"]]  # fmt: skip
    sandbox = children.start("sandbox", command, told, ROOT)
    _wait(f"{chosen.sandbox_url}/_sim/health", sandbox, SANDBOX_PATIENCE_S)


def start_app(chosen: Wishes, children: Children, told: dict[str, str]) -> None:
    command = [sys.executable, "-m", "billing_ui.cli.main", "serve", "--port", str(chosen.port)]
    app = children.start("app", command, told, ROOT)
    _wait(f"{chosen.app_url}/api/ready", app, APP_PATIENCE_S)


def _wait(url: str, child: Child, patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    answer = "no answer"
    while time.monotonic() < deadline:
        if child.process.poll() is not None:
            raise CannotStartError(f"the {child.name} does not start; {child.log}:\n{child.last_words()}")
        try:
            response = httpx.get(url, timeout=5, trust_env=False)
        except httpx.HTTPError:
            pass
        else:
            if response.status_code == httpx.codes.OK:
                return
            answer = response.text[:500]
        time.sleep(LOOK_EVERY_S)
    raise CannotStartError(f"the {child.name} is not ready after {patience_s:.0f} s ({answer}); see {child.log}.")
