"""A wrong catalogue stops with one sentence that names file, table and key."""

from pathlib import Path

import pytest

from billing_ui.catalogues.load import find, load
from billing_ui.rules.errors import Misconfigured
from tests.catalogues.desk import edited, without


def refusal(path: Path) -> str:
    with pytest.raises(Misconfigured) as caught:
        load(str(path))
    return str(caught.value.facts["what"])


WRONG = [
    # one key
    ('currency = "IDR"', 'currency = "EUR"', "currency: must be one of IDR, USD"),
    ('zone = "Asia/Jakarta"', 'zone = "Jakarta"', "zone: 'Jakarta' is not a time zone, like Asia/Jakarta"),
    ('zone = "Asia/Jakarta"', 'zone = "../etc/passwd"', "zone: '../etc/passwd' is not a time zone, like Asia/Jakarta"),
    ('name = "makalah"', 'name = "Makalah!"',
     "name: must be lower-case letters, digits, - or _, and begin with a letter"),
    ('name = "makalah"', 'name = "makalah"\ncolour = "blue"', "colour: is not a known key here"),
    ("tokens = 500_000\n", "tokens = 0\n", "plans.bpp.topup_options[1].tokens: must be a whole number above 0"),
    ("tokens = 500_000\n", "tokens = 5.5\n", "plans.bpp.topup_options[1].tokens: must be a whole number above 0"),
    ("tokens = 500_000\n", "tokens = true\n", "plans.bpp.topup_options[1].tokens: must be a whole number above 0"),
    ("tokens = 500_000\n", "tokens = 99999999999999999999\n",
     "plans.bpp.topup_options[1].tokens: must be a whole number above 0"),
    ("tokens = 500_000\n", "", "plans.bpp.topup_options[1].tokens: must be a whole number above 0"),
    ("tokens = 500_000\n", "tokens = 500_000\nbonus = 1\n",
     "plans.bpp.topup_options[1].bonus: is not a known key here"),
    ("quantity = 20_000", "quantity = -2", "plans.gratis.limits[0].quantity: must be a whole number from -1"),
    ('window = "day"', 'window = "year"',
     "plans.gratis.limits[0].window: must be one of hour, day, week, month, total"),
    ('support_email = "bantuan@makalah.example"', "", "brand.support_email: must be a text that is not empty"),
    ('{ id = "Gratis", en = "Free" }', '"Gratis"', 'plans.gratis.name: must be {id = "…", en = "…"}, both languages'),
    ("is_highlighted = true", 'is_highlighted = "yes"', "plans.bpp.is_highlighted: must be true or false"),
    ('kind = "free"', 'kind = "gift"', "plans.gratis.kind: must be one of free, prepaid, subscription"),
    ('kind = "free"', 'kind = "free"\ninterval = "month"',
     "plans.gratis.interval: only a plan of kind subscription has this"),
    ("price = 199_000", "price = 0", "plans.pro.price: must be a whole number above 0"),
    ('{ id = "Gratis", en = "Free" }', '{ id = "Gratis" }',
     'plans.gratis.name: must be {id = "…", en = "…"}, both languages'),
    ('{ id = "Gratis", en = "Free" }', '{ id = "Gratis", en = " " }',
     "plans.gratis.name.en: must be a text that is not empty"),
    ('{ id = "Obrolan dan pencarian sumber", en = "Chat and source search" }', '"Obrolan"',
     'plans.gratis.features[0]: must be {id = "…", en = "…"}, both languages'),
    ('href = "/auth/" }', 'href = "//evil.example" }',
     "plans.gratis.cta.href: must be a path of this site, like /subscription/plans/"),
    ('href = "/auth/" }', 'href = "https://evil.example" }',
     "plans.gratis.cta.href: must be a path of this site, like /subscription/plans/"),
    # brand
    ('name = "Makalah AI"', 'name = ""', "brand.name: must be a text that is not empty"),
    ("${HOST_APP_URL:-https://makalah.example}", "http://makalah.example",
     "brand.host_app_url: must be an https address (http only on this machine)"),
    ("${HOST_APP_URL:-https://makalah.example}", "https://a@makalah.example",
     "brand.host_app_url: must be an https address (http only on this machine)"),
    ("${HOST_APP_URL:-https://makalah.example}", "https://[",
     "brand.host_app_url: must be an https address (http only on this machine)"),
    ("${HOST_APP_URL:-https://makalah.example}", "${HOST_APP_URL}",
     "brand.host_app_url: must be an https address (http only on this machine)"),
    ("${HOST_APP_URL:-https://makalah.example}", "https://${HOST}",
     "brand.host_app_url: a variable must be the whole text, like ${NAME} or ${NAME:-otherwise}"),
    ('logo = "/logo', 'logo = "https://logo', "brand.logo: must be a path of this site, like /logo.svg"),
    ("bantuan@makalah.example", "bantuan", "brand.support_email: must be an e-mail address"),
    ("[brand.mail_cta]", "[brand.mail_ctas]", "brand.mail_cta: this table is missing"),
    # what hangs together
    ('default_plan = "gratis"', 'default_plan = "free"',
     "default_plan: there is no plan 'free'; the plans are gratis, bpp, pro"),
    ('default_plan = "gratis"', 'default_plan = "pro"', "default_plan: the plan 'pro' is disabled"),
    ('default_plan = "gratis"', 'default_plan = "bpp"',
     "default_plan: 'bpp' costs money, so it needs trial_days: nobody is billed for signing up"),
    ('label = { id = "Rp 100.000"', 'popular = true\nlabel = { id = "Rp 100.000"',
     "plans.bpp.topup_options: only one may be popular"),
    ("amount = 100_000", "amount = 50_000", "packages: two things that sell tokens are both called 'bpp-50000'"),
    ("is_disabled = true", "is_highlighted = true", "plans: only one plan may be highlighted"),
    ('meter = "tokens"', 'meter = "papers"',
     "plans.gratis.limits[0].meter: there is no meter 'papers'; known are tokens"),
    ('window = "month"', 'window = "day"', "plans.gratis.limits[1]: tokens per day is limited twice"),
    ('["search", "refrasa"]', '["refrasa", "sing"]',
     "limited_operations[1]: there is no operation 'sing'; known are chat, paper_stage, search, refrasa"),
    ('["search", "refrasa"]', '"search"', "limited_operations: must be a list of words"),
    ('unit = "TOKEN"', 'unit = "PAGE"', "meters.tokens.unit: there is no unit 'PAGE'; the units are TOKEN, IDR, USD"),
    ('unit = "TOKEN"', 'unit = "IDR"', "meters.tokens.mode: only tokens are paid for; everything else is counted"),
    ("[meters.tokens]", '[meters.more]\nname = { id = "x", en = "x" }\nunit = "TOKEN"\nmode = "paid"\n[meters.tokens]',
     "meters: only one meter may be paid, not more and tokens"),
    ('draws = { tokens = "rated" }', "draws = {}", "operations.chat.draws: an operation draws at least one meter"),
    ('draws = { tokens = "rated" }', "draws = { tokens = 0 }",
     "operations.chat.draws.tokens: must be a whole number above 0, or one of quantity, rated"),
    ('draws = { tokens = "rated" }', "draws = { pages = 1 }",
     "operations.chat.draws.pages: there is no meter 'pages'; known are tokens"),
    ('mode = "paid"', 'mode = "counted"', "operations.chat.draws.tokens: only a paid meter is drawn by the rate card"),
    # rates and amounts
    ("valid_from = 2026-01-01T00:00:00Z", "valid_from = 2026-01-01T00:00:00",
     "rate_cards[0].valid_from: must be an instant with its offset, like 2026-01-01T00:00:00Z"),
    ("version = 1", "version = 0", "rate_cards[0].version: must be a whole number above 0"),
    ('operation = "search"', 'operation = "hunt"',
     "rate_cards[0].rates[1].operation: there is no operation 'hunt'; known are chat, paper_stage, search, refrasa"),
    ('operation = "search"', 'operation = "*"', "rate_cards[0].rates[1]: this operation and model already have a rate"),
    ('operation = "search"', 'operation = "search"\nfixed_tokens = 5',
     "rate_cards[0].rates[1].fixed_tokens: a rate is either fixed or by tokens, not both"),
    ("cached_milli = 250", 'cached_milli = 250\nmodel = "small"',
     "rate_cards[0].rates: the operation 'chat' has no rate for a model nobody named"),
    ("minimum = 10_000", "minimum = 10_000_000", "custom_amount.maximum: must not be below minimum"),
    ("minimum = 10_000", "minimum = 10_500", "custom_amount.step: must divide minimum and maximum"),
    ("per_amount = 1 }", "per_amount = 3 }", "custom_amount.rate: one step must buy a whole number of tokens"),
    # settings
    ("balance.low_tokens = 50_000", 'balance.low_tokens = "many"',
     "settings.balance.low_tokens: must be a whole number from 0 to 1000000000000"),
    ("balance.low_tokens = 50_000", 'tax.mode = "maybe"', "settings.tax.mode: must be one of off, included, added"),
    ("balance.low_tokens = 50_000", "signup.open = 1", "settings.signup.open: must be true or false"),
    ("balance.low_tokens = 50_000", "dunning.days = [0, 7, 3]",
     "settings.dunning.days: must be three days in rising order, from 0 to 90"),
    ("balance.low_tokens = 50_000", "balance.tiny_tokens = 1", "settings.balance.tiny_tokens: is not a known setting"),
    ("balance.low_tokens = 50_000", 'site.maintenance_notice = "soon"',
     'settings.site.maintenance_notice: must be a pair {id = "…", en = "…"}'),
    ("gateway_prices = { stripe", "gateway_prices = { paypal",
     "plans.pro.gateway_prices.paypal: must be one of stripe"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "sentence"), WRONG)
def test_a_wrong_line_is_named_with_file_table_and_key(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert refusal(edited(tmp_path, "makalah", (old, new))) == f"makalah.toml, {sentence}"


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("interview", "[units.MINUTE]", "[units.Minute]", "units.Minute: a unit is written in capitals"),
        ("interview", "[units.MINUTE]", "[units.USD]", "units.USD: USD is built in"),
        ("interview", "trial_days = 14", "trial_days = -1", "plans.starter.trial_days: must be a whole number from 0"),
        ("interview", "price = 0\n", "price = 0\nincluded_tokens = 5\n",
         "plans.ended.included_tokens: tokens are included, so one meter must be paid"),
        ("studio", "popular = true", "popular = true\nvalidity_days = 0",
         "packages[1].validity_days: must be a whole number above 0"),
        ("studio", 'slug = "large"', 'slug = "small"', "packages: two things that sell tokens are both called 'small'"),
        ("studio", 'slug = "large"', 'slug = "large"\npopular = true', "packages: only one may be popular"),
        ("enterprise", "overage = { price = 10, per_tokens = 1_000 }", "overage = { price = 10, per = 1_000 }",
         "plans.pro.overage.per_tokens: must be a whole number above 0"),
        ("enterprise", "overage = { price = 10, per_tokens = 1_000 }", "overage = 10",
         "plans.pro.overage: must be a table"),
    ],
)  # fmt: skip
def test_the_other_catalogues_are_read_as_strictly(
    tmp_path: Path, name: str, old: str, new: str, sentence: str
) -> None:
    assert refusal(edited(tmp_path, name, (old, new))) == f"{name}.toml, {sentence}"


def test_a_second_strike_may_stop_everything(tmp_path: Path) -> None:
    path = edited(tmp_path, "makalah", ("limited_operations", "# limited_operations"))
    assert load(str(path)).limited_operations == ()


def test_tokens_cannot_be_sold_where_nothing_is_paid_in_tokens(tmp_path: Path) -> None:
    path = edited(
        tmp_path, "interview",
        ("[settings]", '[[packages]]\nslug = "few"\nname = { id = "x", en = "x" }\nprice = 1\ntokens = 1\n[settings]'),
    )  # fmt: skip
    assert refusal(path) == "interview.toml, meters: tokens are sold, so one meter must be paid"


def test_rated_operations_need_a_rate_card(tmp_path: Path) -> None:
    path = without(tmp_path, "makalah", "[[rate_cards]]", "[plans.gratis]")
    assert refusal(path) == "makalah.toml, rate_cards: the operation 'chat' needs a rate card"


def test_rate_cards_rise_in_version_and_time(tmp_path: Path) -> None:
    second = "[[rate_cards]]\nversion = 1\nvalid_from = 2026-02-01T00:00:00Z\n\n[plans.gratis]"
    path = edited(tmp_path, "makalah", ("[plans.gratis]", second))
    assert refusal(path) == "makalah.toml, rate_cards: versions and valid_from must both rise from card to card"


def test_a_catalogue_needs_a_plan(tmp_path: Path) -> None:
    path = without(tmp_path, "makalah", "[plans.gratis]", "[custom_amount]")
    assert refusal(path) == "makalah.toml, plans: at least one plan is needed"


def test_lists_of_tables_and_tables_are_not_mixed_up(tmp_path: Path) -> None:
    assert refusal(edited(tmp_path, "studio", ("[[packages]]", "[packages]"))).startswith("studio.toml: is not TOML")
    one = without(tmp_path, "studio", "[[packages]]", "[custom_amount]")
    one.write_text(one.read_text(encoding="utf-8").replace("[custom_amount]", "[packages]\n[custom_amount]"))
    assert refusal(one) == "studio.toml, packages: must be a list of tables, written [[…]]"
    features = without(tmp_path, "studio", "features = [", "cta = {")
    features.write_text(features.read_text(encoding="utf-8").replace("cta = {", 'features = "all"\ncta = {'))
    assert refusal(features) == "studio.toml, plans.payg.features: must be a list of texts"


def test_a_file_may_leave_its_defaults_to_the_product(tmp_path: Path) -> None:
    path = edited(tmp_path, "makalah")
    words = path.read_text(encoding="utf-8")
    path.write_text(words[: words.index("[settings]")], encoding="utf-8")
    assert load(str(path)).settings == {}


def test_a_file_that_is_not_toml_says_where(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("currency = \n", encoding="utf-8")
    assert refusal(path).startswith("own.toml: is not TOML (Invalid value (at line 1")
    path.write_bytes(b"\xff\xfe")
    assert refusal(path).startswith("own.toml: is not TOML (")


def test_an_unknown_name_lists_the_names_there_are() -> None:
    with pytest.raises(Misconfigured, match="say enterprise, interview, makalah, studio"):
        find("makalh")
    with pytest.raises(Misconfigured):
        find("/does/not/exist.toml")


def test_an_operator_may_bring_a_file_of_their_own(tmp_path: Path) -> None:
    path = edited(tmp_path, "makalah", ('name = "makalah"', 'name = "tugas"'))
    assert load(str(path)).name == "tugas"


def test_variables_come_from_the_mapping_and_from_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_PRICE_PRO", "price_from_the_process")
    assert load("makalah").plans["pro"].gateway_prices == {}
    told = {"STRIPE_PRICE_PRO": "price_9", "HOST_APP_URL": "http://localhost:8080"}
    catalogue = load("makalah", told)
    assert catalogue.plans["pro"].gateway_prices == {"stripe": "price_9"}
    assert catalogue.brand.host_app_url == "http://localhost:8080"
    assert load("makalah").brand.host_app_url == "https://makalah.example"


def test_the_hash_is_of_the_file(tmp_path: Path) -> None:
    same = edited(tmp_path, "makalah")
    assert load(str(same)).file_hash == load("makalah").file_hash
    other = edited(tmp_path, "makalah", ("price = 199_000", "price = 198_000"))
    assert load(str(other)).file_hash != load("makalah").file_hash
