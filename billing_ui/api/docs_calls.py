"""The calls of the quick start, for what the catalogue of this deployment sells."""

from __future__ import annotations

import json
from typing import Any

from billing_ui.catalogues.shape import Catalogue

_SHORT = 60
_WHO = {"external_id": "my-first-user"}


def calls(catalogue: Catalogue, url: str, secret: str, here: str) -> dict[str, str]:
    """By the step they belong to. `here` is the remark where the host's own call goes."""
    use = _use(catalogue)
    return {
        "secret": f"export BILLING_URL={url}\nexport BILLING_SECRET={secret or 'YOUR_SECRET'}",
        "account": _curl("init-user", {**_WHO, "name": "Sari"}),
        "check": _curl("usage-check", {**_WHO, **use}),
        "track": _curl("track-usage", {**_WHO, "event_id": "evt-1", **use}),
        "python": _python(use, here),
    }


def _use(catalogue: Catalogue) -> dict[str, Any]:
    """Something small: tokens where an operation is rated by them, else a quantity."""
    for operation in catalogue.operations.values():
        if "rated" in operation.draws.values():
            return {"operation": operation.slug, "input_tokens": 60, "output_tokens": 40}
    slug = next(iter(catalogue.operations), None)
    return {"operation": slug, "quantity": 1} if slug else {"usage_type": next(iter(catalogue.meters), ""), "amount": 1}


def _curl(path: str, body: dict[str, Any]) -> str:
    lines = (
        f"curl $BILLING_URL/api/billing/{path}",
        '-H "Authorization: Bearer $BILLING_SECRET"',
        f"-d '{in_lines(body)}'",
    )
    return " \\\n  ".join(lines)


def in_lines(body: Any) -> str:
    """JSON as a person reads it inside a command: on one line while it is short."""
    short = json.dumps(body, ensure_ascii=False)
    return short if len(short) <= _SHORT else json.dumps(body, ensure_ascii=False, indent=2).replace("\n", "\n  ")


def _python(use: dict[str, Any], here: str) -> str:
    estimate = ", ".join(f"{name}={value!r}" for name, value in {**_WHO, **use}.items()).replace("'", '"')
    told = ", ".join(f"{name}={value}" for name, value in use.items() if isinstance(value, int))
    return (
        "import os\n\nfrom billing_ui.client import Billing\n\n"
        'billing = Billing(os.environ["BILLING_URL"], os.environ["BILLING_SECRET"])\n'
        f"with billing.reserve(\n    {estimate}\n) as call:\n"
        f"    # ... {here} ...\n"
        f"    done = call.settle({told})\n\n"
        "print(done.charged, done.balance_after)"
    )
