"""The QR code as a file: what a phone saves to its gallery, because no phone can scan its own screen."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from billing_ui import runtime
from billing_ui.infra.pictures import qr_png
from billing_ui.queries.payment import payment_view
from billing_ui.rules.payments import UNDECIDED

_HEADERS = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="qris.png"'}


async def qr(request: Request) -> Response:
    """Whoever holds the ref may have the code, as on its page; nothing once it must not be paid any more."""
    picture = await runtime.run(_picture, str(request.path_params["ref"]))
    if picture is None:
        return PlainTextResponse("not found\n", status_code=404)
    return Response(picture, media_type="image/png", headers=_HEADERS)


def _picture(ref: str) -> bytes | None:
    with runtime.env().db.read() as tx:
        view = payment_view(tx, ref, None)
    if view is None or view.instruction_kind != "qr" or view.status not in UNDECIDED:
        return None
    return qr_png(view.instruction_value)
