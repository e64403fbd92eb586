"""The operators' settings: what each is for, its type, its bounds and its default, in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from billing_ui.rules.words import Text

SettingValue = bool | int | str | tuple[int, ...] | Text
SettingKind = Literal["flag", "whole", "choice", "days", "text"]
Obstacle = Literal["type", "minimum", "maximum", "choice", "order", "length"]

LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class SettingSpec:
    """One setting. Amounts are in the deployment's currency; a rate is a whole number over 10,000.

    What stands before the dot of a key is the group it is shown in.
    """

    key: str
    kind: SettingKind
    default: SettingValue
    description: Text
    minimum: int = 0
    maximum: int = 0
    choices: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]


def _whole(key: str, default: int, minimum: int, maximum: int, indonesian: str, english: str) -> SettingSpec:
    return SettingSpec(key, "whole", default, Text(indonesian, english), minimum, maximum)


def _flag(key: str, default: bool, indonesian: str, english: str) -> SettingSpec:
    return SettingSpec(key, "flag", default, Text(indonesian, english))


def _choice(key: str, choices: tuple[str, ...], indonesian: str, english: str) -> SettingSpec:
    return SettingSpec(key, "choice", choices[0], Text(indonesian, english), choices=choices)


_MUCH = 10**12

SETTINGS: dict[str, SettingSpec] = {
    spec.key: spec
    for spec in (
        _whole("balance.low_tokens", 50_000, 0, _MUCH,
               "Saldo di bawah angka ini disebut menipis; pelanggan diberi tahu sekali.",
               "A balance below this is called low; the customer is told once."),
        _whole("balance.critical_tokens", 10_000, 0, _MUCH,
               "Saldo di bawah angka ini disebut hampir habis.",
               "A balance below this is called nearly empty."),
        _whole("quota.warning_percent", 80, 1, 99,
               "Persen kuota terpakai yang memunculkan peringatan.",
               "Percent of a quota used at which a warning appears."),
        _whole("holds.timeout_s", 900, 30, 86_400,
               "Detik sampai token yang dipesan untuk satu panggilan AI dilepas kembali.",
               "Seconds until tokens held for an AI call are released again."),
        _whole("recharge.monthly_cap_amount", 1_000_000, 0, _MUCH,
               "Batas isi ulang otomatis satu akun per bulan; pelanggan boleh memilih lebih rendah.",
               "The most one account may recharge by itself in a month; a customer may choose less."),
        _whole("recharge.attempts", 3, 1, 10,
               "Isi ulang otomatis berhenti setelah gagal sebanyak ini berturut-turut.",
               "Auto-recharge stops after this many failures in a row."),
        _whole("recharge.cooldown_minutes", 60, 1, 1_440,
               "Jeda paling singkat antara dua isi ulang otomatis, dalam menit.",
               "The shortest pause between two auto-recharges, in minutes."),
        _whole("approval.grant_tokens", 1_000_000, 0, _MUCH,
               "Pemberian atau pengurangan di atas angka ini perlu konfirmasi dengan mengetik.",
               "A grant or deduction above this asks for a typed confirmation."),
        _whole("approval.refund_amount", 500_000, 0, _MUCH,
               "Pengembalian dana di atas jumlah ini perlu konfirmasi dengan mengetik.",
               "A refund above this amount asks for a typed confirmation."),
        _choice("fee.payer", ("us", "customer"),
                "Siapa yang menanggung biaya pembayaran.",
                "Who bears the payment fee."),
        _whole("fee.amount", 0, 0, 1_000_000,
               "Biaya pembayaran yang ditambahkan bila ditanggung pelanggan.",
               "The payment fee that is added when the customer bears it."),
        _choice("tax.mode", ("off", "included", "added"),
                "PPN: tidak dipungut, sudah termasuk harga, atau ditambahkan.",
                "VAT: off, included in prices, or added to them."),
        _whole("tax.rate_per_10000", 1_100, 0, 5_000,
               "Tarif PPN per 10.000 (1100 = 11 %).",
               "The VAT rate per 10,000 (1100 = 11%)."),
        SettingSpec("dunning.days", "days", (0, 3, 7),
                    Text("Hari setelah jatuh tempo untuk teguran pertama, kedua dan ketiga.",
                         "Days after the due date of the first, second and third strike."), 0, 90),
        _flag("signup.open", True,
              "Orang baru boleh membuat akun.",
              "New people may make an account."),
        SettingSpec("site.maintenance_notice", "text", Text("", ""),
                    Text("Pemberitahuan di atas setiap halaman; kosong berarti tidak ada.",
                         "A notice on top of every page; empty means none.")),
    )
}  # fmt: skip


def obstacle(spec: SettingSpec, value: SettingValue) -> Obstacle | None:
    """Why this setting cannot have this value; None when it can."""
    match spec.kind:
        case "flag":
            return None if isinstance(value, bool) else "type"
        case "whole":
            return _outside(spec, [value]) if _is_whole(value) else "type"
        case "choice":
            return None if value in spec.choices else "choice"
        case "text":
            if not isinstance(value, Text):
                return "type"
            return "length" if max(len(value.id), len(value.en)) > LONGEST_TEXT else None
        case "days":
            return _obstacle_of_days(spec, value)


def _obstacle_of_days(spec: SettingSpec, value: SettingValue) -> Obstacle | None:
    assert isinstance(spec.default, tuple)
    if not isinstance(value, tuple) or not all(map(_is_whole, value)) or len(value) != len(spec.default):
        return "type"
    if list(value) != sorted(set(value)):
        return "order"
    return _outside(spec, value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _outside(spec: SettingSpec, values: Iterable[SettingValue]) -> Obstacle | None:
    for value in values:
        assert isinstance(value, int)
        if value < spec.minimum:
            return "minimum"
        if value > spec.maximum:
            return "maximum"
    return None


def stored(value: SettingValue) -> dict[str, object]:
    """The value wrapped for a JSON column, where a bare number or a pair would lose its type."""
    if isinstance(value, Text):
        return {"v": value.pair()}
    return {"v": list(value) if isinstance(value, tuple) else value}


def restored(spec: SettingSpec, wrapped: dict[str, object]) -> SettingValue:
    """What `stored` wrapped; a value that no longer fits the table's own rules falls back to the default."""
    value = read(wrapped.get("v"))
    return spec.default if value is None or obstacle(spec, value) is not None else value


def read(raw: object) -> SettingValue | None:
    """JSON, TOML or a form's value as one of our types; None when it is none of them."""
    if isinstance(raw, bool | int | str | Text):
        return raw
    if isinstance(raw, list | tuple) and all(map(_is_whole, raw)):
        return tuple(raw)
    if isinstance(raw, dict) and raw.keys() == {"id", "en"} and all(isinstance(word, str) for word in raw.values()):
        return Text(raw["id"], raw["en"])
    return None
