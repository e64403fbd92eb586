"""`python -m billing_ui.sandbox`: the look-alike gateways as a process of their own."""

import argparse
import os
import sys
from collections.abc import Sequence

import uvicorn

from billing_ui.sandbox.app import build
from billing_ui.sandbox.settings import Settings, UnsafeStartError, refuse_unsafe


def read_settings(arguments: Sequence[str]) -> Settings:
    parser = argparse.ArgumentParser(prog="billing-ui sandbox", description=__doc__)
    plain = Settings()
    parser.add_argument("--port", type=int, default=4010, help="where to listen, loopback only")
    parser.add_argument("--host", default=plain.host)
    parser.add_argument("--app-url", default=plain.app_url, help="the app that is told about payments")
    parser.add_argument("--webhook-path", default=plain.webhook_path)
    parser.add_argument("--callback-token", default=plain.callback_token, help="sent as x-callback-token")
    parser.add_argument("--mail-webhook-path", default=plain.mail_webhook_path)
    parser.add_argument("--mail-secret", default="", help="whsec_…: signs news of mails; without it none are sent")
    parser.add_argument("--public-url", default="", help="the address browsers use, when it differs")
    parser.add_argument("--merchant", default=plain.merchant, help="the name a payer sees")
    parser.add_argument("--seed", type=int, help="the same seed makes the same ids")
    parser.add_argument("--calls-per-minute", type=int, default=plain.calls_per_minute, help="rate limit per endpoint")
    return Settings(**vars(parser.parse_args(arguments)))


def main(arguments: Sequence[str] | None = None) -> int:
    settings = read_settings(sys.argv[1:] if arguments is None else arguments)
    try:
        refuse_unsafe(settings, os.environ)
    except UnsafeStartError as refusal:
        print(refusal, file=sys.stderr)
        return 2
    print(f"Sandbox on {settings.own_url}, reporting to {settings.webhook_url}", flush=True)
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=1,
        lifespan="on",
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
