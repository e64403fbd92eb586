"""Writes short lines of capitals and figures into a picture of black and white dots, without a font engine."""

from __future__ import annotations

import unicodedata

WIDE, HIGH = 5, 7
_STEP = WIDE + 1

# Seven rows of five dots, one hexadecimal number per row, the left dot in the highest bit.
_GLYPHS = {
    letter: tuple(int(row, 16) for row in rows.split())
    for letter, rows in {
        " ": "0 0 0 0 0 0 0", ".": "0 0 0 0 0 C C", ",": "0 0 0 0 C 4 8", ":": "0 C C 0 C C 0",
        "-": "0 0 0 1F 0 0 0", "+": "0 4 4 1F 4 4 0", "/": "1 2 2 4 8 8 10", "&": "C 12 14 8 15 12 D",
        "'": "4 4 8 0 0 0 0", "(": "2 4 8 8 8 4 2", ")": "8 4 2 2 2 4 8",
        "0": "E 11 13 15 19 11 E", "1": "4 C 4 4 4 4 E", "2": "E 11 1 2 4 8 1F", "3": "1F 2 4 2 1 11 E",
        "4": "2 6 A 12 1F 2 2", "5": "1F 10 1E 1 1 11 E", "6": "6 8 10 1E 11 11 E", "7": "1F 1 2 4 8 8 8",
        "8": "E 11 11 E 11 11 E", "9": "E 11 11 F 1 2 C",
        "A": "E 11 11 1F 11 11 11", "B": "1E 11 11 1E 11 11 1E", "C": "E 11 10 10 10 11 E", "D": "1C 12 11 11 11 12 1C",
        "E": "1F 10 10 1E 10 10 1F", "F": "1F 10 10 1E 10 10 10", "G": "E 11 10 17 11 11 F",
        "H": "11 11 11 1F 11 11 11",
        "I": "E 4 4 4 4 4 E", "J": "7 2 2 2 2 12 C", "K": "11 12 14 18 14 12 11", "L": "10 10 10 10 10 10 1F",
        "M": "11 1B 15 15 11 11 11", "N": "11 11 19 15 13 11 11", "O": "E 11 11 11 11 11 E",
        "P": "1E 11 11 1E 10 10 10",
        "Q": "E 11 11 11 15 12 D", "R": "1E 11 11 1E 14 12 11", "S": "F 10 10 E 1 1 1E", "T": "1F 4 4 4 4 4 4",
        "U": "11 11 11 11 11 11 E", "V": "11 11 11 11 11 A 4", "W": "11 11 11 15 15 15 A", "X": "11 11 A 4 A 11 11",
        "Y": "11 11 11 A 4 4 4", "Z": "1F 1 2 4 8 10 1F",
    }.items()
}  # fmt: skip


def line(words: str, width: int, largest: int) -> list[bytes]:
    """Rows of dots (1 is black), as wide as the picture, the words in the middle as large as they fit."""
    letters = [_GLYPHS.get(sign, _GLYPHS[" "]) for sign in _plain(words)]
    dots = max(1, len(letters) * _STEP - 1)
    scale = max(1, min(largest, width * 9 // 10 // dots))
    letters = letters[: max(1, width // (_STEP * scale))]
    left = (width - (len(letters) * _STEP - 1) * scale) // 2
    rows: list[bytes] = []
    for row in range(HIGH):
        drawn = b"\0".join(
            bytes(dot for bit in range(WIDE - 1, -1, -1) for dot in [letter[row] >> bit & 1]) for letter in letters
        )
        wide = bytes(dot for dot in drawn for _ in range(scale))
        rows += [(bytes(left) + wide).ljust(width, b"\0")[:width]] * scale
    return rows


def _plain(words: str) -> str:
    """Capitals without accents: what the dots can say."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", words.upper()) if not unicodedata.combining(sign))
