"""Amounts in words, as receipts have carried them since before there were printers."""

from __future__ import annotations

from typing import Final

_UNITS: Final = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
           "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
}  # fmt: skip
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES: Final = {
    "id": ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu")),
    "en": ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")),
}
_CURRENCIES: Final = {"IDR": "rupiah"}


def money(language: str, amount: int, currency: str) -> str:
    """`lima puluh ribu rupiah`; empty for a currency whose cents nobody spells out."""
    name = _CURRENCIES.get(currency)
    return f"{number(language, amount)} {name}" if name and amount >= 0 else ""


def number(language: str, value: int) -> str:
    """A whole number from zero, in words."""
    words: list[str] = []
    for scale, name in _SCALES[language]:
        count, value = divmod(value, scale)
        if count == 1 and name == "ribu":
            words.append("seribu")
        elif count:
            words += [number(language, count), name]
    if value or not words:
        words.append(_below_thousand(language, value))
    return " ".join(words)


def _below_thousand(language: str, value: int) -> str:
    return _indonesian(value) if language == "id" else _english(value)


def _indonesian(value: int) -> str:
    units = _UNITS["id"]
    if value < len(units):
        return units[value]
    if value < 20:
        return f"{units[value - 10]} belas"
    if value < 100:
        return _joined(f"{units[value // 10]} puluh", value % 10)
    return _joined("seratus" if value < 200 else f"{units[value // 100]} ratus", value % 100)


def _joined(head: str, rest: int) -> str:
    return f"{head} {_indonesian(rest)}" if rest else head


def _english(value: int) -> str:
    units = _UNITS["en"]
    if value < len(units):
        return units[value]
    if value < 100:
        tens, rest = divmod(value, 10)
        return f"{_TENS[tens]}-{units[rest]}" if rest else _TENS[tens]
    hundreds, rest = divmod(value, 100)
    head = f"{units[hundreds]} hundred"
    return f"{head} {_english(rest)}" if rest else head
