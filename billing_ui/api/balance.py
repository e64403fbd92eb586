"""The host app asks what an account holds, or held at an instant."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter, Security
from starlette.responses import JSONResponse

from billing_ui import runtime
from billing_ui.api import documents
from billing_ui.api.auth import HostRoute, bearer, needs
from billing_ui.api.schemas import BalanceAnswer
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.queries import balance as balances
from billing_ui.queries.host_payments import account_id_of
from billing_ui.rules.errors import FieldInvalid, NotFound

router = APIRouter(route_class=HostRoute, prefix="/api/billing", tags=["reports"], dependencies=[Security(bearer)])

_LONGEST_NAME = 200


@router.get(
    "/balance",
    summary="The balance, now or then",
    responses=documents.BALANCE_ANSWERS,
    openapi_extra=needs("usage:read"),
)
async def balance(account: str = "", external_id: str = "", as_of: str = "") -> JSONResponse:
    """The balance now, or as it stood at `as_of`, an ISO instant with its zone."""
    env = runtime.env()
    at = _instant(as_of) if as_of else env.clock.now()
    if bool(account) == bool(external_id):
        raise FieldInvalid(field="external_id", why="exactly_one_of_external_id_account")
    then = await runtime.run(_read, env, account, external_id, at)
    told = BalanceAnswer(
        account=then.account, external_id=then.external_id, as_of=then.at, balance=then.balance, unit="TOKEN"
    )
    return JSONResponse(told.model_dump(mode="json"))


def _read(env: Env, account: str, external_id: str, at: datetime) -> balances.BalanceThen:
    with env.db.read() as tx:
        return balances.as_of(tx, one_account(tx, account, external_id), at)


def one_account(tx: Tx, account: str, external_id: str) -> int:
    """The account that a query names; what nobody can be called is not looked for."""
    name = account or external_id
    found = None
    if name.isprintable() and len(name) <= _LONGEST_NAME:
        found = account_id_of(tx, account=account or None, external_id=external_id or None)
    if found is None:
        raise NotFound(what="account")
    return found


def _instant(words: str) -> datetime:
    """An unescaped plus arrives as a space; it is the only space an instant has in its zone."""
    try:
        at = datetime.fromisoformat(words.replace(" ", "+"))
        return at.astimezone(UTC) if at.tzinfo else _refused()
    except (ValueError, OverflowError):
        return _refused()


def _refused() -> datetime:
    raise FieldInvalid(field="as_of", why="instant_with_zone")
