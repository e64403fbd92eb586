"""A mail that could write headers of its own, or go to somebody else, is never made."""

from typing import Any

import pytest

from billing_ui.emails.base import Mail, MailRejected

GOOD = {"to": "siti@demo.billing.test", "subject": "Halo", "html": "<p>x</p>", "text": "x\ny", "key": "verify:1"}


def test_an_ordinary_mail_is_made() -> None:
    assert Mail(**GOOD).to == "siti@demo.billing.test"


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Halo\r\nBcc: a@b.test"}, {"subject": "Halo\nx"}, {"subject": ""}, {"subject": "x\x00"},
        {"to": "a@b.test\r\nBcc: c@d.test"}, {"to": "a@b.test,c@d.test"}, {"to": "a@b.test c@d.test"},
        {"to": "Siti <a@b.test>"}, {"to": "nobody"}, {"to": ""}, {"key": ""}, {"key": "x" * 257}, {"key": "kunci-é"},
        {"key": "a\nb"},
    ],
)  # fmt: skip
def test_a_mail_with_a_second_line_or_a_second_reader_is_rejected(change: dict[str, Any]) -> None:
    with pytest.raises(MailRejected):
        Mail(**{**GOOD, **change})
