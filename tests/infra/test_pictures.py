"""The QR code as a file: every dot where it belongs, and what it is for in letters under it."""

import struct
import zlib

import pytest
import segno

from billing_ui.infra import lettering
from billing_ui.infra.pictures import qr_png
from billing_ui.sandbox.qris import payload

CODE = payload(merchant="Makalah AI", nmid="ID1020304050607", amount=50_000, bill="top_1")
SCALE, QUIET = 12, 4


def dots(png: bytes) -> list[bytes]:
    """The rows of an eight-bit grey picture without filters."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    size = struct.unpack(">I", png[33:37])[0]
    assert png[37:41] == b"IDAT"
    raw = zlib.decompress(png[41 : 41 + size])
    rows = [raw[at : at + width + 1] for at in range(0, len(raw), width + 1)]
    assert len(rows) == height
    assert all(row[0] == 0 for row in rows)
    return [row[1:] for row in rows]


def test_every_module_of_the_code_is_drawn_with_its_quiet_zone() -> None:
    matrix = [list(row) for row in segno.make(CODE, error="m").matrix_iter(border=QUIET)]
    rows = dots(qr_png(CODE))
    middle = SCALE // 2
    seen = [[int(row[at * SCALE + middle] == 0) for at in range(len(matrix))] for row in rows[middle::SCALE]]
    assert seen == matrix


def test_the_words_stand_under_the_code_and_leave_it_alone() -> None:
    bare, lettered = dots(qr_png(CODE)), dots(qr_png(CODE, ["Rp\u00a050.000", "Makalah AI"]))
    assert lettered[: len(bare)] == bare
    below = lettered[len(bare) :]
    assert any(0 in row for row in below)
    assert {value for row in below for value in row} == {0, 255}


def test_a_line_is_as_wide_as_the_picture_and_its_words_stand_in_the_middle() -> None:
    rows = lettering.line("Rp 50.000", 600, 4)
    assert {len(row) for row in rows} == {600}
    assert len(rows) == lettering.HIGH * 4
    columns = [at for at in range(600) if any(row[at] for row in rows)]
    assert abs(columns[0] - (599 - columns[-1])) <= 2 * 4


@pytest.mark.parametrize("words", ["x" * 400, "", "é ñ ü", "漢字 🙂"])
def test_words_of_any_kind_fit(words: str) -> None:
    assert {len(row) for row in lettering.line(words, 300, 6)} == {300}


def test_an_accent_is_left_out_and_the_letter_stays() -> None:
    assert lettering.line("é", 60, 2) == lettering.line("E", 60, 2)
