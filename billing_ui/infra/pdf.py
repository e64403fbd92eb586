"""Papers as tagged PDF, set by typst from a template without words. The same words give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

_PAPERS = Path(__file__).parent / "papers"
_ASSETS = Path(__file__).parents[2] / "assets"
# Tagged for screen readers. Asking for the standard makes typst refuse a paper that does not keep it.
_STANDARD: Final = "ua-1"


def print_paper(template: str, said: Mapping[str, Any], at: datetime) -> bytes:
    """Sets one paper. `at` is the date it carries; what people wrote travels as data and cannot become markup."""
    import typst  # noqa: PLC0415 - many megabytes that only papers need

    ask: dict[str, Any] = {
        "input": str(_PAPERS / f"{template}.typ"),
        "root": str(_PAPERS),
        "font_paths": _faces(),
        "format": "pdf",
        "sys_inputs": {"data": json.dumps(said, ensure_ascii=False)},
        "timestamp": int(at.astimezone(UTC).timestamp()),
    }
    try:
        paper = typst.compile(**ask, pdf_standards=[_STANDARD])
    except typst.TypstError:
        # A name in letters that none of our faces has: boxes on a tagged paper are better than no paper.
        paper = typst.compile(**ask)
    assert isinstance(paper, bytes)
    return paper


@cache
def brand_mark(path: str) -> str:
    """The brand's own picture, if it is an SVG of this site; empty otherwise."""
    file = (_ASSETS / path.lstrip("/")).resolve()
    is_ours = file.is_relative_to(_ASSETS.resolve()) and file.suffix == ".svg" and file.is_file()
    return file.read_text(encoding="utf-8") if is_ours else ""


@cache
def _faces() -> Any:
    """Our own faces and those that typst brings along; what the machine has does not change a paper."""
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_PAPERS / "fonts")])
