"""The operators' settings that the metering doors need with every request; a change is heard within seconds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from billing_ui.api.remembered import Remembered
from billing_ui.env import Env
from billing_ui.rules.usage_warnings import Thresholds
from billing_ui.services import settings

_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """When to warn, and how long a hold lasts that says nothing about it."""

    thresholds: Thresholds
    hold_seconds: int


async def chosen(env: Env) -> Chosen:
    return _chosen.at_hand(env, "") or (await _chosen.find(env, [""]))[""]


def _read(env: Env, _names: Collection[str]) -> Mapping[str, Chosen]:
    with env.db.read() as tx:
        thresholds = Thresholds(
            settings.get(tx, "quota.warning_percent"),
            settings.get(tx, "balance.low_tokens"),
            settings.get(tx, "balance.critical_tokens"),
        )
        return {"": Chosen(thresholds, settings.get(tx, "holds.timeout_s"))}


_chosen: Remembered[str, Chosen] = Remembered(_read, seconds=_SECONDS)
