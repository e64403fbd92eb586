"""Writes the copies of the catalogues that the browser imports: both languages, only the sentences pages can say."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from billing_ui.i18n.load import LANGUAGES, catalogue

_PACKAGE: Final = Path(__file__).parents[1]
# Mails, papers, answers to programs and the command line are written on the server.
_NOT_IN_PAGES: Final = ("emails", "api", "cli", "sandbox", "client")
_SERVER_ONLY: Final = ("mail.", "pdf.")
# Families that few pages say, in files of their own: a page that names one of them imports it (`components/text.py`).
APART: Final = {
    "desk": ("adm.",),
    "people": ("auth.",),
    "books": ("hist.", "list.", "usage.", "overview."),
    "prices": ("faq.", "calc.", "pricing."),
    "papers": ("set.", "receipt.", "stats.", "csv."),
}
_NAMED: Final = re.compile(r"""["']([a-z][a-z0-9_]*\.[A-Za-z0-9_.]*)(["'{])""")


def write_browser_catalogues(assets: Path) -> Path:
    """Write `catalogues.js` beside `ui.js`, and what stands apart; called once when the app is composed."""
    keys = shipped_keys(sources())
    for name, families in APART.items():
        adding = "for (const lang in table) Object.assign(catalogues[lang], table[lang]);\n"
        table = _table([key for key in keys if key.startswith(families)])
        source = f'import {{ catalogues }} from "./catalogues.js";\n{table}{adding}'
        _write(assets / f"words_{name}.js", source)
    apart = tuple(family for families in APART.values() for family in families)
    common = _table([key for key in keys if not key.startswith(apart)])
    return _write(assets / "catalogues.js", f"{common}export const catalogues = table;\n")


def _table(keys: list[str]) -> str:
    columns = [keys, *([catalogue(language)[key] for key in keys] for language in LANGUAGES)]
    keys_js, *sentences_js = (json.dumps(column, ensure_ascii=False, separators=(",", ":")) for column in columns)
    table = ", ".join(f"{language}: zip({column})" for language, column in zip(LANGUAGES, sentences_js, strict=True))
    return (
        f"const keys = {keys_js};\n"
        "const zip = (sentences) => Object.fromEntries(keys.map((key, i) => [key, sentences[i]]));\n"
        f"const table = {{ {table} }};\n"
    )


def _write(target: Path, source: str) -> Path:
    """Writing only what changed keeps the front-end build cache warm."""
    if not target.exists() or target.read_text(encoding="utf-8") != source:
        target.write_text(source, encoding="utf-8")
    return target


def sources() -> Iterable[str]:
    """The code that may name a sentence of a page: our Python and the browser's own JavaScript."""
    for module in sorted(_PACKAGE.rglob("*.py")):
        if module.relative_to(_PACKAGE).parts[0] not in _NOT_IN_PAGES:
            yield module.read_text(encoding="utf-8")
    for script in sorted((_PACKAGE.parent / "assets").glob("*.js")):
        if script.name != "catalogues.js" and not script.name.startswith("words_"):
            yield script.read_text(encoding="utf-8").replace("`", '"').replace("${", "{")


def shipped_keys(texts: Iterable[str]) -> list[str]:
    """Keys named whole, and whole families where only their beginning is named (`"st." + status`)."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for text in texts:
        for name, after in _NAMED.findall(text):
            (beginnings if after == "{" or name.endswith(".") else whole).add(name)
    return [
        key
        for key in catalogue(LANGUAGES[0])
        if not key.startswith(_SERVER_ONLY)
        and (key in whole or key.rpartition(".")[0] in whole or key.startswith(tuple(beginnings)))
    ]
