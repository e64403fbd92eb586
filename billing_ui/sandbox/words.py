"""The two languages of a person's pages; the sandbox keeps its own few sentences, it knows no other room."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

LANGUAGES = ("id", "en")
_FOLDER = Path(__file__).parent / "words"
_SENTENCES: dict[str, dict[str, str]] = {
    language: json.loads((_FOLDER / f"{language}.json").read_text("utf-8")) for language in LANGUAGES
}
_MONTHS = {
    "id": ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}
_WIB = timezone(timedelta(hours=7), "WIB")


def choose(wanted: str, accept: str) -> str:
    """What the address asks for, else what the browser prefers, else Indonesian."""
    for part in [wanted, *accept.split(",")]:
        language = part.strip().split(";")[0].split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


def say(language: str, key: str, **facts: object) -> str:
    return _SENTENCES[language][key].format(**facts)


def rupiah(language: str, amount: int | None) -> str:
    if amount is None:
        return say(language, "phone.any_amount")
    digits = f"{amount:,}"
    return f"Rp\N{NO-BREAK SPACE}{digits.replace(',', '.')}" if language == "id" else f"IDR\N{NO-BREAK SPACE}{digits}"


def span(language: str, length: timedelta) -> str:
    minutes = round(length.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return say(language, "span.days", days=days, hours=hours)
    return say(language, "span.hours", hours=hours, minutes=minutes % 60)


def when(language: str, moment: datetime) -> str:
    local = moment.astimezone(_WIB)
    mark = "." if language == "id" else ":"
    clock = mark.join(f"{part:02d}" for part in (local.hour, local.minute, local.second))
    return f"{local.day} {_MONTHS[language][local.month - 1]} {local.year}, {clock} WIB"
