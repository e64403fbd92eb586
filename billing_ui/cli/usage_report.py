"""What an import has done, for a person and for a program."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from billing_ui.cli.usage_place import Place, rejects_of
from billing_ui.cli.usage_reader import Reader


def told(
    path: Path, place: Place, reader: Reader, seconds: float, *, is_dry_run: bool, is_done: bool
) -> dict[str, Any]:
    facts = asdict(place)
    del facts["ends"], facts["rejected_bytes"]
    if is_dry_run:
        facts["draws"] = reader.draws
    return {
        "file": str(path), "is_dry_run": is_dry_run, "is_done": is_done, **facts,
        "rejects": str(rejects_of(path)) if place.rejected and not is_dry_run else None, "seconds": round(seconds, 1),
    }  # fmt: skip


def spoken(told: dict[str, Any]) -> str:
    reasons = ", ".join(f"{code} {count}" for code, count in sorted(told["reasons"].items()))
    rejected = f"; {told['rejected']} rejected: {reasons}" if told["rejected"] else ""
    if told["is_dry_run"]:
        draws = ", ".join(f"{quantity} {meter}" for meter, quantity in sorted(told["draws"].items())) or "nothing"
        return f"{told['new']} events can be read and draw {draws}{rejected}. Nothing was written."
    where = f"\nrejected lines, to be mended and imported: {told['rejects']}" if told["rejects"] else ""
    goes_on = "" if told["is_done"] else f"\nstopped behind line {told['number']}; the same command goes on from there"
    return f"{told['new']} events recorded, {told['known']} known before{rejected}.{where}{goes_on}"
