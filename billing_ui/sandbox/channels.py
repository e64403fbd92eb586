"""The Indonesian payment channels as data: limits, what the payer is shown, how long a request lives."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    QR = "qr"
    BANK = "bank"
    WALLET = "wallet"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Channel:
    code: str
    name: str
    kind: Kind
    minimum: int
    maximum: int
    lifetime: timedelta
    shows: tuple[str, ...]
    """Descriptors of the actions a new request carries, in order."""
    expiry_settable: bool = False
    bin: str = ""
    """First digits of the virtual account numbers of this bank."""
    phone_required: bool = False
    """The payer is asked on their phone: there is nothing to open and nothing to scan."""


_TWO_DAYS = timedelta(hours=48)
_HALF_HOUR = timedelta(minutes=30)
_NUMBER = ("VIRTUAL_ACCOUNT_NUMBER",)
_LINK = ("WEB_URL",)
_APP_LINK = ("WEB_URL", "DEEPLINK_URL")


def _bank(code: str, name: str, prefix: str, minimum: int = 1, maximum: int = 50_000_000_000) -> Channel:
    return Channel(f"{code}_VIRTUAL_ACCOUNT", name, Kind.BANK, minimum, maximum, _TWO_DAYS, _NUMBER, True, prefix)


def _wallet(
    code: str, name: str, minimum: int, maximum: int, lifetime: timedelta, shows: tuple[str, ...] = _LINK
) -> Channel:
    return Channel(code, name, Kind.WALLET, minimum, maximum, lifetime, shows, phone_required=not shows)


_ALL = (
    Channel("QRIS", "QRIS", Kind.QR, 1, 10_000_000, _TWO_DAYS, ("QR_STRING",)),
    _bank("BCA", "BCA", "13282", minimum=10_000, maximum=50_000_000),
    _bank("BNI", "BNI", "8808"),
    _bank("BRI", "BRI", "26215"),
    _bank("MANDIRI", "Mandiri", "88608"),
    _bank("BSI", "BSI", "9347"),
    _bank("BSS", "Bank Sahabat Sampoerna", "7840"),
    _bank("PERMATA", "Permata", "8214", maximum=9_999_999_999),
    # OVO is a push to the payer's phone with a window of a minute: nothing to open, nothing to scan.
    _wallet("OVO", "OVO", 100, 20_000_000, timedelta(seconds=54), shows=()),
    _wallet("DANA", "DANA", 100, 20_000_000, timedelta(hours=24), _APP_LINK),
    _wallet("LINKAJA", "LinkAja", 100, 10_000_000, _HALF_HOUR),
    _wallet("SHOPEEPAY", "ShopeePay", 1, 20_000_000, _HALF_HOUR, ("DEEPLINK_URL", "QR_STRING")),
    _wallet("GOPAY", "GoPay", 1, 50_000_000, _HALF_HOUR, _APP_LINK),
    _wallet("ASTRAPAY", "AstraPay", 100, 20_000_000, _HALF_HOUR),
    Channel("CARDS", "Kartu", Kind.CARD, 5_000, 200_000_000, timedelta(minutes=10), _LINK),
)

CHANNELS: dict[str, Channel] = {channel.code: channel for channel in _ALL}
