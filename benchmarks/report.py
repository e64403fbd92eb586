"""What was measured, as lines for a terminal and as docs/benchmarks.md. No absolute stands without its ratio."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]
HOME = Path(__file__).parent
FRAME, PUBLISHED = HOME / "page.md", HOME / "published.toml"
_UNITS = {"per_second": "/s", "p50_ms": " ms", "p95_ms": " ms", "p99_ms": " ms", "value": ""}


def lines(result: Record) -> list[str]:
    """One scenario: each variant's median figures, then its verdicts."""
    told = [f"{result['scenario']} on {result['db']}: {result['title']}"]
    for name, rounds in result["rounds"].items():
        figures = " ".join(f"{figure} {_number(_median(rounds, figure))}" for figure in rounds[0])
        told.append(f"  {name:<42}{figures}")
    return told + [f"  {_cells(each)[0]:<12}{' | '.join(_cells(each)[1:])}" for each in result["verdicts"]]


def summary(record: Record) -> list[str]:
    verdicts = list(_verdicts(record))
    told = [f"{len(verdicts)} verdicts in {record['seconds']} s on {record['facts']['machine']}"]
    if record["left_out"]:
        told.append(f"left out: {', '.join(record['left_out'])}")
    if record["noise"]:
        told.append(f"noisy: {record['noise']}")
    open_or_missed = [each for each in verdicts if each["outcome"] not in {"met", "for orientation"}]
    return told + [" | ".join(_cells(each)) for each in open_or_missed]


def write(page: Path, record: Record) -> None:
    """The page: its words from page.md, its tables from what was measured and what others published."""
    frame = FRAME.read_text(encoding="utf-8")
    parts = {
        "MACHINE": _machine(record), "VERDICTS": _table(record), "MEASURED": _measured(record),
        "PUBLISHED": _published(),
    }  # fmt: skip
    for name, part in parts.items():
        frame = frame.replace("{{" + name + "}}", part)
    page.write_text(frame, encoding="utf-8")


def _machine(record: Record) -> str:
    facts = record["facts"]
    how = "A short run (`make bench`)" if record["quick"] else "A full run (`make bench-full`)"
    told = [
        f"{how} of {facts['measured_on']} at {facts['commit']}, {record['seconds']} s, on {facts['machine']},",
        f"{facts['system']}; Python {facts['python']}, PostgreSQL {facts['postgresql']}, SQLite {facts['sqlite']},",
        (
            f"psycopg {facts['psycopg']}, SQLAlchemy {facts['sqlalchemy']}. A durable 8 kB write took "
            f"{record['probes'][0]['fsync_ms']} ms before and {record['probes'][1]['fsync_ms']} ms after."
        ),
    ]
    if record["left_out"]:
        told.append(f"\n**Left out, because time was over:** {', '.join(record['left_out'])}.")
    if record["noise"]:
        told.append(f"\n**The machine was not quiet:** {record['noise']}. Read these figures as a smoke test.")
    return "\n".join(told)


def _table(record: Record) -> str:
    head = ["id", "scenario", "database", "ratio", "95 % range", "rounds from..to", "goal", "verdict", "figures"]
    rows = [head, ["---"] * len(head), *(_cells(each) for each in _verdicts(record))]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _verdicts(record: Record) -> Iterable[Record]:
    for result in record["results"]:
        yield from result["verdicts"]


def _cells(verdict: Record) -> list[str]:
    goal = verdict["goal"]
    sign = "≥" if goal["op"] == ">=" else "≤"
    times = "×" if verdict["denominator"] else ""
    said = goal["says"]
    if ("*" in goal["numerator"] and verdict["denominator"]) or goal["numerator"].startswith("*"):
        said = f"{said}: {verdict['numerator'].rpartition(' (')[0]}"
    wanted = "none" if goal["bound"] is None else f"{sign} {_number(goal['bound'])}{times}"
    if goal["or_at_most"] is not None:
        wanted += f" or ≤ {_number(goal['or_at_most'])}{_UNITS[goal['figure']]}"
    return [
        goal["id"], said, {"pg": "PostgreSQL", "sqlite": "SQLite"}[verdict["db"]],
        f"{_number(verdict['value'])}{times}", f"{_number(verdict['low'])}..{_number(verdict['high'])}",
        f"{_number(verdict['least'])}..{_number(verdict['most'])}", wanted, verdict["outcome"], _absolutes(verdict),
    ]  # fmt: skip


def _absolutes(verdict: Record) -> str:
    if not verdict["denominator"]:
        return verdict["numerator"]
    unit = _UNITS[verdict["goal"]["figure"]]
    mine, other = f"{_number(verdict['measured'])}{unit}", f"{_number(verdict['beside'])}{unit}"
    return f"{verdict['numerator']} {mine}, {verdict['denominator']} {other}"


def _measured(record: Record) -> str:
    rows = ["| what | measured | goal |", "|---|---|---|"]
    for each in record["measured"]:
        for figure in each["figures"]:
            bounds = [f"≤ {figure['at_most']:g}"] if figure["at_most"] is not None else []
            bounds += [f"≥ {figure['at_least']:g}"] if figure["at_least"] is not None else []
            told = f"{_number(figure['value'])} {figure['unit']}".strip()
            rows.append(f"| {figure['name']} | {told} | {', '.join(bounds) or '–'} |")
    return "\n".join(rows) if len(rows) > 2 else "Not part of this run."


def _published() -> str:
    with PUBLISHED.open("rb") as file:
        told = tomllib.load(file)["figure"]
    rows = ["| system | figure | source | date |", "|---|---|---|---|"]
    rows += [f"| {each['system']} | {each['figure']} | {each['source']} | {each['date']} |" for each in told]
    return "\n".join(rows)


def _median(rounds: Iterable[Mapping[str, float]], figure: str) -> float:
    values = sorted(each[figure] for each in rounds)
    return values[len(values) // 2]


def _number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".") or "0"
