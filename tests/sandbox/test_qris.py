"""A QRIS payload is read by any scanner: tags, lengths and the checksum at its end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.sandbox import qris
from tests.sandbox.xendit_client import XenditClient


def read(payload: str) -> dict[str, str]:
    fields, rest = {}, payload
    while rest:
        tag, length = rest[:2], int(rest[2:4])
        assert len(rest) >= 4 + length
        fields[tag], rest = rest[4 : 4 + length], rest[4 + length :]
    return fields


def test_the_checksum_is_the_one_emvco_means() -> None:
    """123456789 gives 29B1: the published check value of CRC-16/CCITT-FALSE."""
    assert qris.crc16("123456789") == "29B1"


@given(st.integers(1, 10_000_000), st.text(max_size=40), st.text(max_size=40))
def test_every_payload_can_be_read_back(amount: int, merchant: str, bill: str) -> None:
    payload = qris.payload(merchant=merchant, nmid="ID1020304050607", amount=amount, bill=bill)
    fields = read(payload)
    assert payload.isascii()
    assert fields["54"] == str(amount)
    assert fields["63"] == qris.crc16(payload[:-4])
    assert read(fields["51"]) == {"00": "ID.CO.QRIS.WWW", "02": "ID1020304050607", "03": "UMI"}
    assert len(fields["59"]) <= 25


def test_a_code_of_the_gateway_names_merchant_amount_and_currency(xendit: XenditClient) -> None:
    payload = xendit.create("top_a", amount=50_000)["actions"][0]["value"]
    fields = read(payload)
    assert (fields["00"], fields["01"]) == ("01", "12")
    assert (fields["53"], fields["54"], fields["58"]) == ("360", "50000", "ID")
    assert fields["59"] == "TOKO UJI COBA"
    assert fields["63"] == qris.crc16(payload[:-4])


def test_two_requests_never_share_a_code(xendit: XenditClient) -> None:
    first, second = (xendit.create(name)["actions"][0]["value"] for name in ("top_a", "top_b"))
    assert first != second


def test_a_field_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 99"):
        qris.field("59", "x" * 100)
