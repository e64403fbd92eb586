"""Money, numbers and time as people read them; `assets/ui.js` is the browser's twin, tested on the same cases."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

NBSP: Final = "\u00a0"
MINUS: Final = "\u2212"
_MONTHS: Final = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_COMPACT: Final = {"id": ("rb", "jt", "M", "T"), "en": ("K", "M", "B", "T")}
_ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Ujung_Pandang": "WITA",
    "Asia/Jayapura": "WIT",
}
_STEPS: Final = (
    ("seconds", 60, 1),
    ("minutes", 3600, 60),
    ("hours", 86_400, 3600),
    ("days", 30 * 86_400, 86_400),
    ("months", 365 * 86_400, 30 * 86_400),
    ("years", None, 365 * 86_400),
)
_JUST_NOW_SECONDS: Final = 10


def number(language: str, value: int) -> str:
    """`1.204` in Indonesian, `1,204` in English."""
    grouped = f"{abs(value):,}"
    return _sign(value) + (grouped.replace(",", ".") if language == "id" else grouped)


def money(language: str, amount: int, currency: str) -> str:
    """An amount in the smallest unit of its currency: whole rupiah, cents of a dollar."""
    sign, amount = _sign(amount), abs(amount)
    if currency == "IDR":
        return f"{sign}{'Rp' if language == 'id' else 'IDR'}{NBSP}{number(language, amount)}"
    units, cents = divmod(amount, 100)
    mark = "," if language == "id" else "."
    prefix = {"id": "US$", "en": "$"}[language] if currency == "USD" else f"{currency}{NBSP}"
    return f"{sign}{prefix}{number(language, units)}{mark}{cents:02d}"


def compact(language: str, value: int) -> str:
    """A short form for narrow places: `1,2 jt`, `1.2M`."""
    size, scale, unit = abs(value), 1, ""
    for name in _COMPACT[language]:
        # 999.95 thousand would round to "1000 rb": the next unit says it better.
        if size * 2 < scale * 1999:
            break
        scale, unit = scale * 1000, name
    tenths = (size * 20 + scale) // (scale * 2)
    if tenths >= 100 or tenths % 10 == 0:
        figure = number(language, (size * 2 + scale) // (scale * 2))
    else:
        figure = f"{tenths // 10}{',' if language == 'id' else '.'}{tenths % 10}"
    gap = NBSP if language == "id" and unit else ""
    return f"{_sign(value)}{figure}{gap}{unit}"


def when(language: str, instant: datetime | str, zone: str = "Asia/Jakarta") -> str:
    """`21 Nov 2026, 01.30 WIB`: an instant in the account's zone, with its label; it breaks after the comma only."""
    local = _aware(instant).astimezone(ZoneInfo(zone))
    clock = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    return f"{_date(language, local)}, {clock}{NBSP}{zone_label(zone, local)}"


def day(language: str, instant: datetime | str, zone: str = "Asia/Jakarta") -> str:
    """`21 Nov 2026`: the day of an instant in the account's zone."""
    return _date(language, _aware(instant).astimezone(ZoneInfo(zone)))


def zone_label(zone: str, at: datetime) -> str:
    """WIB, WITA, WIT, or the distance to UTC at that instant."""
    if zone in _ZONES:
        return _ZONES[zone]
    offset = at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else MINUS}{hours}" + (f":{rest:02d}" if rest else "")


def ago(instant: datetime | str, now: datetime | str, sentences: Mapping[str, str]) -> str:
    """`5 menit yang lalu`, `dalam 5 menit`; whole steps, never rounded up."""
    seconds = int((_aware(now) - _aware(instant)).total_seconds())
    size = abs(seconds)
    if size < _JUST_NOW_SECONDS:
        return sentences["time.now"]
    unit, count = next((name, size // step) for name, below, step in _STEPS if below is None or size < below)
    stem = f"time.{unit}_ago" if seconds > 0 else f"time.in_{unit}"
    return sentences[f"{stem}.{'one' if count == 1 else 'other'}"].format(count=count)


def render(language: str, value: Any, sentences: Mapping[str, str]) -> str:
    """One argument of a sentence: text as it is, numbers grouped, `{money}`, `{when}`, `{key}` objects spelled out."""
    if isinstance(value, int):
        return number(language, value)
    if not isinstance(value, Mapping):
        return str(value)
    if "money" in value:
        return money(language, value["money"], value["currency"])
    if "when" in value:
        return when(language, value["when"], value.get("zone") or "Asia/Jakarta")
    if "key" in value:
        return sentences[value["key"]]
    return str(value[language])


def _date(language: str, local: datetime) -> str:
    return NBSP.join((str(local.day), _MONTHS[language][local.month - 1], str(local.year)))


def _aware(instant: datetime | str) -> datetime:
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    if moment.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant!r}")
    return moment.astimezone(UTC)


def _sign(value: int) -> str:
    return MINUS if value < 0 else ""
