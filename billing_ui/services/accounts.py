"""Opens an account: who is billed, their membership, their plan and their books, all in the caller's transaction."""

from __future__ import annotations

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.period import local_day
from billing_ui.models import Account, Member, User
from billing_ui.services import plans, subscriptions


def open_account(
    tx: Tx, env: Env, user: User, name: str, zone: str, language: str, external_id: str | None = None
) -> Account:
    """A personal account on the default plan. The user must be flushed; whoever fails leaves nothing behind."""
    now = env.clock.now()
    account = Account(
        public_id=env.ids.public("acc"), external_id=external_id, kind="person", name=name, zone=zone,
        currency=env.catalogue.currency, language=language, created_at=now,
    )  # fmt: skip
    tx.add(account)
    tx.flush()
    assert account.id is not None and user.id is not None
    tx.add(Member(user_id=user.id, account_id=account.id, role="owner", created_at=now))
    subscription = subscriptions.open_first(tx, env, account, plans.default_version(tx, env))
    period_on = local_day(subscription.period_starts_at, zone)
    ledger.open_head(tx, account.id, subscription.plan_version_id, zone, period_on, now)
    return account
