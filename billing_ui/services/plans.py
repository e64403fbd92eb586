"""Plans and packages as sold: the version in force of each, and the catalogue file brought into the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select, text
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import CatalogueState, PlanVersion, Subscription, TokenPackage
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import Misconfigured, PlanUnavailable
from billing_ui.services import audits, catalogue_changes
from billing_ui.services.catalogue_changes import Change


@dataclass(frozen=True, slots=True)
class Diff:
    """All that the file does, or did, to the database."""

    catalogue: str
    changes: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        return not any(each.kind != "keep" for each in self.changes)


def diff(env: Env, overwrite: bool = False) -> Diff:
    """What `apply` would do now. Writes nothing."""
    with env.db.read() as tx:
        _require_same_catalogue(tx, env)
        return Diff(env.catalogue.name, catalogue_changes.find(tx, env.catalogue, overwrite=overwrite))


def apply(env: Env, actor: Actor, overwrite: bool = False) -> Diff:
    """Brings the file into the database: new versions, ended versions, defaults. Again with the same file: nothing."""
    require(actor, "catalogue.write")
    with env.db.begin() as tx:
        if not env.db.is_sqlite:
            tx.execute(text("LOCK TABLE plan_version, token_package IN SHARE ROW EXCLUSIVE MODE"))
        state = _require_same_catalogue(tx, env)
        changes = catalogue_changes.find(tx, env.catalogue, overwrite=overwrite)
        catalogue_changes.write(tx, env, actor, changes)
        _remember(tx, env, actor, state)
        ledger.move_days(tx, env.catalogue.zone)
    return Diff(env.catalogue.name, changes)


def is_applied(env: Env) -> bool:
    """Whether this very file is in the database: what `/api/ready` asks."""
    with env.db.read() as tx:
        state = tx.get(CatalogueState, env.catalogue.name)
        return state is not None and state.file_hash == env.catalogue.file_hash


def current_version(tx: Tx, slug: str) -> PlanVersion:
    """The version of a plan that is sold now."""
    row = tx.scalars(select(PlanVersion).where(col(PlanVersion.slug) == slug, _in_force(PlanVersion))).first()
    if row is None:
        raise PlanUnavailable(plan=slug)
    return row


def default_version(tx: Tx, env: Env) -> PlanVersion:
    """The plan version a new account starts on."""
    return current_version(tx, env.catalogue.default_plan)


def topup_plan(tx: Tx, account_id: int) -> PlanVersion | None:
    """The prepaid plan a top-up belongs to: the account's own if it is on one, else the first that is offered."""
    own = (
        select(col(PlanVersion.slug))
        .join(Subscription, col(Subscription.plan_version_id) == col(PlanVersion.id))
        .where(col(Subscription.account_id) == account_id, col(Subscription.ended_at).is_(None))
    )
    query = (
        select(PlanVersion)
        .where(col(PlanVersion.kind) == "prepaid", col(PlanVersion.is_disabled).is_(False), _in_force(PlanVersion))
        .order_by(col(PlanVersion.slug).in_(own).desc(), col(PlanVersion.position))
    )
    return tx.scalars(query.limit(1)).first()


def package_for(tx: Tx, plan_slug: str, amount: int) -> TokenPackage | None:
    """What is sold at exactly this amount: an option of the plan before a package that stands alone."""
    query = (
        select(TokenPackage)
        .where(
            or_(col(TokenPackage.plan_slug) == plan_slug, col(TokenPackage.plan_slug).is_(None)),
            col(TokenPackage.price_amount) == amount,
            col(TokenPackage.is_disabled).is_(False),
            _in_force(TokenPackage),
        )
        .order_by(col(TokenPackage.plan_slug).is_(None), col(TokenPackage.position))
    )
    return tx.scalars(query.limit(1)).first()


def _in_force(table: type[PlanVersion] | type[TokenPackage]) -> ColumnElement[bool]:
    return col(table.valid_to).is_(None)


def _require_same_catalogue(tx: Tx, env: Env) -> CatalogueState | None:
    """One deployment sells one catalogue: another product's file would end every plan that people are on."""
    states = {state.name: state for state in tx.scalars(select(CatalogueState))}
    others = states.keys() - {env.catalogue.name}
    if others:
        raise Misconfigured(
            what=f"CATALOGUE: this database sells {min(others)!r}; {env.catalogue.name!r} needs a database of its own"
        )
    return states.get(env.catalogue.name)


def _remember(tx: Tx, env: Env, actor: Actor, state: CatalogueState | None) -> None:
    file_hash = env.catalogue.file_hash
    before = state.file_hash if state else ""
    if before == file_hash:
        return
    if state is None:
        state = CatalogueState(
            name=env.catalogue.name, file_hash=file_hash, applied_at=env.clock.now(), applied_by=actor.name
        )
    state.file_hash, state.applied_at, state.applied_by = file_hash, env.clock.now(), actor.name
    tx.add(state)
    audits.record(
        tx, env, actor, "catalogue.applied", env.catalogue.name,
        before={"file_hash": before}, after={"file_hash": file_hash},
    )  # fmt: skip
