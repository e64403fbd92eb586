"""Reads a QRIS payload (EMVCo TLV): who will be paid. The customer is shown this beside the code, to compare."""

from __future__ import annotations

from dataclasses import dataclass

_PAYLOAD_FORMAT = "000201"
_MERCHANT_NAME = "59"
_AMOUNT = "54"
_CRC = "63"
_ACCOUNT_INFO = range(26, 52)
_NMID = "02"
_CRC_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Merchant:
    """Name and national merchant id from the code; empty where the code does not say."""

    name: str
    nmid: str
    amount: str


def merchant(payload: str) -> Merchant | None:
    """What the payload says, or None when it is not a whole, unharmed QRIS payload (test codes are not)."""
    fields = _fields(payload)
    if fields is None or _CRC not in fields or fields[_CRC].upper() != f"{_crc16(payload[:-_CRC_LENGTH]):04X}":
        return None
    nmid = ""
    for tag in _ACCOUNT_INFO:
        inner = _fields(fields.get(str(tag), "")) or {}
        if inner.get(_NMID, "").startswith("ID"):
            nmid = inner[_NMID]
    return Merchant(fields.get(_MERCHANT_NAME, "").strip(), nmid, fields.get(_AMOUNT, ""))


def asks_for(payload: str, amount: int) -> bool:
    """False for a code that is harmed, or that would take another amount. A test code says nothing, so it passes."""
    if not payload.startswith(_PAYLOAD_FORMAT):
        return True
    said = merchant(payload)
    if said is None:
        return False
    whole, _, fraction = said.amount.partition(".")
    return not said.amount or (whole == str(amount) and not fraction.strip("0"))


def _fields(text: str) -> dict[str, str] | None:
    """Tag → value; None when the lengths do not add up."""
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if not (tag.isdecimal() and tag.isascii() and length.isdecimal() and length.isascii() and len(length) == 2):
            return None
        end = at + 4 + int(length)
        if end > len(text):
            return None
        found[tag] = text[at + 4 : end]
        at = end
    return found


def _crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE, as EMVCo asks."""
    crc = 0xFFFF
    for byte in text.encode("utf-8", "replace"):
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc
