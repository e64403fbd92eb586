"""QR codes as pictures: SVG for the screen, PNG for the phone's gallery."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

import segno

from billing_ui.infra import lettering

_SCALE = 12
_QUIET = 4
_BLACK_AND_WHITE = bytes([255, 0]) + bytes(254)


@lru_cache(maxsize=256)
def qr_svg(payload: str) -> str:
    """An SVG data address, black on white, with the quiet zone of four modules that scanners need."""
    return str(segno.make(payload, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def qr_plain(payload: str) -> str:
    """The code alone as SVG text, for a paper that has its own margins."""
    picture = io.BytesIO()
    segno.make(payload, error="m").save(picture, kind="svg", border=0, dark="#1B2420", xmldecl=False)
    return picture.getvalue().decode()


def qr_png(payload: str, words: Sequence[str] = ()) -> bytes:
    """The same as a picture large enough to scan from a gallery, with what it is for printed under the code."""
    rows = [bytes(row) for row in segno.make(payload, error="m").matrix_iter(scale=_SCALE, border=_QUIET)]
    width = len(rows[0])
    for number, spoken in enumerate(words):
        rows += [*lettering.line(spoken, width, _SCALE // 2 if number == 0 else _SCALE // 3), *_gap(width)]
    return _png(rows, width)


def _gap(width: int) -> list[bytes]:
    return [bytes(width)] * (2 * _SCALE)


def _png(rows: Sequence[bytes], width: int) -> bytes:
    """Eight grey bits a dot; every row starts with its filter, which is none."""
    drawn = b"".join(b"\0" + row.translate(_BLACK_AND_WHITE) for row in rows)
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(drawn, 9)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
