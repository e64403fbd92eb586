"""Reads one catalogue file whole: every key known, every figure sensible, every name pointing at something."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from billing_ui.catalogues import checks, offers, usage
from billing_ui.catalogues.reader import Table
from billing_ui.catalogues.shape import Brand, Catalogue, Everyday, Ratio, Text, UnitDisplay
from billing_ui.rules.errors import Misconfigured
from billing_ui.rules.settings import SETTINGS, SettingValue, obstacle, read

HOME = Path(__file__).parent
CURRENCIES = ("IDR", "USD")
LANGUAGES = ("id", "en")
MAIL_CTAS = ("welcome", "payment_success", "payment_failed", "payment_expired")
_LOOPBACK = {"localhost", "127.0.0.1"}


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
    raise Misconfigured(what=f"there is no catalogue {name_or_path!r}; say {known_names}, or the path of a .toml file")


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
        brand=_brand(top.required("brand")),
        unit_display=_unit_display(top.table("unit_display")),
        default_plan=top.word("default_plan"),
        plan_after_cancel=top.word("plan_after_cancel"),
        plan_after_first_topup=top.word("plan_after_first_topup") if top.has("plan_after_first_topup") else None,
        units=dict(usage.units(top)),
        meters=dict(usage.meters(top)),
        operations=dict(usage.operations(top)),
        limited_operations=top.words("limited_operations"),
        rate_cards=tuple(usage.rate_cards(top)),
        plans=dict(offers.plans(top)),
        packages=tuple(offers.packages(top)),
        custom_amount=offers.custom_amount(top.table("custom_amount")),
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


def _brand(table: Table) -> Brand:
    host = table.from_environment("host_app_url")
    if host is None or not _is_safe_address(host):
        table.refuse("host_app_url", "must be an https address (http only on this machine)")
    email = table.word("support_email")
    if email.count("@") != 1 or any(letter.isspace() for letter in email):
        table.refuse("support_email", "must be an e-mail address")
    brand = Brand(
        name=table.word("name"),
        logo=table.word("logo"),
        support_email=email,
        host_app_url=host,
        mail_cta=_mail_ctas(table.required("mail_cta")),
    )
    if not brand.logo.startswith("/") or brand.logo.startswith("//"):
        table.refuse("logo", "must be a path of this site, like /brand/logo.svg")
    table.done()
    return brand


def _is_safe_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.username is not None or any(letter.isspace() for letter in address):
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _mail_ctas(table: Table) -> dict[str, Text]:
    texts = {mail: table.text(mail) for mail in MAIL_CTAS}
    table.done()
    return texts


def _unit_display(table: Table | None) -> UnitDisplay:
    if table is None:
        return UnitDisplay(None, None)
    rate = table.table("rate")
    everyday = table.table("everyday")
    shown = UnitDisplay(
        rate=None if rate is None else Ratio(rate.whole("amount", 1), rate.whole("per_tokens", 1)),
        everyday=None if everyday is None else Everyday(everyday.whole("tokens", 1), usage.counted(everyday)),
    )
    for inner in (rate, everyday, table):
        if inner is not None:
            inner.done()
    return shown


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
        table.refuse(key, f"must be {_wanted(spec.kind, spec.minimum, spec.maximum, spec.choices)}")
    return value


def _wanted(kind: str, minimum: int, maximum: int, choices: tuple[str, ...]) -> str:
    wanted = {
        "flag": "true or false",
        "whole": f"a whole number from {minimum} to {maximum}",
        "choice": f"one of {', '.join(choices)}",
        "days": f"three days in rising order, from {minimum} to {maximum}",
        "text": 'a pair {id = "…", en = "…"}',
    }
    return wanted[kind]
