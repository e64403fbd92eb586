"""The few pieces that need code in the browser: thin names for what `assets/ui.js` exports."""

from typing import Any, ClassVar

import reflex as rx

from billing_ui.components.text import UI

_NOTHING = rx.event.no_args_event_spec
_TEXT = rx.event.passthrough_event_spec(str)
_NUMBER = rx.event.passthrough_event_spec(int)


class _Piece(rx.Component):
    library = UI
    # What the piece tells the page, besides clicks and the like.
    tells: ClassVar[dict[str, Any]] = {}

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        return {**super().get_event_triggers(), **cls.tells}


class LangButton(_Piece):
    """Switches the language at once; `on_pick` may tell the server afterwards."""

    tag = "LangButton"
    to: rx.Var[str]
    tells: ClassVar = {"on_pick": _TEXT}


class ThemeButton(_Piece):
    """Switches light, dark or system."""

    tag = "ThemeButton"
    to: rx.Var[str]
    current: rx.Var[str]
    set_mode: rx.Var[Any]


class KeysButton(_Piece):
    """Switches shortcuts of a single key on or off."""

    tag = "KeysButton"
    to: rx.Var[str]


class Ago(_Piece):
    """A relative time that keeps counting, with the exact one as its title."""

    tag = "Ago"
    at: rx.Var[str]
    zone: rx.Var[str]


class Countdown(_Piece):
    """Time left until an instant, by the browser's clock."""

    tag = "Countdown"
    until: rx.Var[str]
    tells: ClassVar = {"on_done": _NOTHING}


class Ring(_Piece):
    """The seconds left to approve on a phone, as a ring and in words; tells the page nothing."""

    tag = "Ring"
    until: rx.Var[str]
    window_s: rx.Var[int]
    wallet: rx.Var[str]


class Patience(_Piece):
    """Says one thing at once, and another one when it has taken long."""

    tag = "Patience"
    now: rx.Var[str]
    later: rx.Var[str]
    after_s: rx.Var[int]


class CopyButton(_Piece):
    """Copies exact text and says so."""

    tag = "CopyButton"
    text: rx.Var[Any]
    label: rx.Var[str]


class Dialog(_Piece):
    """A native modal dialog: focus moves in, Escape closes, focus returns."""

    tag = "Dialog"
    open: rx.Var[bool]
    tells: ClassVar = {"on_close": _NOTHING}


class Secret(_Piece):
    """A password input with a show and hide button."""

    tag = "Secret"
    name: rx.Var[str]
    auto_complete: rx.Var[str]
    required: rx.Var[bool]
    min_length: rx.Var[int]


class AmountInput(_Piece):
    """A whole number, grouped while it is typed; reports an integer."""

    tag = "AmountInput"
    name: rx.Var[str]
    value: rx.Var[int]
    disabled: rx.Var[bool]
    tells: ClassVar = {"on_amount": _NUMBER}


class SearchBox(_Piece):
    """A search field that tells its words once the typing rests; `/` leads into it, unless switched off."""

    tag = "SearchBox"
    value: rx.Var[str]
    tells: ClassVar = {"on_search": _TEXT}


class DayBox(_Piece):
    """A day that is told once it is whole and the typing rests."""

    tag = "DayBox"
    value: rx.Var[str]
    tells: ClassVar = {"on_day": _TEXT}


class Dial(_Piece):
    """A slider and a number for one quantity; tells it once it has come to rest."""

    tag = "Dial"
    label: rx.Var[str]
    start: rx.Var[int]
    minimum: rx.Var[int]
    maximum: rx.Var[int]
    step: rx.Var[int]
    tells: ClassVar = {"on_rest": _NUMBER}


class Alert(_Piece):
    """A refusal that takes the focus."""

    tag = "Alert"


class Arrival(_Piece):
    """Moves the focus to `target` when the state turns into one of `ends` under the reader's eyes."""

    tag = "Arrival"
    state: rx.Var[str]
    ends: rx.Var[Any]
    target: rx.Var[str]


class Slot(_Piece):
    """A place for what comes later; until `settled` it keeps the room that was needed last time."""

    tag = "Slot"
    settled: rx.Var[bool]


class NativeForm(_Piece):
    """A form that the browser posts itself, once."""

    tag = "NativeForm"
    action: rx.Var[str]
    method: rx.Var[str]


class ZoneSelect(_Piece):
    """Time zones, with the browser's own chosen."""

    tag = "ZoneSelect"
    name: rx.Var[str]
    zones: rx.Var[Any]


class Toast(_Piece):
    """Shows its words for six seconds whenever `seq` changes."""

    tag = "Toast"
    seq: rx.Var[int]


class Connection(_Piece):
    """Says when the line is lost and when it is back."""

    tag = "Connection"
    lost: rx.Var[bool]


class Address(_Piece):
    """Keeps the query of the address bar without a navigation."""

    tag = "Address"
    query: rx.Var[str]


class Visible(_Piece):
    """Tells when a hidden tab is looked at again."""

    tag = "Visible"
    tells: ClassVar = {"on_visible": _NOTHING}


class Skip(_Piece):
    """Leads the keyboard past the menu."""

    tag = "Skip"


class Problem(_Piece):
    """Says calmly that something broke on the server, with a code for those who help."""

    tag = "Problem"
