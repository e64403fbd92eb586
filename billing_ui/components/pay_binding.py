"""What every part of the pay card is given: the purchase, what is going on, and what may be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from billing_ui.components.text import Handler


@dataclass(frozen=True)
class Card:
    """What the card shows and what it may ask for; Vars and handlers of one state."""

    payment: Any
    worth: Any
    others: Any
    busy: Any
    is_asking: Any
    is_not_yet: Any
    is_back: Any
    wants: Any
    error: Any
    brand: Any
    home: Any
    refresh: Handler
    check: Handler
    retry: Handler
    change: Any
    type_phone: Handler
    ask_cancel: Handler
    keep: Handler
    cancel: Handler
