"""The colours keep their promised contrast in both themes, and the pieces use no colour of their own."""

import re
from pathlib import Path

import pytest

ASSETS = Path(__file__).parents[2] / "assets"
BLOCK = {
    theme: re.search(rf"^{selector} \{{(.*?)^\}}", (ASSETS / "tokens.css").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    for theme, selector in (("light", ":root"), ("dark", r"\.dark"))
}
TEXT = [
    ("ink", "paper", 13.9),
    ("ink", "surface", 13.9),
    ("ink", "sunken", 13.8),
    ("ink2", "paper", 6.8),
    ("ink2", "surface", 6.8),
    ("ink2", "sunken", 6.8),
    ("ink3", "paper", 4.7),
    ("ink3", "surface", 4.7),
    ("ink3", "sunken", 4.7),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-hover", 4.5),
    ("brand", "surface", 4.5),
    ("brand", "brand-soft", 4.5),
    ("ok", "ok-soft", 5.2),
    ("warn", "warn-soft", 5.2),
    ("bad", "bad-soft", 5.2),
    ("info", "info-soft", 5.2),
]
EDGES = [("line-strong", "surface", 3.0), ("line-strong", "paper", 3.0), ("focus", "surface", 6.0)]
EDGES += [(f"chart-{n}", "surface", 3.0) for n in range(1, 7)]


def tokens(theme: str) -> dict[str, str]:
    block = BLOCK[theme]
    assert block is not None
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block[1]))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), TEXT + EDGES)
def test_every_pair_keeps_its_contrast(theme: str, front: str, back: str, least: float) -> None:
    colours = tokens(theme)
    assert contrast(colours[front], colours[back]) >= least - 0.05


def test_dark_redefines_every_colour_of_light() -> None:
    assert set(tokens("light")) == set(tokens("dark"))


def test_pieces_take_their_colours_from_the_tokens() -> None:
    rules = re.sub(r"/\*.*?\*/", "", (ASSETS / "ui.css").read_text("utf-8"), flags=re.DOTALL)
    # The QRIS card is paper in both themes: scanners read black on white.
    stray = [line.strip() for line in rules.splitlines() if re.search(r"#[0-9a-fA-F]{3,8}\b", line)]
    assert [line for line in stray if not line.startswith((".qr-card", ".qr-mark", "background: #fff"))] == []


def test_every_variable_used_is_defined() -> None:
    both = (ASSETS / "tokens.css").read_text("utf-8") + (ASSETS / "ui.css").read_text("utf-8")
    assert set(re.findall(r"var\(--([a-z0-9-]+)\)", both)) - set(re.findall(r"--([a-z0-9-]+):", both)) == set()


def test_one_font_of_at_most_thirty_kilobytes_with_its_licence() -> None:
    fonts = list((ASSETS / "fonts").glob("*.woff2"))
    assert [font.name for font in fonts] == ["plus-jakarta-sans.woff2"]
    assert fonts[0].stat().st_size <= 30_000
    assert "SIL Open Font License" in (ASSETS / "fonts/OFL.txt").read_text("utf-8")
