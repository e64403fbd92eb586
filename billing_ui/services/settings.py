"""Operators' settings: read by every use case, changed with a reason, written with their defaults by a migration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Connection, column, insert, select, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Audit, Setting
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import FieldInvalid, NotFound
from billing_ui.rules.setting_values import obstacle, read, restored, stored, wanted
from billing_ui.rules.settings import SETTINGS, SettingSpec, SettingValue
from billing_ui.rules.words import Text
from billing_ui.services import audits

SHORTEST_REASON = 3


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as an operator sees it."""

    key: str
    group: str
    kind: str
    value: SettingValue
    default: SettingValue
    is_changed: bool
    description: Text
    minimum: int
    maximum: int
    choices: tuple[str, ...]


def get(tx: Tx, key: str) -> Any:
    """The value in force, of the type the table of settings promises; the default when the row is not there yet."""
    spec = SETTINGS[key]
    row = tx.get(Setting, key)
    return spec.default if row is None else restored(spec, row.value)


def get_as_of(tx: Tx, key: str, at: datetime) -> Any:
    """The value that was in force then, by the audit. What an operator once chose stands against later defaults."""
    changes = select(Audit).where(col(Audit.subject) == key).order_by(col(Audit.id))
    chosen = changes.where(col(Audit.action) == "setting.changed")
    earlier = [row for row in tx.scalars(chosen) if row.at <= at]
    if earlier:
        return restored(SETTINGS[key], earlier[-1].after)
    acts = changes.where(col(Audit.action).in_(("setting.changed", "setting.default")), col(Audit.at) > at)
    later = tx.scalars(acts.limit(1)).first()
    return get(tx, key) if later is None else restored(SETTINGS[key], later.before)


def show(tx: Tx) -> tuple[SettingView, ...]:
    """Every setting, in the order of the table."""
    rows = {row.key: row for row in tx.scalars(select(Setting))}
    return tuple(_view(spec, rows.get(spec.key)) for spec in SETTINGS.values())


def set_value(env: Env, actor: Actor, key: str, value: object, reason: str) -> SettingView:
    """Changes one setting. The same act with the old value takes it back; both leave an audit row."""
    require(actor, "settings.write")
    spec = SETTINGS.get(key)
    if spec is None:
        raise NotFound(what="setting")
    if len(reason.strip()) < SHORTEST_REASON:
        raise FieldInvalid(field="reason", why="required")
    known = read(value)
    why = "type" if known is None else obstacle(spec, known)
    if known is None or why is not None:
        raise FieldInvalid(field=key, why=why, wanted=wanted(spec))
    with env.db.begin() as tx:
        row = tx.get(Setting, key, with_for_update=True) or Setting(
            key=key, kind=spec.kind, value=stored(spec.default), default_value=stored(spec.default)
        )
        before = row.value
        if before != stored(known):
            row.value, row.changed_by, row.changed_at = stored(known), actor.name, env.clock.now()
            tx.add(row)
            audits.record(tx, env, actor, "setting.changed", key, reason.strip(), before, row.value)
        return _view(spec, row)


def default_changes(tx: Tx, wanted: Mapping[str, SettingValue]) -> list[tuple[str, Any, Any]]:
    """Where a catalogue's defaults differ from the ones in force: (key, before, after), as stored."""
    rows = {row.key: row for row in tx.scalars(select(Setting))}
    changes = []
    for key, spec in SETTINGS.items():
        after = stored(wanted.get(key, spec.default))
        before = rows[key].default_value if key in rows else stored(spec.default)
        if before != after:
            changes.append((key, before["v"], after["v"]))
    return changes


def apply_defaults(tx: Tx, env: Env, actor: Actor, wanted: Mapping[str, SettingValue]) -> None:
    """Makes a catalogue's defaults the ones in force. A value that an operator chose stays theirs."""
    for key, before, after in default_changes(tx, wanted):
        row = tx.get(Setting, key) or Setting(key=key, kind=SETTINGS[key].kind, value={}, default_value={})
        row.default_value = {"v": after}
        if row.changed_by is None:
            row.value = {"v": after}
        tx.add(row)
        audits.record(tx, env, actor, "setting.default", key, before={"v": before}, after={"v": after})


def write_defaults(connection: Connection) -> None:
    """Adds the settings that are missing, touches none that are there. For migrations: as often as they like."""
    json = JSON().with_variant(JSONB(), "postgresql")
    setting = table("setting", column("key"), column("kind"), column("value", json), column("default_value", json))
    known = set(connection.scalars(select(setting.c.key)))
    missing = [
        {"key": key, "kind": spec.kind, "value": stored(spec.default), "default_value": stored(spec.default)}
        for key, spec in SETTINGS.items()
        if key not in known
    ]
    if missing:
        connection.execute(insert(setting), missing)


def _view(spec: SettingSpec, row: Setting | None) -> SettingView:
    value = spec.default if row is None else restored(spec, row.value)
    default = spec.default if row is None else restored(spec, row.default_value)
    return SettingView(
        spec.key, spec.group, spec.kind, value, default, value != default, spec.description,
        spec.minimum, spec.maximum, spec.choices,
    )  # fmt: skip
