"""The table of settings: types, bounds, and the way in and out of storage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.methods import Fee
from billing_ui.rules.setting_values import obstacle, read, restored, stored, wanted
from billing_ui.rules.settings import SETTINGS, SettingValue
from billing_ui.rules.words import Text

FEES = st.builds(Fee, st.integers(), st.integers())


@pytest.mark.parametrize("key", list(SETTINGS))
def test_every_default_fits_its_own_setting_and_survives_storage(key: str) -> None:
    spec = SETTINGS[key]
    assert obstacle(spec, spec.default) is None
    assert restored(spec, stored(spec.default)) == spec.default


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("signup.open", True, None),
        ("signup.open", 1, "type"),
        ("recharge.attempts", 10, None),
        ("recharge.attempts", 11, "maximum"),
        ("recharge.attempts", 0, "minimum"),
        ("recharge.attempts", True, "type"),
        ("recharge.attempts", "3", "type"),
        ("fee.payer", "customer", None),
        ("fee.payer", "nobody", "choice"),
        ("fee.payer", 3, "choice"),
        ("fee.methods", {}, None),
        ("fee.methods", {"QRIS": Fee(0, 70), "VA_BCA": Fee(1_000_000, 1_000)}, None),
        ("fee.methods", {"GIRO": Fee(0, 70)}, "method"),
        ("fee.methods", {"QRIS": Fee(0, 1_001)}, "maximum"),
        ("fee.methods", {"QRIS": Fee(1_000_001, 0)}, "maximum"),
        ("fee.methods", {"QRIS": Fee(-1, 0)}, "minimum"),
        ("fee.methods", {"QRIS": Fee(0, -1)}, "minimum"),
        ("fee.methods", 4_000, "type"),
        ("fee.amount", {}, "type"),
        ("dunning.days", (0, 3, 7), None),
        ("dunning.days", (0, 3, 91), "maximum"),
        ("dunning.days", (3, 3, 7), "order"),
        ("dunning.days", (0, 3), "type"),
        ("dunning.days", 3, "type"),
        ("site.maintenance_notice", Text("", ""), None),
        ("site.maintenance_notice", "soon", "type"),
        ("seller.name", "PT Contoh", None),
        ("seller.name", " PT Contoh", "type"),
        ("seller.name", "PT\nContoh", "type"),
        ("seller.name", 3, "type"),
        ("seller.name", "x" * 501, "length"),
        ("site.maintenance_notice", Text("x" * 501, ""), "length"),
        ("site.maintenance_notice", "x", "type"),
    ],
)
def test_a_value_is_measured_against_its_setting(key: str, value: SettingValue, why: str | None) -> None:
    assert obstacle(SETTINGS[key], value) == why


HALF_FEES = [
    {"QRIS": 70},
    {"QRIS": {"flat": 1}},
    {"QRIS": {"flat": 1, "per_10000": 0.7}},
    {"QRIS": {"flat": True, "per_10000": 0}},
]


@pytest.mark.parametrize("key", list(SETTINGS))
def test_every_setting_says_what_it_wants(key: str) -> None:
    assert wanted(SETTINGS[key])


@pytest.mark.parametrize("raw", [None, 1.5, {"id": "x"}, {"id": "x", "en": 1}, [1, "2"], [True], object(), *HALF_FEES])
def test_what_is_none_of_our_types_is_not_read(raw: object) -> None:
    assert read(raw) is None


@given(
    st.one_of(
        st.booleans(), st.integers(), st.text(), st.lists(st.integers()).map(tuple), st.dictionaries(st.text(), FEES)
    )
)
def test_what_is_stored_is_read_back(value: SettingValue) -> None:
    assert read(stored(value)["v"]) == value


def test_a_broken_row_falls_back_to_the_default() -> None:
    spec = SETTINGS["tax.mode"]
    assert restored(spec, {}) == "off"
    assert restored(spec, {"v": "sideways"}) == "off"


def test_a_setting_stands_in_the_group_that_its_key_begins_with() -> None:
    assert {spec.group for key, spec in SETTINGS.items() if key.startswith("fee.")} == {"fee"}
    assert SETTINGS["signup.open"].group == "signup"
