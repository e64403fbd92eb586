"""How a refusal reaches a page: the key of its sentence, and the facts that fill it."""

from __future__ import annotations

from typing import Any

from billing_ui.i18n.load import arguments
from billing_ui.rules.errors import BillingError


def told(problem: BillingError, zone: str = "Asia/Jakarta") -> dict[str, Any]:
    """`code` goes to `data-code`; the sentence is `error.<code>` of the catalogue in the reader's language."""
    return {"code": problem.code, "args": arguments(problem.facts, zone)}


NOTHING: dict[str, Any] = {"code": "", "args": {}}
