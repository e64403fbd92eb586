"""The colours of the product as a mail needs them: written into each element, with a dark twin for those who ask."""

from __future__ import annotations

from typing import Final

LIGHT: Final = {
    "paper": "#FAF9F6",
    "surface": "#FFFFFF",
    "ink": "#1B2420",
    "ink2": "#4A544F",
    "ink3": "#636C67",
    "line": "#DAD6CD",
    "brand": "#0B6B5B",
    "on_brand": "#FFFFFF",
}
DARK: Final = {
    "paper": "#101513",
    "surface": "#171E1B",
    "ink": "#E9EEEB",
    "ink2": "#B4BEB9",
    "ink3": "#8E9994",
    "line": "#2C3531",
    "brand": "#4CC3AC",
    "on_brand": "#06231D",
}
