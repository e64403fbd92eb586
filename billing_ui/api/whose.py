"""Whose a request is: the account that the host app names, by our id or by its own, remembered for some minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

from billing_ui.api.remembered import Remembered
from billing_ui.env import Env
from billing_ui.queries.host_accounts import HostAccount, accounts_named
from billing_ui.rules.errors import FieldInvalid, NotFound

_LONGEST_NAME = 200
# What a name means does not change: an account keeps its ids. A changed language or zone is heard of so late at most.
_SECONDS, _MOST = 600.0, 50_000


class Whose(NamedTuple):
    """One of the two names is given, the other one is empty."""

    account: str
    external_id: str


class Named(Protocol):
    """Anything that names an account."""

    @property
    def account(self) -> str | None: ...

    @property
    def external_id(self) -> str | None: ...


def named(ask: Named) -> Whose:
    """The one name that was given; both or none say nothing."""
    return named_by(ask.account or "", ask.external_id or "")


def named_by(account: str, external_id: str) -> Whose:
    """The same in the query of an address."""
    if bool(account) == bool(external_id):
        raise FieldInvalid(field="external_id", why="exactly_one_of_external_id_account")
    return Whose(account, external_id)


async def account_of(env: Env, whose: Whose) -> HostAccount:
    found = _accounts.at_hand(env, whose) or (await accounts_of(env, (whose,))).get(whose)
    if found is None:
        raise NotFound(what="account")
    return found


async def accounts_of(env: Env, names: Iterable[Whose]) -> dict[Whose, HostAccount]:
    """Those that exist. What nobody can be called is not looked for."""
    return await _accounts.find(env, {whose for whose in names if _can_be(whose.account or whose.external_id)})


def _can_be(name: str) -> bool:
    return name.isprintable() and len(name) <= _LONGEST_NAME


def _read(env: Env, names: Collection[Whose]) -> Mapping[Whose, HostAccount]:
    with env.db.read() as tx:
        public_ids = [each.account for each in names if each.account]
        found = accounts_named(tx, public_ids, [each.external_id for each in names if each.external_id])
    by_name = {Whose(each.public_id, ""): each for each in found}
    by_name.update({Whose("", each.external_id): each for each in found if each.external_id is not None})
    return {name: by_name[name] for name in names if name in by_name}


_accounts: Remembered[Whose, HostAccount] = Remembered(_read, seconds=_SECONDS, most=_MOST)
