"""QRIS payloads: EMVCo tag-length-value text that ends in its own CRC."""


def field(tag: str, value: str) -> str:
    if not 0 < len(value) <= 99:
        raise ValueError(f"QRIS field {tag} holds 1 to 99 characters, not {len(value)}")
    return f"{tag}{len(value):02d}{value}"


def crc16(text: str) -> str:
    """CRC-16/CCITT-FALSE, the checksum EMVCo asks for."""
    register = 0xFFFF
    for byte in text.encode("ascii"):
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ 0x1021 if register & 0x8000 else register << 1
            register &= 0xFFFF
    return f"{register:04X}"


def payload(*, merchant: str, nmid: str, amount: int | None, bill: str, city: str = "JAKARTA") -> str:
    """A dynamic code for one bill; without an amount the payer types it."""
    acquirer = field("00", "ID.CO.SANDBOX.WWW") + field("01", "936009990000000001") + field("02", nmid[-9:])
    scheme = field("00", "ID.CO.QRIS.WWW") + field("02", nmid) + field("03", "UMI")
    parts = [
        field("00", "01"),
        field("01", "12"),
        field("26", acquirer + field("03", "UMI")),
        field("51", scheme),
        field("52", "5734"),
        field("53", "360"),
        field("54", str(amount)) if amount is not None else "",
        field("58", "ID"),
        field("59", _plain(merchant, 25)),
        field("60", _plain(city, 15)),
        field("62", field("05", _plain(bill, 25))),
    ]
    body = "".join(parts) + "6304"
    return body + crc16(body)


def _plain(text: str, width: int) -> str:
    return text.encode("ascii", "ignore").decode().strip()[:width] or "-"
