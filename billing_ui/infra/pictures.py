"""QR codes as pictures: SVG for the screen, PNG for the phone's gallery."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import segno


@lru_cache(maxsize=256)
def qr_svg(payload: str) -> str:
    """An SVG data address, black on white, with the quiet zone of four modules that scanners need."""
    return str(segno.make(payload, error="m").svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


def qr_png(payload: str) -> bytes:
    """The same as a picture large enough to scan from a gallery."""
    out = BytesIO()
    segno.make(payload, error="m").save(out, kind="png", scale=12, border=4, dark="#000", light="#fff")
    return out.getvalue()
