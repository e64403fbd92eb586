"""What a catalogue file changes in the database, found first and written after; nothing sold is edited or deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.catalogues.rows import Row, content_hash, package_rows, plan_rows
from billing_ui.catalogues.shape import Catalogue
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import PlanVersion, TokenPackage
from billing_ui.rules.access import Actor
from billing_ui.rules.plans import ChangeKind, Sold, change
from billing_ui.services import audits, settings

What = Literal["plan", "package", "setting"]
_Table = type[PlanVersion] | type[TokenPackage]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One fact, before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What the file does to one slug. `keep` means: the desk changed it, so the file's word is shown and not taken."""

    kind: ChangeKind
    what: What
    slug: str
    fields: tuple[FieldChange, ...] = ()


def find(tx: Tx, catalogue: Catalogue, *, overwrite: bool) -> tuple[Change, ...]:
    """Every difference between the file and what is sold now."""
    plans = _differences(tx, "plan", PlanVersion, plan_rows(catalogue), overwrite=overwrite)
    packages = _differences(tx, "package", TokenPackage, package_rows(catalogue), overwrite=overwrite)
    defaults = (
        Change("replace", "setting", key, (FieldChange("default", before, after),))
        for key, before, after in settings.default_changes(tx, catalogue.settings)
    )
    return (*plans, *packages, *defaults)


def write(tx: Tx, env: Env, actor: Actor, changes: tuple[Change, ...]) -> None:
    """Ends old versions and begins new ones, each with its audit row. What the desk keeps is left alone."""
    wanted: dict[What, tuple[_Table, str, dict[str, Row]]] = {
        "plan": (PlanVersion, "plv", plan_rows(env.catalogue)),
        "package": (TokenPackage, "pkg", package_rows(env.catalogue)),
    }
    for each in changes:
        if each.kind == "keep" or each.what == "setting":
            continue
        table, prefix, rows = wanted[each.what]
        _end(tx, env, table, each.slug)
        if each.slug in rows and each.kind != "close":
            _begin(tx, env, table, env.ids.public(prefix), rows[each.slug])
        audits.record(
            tx, env, actor, f"{each.what}.{each.kind}", each.slug,
            before={field.name: field.before for field in each.fields if field.before is not None},
            after={field.name: field.after for field in each.fields if field.after is not None},
        )  # fmt: skip
    settings.apply_defaults(tx, env, actor, env.catalogue.settings)


def _differences(tx: Tx, what: What, table: _Table, wanted: Mapping[str, Row], *, overwrite: bool) -> Iterator[Change]:
    sold = {row.slug: row for row in _sold(tx, table)}
    for slug in dict.fromkeys((*wanted, *sold)):
        row, then = sold.get(slug), wanted.get(slug)
        now = Sold(row.content_hash, row.changed_at_desk) if row else None
        kind = change(content_hash(then) if then else None, now, overwrite=overwrite)
        if kind is not None:
            yield Change(kind, what, slug, tuple(_fields(_facts(row), then or {})))


def _sold(tx: Tx, table: _Table) -> list[PlanVersion | TokenPackage]:
    query = select(table).where(col(table.valid_to).is_(None)).order_by(col(table.position), col(table.id))
    return list(tx.scalars(query))


def _facts(row: PlanVersion | TokenPackage | None) -> Row:
    own = {"id", "public_id", "version", "content_hash", "changed_at_desk", "valid_from", "valid_to"}
    return row.model_dump(exclude=own) if row is not None else {}


def _fields(before: Row, after: Row) -> Iterator[FieldChange]:
    old, new = _flat(before), _flat(after)
    for name in dict.fromkeys((*new, *old)):
        if old.get(name) != new.get(name):
            yield FieldChange(name, old.get(name), new.get(name))


def _flat(row: Row) -> Row:
    """The terms stand beside the columns, so that a change of one sentence shows as that sentence."""
    return {**{name: fact for name, fact in row.items() if name != "terms"}, **row.get("terms", {})}


def _end(tx: Tx, env: Env, table: _Table, slug: str) -> None:
    for row in tx.scalars(select(table).where(col(table.slug) == slug, col(table.valid_to).is_(None))):
        row.valid_to = env.clock.now()
    tx.flush()


def _begin(tx: Tx, env: Env, table: _Table, public_id: str, row: Row) -> None:
    newest = tx.scalar(select(func.max(col(table.version))).where(col(table.slug) == row["slug"])) or 0
    tx.add(
        table(
            **row, public_id=public_id, version=newest + 1, content_hash=content_hash(row), valid_from=env.clock.now()
        )
    )
    tx.flush()
