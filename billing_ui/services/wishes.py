"""What a customer wishes to buy: priced, found again when it was wished before, and stored with its first attempt."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, take_turns
from billing_ui.kit.amount import Amount
from billing_ui.models import Payment, PlanVersion, TokenPackage, Topup
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import FieldInvalid, KeyReused, PlanUnavailable
from billing_ui.rules.topups import Offer, Quote, Terms, custom_offer, quote
from billing_ui.services import asking, plans
from billing_ui.services import settings as operator_settings

# Two tabs have two form keys; the same wish within this time is still one purchase.
SAME_WISH = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RequestTopup:
    """What the customer chose: an amount (of a package or typed), a method, and the key of the form shown to them.

    `phone` counts only for a method that asks its payer by phone. A host app's key counts across all accounts, and
    another key of its is another purchase, however alike.
    """

    amount: int
    method: str
    form_key: str
    is_host_key: bool = False
    phone: str | None = None

    def content_hash(self) -> str:
        asked = f"{self.amount}|{self.method}" + (f"|{self.phone}" if self.phone else "")
        return hashlib.sha256(asked.encode()).hexdigest()


def place(env: Env, actor: Actor, account_id: int, wish: RequestTopup) -> tuple[str, int | None]:
    """Stores the wish: (its ref, the payment to ask the gateway for). None when it was stored before."""
    with env.db.begin() as tx:
        same_key = select(Topup).where(col(Topup.form_key) == wish.form_key)
        if wish.is_host_key:
            take_turns(tx, f"host key {wish.form_key}")
        else:
            same_key = same_key.where(col(Topup.account_id) == account_id)
        known = tx.scalars(same_key).first()
        if known is not None:
            if (known.account_id, known.form_hash) != (account_id, wish.content_hash()):
                raise KeyReused(key=wish.form_key)
            return known.public_id, None
        take_turns(tx, f"wishes of account {account_id}")
        plan, package, priced = price(tx, env, account_id, wish.amount, wish.method)
        twin = None if wish.is_host_key else _open_twin(tx, env, account_id, wish, priced)
        if twin is not None:
            return twin.public_id, None
        topup = _purchase(env, actor, account_id, wish, priced)
        topup.plan_version_id = cast(int, plan.id)
        topup.token_package_id = package.id if package else None
        tx.add(topup)
        tx.flush()
        return topup.public_id, asking.attempt(tx, env, actor, topup, wish.method, topup.public_id, wish.phone)


def price(
    tx: Tx, env: Env, account_id: int, amount: int, method: str
) -> tuple[PlanVersion, TokenPackage | None, Quote]:
    """The terms for this amount and method, from the versions in force now."""
    plan = plans.topup_plan(tx, account_id)
    if plan is None:
        raise PlanUnavailable(plan="")
    package = plans.package_for(tx, plan.slug, amount)
    if package is not None:
        offer = Offer(
            Amount(package.price_amount, package.currency), package.tokens, package.bonus_tokens, package.validity_days
        )
    else:
        custom = env.catalogue.custom_amount
        if custom is None:
            raise FieldInvalid(field="amount", why="not_offered")
        offer = custom_offer(
            Amount(amount, env.catalogue.currency), custom.minimum, custom.maximum, custom.step,
            custom.tokens_num, custom.tokens_den,
        )  # fmt: skip
    return plan, package, quote(offer, terms(tx), method)


def terms(tx: Tx) -> Terms:
    """How this deployment adds fees and tax today; a purchase keeps those of its own day."""
    return Terms(
        tax_mode=operator_settings.get(tx, "tax.mode"),
        tax_rate_per_10000=operator_settings.get(tx, "tax.rate_per_10000"),
        fee_payer=operator_settings.get(tx, "fee.payer"),
        fee_amount=operator_settings.get(tx, "fee.amount"),
        fees=operator_settings.get(tx, "fee.methods"),
    )


def _purchase(env: Env, actor: Actor, account_id: int, wish: RequestTopup, priced: Quote) -> Topup:
    return Topup(
        public_id=env.ids.public("top"), account_id=account_id, plan_version_id=0, form_key=wish.form_key,
        form_hash=wish.content_hash(), tokens=priced.tokens, bonus_tokens=priced.bonus_tokens,
        amount=priced.price.quantity, fee_amount=priced.fee.quantity, tax_amount=priced.tax.quantity,
        total_amount=priced.total.quantity, currency=priced.total.unit, validity_days=priced.validity_days,
        created_by=actor.name, created_at=env.clock.now(),
    )  # fmt: skip


def _open_twin(tx: Tx, env: Env, account_id: int, wish: RequestTopup, priced: Quote) -> Topup | None:
    """The same wish at the same terms: whoever was shown another total wants that one."""
    query = (
        select(Topup)
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(
            col(Topup.account_id) == account_id, col(Topup.amount) == wish.amount,
            col(Topup.total_amount) == priced.total.quantity, col(Topup.status) == "open",
            col(Topup.created_at) > env.clock.now() - SAME_WISH, col(Payment.method) == wish.method,
            col(Payment.status).in_(("created", "pending")), col(Payment.expires_at) > env.clock.now(),
            col(Payment.payer_phone).is_not_distinct_from(wish.phone),
        )
        .order_by(col(Topup.id).desc())
    )  # fmt: skip
    return tx.scalars(query.limit(1)).first()
