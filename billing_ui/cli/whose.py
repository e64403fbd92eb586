"""Which account a person at the terminal means by an id, the host app's own user id, or an e-mail address."""

from __future__ import annotations

from billing_ui.env import Env
from billing_ui.queries.balance import BalanceView, accounts_called
from billing_ui.rules.errors import NotFound

REFERENCE = "public id (acc_…), the host app's own user id, or an e-mail address"
NOT_ONE = 2


def one(env: Env, reference: str) -> BalanceView | None:
    """The account; none when several are meant, which is said."""
    found = accounts_called(env.db, reference)
    if not found:
        raise NotFound(what="account")
    if len(found) == 1:
        return found[0]
    print(f"{reference} means {len(found)} accounts; name one by its id:")
    for account in found:
        print(f"  {account.account}  {account.name}")
    return None
