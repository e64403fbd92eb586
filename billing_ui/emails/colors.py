"""The colours of the product as a mail needs them: written into each element, with a dark twin for those who ask."""

from __future__ import annotations

from typing import Final

LIGHT: Final = {
    "paper": "#FAF9F6",
    "surface": "#FFFFFF",
    "sunken": "#F1EFEA",
    "ink": "#1B2420",
    "ink2": "#4A544F",
    "ink3": "#636C67",
    "line": "#DAD6CD",
    "brand": "#0B6B5B",
    "on_brand": "#FFFFFF",
    "ok": "#1D6F42",
    "ok_soft": "#E3F2E8",
    "warn": "#8A5A00",
    "warn_soft": "#FCF1DA",
    "bad": "#B3261E",
    "bad_soft": "#FBE9E7",
}
DARK: Final = {
    "paper": "#101513",
    "surface": "#171E1B",
    "sunken": "#0B0F0D",
    "ink": "#E9EEEB",
    "ink2": "#B4BEB9",
    "ink3": "#8E9994",
    "line": "#2C3531",
    "brand": "#4CC3AC",
    "on_brand": "#06231D",
    "ok": "#6CCB92",
    "ok_soft": "#12301F",
    "warn": "#E9B44C",
    "warn_soft": "#35270A",
    "bad": "#F2857C",
    "bad_soft": "#3B1714",
}
