"""Writes the copy of the catalogues that the browser imports: both languages, only the sentences pages can say."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from billing_ui.i18n.load import LANGUAGES, catalogue

_PACKAGE: Final = Path(__file__).parents[1]
# Mails, papers and the command line are written on the server.
_NOT_IN_PAGES: Final = ("emails", "cli", "sandbox", "client")
_SERVER_ONLY: Final = ("mail.", "pdf.")
_NAMED: Final = re.compile(r"""["']([a-z][a-z0-9_]*\.[A-Za-z0-9_.]*)(["'{])""")


def write_browser_catalogues(assets: Path) -> Path:
    """Write `catalogues.js` beside `ui.js`; called once when the app is composed."""
    keys = shipped_keys(sources())
    columns = [keys, *([catalogue(language)[key] for key in keys] for language in LANGUAGES)]
    keys_js, *sentences_js = (json.dumps(column, ensure_ascii=False, separators=(",", ":")) for column in columns)
    table = ", ".join(f"{language}: zip({column})" for language, column in zip(LANGUAGES, sentences_js, strict=True))
    source = (
        f"const keys = {keys_js};\n"
        "const zip = (sentences) => Object.fromEntries(keys.map((key, i) => [key, sentences[i]]));\n"
        f"export const catalogues = {{ {table} }};\n"
    )
    target = assets / "catalogues.js"
    # Writing only what changed keeps the front-end build cache warm.
    if not target.exists() or target.read_text(encoding="utf-8") != source:
        target.write_text(source, encoding="utf-8")
    return target


def sources() -> Iterable[str]:
    """The code that may name a sentence of a page: our Python and the browser's own JavaScript."""
    for module in sorted(_PACKAGE.rglob("*.py")):
        if module.relative_to(_PACKAGE).parts[0] not in _NOT_IN_PAGES:
            yield module.read_text(encoding="utf-8")
    for script in sorted((_PACKAGE.parent / "assets").glob("*.js")):
        if script.name != "catalogues.js":
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
