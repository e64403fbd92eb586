"""The operators' settings: what each is for, its type, its bounds and its default, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from billing_ui.rules.methods import Fee
from billing_ui.rules.words import Text

SettingValue = bool | int | str | tuple[int, ...] | Text | dict[str, Fee]
SettingKind = Literal["flag", "whole", "choice", "days", "text", "line", "fees"]


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


def _line(key: str, indonesian: str, english: str) -> SettingSpec:
    return SettingSpec(key, "line", "", Text(indonesian, english))


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
        _whole("review.promised_hours", 72, 1, 720,
               "Jam sampai uang yang sedang diperiksa pasti diputuskan; disebut dalam e-mail kepada pembayar.",
               "Hours until money under review is decided for certain; named in the mail to the payer."),
        _choice("fee.payer", ("us", "customer"),
                "Siapa yang menanggung biaya pembayaran.",
                "Who bears the payment fee."),
        _whole("fee.amount", 0, 0, 1_000_000,
               "Satu biaya rata untuk semua metode, bila ditanggung pelanggan; 0 berarti tiap metode dengan biayanya.",
               "One flat fee for all methods, when the customer bears it; 0 means each method has its own."),
        SettingSpec("fee.methods", "fees", {},
                    Text("Biaya per metode sebagai ganti tabel: tetap dan per 10.000 dari harga.",
                         "Fees of single methods instead of the table's: flat, and per 10,000 of the price."),
                    0, 1_000_000),
        _choice("tax.mode", ("off", "included", "added"),
                "PPN: tidak dipungut, sudah termasuk harga, atau ditambahkan.",
                "VAT: off, included in prices, or added to them."),
        _whole("tax.rate_per_10000", 1_100, 0, 5_000,
               "Tarif PPN per 10.000 (1100 = 11 %).",
               "The VAT rate per 10,000 (1100 = 11%)."),
        _line("seller.name",
              "Nama penjual di kuitansi; kosong berarti nama merek.",
              "The seller's name on receipts; empty means the brand's."),
        _line("seller.address",
              "Alamat penjual di kuitansi; kosong berarti tidak dicetak.",
              "The seller's address on receipts; empty means none is printed."),
        _line("seller.tax_id",
              "NPWP penjual di kuitansi; kosong berarti tidak dicetak.",
              "The seller's tax number (NPWP) on receipts; empty means none is printed."),
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
