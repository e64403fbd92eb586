"""The table of settings: types, bounds, and the way in and out of storage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_ui.rules.setting_values import obstacle, read, restored, stored
from billing_ui.rules.settings import SETTINGS, SettingValue
from billing_ui.rules.words import Text


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
        ("dunning.days", (0, 3, 7), None),
        ("dunning.days", (0, 3, 91), "maximum"),
        ("dunning.days", (3, 3, 7), "order"),
        ("dunning.days", (0, 3), "type"),
        ("dunning.days", 3, "type"),
        ("site.maintenance_notice", Text("", ""), None),
        ("site.maintenance_notice", Text("x" * 501, ""), "length"),
        ("site.maintenance_notice", "x", "type"),
    ],
)
def test_a_value_is_measured_against_its_setting(key: str, value: SettingValue, why: str | None) -> None:
    assert obstacle(SETTINGS[key], value) == why


@pytest.mark.parametrize("raw", [None, 1.5, {"id": "x"}, {"id": "x", "en": 1}, [1, "2"], [True], object()])
def test_what_is_none_of_our_types_is_not_read(raw: object) -> None:
    assert read(raw) is None


@given(st.one_of(st.booleans(), st.integers(), st.text(), st.lists(st.integers()).map(tuple)))
def test_what_is_stored_is_read_back(value: SettingValue) -> None:
    assert read(stored(value)["v"]) == value


def test_a_broken_row_falls_back_to_the_default() -> None:
    spec = SETTINGS["tax.mode"]
    assert restored(spec, {}) == "off"
    assert restored(spec, {"v": "sideways"}) == "off"
