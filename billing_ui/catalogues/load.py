"""Reads one catalogue file whole: every key known, every figure sensible, every name pointing at something."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from billing_ui.catalogues import brand, checks, offers, packages, usage
from billing_ui.catalogues.reader import Table
from billing_ui.catalogues.shape import Catalogue
from billing_ui.rules.errors import Misconfigured
from billing_ui.rules.setting_values import obstacle, read, wanted
from billing_ui.rules.settings import SETTINGS, SettingValue

HOME = Path(__file__).parent
CURRENCIES = ("IDR", "USD")
LANGUAGES = ("id", "en")


def shipped() -> tuple[str, ...]:
    """The names of the catalogues that come with the product."""
    return tuple(sorted(path.stem for path in HOME.glob("*.toml")))


def find(name_or_path: str) -> Path:
    """The file of a shipped catalogue by its name, or a file of the operator's own by its path."""
    known = HOME / f"{name_or_path}.toml"
    own = Path(name_or_path)
    if name_or_path in shipped():
        return known
    if own.suffix == ".toml" and own.is_file():
        return own
    known_names = ", ".join(shipped())
    raise Misconfigured(
        what=f"CATALOGUE: there is no catalogue {name_or_path!r}; say {known_names}, or the path of a .toml file"
    )


def load(name_or_path: str, environment: Mapping[str, str] | None = None) -> Catalogue:
    """The catalogue, or Misconfigured with one sentence that names file, table and key."""
    path = find(name_or_path)
    raw = path.read_bytes()
    try:
        values = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misconfigured(what=f"{path.name}: is not TOML ({error})") from None
    top = Table(path.name, "", values, environment or {})
    catalogue = _catalogue(top, hashlib.sha256(raw).hexdigest())
    top.done()
    checks.check(top, catalogue)
    return catalogue


def _catalogue(top: Table, file_hash: str) -> Catalogue:
    currency = top.one_of("currency", CURRENCIES)
    return Catalogue(
        name=top.slug("name"),
        currency=currency,
        zone=_zone(top),
        language=top.one_of("language", LANGUAGES),
        brand=brand.brand(top.required("brand")),
        unit_display=brand.unit_display(top.table("unit_display")),
        default_plan=top.word("default_plan"),
        plan_after_cancel=top.word("plan_after_cancel"),
        plan_after_first_topup=top.word("plan_after_first_topup") if top.has("plan_after_first_topup") else None,
        units=dict(usage.units(top)),
        meters=dict(usage.meters(top)),
        operations=dict(usage.operations(top)),
        limited_operations=top.words("limited_operations"),
        rate_cards=tuple(usage.rate_cards(top)),
        plans=dict(offers.plans(top)),
        packages=tuple(packages.packages(top)),
        custom_amount=packages.custom_amount(top.table("custom_amount")),
        settings=_settings(top.table("settings")),
        file_hash=file_hash,
    )


def _zone(top: Table) -> str:
    zone = top.word("zone")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        top.refuse("zone", f"{zone!r} is not a time zone, like Asia/Jakarta")
    return zone


def _settings(table: Table | None) -> dict[str, SettingValue]:
    """The defaults this product changes; `group.name = value`, as the settings are called."""
    if table is None:
        return {}
    groups = {group: table.required(group) for group in table.names()}
    return {f"{group}.{key}": _setting(inner, group, key) for group, inner in groups.items() for key in inner.names()}


def _setting(table: Table, group: str, key: str) -> SettingValue:
    spec = SETTINGS.get(f"{group}.{key}")
    if spec is None:
        table.refuse(key, "is not a known setting")
    value = read(table.take(key))
    if value is None or obstacle(spec, value) is not None:
        table.refuse(key, f"must be {wanted(spec)}")
    return value
