"""Who sits at the terminal, as the audit will name them, and how a refusal is told to them."""

from __future__ import annotations

import getpass

from billing_ui.i18n.load import text
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError, Misconfigured


def operator() -> Actor:
    """The login of whoever types. A container may run under a number that has no name."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        login = "operator"
    return Actor(name=f"cli:{login}", trusted=True)


def refusal(error: BillingError) -> str:
    """The sentence for people, then code and facts for scripts."""
    if isinstance(error, Misconfigured):
        return str(error.facts["what"])
    return f"{text('en', f'error.{error.code}', **error.facts)} [{error}]"
