"""Indonesian mobile numbers, however people write them, and who has to give one before paying."""

from __future__ import annotations

import re

from billing_ui.rules.errors import FieldInvalid
from billing_ui.rules.methods import METHODS

_COUNTRY = "62"
_LONGEST_TYPED = 40
_BETWEEN = re.compile(r"[\s().\-\u00a0]+")
# After the country code: 8, then what makes nine to twelve digits in all.
_NATIONAL = re.compile(r"8[1-9][0-9]{7,10}")
_PREFIX = re.compile(r"^(?:\+|00)?62")


def mobile(typed: str) -> str | None:
    """`+628…` from 08…, 8…, 628…, +628…, with spaces, dots or dashes between; None when it is no mobile number."""
    if len(typed) > _LONGEST_TYPED or not typed.isascii():
        return None
    digits = _PREFIX.sub("", _BETWEEN.sub("", typed), count=1).removeprefix("0")
    return f"+{_COUNTRY}{digits}" if _NATIONAL.fullmatch(digits) else None


def payer_phone(method: str, typed: str | None) -> str | None:
    """The number this method asks its payer with, ready for the gateway; None where none is needed."""
    if method not in METHODS or not METHODS[method].needs_phone:
        return None
    if not (typed or "").strip():
        raise FieldInvalid(field="phone", why="required")
    phone = mobile(typed or "")
    if phone is None:
        raise FieldInvalid(field="phone", why="not_a_mobile_number")
    return phone


def national(phone: str) -> str:
    """As it stands behind the prefix +62 in a form: `812…`."""
    return phone.removeprefix(f"+{_COUNTRY}")


def masked(phone: str) -> str:
    """Enough to recognise one's own number by, too little to call it: `0812•••••890`."""
    own = f"0{national(phone)}"
    return f"{own[:4]}{'•' * (len(own) - 7)}{own[-3:]}" if phone else ""
