"""The QR code as a file: what a phone saves to its gallery, because no phone can scan its own screen."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from billing_ui import runtime
from billing_ui.i18n.load import DEFAULT_LANGUAGE, text
from billing_ui.infra.pictures import qr_png
from billing_ui.kit.qris import asks_for, merchant
from billing_ui.queries.payment import payment_view
from billing_ui.rules.payments import UNDECIDED

_HEADERS = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="qris.png"'}


async def qr(request: Request) -> Response:
    """Whoever holds the ref may have the code, as on its page; nothing once it must not be paid any more."""
    language = request.query_params.get("lang", DEFAULT_LANGUAGE)
    picture = await runtime.run(_picture, str(request.path_params["ref"]), language)
    if picture is None:
        return PlainTextResponse("not found\n", status_code=404)
    return Response(picture, media_type="image/png", headers=_HEADERS)


def _picture(ref: str, language: str) -> bytes | None:
    with runtime.env().db.read() as tx:
        view = payment_view(tx, ref, None)
    if view is None or view.instruction_kind != "qr" or view.status not in UNDECIDED:
        return None
    if not asks_for(view.instruction_value, view.total):
        return None
    shown = merchant(view.instruction_value)
    name = shown.name if shown else runtime.env().catalogue.brand.name
    until = {"when": view.expires_at.isoformat(), "zone": view.zone}
    price = {"money": view.total, "currency": view.currency}
    words = (text(language, "mail.value.money", amount=price), name, text(language, "pay.before", when=until))
    return qr_png(view.instruction_value, words)
